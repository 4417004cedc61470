"""The rich text that Slack makes of a text: styles, mentions, links, emoji, lists, quotes, code."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from itertools import groupby
from typing import Final

from rxslack.simulator.team.emoji import unicode_of
from rxslack.simulator.team.text import Json

__all__ = ["is_made_of_text", "rich_text"]

_CODE: Final = re.compile(r"```\n?(.*?)\n?```", re.DOTALL)
_LINE: Final = re.compile(
    r"(?P<quote>&gt;[ \t]?)(?P<quoted>.*)"
    r"|(?P<indent>[ \t]*)(?:(?P<bullet>[•◦▪])|(?P<number>\d{1,3}\.))[ \t]+(?P<item>.*)"
)
_INLINE: Final = re.compile(
    r"<(?P<sequence>[^<>]+)>"
    r"|`(?P<code>[^`\n]+)`"
    r"|:(?P<emoji>[a-z0-9_+'-]+(?:::skin-tone-[2-6])?):"
    r"|(?<![\w*])\*(?P<bold>[^\s*](?:[^*\n]*[^\s*])?)\*(?![\w*])"
    r"|(?<![^\W_])_(?P<italic>[^\s_](?:[^_\n]*[^\s_])?)_(?![^\W_])"
    r"|(?<![\w~])~(?P<strike>[^\s~](?:[^~\n]*[^\s~])?)~(?![\w~])"
)
_SPECIAL: Final = re.compile(r"[<`:*_~&•◦▪]|^[ \t]*\d{1,3}\.[ \t]", re.MULTILINE)
_STYLES: Final = ("bold", "italic", "strike")
_PLAIN: Final[Mapping[str, bool]] = {}


def rich_text(text: str, block_id: str, *, mrkdwn: bool = True) -> list[Json]:
    """
    The `blocks` that Slack has for a text.

    Args:
        text: as Slack writes it, escaped.
        block_id: of the one block.
        mrkdwn: whether `*`, `_` and so on mean a style.

    Source: docs.slack.dev/reference/block-kit/blocks/rich-text-block.

    >>> rich_text("Hi <@U1>", "b")[0]["elements"][0]["elements"]
    [{'type': 'text', 'text': 'Hi '}, {'type': 'user', 'user_id': 'U1'}]
    >>> rich_text("*a* :wave:", "b")[0]["elements"][0]["elements"][0]
    {'type': 'text', 'text': 'a', 'style': {'bold': True}}
    """
    if not _SPECIAL.search(text):  # as most of what people say
        elements = [{"type": "rich_text_section", "elements": [*_text(text, _PLAIN)]}]
    else:
        elements = [*_blocks(text)] if mrkdwn else [_section(text, mrkdwn=False)]
    return [{"type": "rich_text", "block_id": block_id, "elements": elements or [_section("")]}]


def is_made_of_text(message: Mapping[str, object]) -> bool:
    """Whether the blocks of a message are those that Slack makes of a text, or there are none."""
    blocks = message.get("blocks")
    items: list[Json] = [*blocks] if isinstance(blocks, list) else []
    return all(block.get("type") == "rich_text" for block in items) and len(items) < 2


def _blocks(text: str) -> Iterator[Json]:
    for index, part in enumerate(_CODE.split(text)):
        if index % 2:
            plain = {"type": "text", "text": _unescaped(part)}
            yield {"type": "rich_text_preformatted", "border": 0, "elements": [plain]}
        else:
            yield from _lines(part.removeprefix("\n") if index else part)


def _lines(text: str) -> Iterator[Json]:
    """Sections, lists and quotes, each of lines that follow each other."""
    lines = text.splitlines(keepends=True)
    for kind, group in groupby(lines, key=_kind):
        run = [*group]
        if kind == ("text",):
            yield _section("".join(run))
        elif kind == ("quote",):
            inside = "".join(_LINE.sub(r"\g<quoted>", line, count=1) for line in run)
            yield {"type": "rich_text_quote", "elements": [*_elements(inside.removesuffix("\n"))]}
        else:
            yield _list(kind, run)


def _kind(line: str) -> tuple[object, ...]:
    match = _LINE.match(line)
    if match is None:
        return ("text",)
    if match["quote"]:
        return ("quote",)
    return ("bullet" if match["bullet"] else "ordered", len(match["indent"].expandtabs(4)) // 4)


def _list(kind: tuple[object, ...], lines: Sequence[str]) -> Json:
    style, indent = kind
    items = [match["item"] for line in lines if (match := _LINE.match(line))]
    sections = [_section(item) for item in items]
    return {
        "type": "rich_text_list",
        "style": style,
        "indent": indent,
        "border": 0,
        "elements": sections,
    }


def _section(text: str, *, mrkdwn: bool = True) -> Json:
    elements = _elements(text) if mrkdwn else _sequences(text)
    return {"type": "rich_text_section", "elements": [*elements]}


def _elements(text: str, style: Mapping[str, bool] = _PLAIN) -> Iterator[Json]:
    waiting = ""  # text that no element has taken yet
    place = 0
    for match in _INLINE.finditer(text):
        elements = [*_element(match, style)]
        waiting += text[place : match.start()]
        place = match.end()
        if not elements:
            waiting += match[0]
            continue
        yield from _text(waiting, style)
        waiting = ""
        yield from elements
    yield from _text(waiting + text[place:], style)


def _sequences(text: str) -> Iterator[Json]:
    """Mentions and links alone."""
    for index, part in enumerate(re.split(r"<([^<>]+)>", text)):
        yield from [_sequence(part)] if index % 2 else _text(part, _PLAIN)


def _element(match: re.Match[str], style: Mapping[str, bool]) -> Iterator[Json]:
    kind = match.lastgroup or ""
    inside = match[kind]
    if kind == "sequence":
        yield _styled(_sequence(inside), style)
    elif kind == "code":
        yield from _text(inside, {**style, "code": True})
    elif kind in _STYLES:
        yield from _elements(inside, {**style, kind: True})
    elif points := unicode_of(inside):
        name, _, tone = inside.partition("::skin-tone-")
        made: Json = {"type": "emoji", "name": name, "unicode": points}
        yield _styled(made | ({"skin_tone": int(tone)} if tone else {}), style)


def _sequence(inside: str) -> Json:
    target, _, label = inside.partition("|")
    if target.startswith("@"):
        return {"type": "user", "user_id": target[1:]}
    if target.startswith("#"):
        return {"type": "channel", "channel_id": target[1:]}
    if target.startswith("!subteam^"):
        return {"type": "usergroup", "usergroup_id": target.removeprefix("!subteam^")}
    if target.startswith("!date^"):
        _, when, shape, *link = target.split("^")
        made: Json = {"type": "date", "timestamp": int(when) if when.isdigit() else 0}
        made |= {"format": shape, "fallback": _unescaped(label)}
        return made | ({"url": link[0]} if link else {})
    if target.startswith("!"):
        return {"type": "broadcast", "range": target[1:]}
    return {"type": "link", "url": _unescaped(target)} | (
        {"text": _unescaped(label)} if label else {}
    )


def _text(text: str, style: Mapping[str, bool]) -> Iterator[Json]:
    if text:
        yield _styled({"type": "text", "text": _unescaped(text)}, style)


def _styled(element: Json, style: Mapping[str, bool]) -> Json:
    return element | ({"style": dict(style)} if style else {})


def _unescaped(text: str) -> str:
    return text.replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&")
