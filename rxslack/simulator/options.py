"""What can be chosen about a simulated Slack: its limits, and its habits on the socket."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, TypeAlias

__all__ = ["Ending", "Limits", "Rate", "RtmOptions", "SpentUrl"]

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
        tier2: lists of channels and people.
        tier3: history, replies, updates, reactions, single objects.
        tier4: members.
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
    Habits of the websocket that Slack does not promise, or that a test wants otherwise.

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
