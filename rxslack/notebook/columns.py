"""The columns of a table of events: what stands in a cell."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from functools import lru_cache
from typing import Any, Final, TypeAlias, cast

from rxslack.core.masking import masked
from rxslack.notebook.names import Names

__all__ = ["Column", "Table", "table"]

Column: TypeAlias = str | tuple[str, Callable[[Any], object]]
"""A key, dotted for what is inside ("item.ts"); or a title, and a function of the event."""

LONGEST: Final = 300  # characters of a cell
READ: Final = 4 * LONGEST  # characters that are looked through for secrets; the rest is cut off

Table: TypeAlias = tuple[Sequence[str], Sequence[Sequence[str]]]
"""The titles, and the rows of cells; plain text, not escaped for anything."""


def table(columns: Sequence[Column], events: Sequence[tuple[float, Any]], names: Names) -> Table:
    """The cells for some events, each with its arrival in unix seconds."""
    titles = [column if isinstance(column, str) else column[0] for column in columns]
    return titles, [[cell(column, at, event, names) for column in columns] for at, event in events]


def cell(column: Column, at: float, event: Any, names: Names) -> str:
    """One cell. What the user's function, or an odd event, raises stands in it, and ends nothing."""
    try:
        if isinstance(column, str):
            value = known(column, at, event, names)
            return "***" if value and is_secret(column) else shown(value)
        return shown(column[1](event))
    except Exception as error:  # noqa: BLE001 - the user's function, or `__str__`, may raise anything
        return f"({type(error).__name__})"


def known(column: str, at: float, event: Any, names: Names) -> object:
    """A column by its name."""
    if column == "time":
        return datetime.fromtimestamp(at).strftime("%H:%M:%S")
    if not isinstance(event, Mapping):
        return event if column == "text" else type(event).__name__ if column == "type" else ""
    fields = cast("Mapping[str, Any]", event)
    value = dig(fields, column)
    if column == "type" and fields.get("subtype"):
        return f"{value}.{fields['subtype']}"
    if column in ("channel", "user"):
        apps = (fields.get("username") or fields.get("bot_id")) if column == "user" else None
        return named(value or dig(fields, f"item.{column}") or apps, names)
    if column == "text" and value is None:
        return told(fields)
    return value


def named(value: Any, names: Names) -> object:
    """A channel or a user, which is an id in most events and an object in some."""
    if isinstance(value, Mapping):
        thing = cast("Mapping[str, Any]", value)
        value = thing.get("id") or thing.get("name")
    return names.of(value) if isinstance(value, str) else value


def told(event: Mapping[str, Any]) -> object:
    """In place of a text, where an event has another thing to say."""
    inner = dig(event, "message.text")
    if inner is not None:
        return inner
    if isinstance(event.get("reaction"), str):
        return f":{event['reaction']}:"
    return event.get("error") or event.get("reason")


def dig(event: Mapping[str, Any], path: str) -> Any:
    """What is under a dotted key; None where there is nothing."""
    value: Any = event
    for key in path.split("."):
        if not isinstance(value, Mapping):
            return None
        value = cast("Mapping[str, Any]", value).get(key)
    return value


@lru_cache(maxsize=100)
def is_secret(column: str) -> bool:
    """Whether what is under a key is a secret, whatever it looks like."""
    field = f'{{"{column}": "value"}}'
    return masked(field) != field


def shown(value: object) -> str:
    """A value as text of bounded length, without secrets."""
    text = "" if value is None else masked(str(value)[:READ])
    return text if len(text) <= LONGEST else f"{text[:LONGEST]}…"
