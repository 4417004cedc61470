"""
What Slack allows of each method that writes: how fast, how long, and what a repetition does.

Slack counts the calls of a method in a workspace and an app by the minute, allows bursts and gives
no number for them: the bursts here are modest guesses, and a 429 corrects them. A write that failed
is tried again only when Slack surely did not do it (`pause_before_retry`).

Sources: docs.slack.dev/apis/web-api/rate-limits (the tiers, as "at least so many a minute"); each
method's page at docs.slack.dev/reference/methods, under "Rate limits", "Errors" and its arguments.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Final, Literal, NamedTuple

from rxslack.errors import (
    RateLimited,
    ServerError,
    SlackError,
    TransportError,
    is_retryable,
)

__all__ = [
    "BLOCKS",
    "MARKDOWN",
    "RULES",
    "TEXT",
    "TEXT_CUT",
    "Rule",
    "is_in_doubt",
    "pause_before_retry",
    "rule_of",
]

TEXT: Final = 4_000
"""Characters of `text`: recommended for a new message, the most that chat.update takes."""

TEXT_CUT: Final = 40_000
"""Characters of a new message's `text` over which Slack cuts it off, and says ok."""

MARKDOWN: Final = 12_000
"""Characters of `markdown_text`. docs.slack.dev/reference/methods/chat.postMessage."""

BLOCKS: Final = 50
"""Blocks of a message. docs.slack.dev/reference/block-kit/blocks."""


class Rule(NamedTuple):
    """
    What Slack allows of one method.

    Attributes:
        rate: calls a second in the workspace, whatever they are about.
        burst: calls at once after a rest.
        lane_rate: calls a second in one channel; inf where Slack does not count by channel.
        lane_burst: calls at once in one channel.
        limited: what a 429 is about: one "lane" (a channel), or the "method" in the workspace.
        repeatable: whether doing it twice is the same as doing it once.
        already: the error by which Slack says that it has been done before.
        lasts: seconds after which calling is no use any more, as when a `trigger_id` has expired.
    """

    rate: float
    burst: int
    lane_rate: float = math.inf
    lane_burst: int = 1
    limited: Literal["lane", "method"] = "method"
    repeatable: bool = False
    already: str = ""
    lasts: float = math.inf


def tier(number: Literal[1, 2, 3, 4], *, repeatable: bool = False, already: str = "") -> Rule:
    """The rule of a method of one of Slack's four tiers."""
    a_minute, burst = {1: (1, 1), 2: (20, 5), 3: (50, 10), 4: (100, 20)}[number]
    return Rule(rate=a_minute / 60, burst=burst, repeatable=repeatable, already=already)


RULES: Final[Mapping[str, Rule]] = {
    # "Special": one a second in a channel, several hundred a minute in a workspace.
    "chat.postMessage": Rule(rate=5.0, burst=50, lane_rate=1.0, lane_burst=5, limited="lane"),
    "chat.postEphemeral": tier(4),
    "chat.scheduleMessage": tier(3),
    "chat.meMessage": tier(3),
    "chat.startStream": tier(2),
    "chat.appendStream": tier(4),
    "chat.stopStream": tier(2, repeatable=True, already="message_not_in_streaming_state"),
    "chat.update": tier(3, repeatable=True),
    "chat.delete": tier(3, repeatable=True, already="message_not_found"),
    "reactions.add": tier(3, repeatable=True, already="already_reacted"),
    "reactions.remove": tier(2, repeatable=True, already="no_reaction"),
    "pins.add": tier(2, repeatable=True, already="already_pinned"),
    "pins.remove": tier(2, repeatable=True, already="no_pin"),
    "conversations.mark": tier(3, repeatable=True),
    "conversations.history": tier(3, repeatable=True),
    "conversations.replies": tier(3, repeatable=True),
    "files.completeUploadExternal": tier(4),
    # A trigger_id expires three seconds after the act that made it, and opens one view.
    "views.open": Rule(rate=100 / 60, burst=20, lasts=3.0),
    "views.push": Rule(rate=100 / 60, burst=20, lasts=3.0),
    "views.publish": tier(4, repeatable=True),
    "views.update": tier(4, repeatable=True),
    # "Special": like chat.postMessage, but for the thread that it is about.
    "assistant.threads.setStatus": Rule(
        rate=10.0, burst=50, lane_rate=1.0, lane_burst=5, limited="lane", repeatable=True
    ),
    "assistant.threads.setTitle": tier(4, repeatable=True),
    "assistant.threads.setSuggestedPrompts": tier(4, repeatable=True),
    "agents.sessions.setStatus": tier(3, repeatable=True),
    "agents.sessions.rename": tier(3, repeatable=True),
}
"""The methods that the sinks call, and others that are often called."""

ANY_OTHER: Final = tier(2)


def rule_of(method: str) -> Rule:
    """
    The rule of a method; for one that is not listed, the most careful guess for most methods.

    >>> rule_of("chat.postMessage").lane_rate, rule_of("reactions.add").already
    (1.0, 'already_reacted')
    """
    return RULES.get(method, ANY_OTHER)


FIRST = 0.5  # seconds
LONGEST = 30.0  # seconds


def is_in_doubt(error: Exception) -> bool:
    """
    Whether what was called may have been carried out although it failed.

    >>> is_in_doubt(ServerError("chat.postMessage", 502))
    True
    >>> is_in_doubt(ServerError("chat.postMessage", 503))
    False
    """
    return isinstance(error, SlackError) and error.maybe_done


def pause_before_retry(error: Exception, attempt: int, *, repeatable: bool = False) -> float | None:
    """
    How long to wait before a write is repeated; None when it must not be, or when that is no use.

    A write that was perhaps done is never repeated: it could be done twice. So only these are
    repeated: 429, `ratelimited` and `rate_limited`, after the time that Slack asks for; a network
    that failed before the request had left, and HTTP 503, after half a second that doubles to
    half a minute.

    >>> from rxslack.errors import ApiError, TimedOut
    >>> pause_before_retry(RateLimited("chat.postMessage", retry_after=7.0), attempt=1)
    7.0
    >>> [pause_before_retry(TransportError("Slack", "refused"), n) for n in (1, 2, 3, 9)]
    [0.5, 1.0, 2.0, 30.0]
    >>> pause_before_retry(TimedOut("chat.postMessage", 30.0, maybe_done=True), attempt=1)
    >>> pause_before_retry(ApiError("chat.postMessage", "channel_not_found"), attempt=1)

    Args:
        error: What the call raised.
        attempt: The attempt that failed; counts from 1.
        repeatable: Doing it twice is the same as doing it once, so whatever may heal is repeated.

    Returns: seconds, or None.
    Source: docs.slack.dev/apis/web-api/rate-limits;
        docs.slack.dev/reference/methods/chat.postMessage ("fatal_error": the operation may have
        succeeded before the error was raised).
    """
    if isinstance(error, RateLimited):
        return error.pause
    unsent = isinstance(error, (TransportError, ServerError)) and not is_in_doubt(error)
    if is_retryable(error) and (unsent or repeatable):
        return min(FIRST * 2.0 ** min(attempt - 1, 10), LONGEST)
    return None
