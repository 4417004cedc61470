"""users.lookupByEmail, users.profile.get, users.profile.set, users.identity, team.profile.get."""

from __future__ import annotations

from typing import Any, Final, cast

from rxslack.simulator.methods.request import Method, Request
from rxslack.simulator.team.access import Refused
from rxslack.simulator.team.people import PROFILE_FIELDS, Person
from rxslack.simulator.team.text import Json

LONGEST_STATUS: Final = 100


@Method("users.lookupByEmail", "tier3", ("users:read.email",), takes_json=False)
def lookup_by_email(request: Request) -> Json:
    """Who has an address. Source: docs.slack.dev/reference/methods/users.lookupByEmail."""
    wanted = request.required("email").lower()
    for person in request.team.people.values():
        if person.email.lower() == wanted and not person.is_bot:
            return {"user": request.team.user(person)}
    raise Refused("users_not_found")


@Method("users.profile.get", "tier4", ("users.profile:read", "users:read"), takes_json=False)
def get_profile(request: Request) -> Json:
    """What somebody says of themselves. Source: docs.slack.dev/reference/methods/users.profile.get."""
    return {"profile": _profile(request, _whose(request))}


@Method("users.profile.set", "tier3", ("users.profile:write",))
def set_profile(request: Request) -> Json:
    """
    Change it, the status among it, and tell `user_change`, `user_profile_changed`, and perhaps `user_status_changed`.

    Source: docs.slack.dev/reference/methods/users.profile.set.
    """
    person, team = _whose(request), request.team
    found: Any = request.structure("profile", "invalid_profile")
    said = cast("Json", found) if isinstance(found, dict) else {}
    if request.text("name"):
        said = {request.text("name"): request.text("value")}
    if not said:
        raise Refused("invalid_profile")
    if len(str(said.get("status_text") or "")) > LONGEST_STATUS:
        raise Refused("too_long")
    with team.lock:
        person.profile |= {name: value for name, value in said.items() if name in PROFILE_FIELDS}
        person.updated = int(team.clock())
        kinds = ["user_change", "user_profile_changed"]
        kinds += ["user_status_changed"] if any("status" in name for name in said) else []
        team.tell_user(person, *kinds)
    return {"username": person.name, "profile": _profile(request, person)}


@Method("users.identity", "tier4", ("identity.basic",), kinds=("xoxp",), takes_json=False)
def identity(request: Request) -> Json:
    """Who one is, for Sign in with Slack. Source: docs.slack.dev/reference/methods/users.identity."""
    person = request.team.people[request.user_id]
    shown = _profile(request, person)
    user = {"id": person.id, "name": shown["real_name"], "email": person.email}
    return {"user": user, "team": {"id": request.team.id, "name": request.team.name}}


@Method("team.profile.get", "tier3", ("users.profile:read",), takes_json=False)
def team_profile(request: Request) -> Json:
    """Which fields profiles have: no more than Slack's own. Source: docs.slack.dev/reference/methods/team.profile.get."""
    del request
    return {"profile": {"fields": list[Json](), "sections": list[Json]()}}


def _whose(request: Request) -> Person:
    if request.text("user"):
        return request.person()
    return request.team.people[request.user_id]


def _profile(request: Request, person: Person) -> Json:
    shown: Json = request.team.user(person)["profile"]
    return shown
