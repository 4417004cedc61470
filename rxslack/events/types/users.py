"""Members: who joined, who changed, and your own preferences."""

from typing import Any, Literal, NotRequired, TypedDict

from rxslack.events.types.objects_user import User

__all__ = [
    "AccountsChangedEvent",
    "PrefChangeEvent",
    "TeamJoinEvent",
    "UserChangeEvent",
    "UserChanged",
    "UserConnectionEvent",
    "UserHuddleChangedEvent",
    "UserInvalidatedEvent",
    "UserProfileChangedEvent",
    "UserResourceDeniedEvent",
    "UserResourceGrantedEvent",
    "UserResourceRemovedEvent",
    "UserStatusChangedEvent",
]


class UserChanged(TypedDict):
    """
    What every event about a changed user has.

    Source: docs.slack.dev/reference/events/user_change.
    """

    user: User  # as they are now
    cache_ts: NotRequired[int]  # unix seconds
    event_ts: NotRequired[str]


class TeamJoinEvent(UserChanged):
    """Someone is new in the workspace. Source: docs.slack.dev/reference/events/team_join."""

    type: Literal["team_join"]


class UserChangeEvent(UserChanged):
    """
    Someone changed; the three events below may come for the same change.

    Source: docs.slack.dev/reference/events/user_change.
    """

    type: Literal["user_change"]


class UserProfileChangedEvent(UserChanged):
    """Someone's profile changed. Source: docs.slack.dev/reference/events/user_profile_changed."""

    type: Literal["user_profile_changed"]


class UserStatusChangedEvent(UserChanged):
    """Someone's status changed. Source: docs.slack.dev/reference/events/user_status_changed."""

    type: Literal["user_status_changed"]


class UserHuddleChangedEvent(UserChanged):
    """
    Someone went into a huddle or out of it.

    Source: docs.slack.dev/reference/events/user_huddle_changed.
    """

    type: Literal["user_huddle_changed"]


class UserConnectionEvent(TypedDict):
    """
    Someone asks to be connected to your app, or not to be any more.

    Source: docs.slack.dev/reference/events/user_connection.
    """

    type: Literal["user_connection"]
    subtype: str  # "connect" or "disconnect"
    user: str
    trigger_id: NotRequired[str]  # to open a dialog with, when connecting
    enterprise_id: NotRequired[str]
    event_ts: NotRequired[str]


class UserInvalidatedEvent(TypedDict):
    """
    What you know of someone is stale.

    Source: wee-slack/wee-slack, slack/slack_workspace.py (undocumented).
    """

    type: Literal["user_invalidated"]
    user: NotRequired[Any]  # an id or an object; nothing is published
    event_ts: NotRequired[str]


class UserResourceGrantedEvent(TypedDict):
    """
    Someone granted your app what it asked for.

    Source: slackapi/java-slack-sdk, json-logs/samples/rtm (of workspace apps, retired in 2021).
    """

    type: Literal["user_resource_granted"]
    user: str
    scopes: list[str]
    trigger_id: NotRequired[str]
    event_ts: NotRequired[str]


class UserResourceDeniedEvent(TypedDict):
    """
    Someone denied your app what it asked for.

    Source: slackapi/java-slack-sdk, json-logs/samples/rtm (of workspace apps, retired in 2021).
    """

    type: Literal["user_resource_denied"]
    user: str
    scopes: list[str]
    trigger_id: NotRequired[str]
    event_ts: NotRequired[str]


class UserResourceRemovedEvent(TypedDict):
    """
    Someone took back what your app had.

    Source: slackapi/java-slack-sdk, json-logs/samples/rtm (of workspace apps, retired in 2021).
    """

    type: Literal["user_resource_removed"]
    user: str
    trigger_id: NotRequired[str]
    event_ts: NotRequired[str]


class AccountsChangedEvent(TypedDict):
    """
    The accounts you are signed in to changed.

    Source: docs.slack.dev/reference/events/accounts_changed.
    """

    type: Literal["accounts_changed"]
    event_ts: NotRequired[str]


class PrefChangeEvent(TypedDict):
    """You changed a preference. Source: docs.slack.dev/reference/events/pref_change."""

    type: Literal["pref_change"]
    name: str
    value: Any  # each preference has a kind of its own
    event_ts: NotRequired[str]
