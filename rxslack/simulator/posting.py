"""Messages: said, edited, deleted, and the threads they make. Each tells its events."""

from __future__ import annotations

from collections.abc import Mapping
from copy import deepcopy
from typing import Any

from rxslack.simulator.channel import Channel
from rxslack.simulator.feed import FeedSubscriber
from rxslack.simulator.refusal import Refused
from rxslack.simulator.team import SLACKBOT, Team
from rxslack.simulator.threads import count_reply, forget_reply, root_of
from rxslack.simulator.wire import Json

__all__ = ["delete", "edit", "post"]


def post(
    team: Team,
    channel: Channel,
    draft: Mapping[str, Any],
    *,
    thread_ts: str | None = None,
    broadcast: bool = False,
    but: FeedSubscriber | None = None,
) -> Json:
    """
    Keep a message and tell it.

    Args:
        team: where.
        channel: the conversation.
        draft: the message without its `type`, `ts` and thread fields.
        thread_ts: the message it answers to.
        broadcast: whether a reply is shown in the channel too.
        but: the socket that is not told, because it sent the message itself.

    Raises: Refused("thread_not_found").
    """
    with team.lock:
        parent = _parent(channel, thread_ts)
        ts = channel.stamps.next()
        message: Json = {"type": "message", **draft, "ts": ts, "team": team.id}
        if parent is not None:
            message |= {"thread_ts": parent["ts"], "parent_user_id": parent.get("user")}
            if broadcast:
                message |= {"subtype": "thread_broadcast", "root": root_of(parent)}
        channel.add(message)
        if parent is not None:
            count_reply(team, channel, parent, message)
        team.publish(_live(team, channel, message), to=channel.members, but=but)
        return deepcopy(message)


def _parent(channel: Channel, thread_ts: str | None) -> Json | None:
    if thread_ts is None:
        return None
    parent = channel.find(thread_ts)
    if parent is not None and parent.get("thread_ts", thread_ts) != thread_ts:
        parent = channel.find(parent["thread_ts"])
    if parent is None:
        raise Refused("thread_not_found")
    return parent


def _live(team: Team, channel: Channel, message: Json) -> Json:
    """A message as it goes over the socket: with its channel, and more."""
    return message | {
        "channel": channel.id,
        "event_ts": message["ts"],
        "source_team": team.id,
        "user_team": team.id,
        "suppress_notification": False,
    }


def edit(team: Team, channel: Channel, message: Json, changes: Mapping[str, Any], by: str) -> Json:
    """
    Change a message and tell `message_changed`.

    Args:
        team: where.
        channel: the conversation.
        message: the message as kept.
        changes: fields with their new values.
        by: the id of the user who edits.
    """
    with team.lock:
        ts = channel.stamps.next()
        changed = {**message, **changes, "edited": {"user": by, "ts": ts}}
        channel.replace(changed)
        _tell_change(team, channel, changed, message, ts)
        return deepcopy(changed)


def _tell_change(team: Team, channel: Channel, changed: Json, previous: Json, ts: str) -> None:
    event: Json = {
        "type": "message",
        "subtype": "message_changed",
        "hidden": True,
        "message": changed | {"source_team": team.id, "user_team": team.id},
        "previous_message": previous,
        "channel": channel.id,
        "ts": ts,
        "event_ts": team.stamps.next(),
    }
    team.publish(event, to=channel.members)


def delete(team: Team, channel: Channel, message: Json) -> None:
    """Delete a message and tell `message_deleted`; a parent with replies becomes a tombstone."""
    with team.lock:
        if message.get("reply_count"):
            _bury(team, channel, message)
            return
        channel.remove(message)
        forget_reply(channel, message)
        event: Json = {
            "type": "message",
            "subtype": "message_deleted",
            "hidden": True,
            "deleted_ts": message["ts"],
            "previous_message": message,
            "channel": channel.id,
            "ts": channel.stamps.next(),
            "event_ts": team.stamps.next(),
        }
        team.publish(event, to=channel.members)


_OF_THREAD = (
    "type",
    "ts",
    "thread_ts",
    "team",
    "reply_count",
    "reply_users_count",
    "latest_reply",
    "reply_users",
    "is_locked",
    "subscribed",
)


def _bury(team: Team, channel: Channel, message: Json) -> None:
    tombstone = {name: message[name] for name in _OF_THREAD if name in message} | {
        "subtype": "tombstone",
        "text": "This message was deleted.",
        "user": SLACKBOT,
        "hidden": True,
    }
    channel.replace(tombstone)
    _tell_change(team, channel, tombstone, message, channel.stamps.next())
