"""
Messages that Slack writes into a channel: joins, topics, pins, archiving.

Several have a top-level event of almost the same name: `ChannelArchiveEvent` has the `type`
"channel_archive", `ChannelArchiveMessageEvent` the `type` "message" and that as its `subtype`.
"""

from typing import Any, Literal, NotRequired, TypedDict, final

from rxslack.events.types.message import UserMessage

__all__ = [
    "BotAddMessageEvent",
    "BotDisableMessageEvent",
    "ChannelArchiveMessageEvent",
    "ChannelConvertToPrivateMessageEvent",
    "ChannelConvertToPublicMessageEvent",
    "ChannelJoinMessageEvent",
    "ChannelLeaveMessageEvent",
    "ChannelNameMessageEvent",
    "ChannelPostingPermissionsMessageEvent",
    "ChannelPurposeMessageEvent",
    "ChannelTopicMessageEvent",
    "ChannelUnarchiveMessageEvent",
    "DocumentMention",
    "DocumentMentionMessageEvent",
    "GroupArchiveMessageEvent",
    "GroupJoinMessageEvent",
    "GroupLeaveMessageEvent",
    "GroupNameMessageEvent",
    "GroupPurposeMessageEvent",
    "GroupTopicMessageEvent",
    "GroupUnarchiveMessageEvent",
    "PinnedItemMessageEvent",
    "ReminderAddMessageEvent",
    "UnpinnedItemMessageEvent",
]


@final
class ChannelJoinMessageEvent(UserMessage):
    """Someone joined a channel. Source: docs.slack.dev/reference/events/message/channel_join."""

    subtype: Literal["channel_join"]
    inviter: NotRequired[str]


@final
class ChannelLeaveMessageEvent(UserMessage):
    """Someone left a channel. Source: docs.slack.dev/reference/events/message/channel_leave."""

    subtype: Literal["channel_leave"]


@final
class ChannelTopicMessageEvent(UserMessage):
    """Someone set the topic. Source: docs.slack.dev/reference/events/message/channel_topic."""

    subtype: Literal["channel_topic"]
    topic: str  # "" when it was cleared
    old_topic: NotRequired[str]


@final
class ChannelPurposeMessageEvent(UserMessage):
    """Someone set the purpose. Source: docs.slack.dev/reference/events/message/channel_purpose."""

    subtype: Literal["channel_purpose"]
    purpose: str  # "" when it was cleared
    old_purpose: NotRequired[str]


@final
class ChannelNameMessageEvent(UserMessage):
    """Someone renamed a channel. Source: docs.slack.dev/reference/events/message/channel_name."""

    subtype: Literal["channel_name"]
    name: str
    old_name: str


@final
class ChannelArchiveMessageEvent(UserMessage):
    """
    Someone archived a channel.

    Source: docs.slack.dev/reference/events/message/channel_archive.
    """

    subtype: Literal["channel_archive"]
    members: NotRequired[list[str]]


@final
class ChannelUnarchiveMessageEvent(UserMessage):
    """
    Someone reopened a channel.

    Source: docs.slack.dev/reference/events/message/channel_unarchive.
    """

    subtype: Literal["channel_unarchive"]


@final
class ChannelConvertToPrivateMessageEvent(UserMessage):
    """
    Someone made a channel private.

    Source: docs.slack.dev/reference/events/message/channel_convert_to_private.
    """

    subtype: Literal["channel_convert_to_private"]


@final
class ChannelConvertToPublicMessageEvent(UserMessage):
    """
    Someone made a channel public.

    Source: docs.slack.dev/reference/events/message/channel_convert_to_public.
    """

    subtype: Literal["channel_convert_to_public"]


@final
class ChannelPostingPermissionsMessageEvent(UserMessage):
    """
    Someone changed who may post; Slack's own pages spell the subtype in two ways.

    Source: docs.slack.dev/reference/events/message/channel_posting_permissions.
    """

    subtype: Literal["channel_posting_permissions", "channel_posting_permission"]


