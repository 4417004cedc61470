r"""
What of a read is not decoded: the rule. For what is of use, a `Wish`, see `wishes`.

A frame is left out when nothing that somebody needs is in it, and when it is sure to be an event of a known type,
which is no business of the connection itself:

    a piece of the wish is in the frame           decode: it may be wanted, the conditions will tell
    an ASCII character is written as \u00..       decode: a piece may be hidden in it
    the type is not read easily, or not known     decode: it may be a hello, a farewell, an error, an answer, news
    a short frame says "type" twice               decode: the last one counts, and farewells are short
    a read brings a few frames only               decode: there is nothing to be gained
    else                                          leave it out, and count it

What is left out is not looked at otherwise: whether it is UTF-8, and JSON, and whether its subtype is known. Its `ts`
is, for the times of a gap; of each read that of the last message, which is the highest but for a moment. And an
envelope is acknowledged.

Each of these is looked for in all frames of a read at once, while they are a part of the same bytes still: a call for
each would cost more than what is found out. Only what is decoded is cut out.

No socket, no clock and no Rx may live in this file.
"""

from __future__ import annotations

import re
import sys
from abc import ABC, abstractmethod
from bisect import bisect_right
from collections.abc import Callable, Iterator, Sequence
from functools import cache
from itertools import repeat
from typing import Final, NamedTuple

from rxslack.wire.frames import Choice, Form, form
from rxslack.wire.wishes import EVERYTHING, Wish

__all__ = [
    "PLAIN",
    "EnvelopeSelection",
    "EventSelection",
    "Selection",
    "known_envelope",
    "known_event",
]

PLAIN: Final = rb"[!#-\[\]-~]"
"""A character that stands for itself in any JSON: an id of these can be sent back as it is."""

_FEW: Final = 4  # frames in one read that are decoded without further ado
_SHORT: Final = 256  # bytes; longer than any farewell
_LAST: Final = 8  # frames that are looked at for a `ts`
_POOR: Final = 4  # of so many frames one has to be left out, or the search costs more than it saves
_LONGEST_REST: Final = 64  # reads without a search, when it did not pay
_ASCII_ESCAPE: Final = re.compile(rb"\\u00[2-7]")
_OF_THE_CONNECTION: Final = frozenset(
    {
        "disconnect",
        "error",
        "goodbye",
        "hello",
        "pong",
        "reconnect_url",
        "team_migration_started",
    }
)
_FAREWELL: Final = re.compile(
    rb'"type"\s*:\s*"(?:%b)"' % "|".join(sorted(_OF_THE_CONNECTION)).encode()
)


class Selection(ABC):
    """
    Applies the rule to what one connection reads.

    Args:
        types: that are known.
        ts_of: the `ts` of the message in a frame; None for others.

    Attributes:
        left_out: how many frames were.
        last_ts: the highest `ts` known of a message among them; "" for none.
        ready: whether anything is left out; may be put off.
        form: how most frames begin.
    """

    def __init__(
        self, types: frozenset[str], ts_of: Callable[[bytes], str | None], form: Form
    ) -> None:
        self.form = form
        self.left_out = 0
        self.last_ts = ""
        self.ready = True
        self._types = types
        self._ts_of = ts_of
        self._rest = 0  # reads in which nothing is searched for
        self._next_rest = 1

    def choice(self, wanted: Wish) -> Choice | None:
        """How to choose among what is read now, if all that is of use is this; asked once for each read."""
        return _Choice(self, wanted) if self._searches(wanted) else None

    def _searches(self, wanted: Wish) -> bool:
        if wanted is EVERYTHING or not self.ready:
            return False
        if self._rest:
            self._rest -= 1
            return False
        return True

    def cut(
        self,
        wanted: Wish,
        data: bytes,
        starts: Sequence[int],
        ends: Sequence[int],
        others: Sequence[int],
    ) -> list[bytes]:
        """Those of some frames that are to be decoded, in order; as of a `Choice`."""
        if len(starts) < _FEW:
            return [data[start:end] for start, end in zip(starts, ends, strict=True)]
        kept = {
            *wanted.places_in(data, starts, ends),
            *_escaped(data, starts, ends),
            *self._unfamiliar(data, starts, ends, others),
        }
        self._note(data, starts, ends, kept)
        return [data[starts[place] : ends[place]] for place in sorted(kept)]

    @abstractmethod
    def _unfamiliar(
        self, data: bytes, starts: Sequence[int], ends: Sequence[int], others: Sequence[int]
    ) -> Iterator[int]:
        """Which frames are not sure to be events that may be left out; those of the form are, most likely."""

    def _note(
        self, data: bytes, starts: Sequence[int], ends: Sequence[int], kept: set[int]
    ) -> None:
        left_out = len(starts) - len(kept)
        self.left_out += left_out
        if left_out * _POOR < len(starts):
            self._rest = self._next_rest
            self._next_rest = min(2 * self._next_rest, _LONGEST_REST)
        else:
            self._next_rest = 1
        dropped = [place for place in range(len(starts))[-_LAST:] if place not in kept]
        for place in reversed(dropped):
            ts = self._ts_of(data[starts[place] : ends[place]])
            if ts is not None:
                self.last_ts = max(self.last_ts, ts)
                return


