"""Slack's events as TypedDicts, one family a file; no functions."""
