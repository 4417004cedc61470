"""What rxslack itself puts into a stream; every `type` begins with `rxslack.`."""

from typing import Any, Literal, NotRequired, TypedDict

from rxslack.events.types.objects import SocketProblem

__all__ = [
    "BackfilledEvent",
    "DecisionEvent",
    "FailureEvent",
    "GapEvent",
    "GhostsEvent",
    "MissingPart",
    "ReplayedEvent",
    "ReplyEvent",
    "StreamEvent",
    "UnreadableEvent",
    "UnsentEvent",
]


class ReplyEvent(TypedDict):
    """
    Slack's answer to something sent over the socket; on the wire it has no `type`.

    Source: docs.slack.dev/legacy/legacy-rtm-api, "Sending messages".
    """

    type: Literal["rxslack.reply"]
    ok: NotRequired[bool]
    reply_to: NotRequired[int]  # the `id` of what was sent
    ts: NotRequired[str]  # of the message that was posted
    text: NotRequired[str]  # as Slack understood it; may differ from what was sent
    error: NotRequired[SocketProblem]


class ReplayedEvent(TypedDict):
    """
    The last message that this token sent over a socket, which Slack repeats on the next one.

    On the wire it is a `message` with the `reply_to` of another connection, perhaps of another
    process. It is neither news, to be answered, nor the answer to anything that was sent here.

    Source: docs.slack.dev/legacy/legacy-rtm-api, "Sending messages";
    github.com/slackapi/node-slack-sdk/issues/164.
    """

    type: Literal["rxslack.replayed"]
    reply_to: int  # the `id` that it had then
    channel: NotRequired[str]
    user: NotRequired[str]
    text: NotRequired[str]
    ts: NotRequired[str]


class UnreadableEvent(TypedDict):
    """A frame that is not JSON, or is not an object. The frames after it follow."""

    type: Literal["rxslack.unreadable"]
    data: str  # the frame as it came; bytes that are no text appear as backslash escapes
    error: str  # what was wrong with it


class UnsentEvent(TypedDict):
    """An item of `outgoing` that could not be sent to Slack. The stream lives on."""

    type: Literal["rxslack.unsent"]
    message: Any  # the item as it was given, which may be anything at all
    error: str  # what was wrong with it


class GapEvent(TypedDict):
    """
    Between two connections that did not overlap, as far as is known: what was said in between was not seen.

    Times are Slack's own, as its answers and messages tell them.
    """

    type: Literal["rxslack.gap"]
    since: float  # unix seconds, when the old connection was last heard of, at the earliest
    until: float  # unix seconds, when the new connection said hello, at the latest
    last_ts: str | None  # of the last message seen
    reason: str  # why the old connection ended


class GhostsEvent(TypedDict):
    """
    Slack counts more connections of an app than this process has, and gives them events.

    Source: docs.slack.dev/apis/events-api/using-socket-mode, "Using multiple connections".
    """

    type: Literal["rxslack.ghosts"]
    connections: int  # as Slack counts them
    own: int  # of this process, those included that ended within the last minute


class MissingPart(TypedDict):
    """A part of a gap that was not recovered."""

    channel: str | None  # its id; None when it is about all of them
    why: str


class BackfilledEvent(TypedDict):
    """What became of a gap, or of several at once; their messages came before this."""

    type: Literal["rxslack.backfilled"]
    since: float  # unix seconds
    until: float  # unix seconds
    messages: int  # how many were recovered
    calls: int  # of the Web API that it took
    missing: list[MissingPart]  # edits and old threads, always; channels that may not be read, …


class FailureEvent(TypedDict):
    """An item that a callback, or Slack, refused. The stream lives on."""

    type: Literal["rxslack.failure"]
    item: Any  # what was being worked on, which may be anything; None when that is not known
    error: Exception
    uncertain: NotRequired[bool]  # true: Slack may have done it all the same, and nobody looked


class StreamEvent(TypedDict):
    """
    How far an answer is that is written while it grows; `stream_message` emits it.

    Source: docs.slack.dev/reference/methods/chat.startStream.
    """

    type: Literal["rxslack.stream"]
    state: Literal["started", "updated", "finished", "stopped"]
    channel: str  # its id
    ts: str  # of the newest message; "" when there is none
    text: str  # the Markdown that Slack has so far, as it was produced
    messages: list[str]  # the ts of all messages that the answer took
    item: Any  # as it was given


class DecisionEvent(TypedDict):
    """What was decided about an item that `ask` has shown."""

    type: Literal["rxslack.decision"]
    ask: str  # the id of the question
    item: Any  # as it was given; as JSON has it after a restart
    decision: str | None  # the name of the button; None when nobody decided in time
    user: str | None  # who decided
    at: float  # unix seconds
    channel: str  # where the card is
    ts: str  # of the card; "" when it was not posted yet
