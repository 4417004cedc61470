"""Text as Slack writes it: JSON, escapes, and the rich text that its own clients send."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator, Mapping
from typing import Any, Final, TypeAlias, cast

__all__ = [
    "Json",
    "as_body",
    "as_frame_text",
    "as_posted",
    "escaped",
    "read_json",
    "read_object",
    "rich_text",
]

Json: TypeAlias = dict[str, Any]
"""A JSON object of Slack's: a message, a channel, a user, an answer."""

_DEEPEST: Final = 100  # levels of JSON in JSON; Slack's own have some ten

_encode = json.JSONEncoder(separators=(",", ":")).encode


def as_body(answer: Mapping[str, Any]) -> bytes:
    r"""
    The body of a Web API answer; Slack escapes slashes there.

    >>> as_body({"ok": True, "url": "ws://x/y"})
    b'{"ok":true,"url":"ws:\\/\\/x\\/y"}'
    """
    return _encode(answer).replace("/", "\\/").encode()


def as_frame_text(event: Mapping[str, Any]) -> bytes:
    """The payload of a websocket frame; no slash is escaped there."""
    return _encode(event).encode()


def read_json(text: str | bytes) -> Any:
    """
    What a client said in JSON.

    Raises: ValueError when it is none, or nested so deeply that nobody could copy it.

    >>> read_json("[1, {}]")
    [1, {}]
    """
    try:
        found = json.loads(text)
    except RecursionError:
        raise ValueError("it is nested too deeply") from None
    level: list[Any] = [found]
    for _ in range(_DEEPEST):
        level = [inner for outer in level for inner in _inside(outer)]
        if not level:
            return found
    raise ValueError("it is nested too deeply")


def read_object(text: str | bytes) -> Json | None:
    """What a client said in JSON; None when it is no JSON object."""
    try:
        found = read_json(text)
    except ValueError:
        return None
    return cast("Json", found) if isinstance(found, dict) else None


def _inside(value: Any) -> Iterable[Any]:
    if isinstance(value, dict):
        return cast("dict[str, Any]", value).values()
    items: list[Any] = [*value] if isinstance(value, list) else []
    return items


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


def escaped(markdown: str) -> str:
    """
    What becomes of Markdown: the text as it is, escaped. Slack's own formatting is not made of it.

    >>> escaped("**1** < [2](https://a.example) & <@U1>")
    '**1** &lt; [2](https://a.example) &amp; <@U1>'
    """
    return _PARTS.sub(lambda match: _ESCAPES.get(match[0], match[0]), markdown)


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
