"""functions.completeSuccess, functions.completeError: how an app ends a step of a workflow."""

from __future__ import annotations

from typing import Any, cast

from rxslack.simulator.methods.request import Method, Request
from rxslack.simulator.team.access import Refused
from rxslack.simulator.team.text import Json


@Method("functions.completeSuccess", "tier3")
def complete_success(request: Request) -> Json:
    """Say that it is done. Source: docs.slack.dev/reference/methods/functions.completeSuccess."""
    found: Any = request.structure("outputs", "invalid_arguments")
    outputs = cast("Json", found) if isinstance(found, dict) else {}
    return _end(request, {"outputs": outputs, "error": None})


@Method("functions.completeError", "tier3")
def complete_error(request: Request) -> Json:
    """Say that it failed. Source: docs.slack.dev/reference/methods/functions.completeError."""
    return _end(request, {"outputs": None, "error": request.required("error")})


def _end(request: Request, how: Json) -> Json:
    step = request.state.functions.find(request.required("function_execution_id"))
    if step is None:
        raise Refused("function_execution_not_found")
    if step["completed"]:
        raise Refused("function_already_completed")
    step |= {"completed": True, **how}
    request.team.changes.notify()
    return {}
