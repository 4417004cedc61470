"""JSON as Slack writes it."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from typing import Any, Final, TypeAlias, cast

__all__ = ["Json", "as_body", "as_frame_text", "read_json"]

Json: TypeAlias = dict[str, Any]
"""A JSON object of Slack's: a message, a channel, a user, an answer."""

_DEEPEST: Final = 100  # levels of JSON in JSON; Slack's own have some ten

_encode = json.JSONEncoder(separators=(",", ":")).encode


def as_body(answer: Mapping[str, Any]) -> bytes:
    r"""
    The body of a Web API answer; Slack escapes slashes there.

    >>> as_body({"ok": True, "url": "ws://x/y"})
    b'{"ok":true,"url":"ws:\\/\\/x\\/y"}'
    """
    return _encode(answer).replace("/", "\\/").encode()


def as_frame_text(event: Mapping[str, Any]) -> bytes:
    """The payload of a websocket frame; no slash is escaped there."""
    return _encode(event).encode()


def read_json(text: str | bytes) -> Any:
    """
    What a client said in JSON.

    Raises: ValueError when it is none, or nested so deeply that nobody could copy it.

    >>> read_json("[1, {}]")
    [1, {}]
    """
    try:
        found = json.loads(text)
    except RecursionError:
        raise ValueError("it is nested too deeply") from None
    level: list[Any] = [found]
    for _ in range(_DEEPEST):
        level = [inner for outer in level for inner in _inside(outer)]
        if not level:
            return found
    raise ValueError("it is nested too deeply")


def _inside(value: Any) -> Iterable[Any]:
    if isinstance(value, dict):
        return cast("dict[str, Any]", value).values()
    items: list[Any] = [*value] if isinstance(value, list) else []
    return items
