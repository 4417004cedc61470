"""Block Kit as Slack takes it: what is wrong with blocks, and the ids that it gives those without."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import Any, Final, Literal, TypeAlias, cast

from rxslack.simulator.team.elements import (
    element_problems,
    is_interactive,
    list_problems,
    text_problems,
)
from rxslack.simulator.team.newer_blocks import NEWER_CHECKS
from rxslack.simulator.team.text import Json, objects_in

__all__ = ["Surface", "as_kept", "elements_of", "every_block", "problems_of", "with_ids"]

Surface: TypeAlias = Literal["message", "modal", "home"]
"""Where blocks are shown: not every one may be everywhere."""

Problems: TypeAlias = Iterator[tuple[str, str]]
"""What is wrong, and where, as a JSON pointer."""

MOST: Final[Mapping[Surface, int]] = {"message": 50, "modal": 100, "home": 100}
_LONGEST_ID: Final = 255
_WIDTHS: Final = ("narrow", "standard", "wide", "full")


def problems_of(blocks: Sequence[Any], surface: Surface, *, at: str = "/blocks") -> list[str]:
    """
    What Slack would find wrong, in its words; empty for good blocks.

    >>> problems_of([{"type": "section"}, {"type": "divider"}], "message")
    ['missing required field: text or fields [json-pointer:/blocks/0]']

    Source: docs.slack.dev/reference/block-kit/blocks. The words of the errors are those that apps have
    shown; not each is known.
    """
    found = [*_all_problems(blocks, surface, at)]
    return [f"{what} [json-pointer:{where}]" for what, where in found]


def elements_of(block: Mapping[str, Any]) -> Iterator[Json]:
    """The elements of a block; not those of blocks inside of it."""
    for name in ("elements", "actions"):
        if block.get("type") != "carousel":
            yield from objects_in(block.get(name))
    for name in ("element", "accessory"):
        if isinstance(block.get(name), dict):
            yield block[name]


def every_block(blocks: Iterable[Json]) -> Iterator[Json]:
    """Blocks, and those inside of them: cards of a carousel, tasks of a plan, what a container has."""
    for block in blocks:
        yield block
        inside = ["blocks", "child_blocks", "tasks"]
        inside += ["elements"] if block.get("type") == "carousel" else []
        for name in inside:
            yield from every_block(objects_in(block.get(name)))


def with_ids(blocks: Iterable[Json], new: Callable[[], str]) -> list[Json]:
    """
    Blocks as Slack keeps them: each block with a `block_id`, each element with an `action_id`.

    Args:
        blocks: which are good.
        new: makes an id.
    """
    return [_block_with_ids(block, new) for block in blocks]


def _block_with_ids(block: Json, new: Callable[[], str]) -> Json:
    kept = cast("Json", as_kept(block))
    for inner in every_block([kept]):
        if inner.get("type") == "rich_text":
            continue
        if inner is not kept and not inner.get("block_id"):
            inner["block_id"] = new()
        for element in elements_of(inner):
            if is_interactive(element) and not element.get("action_id"):
                element["action_id"] = new()
    return {"type": kept.get("type"), "block_id": kept.get("block_id") or new(), **kept}


def as_kept(value: Any) -> Any:
    """A copy in which texts have what Slack adds to them."""
    if isinstance(value, list):
        items: list[Any] = [*value]
        return [as_kept(item) for item in items]
    if not isinstance(value, dict):
        return value
    made = {name: as_kept(item) for name, item in cast("Json", value).items()}
    if isinstance(made.get("text"), str):
        if made.get("type") == "plain_text":
            made.setdefault("emoji", True)
        elif made.get("type") == "mrkdwn":
            made.setdefault("verbatim", False)
    return made


def _all_problems(blocks: Sequence[Any], surface: Surface, at: str) -> Problems:
    if len(blocks) > MOST[surface]:
        yield f"no more than {MOST[surface]} items allowed", at
    seen = set[str]()
    for number, block in enumerate(blocks):
        where = f"{at}/{number}"
        if not isinstance(block, dict):
            yield "must provide an object", where
            continue
        yield from _problems(cast("Json", block), surface, where)
        block_id = cast("Json", block).get("block_id")
        if isinstance(block_id, str) and block_id:
            if block_id in seen:
                yield f'block_id "{block_id}" already exists', f"{where}/block_id"
            if len(block_id) > _LONGEST_ID:
                yield f"must be less than {_LONGEST_ID + 1} characters", f"{where}/block_id"
            seen.add(block_id)
    yield from _too_many(blocks, surface, at)


def _too_many(blocks: Sequence[Any], surface: Surface, at: str) -> Problems:
    """What a message has too many of, although each is good."""
    kinds = [block.get("type") for block in objects_in([*blocks])]
    for kind, most in _MOST_OF.items():
        if surface == "message" and kinds.count(kind) > most:
            yield f"no more than {most} items of type {kind} allowed", at


def _problems(block: Json, surface: Surface, where: str) -> Problems:
    kind = str(block.get("type", ""))
    check = _CHECKS.get(kind)
    if check is None or (surface, kind) in _NOT_THERE:
        yield f"unsupported type: {kind}", f"{where}/type"
        return
    yield from check(block, where)


def _section(block: Json, where: str) -> Problems:
    fields = block.get("fields")
    if not block.get("text") and not fields:
        yield "missing required field: text or fields", where
    if block.get("text"):
        yield from text_problems(block["text"], f"{where}/text", most=3000)
    if fields is not None:
        yield from list_problems(fields, f"{where}/fields", most=10)
        for number, field in enumerate(objects_in(fields)):
            yield from text_problems(field, f"{where}/fields/{number}", most=2000)
    if block.get("accessory") is not None:
        yield from element_problems(block["accessory"], f"{where}/accessory", "accessory")


def _header(block: Json, where: str) -> Problems:
    yield from text_problems(block.get("text"), f"{where}/text", most=150, plain=True)


def _image(block: Json, where: str) -> Problems:
    if not block.get("image_url") and not block.get("slack_file"):
        yield "missing required field: image_url", where
    if not isinstance(block.get("alt_text"), str):
        yield "missing required field: alt_text", where
    if block.get("title") is not None:
        yield from text_problems(block["title"], f"{where}/title", most=2000, plain=True)


def _actions(block: Json, where: str) -> Problems:
    yield from list_problems(block.get("elements"), f"{where}/elements", most=25)
    for number, element in enumerate(objects_in(block.get("elements"))):
        yield from element_problems(element, f"{where}/elements/{number}", "actions")


def _context(block: Json, where: str) -> Problems:
    yield from list_problems(block.get("elements"), f"{where}/elements", most=10)
    for number, element in enumerate(objects_in(block.get("elements"))):
        place = f"{where}/elements/{number}"
        if element.get("type") == "image":
            yield from _image(element, place)
        else:
            yield from text_problems(element, place, most=2000)


def _input(block: Json, where: str) -> Problems:
    yield from text_problems(block.get("label"), f"{where}/label", most=2000, plain=True)
    if block.get("hint") is not None:
        yield from text_problems(block["hint"], f"{where}/hint", most=2000, plain=True)
    yield from element_problems(block.get("element"), f"{where}/element", "input")


def _rich_text(block: Json, where: str) -> Problems:
    if not isinstance(block.get("elements"), list):
        yield "missing required field: elements", where


def _markdown(block: Json, where: str) -> Problems:
    text = block.get("text")
    if not isinstance(text, str) or not text:
        yield "missing required field: text", where
    elif len(text) > 12_000:
        yield "must be less than 12001 characters", f"{where}/text"


def _container(block: Json, where: str) -> Problems:
    if not block.get("title") and not block.get("rich_text_title"):
        yield "missing required field: title or rich_text_title", where
    for name, plain in (("title", True), ("subtitle", False)):
        if block.get(name) is not None:
            yield from text_problems(block[name], f"{where}/{name}", most=150, plain=plain)
    if block.get("width", "standard") not in _WIDTHS:
        yield f"must be one of: {', '.join(_WIDTHS)}", f"{where}/width"
    if block.get("is_collapsible") and block.get("has_header_divider"):
        yield "cannot be set when is_collapsible is true", f"{where}/has_header_divider"
    if block.get("default_collapsed") and not block.get("is_collapsible"):
        yield "requires is_collapsible to be true", f"{where}/default_collapsed"
    yield from list_problems(block.get("child_blocks"), f"{where}/child_blocks", most=10)
    for number, child in enumerate(objects_in(block.get("child_blocks"))):
        place = f"{where}/child_blocks/{number}"
        if child.get("type") == "container":
            yield "unsupported type: container", f"{place}/type"
        else:
            yield from _problems(child, "message", place)


def _named(*names: str) -> Callable[[Json, str], Problems]:
    """A check that looks for fields alone."""

    def check(block: Json, where: str) -> Problems:
        for name in names:
            if name not in block:
                yield f"missing required field: {name}", where

    return check


_CHECKS: Final[Mapping[str, Callable[[Json, str], Problems]]] = {
    "section": _section,
    "divider": _named(),
    "header": _header,
    "image": _image,
    "actions": _actions,
    "context": _context,
    "input": _input,
    "rich_text": _rich_text,
    "markdown": _markdown,
    "file": _named("external_id", "source"),
    "call": _named("call_id"),
    "contact_card": _named(),
    "container": _container,
    **NEWER_CHECKS,
}
"""By type. Source: docs.slack.dev/reference/block-kit/blocks; of `contact_card` nothing is known."""

_MOST_OF: Final = {"data_visualization": 2}
"""How many of a type a message has at the most."""

_NOT_THERE: Final = {
    ("message", "alert"),  # slack-go/slack CHANGELOG 0.23.0
    ("modal", "table"),
    ("home", "table"),
    ("modal", "context_actions"),
    ("home", "context_actions"),
}
