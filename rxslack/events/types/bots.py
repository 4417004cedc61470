"""Integrations on RTM: their bots, their slash commands, their end."""

from typing import Any, Literal, NotRequired, TypedDict

from rxslack.events.types.objects import Bot

__all__ = ["AppsUninstalledEvent", "BotAddedEvent", "BotChangedEvent", "CommandsChangedEvent"]


class BotAddedEvent(TypedDict):
    """Someone added an integration. Source: docs.slack.dev/reference/events/bot_added."""

    type: Literal["bot_added"]
    bot: Bot
    cache_ts: NotRequired[int]  # unix seconds
    event_ts: NotRequired[str]


class BotChangedEvent(TypedDict):
    """Someone changed an integration. Source: docs.slack.dev/reference/events/bot_changed."""

    type: Literal["bot_changed"]
    bot: Bot
    cache_ts: NotRequired[int]  # unix seconds
    event_ts: NotRequired[str]


class CommandsChangedEvent(TypedDict):
    """There are other slash commands. Source: docs.slack.dev/reference/events/commands_changed."""

    type: Literal["commands_changed"]
    event_ts: NotRequired[str]
    commands_updated: NotRequired[list[Any]]  # Slack publishes no shape
    commands_removed: NotRequired[list[Any]]  # Slack publishes no shape


class AppsUninstalledEvent(TypedDict):
    """
    Someone removed an app from the workspace.

    Source: slack-go/slack, websocket_misc.go (undocumented).
    """

    type: Literal["apps_uninstalled"]
    app_id: NotRequired[str]
    event_ts: NotRequired[str]
