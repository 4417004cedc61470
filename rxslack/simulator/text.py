"""The text of messages: Slack's escapes, and the rich text that its own clients send beside."""

from __future__ import annotations

import re
from collections.abc import Iterator

from rxslack.simulator.wire import Json

__all__ = ["as_posted", "rich_text"]

_PARTS = re.compile(
    r"<(?:[@#!][^<>\s]|https?://|mailto:)[^<>]*>"  # a mention or a link, already written Slack's way
    r"|&(?:amp|lt|gt);"  # an escape
    r"|https?://[^\s<>|]+"  # a bare link
    r"|[&<>]"  # what has to be escaped
)
_ESCAPES = {"&": "&amp;", "<": "&lt;", ">": "&gt;"}
_SEQUENCE = re.compile(r"<([^<>]+)>")


def as_posted(text: str) -> str:
    """
    What becomes of a text that an app posts: links in angle brackets, the rest escaped.

    Source: docs.slack.dev/messaging/formatting-message-text.

    >>> as_posted("1 < 2 & http://a.example <@U1> &amp;")
    '1 &lt; 2 &amp; <http://a.example> <@U1> &amp;'
    """
    return _PARTS.sub(_posted, text)


def _posted(match: re.Match[str]) -> str:
    part = match[0]
    if part.startswith("http"):
        return f"<{part}>"
    return _ESCAPES.get(part, part)


def rich_text(text: str, block_id: str) -> list[Json]:
    """
    The `blocks` that Slack's own clients send with a text.

    Source: docs.slack.dev/reference/block-kit/blocks/rich-text-block.

    >>> rich_text("Hi <@U1>", "b")[0]["elements"][0]["elements"]
    [{'type': 'text', 'text': 'Hi '}, {'type': 'user', 'user_id': 'U1'}]
    """
    section = {"type": "rich_text_section", "elements": list(_elements(text))}
    return [{"type": "rich_text", "block_id": block_id, "elements": [section]}]


def _elements(text: str) -> Iterator[Json]:
    for index, part in enumerate(_SEQUENCE.split(text)):
        if index % 2:
            yield _element(part)
        elif part:
            yield {"type": "text", "text": _unescaped(part)}


def _element(inside: str) -> Json:
    target, _, label = inside.partition("|")
    if target.startswith("@"):
        return {"type": "user", "user_id": target[1:]}
    if target.startswith("#"):
        return {"type": "channel", "channel_id": target[1:]}
    if target.startswith("!"):
        return {"type": "broadcast", "range": target[1:]}
    return {"type": "link", "url": target} | ({"text": label} if label else {})


def _unescaped(text: str) -> str:
    return text.replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&")
