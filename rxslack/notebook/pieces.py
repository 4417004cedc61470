"""A message's text in pieces, as Slack shows it; whoever paints them escapes nothing by hand."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from typing import Any, Final, TypeAlias

from rxslack.core.masking import masked
from rxslack.core.printable import printable
from rxslack.events.markup import unescape
from rxslack.notebook.emoji import emoji

__all__ = ["Piece", "pieces", "pieces_of"]

Piece: TypeAlias = tuple[str, str, str]
"""What it is, its text, and what that leads to: ("link", "the list", "https://…")."""

LONGEST: Final = 1000  # characters of a text
READ: Final = 2 * LONGEST  # that are looked through for secrets; the rest is cut off

_PIECE: Final = re.compile(
    r"""
    ```(?P<block>.+?)```
    | `(?P<code>[^`\n]+)`
    | <(?P<sign>[@#!]?)(?P<target>[^<>|]+)(?:\|(?P<label>[^<>]*))?>
    | :(?P<emoji>[a-z0-9_+'-]+(?:::skin-tone-[2-6])?):
    | (?<!\w)\*(?P<bold>[^*\n]*[^*\s])\*(?!\w)
    | (?<!\w)_(?P<italic>[^_\n]*[^_\s])_(?!\w)
    | (?<!\w)~(?P<struck>[^~\n]*[^~\s])~(?!\w)
    """,
    re.VERBOSE | re.DOTALL,
)
_ADDRESS: Final = re.compile(r"[a-z][a-z0-9+.-]*:", re.IGNORECASE)
_SAFE: Final = re.compile(r"(?:https?://|mailto:|tel:)", re.IGNORECASE)


def pieces(text: str) -> list[Piece]:
    """
    A text as Slack marks it up, in pieces.

    >>> for piece in pieces("<@U1>: *no* :tada: at <https://example.com|the &lt;list&gt;>"):
    ...     print(piece)
    ('user', 'U1', '')
    ('text', ': ', '')
    ('bold', 'no', '')
    ('text', ' ', '')
    ('text', '🎉', '')
    ('text', ' at ', '')
    ('link', 'the <list>', 'https://example.com')

    The kinds are "text", "bold", "italic", "struck", "code", "user" and "channel" (an id, for
    which whoever paints has a name), "special" (@here) and "link". A link leads to a website, a
    mailbox or a telephone, and nowhere else.

    Source: docs.slack.dev/messaging/formatting-message-text.
    """
    text = masked(text[:READ])
    if len(text) > LONGEST:
        text = f"{text[:LONGEST]}…"
    return [
        (kind, printable(unescape(shown), lines=True), unescape(target))
        for kind, shown, target in _found(text)
        if shown
    ]


def _found(text: str) -> Iterator[Piece]:
    end = 0
    for found in _PIECE.finditer(text):
        if found.start() > end:
            yield "text", text[end : found.start()], ""
        yield _piece(found)
        end = found.end()
    if end < len(text):
        yield "text", text[end:], ""


def _piece(found: re.Match[str]) -> Piece:
    kind = str(found.lastgroup)
    if kind in ("block", "code"):
        return "code", str(found[kind]), ""
    if kind == "emoji":
        return "text", emoji(found["emoji"]) or found[0], ""
    if kind in ("target", "label"):
        sign, target, label = found["sign"], found["target"], found["label"] or ""
        if sign == "!":
            return "special", label or f"@{target.partition('^')[0]}", ""
        if sign:
            return ("user" if sign == "@" else "channel"), label or target, ""
        if not _ADDRESS.match(target):  # Slack escapes what is no mark; not everybody does
            return "text", found[0], ""
        return "link", label or target, target if _SAFE.match(target) else ""
    return kind, str(found[kind]), ""


def pieces_of(event: dict[str, Any], told: Callable[[], str]) -> list[Piece]:
    """
    What an event says: of an edit what was there, struck, and what is; of a deletion what was.

    Args:
        event: any.
        told: what to say of one that is no message.
    """
    subtype = event.get("subtype")
    if event.get("type") == "message" and subtype in ("message_changed", "message_deleted"):
        before = _text(event.get("previous_message"))
        now = _text(event.get("message")) if subtype == "message_changed" else ""
        if before and before != now:
            struck = "".join(shown for _, shown, _ in pieces(before))
            return [("struck", struck, ""), *([("text", " ", "")] if now else []), *pieces(now)]
        return pieces(now)
    text, reaction = event.get("text"), event.get("reaction")
    if isinstance(reaction, str):
        return pieces(f":{reaction}:")
    return pieces(text) if isinstance(text, str) else [("text", told(), "")]


def _text(message: Any) -> str:
    text: Any = message.get("text") if isinstance(message, dict) else None  # pyright: ignore[reportUnknownVariableType, reportUnknownMemberType] - any dict
    return text if isinstance(text, str) else ""
