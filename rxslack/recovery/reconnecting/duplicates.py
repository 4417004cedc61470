"""What several connections deliver while one takes over from another: each event once."""

from __future__ import annotations

import json
import math
from collections import Counter, defaultdict
from collections.abc import Hashable
from typing import Final

from rxslack.events.items import as_mapping, is_spread

__all__ = ["Duplicates"]

MEMORY: Final = 300.0  # seconds for which a connection may lag behind what another one had
LAG: Final = 1.0  # the same for what has no time stamp, which may truly happen again

_OF_THE_CONNECTION: Final = frozenset(
    {"hello", "goodbye", "pong", "reconnect_url", "error", "disconnect"}
)


class Duplicates:
    """
    Counts what each connection has delivered: an event passes when one has it more often than any.

    >>> seen = Duplicates()
    >>> [seen.passes({"type": "a"}, by="old", now=0.0) for _ in range(2)]
    [True, True]
    >>> [seen.passes({"type": "a"}, by="new", now=0.0) for _ in range(3)]
    [False, False, True]

    Events without a time stamp, `user_typing` for one, look alike when they happen again. They are
    counted from the latest hello on, and until shortly after there is one connection left: what
    was delivered before says nothing of what comes then.

    What was counted is forgotten after `MEMORY` to twice as many seconds, however long connections
    go on taking over from each other.
    """

    def __init__(self) -> None:
        self._until = math.inf  # the instant from which on nothing is counted
        self._loose_until = math.inf
        self._turned = -math.inf  # the instant at which the older generation began to be kept
        self._recent, self._older, self._loose = _Counts(), _Counts(), _Counts()

    def begin(self) -> None:
        """A connection is opened beside another."""
        self._until = self._loose_until = math.inf

    def greet(self) -> None:
        """A connection has said hello: what was said before it does not come over it."""
        self._loose = _Counts()

    def end(self, now: float) -> None:
        """There is one connection left; what others had may still come over it."""
        if self._until == math.inf:
            self._until, self._loose_until = now + MEMORY, now + LAG

    def is_over(self, now: float) -> bool:
        """Whether nothing has to be counted any more."""
        return now >= self._until

    def passes(self, item: object, *, by: Hashable, now: float) -> bool:
        """Whether no connection has delivered this yet; it counts as delivered from now on."""
        key, stamped = _key_of(item)
        if key is None:
            return True
        # It may truly happen again and look the same, so it is compared only while two connections
        # deliver.
        if not stamped:
            if now >= self._loose_until:
                return True
            return self._loose.add(by, key, 0, 0)
        # Counted, not only known: of an event that comes twice over each connection two are
        # emitted.
        self._turn(now)
        return self._recent.add(by, key, *self._older.known(by, key))

    def _turn(self, now: float) -> None:
        # Forgotten a generation at a time: memory is bounded, and no entry needs a time of its own.
        if now - self._turned > MEMORY:
            self._turned = now
            self._older, self._recent = self._recent, _Counts()


class _Counts:
    """How often each connection, and the one that did most, has delivered what."""

    def __init__(self) -> None:
        self._by: defaultdict[Hashable, Counter[str]] = defaultdict(Counter)
        self._most: Counter[str] = Counter()

    def known(self, by: Hashable, key: str) -> tuple[int, int]:
        """How often one has delivered it, and how often the one that did most."""
        return self._by[by][key], self._most[key]

    def add(self, by: Hashable, key: str, own: int, most: int) -> bool:
        """Count it, beside what was counted elsewhere; whether it is more than any had."""
        mine = self._by[by]
        mine[key] += 1
        if mine[key] + own <= self._most[key] + most:
            return False
        self._most[key] += 1
        return True


def _key_of(item: object) -> tuple[str | None, bool]:
    """
    The same for two deliveries of one event, and whether a time stamp is in it.

    None for what belongs to its connection.
    """
    event = as_mapping(item)
    kind = str(event.get("type"))  # which may be anything
    if not event or kind in _OF_THE_CONNECTION or kind.startswith("rxslack."):
        return None, False
    if is_spread(item):
        return str(event["envelope_id"]), True
    if kind == "message" and isinstance(event.get("ts"), str):
        return f"{event.get('channel')} {event['ts']} {event.get('subtype')}", True
    return json.dumps(event, sort_keys=True, default=repr), isinstance(event.get("event_ts"), str)
