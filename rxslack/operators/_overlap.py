"""What two connections both deliver while one replaces the other."""

from __future__ import annotations

import json
import math
from collections import Counter
from typing import Final

from rxslack.operators._items import as_event, is_spread

__all__ = ["Overlap"]

_OF_THE_CONNECTION: Final = frozenset(
    {"hello", "goodbye", "pong", "reconnect_url", "error", "disconnect"}
)


class Overlap:
    """
    Counts who delivered what, so that each event passes once, whichever connection is ahead.

    >>> overlap = Overlap()
    >>> [overlap.passes(a, old=True) for a in ({"type": "a"}, {"type": "a"})]
    [True, True]
    >>> [overlap.passes({"type": "a"}, old=False) for _ in range(3)]
    [False, False, True]

    Attributes:
        until: unix seconds from which on it is over.
    """

    def __init__(self) -> None:
        self.until = math.inf
        self._ahead: Counter[str] = Counter()  # above 0: the old one is, below: the new one

    def passes(self, item: object, *, old: bool) -> bool:
        """Whether nobody has delivered this yet; it counts as delivered from now on."""
        key = _key_of(item)
        if key is None:
            return True
        step = 1 if old else -1
        behind = self._ahead[key] * step < 0
        self._ahead[key] += step
        if not self._ahead[key]:
            del self._ahead[key]
        return not behind

    def end(self, until: float) -> None:
        """
        Be over at a time, and forget at once what has no time stamp, such as `user_typing`.

        It may truly happen again, and then looks the same.
        """
        self.until = until
        for key in list(self._ahead):  # a copy made in one step: the other one may be counting on
            if not key.startswith("at "):
                del self._ahead[key]


def _key_of(item: object) -> str | None:
    """The same for two deliveries of one event; None for what belongs to its connection."""
    event = as_event(item)
    kind = event.get("type")
    if not event or kind in _OF_THE_CONNECTION or str(kind).startswith("rxslack."):
        return None
    if is_spread(item):
        return f"at {event['envelope_id']}"
    if kind == "message" and isinstance(event.get("ts"), str):
        return f"at {event.get('channel')} {event['ts']} {event.get('subtype')}"
    stamped = isinstance(event.get("event_ts"), str)
    return ("at " if stamped else "") + json.dumps(event, sort_keys=True, default=repr)
