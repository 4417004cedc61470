"""Dialogs from before modals, shown as modals: what dialog.open opened, in blocks."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final, cast

from rxslack.simulator.team.text import Json, objects_in

__all__ = ["as_options", "as_response", "as_submission", "as_view"]

_SOURCES: Final = {
    "users": "users_select",
    "channels": "channels_select",
    "conversations": "conversations_select",
    "external": "external_select",
}
_STATES: Final = ("value", "selected_user", "selected_channel", "selected_conversation")


def as_view(dialog: Json) -> Json:
    """
    A dialog as a modal with an input for each element.

    >>> what = {"type": "text", "label": "What", "name": "what"}
    >>> as_view({"id": "V1", "title": "Order", "elements": [what]})["blocks"][0]["element"]
    {'type': 'plain_text_input', 'action_id': 'what', 'multiline': False}
    """
    return {
        "id": dialog["id"],
        "hash": dialog["id"],
        "type": "modal",
        "title": _plain(dialog["title"]),
        "submit": _plain(dialog.get("submit_label") or "Submit"),
        "blocks": [_block(element) for element in objects_in(dialog["elements"])],
    }


def _block(element: Json) -> Json:
    name = str(element["name"])
    shown: Json = {
        "type": "input",
        "block_id": name,
        "label": _plain(element["label"]),
        "element": _element(element, name),
        "optional": bool(element.get("optional")),
    }
    return shown | ({"hint": _plain(element["hint"])} if element.get("hint") else {})


def _element(element: Json, name: str) -> Json:
    shown: Json = {"action_id": name}
    if element.get("placeholder"):
        shown["placeholder"] = _plain(element["placeholder"])
    begun = element.get("value")
    if element["type"] != "select":
        multiline = element["type"] == "textarea"
        made = {"type": "plain_text_input", **shown, "multiline": multiline}
        return made | ({"initial_value": begun} if begun else {})
    source = str(element.get("data_source") or "static")
    if source in _SOURCES:
        return {"type": _SOURCES[source], **shown}
    options = as_options({"options": element.get("options")})["options"]
    groups = [
        {"label": _plain(group.get("label")), **as_options(group)}
        for group in objects_in(element.get("option_groups"))
    ]
    made = {"type": "static_select", **shown}
    made |= {"option_groups": groups} if groups else {"options": options}
    first = [one for one in options if begun and one["value"] == begun]
    return made | ({"initial_option": first[0]} if first else {})


def as_options(said: Mapping[str, Any]) -> Json:
    """Options of a dialog, such as an app answers with, as those of Block Kit."""
    return {
        "options": [
            {"text": _plain(one.get("label")), "value": str(one.get("value") or "")}
            for one in objects_in(said.get("options"))
        ]
    }


def as_submission(values: Mapping[str, Any]) -> dict[str, str]:
    """What was filled in, by the names of the elements."""
    filled = dict[str, str]()
    for name, actions in values.items():
        for state in cast("Json", actions).values():
            found = _value(state)
            if found:
                filled[name] = found
    return filled


def _value(state: Any) -> str:
    if not isinstance(state, dict):
        return str(state or "")
    said = cast("Json", state)
    option: Any = said.get("selected_option") or {}
    return str(
        next((said[name] for name in _STATES if said.get(name)), "") or option.get("value") or ""
    )


def as_response(response: Mapping[str, Any] | None) -> Json | None:
    """What an app said to a dialog, as it is said to a modal: which inputs are wrong."""
    wrong = objects_in((response or {}).get("errors"))
    if not wrong:
        return None
    errors = {str(one.get("name")): str(one.get("error")) for one in wrong}
    return {"response_action": "errors", "errors": errors}


def _plain(text: Any) -> Json:
    return {"type": "plain_text", "text": str(text or "")}
