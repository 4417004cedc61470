"""Reactions to messages."""

from __future__ import annotations

from rxslack.simulator.team.access import Refused
from rxslack.simulator.team.channel import Channel
from rxslack.simulator.team.team import Team
from rxslack.simulator.team.text import Json

__all__ = ["react", "unreact"]


def react(team: Team, channel: Channel, message: Json, user: str, emoji: str) -> None:
    """
    Add a reaction and tell `reaction_added`.

    Raises: Refused("already_reacted").
    """
    with team.lock:
        reactions: list[Json] = message.setdefault("reactions", [])
        reaction = next((r for r in reactions if r["name"] == emoji), None)
        if reaction is None:
            reaction = Json(name=emoji, users=[], count=0)
            reactions.append(reaction)
        if user in reaction["users"]:
            raise Refused("already_reacted")
        reaction["users"].append(user)
        reaction["count"] += 1
        _tell(team, channel, message, "reaction_added", user, emoji)


def unreact(team: Team, channel: Channel, message: Json, user: str, emoji: str) -> None:
    """
    Take a reaction back and tell `reaction_removed`.

    Raises: Refused("no_reaction").
    """
    with team.lock:
        reactions: list[Json] = message.get("reactions", [])
        reaction = next((r for r in reactions if r["name"] == emoji), None)
        if reaction is None or user not in reaction["users"]:
            raise Refused("no_reaction")
        reaction["users"].remove(user)
        reaction["count"] -= 1
        if not reaction["count"]:
            reactions.remove(reaction)
        if not reactions:
            del message["reactions"]
        _tell(team, channel, message, "reaction_removed", user, emoji)


def _tell(team: Team, channel: Channel, message: Json, kind: str, user: str, emoji: str) -> None:
    event: Json = {
        "type": kind,
        "user": user,
        "reaction": emoji,
        "item": {"type": "message", "channel": channel.id, "ts": message["ts"]},
        "event_ts": team.stamps.next(),
    }
    if message.get("user"):
        event["item_user"] = message["user"]
    team.feed.publish(event, to=channel.members)
