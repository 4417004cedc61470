"""Messages as a table to calculate with."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from importlib import import_module
from typing import TYPE_CHECKING, Any, Final, cast

from reactivex import Observable, operators as ops

from rxslack.errors import ConfigurationError
from rxslack.past.order import micros_of_all

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

TEXTS: Final = ("channel", "user", "text", "thread_ts", "subtype")

Rows = dict[tuple[str | None, str], list[Any]]
"""By channel and ts, each as `COLUMNS` has it, but for the times, which are texts still."""

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
    rows: Rows = {}
    if isinstance(events, Observable):  # `for event in events` would never end
        events.pipe(ops.do_action(lambda event: take(rows, event)), ops.count()).run()
    else:
        for event in events:
            take(rows, event)
    columns = list(map(list[Any], zip(*rows.values(), strict=True))) or [[] for _ in COLUMNS]
    found: dict[str, Any] = dict(zip(COLUMNS, columns, strict=True))
    for name in TEXTS:
        found[name] = cleaned(found[name])
    for name in ("time", "edited"):
        found[name] = pd.to_datetime(micros_in(found[name]), utc=True).as_unit("us")
    frame = pd.DataFrame(found)
    frame["deleted"] = frame["deleted"].astype(bool)
    return cast("pandas.DataFrame", frame)


def take(rows: Rows, item: object) -> None:
    """Add a message, or change the one that an event is about; nothing for other items."""
    if not isinstance(item, (dict, Mapping)):  # asking for a Mapping takes much longer
        return
    event = cast("Mapping[str, Any]", item)
    if event.get("type") != "message":
        return
    if (row := plain_row_of(event)) is not None:
        rows[row[1], row[0]] = row
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


def plain_row_of(event: Mapping[str, Any]) -> list[Any] | None:
    """The row of what most messages are; None for what has to be looked at more closely."""
    get = event.get
    ts, channel, user, text = get("ts"), get("channel"), get("user"), get("text")
    thread = get("thread_ts")
    if (
        type(ts) is str
        and type(channel) is str
        and type(user) is type(text) is str
        and (thread is None or type(thread) is str)
        and ts
        and user
        and ts.isascii()
        and channel.isascii()
        and not (get("subtype") or get("hidden") or get("edited"))
    ):
        return [ts, channel, user, text, ts, thread, None, None, False]
    return None


def row_of(message: Mapping[str, Any]) -> list[Any]:
    """The row of a message, as `COLUMNS` has it."""
    ts = text_in(message, "ts")
    return [
        ts,
        text_in(message, "channel"),
        text_in(message, "user") or text_in(message, "bot_id"),
        text_in(message, "text"),
        ts,
        text_in(message, "thread_ts"),
        text_in(message, "subtype"),
        text_in(fields_in(message, "edited"), "ts"),
        False,
    ]


def text_in(message: Mapping[str, Any], key: str) -> str | None:
    """A text that UTF-8 has bytes for; None in the place of anything else."""
    value = message.get(key)
    return clean(value) if isinstance(value, str) else None


def clean(text: str) -> str:
    """The same, and U+FFFD for half of a surrogate pair."""
    if text.isascii():
        return text
    # The detour joins the halves of a pair, if both are there.
    return text.encode("utf-16", "surrogatepass").decode("utf-16", "replace")


def cleaned(column: list[str | None]) -> list[str | None]:
    """All of a column; mostly there is nothing to be done."""
    if "".join(filter(None, column)).isascii():
        return column
    return [text and clean(text) for text in column]


def fields_in(message: Mapping[str, Any], key: str) -> Mapping[str, Any]:
    """An object inside a message; nothing in the place of anything else."""
    value = message.get(key)
    return cast("Mapping[str, Any]", value) if isinstance(value, Mapping) else {}


def micros_of(ts: str | None) -> int | None:
    """A ts as whole microseconds, so that none is lost; None for what is no time."""
    if ts is None:
        return None
    if len(ts) == 17 and ts[10] == "." and ts.isascii():  # as Slack's are
        digits = ts.replace(".", "")
        if len(digits) == 16 and digits.isdigit():
            return int(digits)
    found = TS.fullmatch(ts)
    return int(found[1]) * 1_000_000 + int((found[2] or "").ljust(6, "0")[:6]) if found else None


def micros_in(column: list[str | None]) -> Any:
    """The same of a column, as pandas takes it; at once where all are as Slack's are, or none is there."""
    import numpy as np  # comes with pandas

    if not any(column):
        return np.full(len(column), "NaT", "M8[us]")
    if None not in column and (digits := micros_of_all(cast("list[str]", column))):
        return np.fromstring(digits, np.int64, sep="\n").view("M8[us]")
    micros = [None if text is None else micros_of(text) for text in column]
    return np.array(micros, dtype="M8[us]")
