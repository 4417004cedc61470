"""Whether a write that failed may be tried again: only what Slack surely did not do."""

from __future__ import annotations

from rxslack.errors import (
    RateLimited,
    ServerError,
    SlackError,
    TransportError,
    is_retryable,
)

__all__ = ["is_in_doubt", "pause_before_retry"]

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
