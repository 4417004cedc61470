"""What Slack tells its own clients, undocumented: notifications, badges, threads, drafts."""

from typing import Any, Literal, NotRequired, TypedDict

from rxslack.events.types.objects import ThreadSubscription

__all__ = [
    "ActivityEvent",
    "BadgeCountsUpdatedEvent",
    "DesktopNotificationEvent",
    "DraftCreateEvent",
    "DraftSendEvent",
    "MobileInAppNotificationEvent",
    "ThreadMarkedEvent",
    "ThreadSubscribedEvent",
    "UpdateGlobalThreadStateEvent",
    "UpdateThreadStateEvent",
]


class DesktopNotificationEvent(TypedDict):
    """
    What the desktop client would pop up for a message.

    Source: wee-slack/wee-slack, _pytest/data/websocket (undocumented, recorded in 2017).
    """

    type: Literal["desktop_notification"]
    title: str  # the workspace
    subtitle: str  # "#general", or who it is
    content: str  # plain text, may be cut
    channel: str
    msg: NotRequired[str]  # the message's ts
    thread_ts: NotRequired[str]
    ts: NotRequired[str]
    sender_id: NotRequired[str]
    avatarImage: NotRequired[str | None]
    imageUri: NotRequired[str | None]
    launchUri: NotRequired[str]  # "slack://channel?id=..."
    ssbFilename: NotRequired[str]  # the sound
    is_shared: NotRequired[bool]
    is_channel_invite: NotRequired[bool]
    event_ts: NotRequired[str]


class MobileInAppNotificationEvent(TypedDict):
    """
    What the mobile client would show for a message.

    Source: slack-go/slack, websocket_mobile_in_app_notification.go (undocumented).
    """

    type: Literal["mobile_in_app_notification"]
    title: NotRequired[str]
    subtitle: NotRequired[str]
    ts: NotRequired[str]
    channel: NotRequired[str]
    channel_name: NotRequired[str]
    author_id: NotRequired[str]
    author_display_name: NotRequired[str]
    msg_text: NotRequired[str]
    push_id: NotRequired[str]
    notif_id: NotRequired[str]
    avatarImage: NotRequired[str | None]
    mobileLaunchUri: NotRequired[str]
    is_shared: NotRequired[bool]
    event_ts: NotRequired[str]


class ActivityEvent(TypedDict):
    """
    The list of your activity changed.

    Source: slack-go/slack, websocket_misc.go (undocumented).
    """

    type: Literal["activity"]
    subtype: NotRequired[str]  # "activity_updated" or "activity_deleted"; not of a message
    key: NotRequired[str]
    entry: NotRequired[Any]  # Slack publishes no shape
    event_ts: NotRequired[str]


class BadgeCountsUpdatedEvent(TypedDict):
    """
    The numbers on your badges changed.

    Source: slack-go/slack, websocket_misc.go (undocumented).
    """

    type: Literal["badge_counts_updated"]
    activity_v2: NotRequired[dict[str, Any]]  # counts; Slack publishes no shape
    event_ts: NotRequired[str]


class UpdateThreadStateEvent(TypedDict):
    """
    What is unread in your threads.

    Source: wee-slack/wee-slack, _pytest/data/websocket (undocumented, recorded in 2017).
    """

    type: Literal["update_thread_state"]
    has_unreads: NotRequired[bool]
    mention_count: NotRequired[int]
    timestamp: NotRequired[str]
    event_ts: NotRequired[str]


class UpdateGlobalThreadStateEvent(TypedDict):
    """
    What is unread in your threads, by channel.

    Source: wee-slack/wee-slack, slack/slack_workspace.py (undocumented).
    """

    type: Literal["update_global_thread_state"]
    has_unreads: NotRequired[bool]
    mention_count: NotRequired[int]
    mention_count_by_channel: NotRequired[dict[str, int]]
    unread_count_by_channel: NotRequired[dict[str, int]]
    channel_badges: NotRequired[dict[str, Any]]  # Slack publishes no shape
    vip_count: NotRequired[int]
    org_wide: NotRequired[Any]  # Slack publishes no shape
    timestamp: NotRequired[str]
    event_ts: NotRequired[str]


class ThreadSubscribedEvent(TypedDict):
    """
    You follow a thread now.

    Source: wee-slack/wee-slack, slack/slack_workspace.py (undocumented).
    """

    type: Literal["thread_subscribed"]
    subscription: ThreadSubscription
    event_ts: NotRequired[str]


class ThreadMarkedEvent(TypedDict):
    """
    Your read mark in a thread moved.

    Source: wee-slack/wee-slack, slack/slack_workspace.py (undocumented).
    """

    type: Literal["thread_marked"]
    subscription: ThreadSubscription
    event_ts: NotRequired[str]


class DraftCreateEvent(TypedDict):
    """
    You began a draft on another client.

    Source: wee-slack/wee-slack, slack/slack_workspace.py (undocumented).
    """

    type: Literal["draft_create"]
    draft: NotRequired[dict[str, Any]]  # Slack publishes no shape
    event_ts: NotRequired[str]


class DraftSendEvent(TypedDict):
    """
    You sent a draft from another client.

    Source: wee-slack/wee-slack, slack/slack_workspace.py (undocumented).
    """

    type: Literal["draft_send"]
    draft: NotRequired[dict[str, Any]]  # Slack publishes no shape
    draft_id: NotRequired[str]
    event_ts: NotRequired[str]
