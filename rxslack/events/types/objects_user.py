"""The user object and its profile."""

from typing import Any, NotRequired, TypedDict

__all__ = [
    "EnterpriseUser",
    "MiniProfile",
    "ProfileField",
    "StatusEmojiDisplayInfo",
    "User",
    "UserProfile",
]


class ProfileField(TypedDict):
    """
    A field the workspace added to profiles.

    Source: docs.slack.dev/reference/objects/user-object.
    """

    value: str
    alt: str
    label: NotRequired[str]


class StatusEmojiDisplayInfo(TypedDict, total=False):
    """How to draw a status emoji. Source: docs.slack.dev/reference/events/user_status_changed."""

    emoji_name: str
    display_alias: str
    display_url: str
    unicode: str


class UserProfile(TypedDict, total=False):
    """What a user shows of themselves. Source: docs.slack.dev/reference/objects/user-object."""

    first_name: str
    last_name: str
    real_name: str
    real_name_normalized: str
    display_name: str
    display_name_normalized: str
    title: str
    email: str  # only with the scope users:read.email
    phone: str
    skype: str
    pronouns: str
    start_date: str  # "2017-02-01"
    team: str
    # A dict by field id; an empty list or null where nothing is filled in (both recorded).
    fields: dict[str, ProfileField] | list[Any] | None
    status_text: str
    status_text_canonical: str
    status_emoji: str
    status_emoji_url: str
    status_emoji_display_info: list[StatusEmojiDisplayInfo]
    status_expiration: int  # unix seconds; 0 is never
    huddle_state: str  # "in_a_huddle" or "default_unset"
    huddle_state_expiration_ts: int  # unix seconds
    huddle_state_call_id: str
    guest_channels: str
    guest_invited_by: str
    guest_expiration_ts: int  # unix seconds
    bot_id: str
    api_app_id: str
    always_active: bool
    avatar_hash: str
    is_custom_image: bool
    image_original: str
    image_24: str
    image_32: str
    image_48: str
    image_72: str
    image_192: str
    image_512: str
    image_1024: str
    is_restricted: bool
    is_ultra_restricted: bool


class EnterpriseUser(TypedDict, total=False):
    """The same person in the organization. Source: docs.slack.dev/reference/objects/user-object."""

    id: str
    enterprise_id: str
    enterprise_name: str
    is_admin: bool
    is_owner: bool
    is_primary_owner: bool
    teams: list[str]


class User(TypedDict):
    """A member of a workspace. Source: docs.slack.dev/reference/objects/user-object."""

    id: str  # "U4096CBHC"
    name: str  # the handle; for people, `profile.display_name` is what is shown
    team_id: NotRequired[str]
    profile: NotRequired[UserProfile]
    deleted: NotRequired[bool]
    status: NotRequired[str | None]  # recorded as null only; the status is in the profile
    color: NotRequired[str]  # "e7392d"
    real_name: NotRequired[str | None]
    tz: NotRequired[str | None]  # "America/Los_Angeles"
    tz_label: NotRequired[str | None]
    tz_offset: NotRequired[int]  # seconds east of UTC
    locale: NotRequired[str]
    presence: NotRequired[str]  # "active" or "away"
    updated: NotRequired[int]  # unix seconds
    is_admin: NotRequired[bool]
    is_owner: NotRequired[bool]
    is_primary_owner: NotRequired[bool]
    is_restricted: NotRequired[bool]  # a guest of several channels
    is_ultra_restricted: NotRequired[bool]  # a guest of one channel
    is_bot: NotRequired[bool]
    is_connector_bot: NotRequired[bool]
    is_workflow_bot: NotRequired[bool]
    is_app_user: NotRequired[bool]
    is_stranger: NotRequired[bool]  # of another workspace, and in no channel with you
    is_invited_user: NotRequired[bool]
    is_forgotten: NotRequired[bool]
    is_email_confirmed: NotRequired[bool]
    has_2fa: NotRequired[bool]
    two_factor_type: NotRequired[str]
    has_files: NotRequired[bool]
    who_can_share_contact_card: NotRequired[str]
    enterprise_user: NotRequired[EnterpriseUser]
    teams: NotRequired[list[str]]


class MiniProfile(TypedDict, total=False):
    """
    The author as some messages carry them.

    Source: docs.slack.dev/reference/events/app_mention.
    """

    name: str
    first_name: str | None
    real_name: str
    real_name_normalized: str
    display_name: str
    display_name_normalized: str
    team: str
    avatar_hash: str
    image_72: str
    is_restricted: bool
    is_ultra_restricted: bool
