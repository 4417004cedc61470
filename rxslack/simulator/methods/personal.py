"""dnd.info, setSnooze, endSnooze, endDnd, teamInfo; reminders.add, list, info, complete, delete."""

from __future__ import annotations

from typing import Final

from rxslack.simulator.methods.request import Method, Request
from rxslack.simulator.team.access import Refused
from rxslack.simulator.team.text import Json

PERSON: Final = ("xoxp",)


@Method("dnd.info", "tier3", ("dnd:read",), takes_json=False)
def info(request: Request) -> Json:
    """Whether somebody wants to be left alone. Source: docs.slack.dev/reference/methods/dnd.info."""
    user = request.person().id if request.text("user") else request.user_id
    return _status(request, user)


@Method("dnd.teamInfo", "tier2", ("dnd:read",), takes_json=False)
def team_info(request: Request) -> Json:
    """The same of several. Source: docs.slack.dev/reference/methods/dnd.teamInfo."""
    users = [user for user in request.required("users").split(",") if user in request.team.people]
    names = ("dnd_enabled", "next_dnd_start_ts", "next_dnd_end_ts")
    shown = {user: _status(request, user) for user in users}
    return {"users": {user: {name: one[name] for name in names} for user, one in shown.items()}}


@Method("dnd.setSnooze", "tier2", ("dnd:write",), kinds=PERSON)
def set_snooze(request: Request) -> Json:
    """Be left alone for minutes. Source: docs.slack.dev/reference/methods/dnd.setSnooze."""
    minutes = request.number("num_minutes", 0, most=7 * 24 * 60)
    if not minutes:
        raise Refused("invalid_arguments")
    request.team.snoozes[request.user_id] = int(request.team.clock()) + 60 * minutes
    return _told(request)


@Method("dnd.endSnooze", "tier2", ("dnd:write",), kinds=PERSON)
def end_snooze(request: Request) -> Json:
    """Be there again. Source: docs.slack.dev/reference/methods/dnd.endSnooze."""
    if request.team.snoozes.pop(request.user_id, 0) <= request.team.clock():
        raise Refused("snooze_not_active")
    return _told(request)


@Method("dnd.endDnd", "tier2", ("dnd:write",), kinds=PERSON)
def end(request: Request) -> Json:
    """The same for the session. Source: docs.slack.dev/reference/methods/dnd.endDnd."""
    request.team.snoozes.pop(request.user_id, None)
    _told(request)
    return {}


@Method("reminders.add", "tier2", ("reminders:write",), kinds=PERSON)
def add(request: Request) -> Json:
    """Be reminded; here nobody reminds. Source: docs.slack.dev/reference/methods/reminders.add."""
    team = request.team
    try:
        at = int(request.required("time"))
    except ValueError as error:
        raise Refused("cannot_parse") from error
    at = at if at > 10**8 else int(team.clock()) + at
    with team.lock:
        made: Json = {
            "id": team.identity.new("Rm"),
            "creator": request.user_id,
            "user": request.text("user") or request.user_id,
            "text": request.required("text"),
            "recurring": False,
            "time": at,
            "complete_ts": 0,
        }
        team.reminders[made["id"]] = made
    return {"reminder": made}


@Method("reminders.list", "tier2", ("reminders:read",), kinds=PERSON, takes_json=False)
def list_reminders(request: Request) -> Json:
    """One's own. Source: docs.slack.dev/reference/methods/reminders.list."""
    mine = [one for one in request.team.reminders.values() if one["creator"] == request.user_id]
    return {"reminders": mine}


@Method("reminders.info", "tier2", ("reminders:read",), kinds=PERSON, takes_json=False)
def reminder(request: Request) -> Json:
    """One. Source: docs.slack.dev/reference/methods/reminders.info."""
    return {"reminder": _reminder(request)}


@Method("reminders.complete", "tier2", ("reminders:write",), kinds=PERSON)
def complete(request: Request) -> Json:
    """Have it done. Source: docs.slack.dev/reference/methods/reminders.complete."""
    _reminder(request)["complete_ts"] = int(request.team.clock())
    return {}


@Method("reminders.delete", "tier2", ("reminders:write",), kinds=PERSON)
def delete(request: Request) -> Json:
    """Forget it. Source: docs.slack.dev/reference/methods/reminders.delete."""
    del request.team.reminders[_reminder(request)["id"]]
    return {}


def _reminder(request: Request) -> Json:
    found = request.team.reminders.get(request.required("reminder"))
    if found is None or found["creator"] != request.user_id:
        raise Refused("not_found")
    return found


def _status(request: Request, user: str) -> Json:
    team = request.team
    until, now = team.snoozes.get(user, 0), int(team.clock())
    snoozes = until > now
    status: Json = {
        "dnd_enabled": snoozes,
        "next_dnd_start_ts": now if snoozes else 1,
        "next_dnd_end_ts": until if snoozes else 1,
        "snooze_enabled": snoozes,
    }
    if snoozes:
        status |= {
            "snooze_endtime": until,
            "snooze_remaining": until - now,
            "snooze_is_indefinite": False,
        }
    return status


def _told(request: Request) -> Json:
    team, user = request.team, request.user_id
    status = _status(request, user)
    with team.lock:
        event = {"user": user, "dnd_status": status, "event_ts": team.stamps.next()}
        team.feed.publish({"type": "dnd_updated_user", **event})
        team.feed.publish({"type": "dnd_updated", **event}, to=[user])
    return status
