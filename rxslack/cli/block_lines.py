"""Block Kit in lines of text, with numbers for what can be used."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any, Final, TypeAlias, cast

__all__ = ["Number", "block_lines", "objects", "words"]

Json: TypeAlias = dict[str, Any]
Number: TypeAlias = "Callable[[Json, Json], int]"
"""Gives an element, inside of a block, its number."""


def block_lines(blocks: object, number: Number) -> Iterator[str]:
    """
    Blocks as lines.

    >>> button = {"type": "button", "text": {"type": "plain_text", "text": "Go"}, "action_id": "go"}
    >>> [*block_lines([{"type": "actions", "elements": [button]}], lambda block, element: 7)]
    ['[7] Go']

    Args:
        blocks: as Slack has them.
        number: called with each element that somebody can use, and its block.
    """
    for block in objects(blocks):
        kind = block.get("type")
        if kind == "divider":
            yield "-" * 20
        elif kind == "rich_text":
            yield from _rich(block).splitlines()
        elif kind in ("actions", "context_actions"):
            yield "  ".join(
                _used(one, number(block, one)) for one in objects(block.get("elements"))
            )
        elif kind == "input":
            element = cast("Json", block.get("element") or {})
            yield f"{words(block.get('label'))}: {_used(element, number(block, element))}"
        elif kind in ("table", "data_table"):
            rows: list[list[Any]] = block.get("rows") or []
            yield from (" | ".join(map(_cell, row)) for row in rows)
        elif kind == "data_visualization":
            yield from _numbers(block)
        elif kind in _NESTED:
            yield from _nested(block, number)
        else:
            yield from _text_lines(block)
            accessory = block.get("accessory")
            if isinstance(accessory, dict):
                element = cast("Json", accessory)
                picture = element.get("type") == "image"
                yield _picture(element) if picture else _used(element, number(block, element))


_NESTED: Final[Mapping[str, str]] = {
    "card": "",
    "carousel": "elements",
    "container": "child_blocks",
    "plan": "tasks",
    "task_card": "",
}
"""Blocks that have others inside of them, and where."""


def _nested(block: Json, number: Number) -> Iterator[str]:
    names = ("title", "rich_text_title", "subtitle", "body", "details", "output")
    texts = [_cell(block[name]) for name in names if block.get(name)]
    state = f"({block['status']})" if block.get("status") else ""
    if line := " - ".join(texts):
        yield f"{line} {state}".rstrip()
    if buttons := [_used(one, number(block, one)) for one in objects(block.get("actions"))]:
        yield "  ".join(buttons)
    inside = block.get(_NESTED[str(block["type"])])
    yield from (f"  {line}" for line in block_lines(inside, number))


def words(given: Any) -> str:
    """The letters of a text object, or of a text."""
    if isinstance(given, Mapping):
        return str(cast("Json", given).get("text", ""))
    return "" if given is None else str(given)


def objects(given: object) -> Iterator[Json]:
    """The JSON objects of a list; nothing when it is none."""
    several: list[Any] = [*given] if isinstance(given, list) else []
    for one in several:
        if isinstance(one, dict):
            yield cast("Json", one)


def _text_lines(block: Mapping[str, Any]) -> Iterator[str]:
    if block.get("type") == "image":
        yield _picture(block)
        return
    shown = [words(block.get("text") or block.get("title"))]
    shown += [words(one) for one in objects(block.get("fields"))]
    elements = " ".join(
        _picture(one) if one.get("type") == "image" else words(one)
        for one in objects(block.get("elements"))
    )
    found = [line for text in (*shown, elements) for line in text.splitlines() if line]
    yield from found or [f"[{block.get('type')}]"]


def _picture(block: Mapping[str, Any]) -> str:
    return f"[picture: {block.get('alt_text') or 'no text'}]"


def _used(element: Mapping[str, Any], number: int) -> str:
    kind = str(element.get("type", ""))
    if kind in ("button", "workflow_button", "icon_button"):
        return f"[{number}] {words(element.get('text')) or kind}"
    named = words(element.get("placeholder")) or kind.replace("_", " ")
    options = " / ".join(words(one.get("text")) for one in _options(element))
    return f"[{number}] {named}{f' ({options})' if options else ''}"


def _options(element: Mapping[str, Any]) -> Iterable[Json]:
    yield from objects(element.get("options"))
    for group in objects(element.get("option_groups")):
        yield from objects(group.get("options"))


def _rich(block: Mapping[str, Any]) -> str:
    """The letters of rich text: lists with dashes, mentions as Slack writes them."""
    kind, inside = block.get("type"), [*objects(block.get("elements"))]
    if kind == "rich_text":
        return "\n".join(map(_rich, inside))
    if kind == "rich_text_list":
        return "\n".join(f"- {_rich(one)}" for one in inside)
    if kind == "rich_text_quote":
        return "\n".join(f"> {line}" for line in "".join(map(_rich, inside)).splitlines())
    if inside:
        return "".join(map(_rich, inside))
    marks = {"user": f"<@{block.get('user_id')}>", "channel": f"<#{block.get('channel_id')}>"}
    marks |= {"broadcast": f"<!{block.get('range')}>", "emoji": f":{block.get('name')}:"}
    if kind == "link":
        return f"<{block.get('url')}|{block.get('text') or block.get('url')}>"
    return marks.get(str(kind), str(block.get("text", "")))


def _cell(cell: Any) -> str:
    given = cast("Json", cell) if isinstance(cell, dict) else {"text": cell}
    return _rich(given) if given.get("type") == "rich_text" else words(given.get("text"))


def _numbers(block: Mapping[str, Any]) -> Iterator[str]:
    chart = cast("Json", block.get("chart") or {})
    yield f"{words(block.get('title'))} ({chart.get('type', 'chart')})"
    for one in objects(chart.get("segments")):
        yield f"  {one.get('label')}: {one.get('value')}"
    for series in objects(chart.get("series")):
        points = ", ".join(
            f"{p.get('label')} {p.get('value')}" for p in objects(series.get("data"))
        )
        yield f"  {series.get('name')}: {points}"
