r"""
What of a frame is of use to a pipeline, in bytes: a `Wish`.

Most pipelines want one event in hundreds. Their conditions, `of_type(ReactionAddedEvent)` for one, say what is
*necessary* in the bytes of a frame, never what is sufficient. `selection` has the rule of what is left out then.

Pieces are ASCII, and none of their characters may be escaped in JSON in another way than `\u00..`, so that a piece
of a key or a value is in the bytes as it is, in whatever order the keys come and however deep.

No socket, no clock and no Rx may live in this file.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterable, Iterator, Sequence
from itertools import chain, product
from typing import Final, NamedTuple

__all__ = ["EVERYTHING", "NOTHING", "Wish", "either", "text_piece", "wish", "word_piece"]

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

    def may_be_in(self, data: bytes) -> bool:
        """Whether it may be met by some bytes that have nothing in escapes."""
        return any(True for _ in self.places_in(data, [0], [len(data)]))

    def places_in(self, data: bytes, starts: Sequence[int], ends: Sequence[int]) -> Iterator[int]:
        """
        Which frames it may be met by, of some that are a part of the same bytes; one may be told twice.

        Args:
            data: the bytes, with nothing in escapes.
            starts: where in them each frame begins, in order.
            ends: where it ends.
        """
        for need in self.needs:
            yield from _places(need, data, starts, ends)


def _places(need: Need, data: bytes, starts: Sequence[int], ends: Sequence[int]) -> Iterator[int]:
    """
    Which frames hold a piece of each set, the last one first; each piece is searched for in all of them at once.

    From the end, because `bytes.rfind` takes 0.1 ns a byte where `bytes.find` takes 0.27 in so many bytes.
    """
    first, place = starts[0], len(starts) - 1
    found = dict.fromkeys(chain.from_iterable(need), ends[-1])  # where each is, in front of the end
    # The shortest first: mostly it is the likeliest, and with one of a set the others need not be there.
    groups = [sorted(pieces, key=len) for pieces in need]
    while place >= 0:
        start, end = starts[place], ends[place]
        for pieces in groups:
            nearest = -1
            for piece in pieces:
                if found[piece] >= end:
                    found[piece] = data.rfind(piece, first, end)
                nearest = max(nearest, found[piece])
                if nearest >= start:
                    break
            else:  # nothing of this set is in any frame down to there
                place = bisect_right(starts, nearest) - 1
                break
        else:
            yield place
            place -= 1


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
