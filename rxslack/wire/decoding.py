"""
From the bytes of a text frame to the item that it stands for.

One frame at a time, or several in one go, which is faster: the standard library's decoder, called
once for some frames together, allocates once what it needs to know keys again.

What is of a type that no class describes flows on untouched; `Unknown` logs the first of each kind.

No socket, no clock and no Rx may live in this file.
"""

from __future__ import annotations

import logging
import os
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any, Final

from rxslack.core.json_text import DECODER, HAS_ORJSON, loads
from rxslack.core.printable import printable
from rxslack.errors import FrameError
from rxslack.events.items import message_ts
from rxslack.events.known import KNOWN_SUBTYPES, KNOWN_TYPES
from rxslack.wire.bursts import Burst
from rxslack.wire.selection import EventSelection

__all__ = [
    "Unknown",
    "event_selection",
    "read_event",
    "read_event_with_json",
    "read_event_with_orjson",
    "read_events",
    "read_together",
    "together_with_json",
    "together_with_orjson",
    "unknown",
]

log = logging.getLogger("rxslack.events")

_MOST_KINDS: Final = (
    1000  # kinds that are counted one by one; nobody's inventions may fill the memory
)
_REST_OF_KINDS: Final = "(further types)"
_LONGEST_KIND: Final = 100  # characters of a type that are logged
_TOGETHER: Final = 16  # frames read in one go; with many more events alive, it gets slower again

Event = dict[str, Any]


def read_events(frames: Sequence[bytes], look: Callable[[Event], object]) -> Iterator[Burst]:
    """
    The items of frames, as of `read_event`, in order: a few at a time.

    >>> [*read_events([b'{"type": "hello"}', b'{"type": "pong"}'], print)]
    {'type': 'hello'}
    {'type': 'pong'}
    [([{'type': 'hello'}, {'type': 'pong'}], False)]

    Args:
        frames: text frames.
        look: called with each item but plain messages, before the list that it is in is yielded.

    Raises: FrameError, as `read_event` does, once everything before that frame was yielded.
    """
    for group, events in read_together(frames):
        # Most frames of a flood are plain messages, of which nobody has to look at each.
        odd = None if events is None else _odd_ones(events)
        if events is None or odd is None:
            yield from _one_by_one(group, look)
        else:
            for event in odd:
                look(event)
            yield events, not odd


def event_selection() -> EventSelection:
    """What of the events of one connection is decoded."""

    def ts_in(frame: bytes) -> str | None:
        return message_ts(read_event(frame))

    return EventSelection(KNOWN_TYPES, ts_in)


def read_together(
    frames: Sequence[bytes],
) -> Iterator[tuple[Sequence[bytes], list[Any] | None]]:
    """
    Frames, a few at a time, and the values of these few, whatever values these are.

    In the place of the values is None where they have to be read one by one.
    """
    for start in range(0, len(frames), _TOGETHER):
        group = frames[start : start + _TOGETHER]
        yield group, _together(group)


def _one_by_one(frames: Sequence[bytes], look: Callable[[Event], object]) -> Iterator[Burst]:
    for frame in frames:
        events = [read_event(frame)]
        odd = _odd_ones(events) or []
        for event in odd:
            look(event)
        yield events, not odd


def _odd_ones(values: list[Any]) -> list[Event] | None:
    """Which are no plain messages; None, if one is no event."""
    try:
        return [event for event in values if event["type"] != "message" or "subtype" in event]
    except (KeyError, TypeError):
        return None


def together_with_json(frames: Sequence[bytes]) -> list[Any] | None:
    """
    The values of frames in ASCII; None if one is not JSON.

    Something that nobody else can know stands between the frames, so that what begins in one and
    ends in another is never taken for a value.
    """
    text = b"[" + _BETWEEN.join(frames) + b"]"
    if not text.isascii():  # one wide character makes all of the text wide, and slow to read
        return None
    try:
        found, end = _scan(text.decode())
    except (ValueError, RecursionError):
        return None
    values: list[Any] = found[::2]
    # A frame may hold two values, or half of one. Then the separators are not where they belong.
    apart = len(values) == len(frames) and found[1::2] == [_NONCE] * (len(frames) - 1)
    return values if apart and end == len(text) else None


def together_with_orjson(frames: Sequence[bytes]) -> list[Any] | None:
    """The same with orjson, in any characters."""
    try:
        # orjson keeps the keys that it knows between calls, so that joining frames would gain
        # nothing.
        return [*map(loads, frames)]
    except ValueError:
        return None


_NONCE: Final = os.urandom(8).hex()
_BETWEEN: Final = f',"{_NONCE}",'.encode()
_together = together_with_orjson if HAS_ORJSON else together_with_json


