"""bots.info."""

from __future__ import annotations

from rxslack.simulator.refusal import Refused
from rxslack.simulator.request import Method, Request
from rxslack.simulator.wire import Json

__all__ = ["METHODS"]


def info(request: Request) -> Json:
    """A bot by its id. Source: docs.slack.dev/reference/methods/bots.info."""
    bot = request.state.team.bot
    if request.required("bot") != bot.id:
        raise Refused("bot_not_found")
    return {
        "bot": {
            "id": bot.id,
            "deleted": False,
            "name": bot.name,
            "updated": bot.updated,
            "app_id": bot.app_id,
            "user_id": bot.user_id,
            "icons": bot.icons,
        }
    }


METHODS = {"bots.info": Method(info, "tier3", ("users:read",), takes_json=False)}
