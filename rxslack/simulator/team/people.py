"""Users and the bot, and how the Web API shows them."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

from rxslack.simulator.team.text import Json

__all__ = ["Bot", "Person", "bot_object", "bot_profile", "presence_events", "user_object"]


@dataclass
class Person:
    """
    A user: a human, or the one that a bot acts as.

    Args:
        id: "U…".
        name: the handle.
        created: unix seconds.
        is_bot: whether it is a bot's user.
        bot_id: "B…", of a bot's user.
        presence: "active" or "away".
    """

    id: str
    name: str
    created: int
    is_bot: bool = False
    bot_id: str | None = None
    presence: str = "active"
    deleted: bool = False


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


def user_object(person: Person, team_id: str) -> Json:
    """A user as users.info shows it. Source: docs.slack.dev/reference/objects/user-object."""
    real_name = person.name.capitalize()
    return {
        "id": person.id,
        "team_id": team_id,
        "name": person.name,
        "deleted": person.deleted,
        "color": "9f69e7",
        "real_name": real_name,
        "tz": "Europe/London",
        "tz_label": "Greenwich Mean Time",
        "tz_offset": 0,
        "profile": _profile(person, real_name, team_id),
        "is_admin": False,
        "is_owner": False,
        "is_primary_owner": False,
        "is_restricted": False,
        "is_ultra_restricted": False,
        "is_bot": person.is_bot,
        "is_app_user": False,
        "updated": person.created,
    }


def _profile(person: Person, real_name: str, team_id: str) -> Json:
    profile: Json = {
        "title": "",
        "real_name": real_name,
        "real_name_normalized": real_name,
        "display_name": person.name,
        "display_name_normalized": person.name,
        "status_text": "",
        "status_emoji": "",
        "avatar_hash": f"g{person.id.lower()}",
        "team": team_id,
    }
    return profile | ({"bot_id": person.bot_id} if person.bot_id else {})


def presence_events(people: Iterable[Person], *, batch: bool) -> list[Json]:
    """
    `presence_change` for some people: one each, or one for all that are alike.

    Source: docs.slack.dev/reference/events/presence_change.
    """
    if not batch:
        return [
            {"type": "presence_change", "user": person.id, "presence": person.presence}
            for person in people
        ]
    groups: dict[str, list[str]] = {}
    for person in people:
        groups.setdefault(person.presence, []).append(person.id)
    return [
        {"type": "presence_change", "users": users, "presence": presence}
        for presence, users in groups.items()
    ]
