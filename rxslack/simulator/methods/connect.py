"""rtm.connect, rtm.start, apps.connections.open."""

from __future__ import annotations

from rxslack.simulator.methods.request import Method, Request
from rxslack.simulator.team.text import Json


@Method("rtm.connect", "tier1", ("rtm:stream", "client"))
def connect(request: Request) -> Json:
    """
    A websocket's URL, good once and for half a minute.

    Source: docs.slack.dev/legacy/legacy-rtm-api, docs.slack.dev/reference/methods/rtm.connect.
    """
    state = request.state
    team, person = state.team, state.team.people[request.user_id]
    batch_presence = request.flag("batch_presence_aware")
    return {
        "url": state.rtm.issue_ticket(request.token, batch_presence=batch_presence),
        "team": {"id": team.id, "name": team.name, "domain": team.domain},
        "self": {"id": person.id, "name": person.name},
    }


@Method("rtm.start", "tier1", ("rtm:stream", "client"))
def start(request: Request) -> Json:
    """
    The same since 2022.

    Source: api.slack.com/changelog/2021-10-rtm-start-to-stop.
    """
    return connect(request) | {"warning": "method_deprecated"}


@Method(
    "apps.connections.open", "tier3", ("connections:write",), kinds=("xapp",), token_in_header=True
)
def open_connection(request: Request) -> Json:
    """
    A Socket Mode websocket's URL; its ticket is in the query.

    Source: docs.slack.dev/reference/methods/apps.connections.open.
    """
    return {"url": request.state.socket_mode.issue_ticket()}
