"""
Marble strings: one character is one frame, one frame is one virtual second.

===========  =====================================================================
character    means
===========  =====================================================================
``-``        a frame in which nothing happens; a space is the same, for aligning
``a``        any other character: the item of that name
``#`` ``|``  the stream fails; the stream completes; nothing may follow
``(ab|)``    all that is inside happens in the frame of the opening parenthesis
``^`` ``!``  in subscriptions: subscribed; disposed, or ended by the source
===========  =====================================================================

Every character takes a frame, those of a group too, so lines under each other stay aligned.
"""

from __future__ import annotations

from collections.abc import Iterable

__all__ = ["draw", "parse"]


def parse(marbles: str) -> list[tuple[int, str]]:
    """
    Read a marble string as (frame, character) pairs.

    >>> parse("-a-(b|)")
    [(1, 'a'), (3, 'b'), (3, '|')]

    Errors: ``ValueError`` when a group is not closed, or something follows the end.
    """
    found: list[tuple[int, str]] = []
    group: int | None = None
    for frame, character in enumerate(marbles):
        if character == "(" and group is None:
            group = frame
        elif character == ")" and group is not None:
            group = None
        elif character in "()":
            raise ValueError(f"{marbles!r}: parentheses do not match at {frame}")
        elif character not in "- ":
            found.append((frame if group is None else group, character))
    if group is not None:
        raise ValueError(f"{marbles!r}: the group at {group} has no end")
    ends = [place for place, (_, character) in enumerate(found) if character in "#|"]
    if ends and ends[0] != len(found) - 1:
        raise ValueError(f"{marbles!r}: nothing may follow {found[ends[0]][1]!r}")
    return found


def draw(found: Iterable[tuple[float, str]], *, blank: str = "-") -> str:
    """
    Write (frame, character) pairs as a marble string, the other way of `parse`.

    What does not fit into whole frames is written with its times instead.

    >>> draw([(1, "a"), (3, "b"), (3, "|")])
    '-a-(b|)'
    >>> draw([(0.25, "a"), (2, "|")])
    'a@0.25 |@2'
    """
    pairs = list(found)
    drawn = ""
    for frame in sorted({frame for frame, _ in pairs}):
        if frame != int(frame) or frame < len(drawn):
            return " ".join(f"{character}@{frame:g}" for frame, character in pairs)
        together = "".join(character for other, character in pairs if other == frame)
        drawn = drawn.ljust(int(frame), blank) + (
            together if len(together) == 1 else f"({together})"
        )
    return drawn
