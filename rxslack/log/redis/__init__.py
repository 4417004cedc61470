"""A log on a server, Redis or Valkey, for any number of machines."""
