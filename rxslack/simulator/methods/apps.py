"""apps.connections.open."""

from __future__ import annotations

from rxslack.simulator.request import Method, Request
from rxslack.simulator.wire import Json

__all__ = ["METHODS"]


def open_connection(request: Request) -> Json:
    """
    A Socket Mode websocket's URL; its ticket is in the query.

    Source: docs.slack.dev/reference/methods/apps.connections.open.
    """
    state = request.state
    return {"url": state.socket_url(state.socket_mode.issue(state))}


METHODS = {
    "apps.connections.open": Method(
        open_connection,
        "tier3",
        ("connections:write",),
        kinds=("xapp",),
        token_in_header=True,
    ),
}
