"""Messages as a table to calculate with."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from importlib import import_module
from typing import TYPE_CHECKING, Any, Final, cast

from reactivex import Observable, operators as ops

from rxslack.errors import ConfigurationError

if TYPE_CHECKING:
    import pandas

__all__ = ["to_frame"]

COLUMNS: Final = (
    "time",
    "channel",
    "user",
    "text",
    "ts",
    "thread_ts",
    "subtype",
    "edited",
    "deleted",
)

TS: Final = re.compile(r"([0-9]{1,10})(?:\.([0-9]*))?")  # seconds up to the year 2286


def to_frame(events: Iterable[Mapping[str, Any]] | Observable[Any]) -> pandas.DataFrame:
    r"""
    A pandas DataFrame with one row a message.

    >>> frame = to_frame([{"type": "message", "channel": "C1", "user": "U1", "text": "Hello",
    ...                    "ts": "1764000000.000100"}])
    >>> frame.loc[0, ["channel", "user", "text"]].tolist()
    ['C1', 'U1', 'Hello']

    Args:
        events: Event dicts; a list, or a stream that completes, such as `replay(…)`, `export(…)`
            or `history(…)`, which is waited for. Events that are no messages are left out.

    Returns: the columns `time` (when it was written, UTC), `channel`, `user` (or the bot's id),
        `text`, `ts`, `thread_ts` (None outside threads; `ts` itself where a thread begins),
        `subtype`, `edited` (when, or NaT) and `deleted`; in the order of arrival. An edit changes
        the message's row, a deletion marks it. A message without a `ts` has no row; a field that
        is no text is None; a `ts` that is no time has NaT as its `time`. Half of a surrogate pair,
        which no file could hold, becomes U+FFFD. ``frame.to_csv()`` writes texts as they are, and
        a spreadsheet takes one that begins with ``=``, ``+``, ``-`` or ``@`` for a formula: for
        one, write ``frame.replace(r"^([=+@\t\r-])", r"'\1", regex=True).to_csv(…)``.
    Errors: ``ConfigurationError`` where pandas is not installed; the stream's own error.
    Source: docs.slack.dev/reference/events/message ("Message subtypes").
    """
    try:
        pd: Any = import_module("pandas")
    except ImportError as error:
        raise ConfigurationError("to_frame() needs pandas: pip install pandas") from error
    found: Any = events
    if isinstance(events, Observable):  # `list(events)` would never end
        found = events.pipe(ops.filter(is_message), ops.to_list()).run()
    rows: dict[tuple[str | None, str], list[Any]] = {}
    for event in found:
        if isinstance(event, Mapping):
            take(rows, cast("Mapping[str, Any]", event))
    columns = zip(*rows.values(), strict=True) if rows else [()] * len(COLUMNS)
    values = map(list[Any], columns)
    frame = pd.DataFrame(dict(zip(COLUMNS, values, strict=True)), columns=list(COLUMNS))
    for column in ("time", "edited"):
        micros = pd.to_numeric(frame[column], errors="coerce")
        frame[column] = pd.to_datetime(micros, unit="us", utc=True).astype("datetime64[us, UTC]")
    frame["deleted"] = frame["deleted"].astype(bool)
    return cast("pandas.DataFrame", frame)


def is_message(event: Any) -> bool:
    """Whether a row comes of it, or changes by it."""
    return isinstance(event, Mapping) and cast("Mapping[str, Any]", event).get("type") == "message"


def take(rows: dict[tuple[str | None, str], list[Any]], event: Mapping[str, Any]) -> None:
    """Add a message, or change the one that the event is about; nothing for other events."""
    if event.get("type") != "message":
        return
    channel, subtype = text_in(event, "channel"), event.get("subtype")
    if subtype == "message_deleted":
        if row := rows.get((channel, text_in(event, "deleted_ts") or "")):
            row[-1] = True
        return
    if subtype == "message_changed":
        message: Mapping[str, Any] = {**fields_in(event, "message"), "channel": channel}
    elif event.get("hidden"):
        return
    else:
        message = event
    if ts := text_in(message, "ts"):
        rows[channel, ts] = row_of(message)


def row_of(message: Mapping[str, Any]) -> list[Any]:
    """The row of a message, as `COLUMNS` has it."""
    edited = message.get("edited")
    ts = text_in(message, "ts")
    return [
        micros_of(ts),
        text_in(message, "channel"),
        text_in(message, "user") or text_in(message, "bot_id"),
        text_in(message, "text"),
        ts,
        text_in(message, "thread_ts"),
        text_in(message, "subtype"),
        None if edited is None else micros_of(text_in(fields_in(message, "edited"), "ts")),
        False,
    ]


def text_in(message: Mapping[str, Any], key: str) -> str | None:
    """A text that UTF-8 has bytes for; None in the place of anything else."""
    value = message.get(key)
    if value is None or not isinstance(value, str):
        return None
    # The detour joins the halves of a pair, if both are there.
    return (
        value
        if value.isascii()
        else value.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
    )


def fields_in(message: Mapping[str, Any], key: str) -> Mapping[str, Any]:
    """An object inside a message; nothing in the place of anything else."""
    value = message.get(key)
    return cast("Mapping[str, Any]", value) if isinstance(value, Mapping) else {}


def micros_of(ts: str | None) -> int | None:
    """A ts as whole microseconds, so that none is lost; None for what is no time."""
    if ts and len(ts) == 17 and ts[10] == "." and ts.isascii():  # as Slack's are
        digits = ts.replace(".", "")
        if len(digits) == 16 and digits.isdigit():
            return int(digits)
    found = TS.fullmatch(ts or "")
    return int(found[1]) * 1_000_000 + int((found[2] or "").ljust(6, "0")[:6]) if found else None
