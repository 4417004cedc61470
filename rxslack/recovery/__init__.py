"""
Nothing lost between two connections.

`reconnect` subscribes again after a retryable error, and holds a new connection beside the old one after a
goodbye; what no connection is known to have covered is told in an `rxslack.gap` item. `backfill` asks Slack
for what was said in the gaps, and puts it in order before what comes live. `backoff` makes the pauses.
The machines behind them are in `reconnecting` and `backfilling`.
"""

from rxslack.recovery.backfill import backfill
from rxslack.recovery.backoff import backoff
from rxslack.recovery.reconnect import reconnect

__all__ = [
    "backfill",
    "backoff",
    "reconnect",
]