def read_event_with_json(frame: bytes) -> dict[str, Any]:
    """
    `read_event`, by the standard library alone.

    >>> read_event_with_json(b'{"ok": true, "reply_to": 1}')
    {'ok': True, 'reply_to': 1, 'type': 'rxslack.reply'}
    >>> read_event_with_json(b"UNAUTHENTICATED: cache_error")["type"]
    'rxslack.unreadable'
    """
    try:
        text = frame.decode()
        # Half the time of json.loads, which looks for white space on both ends first.
        event, end = _scan(text)
    except (ValueError, RecursionError):
        return _read_carefully(frame)
    item: dict[str, Any] = event
    if end == len(text) and type(event) is dict and "type" in item:
        return item
    return _read_carefully(frame)


def read_event_with_orjson(frame: bytes) -> dict[str, Any]:
    """`read_event`, by orjson; what that refuses is for the standard library to judge."""
    try:
        event = loads(frame)
    except ValueError:
        return _read_carefully(frame)
    item: dict[str, Any] = event
    if type(event) is dict and "type" in item:
        return item
    return _read_carefully(frame)


read_event: Callable[[bytes], dict[str, Any]] = (
    read_event_with_orjson if HAS_ORJSON else read_event_with_json
)
"""
The item that a text frame stands for; always a dict with a `type`.

Slack's answers to what was sent over the socket come without one and get `rxslack.reply`; a frame
that is not JSON, or not an object, becomes `rxslack.unreadable`. orjson does it when it is
installed, and makes the same of any frame; see `core.json_text`.

Raises: FrameError, when the frame is not UTF-8: the connection has to fail.

Source: RFC 6455 section 8.1 (UTF-8).
"""


def _read_carefully(frame: bytes) -> dict[str, Any]:
    try:
        text = frame.decode()
    except UnicodeDecodeError as error:
        raise FrameError(1007, "a text message that is not UTF-8") from error
    try:
        event: Any = DECODER.decode(text)
    except (ValueError, RecursionError) as error:
        return _unreadable(text, f"not JSON: {error}")
    item: dict[str, Any] = event
    if not isinstance(event, dict):
        return _unreadable(text, "not a JSON object")
    return item if "type" in item else {**item, "type": "rxslack.reply"}


def _unreadable(text: str, error: str) -> dict[str, Any]:
    return {"type": "rxslack.unreadable", "data": text, "error": error}


_scan = DECODER.raw_decode


class Unknown:
    """
    Counts events by a type, or a message's subtype, that rxslack does not know.

    >>> strangers = Unknown()
    >>> for event in ({"type": "hello"}, {"type": "invented"}, {"type": "invented"}):
    ...     strangers.look(event)
    >>> strangers.counts
    Counter({'invented': 2})

    The first of a kind is a line of the logger ``rxslack.events``; those after it are only counted,
    and `report` logs the counts. An instance serves a whole process; a count may miss one when two
    connections meet the same kind at the same moment.
    """

    def __init__(self) -> None:
        self.counts: Counter[str] = Counter()
        self._reported = 0

    def look(self, event: Mapping[str, Any]) -> None:
        """Count an event if it is unknown; called for each event, so the known ones come first."""
        kind = event["type"]
        if type(kind) is str and kind in KNOWN_TYPES:
            if kind != "message" or "subtype" not in event:
                return
            subtype = event["subtype"]
            if subtype is None or (type(subtype) is str and subtype in KNOWN_SUBTYPES):
                return
            kind = f"message/{_named(subtype)}"
        self._count(printable(_named(kind)[:_LONGEST_KIND]))

    def report(self) -> None:
        """Log the counts, unless nothing has come since the last time."""
        total = self.counts.total()
        if total != self._reported:
            self._reported = total
            kinds = ", ".join(f"{kind} ({count})" for kind, count in self.counts.most_common())
            log.info("events of unknown types so far: %s", kinds)

    def _count(self, kind: str) -> None:
        if kind not in self.counts:
            if len(self.counts) >= _MOST_KINDS:
                kind = _REST_OF_KINDS
            if kind not in self.counts:
                log.info("unknown type of event, passed on as it is: %s", kind)
        self.counts[kind] += 1


def _named(kind: object) -> str:
    """A type; of one that is no text, which may be of any size and depth, its class."""
    return kind if isinstance(kind, str) else f"({type(kind).__name__})"


_instances: list[Unknown] = []


def unknown() -> Unknown:
    """The one instance of this process, made when the first connection opens."""
    if not _instances:
        _instances.append(Unknown())
    return _instances[0]
