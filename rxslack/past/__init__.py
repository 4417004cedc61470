"""
What was said before.

`record` writes a stream to a file and `replay` reads it back at any speed, in its own recorded time;
`recording_file` is the format. `history` reads channels from Slack, `export` Slack's own export.
"""

from rxslack.past.export import export
from rxslack.past.history import HistoryProgress, history
from rxslack.past.record import record
from rxslack.past.replay import replay

__all__ = [
    "HistoryProgress",
    "export",
    "history",
    "record",
    "replay",
]
