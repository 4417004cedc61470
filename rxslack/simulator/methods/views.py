"""views.open, views.push, views.update, views.publish."""

from __future__ import annotations

from typing import Any, cast

from rxslack.simulator.methods.request import Method, Request
from rxslack.simulator.team.access import Refused
from rxslack.simulator.team.blocks import Surface, problems_of
from rxslack.simulator.team.elements import text_problems
from rxslack.simulator.team.text import Json, objects_in

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
    views = request.state.views
    if external_id := request.text("external_id"):
        found = views.find_external(external_id)
    else:
        found = views.find(request.required("view_id"))
    if found is None:
        raise Refused("not_found")
    _check_hash(request, found)
    content = views.content(_view(request, found["type"]), found["state"]["values"])
    found |= {**content, "hash": views.new_hash()}
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
    trigger = request.text("interactivity_pointer") or request.required("trigger_id")
    user, refusal = request.state.views.use_trigger(trigger)
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
    surface: Surface = "home" if kind == "home" else "modal"
    problems = {
        f'unsupported type: "{view.get("type")}"': view.get("type") != kind,
        "missing required field: title": kind == "modal" and not view.get("title"),
        "missing required field: blocks": not isinstance(blocks, list),
        "missing required field: submit": _lacks_submit(kind, view, parts),
    }
    messages = [
        f"[ERROR] {problem} [json-pointer:/view]" for problem, is_so in problems.items() if is_so
    ]
    messages += _label_problems(view)
    at = "/view/blocks"
    messages += [f"[ERROR] {problem}" for problem in problems_of(parts, surface, at=at)]
    if _is_taken(request, view):
        raise Refused("duplicate_external_id")
    if messages:
        raise Refused("invalid_arguments", response_metadata={"messages": messages})
    return view


def _lacks_submit(kind: str, view: Json, blocks: list[Any]) -> bool:
    """Whether a modal with an input has no button that sends it."""
    inputs = [block for block in objects_in(blocks) if block.get("type") == "input"]
    return kind == "modal" and bool(inputs) and not view.get("submit")


def _label_problems(view: Json) -> list[str]:
    """What is wrong with the title and the buttons, which are short."""
    found = [
        problem
        for name in ("title", "submit", "close")
        if view.get(name)
        for problem in text_problems(view[name], f"/view/{name}", most=24, plain=True)
    ]
    return [f"[ERROR] {what} [json-pointer:{where}]" for what, where in found]


def _is_taken(request: Request, view: Json) -> bool:
    """Whether another view of the app has its external id."""
    external_id = str(view.get("external_id") or "")
    found = request.state.views.find_external(external_id) if external_id else None
    return found is not None and request.method in ("views.open", "views.push")


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
    request.state.functions.note(request.token.execution, made["id"])
    return {"view": dict(made)}
