"""Who joins a channel and who leaves it, whoever it is."""

from typing import Literal, NotRequired, TypedDict

__all__ = ["GroupJoinEvent", "MemberJoinedChannelEvent", "MemberLeftChannelEvent"]


class MemberJoinedChannelEvent(TypedDict):
    """Someone joined a channel. Source: docs.slack.dev/reference/events/member_joined_channel."""

    type: Literal["member_joined_channel"]
    user: str
    channel: str
    channel_type: NotRequired[str]  # "C" for public, "G" for private
    team: NotRequired[str]
    inviter: NotRequired[str]  # absent when someone joined by themselves
    enterprise: NotRequired[str]
    event_ts: NotRequired[str]
    ts: NotRequired[str]


class MemberLeftChannelEvent(TypedDict):
    """Someone left a channel. Source: docs.slack.dev/reference/events/member_left_channel."""

    type: Literal["member_left_channel"]
    user: str
    channel: str
    channel_type: NotRequired[str]  # "C" for public, "G" for private
    team: NotRequired[str]
    enterprise: NotRequired[str]
    event_ts: NotRequired[str]
    ts: NotRequired[str]


class GroupJoinEvent(TypedDict):
    """
    Someone came along when a channel became private; no message, and no subtype.

    Source: wee-slack/wee-slack, _pytest/data/websocket (undocumented, recorded in 2017).
    """

    type: Literal["group_join"]
    user: str
    channel: str
    ts: str
