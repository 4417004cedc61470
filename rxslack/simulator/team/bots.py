"""Bots, and how the Web API shows them."""

from __future__ import annotations

from dataclasses import dataclass, field

from rxslack.simulator.team.text import Json

__all__ = ["Bot", "bot_object", "bot_profile"]


@dataclass(frozen=True)
class Bot:
    """
    The workspace's one app, as a bot.

    Args:
        id: "B…".
        app_id: "A…".
        user_id: "U…", the user it acts as.
        name: its name.
        updated: unix seconds.
    """

    id: str
    app_id: str
    user_id: str
    name: str
    updated: int
    icons: Json = field(default_factory=lambda: _icons("bot"))


def _icons(name: str) -> Json:
    return {
        f"image_{size}": f"https://simulated.slack.com/{name}_{size}.png" for size in (36, 48, 72)
    }


def bot_object(bot: Bot) -> Json:
    """A bot as bots.info shows it. Source: docs.slack.dev/reference/methods/bots.info."""
    return {
        "id": bot.id,
        "deleted": False,
        "name": bot.name,
        "updated": bot.updated,
        "app_id": bot.app_id,
        "user_id": bot.user_id,
        "icons": bot.icons,
    }


def bot_profile(bot: Bot, team_id: str) -> Json:
    """What stands beside a message that was posted through the app."""
    return {**bot_object(bot), "team_id": team_id}
