"""Events as rows for the page of a widget: plain data, without secrets, of bounded size."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from typing import Any, Final, TypedDict, cast

from rxslack.core.masking import masked
from rxslack.core.printable import printable
from rxslack.events.messages import channel_of, event_in, thread_of, ts_of, user_of
from rxslack.notebook.columns import Column, cell
from rxslack.notebook.names import Names
from rxslack.notebook.pieces import Piece, pieces_of
from rxslack.notebook.tally import Kept, kind_of
from rxslack.past.recording_file import as_json

__all__ = ["EventRow", "Wanted", "matches", "row_of", "titles_of"]

JSON: Final = 6000  # characters of an event's JSON
LONGEST: Final = 100  # characters of an id or a type, of which nobody knows what it is

Cell = str | list[Piece] | dict[str, str]
"""Text; text in pieces; or an id, for which the page has a name."""


class EventRow(TypedDict):
    """One event, for the page."""

    n: int  # its number in the stream, from 1
    at: float  # when it arrived, unix seconds
    day: str  # the same for people
    kind: str  # its type, with the subtype
    channel: str  # an id
    user: str  # an id
    ts: str  # of the message it is about
    thread: str  # the ts of the message that began the thread
    cells: list[Cell]
    json: str


class Wanted(TypedDict, total=False):
    """What the page looks for; "" or nothing for all."""

    text: str
    kind: str
    channel: str
    user: str


def titles_of(columns: Sequence[Column]) -> list[str]:
    """The titles."""
    return [column if isinstance(column, str) else column[0] for column in columns]


def row_of(kept: Kept, columns: Sequence[Column], names: Names) -> EventRow:
    """The row of an event; whatever is odd about it."""
    number, at, event = kept
    fields = event_in(event)
    return {
        "n": number,
        "at": at,
        "day": datetime.fromtimestamp(at).strftime("%Y-%m-%d %H:%M:%S.%f")[:-3],
        "kind": short(cell("type", at, event, names)),
        "channel": short(channel_of(fields)),
        "user": short(user_of(fields) or fields.get("username") or fields.get("bot_id")),
        "ts": short(ts_of(fields)),
        "thread": short(thread_of(fields)),
        "cells": [cell_of(column, at, event, names) for column in columns],
        "json": json_of(event),
    }


def cell_of(column: Column, at: float, event: Any, names: Names) -> Cell:
    """One cell."""

    def plain() -> str:
        return printable(cell(column, at, event, names), lines=True)

    if isinstance(event, dict):
        fields = cast("dict[str, Any]", event)
        if column == "text":
            return pieces_of(fields, plain)
        if column in ("channel", "user"):
            of: Callable[[Mapping[str, Any]], str | None]
            of = channel_of if column == "channel" else user_of
            if known := short(of(fields)):
                return {"id": known}
    return plain()


def json_of(event: Any) -> str:
    """The event as JSON, without secrets; what is too long is cut off."""
    try:
        text = as_json(event, wide=True) if isinstance(event, dict) else repr(event)  # pyright: ignore[reportUnknownArgumentType] - any dict
    except Exception as error:  # noqa: BLE001 - `repr` of what is no JSON may raise anything
        text = f"({type(error).__name__})"
    text = printable(text, lines=True)
    return text if len(text) <= JSON else f"{text[:JSON]}…"


def short(value: object) -> str:
    """An id, or a type, fit to be shown; "" for what is none."""
    return printable(masked(value[:LONGEST])) if isinstance(value, str) else ""


def matches(event: Any, wanted: Wanted) -> bool:
    """Whether an event is what the page looks for; cheap enough for thousands at a time."""
    fields = event_in(event)
    if (kind := wanted.get("kind")) and kind_of(event) != kind.partition(".")[0]:
        return False
    if (channel := wanted.get("channel")) and channel_of(fields) != channel:
        return False
    if (user := wanted.get("user")) and user_of(fields) != user:
        return False
    text = wanted.get("text", "").casefold()
    if not text:
        return True
    said = fields.get("text")
    if not isinstance(said, str):
        said = json_of(event)
    return text in said.casefold()
