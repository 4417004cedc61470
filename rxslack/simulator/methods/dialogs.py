"""dialog.open: what apps had before modals."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Final, cast

from rxslack.simulator.methods.request import Method, Request
from rxslack.simulator.team.access import Refused
from rxslack.simulator.team.text import Json, objects_in

MOST: Final = 10  # elements
LONGEST: Final = {"title": 24, "callback_id": 255, "submit_label": 48, "state": 3000}
_LONGEST: Final = {"label": 48, "name": 300, "placeholder": 150}
_KINDS: Final = ("text", "textarea", "select")


@Method("dialog.open", "tier4")
def open_dialog(request: Request) -> Json:
    """
    Open a dialog.

    Source: docs.slack.dev/reference/methods/dialog.open, docs.slack.dev/legacy/legacy-dialogs.
    """
    found: Any = request.structure("dialog", "invalid_arguments")
    dialog = cast("Json", found) if isinstance(found, dict) else {}
    trigger = request.required("trigger_id")
    if problems := [f"[ERROR] {problem}" for problem in _problems(dialog)]:
        raise Refused("validation_errors", response_metadata={"messages": problems})
    views = request.state.views
    place = views.place_of(trigger)
    user, refusal = views.use_trigger(trigger)
    if refusal:
        raise Refused({"exchanged_trigger_id": "trigger_exchanged"}.get(refusal, refusal))
    if not place:
        place = request.team.direct([user], request.team.bot.user_id)[0].id
    with request.team.lock:
        made = request.team.identity.new("V")
    views.dialogs[user] = {**dialog, "id": made, "channel": place}
    return {}


def _problems(dialog: Json) -> Iterator[str]:
    for name in ("title", "callback_id"):
        if not dialog.get(name):
            yield f"missing required field: {name}"
    for name, most in LONGEST.items():
        if len(str(dialog.get(name) or "")) > most:
            yield f"must be less than {most + 1} characters [json-pointer:/{name}]"
    elements = objects_in(dialog.get("elements"))
    if not 1 <= len(elements) <= MOST:
        yield f"must have 1 to {MOST} items [json-pointer:/elements]"
    for number, element in enumerate(elements):
        for problem, name in _element_problems(element):
            yield f"{problem} [json-pointer:/elements/{number}{name}]"


def _element_problems(element: Json) -> Iterator[tuple[str, str]]:
    if element.get("type") not in _KINDS:
        yield f"unsupported type: {element.get('type')}", "/type"
    for name in ("label", "name"):
        if not element.get(name):
            yield f"missing required field: {name}", ""
    for name, most in _LONGEST.items():
        if len(str(element.get(name) or "")) > most:
            yield f"must be less than {most + 1} characters", f"/{name}"
    chosen = any(element.get(name) for name in ("options", "option_groups", "data_source"))
    if element.get("type") == "select" and not chosen:
        yield "missing required field: options", ""
