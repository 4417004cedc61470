"""Operators for `pipe`, one a file."""
