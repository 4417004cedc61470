"""Slash commands."""

from typing import Literal, NotRequired, TypedDict

__all__ = ["SlashCommand"]


class SlashCommand(TypedDict):
    """
    Somebody sent a slash command. The `type` is given by rxslack; Slack sends none.

    Source: docs.slack.dev/interactivity/implementing-slash-commands.
    """

    type: Literal["slash_command"]
    command: str  # "/weather"
    text: str  # what follows; "" for nothing
    user_id: str
    channel_id: str
    response_url: str  # for later answers: five, within half an hour
    trigger_id: str  # opens a dialog, within three seconds
    token: NotRequired[str]
    api_app_id: NotRequired[str]
    team_id: NotRequired[str]
    team_domain: NotRequired[str]
    enterprise_id: NotRequired[str]
    enterprise_name: NotRequired[str]
    channel_name: NotRequired[str]
    user_name: NotRequired[str]
    is_enterprise_install: NotRequired[str | bool]  # "true" or "false"
    thread_ts: NotRequired[str]
    envelope_id: NotRequired[str]  # of the envelope it came in
