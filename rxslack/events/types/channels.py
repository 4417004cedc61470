"""Channels, public and (Slack says "group") private: made, renamed, archived, read."""

from typing import Any, Literal, NotRequired, TypedDict

from rxslack.events.types.objects_channel import Channel, RenamedChannel

__all__ = [
    "ChannelArchiveEvent",
    "ChannelCreatedEvent",
    "ChannelDeletedEvent",
    "ChannelHistoryChangedEvent",
    "ChannelIdChangedEvent",
    "ChannelJoinedEvent",
    "ChannelLeftEvent",
    "ChannelMarkedEvent",
    "ChannelPostingPermissionsEvent",
    "ChannelRenameEvent",
    "ChannelUnarchiveEvent",
    "ChannelUpdatedEvent",
    "GroupArchiveEvent",
    "GroupCloseEvent",
    "GroupDeletedEvent",
    "GroupHistoryChangedEvent",
    "GroupJoinedEvent",
    "GroupLeftEvent",
    "GroupMarkedEvent",
    "GroupOpenEvent",
    "GroupRenameEvent",
    "GroupUnarchiveEvent",
    "HistoryChanged",
    "ReadMark",
]


class HistoryChanged(TypedDict):
    """
    What every change of history in bulk has: forget what you cached before `latest`.

    Source: docs.slack.dev/reference/events/channel_history_changed.
    """

    latest: str
    ts: str
    event_ts: str
    channel: NotRequired[str]  # absent from Slack's examples, present when recorded
    is_mpim: NotRequired[bool]


class ReadMark(TypedDict):
    """
    What every move of your read mark has.

    Source: docs.slack.dev/reference/events/channel_marked.
    """

    channel: str
    ts: str  # of the last message you have read
    unread_count: NotRequired[int]
    unread_count_display: NotRequired[int]
    num_mentions: NotRequired[int]
    num_mentions_display: NotRequired[int]
    mention_count: NotRequired[int]
    mention_count_display: NotRequired[int]
    dm_count: NotRequired[int]
    vip_count: NotRequired[int]
    is_mpim: NotRequired[bool]
    event_ts: NotRequired[str]


class ChannelCreatedEvent(TypedDict):
    """Someone made a channel. Source: docs.slack.dev/reference/events/channel_created."""

    type: Literal["channel_created"]
    channel: Channel  # an object, where channel_deleted has the id
    event_ts: NotRequired[str]


class ChannelDeletedEvent(TypedDict):
    """Someone deleted a channel. Source: docs.slack.dev/reference/events/channel_deleted."""

    type: Literal["channel_deleted"]
    channel: str
    actor_id: NotRequired[str]
    event_ts: NotRequired[str]


class ChannelRenameEvent(TypedDict):
    """Someone renamed a channel. Source: docs.slack.dev/reference/events/channel_rename."""

    type: Literal["channel_rename"]
    channel: RenamedChannel
    event_ts: NotRequired[str]


class ChannelArchiveEvent(TypedDict):
    """Someone archived a channel. Source: docs.slack.dev/reference/events/channel_archive."""

    type: Literal["channel_archive"]
    channel: str
    user: str
    is_moved: NotRequired[int]
    event_ts: NotRequired[str]


class ChannelUnarchiveEvent(TypedDict):
    """Someone reopened a channel. Source: docs.slack.dev/reference/events/channel_unarchive."""

    type: Literal["channel_unarchive"]
    channel: str
    user: str
    event_ts: NotRequired[str]


class ChannelHistoryChangedEvent(HistoryChanged):
    """
    A channel's history changed in bulk.

    Source: docs.slack.dev/reference/events/channel_history_changed.
    """

    type: Literal["channel_history_changed"]


class ChannelJoinedEvent(TypedDict):
    """You joined a channel. Source: docs.slack.dev/reference/events/channel_joined."""

    type: Literal["channel_joined"]
    channel: Channel
    event_ts: NotRequired[str]


class ChannelLeftEvent(TypedDict):
    """You left a channel. Source: docs.slack.dev/reference/events/channel_left."""

    type: Literal["channel_left"]
    channel: str
    actor_id: NotRequired[str]
    event_ts: NotRequired[str]


