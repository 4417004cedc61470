"""views.open, views.push, views.update, views.publish."""

from __future__ import annotations

from typing import Any, cast

from rxslack.simulator.refusal import Refused
from rxslack.simulator.request import Method, Request
from rxslack.simulator.wire import Json

__all__ = ["METHODS"]


def open_view(request: Request) -> Json:
    """Open a dialog. Source: docs.slack.dev/reference/methods/views.open."""
    return _opened(request, push=False)


def push(request: Request) -> Json:
    """Put a dialog on top of another. Source: docs.slack.dev/reference/methods/views.push."""
    return _opened(request, push=True)


def update(request: Request) -> Json:
    """Change a dialog. Source: docs.slack.dev/reference/methods/views.update."""
    state = request.state
    with state.team.lock:
        names = ("view_id", "external_id", "hash")
        wanted = {name: request.text(name) for name in names if request.text(name)}
        return {"view": state.views.update(wanted, _view(request), state.team.id)}


def publish(request: Request) -> Json:
    """Set an App Home. Source: docs.slack.dev/reference/methods/views.publish."""
    state, person = request.state, request.person(name="user_id")
    with state.team.lock:
        return {"view": state.views.publish(person.id, _view(request), state.team.id)}


def _opened(request: Request, *, push: bool) -> Json:
    state, view = request.state, _view(request)
    with state.team.lock:
        trigger = request.required("trigger_id")
        shown = state.views.open(trigger, view, state.team.id, push=push)
    state.team.changes.notify()
    return {"view": shown}


def _view(request: Request) -> Json:
    request.required("view")
    view: Any = request.structure("view", "invalid_arguments")
    if not isinstance(view, dict) or not cast("Json", view).get("type"):
        raise Refused("invalid_arguments")
    return cast("Json", view)


METHODS = {
    "views.open": Method(open_view, "tier4"),
    "views.push": Method(push, "tier4"),
    "views.update": Method(update, "tier4"),
    "views.publish": Method(publish, "tier4"),
}
