"""bots.info."""

from __future__ import annotations

from rxslack.simulator.people import bot_object
from rxslack.simulator.refusal import Refused
from rxslack.simulator.request import Method, Request
from rxslack.simulator.wire import Json

__all__ = ["METHODS"]


def info(request: Request) -> Json:
    """A bot by its id. Source: docs.slack.dev/reference/methods/bots.info."""
    bot = request.state.team.bot
    if request.required("bot") != bot.id:
        raise Refused("bot_not_found")
    return {"bot": bot_object(bot)}


METHODS = {"bots.info": Method(info, "tier3", ("users:read",), takes_json=False)}
