"""What a thread's parent knows of its replies."""

from __future__ import annotations

from rxslack.simulator.channel import Channel, is_reply
from rxslack.simulator.team import Team
from rxslack.simulator.wire import Json

__all__ = ["count_reply", "forget_reply", "root_of"]


def root_of(parent: Json) -> Json:
    """The parent as a broadcast reply shows it."""
    return dict(parent)


def count_reply(team: Team, channel: Channel, parent: Json, reply: Json) -> None:
    """Note a reply on its parent and tell `message_replied`."""
    repliers = list(dict.fromkeys([*parent.get("reply_users", []), _author(reply)]))
    parent |= {
        "thread_ts": parent["ts"],
        "reply_count": parent.get("reply_count", 0) + 1,
        "reply_users_count": len(repliers),
        "latest_reply": reply["ts"],
        "reply_users": repliers,
        "is_locked": False,
        "subscribed": False,
    }
    replies = [{"user": _author(m), "ts": m["ts"]} for m in channel.replies(parent["ts"])]
    event: Json = {
        "type": "message",
        "subtype": "message_replied",
        "hidden": True,
        "message": parent | {"replies": replies},
        "channel": channel.id,
        "ts": channel.stamps.next(),
        "event_ts": team.stamps.next(),
    }
    team.publish(event, to=channel.members)


def forget_reply(channel: Channel, deleted: Json) -> None:
    """Take a deleted reply off its parent; nothing happens for what was no reply."""
    parent = channel.find(deleted.get("thread_ts"))
    if parent is None or not is_reply(deleted):
        return
    replies = channel.replies(parent["ts"])
    repliers = list(dict.fromkeys(_author(reply) for reply in replies))
    parent["reply_count"] = len(replies)
    parent["reply_users"] = repliers
    parent["reply_users_count"] = len(repliers)
    if replies:
        parent["latest_reply"] = replies[-1]["ts"]
    else:
        parent.pop("latest_reply", None)


def _author(message: Json) -> str:
    return message.get("user") or message.get("bot_id") or ""
