"""conversations.create, rename, setTopic, setPurpose, archive, unarchive, invite, kick, mark, close."""

from __future__ import annotations

import re
from typing import Any, Final

from rxslack.simulator.methods.request import Method, Request
from rxslack.simulator.team.access import Refused
from rxslack.simulator.team.channel import Channel
from rxslack.simulator.team.channel_events import announce, announce_channel
from rxslack.simulator.team.membership import join, leave
from rxslack.simulator.team.messages import post
from rxslack.simulator.team.text import Json

MANAGE: Final = ("channels:manage", "groups:write", "channels:write", "im:write", "mpim:write")
LONGEST_NAME: Final = 80
LONGEST_TEXT: Final = 250
MOST_INVITED: Final = 100


@Method("conversations.create", "tier2", MANAGE)
def create(request: Request) -> Json:
    """Make a channel. Source: docs.slack.dev/reference/methods/conversations.create."""
    team, name = request.team, _name(request)
    kind = "private" if request.flag("is_private") else "public"
    with team.lock:
        channel = team.add_channel(
            name, kind=kind, members=[request.user_id], creator=request.user_id
        )
        announce_channel(team, channel)
    return {"channel": team.shown(channel, request.user_id)}


@Method("conversations.rename", "tier2", MANAGE)
def rename(request: Request) -> Json:
    """Give it another name. Source: docs.slack.dev/reference/methods/conversations.rename."""
    channel, name = _changeable(request), _name(request)
    team = request.team
    with team.lock:
        old, channel.name = channel.name, name
        channel.previous_names.insert(0, old)
        shown = team.shown(channel, request.user_id)
        about = {key: shown[key] for key in shown if key in _RENAMED}
        kind = "channel_rename" if channel.kind == "public" else "group_rename"
        announce(team, channel, kind, about=about)
        _notice(
            request,
            channel,
            "name",
            f"has renamed the channel from “{old}” to “{name}”",
            old_name=old,
            name=name,
        )
    return {"channel": team.shown(channel, request.user_id)}


@Method("conversations.setTopic", "tier2", MANAGE)
def set_topic(request: Request) -> Json:
    """Say what it is about now. Source: docs.slack.dev/reference/methods/conversations.setTopic."""
    channel = _set_text(request, "topic")
    return {"channel": request.team.shown(channel, request.user_id)}


@Method("conversations.setPurpose", "tier2", MANAGE)
def set_purpose(request: Request) -> Json:
    """Say what it is for. Source: docs.slack.dev/reference/methods/conversations.setPurpose."""
    channel = _set_text(request, "purpose")
    return {"purpose": channel.purpose["value"]}


@Method("conversations.archive", "tier2", MANAGE)
def archive(request: Request) -> Json:
    """Close it for all. Source: docs.slack.dev/reference/methods/conversations.archive."""
    channel = _changeable(request)
    if channel.archived:
        raise Refused("already_archived")
    if channel.name == "general":
        raise Refused("cant_archive_general")
    _notice(request, channel, "archive", "archived the channel", members=[*channel.members])
    channel.archived = True
    _announce_archive(request, channel, "archive")
    return {}


@Method("conversations.unarchive", "tier2", MANAGE)
def unarchive(request: Request) -> Json:
    """Open it again. Source: docs.slack.dev/reference/methods/conversations.unarchive."""
    channel = request.channel()
    if not channel.archived:
        raise Refused("not_archived")
    channel.archived = False
    _announce_archive(request, channel, "unarchive")
    _notice(request, channel, "unarchive", "un-archived the channel")
    return {}


@Method("conversations.invite", "tier3", (*MANAGE, "channels:write.invites"))
def invite(request: Request) -> Json:
    """Bring people in. Source: docs.slack.dev/reference/methods/conversations.invite."""
    channel, team = _changeable(request), request.team
    users = [user.strip() for user in request.required("users").split(",") if user.strip()]
    if len(users) > MOST_INVITED:
        raise Refused("limit_reached")
    problems = [found for user in users if (found := _objection(request, channel, user))]
    if problems and not (request.flag("force") and len(problems) < len(users)):
        raise Refused(problems[0]["error"], errors=problems)
    for user in users:
        if user in team.people:
            join(team, channel, user, inviter=request.user_id)
    return {"channel": team.shown(channel, request.user_id)}


@Method("conversations.kick", "tier3", MANAGE)
def kick(request: Request) -> Json:
    """Take somebody out. Source: docs.slack.dev/reference/methods/conversations.kick."""
    channel, person = _changeable(request), request.person()
    if person.id == request.user_id:
        raise Refused("cant_kick_self")
    if channel.name == "general":
        raise Refused("cant_kick_from_general")
    if not leave(request.team, channel, person.id):
        raise Refused("not_in_channel")
    return {"errors": {}}


