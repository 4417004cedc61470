"""What can be chosen about a simulated Slack: its limits, its websockets, its deliveries."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, TypeAlias

__all__ = [
    "Ending",
    "Limits",
    "Rate",
    "RtmOptions",
    "SocketModeOptions",
    "SpentUrl",
    "StreamOptions",
]

Ending: TypeAlias = Literal["close", "close without FIN", "FIN", "RST"]
"""
How a server ends a websocket: a CLOSE frame and FIN, the frame alone, FIN alone, or a TCP reset.

The second leaves TCP open, as Slack has been seen to do.
"""

SpentUrl: TypeAlias = Literal["error frame", "HTTP 404", "HTTP 200"]
"""How the URL of a websocket that is spent is refused: after the upgrade, or in its place."""


@dataclass(frozen=True)
class Rate:
    """
    A token bucket's numbers.

    Args:
        per_second: how many calls the bucket regains each second.
        burst: how many calls a full bucket allows at once.
    """

    per_second: float
    burst: int


@dataclass(frozen=True, kw_only=True)
class Limits:
    """
    How often may be called, by Slack's tiers; None stands for "as often as you like".

    Args:
        tier1: rtm.connect, rtm.start; one a minute, and ten at once.
        tier2: lists of channels and people; chat.startStream and chat.stopStream.
        tier3: history, replies, updates, reactions, single objects.
        tier4: members; chat.appendStream.
        special: auth.test, and everything that has no tier.
        posts: chat.postMessage, counted for each channel: one a second, and some at once.
        posts_total: chat.postMessage in all channels together; Slack says "several hundred" a
            minute.
        frames: what a client sends over one websocket. Slack's own limit is one a second with
            a burst it does not tell; this is generous.
        patience: error replies to a flooding client before its socket is closed.
        history_page: messages that one page of history may hold; 15, with a `tier3` of one a
            minute, is what apps outside the Marketplace get.

    Source: docs.slack.dev/apis/web-api/rate-limits; the numbers beside each method in
    docs.slack.dev/reference/methods.
    """

    tier1: Rate | None = Rate(1 / 60, 10)
    tier2: Rate | None = Rate(20 / 60, 20)
    tier3: Rate | None = Rate(50 / 60, 50)
    tier4: Rate | None = Rate(100 / 60, 100)
    special: Rate | None = Rate(600 / 60, 600)
    posts: Rate | None = Rate(1.0, 30)
    posts_total: Rate | None = Rate(600 / 60, 300)
    frames: Rate | None = Rate(20.0, 200)
    patience: int = 3
    history_page: int = 999

    @classmethod
    def off(cls) -> Limits:
        """
        No limit anywhere.

        >>> Limits.off().tier1 is None
        True
        """
        return cls(
            tier1=None,
            tier2=None,
            tier3=None,
            tier4=None,
            special=None,
            posts=None,
            posts_total=None,
            frames=None,
        )

    @classmethod
    def restricted(cls) -> Limits:
        """
        What apps get that are sold outside Slack's Marketplace: little history.

        >>> Limits.restricted().history_page
        15

        Source: docs.slack.dev/apis/web-api/rate-limits. There, only history and replies are limited
        like this; here, everything of their tier.
        """
        return cls(tier3=Rate(1 / 60, 1), history_page=15)


@dataclass(frozen=True, kw_only=True)
class RtmOptions:
    """
    How RTM's websockets behave, where Slack does not promise it, or a test wants it otherwise.

    Seconds are those of the workspace's clock; None stands for "never" and "no limit". What no
    source tells of Slack is marked as unknown: a client has to do well with any value.

    Args:
        reconnect_url: send `reconnect_url` soon after hello.
        reconnect_url_every: seconds between two of them from then on.
        max_age: seconds after hello at which goodbye comes.
        quiet: seconds without an event in the workspace at which goodbye comes. Slack's are 120.
        grace: the least and the most seconds from a goodbye to the end; seeded chance has the
            choice. None: the end does not come.
        parting: how it ends then, and when the server has another reason.
        close_code: of the CLOSE frame that the server begins with; None: a frame without one.
            Unknown.
        ping_every: seconds between the server's ping frames. Unknown.
        idle_timeout: seconds without a frame from the client until the server ends it. Unknown.
        max_sockets: websockets that one token may have at once; one too many is refused like a
            spent URL. Unknown.
        refuses_duplicate_ids: answer a message whose `id` was used on this websocket with an
            error. Unknown.
        answers_unknown_types: answer what has an unknown `type` with an error, or not at all.
            Unknown.
        max_text: characters of a message's text; a longer one is answered with `long_text_error`.
            Slack recommends 4000; what it does is unknown.
        long_text_error: code and text of that error. Unknown.
        accepts_fragments: put together what a client splits into several frames. Slack hangs up.
        replays_own_message: begin a socket with the last message that was sent over an earlier
            one, with its old `reply_to` and no `ok`.
        max_frame: bytes of JSON that a client may send; more closes the socket.
        max_waiting: bytes that may wait for a client that does not read; more cuts it off.
        ticket_life: seconds for which the URL of rtm.connect is good.
        spent_url: what a client meets that uses one twice, or too late. The frame is documented.

    Source: docs.slack.dev/legacy/legacy-rtm-api; slack-go/slack#268 (fragments);
    slackapi/node-slack-sdk#164 (the replayed message).
    """

    reconnect_url: bool = True
    reconnect_url_every: float | None = 180.0
    max_age: float | None = 8 * 3600.0
    quiet: float | None = None
    grace: tuple[float, float] | None = (0.0, 60.0)
    parting: Ending = "close"
    close_code: int | None = 1000
    ping_every: float | None = None
    idle_timeout: float | None = None
    max_sockets: int | None = None
    refuses_duplicate_ids: bool = False
    answers_unknown_types: bool = True
    max_text: int | None = None
    long_text_error: tuple[int, str] = (5, "message text is too long")
    accepts_fragments: bool = False
    replays_own_message: bool = False
    max_frame: int = 16 * 1024
    max_waiting: int = 64 * 1024 * 1024
    ticket_life: float = 30.0
    spent_url: SpentUrl = "error frame"


@dataclass(frozen=True, kw_only=True)
class SocketModeOptions:
    """
    How Socket Mode behaves. Where the sources on Slack disagree, both ways can be chosen.

    Args:
        ack_deadline: seconds within which an envelope has to be acknowledged.
        retry_pauses: seconds before each further delivery of an event that was not acknowledged,
            or found no socket open. Commands and interactions are delivered once.
        keeps_envelope_id: whether a retry has the `envelope_id` of the first delivery.
        redelivers_every: each so many-th event comes again although it was acknowledged; 0: none.
        acks_anywhere: whether an acknowledgement counts on another socket than its envelope's.
        max_connections: sockets of the app; one more gets `too_many_websockets`.
        max_ack: bytes of JSON that an acknowledgement may have.
        long_ack: what a longer one does: "close" the socket with code 1009, or be "ignore"d.
        ping_every: seconds between the server's pings; None: it sends none.
        answers_pings: whether the client's pings get pongs.
        life: seconds until a socket is to be replaced.
        debug_life: the same for a URL with `debug_reconnects=true`.
        notice: seconds from the `disconnect` to the end of the socket.
        warns: whether the `disconnect` at the end of a life says `warning`, else
            `refresh_requested`.
        tells_start: whether hello's `debug_info` has `started`.
        ticket_life: seconds for which the URL of apps.connections.open is good.

    Source: docs.slack.dev/apis/events-api/using-socket-mode; docs.slack.dev/apis/events-api,
    "Retries"; slackapi/python-slack-sdk#1280 (3 s); slack-go/slack and revelrylabs/slax#614 (long
    acknowledgements); vercel/chat#666 (ids of retries).
    """

    ack_deadline: float = 3.0
    retry_pauses: tuple[float, ...] = (0.0, 60.0, 300.0)
    keeps_envelope_id: bool = False
    redelivers_every: int = 0
    acks_anywhere: bool = True
    max_connections: int = 10
    max_ack: int = 20 * 1024
    long_ack: Literal["close", "ignore"] = "close"
    ping_every: float | None = 10.0
    answers_pings: bool = True
    life: float = 18_060.0
    debug_life: float = 360.0
    notice: float = 10.0
    warns: bool = True
    tells_start: bool = False
    ticket_life: float = 30.0


@dataclass(frozen=True, kw_only=True)
class StreamOptions:
    """
    How messages stream, where Slack does not promise it, or a test wants it otherwise.

    Args:
        life: seconds after chat.startStream at which Slack ends a stream, whatever is appended. Apps
            have measured five minutes, and 306 seconds; no page says it. None: it never does.
        max_text: characters of Markdown that one message takes through all its calls; more is
            `msg_too_long`. Measured, and on no page; None: no limit.
        max_blocks: blocks that one message takes in chunks.
        has_stop_button: whether the app subscribes to `agent_session_stopped`, without which people
            see no stop button.
        takes_last_words: whether chat.stopStream may still end a message that a person has stopped,
            or is `stopped_by_user`. Unknown: the event's page names it as a way to release the
            session after a stop.

    Source: slackapi/python-slack-sdk#1859 and NousResearch/hermes-agent#59010 (life);
    CopilotKit/CopilotKit#6064 (length); docs.slack.dev/reference/methods/chat.stopStream (blocks);
    docs.slack.dev/reference/events/agent_session_stopped (stop).
    """

    life: float | None = 300.0
    max_text: int | None = 12_000
    max_blocks: int = 50
    has_stop_button: bool = True
    takes_last_words: bool = True
