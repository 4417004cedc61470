"""The elements of Block Kit: which there are, what each needs, and what a person can fill in."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, Final, NamedTuple, TypeAlias, cast

from rxslack.simulator.team.text import Json

__all__ = ["element_problems", "is_interactive", "list_problems", "text_problems"]

Problems: TypeAlias = Iterator[tuple[str, str]]


class _Kind(NamedTuple):
    """
    What is asked of an element.

    Args:
        where: in which blocks it may be: "s"ection, "a"ctions, "i"nput.
        options: how many it has at the most; 0 for none.
        needs: names of fields.
    """

    where: str
    options: int = 0
    needs: tuple[str, ...] = ()


_KINDS: Final[Mapping[str, _Kind]] = {
    "button": _Kind("sa", needs=("text",)),
    "checkboxes": _Kind("sai", 10),
    "radio_buttons": _Kind("sai", 10),
    "overflow": _Kind("sa", 5),
    "static_select": _Kind("sai", 100),
    "multi_static_select": _Kind("sai", 100),
    "external_select": _Kind("sai"),
    "multi_external_select": _Kind("sai"),
    "users_select": _Kind("sai"),
    "multi_users_select": _Kind("sai"),
    "conversations_select": _Kind("sai"),
    "multi_conversations_select": _Kind("sai"),
    "channels_select": _Kind("sai"),
    "multi_channels_select": _Kind("sai"),
    "datepicker": _Kind("sai"),
    "timepicker": _Kind("sai"),
    "datetimepicker": _Kind("ai"),
    "plain_text_input": _Kind("i"),
    "email_text_input": _Kind("i"),
    "url_text_input": _Kind("i"),
    "number_input": _Kind("i", needs=("is_decimal_allowed",)),
    "rich_text_input": _Kind("ai"),
    "file_input": _Kind("i"),
    "workflow_button": _Kind("sa", needs=("text", "workflow")),
    "feedback_buttons": _Kind("", needs=("positive_button", "negative_button")),
    "icon_button": _Kind(""),
    "url_source": _Kind(""),
    "image": _Kind("s", needs=("alt_text",)),
}
_BLOCKS: Final = {"accessory": "s", "actions": "a", "input": "i"}
_LONGEST: Final = {"action_id": 255, "value": 2000, "url": 3000}


def is_interactive(element: Mapping[str, Any]) -> bool:
    """Whether the app is told when somebody uses it, so that it has an `action_id`."""
    return element.get("type") in _KINDS and element.get("type") != "image"


def element_problems(element: Any, where: str, inside: str) -> Problems:
    """
    What is wrong with an element.

    Args:
        element: whatever stands in its place.
        where: its JSON pointer.
        inside: the kind of its place: "accessory", "actions" or "input".
    """
    if not isinstance(element, dict):
        yield "missing required field: element", where
        return
    found = cast("Json", element)
    kind = _KINDS.get(str(found.get("type")))
    if kind is None or _BLOCKS[inside] not in kind.where:
        yield f"unsupported type: {found.get('type')}", f"{where}/type"
        return
    for name in kind.needs:
        if name not in found:
            yield f"missing required field: {name}", where
    for name, most in _LONGEST.items():
        if len(str(found.get(name) or "")) > most:
            yield f"must be less than {most + 1} characters", f"{where}/{name}"
    if "text" in kind.needs and "text" in found:
        yield from text_problems(found["text"], f"{where}/text", most=75, plain=True)
    if found.get("placeholder") is not None:
        yield from text_problems(found["placeholder"], f"{where}/placeholder", most=150, plain=True)
    if kind.options:
        yield from _option_problems(found, where, kind.options)


def _option_problems(element: Json, where: str, most: int) -> Problems:
    groups = element.get("option_groups")
    if groups and "select" in str(element.get("type")):
        yield from list_problems(groups, f"{where}/option_groups", most=100)
        return
    yield from list_problems(element.get("options"), f"{where}/options", most=most)
    listed: list[Any] = [*element["options"]] if isinstance(element.get("options"), list) else []
    for number, option in enumerate(listed):
        place = f"{where}/options/{number}"
        if not isinstance(option, dict):
            yield "must provide an object", place
            continue
        said = cast("Json", option)
        yield from text_problems(said.get("text"), f"{place}/text", most=75)
        if len(str(said.get("value") or "")) > 150:
            yield "must be less than 151 characters", f"{place}/value"


def text_problems(text: Any, where: str, *, most: int, plain: bool = False) -> Problems:
    """
    What is wrong with a text object.

    Args:
        text: whatever stands in its place.
        where: its JSON pointer.
        most: characters.
        plain: whether it has to be `plain_text`.
    """
    if not isinstance(text, dict):
        yield f"missing required field: {where.rpartition('/')[2]}", where.rpartition("/")[0]
        return
    said = cast("Json", text)
    if said.get("type") not in (("plain_text",) if plain else ("plain_text", "mrkdwn")):
        yield f"unsupported type: {said.get('type')}", f"{where}/type"
    if not isinstance(said.get("text"), str):
        yield "missing required field: text", where
    elif not said["text"]:
        yield "must be more than 0 characters", f"{where}/text"
    elif len(said["text"]) > most:
        yield f"must be less than {most + 1} characters", f"{where}/text"


def list_problems(items: Any, where: str, *, most: int) -> Problems:
    """What is wrong with a list that has to have one item, and at the most so many."""
    listed: list[Any] = [*items] if isinstance(items, list) else []
    if not listed:
        yield f"missing required field: {where.rpartition('/')[2]}", where.rpartition("/")[0]
    elif len(listed) > most:
        yield f"no more than {most} items allowed", where
