"""Direct messages (im) and group direct messages (mpim): opened, closed, read."""

from typing import Literal, NotRequired, TypedDict

from rxslack.events.types.channels import HistoryChanged, ReadMark
from rxslack.events.types.objects_channel import Channel, DirectChannel

__all__ = [
    "ImCloseEvent",
    "ImCreatedEvent",
    "ImHistoryChangedEvent",
    "ImMarkedEvent",
    "ImOpenEvent",
    "MpimCloseEvent",
    "MpimHistoryChangedEvent",
    "MpimJoinedEvent",
    "MpimMarkedEvent",
    "MpimOpenEvent",
]


class ImCreatedEvent(TypedDict):
    """
    There is a direct message with someone.

    Source: docs.slack.dev/reference/events/im_created.
    """

    type: Literal["im_created"]
    user: str
    channel: DirectChannel
    event_ts: NotRequired[str]


class ImOpenEvent(TypedDict):
    """You opened a direct message. Source: docs.slack.dev/reference/events/im_open."""

    type: Literal["im_open"]
    user: str
    channel: str
    event_ts: NotRequired[str]


class ImCloseEvent(TypedDict):
    """You closed a direct message. Source: docs.slack.dev/reference/events/im_close."""

    type: Literal["im_close"]
    user: str
    channel: str
    event_ts: NotRequired[str]


class ImMarkedEvent(ReadMark):
    """
    Your read mark in a direct message moved.

    Source: docs.slack.dev/reference/events/im_marked.
    """

    type: Literal["im_marked"]


class ImHistoryChangedEvent(HistoryChanged):
    """
    A direct message's history changed in bulk.

    Source: docs.slack.dev/reference/events/im_history_changed.
    """

    type: Literal["im_history_changed"]


class MpimJoinedEvent(TypedDict):
    """
    You are in a group direct message; a group_joined follows.

    Source: slackhq/slack-api-docs, events/mpim_joined.md (2016, and recorded in 2017).
    """

    type: Literal["mpim_joined"]
    channel: Channel
    event_ts: NotRequired[str]


class MpimOpenEvent(TypedDict):
    """
    You opened a group direct message; a group_open follows.

    Source: slackhq/slack-api-docs, events/mpim_open.md (2016, and recorded in 2017).
    """

    type: Literal["mpim_open"]
    channel: str
    user: NotRequired[str]
    is_mpim: NotRequired[bool]
    event_ts: NotRequired[str]


class MpimCloseEvent(TypedDict):
    """
    You closed a group direct message.

    Source: slackhq/slack-api-docs, events/mpim_close.md (2016).
    """

    type: Literal["mpim_close"]
    channel: str
    user: NotRequired[str]
    is_mpim: NotRequired[bool]
    event_ts: NotRequired[str]


class MpimMarkedEvent(ReadMark):
    """
    Your read mark in a group direct message moved; a group_marked follows.

    Source: wee-slack/wee-slack, _pytest/data/websocket (undocumented, recorded in 2017).
    """

    type: Literal["mpim_marked"]


class MpimHistoryChangedEvent(HistoryChanged):
    """
    A group direct message's history changed in bulk.

    Source: slackhq/slack-api-docs, events/mpim_history_changed.md (2016).
    """

    type: Literal["mpim_history_changed"]