class _Choice(NamedTuple):
    """A selection, and what is of use; a `Choice` of the `FrameReader`."""

    selection: Selection
    wanted: Wish

    @property
    def form(self) -> Form:
        return self.selection.form

    def cut(
        self, data: bytes, starts: Sequence[int], ends: Sequence[int], others: Sequence[int]
    ) -> list[bytes]:
        return self.selection.cut(self.wanted, data, starts, ends, others)


def _escaped(data: bytes, starts: Sequence[int], ends: Sequence[int]) -> Iterator[int]:
    if data.find(b"\\", starts[0], ends[-1]) >= 0:
        for found in _ASCII_ESCAPE.finditer(data, starts[0], ends[-1]):
            yield bisect_right(ends, found.start())


# Events

_SCALAR: Final = rb'(?:"[^"\\]*"|-?[0-9][0-9.eE+-]*|true|false|null)'
# Nothing but plain keys and values stands in front, so that it is the type of the object itself.
_TYPE: Final = re.compile(
    rb'\s*\{\s*(?:"[^"\\]*"\s*:\s*%b\s*,\s*){0,8}?"type"\s*:\s*"([^"\\]*)"' % _SCALAR
)
_USUAL: Final = b'{"type":"message",'
"""How nearly all frames of a flood begin."""


class EventSelection(Selection):
    """That of RTM, whose frames are events."""

    def __init__(self, types: frozenset[str], ts_of: Callable[[bytes], str | None]) -> None:
        super().__init__(types, ts_of, form(_USUAL, shortest=_SHORT))

    def _unfamiliar(
        self, data: bytes, starts: Sequence[int], ends: Sequence[int], others: Sequence[int]
    ) -> Iterator[int]:
        is_known = known_event(self._types)
        for place in others:
            start, end = starts[place], ends[place]
            if not is_known(data, start, end) or (
                end - start < _SHORT and _FAREWELL.search(data, start, end)
            ):
                yield place


@cache
def known_event(types: frozenset[str]) -> Callable[..., bool]:
    """
    Whether a frame, a part of some bytes, is sure to be an event of some types, but those of the connection itself.

    >>> known = known_event(frozenset(["message", "hello"]))
    >>> known(b'{"user": "U1", "type": "message"}'), known(b'{"type":"hello"}'), known(b'{"ok":true}')
    (True, False, False)
    """
    names = {one.encode() for one in types - _OF_THE_CONNECTION if not one.startswith("rxslack.")}

    def is_known(data: bytes, start: int = 0, end: int = sys.maxsize) -> bool:
        found = _TYPE.match(data, start, end)
        return found is not None and found[1] in names

    return is_known


# Envelopes

_ENVELOPE: Final = b'{"envelope_id":"'
_EVENTS: Final = b'"type":"events_api"'
_EVENT: Final = b'"event":'
_USUAL_EVENT: Final = _EVENT + _USUAL
_ALL_PLAIN: Final = b"".join(re.findall(PLAIN, bytes(range(256))))
_PLAIN_ID: Final = re.compile(PLAIN + b'{1,200}"')
_UNKNOWN: Final = form(shortest=1 << 16)  # no text whose length is in two bytes is so long


