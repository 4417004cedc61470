"""What was said before: recordings, history, exports."""

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
