"""Failures as items: how they are made and known, for the operators and the sinks alike."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeGuard

from rxslack.events.types.rxslack_items import FailureEvent

__all__ = ["as_mapping", "failure", "is_failure", "is_mapping"]


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


def as_mapping(item: object) -> Mapping[Any, Any]:
    """The item, or nothing when it is no mapping."""
    return item if is_mapping(item) else {}


def is_mapping(item: object) -> TypeGuard[Mapping[Any, Any]]:
    """Whether an item has fields."""
    return isinstance(item, Mapping)
