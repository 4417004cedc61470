"""reactions.add, reactions.remove."""

from __future__ import annotations

from rxslack.simulator.methods.request import Method, Request
from rxslack.simulator.team.access import Refused
from rxslack.simulator.team.channel import Channel
from rxslack.simulator.team.emoji import is_emoji
from rxslack.simulator.team.reactions import react, unreact
from rxslack.simulator.team.text import Json


@Method("reactions.add", "tier3", ("reactions:write",))
def add(request: Request) -> Json:
    """React to a message. Source: docs.slack.dev/reference/methods/reactions.add."""
    channel, message, name = _target(request)
    react(request.team, channel, message, request.user_id, name)
    return {}


@Method("reactions.remove", "tier2", ("reactions:write",))
def remove(request: Request) -> Json:
    """Take a reaction back. Source: docs.slack.dev/reference/methods/reactions.remove."""
    channel, message, name = _target(request)
    unreact(request.team, channel, message, request.user_id, name)
    return {}


def _target(request: Request) -> tuple[Channel, Json, str]:
    name = request.text("name").strip(":")
    if not is_emoji(name) and name not in request.team.emoji:
        raise Refused("invalid_name")
    if not request.text("channel") or not request.text("timestamp"):
        raise Refused("no_item_specified")
    channel = request.channel()
    message = channel.find(request.text("timestamp"))
    if message is None:
        raise Refused("message_not_found")
    return channel, message, name
