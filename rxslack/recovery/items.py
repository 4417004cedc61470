"""What items say of themselves to the operators that reconnect and backfill."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from operator import itemgetter
from typing import Any, Final

from rxslack.wire.envelopes import Envelopes

__all__ = [
    "FAREWELLS",
    "MESSAGES",
    "as_event",
    "is_final",
    "is_hello",
    "is_spread",
    "message_ts",
    "newest_ts",
]

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
