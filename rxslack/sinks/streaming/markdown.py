"""
Where Markdown may be cut, so that one message shows the first part and the next one goes on.

A block of code that is open at the cut is closed there and opened again; a list that is nested there goes
on at the margin, because what is indented by four spaces and follows no list would be shown as code. No
character of the text is dropped at a cut, and none but those of the fences is added.

Source: spec.commonmark.org/0.31.2, sections 4.5 (fenced code blocks) and 5.2 (list items).
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from typing import Final

from rxslack.sinks.delivery.calls import outside

__all__ = ["Fence", "Margin", "MarkdownState", "after", "cut_at", "last_line"]

_FENCE: Final = re.compile(r"( {0,12})(`{3,}|~{3,})([^\n]*)")
_ITEM: Final = re.compile(r"\s*(?:[-*+]|\d{1,9}[.)])(?:\s|$)")


@dataclass(frozen=True, slots=True)
class Fence:
    """
    The line that opens a block of code.

    Attributes:
        indent: how many spaces are before it.
        marker: its backticks or tildes.
        info: what follows: the language, mostly.
    """

    indent: int
    marker: str
    info: str

    @property
    def opening(self) -> str:
        """The line that opens the block once more, at the margin."""
        return f"{self.marker}{self.info}\n"

    def closing(self, *, fresh: bool) -> str:
        """The line that closes the block; `fresh`: where a line begins."""
        return ("" if fresh else "\n") + " " * self.indent + self.marker


@dataclass(frozen=True, slots=True)
class MarkdownState:
    r"""
    What is open where a text ends, as far as it matters to what follows.

    >>> after(MarkdownState(), "Look:\n```python\nx = 1").fence
    Fence(indent=0, marker='```', info='python')

    Attributes:
        fence: of the block of code that is open.
        listed: whether a list is.
        line: the beginning of a line that is not over.
    """

    fence: Fence | None = None
    listed: bool = False
    line: str = ""


def after(place: MarkdownState, text: str) -> MarkdownState:
    """The place where a text ends that begins at a place."""
    *lines, rest = (place.line + text).split("\n")
    for line in lines:
        place = _after_line(place, line)
    return replace(place, line=rest)


def _after_line(place: MarkdownState, line: str) -> MarkdownState:
    found = _FENCE.match(line)
    if place.fence is not None:
        return replace(place, fence=None) if found and _closes(found, place.fence) else place
    if found and not (found[2][0] == "`" and "`" in found[3]):
        return replace(place, fence=Fence(len(found[1]), found[2], found[3].rstrip()))
    if _ITEM.match(line):
        return replace(place, listed=True)
    if line[:1].strip():  # text at the margin ends a list
        return replace(place, listed=False)
    return place


def _closes(found: re.Match[str], fence: Fence) -> bool:
    _, marker, info = found.groups()
    return marker[0] == fence.marker[0] and len(marker) >= len(fence.marker) and not info.strip()


def cut_at(text: str, room: int, place: MarkdownState) -> int:
    r"""
    Where to cut a text of which no more than `room` characters fit.

    After a paragraph, else a line, else a line of code, else a word; as late as possible, but not
    before the middle; if there is no such place, where the room ends.

    >>> cut_at("One.\n\nTwo, three", room=9, place=MarkdownState())
    6
    """
    if len(text) <= room:
        return len(text)
    marks = _marks(text[:room], place)
    for kind in ("paragraph", "line", "code"):
        at = max((at for at, found in marks if found == kind and at >= room // 2), default=0)
        if at:
            return at
    word = text.rfind(" ", room // 2, room) + 1
    return word or outside(text, room) or room


def last_line(text: str, place: MarkdownState) -> int | None:
    r"""
    Where the last paragraph of a text ends, else its last line; None when no line ends in it.

    >>> last_line("One.\n\nTwo,\nthree", MarkdownState()), last_line("One", MarkdownState())
    (6, None)
    """
    marks = _marks(text, place)
    for kind in ("paragraph", "line", "code"):
        places = [at for at, found in marks if found == kind]
        if places:
            return places[-1]
    return None


def _marks(text: str, place: MarkdownState) -> list[tuple[int, str]]:
    """The ends of the lines, and what ends there. A fence that was just opened stays with its code."""
    marks: list[tuple[int, str]] = []
    start = 0
    blank = False
    while (end := text.find("\n", start)) >= 0:
        before = place
        place = after(place, text[start : end + 1])
        line = before.line + text[start:end]
        start = end + 1
        if place.fence is None:
            blank = not line.strip()
            marks.append((start, "paragraph" if blank else "line"))
        elif before.fence is not None:
            marks.append((start, "code"))
    return marks


@dataclass(frozen=True, slots=True)
class Margin:
    r"""
    Takes from the lines of a text the indentation of the one that it begins with.

    A line that is indented less makes it smaller for those that follow. Text comes in pieces.

    >>> margin = Margin.of("    - deep\n      more\n- shallow\n    - deep", MarkdownState(listed=True))
    >>> margin.moved("    - deep\n      more\n- shallow\n    - deep")[0]
    '- deep\n  more\n- shallow\n    - deep'

    Attributes:
        width: how much is taken.
        column: the spaces of this line so far; -1 behind its first other character.
        fenced: whether the width stays, because the lines are code, which may be indented less.
    """

    width: int = 0
    column: int = 0
    fenced: bool = False

    @classmethod
    def of(cls, rest: str, place: MarkdownState) -> Margin:
        """The margin of what goes on in a new message after a cut at that place."""
        if place.line.strip() and place.fence is None:
            return cls(0, -1)
        if place.fence is not None:
            return cls(place.fence.indent, fenced=True)
        line = next((line for line in (place.line + rest).split("\n") if line.strip()), "")
        return cls(len(line) - len(line.lstrip(" ")) if place.listed else 0)

    def moved(self, text: str) -> tuple[str, Margin]:
        """The text without it, and the margin for what follows."""
        if not self.width:
            return text, self
        width, column = self.width, self.column
        made: list[str] = []
        for character in text:
            if character == "\n":
                column = 0
            elif column >= 0 and character == " ":
                column += 1
                if column <= width:
                    continue
            elif column >= 0:
                width = width if self.fenced else min(width, column)
                column = -1
            made.append(character)
        return "".join(made), Margin(width, column, self.fenced)
