"""rtm.connect and its old name."""

from __future__ import annotations

from rxslack.simulator.request import Method, Request
from rxslack.simulator.wire import Json

__all__ = ["METHODS"]


def connect(request: Request) -> Json:
    """
    A websocket's URL, good once and for half a minute.

    Source: docs.slack.dev/legacy/legacy-rtm-api, docs.slack.dev/reference/methods/rtm.connect.
    """
    state = request.state
    team, person = state.team, state.team.people[request.user_id]
    ticket = state.tickets.issue(request.token, batch_presence=request.flag("batch_presence_aware"))
    return {
        "url": state.socket_url(f"/websocket/{ticket}"),
        "team": {"id": team.id, "name": team.name, "domain": team.domain},
        "self": {"id": person.id, "name": person.name},
    }


def start(request: Request) -> Json:
    """
    The same since 2022.

    Source: api.slack.com/changelog/2021-10-rtm-start-to-stop.
    """
    return connect(request) | {"warning": "method_deprecated"}


METHODS = {
    "rtm.connect": Method(connect, "tier1", ("rtm:stream", "client")),
    "rtm.start": Method(start, "tier1", ("rtm:stream", "client")),
}
