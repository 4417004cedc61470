"""conversations.list, info, members, open, join, leave."""

from __future__ import annotations

from rxslack.simulator.methods.request import Method, Request, page_of
from rxslack.simulator.team.access import Refused
from rxslack.simulator.team.channel import Channel
from rxslack.simulator.team.channel_events import direct
from rxslack.simulator.team.membership import join, leave
from rxslack.simulator.team.text import Json

__all__ = ["chosen"]


KINDS = {"public_channel": "public", "private_channel": "private", "im": "im", "mpim": "mpim"}


READ = ("channels:read", "groups:read", "im:read", "mpim:read")


def chosen(request: Request) -> list[Channel]:
    """
    The conversations of the wanted types that the caller may see.

    Raises: Refused("invalid_types").
    """
    wanted = [kind.strip() for kind in request.text("types", "public_channel").split(",")]
    if unknown := [kind for kind in wanted if kind not in KINDS]:
        raise Refused("invalid_types", arg=unknown[0])
    kinds = {KINDS[kind] for kind in wanted}
    archived = not request.flag("exclude_archived")
    return [
        channel
        for channel in request.team.channels.values()
        if channel.kind in kinds
        and (archived or not channel.archived)
        and channel.is_visible_to(request.user_id)
    ]


@Method("conversations.list", "tier2", READ, takes_json=False)
def list_conversations(request: Request) -> Json:
    """What there is. Source: docs.slack.dev/reference/methods/conversations.list."""
    team = request.team
    page, metadata = page_of(request, chosen(request))
    return {"channels": [team.shown(channel, request.user_id) for channel in page]} | metadata


@Method("conversations.info", "tier3", READ, takes_json=False)
def info(request: Request) -> Json:
    """One conversation. Source: docs.slack.dev/reference/methods/conversations.info."""
    channel = request.channel()
    shown = request.team.shown(channel, request.user_id)
    if not request.flag("include_num_members"):
        shown.pop("num_members", None)
    return {"channel": shown}


@Method("conversations.members", "tier4", READ, takes_json=False)
def members(request: Request) -> Json:
    """Who is in it. Source: docs.slack.dev/reference/methods/conversations.members."""
    page, metadata = page_of(request, [*request.channel().members])
    return {"members": page} | metadata


@Method("conversations.open", "tier3", ("im:write", "mpim:write"))
def open_direct(request: Request) -> Json:
    """
    A direct message, or a group of them.

    Source: docs.slack.dev/reference/methods/conversations.open.
    """
    team = request.team
    if request.text("channel"):
        channel, known = request.channel(), True
    else:
        users = [user.strip() for user in request.required("users").split(",")]
        if any(user not in team.people for user in users):
            raise Refused("user_not_found")
        channel, known = direct(team, users, request.user_id)
    shown = team.shown(channel, request.user_id)
    answer: Json = {"channel": shown if request.flag("return_im") else {"id": channel.id}}
    return answer | ({"no_op": True, "already_open": True} if known else {})


@Method("conversations.join", "tier3", ("channels:join", "channels:write"))
def join_channel(request: Request) -> Json:
    """Become a member. Source: docs.slack.dev/reference/methods/conversations.join."""
    channel = request.channel()
    if channel.kind != "public":
        raise Refused("method_not_supported_for_channel_type")
    if channel.archived:
        raise Refused("is_archived")
    joined = join(request.team, channel, request.user_id)
    answer: Json = {"channel": request.team.shown(channel, request.user_id)}
    return answer | ({} if joined else {"warning": "already_in_channel"})


@Method("conversations.leave", "tier3", ("channels:write", "channels:join"))
def leave_channel(request: Request) -> Json:
    """Be one no more. Source: docs.slack.dev/reference/methods/conversations.leave."""
    left = leave(request.team, request.channel(), request.user_id)
    return {} if left else {"not_in_channel": True}
