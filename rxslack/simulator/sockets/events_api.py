"""Events as the Events API has them: which there are, and what is around them."""

from __future__ import annotations

from collections.abc import Container, Iterator, Mapping
from typing import Any, Final

from rxslack.simulator.team.team import Team
from rxslack.simulator.team.text import Json, object_in

__all__ = ["callback", "events_of"]

_RTM_ONLY: Final = frozenset(
    [
        "accounts_changed",
        "bot_added",
        "bot_changed",
        "channel_joined",
        "channel_left",
        "channel_marked",
        "commands_changed",
        "desktop_notification",
        "error",
        "external_org_migration_finished",
        "external_org_migration_started",
        "goodbye",
        "group_joined",
        "group_marked",
        "hello",
        "im_marked",
        "manual_presence_change",
        "mpim_joined",
        "mpim_marked",
        "pong",
        "pref_change",
        "presence_change",
        "reconnect_url",
        "sh_room_join",
        "sh_room_leave",
        "team_migration_started",
        "team_plan_change",
        "team_profile_change",
        "team_profile_delete",
        "team_profile_reorder",
        "user_typing",
    ]
)
"""docs.slack.dev/reference/events: what has no Events API beside its name."""

_KINDS: Final = {"public": "channel", "private": "group", "im": "im", "mpim": "mpim"}
_OF_SOCKETS: Final = ("source_team", "user_team", "suppress_notification")


def events_of(team: Team, event: Mapping[str, Any], to: Container[str] | None) -> Iterator[Json]:
    """
    What the app is told of an event: nothing, the event, or beside it that it was mentioned.

    Args:
        team: the app's.
        event: as it goes over RTM.
        to: ids of the users who may see it; None for all.

    Source: docs.slack.dev/reference/events; docs.slack.dev/reference/events/message
    (`channel_type`), .../message/message_replied (its `subtype` is missing), .../app_mention.
    """
    bot = team.bot
    if event.get("type") in _RTM_ONLY or not (to is None or bot.user_id in to):
        return
    told = {name: value for name, value in event.items() if name not in _OF_SOCKETS}
    if event.get("user_team", team.id) != team.id:  # a message from another workspace says so
        told |= {name: event[name] for name in ("source_team", "user_team")}
    if told.get("type") != "message":
        yield told
        return
    channel = team.channels.get(str(told.get("channel")))
    if channel is not None:
        told["channel_type"] = _KINDS[channel.kind]
    if told.get("subtype") == "message_replied":
        del told["subtype"]
    # RTM has no such subtype: docs.slack.dev/reference/events/message/file_share.
    shares = bool(told.get("files")) and "upload" in told and "subtype" not in told
    yield told | {"subtype": "file_share"} if shares else told
    yield from _mention(team, told)


def _mention(team: Team, told: Json) -> Iterator[Json]:
    """
    That the app was mentioned, in a message or, inferred, in what an edit added to one.

    Source: docs.slack.dev/reference/events/app_mention.
    """
    bot, said = team.bot, told
    if told.get("subtype") == "message_changed":
        said = object_in(told, "message")
        if f"<@{bot.user_id}>" in str(object_in(told, "previous_message").get("text")):
            return
        around = {name: told[name] for name in ("channel", "event_ts") if name in told}
        said = {n: v for n, v in said.items() if n not in _OF_SOCKETS} | around
    mine = bot.id == said.get("bot_id") or said.get("user") in (bot.id, bot.user_id)
    if f"<@{bot.user_id}>" in str(said.get("text")) and "subtype" not in said and not mine:
        mention = {name: value for name, value in said.items() if name != "channel_type"}
        yield mention | {"type": "app_mention"}


def callback(team: Team, event: Mapping[str, Any]) -> Json:
    """The payload around an event. Source: docs.slack.dev/apis/events-api, "Event object"."""
    bot, channel = team.bot, team.channels.get(str(_channel_of(event)))
    enterprise = team.enterprise.id if team.enterprise else None
    of_grid: Json = {"enterprise_id": enterprise} if enterprise else {}
    return {
        "token": "simulated",
        **of_grid,
        "team_id": team.id,
        "context_team_id": team.id,
        "context_enterprise_id": enterprise,
        "api_app_id": bot.app_id,
        "event": event,
        "type": "event_callback",
        "event_id": team.identity.new("Ev"),
        "event_time": int(team.clock()),
        "authorizations": [
            {
                "enterprise_id": enterprise,
                "team_id": team.id,
                "user_id": bot.user_id,
                "is_bot": True,
                "is_enterprise_install": False,
            }
        ],
        "is_ext_shared_channel": channel is not None and bool(channel.connected),
        "event_context": f"4-{bot.app_id}",
    }


def _channel_of(event: Mapping[str, Any]) -> object:
    """The id of the conversation that an event is about, wherever it stands in it."""
    item = object_in(event, "item")
    found = event.get("channel") or event.get("channel_id") or item.get("channel")
    return object_in(event, "channel").get("id") if isinstance(found, dict) else found