@final
class GroupJoinMessageEvent(UserMessage):
    """
    Someone joined a private channel.

    Source: docs.slack.dev/reference/events/message/group_join.
    """

    subtype: Literal["group_join"]
    inviter: NotRequired[str]


@final
class GroupLeaveMessageEvent(UserMessage):
    """
    Someone left a private channel.

    Source: docs.slack.dev/reference/events/message/group_leave.
    """

    subtype: Literal["group_leave"]


@final
class GroupTopicMessageEvent(UserMessage):
    """
    Someone set a private channel's topic.

    Source: docs.slack.dev/reference/events/message/group_topic.
    """

    subtype: Literal["group_topic"]
    topic: str  # "" when it was cleared
    old_topic: NotRequired[str]


@final
class GroupPurposeMessageEvent(UserMessage):
    """
    Someone set a private channel's purpose.

    Source: docs.slack.dev/reference/events/message/group_purpose.
    """

    subtype: Literal["group_purpose"]
    purpose: str  # "" when it was cleared
    old_purpose: NotRequired[str]


@final
class GroupNameMessageEvent(UserMessage):
    """
    Someone renamed a private channel.

    Source: docs.slack.dev/reference/events/message/group_name.
    """

    subtype: Literal["group_name"]
    name: str
    old_name: str


@final
class GroupArchiveMessageEvent(UserMessage):
    """
    Someone archived a private channel.

    Source: docs.slack.dev/reference/events/message/group_archive.
    """

    subtype: Literal["group_archive"]
    members: NotRequired[list[str]]


@final
class GroupUnarchiveMessageEvent(UserMessage):
    """
    Someone reopened a private channel.

    Source: docs.slack.dev/reference/events/message/group_unarchive.
    """

    subtype: Literal["group_unarchive"]


@final
class PinnedItemMessageEvent(UserMessage):
    """Someone pinned something. Source: docs.slack.dev/reference/events/message/pinned_item."""

    subtype: Literal["pinned_item"]
    item_type: NotRequired[str]  # "C" or "G" for a message, "F" for a file, "Fc" for a comment
    item: NotRequired[dict[str, Any]]  # of the kind `item_type` says; Slack publishes no shape


@final
class UnpinnedItemMessageEvent(UserMessage):
    """Someone unpinned something. Source: docs.slack.dev/reference/events/message/unpinned_item."""

    subtype: Literal["unpinned_item"]
    item_type: NotRequired[str]  # "C" or "G" for a message, "F" for a file, "Fc" for a comment
    item: NotRequired[dict[str, Any]]  # of the kind `item_type` says; Slack publishes no shape


@final
class ReminderAddMessageEvent(UserMessage):
    """Someone set a reminder here. Source: docs.slack.dev/reference/events/message/reminder_add."""

    subtype: Literal["reminder_add"]


class DocumentMention(TypedDict):
    """Where in a canvas. Source: docs.slack.dev/reference/events/message/document_mention."""

    file_id: str
    section_id: str
    mentioning_user_ids: NotRequired[list[str]]


@final
class DocumentMentionMessageEvent(UserMessage):
    """
    A bot was mentioned in a canvas; over the Events API it comes as an app_mention.

    Source: docs.slack.dev/reference/events/message/document_mention.
    """

    subtype: Literal["document_mention"]
    document_mention: DocumentMention


@final
class BotAddMessageEvent(UserMessage):
    """
    Someone added an integration; `bot_id` is its id, `user` the person.

    Source: wee-slack/wee-slack, _pytest/data/websocket (undocumented, recorded in 2017).
    """

    subtype: Literal["bot_add"]


@final
class BotDisableMessageEvent(UserMessage):
    """
    Someone disabled an integration; `bot_id` is its id, `user` the person.

    Source: wee-slack/wee-slack, _pytest/data/websocket (undocumented, recorded in 2017).
    """

    subtype: Literal["bot_disable"]
