"""Nothing lost between two connections."""

from rxslack.recovery.backfill import backfill
from rxslack.recovery.backoff import backoff
from rxslack.recovery.reconnect import reconnect

__all__ = [
    "backfill",
    "backoff",
    "reconnect",
]
