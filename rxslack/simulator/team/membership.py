"""Coming and going: who is in a channel, and what is told of it."""

from __future__ import annotations

from rxslack.simulator.team.channel import Channel
from rxslack.simulator.team.channel_events import announce_member
from rxslack.simulator.team.messages import post
from rxslack.simulator.team.team import Team
from rxslack.simulator.team.text import Json

__all__ = ["join", "leave"]


def join(team: Team, channel: Channel, user: str, *, inviter: str = "") -> bool:
    """Make somebody a member and tell `member_joined_channel`; False when that was so before."""
    invited: Json = {"inviter": inviter} if inviter else {}
    with team.lock:
        if user in channel.members:
            return False
        channel.members[user] = None
        announce_member(team, channel, user, "member_joined_channel", **invited)
        if channel.kind != "im":
            kind = "channel_joined" if channel.kind == "public" else "group_joined"
            shown = {**team.shown(channel, user), "members": [*channel.members]}
            stamp = team.stamps.next()
            team.feed.publish({"type": kind, "channel": shown, "event_ts": stamp}, to=[user])
        post(team, channel, _notice(channel, user, "join") | invited)
        return True


def leave(team: Team, channel: Channel, user: str) -> bool:
    """End a membership and tell `member_left_channel`; False when there was none."""
    with team.lock:
        if user not in channel.members:
            return False
        announce_member(team, channel, user, "member_left_channel")
        post(team, channel, _notice(channel, user, "leave"))
        del channel.members[user]
        kind = "channel_left" if channel.kind == "public" else "group_left"
        gone = {"type": kind, "channel": channel.id, "actor_id": user}
        team.feed.publish({**gone, "event_ts": team.stamps.next()}, to=[user])
        return True


def _notice(channel: Channel, user: str, act: str) -> Json:
    group = channel.kind != "public"
    what = "joined" if act == "join" else "left"
    text = f"<@{user}> has {what} the {'group' if group else 'channel'}"
    return {"subtype": f"{'group' if group else 'channel'}_{act}", "user": user, "text": text}
