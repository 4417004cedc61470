"""Messages and the threads they make: posted, edited and deleted. Each act publishes its events."""

from __future__ import annotations

from collections.abc import Mapping
from copy import deepcopy
from typing import Any

from rxslack.simulator.team.access import Refused, Token
from rxslack.simulator.team.bots import bot_profile
from rxslack.simulator.team.channel import Channel, is_reply
from rxslack.simulator.team.content import with_rich_text
from rxslack.simulator.team.feed import FeedSubscriber
from rxslack.simulator.team.links import tell_links
from rxslack.simulator.team.people import user_profile
from rxslack.simulator.team.rich_text import is_made_of_text
from rxslack.simulator.team.team import SLACKBOT, Team
from rxslack.simulator.team.text import Json

__all__ = ["by_app", "by_person", "by_token", "delete", "edit", "post", "tell_change"]


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
        message: Json = {"type": "message", **draft, "ts": ts, **_origin(team, draft.get("user"))}
        if parent is not None:
            message |= {"thread_ts": parent["ts"], "parent_user_id": parent.get("user")}
            if broadcast:
                message |= {"subtype": "thread_broadcast", "root": dict(parent)}
        channel.add(message)
        if parent is not None:
            _count_reply(team, channel, parent, message)
        team.feed.publish(_live(team, channel, message), to=channel.members, but=but)
        if team.link_domains:
            tell_links(team, channel, message)
        return deepcopy(message)


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
        if "text" in changes and "blocks" not in changes and message.get("blocks"):
            # The blocks that an app posted stay, and what was made of the text is made anew.
            changes = with_rich_text(team, {**changes}) if is_made_of_text(message) else changes
        changed = {**message, **changes, "edited": {"user": by, "ts": ts}}
        channel.replace(changed)
        tell_change(team, channel, changed, message, ts)
        return deepcopy(changed)


def delete(team: Team, channel: Channel, message: Json) -> None:
    """Delete a message and tell `message_deleted`; a parent with replies becomes a tombstone."""
    with team.lock:
        if message.get("reply_count"):
            _bury(team, channel, message)
            return
        channel.remove(message)
        _forget_reply(channel, message)
        about = {"deleted_ts": message["ts"], "previous_message": _of_team(team) | message}
        _publish_about(team, channel, "message_deleted", channel.stamps.next(), **about)


def by_token(team: Team, token: Token) -> Json:
    """
    A post in the name of the token's user; it still says through which app it came.

    A user's token has that, too, so "has a bot_id" is not "is a bot". What Slack's own clients send was
    typed by a person, and has none.
    """
    if token.is_client:
        with team.lock:
            return {"user": token.user_id, "client_msg_id": team.identity.uuid()}
    bot = team.bot
    return {
        "user": token.user_id,
        "bot_id": bot.id,
        "app_id": bot.app_id,
        "bot_profile": bot_profile(bot, team.id),
    }


def by_person(team: Team, user: str) -> Json:
    """What is beside a message that somebody typed, or that another app posted."""
    bot = team.other_bots.get(user)
    if bot is None:
        return {"client_msg_id": team.identity.uuid()}
    return {"bot_id": bot.id, "app_id": bot.app_id, "bot_profile": bot_profile(bot, team.id)}


def by_app(team: Team, custom: Mapping[str, Any]) -> Json:
    """
    A classic app's post as itself: a `bot_message`, which has no user.

    Args:
        team: where.
        custom: `username`, `icon_emoji`, `icon_url`, where they were given.

    Source: docs.slack.dev/reference/events/message/bot_message.
    """
    fields: Json = {
        "subtype": "bot_message",
        "bot_id": team.bot.id,
        "app_id": team.bot.app_id,
        "username": custom.get("username") or team.bot.name,
        "bot_profile": bot_profile(team.bot, team.id),
    }
    if emoji := custom.get("icon_emoji"):
        fields["icons"] = {"emoji": emoji}
    elif url := custom.get("icon_url"):
        fields["icons"] = {f"image_{size}": url for size in (36, 48, 64, 72)}
    return fields


