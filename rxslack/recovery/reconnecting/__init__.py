"""reconnecting."""
