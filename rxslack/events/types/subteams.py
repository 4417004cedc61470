"""User groups, which Slack calls subteams on the wire."""

from typing import Literal, NotRequired, TypedDict

__all__ = [
    "Subteam",
    "SubteamCreatedEvent",
    "SubteamMembersChangedEvent",
    "SubteamPrefs",
    "SubteamSelfAddedEvent",
    "SubteamSelfRemovedEvent",
    "SubteamUpdatedEvent",
]


class SubteamPrefs(TypedDict, total=False):
    """
    The channels a user group joins.

    Source: docs.slack.dev/reference/objects/usergroup-object.
    """

    channels: list[str]
    groups: list[str]


class Subteam(TypedDict):
    """A user group. Source: docs.slack.dev/reference/objects/usergroup-object."""

    id: str  # "S0615G0KT"
    name: str
    handle: str  # "marketing-team"
    team_id: NotRequired[str]
    enterprise_subteam_id: NotRequired[str]
    description: NotRequired[str]
    is_usergroup: NotRequired[bool]
    is_subteam: NotRequired[bool]
    is_section: NotRequired[bool]
    is_external: NotRequired[bool]
    is_membership_locked: NotRequired[bool]
    auto_type: NotRequired[str | None]  # "admin" or "owner" for the groups Slack fills
    auto_provision: NotRequired[bool]
    date_create: NotRequired[int]  # unix seconds
    date_update: NotRequired[int]  # unix seconds
    date_delete: NotRequired[int]  # unix seconds; 0 while it is enabled
    created_by: NotRequired[str]
    updated_by: NotRequired[str | None]
    deleted_by: NotRequired[str | None]
    prefs: NotRequired[SubteamPrefs]
    users: NotRequired[list[str]]
    user_count: NotRequired[str | int]  # recorded as a string; Slack's SDKs say a number
    channel_count: NotRequired[int]


class SubteamCreatedEvent(TypedDict):
    """Someone made a user group. Source: docs.slack.dev/reference/events/subteam_created."""

    type: Literal["subteam_created"]
    subteam: Subteam
    event_ts: NotRequired[str]


class SubteamUpdatedEvent(TypedDict):
    """Someone changed a user group. Source: docs.slack.dev/reference/events/subteam_updated."""

    type: Literal["subteam_updated"]
    subteam: Subteam
    event_ts: NotRequired[str]


class SubteamMembersChangedEvent(TypedDict):
    """
    Others are in a user group now.

    Source: docs.slack.dev/reference/events/subteam_members_changed.
    """

    type: Literal["subteam_members_changed"]
    subteam_id: str
    team_id: NotRequired[str]
    date_previous_update: NotRequired[int]  # unix seconds
    date_update: NotRequired[int]  # unix seconds
    added_users: NotRequired[list[str]]
    added_users_count: NotRequired[str | int]  # a string in Slack's example
    removed_users: NotRequired[list[str]]
    removed_users_count: NotRequired[str | int]  # a string in Slack's example
    event_ts: NotRequired[str]


class SubteamSelfAddedEvent(TypedDict):
    """You are in a user group now. Source: docs.slack.dev/reference/events/subteam_self_added."""

    type: Literal["subteam_self_added"]
    subteam_id: str
    event_ts: NotRequired[str]


class SubteamSelfRemovedEvent(TypedDict):
    """
    You are no longer in a user group.

    Source: docs.slack.dev/reference/events/subteam_self_removed.
    """

    type: Literal["subteam_self_removed"]
    subteam_id: str
    event_ts: NotRequired[str]
