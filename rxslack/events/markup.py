"""
Slack's marks inside a text: mentions, channels, links, and the three characters it escapes.

Pure functions; a text is a string, or an event whose text is meant.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Final, Literal, NamedTuple, TypeAlias

from rxslack.events.messages import Event, text_of

__all__ = [
    "Mark",
    "channels_in",
    "escape",
    "is_mentioned",
    "links_in",
    "marks_in",
    "mentions_in",
    "plain_text",
    "unescape",
]

MarkKind: TypeAlias = Literal["user", "channel", "special", "link"]

_MARK: Final = re.compile(r"<([@#!]?)([^<>|]+)(?:\|([^<>]*))?>")
_KINDS: Final[Mapping[str, MarkKind]] = {"@": "user", "#": "channel", "!": "special", "": "link"}


class Mark(NamedTuple):
    """
    One ``<…>`` in a text.

    Attributes:
        kind: "user", "channel", "link", or "special" for ``<!here>`` and its like.
        target: "U0123ABCD", "C0123ABCD", "https://…", "here", "subteam^S0123ABCD".
        label: what Slack shows for it, where the text says; "" where it does not.

    Source: docs.slack.dev/messaging/formatting-message-text, "Parsing text".
    """

    kind: MarkKind
    target: str
    label: str


def marks_in(text: str | Event) -> list[Mark]:
    """
    All marks in a text, or in the text of an event, in order and unescaped.

    >>> for mark in marks_in("<@U1>: <https://example.com/?a=1&amp;b=2|the list> in <#C1|lobby>"):
    ...     print(mark)
    Mark(kind='user', target='U1', label='')
    Mark(kind='link', target='https://example.com/?a=1&b=2', label='the list')
    Mark(kind='channel', target='C1', label='lobby')
    """
    return [_mark(found) for found in _MARK.finditer(_text(text))]


def mentions_in(text: str | Event) -> list[str]:
    """
    The ids of the users that a text mentions.

    >>> mentions_in("<@U1>, have you met <@U2|robin>?")
    ['U1', 'U2']
    """
    return [mark.target for mark in marks_in(text) if mark.kind == "user"]


def channels_in(text: str | Event) -> list[str]:
    """
    The ids of the channels that a text names.

    >>> channels_in("moved to <#C1|lobby>")
    ['C1']
    """
    return [mark.target for mark in marks_in(text) if mark.kind == "channel"]


def links_in(text: str | Event) -> list[str]:
    """
    The addresses of the links in a text, unescaped.

    >>> links_in("<https://example.com/?a=1&amp;b=2|the list> or <mailto:robin@example.com>")
    ['https://example.com/?a=1&b=2', 'mailto:robin@example.com']
    """
    return [mark.target for mark in marks_in(text) if mark.kind == "link"]


def is_mentioned(user: str, text: str | Event) -> bool:
    """
    Whether a text mentions a user.

    >>> is_mentioned("U1", {"type": "message", "text": "Good morning <@U1>"})
    True
    """
    return user in mentions_in(text)


def plain_text(text: str | Event) -> str:
    """
    A text as a reader sees it, nearly: labels in place of marks, and nothing escaped.

    >>> plain_text("<@U2|robin> &amp; <#C1|lobby>: <!here> see <https://example.com|the list>")
    '@robin & #lobby: @here see the list'
    """
    return unescape(_MARK.sub(_shown, _text(text)))


def unescape(text: str) -> str:
    """
    Undo what Slack escapes: three characters, and no other entity.

    >>> unescape("1 &lt; 2 &amp;&amp; &quot;")
    '1 < 2 && &quot;'

    Source: docs.slack.dev/messaging/formatting-message-text, "Escaping text".
    """
    return text.replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&")


def escape(text: str) -> str:
    """
    Escape the characters that Slack would take for marks, so that a text of others' stays one.

    For what a person wrote, on its way into an answer: a command's text as it is, which Slack does
    not escape; a message's, which it does, after `plain_text`.

    >>> escape("<!channel> & all")
    '&lt;!channel&gt; &amp; all'

    Source: docs.slack.dev/messaging/formatting-message-text, "Escaping text".
    """
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def _text(text: str | Event) -> str:
    return text if isinstance(text, str) else text_of(text)


def _mark(found: re.Match[str]) -> Mark:
    sign, target, label = found.groups(default="")
    return Mark(_KINDS[sign], unescape(target), unescape(label))


def _shown(found: re.Match[str]) -> str:
    sign, target, label = found.groups(default="")
    if sign == "!":  # its label has a sign of its own, or is a sentence
        return label or f"@{target.partition('^')[0]}"
    return f"{sign}{label or target}"
