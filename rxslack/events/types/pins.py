"""Pins in channels, and stars (now "later") of your own."""

from typing import Literal, NotRequired, TypedDict

from rxslack.events.types.objects_file import File, FileComment
from rxslack.events.types.objects_message import NestedMessage

__all__ = [
    "MarkedItem",
    "PinAddedEvent",
    "PinRemovedEvent",
    "PinnedInfo",
    "StarAddedEvent",
    "StarRemovedEvent",
]


class MarkedItem(TypedDict):
    """What was pinned or starred. Source: docs.slack.dev/reference/events/pin_added."""

    type: str  # "message", "file", "file_comment", "channel", "im" or "group"
    channel: NotRequired[str]
    message: NotRequired[NestedMessage]
    file: NotRequired[File]
    comment: NotRequired[FileComment]
    created: NotRequired[int]  # unix seconds
    created_by: NotRequired[str]
    date_create: NotRequired[int]  # unix seconds


class PinnedInfo(TypedDict, total=False):
    """Who pinned it, and when. Source: docs.slack.dev/reference/events/pin_added."""

    channel: str
    pinned_by: str
    pinned_ts: int  # unix seconds


class PinAddedEvent(TypedDict):
    """Someone pinned something to a channel. Source: docs.slack.dev/reference/events/pin_added."""

    type: Literal["pin_added"]
    user: str
    channel_id: str
    item: MarkedItem
    item_user: NotRequired[str]
    pin_count: NotRequired[int]
    pinned_info: NotRequired[PinnedInfo]
    event_ts: NotRequired[str]


class PinRemovedEvent(TypedDict):
    """Someone unpinned something. Source: docs.slack.dev/reference/events/pin_removed."""

    type: Literal["pin_removed"]
    user: str
    channel_id: str
    item: MarkedItem
    has_pins: NotRequired[bool]
    item_user: NotRequired[str]
    pin_count: NotRequired[int]
    pinned_info: NotRequired[PinnedInfo]
    event_ts: NotRequired[str]


class StarAddedEvent(TypedDict):
    """You starred something. Source: docs.slack.dev/reference/events/star_added."""

    type: Literal["star_added"]
    user: str
    item: MarkedItem
    event_ts: NotRequired[str]


class StarRemovedEvent(TypedDict):
    """You took a star off. Source: docs.slack.dev/reference/events/star_removed."""

    type: Literal["star_removed"]
    user: str
    item: MarkedItem
    event_ts: NotRequired[str]