class ChannelMarkedEvent(ReadMark):
    """Your read mark in a channel moved. Source: docs.slack.dev/reference/events/channel_marked."""

    type: Literal["channel_marked"]


class ChannelIdChangedEvent(TypedDict):
    """A channel has another id now. Source: docs.slack.dev/reference/events/channel_id_changed."""

    type: Literal["channel_id_changed"]
    old_channel_id: str
    new_channel_id: str
    event_ts: NotRequired[str]


class ChannelPostingPermissionsEvent(TypedDict):
    """
    Someone changed who may post; no example of it outside a message is published.

    Source: docs.slack.dev/reference/events/message/channel_posting_permissions.
    """

    type: Literal["channel_posting_permissions"]
    channel: NotRequired[str]
    user: NotRequired[str]
    text: NotRequired[str]
    ts: NotRequired[str]
    channel_type: NotRequired[str]
    event_ts: NotRequired[str]


class ChannelUpdatedEvent(TypedDict):
    """
    A channel's tabs or other properties changed.

    Source: slack-go/slack, websocket_misc.go (undocumented).
    """

    type: Literal["channel_updated"]
    channel: NotRequired[str]
    channels: NotRequired[list[str]]
    updates: NotRequired[dict[str, Any]]  # the new properties; Slack publishes no shape
    ts: NotRequired[str]
    event_ts: NotRequired[str]


class GroupJoinedEvent(TypedDict):
    """
    You joined a private channel or a group direct message.

    Source: docs.slack.dev/reference/events/group_joined.
    """

    type: Literal["group_joined"]
    channel: Channel
    event_ts: NotRequired[str]


class GroupLeftEvent(TypedDict):
    """You left a private channel. Source: docs.slack.dev/reference/events/group_left."""

    type: Literal["group_left"]
    channel: str
    actor_id: NotRequired[str]
    event_ts: NotRequired[str]


class GroupArchiveEvent(TypedDict):
    """Someone archived a private channel. Source: docs.slack.dev/reference/events/group_archive."""

    type: Literal["group_archive"]
    channel: str
    user: NotRequired[str]  # not in 2017
    actor_id: NotRequired[str]
    is_moved: NotRequired[int]
    ts: NotRequired[str]
    event_ts: NotRequired[str]


class GroupUnarchiveEvent(TypedDict):
    """
    Someone reopened a private channel.

    Source: docs.slack.dev/reference/events/group_unarchive.
    """

    type: Literal["group_unarchive"]
    channel: str
    user: NotRequired[str]
    actor_id: NotRequired[str]
    ts: NotRequired[str]
    event_ts: NotRequired[str]


class GroupOpenEvent(TypedDict):
    """You opened a group direct message. Source: docs.slack.dev/reference/events/group_open."""

    type: Literal["group_open"]
    channel: str
    user: str
    is_mpim: NotRequired[bool]
    event_ts: NotRequired[str]


class GroupCloseEvent(TypedDict):
    """You closed a private channel. Source: docs.slack.dev/reference/events/group_close."""

    type: Literal["group_close"]
    channel: str
    user: str
    is_mpim: NotRequired[bool]
    event_ts: NotRequired[str]


class GroupRenameEvent(TypedDict):
    """Someone renamed a private channel. Source: docs.slack.dev/reference/events/group_rename."""

    type: Literal["group_rename"]
    channel: RenamedChannel
    event_ts: NotRequired[str]


class GroupDeletedEvent(TypedDict):
    """Someone deleted a private channel. Source: docs.slack.dev/reference/events/group_deleted."""

    type: Literal["group_deleted"]
    channel: str
    date_deleted: NotRequired[int]  # unix seconds
    actor_id: NotRequired[str]
    event_ts: NotRequired[str]


class GroupMarkedEvent(ReadMark):
    """
    Your read mark in a private channel moved.

    Source: docs.slack.dev/reference/events/group_marked.
    """

    type: Literal["group_marked"]


class GroupHistoryChangedEvent(HistoryChanged):
    """
    A private channel's history changed in bulk.

    Source: docs.slack.dev/reference/events/group_history_changed.
    """

    type: Literal["group_history_changed"]
