"""A long text in pieces that read well: cut between paragraphs, lines or words, never in a link."""

from __future__ import annotations

from typing import Final

__all__ = ["pieces", "shortened"]

FENCE: Final = "```"


def pieces(text: str, longest: int) -> list[str]:
    """
    Cut a text into pieces.

    A block of code that is cut is closed at the end of one piece and opened again in the next.

    >>> pieces("one two three", longest=8)
    ['one two', 'three']

    Args:
        text: What is to be cut, in Slack's mrkdwn or in Markdown.
        longest: Characters of the longest piece.
    """
    found: list[str] = []
    while len(text) > longest:
        head, text = cut(text, longest)
        found.append(head)
    return [*found, text] if text.strip() or not found else found


def shortened(text: str, longest: int) -> str:
    """
    The beginning of a text, and an ellipsis when that is not all.

    >>> shortened("one two three", longest=8)
    'one two…'
    """
    return text if len(text) <= longest else cut(text, longest - 1)[0] + "…"


def cut(text: str, longest: int) -> tuple[str, str]:
    """The first piece, and what is left."""
    room = longest - len(FENCE) - 1 if FENCE in text and longest > 50 else longest
    at = place(text, room)
    head, rest = text[:at].rstrip(" \n"), text[at:].lstrip("\n" if FENCE in text else " \n")
    if head.count(FENCE) % 2 and room < longest:
        return f"{head}\n{FENCE}", f"{FENCE}\n{rest}"
    return (head, rest) if head else (text[:longest], text[longest:])


def place(text: str, room: int) -> int:
    """Where to cut: as late as possible, but not before the middle."""
    for separator in ("\n\n", "\n", " "):
        at = outside(text, text.rfind(separator, room // 2, room + 1))
        if says_something(text, at):
            return at
    at = outside(text, room)
    return at if says_something(text, at) else room


def says_something(text: str, at: int) -> bool:
    """Whether there is more before a place than the beginning of a block of code."""
    return at > 0 and text[:at].strip() not in ("", FENCE)


def outside(text: str, at: int) -> int:
    """The same place, or the beginning of the link, mention or entity that it would cut in two."""
    for begin, end, longest in (("<", ">", 3000), ("&", ";", 8)):
        start = text.rfind(begin, 0, max(at, 0))
        stop = text.find(end, start + 1)
        inside = text[start + 1 : stop]
        if 0 <= start < at <= stop <= start + longest and is_whole(inside):
            at = start
    return at


def is_whole(inside: str) -> bool:
    """Whether this can be what stands between < and >, or & and ;, and not a mere comparison."""
    return bool(inside) and "\n" not in inside and not inside[0].isspace()
