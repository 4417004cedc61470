"""JSON as Slack writes it, and as clients may."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from typing import Any, Final, TypeAlias, cast

__all__ = [
    "Json",
    "as_body",
    "as_frame_text",
    "object_in",
    "objects_in",
    "read_json",
    "read_object",
]

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


def read_object(text: str | bytes) -> Json | None:
    """What a client said in JSON; None when it is no JSON object."""
    try:
        found = read_json(text)
    except ValueError:
        return None
    return cast("Json", found) if isinstance(found, dict) else None


def objects_in(found: object) -> list[Json]:
    """The JSON objects of a list; none of what is no list."""
    items: list[Any] = [*found] if isinstance(found, list) else []
    return [cast("Json", item) for item in items if isinstance(item, dict)]


def object_in(holder: Mapping[str, Any], name: str) -> Json:
    """The object of that name; an empty one when there is none."""
    found = holder.get(name)
    return cast("Json", found) if isinstance(found, dict) else {}


def _inside(value: Any) -> Iterable[Any]:
    if isinstance(value, dict):
        return cast("dict[str, Any]", value).values()
    items: list[Any] = [*value] if isinstance(value, list) else []
    return items
