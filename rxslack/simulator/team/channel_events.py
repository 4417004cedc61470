"""What is told of conversations: that one was made, opened, changed, and who came and went."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from rxslack.simulator.team.channel import Channel
from rxslack.simulator.team.team import Team
from rxslack.simulator.team.text import Json

__all__ = ["announce", "announce_channel", "announce_member", "direct"]


def direct(team: Team, members: Iterable[str], creator: str) -> tuple[Channel, bool]:
    """The direct message between some people, and whether it was there; a new one is told."""
    with team.lock:
        channel, known = team.direct(members, creator)
        if not known:
            announce_channel(team, channel)
        return channel, known


def announce_channel(team: Team, channel: Channel) -> None:
    """
    Tell of a new conversation: all of a channel, the members of any other one.

    Source: docs.slack.dev/reference/events/channel_created, .../im_created, .../group_joined,
    .../mpim_joined.
    """
    with team.lock:
        if channel.kind == "public":
            shown = team.shown(channel, channel.creator)
            _publish(team, {"type": "channel_created", "channel": shown}, to=None)
            return
        kind = {"im": "im_created", "mpim": "mpim_joined", "private": "group_joined"}[channel.kind]
        for member in channel.members:
            shown = team.shown(channel, member)
            if channel.kind == "im":
                event: Json = {"type": kind, "user": member, "channel": shown}
            else:
                event = {"type": kind, "channel": {**shown, "members": [*channel.members]}}
            _publish(team, event, to=[member])


def announce(
    team: Team, channel: Channel, kind: str, *, about: Json | None = None, **fields: Any
) -> None:
    """
    Tell those who may see a conversation of a change of it.

    Args:
        team: where.
        channel: the conversation.
        kind: of the event.
        about: what stands under "channel". Default: the id.
        fields: what else it says.
    """
    with team.lock:
        to = None if channel.kind == "public" else {**channel.members}
        _publish(team, {"type": kind, "channel": about or channel.id, **fields}, to=to)


def announce_member(team: Team, channel: Channel, user: str, kind: str, **fields: Any) -> None:
    """Tell the members who came or went, with the team's lock held."""
    event: Json = {
        "type": kind,
        "user": user,
        "channel": channel.id,
        "channel_type": "C" if channel.kind == "public" else "G",
        "team": team.people[user].team or team.id,
        **fields,
    }
    if team.enterprise is not None:
        event["enterprise"] = team.enterprise.id
    _publish(team, event, to={**channel.members})


def _publish(team: Team, event: Json, *, to: Iterable[str] | None) -> None:
    audience = None if to is None else {*to}
    team.feed.publish({**event, "event_ts": team.stamps.next()}, to=audience)
