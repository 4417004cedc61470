"""Socket Mode's envelopes: what is around an event, a command, an interaction."""

from typing import Any, Literal, NotRequired, TypeAlias, TypedDict

from rxslack.events.types.interactions import Interaction

__all__ = [
    "Authorization",
    "EnvelopeKeys",
    "EventsApiEnvelope",
    "EventsApiPayload",
    "InteractiveEnvelope",
    "SlackEnvelope",
    "SlashCommandsEnvelope",
]


class Authorization(TypedDict, total=False):
    """For whom the app sees an event. Source: docs.slack.dev/apis/events-api, "Event object"."""

    enterprise_id: str | None
    team_id: str | None
    user_id: str
    is_bot: bool
    is_enterprise_install: bool


class EventsApiPayload(TypedDict, total=False):
    """
    What is around an event of the Events API; what has no inner event has its own keys here.

    Source: docs.slack.dev/apis/events-api, "Event object".
    """

    type: str  # "event_callback"; "app_rate_limited" has no `event`
    event: dict[str, Any]
    event_id: str  # "Ev0123ABCDEF", the same in every retry
    event_time: int  # unix seconds
    token: str
    team_id: str
    enterprise_id: str
    context_team_id: str | None
    context_enterprise_id: str | None
    api_app_id: str
    authed_users: list[str]
    authed_teams: list[str]
    authorizations: list[Authorization]
    is_ext_shared_channel: bool
    event_context: str


class EnvelopeKeys(TypedDict):
    """
    What every envelope has.

    Source: docs.slack.dev/apis/events-api/using-socket-mode, "Event payloads".
    """

    envelope_id: NotRequired[str]  # a UUID; a retry may have another; absent over HTTP
    accepts_response_payload: NotRequired[bool]  # whether the acknowledgement may hold an answer
    retry_attempt: NotRequired[int]  # 0 the first time
    retry_reason: NotRequired[str]  # "" the first time, else "timeout" and others


class EventsApiEnvelope(EnvelopeKeys):
    """An event. Source: docs.slack.dev/apis/events-api/using-socket-mode, "Event payloads"."""

    type: Literal["events_api"]
    payload: EventsApiPayload


class SlashCommandsEnvelope(EnvelopeKeys):
    """
    A command; its payload is a `SlashCommand` that has no `type`.

    Source: docs.slack.dev/apis/events-api/using-socket-mode, "Slash commands".
    """

    type: Literal["slash_commands"]
    payload: dict[str, Any]


class InteractiveEnvelope(EnvelopeKeys):
    """
    Somebody used a button, a shortcut, a dialog.

    Source: docs.slack.dev/apis/events-api/using-socket-mode, "Interactive features".
    """

    type: Literal["interactive"]
    payload: Interaction


SlackEnvelope: TypeAlias = EventsApiEnvelope | SlashCommandsEnvelope | InteractiveEnvelope
"""Any envelope, told apart by its `type`."""
