"""Marks in a message's metadata, by which a sink finds its own message again."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any, Final
from uuid import uuid4

from rxslack.events.failures import as_mapping

__all__ = ["mark_of", "marked"]

EVENT_TYPE: Final = "rxslack_post"
KEY: Final = "rxslack_id"


def marked(arguments: Mapping[str, Any]) -> tuple[dict[str, Any], str]:
    """
    The arguments of a message with a new mark, and the mark.

    A message's own metadata stays and has one more key in its `event_payload`. Source:
    docs.slack.dev/messaging/message-metadata.

    >>> arguments, mark = marked({"channel": "C1", "text": "Hello"})
    >>> arguments["metadata"]["event_payload"] == {"rxslack_id": mark}
    True
    """
    mark = uuid4().hex
    own = parsed(arguments.get("metadata"))
    payload = {**as_mapping(own.get("event_payload")), KEY: mark}
    metadata = {"event_type": EVENT_TYPE, **own, "event_payload": payload}
    return {**arguments, "metadata": metadata}, mark


def mark_of(message: Mapping[str, Any]) -> str:
    """
    The mark of a message as history has it; "" when it has none.

    >>> mark_of({"text": "Hello"})
    ''
    """
    payload = as_mapping(as_mapping(message.get("metadata")).get("event_payload"))
    return str(payload.get(KEY) or "")


def parsed(metadata: object) -> Mapping[Any, Any]:
    """Metadata as a mapping, also when it was given as JSON."""
    if not isinstance(metadata, str):
        return as_mapping(metadata)
    try:
        return as_mapping(json.loads(metadata))
    except ValueError:
        return {}
