"""As whom something is posted: the fields that say so, as Slack sets them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from rxslack.simulator.people import bot_profile
from rxslack.simulator.tokens import Token
from rxslack.simulator.wire import Json

if TYPE_CHECKING:
    from rxslack.simulator.team import Team

__all__ = ["by_app", "by_token"]


def by_token(team: Team, token: Token) -> Json:
    """
    A post in the name of the token's user; it still says through which app it came.

    A user's token has that, too, so "has a bot_id" is not "is a bot".
    """
    bot = team.bot
    return {
        "user": token.user_id,
        "bot_id": bot.id,
        "app_id": bot.app_id,
        "bot_profile": bot_profile(bot, team.id),
    }


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
        fields["icons"] = {"image_64": url}
    return fields
