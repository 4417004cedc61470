"""
Messages people and apps write, and what happens to them afterwards.

`MessageEvent` is the plain message. A message with a `subtype` has a class of its own, here and
in `message_system.py`; all are `@final`, so ``"subtype" in event`` tells them apart for a type
checker too.
"""

from typing import Literal, NotRequired, final

from rxslack.events.types.objects_file import File, FileComment
from rxslack.events.types.objects_message import (
    AssistantAppThread,
    MessageKeys,
    NestedMessage,
)

__all__ = [
    "AssistantAppThreadMessageEvent",
    "BotMessageEvent",
    "EkmAccessDeniedMessageEvent",
    "FileCommentMessageEvent",
    "FileMentionMessageEvent",
    "FileShareMessageEvent",
    "MeMessageEvent",
    "MessageChangedEvent",
    "MessageDeletedEvent",
    "MessageEvent",
    "MessageInChannel",
    "MessageLockedEvent",
    "MessageRepliedEvent",
    "ReplyBroadcastMessageEvent",
    "ThreadBroadcastMessageEvent",
    "UserMessage",
]


class MessageInChannel(MessageKeys):
    """What every message event has. Source: docs.slack.dev/reference/events/message."""

    type: Literal["message"]
    channel: str  # "C3ZJKCGTU", "G..." or "D..."
    ts: str  # "1355517523.000005", unique in the channel; never make a number of it


class UserMessage(MessageInChannel):
    """What every message with an author has. Source: docs.slack.dev/reference/events/message."""

    user: str  # "U407ABLLW"; "USLACKBOT" for Slack's own
    text: str  # with &amp; &lt; &gt;, and <@U...>, <#C...|name>, <https://...|label>; may be ""
    thread_ts: NotRequired[str]  # a reply when it differs from `ts`
    bot_id: NotRequired[
        str | None
    ]  # an app posted it, perhaps in the name of a person; may be null
    event_ts: NotRequired[str]
    hidden: NotRequired[bool]  # not for showing
    reply_count: NotRequired[int]


@final
class MessageEvent(UserMessage):
    """
    A plain message, by a person or by an app; it has no `subtype`.

    A file shared on RTM is one of these, with `files`. So is what an app posts with a bot token:
    it has a `user` and a `bot_id`. Without `text` or `user` it is none of these.

    Source: docs.slack.dev/reference/events/message.
    """


@final
class MeMessageEvent(UserMessage):
    """
    Someone described themselves with /me.

    Source: docs.slack.dev/reference/events/message/me_message.
    """

    subtype: Literal["me_message"]


@final
class BotMessageEvent(MessageInChannel):
    """
    An integration posted; mostly there is no user.

    Source: docs.slack.dev/reference/events/message/bot_message.
    """

    subtype: Literal["bot_message"]
    bot_id: str  # "B3YTBU6L8"
    text: str  # "" when all is in blocks or attachments
    user: NotRequired[str | None]
    thread_ts: NotRequired[str]
    event_ts: NotRequired[str]
    hidden: NotRequired[bool]


@final
class FileShareMessageEvent(UserMessage):
    """
    Someone shared files; in 2017 there was one, in `file`, today they are in `files`.

    Source: docs.slack.dev/reference/events/message/file_share.
    """

    subtype: Literal["file_share"]
    file: NotRequired[File]


@final
class FileCommentMessageEvent(MessageInChannel):
    """
    Someone commented on a file, before 2018; the author is in `comment`.

    Source: docs.slack.dev/reference/events/message/file_comment.
    """

    subtype: Literal["file_comment"]
    text: str
    file: File
    comment: FileComment
    user: NotRequired[str]
    event_ts: NotRequired[str]


@final
class FileMentionMessageEvent(UserMessage):
    """
    Someone mentioned a file, before 2018.

    Source: docs.slack.dev/reference/events/message/file_mention.
    """

    subtype: Literal["file_mention"]
    file: File


@final
class ThreadBroadcastMessageEvent(MessageInChannel):
    """
    A reply in a thread that was also sent to the channel.

    Source: docs.slack.dev/reference/events/message/thread_broadcast.
    """

    subtype: Literal["thread_broadcast"]
    user: str
    text: str
    root: NestedMessage  # the message the thread began with
    thread_ts: NotRequired[str]
    bot_id: NotRequired[str | None]
    event_ts: NotRequired[str]
    hidden: NotRequired[bool]


@final
class ReplyBroadcastMessageEvent(MessageInChannel):
    """
    The predecessor of thread_broadcast, until 2017; the text is in `attachments`.

    Source: docs.slack.dev/reference/events/message/reply_broadcast.
    """

    subtype: Literal["reply_broadcast"]
    user: str
    text: NotRequired[str]
    broadcast_thread_ts: NotRequired[str]
    timestamp: NotRequired[str]
    thread_ts: NotRequired[str]
    event_ts: NotRequired[str]


@final
class MessageChangedEvent(MessageInChannel):
    """
    A message is another now: edited, or a preview of its link came.

    Source: docs.slack.dev/reference/events/message/message_changed.
    """

    subtype: Literal["message_changed"]
    hidden: bool  # true
    message: NestedMessage  # as it is now; `edited` only when a person did it
    event_ts: NotRequired[str]  # `ts` is of this event; the message's is in `message`
    previous_message: NotRequired[NestedMessage]


@final
class MessageDeletedEvent(MessageInChannel):
    """A message was deleted. Source: docs.slack.dev/reference/events/message/message_deleted."""

    subtype: Literal["message_deleted"]
    hidden: bool  # true
    deleted_ts: str  # the message; `ts` is of this event
    event_ts: NotRequired[str]
    previous_message: NotRequired[NestedMessage]


@final
class MessageRepliedEvent(MessageInChannel):
    """
    A thread got a reply; here is its first message again, with the count.

    Over the Events API Slack forgets the subtype, and the event is then of no class.

    Source: docs.slack.dev/reference/events/message/message_replied.
    """

    subtype: Literal["message_replied"]
    hidden: bool  # true
    message: NestedMessage  # the one the thread began with; the reply comes as a message itself
    event_ts: str


@final
class MessageLockedEvent(MessageInChannel):
    """A thread was locked. Source: docs.slack.dev/reference/events/message, "Message subtypes"."""

    subtype: Literal["message_locked"]
    hidden: NotRequired[bool]
    message: NotRequired[NestedMessage]
    previous_message: NotRequired[NestedMessage]
    user: NotRequired[str]
    text: NotRequired[str]
    thread_ts: NotRequired[str]
    event_ts: NotRequired[str]


@final
class EkmAccessDeniedMessageEvent(UserMessage):
    """
    A message whose text the organization's key does not open; the user is "UREVOKEDU".

    Source: docs.slack.dev/reference/events/message/ekm_access_denied.
    """

    subtype: Literal["ekm_access_denied"]


@final
class AssistantAppThreadMessageEvent(MessageInChannel):
    """
    The first message of a thread with an assistant; met mostly inside message_changed.

    Source: docs.slack.dev/reference/events/message/assistant_app_thread.
    """

    subtype: Literal["assistant_app_thread"]
    user: NotRequired[str]
    text: NotRequired[str]
    bot_id: NotRequired[str | None]
    thread_ts: NotRequired[str]
    event_ts: NotRequired[str]
    reply_count: NotRequired[int]
    reply_users: NotRequired[list[str]]
    reply_users_count: NotRequired[int]
    latest_reply: NotRequired[str]
    assistant_app_thread: NotRequired[AssistantAppThread]
