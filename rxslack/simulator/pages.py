"""Cursors: a list in pages, as Slack gives it."""

from __future__ import annotations

import base64
from collections.abc import Sequence
from typing import TypeVar

from rxslack.simulator.refusal import Refused
from rxslack.simulator.request import Request
from rxslack.simulator.wire import Json
from rxslack.web.serving import whole_number

__all__ = ["cursor_of", "page_of", "read_cursor"]

T = TypeVar("T")


def cursor_of(kind: str, place: str | int) -> str:
    """
    A cursor, opaque to clients, and ending in "=" as Slack's do whenever base64 has it so.

    >>> cursor_of("next", 20)
    'bmV4dDoyMA=='
    """
    return base64.b64encode(f"{kind}:{place}".encode()).decode()


def read_cursor(kind: str, cursor: str) -> str:
    """
    What `cursor_of` was given.

    Raises: Refused("invalid_cursor").
    """
    try:
        found, _, place = base64.b64decode(cursor, validate=True).decode().partition(":")
    except ValueError as error:  # not base64, or of no text
        raise Refused("invalid_cursor") from error
    if found != kind or not place:
        raise Refused("invalid_cursor")
    return place


def page_of(request: Request, items: Sequence[T], *, most: int = 1000) -> tuple[Sequence[T], Json]:
    """
    The page that a call asks for, and the metadata with the next one's cursor.

    Source: docs.slack.dev/apis/web-api/pagination.
    """
    limit = request.page_size(request.number("limit", most, most=most))
    cursor = request.cursor()
    place = read_cursor("next", cursor) if cursor else "0"
    start = whole_number(place, len(items))
    if start is None:
        raise Refused("invalid_cursor")
    end = start + limit
    following = cursor_of("next", end) if end < len(items) else ""
    return items[start:end], {"response_metadata": {"next_cursor": following}}
