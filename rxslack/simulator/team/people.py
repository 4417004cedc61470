"""Users, and how the Web API shows them."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any, Final

from rxslack.simulator.team.emoji import unicode_of
from rxslack.simulator.team.text import Json

__all__ = [
    "Enterprise",
    "Guest",
    "Person",
    "presence_events",
    "user_object",
    "user_profile",
]


@dataclass(frozen=True)
class Enterprise:
    """
    An organization of Enterprise Grid that the workspace belongs to.

    Args:
        id: "E…".
        name: as people see it.
        domain: the first part of its address.
    """

    id: str
    name: str
    domain: str


@dataclass(frozen=True)
class Guest:
    """
    What makes a guest of somebody.

    Args:
        channels: ids of those where the guest may be; one makes a single-channel guest.
        invited_by: a user's id.
        until: unix seconds; 0: for good.
    """

    channels: tuple[str, ...]
    invited_by: str
    until: int = 0


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
        deleted: whether the account is closed.
        profile: what was said of the person, as users.profile.set takes it.
        updated: when, in unix seconds; 0: never.
        team: the id of another workspace, for somebody from there; "" for one of here.
        guest: None for a full member.
        two_factor: how sign-in is secured beside the password: "app" or "sms"; "" for not.
    """

    id: str
    name: str
    created: int
    is_bot: bool = False
    bot_id: str | None = None
    presence: str = "active"
    deleted: bool = False
    profile: Json = field(default_factory=dict[str, Any])
    updated: int = 0
    team: str = ""
    guest: Guest | None = None
    two_factor: str = ""

    @property
    def real_name(self) -> str:
        """First and last name, as far as they are told."""
        return str(self.profile.get("real_name") or self.name.capitalize())

    @property
    def email(self) -> str:
        """An address; "" for a bot's user."""
        own = "" if self.is_bot else f"{self.name}@simulated.example"
        return str(self.profile.get("email") or own)


def user_object(
    person: Person, team_id: str, *, enterprise: Enterprise | None = None, is_stranger: bool = False
) -> Json:
    """
    A user as users.info shows it.

    Args:
        person: whom.
        team_id: of the workspace that is asked.
        enterprise: that it belongs to.
        is_stranger: whether the app shares no channel with somebody of another workspace.

    Source: docs.slack.dev/reference/objects/user-object.
    """
    first = not person.is_bot and person.id != "USLACKBOT"
    guest = person.guest
    shown: Json = {
        "id": person.id,
        "team_id": person.team or team_id,
        "name": person.name,
        "deleted": person.deleted,
        "color": "9f69e7",
        "real_name": person.real_name,
        "tz": "Europe/London",
        "tz_label": "Greenwich Mean Time",
        "tz_offset": 0,
        "profile": _profile(person, team_id),
        "is_admin": False,
        "is_owner": False,
        "is_primary_owner": False,
        "is_restricted": guest is not None,
        "is_ultra_restricted": guest is not None and len(guest.channels) == 1,
        "is_bot": person.is_bot,
        "is_app_user": False,
        "is_workflow_bot": False,
        "is_connector_bot": False,
        "is_invited_user": False,
        "is_stranger": is_stranger,
        "has_2fa": bool(person.two_factor),
        "updated": person.updated or person.created,
        "is_email_confirmed": first,
        "who_can_share_contact_card": "EVERYONE",
        "locale": "en-US",
        "presence": person.presence,
    }
    if person.two_factor:
        shown["two_factor_type"] = person.two_factor
    if enterprise is not None and not person.team:
        shown["enterprise_user"] = {
            "id": person.id,
            "enterprise_id": enterprise.id,
            "enterprise_name": enterprise.name,
            "is_admin": False,
            "is_owner": False,
            "is_primary_owner": False,
            "teams": [team_id],
        }
    return shown


def user_profile(person: Person) -> Json:
    """Who somebody of another workspace is, as it stands beside each message. Source: docs.slack.dev/apis/slack-connect."""
    shown = _profile(person, person.team)
    names = ("avatar_hash", "image_72", "first_name", "real_name", "display_name", "team")
    return {name: shown[name] for name in names} | {
        "name": person.name,
        "is_restricted": False,
        "is_ultra_restricted": False,
    }


PROFILE_FIELDS: Final = frozenset(
    [
        "title",
        "phone",
        "skype",
        "real_name",
        "display_name",
        "status_text",
        "status_emoji",
        "status_expiration",
        "first_name",
        "last_name",
        "email",
        "pronouns",
        "start_date",
    ]
)
"""What users.profile.set takes. Source: docs.slack.dev/reference/methods/users.profile.set."""

_PICTURES: Final = (24, 32, 48, 72, 192, 512, 1024)


def _profile(person: Person, team_id: str) -> Json:
    first, _, last = person.real_name.partition(" ")
    picture = f"https://simulated.slack.com/{person.id}"
    status = str(person.profile.get("status_emoji") or "").strip(":")
    profile: Json = {
        "title": "",
        "phone": "",
        "skype": "",
        "real_name": person.real_name,
        "real_name_normalized": person.real_name,
        "display_name": person.name,
        "display_name_normalized": person.name,
        "fields": None,
        "status_text": "",
        "status_text_canonical": "",
        "status_emoji": "",
        "status_emoji_display_info": _display_info(status),
        "status_emoji_url": "",
        "status_expiration": 0,
        "avatar_hash": f"g{person.id.lower()}",
        "first_name": first,
        "last_name": last,
        "pronouns": "",
        "huddle_state": "default_unset",
        "huddle_state_expiration_ts": 0,
        "image_original": f"{picture}_original.png",
        "is_custom_image": False,
        **{f"image_{size}": f"{picture}_{size}.png" for size in _PICTURES},
        "team": person.team or team_id,
        **person.profile,
    }
    if person.guest is not None:
        profile |= {
            "guest_channels": ",".join(person.guest.channels),
            "guest_invited_by": person.guest.invited_by,
            "guest_expiration_ts": person.guest.until,
        }
    if person.bot_id:
        return profile | {"bot_id": person.bot_id, "api_app_id": "", "always_active": True}
    return profile | {"email": person.email}


def _display_info(emoji: str) -> list[Json]:
    if not emoji:
        return []
    points = unicode_of(emoji)
    url = f"https://simulated.slack.com/emoji/{points}.png"
    shown = {"emoji_name": emoji, "display_alias": emoji, "display_url": url, "unicode": points}
    return [shown]


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
