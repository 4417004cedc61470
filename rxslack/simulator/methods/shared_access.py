"""Who may do what with canvases and lists: canvases.access.* and slackLists.access.* are alike."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Final

from rxslack.simulator.methods.request import Request
from rxslack.simulator.team.access import Refused
from rxslack.simulator.team.file_objects import Access, File
from rxslack.simulator.team.files import may_see
from rxslack.simulator.team.text import Json

__all__ = ["documents", "give_access", "take_access"]

_LEVELS: Final[Mapping[str, Access]] = {"read": "read", "write": "write", "owner": "owner"}


def documents(request: Request, name: str, kind: str, wanted: str) -> File:
    """
    The canvas or list whose id an argument holds.

    Args:
        request: the call.
        name: of the argument.
        kind: "canvas" or "list".
        wanted: "read", or "write" for what only some may do.

    Raises: Refused, "canvas_not_found" or "list_not_found", or "restricted_action".
    """
    file = request.state.files.find(request.required(name))
    user, team = request.user_id, request.team
    if file is None or file.kind != kind or not may_see(team, file, user):
        raise Refused(f"{kind}_not_found")
    if wanted == "write" and user != file.owner:
        places = [one for one in file.access if one in team.channels]
        inside = [user, *(one for one in places if user in team.channels[one].members)]
        if all(file.access.get(one) not in ("write", "owner") for one in inside):
            raise Refused("restricted_action")
    return file


def give_access(request: Request, file: File) -> Json:
    """
    Let users or channels read or write.

    Source: docs.slack.dev/reference/methods/canvases.access.set.
    """
    level = request.required("access_level")
    users, channels = request.ids("user_ids"), request.ids("channel_ids")
    if level not in _LEVELS or bool(users) == bool(channels) or (level == "owner" and channels):
        raise Refused("invalid_parameters")
    if level == "owner" and (len(users) != 1 or request.user_id != file.owner):
        raise Refused("restricted_action")
    known = _known(request, [*users, *channels])
    with request.team.lock:
        file.access |= dict.fromkeys(known, _LEVELS[level])
        if level == "owner" and known:
            file.owner = known[0]
    return _failed(users, channels, known)


def take_access(request: Request, file: File) -> Json:
    """
    Take it from them again.

    Source: docs.slack.dev/reference/methods/canvases.access.delete.
    """
    users, channels = request.ids("user_ids"), request.ids("channel_ids")
    if bool(users) == bool(channels):
        raise Refused("invalid_parameters")
    known = _known(request, [*users, *channels])
    with request.team.lock:
        for one in known:
            file.access.pop(one, None)
    return _failed(users, channels, known)


def _known(request: Request, ids: Iterable[str]) -> list[str]:
    team = request.team
    return [one for one in ids if one in team.people or one in team.channels]


def _failed(users: list[str], channels: list[str], known: list[str]) -> Json:
    answer: Json = {}
    for what, ids in (("user", users), ("channel", channels)):
        if lost := [one for one in ids if one not in known]:
            answer[f"failed_to_update_{what}_ids"] = lost
    return answer
