"""A log in a file, for the processes of one machine."""
