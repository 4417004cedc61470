"""views.open, views.push, views.update, views.publish."""

from __future__ import annotations

from typing import Any, cast

from rxslack.simulator.methods.request import Method, Request
from rxslack.simulator.team.access import Refused
from rxslack.simulator.team.text import Json

MAX_BLOCKS = 100  # docs.slack.dev/reference/views/modal-views
MAX_DEPTH = 3  # modals on top of each other


@Method("views.open", "tier4")
def open_view(request: Request) -> Json:
    """Open a modal. Source: docs.slack.dev/reference/methods/views.open."""
    view = _view(request, "modal")
    user = _whose(request)
    request.state.views.modals[user] = []
    return _on_top(request, user, view)


@Method("views.push", "tier4")
def push_view(request: Request) -> Json:
    """Put a modal on top of another. Source: docs.slack.dev/reference/methods/views.push."""
    view = _view(request, "modal")
    user = _whose(request)
    depth = len(request.state.views.modals.get(user, []))
    if not depth:
        raise Refused("not_found")
    if depth >= MAX_DEPTH:
        raise Refused("push_limit_reached")
    return _on_top(request, user, view)


@Method("views.update", "tier4")
def update_view(request: Request) -> Json:
    """Change what is open. Source: docs.slack.dev/reference/methods/views.update."""
    found = request.state.views.find(request.required("view_id"))
    if found is None:
        raise Refused("not_found")
    _check_hash(request, found)
    found |= {**_view(request, found["type"]), "hash": request.state.views.new_hash()}
    return {"view": dict(found)}


@Method("views.publish", "tier4")
def publish_view(request: Request) -> Json:
    """Fill somebody's home tab. Source: docs.slack.dev/reference/methods/views.publish."""
    view = _view(request, "home")
    user = request.person(name="user_id").id
    before = request.state.views.homes.get(user)
    if before is not None:
        _check_hash(request, before)
    made = request.state.views.made(view)
    if before is not None:
        made["id"] = made["root_view_id"] = before["id"]
    request.state.views.homes[user] = made
    return {"view": dict(made)}


def _whose(request: Request) -> str:
    user, refusal = request.state.views.use_trigger(request.required("trigger_id"))
    if refusal:
        raise Refused(refusal)
    return user


def _view(request: Request, kind: str) -> Json:
    """
    The view that a call brings.

    Raises: Refused("invalid_arguments") with what is wrong, as Slack says it.
    """
    found: Any = request.structure("view", "invalid_arguments")
    view = cast("Json", found) if isinstance(found, dict) else {}
    blocks = view.get("blocks")
    parts: list[Any] = [*blocks] if isinstance(blocks, list) else []
    size = len(parts) if isinstance(blocks, list) else -1
    problems = {
        f'unsupported type: "{view.get("type")}"': view.get("type") != kind,
        "missing required field: title": kind == "modal" and not view.get("title"),
        "missing required field: blocks": size < 0,
        f"no more than {MAX_BLOCKS} items allowed": size > MAX_BLOCKS,
    }
    messages = [
        f"[ERROR] {problem} [json-pointer:/view]" for problem, is_so in problems.items() if is_so
    ]
    if messages:
        raise Refused("invalid_arguments", response_metadata={"messages": messages})
    return view


def _check_hash(request: Request, view: Json) -> None:
    """A hash says which version the caller means; another one is in the way."""
    if request.text("hash") not in ("", view["hash"]):
        raise Refused("hash_conflict")


def _on_top(request: Request, user: str, view: Json) -> Json:
    made = request.state.views.made(view)
    open_ones = request.state.views.modals.get(user, [])
    if open_ones:
        made |= {"root_view_id": open_ones[0]["id"], "previous_view_id": open_ones[-1]["id"]}
    request.state.views.push(user, made)
    return {"view": dict(made)}
