"""
What can be asked of an item of a stream, whatever it is: a failure, a hello, a message.

They never raise, also for an item that is no mapping.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final, TypeGuard

from rxslack.events.types.rxslack_items import FailureEvent

__all__ = [
    "GOODBYES",
    "MESSAGES",
    "as_mapping",
    "failure",
    "is_failure",
    "is_final",
    "is_hello",
    "is_mapping",
    "is_spread",
    "kind_of",
    "message_ts",
]


def failure(item: object, error: Exception, *, uncertain: bool = False) -> FailureEvent:
    """
    The item that tells of an item that failed.

    >>> failure({"channel": "C1"}, ValueError("no text"))["type"]
    'rxslack.failure'

    Args:
        item: What was being worked on.
        error: Why it failed.
        uncertain: Whether it may have been done all the same.
    """
    event: FailureEvent = {"type": "rxslack.failure", "item": item, "error": error}
    if uncertain:
        event["uncertain"] = True
    return event


def is_failure(item: object) -> TypeGuard[FailureEvent]:
    """
    Whether an item is a `FailureEvent`, whichever operator or sink it came from.

    >>> is_failure(failure(None, ValueError())), is_failure({"type": "message"})
    (True, False)
    """
    fields = as_mapping(item)
    return fields.get("type") == "rxslack.failure" and isinstance(fields.get("error"), Exception)


def as_mapping(item: Any) -> Mapping[Any, Any]:
    """The item, or an empty mapping when it is none."""
    mapping: Mapping[Any, Any] = item
    # Nearly every item is a dict, and comparing classes is faster than `isinstance` of an ABC.
    return mapping if type(item) is dict or isinstance(item, Mapping) else {}


def kind_of(item: object) -> str:
    """Its type; "" for what has none, or one that is no text."""
    kind = as_mapping(item).get("type")
    return kind if isinstance(kind, str) else ""


def is_mapping(item: object) -> TypeGuard[Mapping[Any, Any]]:
    """Whether an item has fields."""
    return isinstance(item, Mapping)


GOODBYES: Final = frozenset({"goodbye", "team_migration_started", "disconnect"})
"""
Types of items after which Slack closes the connection that they came over.

Source: docs.slack.dev/reference/events/goodbye, .../events/team_migration_started,
docs.slack.dev/apis/events-api/using-socket-mode ("disconnect").
"""

MESSAGES: Final = frozenset({"message", "events_api"})
"""Types of items that are a message, or may hold one."""


def is_hello(item: object) -> bool:
    """Whether this item says that a connection stands."""
    return bool(as_mapping(item).get("type") == "hello")


def is_final(item: object) -> bool:
    """Whether no other connection will come: the app's settings switched Socket Mode off."""
    return as_mapping(item).get("reason") == "link_disabled"


def is_spread(item: object) -> bool:
    """Whether Slack gives this to one connection only: an envelope of Socket Mode."""
    return "envelope_id" in as_mapping(item)


def message_ts(item: object) -> str | None:
    """The `ts` of a message, also of one in an envelope; None for everything else."""
    event = as_mapping(item)
    if event.get("type") == "events_api":
        event = as_mapping(as_mapping(event.get("payload")).get("event"))
    if event.get("type") != "message":
        return None
    ts = event.get("ts")
    return ts if isinstance(ts, str) else None
