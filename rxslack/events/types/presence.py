"""Who is there, who is typing, and who does not want to be disturbed."""

from typing import Literal, NotRequired, TypedDict

__all__ = [
    "DndStatus",
    "DndUpdatedEvent",
    "DndUpdatedUserEvent",
    "ManualPresenceChangeEvent",
    "PresenceChangeEvent",
    "PresenceQueryEvent",
    "PresenceSubEvent",
    "UserTypingEvent",
]


class UserTypingEvent(TypedDict):
    """Someone is typing. Source: docs.slack.dev/reference/events/user_typing."""

    type: Literal["user_typing"]
    channel: str
    user: str
    thread_ts: NotRequired[str]  # in a thread
    id: NotRequired[int]


class PresenceChangeEvent(TypedDict):
    """
    Someone you subscribed to came or went.

    Source: docs.slack.dev/reference/events/presence_change.
    """

    type: Literal["presence_change"]
    presence: str  # "active" or "away"
    user: NotRequired[str]  # or else `users`, with batch_presence_aware
    users: NotRequired[list[str]]


class ManualPresenceChangeEvent(TypedDict):
    """You set your presence. Source: docs.slack.dev/reference/events/manual_presence_change."""

    type: Literal["manual_presence_change"]
    presence: str  # "active" or "away"


class PresenceSubEvent(TypedDict):
    """
    To be sent, never received: whose presence you want, in place of the list before.

    Source: docs.slack.dev/reference/events/presence_sub.
    """

    type: Literal["presence_sub"]
    ids: list[str]  # 500 at most
    id: NotRequired[int]


class PresenceQueryEvent(TypedDict):
    """
    To be sent, never received: whose presence you want to know once.

    Source: docs.slack.dev/reference/events/presence_query.
    """

    type: Literal["presence_query"]
    ids: list[str]  # 500 at most
    id: NotRequired[int]


class DndStatus(TypedDict):
    """A user's hours of rest. Source: docs.slack.dev/reference/events/dnd_updated."""

    dnd_enabled: bool
    next_dnd_start_ts: int  # unix seconds
    next_dnd_end_ts: int  # unix seconds
    snooze_enabled: NotRequired[bool]
    snooze_endtime: NotRequired[int | None]  # unix seconds
    snooze_remaining: NotRequired[int | None]  # seconds
    snooze_is_indefinite: NotRequired[bool]


class DndUpdatedEvent(TypedDict):
    """Your own hours of rest changed. Source: docs.slack.dev/reference/events/dnd_updated."""

    type: Literal["dnd_updated"]
    user: str
    dnd_status: DndStatus
    event_ts: NotRequired[str]


class DndUpdatedUserEvent(TypedDict):
    """Someone's hours of rest changed. Source: docs.slack.dev/reference/events/dnd_updated_user."""

    type: Literal["dnd_updated_user"]
    user: str
    dnd_status: DndStatus
    event_ts: NotRequired[str]