def _count_reply(team: Team, channel: Channel, parent: Json, reply: Json) -> None:
    """Note a reply on its parent and tell `message_replied`."""
    repliers = list(dict.fromkeys([*parent.get("reply_users", []), _author(reply)]))
    parent |= {
        "thread_ts": parent["ts"],
        "reply_count": parent.get("reply_count", 0) + 1,
        "reply_users_count": len(repliers),
        "latest_reply": reply["ts"],
        "reply_users": repliers,
        "is_locked": False,
        **_follows(team, parent, reply),
    }
    if "assistant_app_thread" in parent and reply.get("user") != team.bot.user_id:
        parent["assistant_app_thread"].setdefault("first_user_thread_reply", reply["ts"])
    replies = [{"user": _author(m), "ts": m["ts"]} for m in channel.replies(parent["ts"])]
    shown = _of_team(team) | parent | {"replies": replies}
    _publish_about(team, channel, "message_replied", channel.stamps.next(), message=shown)


def _follows(team: Team, parent: Json, reply: Json) -> Json:
    """
    Whether the app follows a thread, which it does once it has answered there, and how far it has read.

    Source: docs.slack.dev/reference/methods/conversations.replies (`subscribed`, `last_read`).
    """
    if team.bot.id == reply.get("bot_id") or team.bot.user_id == reply.get("user"):
        return {"subscribed": True, "last_read": reply["ts"], "unread_count": 0}
    if parent.get("subscribed"):
        return {"unread_count": parent["unread_count"] + 1}
    return {"subscribed": False}


def _forget_reply(channel: Channel, deleted: Json) -> None:
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


def _parent(channel: Channel, thread_ts: str | None) -> Json | None:
    if thread_ts is None:
        return None
    parent = channel.find(thread_ts)
    if parent is not None and parent.get("thread_ts", thread_ts) != thread_ts:
        parent = channel.find(parent["thread_ts"])
    if parent is None:
        raise Refused("thread_not_found")
    return parent


def _origin(team: Team, user: Any) -> Json:
    """
    From which workspace a message comes; who somebody of another one is stands beside it.

    Source: docs.slack.dev/apis/slack-connect.
    """
    person = team.people.get(str(user))
    if person is None or not person.team:
        return {"team": team.id}
    of_team = dict.fromkeys(("team", "user_team", "source_team"), person.team)
    return {**of_team, "user_profile": user_profile(person)}


def _of_team(team: Team) -> Json:
    """From where a message is, where it does not say so itself."""
    return {"source_team": team.id, "user_team": team.id}


def _live(team: Team, channel: Channel, message: Json) -> Json:
    """A message as it goes over the socket: with its channel, and more."""
    return (
        _of_team(team)
        | message
        | {
            "channel": channel.id,
            "event_ts": message["ts"],
            "suppress_notification": False,
        }
    )


def tell_change(team: Team, channel: Channel, changed: Json, previous: Json, ts: str) -> None:
    """
    Tell `message_changed`, with the team's lock held.

    Args:
        team: where.
        channel: the conversation.
        changed: the message now.
        previous: the message before.
        ts: of the event, from the channel's stamps.
    """
    of_team = _of_team(team)
    messages = {"message": of_team | changed, "previous_message": of_team | previous}
    _publish_about(team, channel, "message_changed", ts, **messages)


def _publish_about(team: Team, channel: Channel, subtype: str, ts: str, **fields: Any) -> None:
    """Publish an event about a message: not shown in the channel, and with a `ts` of its own."""
    about = {"type": "message", "subtype": subtype, "hidden": True, **fields}
    event = about | {"channel": channel.id, "ts": ts, "event_ts": team.stamps.next()}
    team.feed.publish(event, to=channel.members)


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
    tell_change(team, channel, tombstone, message, channel.stamps.next())
