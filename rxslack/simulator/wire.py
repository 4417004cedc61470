"""JSON as Slack writes it."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any, TypeAlias

__all__ = ["Json", "as_body", "as_frame_text"]

Json: TypeAlias = dict[str, Any]
"""A JSON object of Slack's: a message, a channel, a user, an answer."""

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
