"""What two connections both deliver while one replaces the other."""

from __future__ import annotations

import json
import math
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from operator import itemgetter
from typing import Any, Final

from rxslack.envelopes import Envelopes

__all__ = [
    "FAREWELLS",
    "MESSAGES",
    "Overlap",
    "as_event",
    "is_final",
    "is_hello",
    "is_spread",
    "message_ts",
    "newest_ts",
]

_OF_THE_CONNECTION: Final = frozenset(
    {"hello", "goodbye", "pong", "reconnect_url", "error", "disconnect"}
)

FAREWELLS: Final = frozenset({"goodbye", "team_migration_started", "disconnect"})
"""
Types of items after which Slack closes the connection that they came over.

Source: docs.slack.dev/reference/events/goodbye, .../events/team_migration_started,
docs.slack.dev/apis/events-api/using-socket-mode ("disconnect").
"""

MESSAGES: Final = frozenset({"message", "events_api"})
"""Types of items that are a message, or may hold one."""


def as_event(item: Any) -> Mapping[str, Any]:
    """The item, when it is a mapping, else an empty one."""
    event: Mapping[str, Any] = item
    return event if type(item) is dict or isinstance(item, Mapping) else {}


def is_hello(item: object) -> bool:
    """Whether this item says that a connection stands."""
    return bool(as_event(item).get("type") == "hello")


def is_final(item: object) -> bool:
    """Whether no other connection will come: the app's settings switched Socket Mode off."""
    return as_event(item).get("reason") == "link_disabled"


def is_spread(item: object) -> bool:
    """Whether Slack gives this to one connection only: an envelope of Socket Mode."""
    return "envelope_id" in as_event(item)


def message_ts(item: object) -> str | None:
    """The `ts` of a message, also of one in an envelope; None for everything else."""
    event = as_event(item)
    if event.get("type") == "events_api":
        event = as_event(as_event(event.get("payload")).get("event"))
    if event.get("type") != "message":
        return None
    ts = event.get("ts")
    return ts if isinstance(ts, str) else None


def newest_ts(items: Sequence[dict[str, Any]], plain: bool) -> str | None:
    """
    The highest `ts` of messages, also of those in envelopes; see `BurstObserver` for `plain`.

    >>> newest_ts([{"type": "message", "ts": "2.1"}, {"type": "message", "ts": None}], True)
    '2.1'
    """
    messages = items
    if isinstance(items, Envelopes):
        messages, plain = items.events, items.plain
    if plain:
        try:
            return max(map(_ts_of, messages))
        except (KeyError, TypeError):  # not all of them have one
            pass
    return max(filter(None, map(message_ts, messages)), default=None)


_ts_of: Callable[[Any], str] = itemgetter("ts")


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
