"""users.list, users.info, users.getPresence, users.setPresence, users.conversations."""

from __future__ import annotations

from rxslack.simulator.methods.conversations import chosen
from rxslack.simulator.methods.request import Method, Request, page_of
from rxslack.simulator.sockets.registry import set_presence
from rxslack.simulator.team.access import Refused
from rxslack.simulator.team.text import Json


@Method("users.list", "tier2", ("users:read",), takes_json=False)
def list_users(request: Request) -> Json:
    """
    Everybody of the workspace; who is only met in shared channels is found by users.info.

    Source: docs.slack.dev/reference/methods/users.list.
    """
    team = request.team
    own = [person for person in team.people.values() if not person.team]
    people, metadata = page_of(request, own)
    members = [team.user(person) for person in people]
    return {"members": members, "cache_ts": int(team.clock())} | metadata


@Method("users.info", "tier4", ("users:read",), takes_json=False)
def info(request: Request) -> Json:
    """One user. Source: docs.slack.dev/reference/methods/users.info."""
    return {"user": request.team.user(request.person())}


@Method("users.getPresence", "tier3", ("users:read",))
def get_presence(request: Request) -> Json:
    """Whether somebody is there. Source: docs.slack.dev/reference/methods/users.getPresence."""
    person = request.person() if request.text("user") else None
    wanted = person or request.team.people[request.user_id]
    answer: Json = {"presence": wanted.presence}
    if wanted.id != request.user_id:
        return answer
    away = wanted.presence == "away"
    return answer | {
        "online": not away,
        "auto_away": False,
        "manual_away": away,
        "connection_count": 0 if away else 1,
        "last_activity": int(request.team.clock()),
    }


@Method("users.setPresence", "tier2", ("users:write", "bot", "client"))
def set_own_presence(request: Request) -> Json:
    """Be away, or as Slack sees it. Source: docs.slack.dev/reference/methods/users.setPresence."""
    wanted = request.required("presence")
    if wanted not in {"auto", "away"}:
        raise Refused("invalid_presence")
    person = request.team.people[request.user_id]
    state = request.state
    set_presence(state.team, state.sockets, person, "away" if wanted == "away" else "active")
    return {}


@Method("users.conversations", "tier3", ("channels:read",), takes_json=False)
def conversations(request: Request) -> Json:
    """Where somebody is a member. Source: docs.slack.dev/reference/methods/users.conversations."""
    team = request.team
    member = request.text("user") or request.user_id
    found = [channel for channel in chosen(request) if member in channel.members]
    page, metadata = page_of(request, found)
    return {"channels": [team.shown(channel, request.user_id) for channel in page]} | metadata
