"""Messages as a table to calculate with."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from importlib import import_module
from typing import TYPE_CHECKING, Any, Final, cast

from reactivex import Observable
from reactivex import operators as ops

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


def to_frame(events: Iterable[Mapping[str, Any]] | Observable[Any]) -> pandas.DataFrame:
    """
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
        the message's row, a deletion marks it.
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
    rows: dict[tuple[Any, Any], dict[str, Any]] = {}
    for event in found:
        if is_message(event):
            take(rows, event)
    frame = pd.DataFrame(list(rows.values()), columns=list(COLUMNS))
    for column in ("time", "edited"):
        micros = pd.to_numeric(frame[column], errors="coerce")
        frame[column] = pd.to_datetime(micros, unit="us", utc=True).astype("datetime64[us, UTC]")
    frame["deleted"] = frame["deleted"].astype(bool)
    return cast("pandas.DataFrame", frame)


def is_message(event: Any) -> bool:
    """Whether a row comes of it, or changes by it."""
    return isinstance(event, Mapping) and cast("Mapping[str, Any]", event).get("type") == "message"


def take(rows: dict[tuple[Any, Any], dict[str, Any]], event: Mapping[str, Any]) -> None:
    """Add a message, or change the one that the event is about."""
    channel, subtype = event.get("channel"), event.get("subtype")
    if subtype == "message_deleted":
        if row := rows.get((channel, event.get("deleted_ts"))):
            row["deleted"] = True
    elif subtype == "message_changed":
        message: Mapping[str, Any] = event.get("message") or {}
        rows[channel, message.get("ts")] = row_of({**message, "channel": channel})
    elif not event.get("hidden") and event.get("ts"):
        rows[channel, event["ts"]] = row_of(event)


def row_of(message: Mapping[str, Any]) -> dict[str, Any]:
    """The row of a message."""
    edited: Mapping[str, Any] = message.get("edited") or {}
    return {
        **{key: message.get(key) for key in COLUMNS},
        "time": micros_of(message.get("ts")),
        "user": message.get("user") or message.get("bot_id"),
        "edited": micros_of(edited.get("ts")),
        "deleted": False,
    }


def micros_of(ts: Any) -> int | None:
    """A ts as whole microseconds, so that none is lost."""
    seconds, _, micros = str(ts or "").partition(".")
    return int(seconds) * 1_000_000 + int(micros.ljust(6, "0")[:6]) if seconds.isdigit() else None
