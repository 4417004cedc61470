r"""
What of a frame is not decoded: the rule, in bytes.

Most pipelines want one event in hundreds. Their conditions, `of_type(ReactionAddedEvent)` for one, say what is
*necessary* in the bytes of a frame, never what is sufficient: a `Wish`. A frame is left out when that is missing,
and when it is sure to be an event of a known type, which is no business of the connection itself:

    a piece of the wish is in the frame           decode: it may be wanted, the conditions will tell
    an ASCII character is written as \u00..       decode: a piece may be hidden in it
    the type is not read easily, or not known     decode: it may be a hello, a farewell, an error, an answer, news
    a short frame says "type" twice               decode: the last one counts, and farewells are short
    a read brings a few frames only               decode: there is nothing to be gained
    else                                          leave it out, and count it

Pieces are ASCII, and none of their characters may be escaped in JSON in another way than `\u00..`, so that a piece
of a key or a value is in the bytes as it is, in whatever order the keys come and however deep.

What is left out is not looked at otherwise: whether it is UTF-8, and JSON, and whether its subtype is known. Its `ts`
is, for the times of a gap; of each read that of the last message, which is the highest but for a moment.

No socket, no clock and no Rx may live in this file.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence
from functools import cache
from itertools import product
from operator import sub
from typing import Final, NamedTuple

__all__ = [
    "EVERYTHING",
    "NOTHING",
    "Selection",
    "Wish",
    "either",
    "event_beginnings",
    "known_envelope",
    "known_event",
    "text_piece",
    "wish",
    "word_piece",
]

Need = tuple[frozenset[bytes], ...]
"""Of each set one piece at least has to be in a frame."""


class Wish(NamedTuple):
    """
    What a frame has to hold to be of any use to somebody.

    >>> moved = wish([b'"reaction_added"', b'"reaction_removed"']) & wish([b'"C1"'])
    >>> moved.may_be_in(b'{"type":"reaction_added","item":{"channel":"C1"}}')
    True
    >>> moved.may_be_in(b'{"type":"reaction_added","item":{"channel":"C2"}}')
    False
    >>> (moved | EVERYTHING) == EVERYTHING, (moved | NOTHING) == moved
    (True, True)

    Args:
        needs: one of them has to be met; none at all: nothing is of use.
    """

    needs: tuple[Need, ...]

    def __and__(self, other: Wish) -> Wish:
        """What has to be there for both."""
        if self == EVERYTHING:
            return other
        if other == EVERYTHING:
            return self
        return _simple((*mine, *theirs) for mine, theirs in product(self.needs, other.needs))

    def __or__(self, other: Wish) -> Wish:
        """What has to be there for one of the two."""
        return _simple((*self.needs, *other.needs))

    def may_be_in(self, data: bytes, start: int = 0, end: int | None = None) -> bool:
        """Whether it may be met by some bytes, or a part of them, that have nothing in escapes."""
        for need in self.needs:
            for pieces in need:
                for piece in pieces:
                    if data.find(piece, start, end) >= 0:
                        break
                else:
                    break
            else:
                return True
        return False


_MOST_PIECES: Final = 8  # each costs a search, some ten of which are as dear as decoding


def _simple(needs: Iterable[Need]) -> Wish:
    # The longest pieces first: the search for them is the fastest, and they are the least likely to be there.
    found = tuple(
        dict.fromkeys(tuple(sorted(set(need), key=_shortest, reverse=True)) for need in needs)
    )
    if () in found or sum(len(pieces) for need in found for pieces in need) > _MOST_PIECES:
        return EVERYTHING
    return Wish(found)


def _shortest(pieces: frozenset[bytes]) -> tuple[int, list[bytes]]:
    return min(map(len, pieces), default=0), sorted(pieces)


EVERYTHING: Final = Wish(((),))
"""Whatever comes."""

NOTHING: Final = Wish(())
"""Of nobody who listens."""


def either(wishes: Iterable[Wish]) -> Wish:
    """What has to be there for one of some; nothing, for none."""
    return _simple(need for one in wishes for need in one.needs)


def wish(*groups: Iterable[bytes | None]) -> Wish:
    """
    A wish for frames that hold one piece of each group; a group in which None is asks for nothing.

    >>> wish([word_piece("C1")], [None])
    Wish(needs=((frozenset({b'"C1"'}),),))
    """
    needed: list[frozenset[bytes]] = []
    for group in map(list, groups):
        pieces = [piece for piece in group if piece is not None]
        if len(pieces) == len(group):
            needed.append(frozenset(pieces))
    return _simple([tuple(needed)])


# What JSON may write in one other way only, `\u00..`: no quote, no backslash, no slash, no control character.
_RUN: Final = re.compile(r"[ !#-.0-\[\]-~]+")
_SHORTEST: Final = 3  # characters of a text; fewer are in any frame


def text_piece(text: str) -> bytes | None:
    """
    The longest piece of a text that is in each frame that has the text in one of its strings.

    >>> text_piece("see https://example.com/ü"), text_piece("äöü")
    (b'example.com', None)
    """
    longest: str = max(_RUN.findall(text), key=len, default="")
    return longest.encode() if len(longest) >= _SHORTEST else None


def word_piece(word: str) -> bytes | None:
    """
    The like for a whole key, or a whole value: with its quotes.

    >>> word_piece("C1"), word_piece("a/b/long")
    (b'"C1"', b'long')
    """
    return f'"{word}"'.encode() if _RUN.fullmatch(word) else text_piece(word)


_FEW: Final = 4  # frames in one read that are decoded without further ado
_BLOCK: Final = 16  # frames that are searched in one go
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


class Selection:
    """
    Applies the rule to what one connection reads.

    Args:
        is_known: whether a frame is sure to be an event that may be left out, as far as its beginning tells.
        ts_of: the `ts` of the message in a frame; None for others.
        beginnings: of most frames that `is_known` is true of; a short way.

    Attributes:
        left_out: how many frames were.
        last_ts: the highest `ts` known of a message among them; "" for none.
        ready: whether anything is left out; may be put off.
    """

    def __init__(
        self,
        is_known: Callable[[bytes], bool],
        ts_of: Callable[[bytes], str | None],
        beginnings: tuple[bytes, ...] = (),
    ) -> None:
        self.left_out = 0
        self.last_ts = ""
        self.ready = True
        self._is_known = is_known
        self._ts_of = ts_of
        self._beginnings = beginnings
        self._rest = 0  # reads in which nothing is searched for
        self._next_rest = 1

    def of(self, frames: Sequence[bytes], wanted: Wish) -> Sequence[bytes]:
        """Those of some frames that are to be decoded, in order."""
        if len(frames) < _FEW or not self.searches(wanted):
            return frames
        kept: list[bytes] = []
        dropped: list[bytes] = []
        for at in range(0, len(frames), _BLOCK):
            block = frames[at : at + _BLOCK]
            # Most blocks hold nothing of use, which is told in a few steps for all of their frames.
            together = b"\n".join(block)
            if (
                not wanted.may_be_in(together)
                and not (b"\\" in together and any(map(_is_escaped, block)))
                and min(map(len, block)) >= _SHORT
                and all(map(self._is_known, block))
            ):
                dropped += block
            else:
                for frame in block:
                    (dropped if self._is_useless(frame, wanted) else kept).append(frame)
        self._note(len(frames), dropped, len(dropped))
        return kept

    def cut(
        self, wanted: Wish, data: bytes, starts: Sequence[int], ends: Sequence[int]
    ) -> list[bytes]:
        """
        The same for frames that are a part of some bytes still: those that are left out are not cut out.

        Args:
            wanted: what is of use.
            data: the bytes.
            starts: where in them each frame begins, in order, each close behind the one before.
            ends: where it ends.
        """
        if len(starts) < _FEW:
            return [data[start:end] for start, end in zip(starts, ends, strict=True)]
        kept: list[bytes] = []
        dropped: list[bytes] = []
        for at in range(0, len(starts), _BLOCK):
            block = starts[at : at + _BLOCK], ends[at : at + _BLOCK]
            if not self._are_familiar(data, *block):
                for start, end in zip(*block, strict=True):
                    frame = data[start:end]
                    (dropped if self._is_useless(frame, wanted) else kept).append(frame)
            elif wanted.may_be_in(data, block[0][0], block[1][-1]):
                for start, end in zip(*block, strict=True):
                    if wanted.may_be_in(data, start, end):
                        kept.append(data[start:end])
            else:
                # Most blocks are like this.
                dropped = [data[block[0][-1] : block[1][-1]]]
        self._note(len(starts), dropped, len(starts) - len(kept))
        return kept

    def _are_familiar(self, data: bytes, starts: Sequence[int], ends: Sequence[int]) -> bool:
        """Whether all of some frames are events that may be left out, with nothing in escapes."""
        most = self._beginnings[0]
        size = len(most)
        if data.find(b"\\", starts[0], ends[-1]) >= 0:
            return False
        for start in [start for start in starts if data[start : start + size] != most]:
            if not data.startswith(self._beginnings, start):
                return False
        if min(map(sub, ends, starts)) >= _SHORT:
            return True
        spans = zip(starts, ends, strict=True)
        return not any(
            _FAREWELL.search(data, start, end) for start, end in spans if end - start < _SHORT
        )

    def searches(self, wanted: Wish) -> bool:
        """Whether the next read is searched at all; asked once for each."""
        if wanted is EVERYTHING or not self.ready:
            return False
        if self._rest:
            self._rest -= 1
            return False
        return True

    def _is_useless(self, frame: bytes, wanted: Wish) -> bool:
        return (
            not wanted.may_be_in(frame)
            and not _is_escaped(frame)
            and (frame.startswith(self._beginnings) or self._is_known(frame))
            and (len(frame) >= _SHORT or not _FAREWELL.search(frame))
        )

    def _note(self, count: int, dropped: list[bytes], left_out: int) -> None:
        self.left_out += left_out
        if left_out * _POOR < count:
            self._rest = self._next_rest
            self._next_rest = min(2 * self._next_rest, _LONGEST_REST)
        else:
            self._next_rest = 1
        for frame in reversed(dropped[-_LAST:]):
            ts = self._ts_of(frame)
            if ts is not None:
                self.last_ts = max(self.last_ts, ts)
                return


def _is_escaped(frame: bytes) -> bool:
    return b"\\" in frame and _ASCII_ESCAPE.search(frame) is not None


_SCALAR: Final = rb'(?:"[^"\\]*"|-?[0-9][0-9.eE+-]*|true|false|null)'
# Nothing but plain keys and values stands in front, so that it is the type of the object itself.
_TYPE: Final = re.compile(
    rb'\s*\{\s*(?:"[^"\\]*"\s*:\s*%b\s*,\s*){0,8}?"type"\s*:\s*"([^"\\]*)"' % _SCALAR
)
_COMMON: Final = (
    "message",
    "user_typing",
    "presence_change",
    "reaction_added",
    "reaction_removed",
    "channel_marked",
    "desktop_notification",
)


def event_beginnings() -> tuple[bytes, ...]:
    """How the frames of frequent events begin, as Slack mostly writes them."""
    return tuple(f'{{"type":"{kind}",'.encode() for kind in _COMMON)


@cache
def known_event(types: frozenset[str]) -> Callable[[bytes], bool]:
    """
    Whether a frame is sure to be an event of one of some types, but those that are the connection's own.

    >>> known = known_event(frozenset(["message", "hello"]))
    >>> known(b'{"user": "U1", "type": "message"}'), known(b'{"type":"hello"}'), known(b'{"ok":true}')
    (True, False, False)
    """
    names = {one.encode() for one in types - _OF_THE_CONNECTION if not one.startswith("rxslack.")}

    def is_known(frame: bytes) -> bool:
        found = _TYPE.match(frame)
        return found is not None and found[1] in names

    return is_known


_ENVELOPE: Final = b'{"envelope_id":"'
_EVENTS: Final = b'"type":"events_api"'
_EVENT: Final = b'"event":{'


def known_envelope(types: frozenset[str]) -> Callable[[bytes], bool]:
    """
    Whether a frame is sure to be the envelope of such an event, as Slack writes it.

    >>> known = known_envelope(frozenset(["message"]))
    >>> known(b'{"envelope_id":"a","type":"events_api","payload":{"event":{"type":"message"}}}')
    True
    >>> known(b'{"envelope_id":"a","payload":{"event":{"type":"message"}},"type":"events_api"}')
    True
    >>> known(b'{"envelope_id":"a","type":"interactive","payload":{"event":{"type":"events_api"}}}')
    False
    """
    is_known_event = known_event(types)
    beginnings = tuple(b'"event":' + one for one in event_beginnings())
    kind = event = 0  # where these stood the last time: ids have the same length

    def is_known(frame: bytes) -> bool:
        nonlocal kind, event
        if not frame.startswith(_ENVELOPE):
            return False
        if not frame.startswith(_EVENTS, kind):
            kind = max(frame.find(_EVENTS), 0)
        # In front of the payload, or behind it: else it may be the type of something inside.
        if frame.find(b"{", 1, kind) >= 0 and frame.find(b"}", kind) != len(frame) - 1:
            return False
        if kind and frame.startswith(beginnings, event):
            return True
        event = max(frame.find(_EVENT), 0)
        inside = event + len(_EVENT) - 1
        return kind > 0 and event > 0 and is_known_event(frame[inside : inside + _SHORT])

    return is_known
