"""Where messages go: sinks that leave the emitting thread, keep order, and keep pace."""
