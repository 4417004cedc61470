"""usergroups.create, update, list, enable, disable; usergroups.users.list, usergroups.users.update."""

from __future__ import annotations

from typing import Final

from rxslack.simulator.methods.request import Method, Request
from rxslack.simulator.team.access import Refused
from rxslack.simulator.team.text import Json

READ: Final = ("usergroups:read",)
WRITE: Final = ("usergroups:write",)


@Method("usergroups.list", "tier2", READ, takes_json=False)
def list_groups(request: Request) -> Json:
    """Those there are. Source: docs.slack.dev/reference/methods/usergroups.list."""
    disabled = request.flag("include_disabled")
    found = [one for one in request.team.usergroups.values() if disabled or not one["date_delete"]]
    return {"usergroups": [_shown(request, group) for group in found]}


@Method("usergroups.create", "tier2", WRITE)
def create(request: Request) -> Json:
    """Make one. Source: docs.slack.dev/reference/methods/usergroups.create."""
    team, name = request.team, request.required("name")
    handle = request.text("handle") or name.lower().replace(" ", "-")
    if any(handle == group["handle"] for group in team.usergroups.values()):
        raise Refused("name_already_exists")
    channels = [one for one in request.text("channels").split(",") if one]
    now = int(team.clock())
    with team.lock:
        group: Json = {
            "id": team.identity.new("S"),
            "team_id": team.id,
            "is_usergroup": True,
            "is_subteam": True,
            "is_external": False,
            "is_section": False,
            "name": name,
            "description": request.text("description"),
            "handle": handle,
            "date_create": now,
            "date_update": now,
            "date_delete": 0,
            "auto_type": None,
            "auto_provision": False,
            "enterprise_subteam_id": "",
            "created_by": request.user_id,
            "updated_by": request.user_id,
            "deleted_by": None,
            "prefs": {"channels": channels, "groups": list[str]()},
            "users": list[str](),
            "user_count": 0,
            "channel_count": len(channels),
        }
        team.usergroups[group["id"]] = group
    _tell(request, "subteam_created", group)
    return {"usergroup": _shown(request, group)}


@Method("usergroups.update", "tier2", WRITE)
def update(request: Request) -> Json:
    """Change one. Source: docs.slack.dev/reference/methods/usergroups.update."""
    group = _group(request)
    for name in ("name", "handle", "description"):
        if request.text(name):
            group[name] = request.text(name)
    return _changed(request, group)


@Method("usergroups.disable", "tier2", WRITE)
def disable(request: Request) -> Json:
    """Put one away. Source: docs.slack.dev/reference/methods/usergroups.disable."""
    group = _group(request)
    group |= {"date_delete": int(request.team.clock()), "deleted_by": request.user_id}
    return _changed(request, group)


@Method("usergroups.enable", "tier2", WRITE)
def enable(request: Request) -> Json:
    """Take it up again. Source: docs.slack.dev/reference/methods/usergroups.enable."""
    group = _group(request)
    group |= {"date_delete": 0, "deleted_by": None}
    return _changed(request, group)


@Method("usergroups.users.list", "tier2", READ, takes_json=False)
def list_members(request: Request) -> Json:
    """Who is in it. Source: docs.slack.dev/reference/methods/usergroups.users.list."""
    return {"users": [*_group(request)["users"]]}


@Method("usergroups.users.update", "tier2", WRITE)
def update_members(request: Request) -> Json:
    """Say who is in it. Source: docs.slack.dev/reference/methods/usergroups.users.update."""
    group, team = _group(request), request.team
    users = [user.strip() for user in request.required("users").split(",")]
    if any(user not in team.people for user in users):
        raise Refused("invalid_users")
    before: list[str] = group["users"]
    group |= {"users": users, "user_count": len(users)}
    answer = _changed(request, group)
    for user in {*before} ^ {*users}:
        kind = "subteam_self_added" if user in users else "subteam_self_removed"
        with team.lock:
            team.feed.publish(
                {"type": kind, "subteam_id": group["id"], "event_ts": team.stamps.next()}, to=[user]
            )
    return answer


def _group(request: Request) -> Json:
    group = request.team.usergroups.get(request.required("usergroup"))
    if group is None:
        raise Refused("no_such_subteam")
    return group


def _changed(request: Request, group: Json) -> Json:
    group |= {"date_update": int(request.team.clock()), "updated_by": request.user_id}
    _tell(request, "subteam_updated", group)
    return {"usergroup": _shown(request, group, always=True)}


def _shown(request: Request, group: Json, *, always: bool = False) -> Json:
    hidden = () if always or request.flag("include_users") else ("users",)
    return {name: value for name, value in group.items() if name not in hidden}


def _tell(request: Request, kind: str, group: Json) -> None:
    team = request.team
    with team.lock:
        event = {"type": kind, "subteam": dict(group), "event_ts": team.stamps.next()}
        team.feed.publish(event)
