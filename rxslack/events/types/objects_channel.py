"""Channels, direct messages and group direct messages as objects."""

from typing import Any, NotRequired, TypedDict

from rxslack.events.types.objects import Topic
from rxslack.events.types.objects_message import NestedMessage

__all__ = ["Channel", "ConversationKeys", "DirectChannel", "RenamedChannel"]


class ConversationKeys(TypedDict, total=False):
    """
    What any conversation object may have.

    Source: docs.slack.dev/reference/objects/conversation-object.
    """

    name_normalized: str
    previous_names: list[str]
    is_channel: bool
    is_group: bool
    is_im: bool
    is_mpim: bool
    is_private: bool
    is_general: bool
    is_archived: bool
    is_frozen: bool
    is_member: bool
    is_open: bool
    is_starred: bool
    is_read_only: bool
    is_thread_only: bool
    is_non_threadable: bool
    is_shared: bool
    is_ext_shared: bool
    is_org_shared: bool
    is_org_default: bool
    is_org_mandatory: bool
    is_global_shared: bool
    is_pending_ext_shared: bool
    is_user_deleted: bool
    is_record_channel: bool
    is_moved: int
    unlinked: int  # unix seconds
    updated: int  # unix milliseconds
    date_connected: int  # unix seconds
    locale: str
    priority: float
    topic: Topic
    purpose: Topic
    members: list[str]
    num_members: int
    has_pins: bool
    last_read: str  # "0000000000.000000" for never
    latest: NestedMessage | None
    unread_count: int
    unread_count_display: int
    context_team_id: str
    enterprise_id: str
    conversation_host_id: str
    parent_conversation: str | None
    parent_group: str
    pending_shared: list[str]
    pending_connected_team_ids: list[str]
    shared_team_ids: list[str]
    internal_team_ids: list[str]
    connected_team_ids: list[str]
    connected_limited_team_ids: list[str]
    properties: dict[str, Any]  # tabs, canvas, restrictions; Slack publishes no shape


class Channel(ConversationKeys):
    """
    A public or private channel, or a group direct message.

    Source: docs.slack.dev/reference/objects/conversation-object.
    """

    id: str  # "C3ZJKCGTU"; "G..." for older private channels and group direct messages
    name: str
    created: int  # unix seconds
    creator: str
    user: NotRequired[str]


class RenamedChannel(ConversationKeys):
    """
    A channel with its new name.

    Source: docs.slack.dev/reference/events/channel_rename.
    """

    id: str
    name: str
    created: str | int  # unix seconds; recorded as a string, where other events have a number


class DirectChannel(ConversationKeys):
    """
    A direct message with one user.

    Source: docs.slack.dev/reference/events/im_created.
    """

    id: str  # "D409J34CF"
    user: NotRequired[str]  # the other one
    name: NotRequired[str]
    created: NotRequired[int]  # unix seconds
    creator: NotRequired[str]
