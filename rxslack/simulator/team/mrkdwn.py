"""What Slack makes of the text that an app posts: links in brackets, escapes, names, Markdown."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import Final

__all__ = ["as_mrkdwn", "as_posted", "escaped"]

_NONE: Final[Mapping[str, str]] = {}
_WRITTEN: Final = r"<(?:[@#!][^<>\s]|[a-zA-Z][a-zA-Z0-9+.-]*:[^<>\s|])[^<>]*>"
_PARTS: Final = re.compile(
    rf"{_WRITTEN}"  # a mention or a link, already written Slack's way
    r"|&(?:amp|lt|gt);"  # an escape
    r"|https?://[^\s<>|]+"  # a bare link
    r"|[&<>]"  # what has to be escaped
)
_NAMES: Final = re.compile(r"(?<![\w<|/@#&])([@#])([\w.-]*\w)")
_DOMAINS: Final = re.compile(
    r"(?<![\w/@.:<|-])((?:[\w-]+\.)+(?:com|org|net|dev|io|example))\b(?![|>])"
)
_ESCAPES: Final = {"&": "&amp;", "<": "&lt;", ">": "&gt;"}
_CLOSERS: Final = {")": "(", "]": "["}


def as_posted(text: str, *, names: Mapping[str, str] = _NONE, full: bool = False) -> str:
    """
    What becomes of a text that an app posts: links in angle brackets, the rest escaped.

    Args:
        text: as posted.
        names: what "@name" and "#name" stand for, with `link_names` or `parse=full`.
        full: whether bare domains become links, too, with `parse=full`.

    Source: docs.slack.dev/messaging/formatting-message-text.

    >>> as_posted("1 < 2 & (http://a.example/b), <@U1> <tel:112|help> &amp;")
    '1 &lt; 2 &amp; (<http://a.example/b>), <@U1> <tel:112|help> &amp;'
    >>> as_posted("@alice, see a.example", names={"@alice": "<@U1>"}, full=True)
    '<@U1>, see <http://a.example|a.example>'
    """
    posted = _PARTS.sub(_posted, text)
    if names:
        posted = _outside(posted, lambda part: _NAMES.sub(lambda m: names.get(m[0], m[0]), part))
    if full:
        posted = _outside(posted, lambda part: _DOMAINS.sub(r"<http://\1|\1>", part))
    return posted


def escaped(markdown: str) -> str:
    """
    What becomes of Markdown where it is kept: the text as it is, escaped.

    >>> escaped("**1** < [2](https://a.example) & <@U1>")
    '**1** &lt; [2](https://a.example) &amp; <@U1>'
    """
    return _PARTS.sub(lambda match: _ESCAPES.get(match[0], match[0]), markdown)


def as_mrkdwn(markdown: str) -> str:
    r"""
    Markdown in Slack's own formatting, escaped.

    Source: docs.slack.dev/messaging/formatting-message-text, "Markdown text".

    >>> as_mrkdwn("# A\n**b** *c* ~~d~~ [e](https://a.example) `**f**`\n- g & h")
    '*A*\n*b* _c_ ~d~ <https://a.example|e> `**f**`\n• g &amp; h'
    """
    pieces = _CODE.split(markdown)
    return "".join(
        escaped(piece) if index % 2 else _formatted(piece) for index, piece in enumerate(pieces)
    )


_CODE: Final = re.compile(r"(```.*?(?:```|\Z)|`[^`\n]+`)", re.DOTALL)
_BOLD: Final = "\0"  # stands for the star of bold while those of italics are replaced
_RULES: Final = (
    (re.compile(r"!?\[([^\]\n]+)\]\(([^()\s]+)(?: \"[^\"\n]*\")?\)"), r"<\2|\1>"),
    (re.compile(r"(?m)^#{1,6}[ \t]+(.*?)[ \t]*#*$"), rf"{_BOLD}\1{_BOLD}"),
    (re.compile(r"(?m)^([ \t]*)[-*+][ \t]+"), "\\1• "),
    (re.compile(r"\*\*(?=\S)(.+?)(?<=\S)\*\*|__(?=\S)(.+?)(?<=\S)__"), rf"{_BOLD}\1\2{_BOLD}"),
    (re.compile(r"(?<![\w*])\*(?=\S)([^*\n]+?)(?<=\S)\*(?![\w*])"), r"_\1_"),
    (re.compile(r"~~(?=\S)(.+?)(?<=\S)~~"), r"~\1~"),
)


def _formatted(markdown: str) -> str:
    text = escaped(markdown.replace(_BOLD, ""))
    for pattern, replacement in _RULES:
        text = pattern.sub(replacement, text)
    return re.sub(f"{_BOLD}+", "*", text)


def _posted(match: re.Match[str]) -> str:
    part = match[0]
    if not part.startswith("http"):
        return _ESCAPES.get(part, part)
    link = _without_punctuation(part)
    rest = _PARTS.sub(_posted, part[len(link) :])
    return f"<{link}>{rest}"


def _without_punctuation(link: str) -> str:
    """A bare link without what belongs to the sentence around it."""
    while True:
        last = link[-1]
        unpaired = last in _CLOSERS and link.count(last) > link.count(_CLOSERS[last])
        if not (last in ".,;:!?'\"*_~`" or unpaired):
            return link
        link = link[:-1]


def _outside(text: str, change: Callable[[str], str]) -> str:
    """Change what stands outside of angle brackets."""
    pieces = re.split(r"(<[^<>]*>)", text)
    return "".join(piece if index % 2 else change(piece) for index, piece in enumerate(pieces))
