"""When a call of the Web API is tried again, as slack_sdk's handlers say it."""

from __future__ import annotations

from rxslack.errors import SlackError
from rxslack.recovery.backoff import CHANCE
from rxslack.web.answers import HttpAnswer
from rxslack.web.protocol import retry_after

__all__ = [
    "ConnectionErrorRetryHandler",
    "RateLimitErrorRetryHandler",
    "RetryHandler",
    "ServerErrorRetryHandler",
]


class RetryHandler:
    """
    Says whether to try again.

    Args:
        max_retry_count: how often at most.
    """

    def __init__(self, max_retry_count: int = 1) -> None:
        self.max_retry_count = max_retry_count

    def pause_after(self, outcome: HttpAnswer | SlackError, attempt: int) -> float | None:
        """
        Seconds until the next attempt; None when there shall be none.

        Args:
            outcome: what came, or why nothing came.
            attempt: counts from 1.
        """
        if attempt > self.max_retry_count or not self.concerns(outcome):
            return None
        return float(2 ** (attempt - 1)) * CHANCE.random()

    def concerns(self, outcome: HttpAnswer | SlackError) -> bool:
        """Whether it is for this handler."""
        raise NotImplementedError


class ConnectionErrorRetryHandler(RetryHandler):
    """Tries again when Slack was not reached, and the call surely not carried out."""

    def concerns(self, outcome: HttpAnswer | SlackError) -> bool:
        """Whether no connection was made."""
        return isinstance(outcome, SlackError) and outcome.retryable and not outcome.maybe_done


class ServerErrorRetryHandler(RetryHandler):
    """Tries again after HTTP 500 and 503, whatever may have been carried out."""

    def concerns(self, outcome: HttpAnswer | SlackError) -> bool:
        """Whether Slack's server failed."""
        return isinstance(outcome, HttpAnswer) and outcome.status in (500, 503)


class RateLimitErrorRetryHandler(RetryHandler):
    """Tries again after HTTP 429, when Slack says."""

    def concerns(self, outcome: HttpAnswer | SlackError) -> bool:
        """Whether it was too often."""
        return isinstance(outcome, HttpAnswer) and outcome.status == 429

    def pause_after(self, outcome: HttpAnswer | SlackError, attempt: int) -> float | None:
        """Seconds as Slack says them, and up to one more."""
        pause = super().pause_after(outcome, attempt)
        if pause is None or not isinstance(outcome, HttpAnswer):
            return None
        return (retry_after(outcome.headers) or 1.0) + CHANCE.random()
