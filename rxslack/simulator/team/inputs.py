"""What people fill in: the elements that have a state, their first values, and how a value is told."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any, Final, cast

from rxslack.simulator.team.blocks import elements_of, every_block
from rxslack.simulator.team.text import Json, object_in, objects_in

__all__ = ["element_in", "fill", "merged", "missing", "values_of"]

_STATE: Final[Mapping[str, tuple[str, str]]] = {
    "plain_text_input": ("value", "initial_value"),
    "email_text_input": ("value", "initial_value"),
    "url_text_input": ("value", "initial_value"),
    "number_input": ("value", "initial_value"),
    "rich_text_input": ("rich_text_value", "initial_value"),
    "static_select": ("selected_option", "initial_option"),
    "external_select": ("selected_option", "initial_option"),
    "radio_buttons": ("selected_option", "initial_option"),
    "multi_static_select": ("selected_options", "initial_options"),
    "multi_external_select": ("selected_options", "initial_options"),
    "checkboxes": ("selected_options", "initial_options"),
    "users_select": ("selected_user", "initial_user"),
    "multi_users_select": ("selected_users", "initial_users"),
    "conversations_select": ("selected_conversation", "initial_conversation"),
    "multi_conversations_select": ("selected_conversations", "initial_conversations"),
    "channels_select": ("selected_channel", "initial_channel"),
    "multi_channels_select": ("selected_channels", "initial_channels"),
    "datepicker": ("selected_date", "initial_date"),
    "timepicker": ("selected_time", "initial_time"),
    "datetimepicker": ("selected_date_time", "initial_date_time"),
    "file_input": ("files", ""),
}
"""Where the state has the value of an element, and the element its first one.

Source: docs.slack.dev/reference/interaction-payloads/view-interactions-payload, `state.values`.
"""

_SEVERAL: Final = frozenset(
    name
    for name, _ in _STATE.values()
    if name == "files" or (name.startswith("selected_") and name.endswith("s"))
)


def values_of(blocks: Iterable[Json], before: Mapping[str, Any] | None = None) -> Json:
    """
    `state.values` of blocks: what was filled in before, else the first values.

    >>> values_of([{"block_id": "b", "element": {"type": "datepicker", "action_id": "a"}}])
    {'b': {'a': {'type': 'datepicker', 'selected_date': None}}}
    """
    values: Json = {}
    for block_id, element in _elements(blocks):
        kind, action_id = str(element.get("type")), str(element.get("action_id", ""))
        if kind not in _STATE:
            continue
        name, first = _STATE[kind]
        empty: Any = [] if name in _SEVERAL else None
        known = object_in(object_in(before or {}, block_id), action_id)
        same = known.get("type") == kind
        value = known if same else {"type": kind, name: element.get(first, empty)}
        values.setdefault(block_id, {})[action_id] = value
    return values


def element_in(blocks: Iterable[Json], action_id: str, block_id: str = "") -> tuple[str, Json]:
    """
    An element, and the id of its block.

    Raises: LookupError, naming those there are.
    """
    known = [*_elements(blocks)]
    for found, element in known:
        if element.get("action_id") == action_id and block_id in ("", found):
            return found, element
    ids = ", ".join(str(element.get("action_id")) for _, element in known if "action_id" in element)
    raise LookupError(f"nothing there has the action_id {action_id!r}; there are {ids or 'none'}")


def fill(element: Mapping[str, Any], said: Any) -> Json:
    """
    What the state says of an element after somebody filled it in.

    Args:
        element: which.
        said: the value: a text, an option's value or text, ids, a date; or the state itself.
    """
    kind = str(element.get("type"))
    if kind not in _STATE:
        raise LookupError(f"nobody can fill in a {kind}")
    name, _ = _STATE[kind]
    if isinstance(said, Mapping) and not _is_option(cast("Json", said), kind):
        state = cast("Json", said)
        if state.keys() == {"value"}:  # short for what the element's value is called
            state = {name: state["value"]}
        return {"type": kind, **_with_options(element, state)}
    return {"type": kind, **_with_options(element, {name: said})}


def merged(
    blocks: Iterable[Json], values: Mapping[str, Any], said: Mapping[str, Mapping[str, Any]]
) -> Json:
    """
    `state.values` after somebody filled in several.

    Raises: LookupError for a block or an element that is not there.
    """
    listed = [*blocks]
    known = {str(block.get("block_id")) for block in listed}
    state = {block_id: dict(entries) for block_id, entries in values.items()}
    for block_id, entries in said.items():
        if block_id not in known:
            there = ", ".join(sorted(known))
            raise LookupError(f"no block there has the block_id {block_id!r}; there are {there}")
        for action_id, value in entries.items():
            _, element = element_in(listed, action_id, block_id)
            state.setdefault(block_id, {})[action_id] = fill(element, value)
    return state


def missing(blocks: Iterable[Json], values: Mapping[str, Any]) -> list[str]:
    """The ids of input blocks that have to be filled in and are not: Slack sends no such dialog."""
    found = list[str]()
    for block in blocks:
        if block.get("type") != "input" or block.get("optional"):
            continue
        block_id = str(block.get("block_id"))
        entries: Mapping[str, Json] = values.get(block_id) or {}
        for entry in entries.values():
            name, _ = _STATE[str(entry["type"])]
            if entry.get(name) in (None, "", []):
                found.append(block_id)
    return found


def _elements(blocks: Iterable[Json]) -> Iterator[tuple[str, Json]]:
    for block in every_block(blocks):
        for element in elements_of(block):
            yield str(block.get("block_id", "")), element


def _is_option(said: Json, kind: str) -> bool:
    return "text" in said and "option" in _STATE[kind][0]


def _with_options(element: Mapping[str, Any], state: Mapping[str, Any]) -> Json:
    """The same with options in the place of their values."""
    made = dict(state)
    if isinstance(made.get("selected_option"), str):
        made["selected_option"] = _option(element, made["selected_option"])
    chosen = made.get("selected_options")
    if isinstance(chosen, list | tuple):
        several = cast("list[Any]", chosen)
        made["selected_options"] = [
            _option(element, one) if isinstance(one, str) else one for one in several
        ]
    return made


def _option(element: Mapping[str, Any], wanted: str) -> Json:
    groups = objects_in(element.get("option_groups"))
    options = [
        option for holder in (element, *groups) for option in objects_in(holder.get("options"))
    ]
    for option in options:
        if wanted in (option.get("value"), object_in(option, "text").get("text")):
            return option
    if not options:  # the app supplies them
        return {"text": {"type": "plain_text", "text": wanted, "emoji": True}, "value": wanted}
    values = ", ".join(str(option.get("value")) for option in options)
    raise LookupError(f"no option is called {wanted!r}; there are {values}")