@Method("conversations.mark", "tier3", MANAGE)
def mark(request: Request) -> Json:
    """Say how far one has read. Source: docs.slack.dev/reference/methods/conversations.mark."""
    channel, ts, team = request.channel(), request.required("ts"), request.team
    if request.user_id not in channel.members:
        raise Refused("not_in_channel")
    with team.lock:
        channel.last_read[request.user_id] = ts
        unread = [one for one in channel.messages if float(one["ts"]) > float(ts)]
        kinds = {"public": "channel", "private": "group", "im": "im", "mpim": "mpim"}
        event: Json = {
            "type": f"{kinds[channel.kind]}_marked",
            "channel": channel.id,
            "ts": ts,
            "unread_count": len(unread),
            "unread_count_display": len(unread),
            "num_mentions": 0,
            "num_mentions_display": 0,
            "mention_count": 0,
            "mention_count_display": 0,
            "event_ts": team.stamps.next(),
        }
        if channel.kind == "im":
            event |= {"dm_count": len(unread)}
        elif channel.kind != "public":
            event |= {"is_mpim": channel.kind == "mpim"}
        team.feed.publish(event, to=[request.user_id])
    return {}


@Method("conversations.close", "tier2", ("im:write", "mpim:write", "channels:write"))
def close(request: Request) -> Json:
    """Put a direct message away. Source: docs.slack.dev/reference/methods/conversations.close."""
    channel, team = request.channel(), request.team
    if channel.kind not in {"im", "mpim"}:
        raise Refused("method_not_supported_for_channel_type")
    kind = "im_close" if channel.kind == "im" else "mpim_close"
    with team.lock:
        event = {"type": kind, "user": request.user_id, "channel": channel.id}
        team.feed.publish({**event, "event_ts": team.stamps.next()}, to=[request.user_id])
    return {}


_RENAMED: Final = frozenset(["id", "name", "name_normalized", "created", "is_channel", "is_mpim"])


def _changeable(request: Request) -> Channel:
    """A channel of which the caller is a member."""
    channel = request.channel()
    if channel.kind == "im":
        raise Refused("method_not_supported_for_channel_type")
    if channel.archived and request.method != "conversations.archive":
        raise Refused("is_archived")
    if request.user_id not in channel.members:
        raise Refused("not_in_channel")
    return channel


def _name(request: Request) -> str:
    """
    A name for a channel.

    Raises: Refused, with the cause.
    """
    name = request.text("name").removeprefix("#")
    if not name:
        raise Refused("invalid_name_required")
    if len(name) > LONGEST_NAME:
        raise Refused("invalid_name_maxlength")
    if not re.search(r"\w", name):
        raise Refused("invalid_name_punctuation")
    if not re.fullmatch(r"[\w-]+", name) or name != name.lower():
        raise Refused("invalid_name_specials")
    if any(name == channel.name for channel in request.team.channels.values()):
        raise Refused("name_taken")
    return name


def _objection(request: Request, channel: Channel, user: str) -> Json | None:
    """Why somebody cannot be invited."""
    error = ""
    if user not in request.team.people:
        error = "user_not_found"
    elif user == request.user_id:
        error = "cant_invite_self"
    elif user in channel.members:
        error = "already_in_channel"
    return {"user": user, "ok": False, "error": error} if error else None


def _set_text(request: Request, name: str) -> Channel:
    channel, team = _changeable(request), request.team
    value = request.text(name)
    if len(value) > LONGEST_TEXT:
        raise Refused("too_long")
    new = {"value": value, "creator": request.user_id, "last_set": int(team.clock())}
    with team.lock:
        if name == "topic":
            channel.topic = new
        else:
            channel.purpose = new
        what = f"set the channel {name}: {value}" if value else f"cleared the channel {name}"
        _notice(request, channel, name, what, **{name: value})
    return channel


def _announce_archive(request: Request, channel: Channel, act: str) -> None:
    kind = "channel" if channel.kind == "public" else "group"
    who: Json = {"user": request.user_id, "actor_id": request.user_id}
    announce(request.team, channel, f"{kind}_{act}", **who, is_moved=0)


def _notice(request: Request, channel: Channel, act: str, what: str, **fields: Any) -> None:
    """The message in which the channel is told."""
    kind = "channel" if channel.kind == "public" else "group"
    text = f"<@{request.user_id}> {what}"
    draft = {"subtype": f"{kind}_{act}", "user": request.user_id, "text": text, **fields}
    post(request.team, channel, draft)