class EnvelopeSelection(Selection):
    """That of Socket Mode, whose frames are envelopes, and mostly of the same form as those before."""

    def __init__(self, types: frozenset[str], ts_of: Callable[[bytes], str | None]) -> None:
        super().__init__(types, ts_of, _UNKNOWN)
        self._left_out_ids: list[bytes] = []
        self._usual = _KnownEnvelope(b"", b"", 0, b"")  # the one that the form was made of
        # Of the envelopes among the frames that are looked at; b"" of others.
        self._ids: list[bytes] = []

    def take_ids(self) -> list[bytes]:
        """The ids of the envelopes that were left out since the last time."""
        ids, self._left_out_ids = self._left_out_ids, []
        return ids

    def _unfamiliar(
        self, data: bytes, starts: Sequence[int], ends: Sequence[int], others: Sequence[int]
    ) -> Iterator[int]:
        others = self._read_ids(data, starts, ends, others)
        last: _KnownEnvelope | None = None
        for place in others:
            found = known_envelope(self._types, data[starts[place] : ends[place]])
            if found is None:
                yield place
            else:
                self._ids[place] = found.envelope_id
                last = found
        if last is not None and 2 * len(others) > len(starts):
            self._usual, self.form = last, last.form()

    def _read_ids(
        self, data: bytes, starts: Sequence[int], ends: Sequence[int], others: Sequence[int]
    ) -> Sequence[int]:
        """Take the ids where they are in all of the form; return which frames are others after all."""
        begin = len(_ENVELOPE)
        end, tail = begin + len(self._usual.envelope_id), self._usual.tail
        if tail:
            whole = map(data.endswith, repeat(tail), starts, ends)
            others = sorted({*others, *(place for place, ok in enumerate(whole) if not ok)})
        self._ids = [data[start + begin : start + end] for start in starts]
        for place in others:  # nothing can be told by what is there
            self._ids[place] = b""
        if b"".join(self._ids).translate(None, _ALL_PLAIN):
            self._ids = [b""] * len(starts)
            return range(len(starts))
        return others

    def _note(
        self, data: bytes, starts: Sequence[int], ends: Sequence[int], kept: set[int]
    ) -> None:
        super()._note(data, starts, ends, kept)
        self._left_out_ids += [one for place, one in enumerate(self._ids) if place not in kept]


class _KnownEnvelope(NamedTuple):
    """
    What is known of one without decoding it.

    Args:
        envelope_id: its id.
        behind_id: what follows that, with the type where that stands in front of the payload.
        event: where the event begins that is inside, with its key.
        tail: how the frame ends, with the type where that stands behind the payload.
    """

    envelope_id: bytes
    behind_id: bytes
    event: int
    tail: bytes

    def form(self) -> Form:
        """Of those that have all in the same places, a message inside, and are not short."""
        between = (
            len(self.envelope_id),
            self.event - len(_ENVELOPE + self.envelope_id + self.behind_id),
        )
        begin = self.event + len(_USUAL_EVENT)
        pieces = _ENVELOPE, self.behind_id, _USUAL_EVENT
        return form(*pieces, between=between, shortest=max(_SHORT, begin + len(self.tail)))


def known_envelope(types: frozenset[str], frame: bytes) -> _KnownEnvelope | None:
    """
    What is known of a frame that is sure to be the envelope of an event of one of some types, as Slack writes it.

    >>> types = frozenset(["message"])
    >>> known_envelope(types, b'{"envelope_id":"a","type":"events_api","payload":{"event":{"type":"message"}}}')
    _KnownEnvelope(envelope_id=b'a', behind_id=b'","type":"events_api"', event=50, tail=b'')
    >>> known_envelope(types, b'{"envelope_id":"a","payload":{"event":{"type":"message"}},"type":"events_api"}')
    _KnownEnvelope(envelope_id=b'a', behind_id=b'"', event=30, tail=b'"type":"events_api"}')
    >>> known_envelope(types, b'{"envelope_id":"a","type":"interactive","payload":{"event":{}}}')
    """
    found = _PLAIN_ID.match(frame, len(_ENVELOPE)) if frame.startswith(_ENVELOPE) else None
    kind, event = frame.find(_EVENTS), frame.find(_EVENT)
    if found is None or min(kind, event) < 0:
        return None
    behind_id, tail, end = b'"', b"", found.end() - 1
    # In front of the payload, or behind it: else it may be the type of something inside.
    if frame.find(b"{", end, kind) < 0:
        behind_id = frame[end : kind + len(_EVENTS)]
    elif frame.find(b"}", kind) == len(frame) - 1:
        tail = frame[kind:]
    else:
        return None
    inside = event + len(_EVENT)
    if not known_event(types)(frame, inside, inside + _SHORT):
        return None
    if len(frame) < _SHORT and _FAREWELL.search(frame):
        return None
    return _KnownEnvelope(frame[len(_ENVELOPE) : end], behind_id, event, tail)
