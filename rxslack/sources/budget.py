"""How often Slack may be asked for a websocket's URL, by everything in this process together."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from typing import TYPE_CHECKING, Final

from rxslack.core.fork import Registry, after_fork
from rxslack.errors import ConfigurationError, RateLimited
from rxslack.lanes.paces import Pace
from rxslack.web.client import WebClient

if TYPE_CHECKING:
    from rxslack.log.where import Where

__all__ = ["UrlBudget", "budget_of"]

_BURST: Final = 10
_PER_MINUTE: Final = 6.0
_KEY: Final = ("url",)
_SLICE: Final = 0.02  # seconds between looks at a clock that is not the system's


class UrlBudget:
    """
    So many requests for a URL at once, then so many a minute, whoever asks.

    Each (token, base URL) has one of its own, which every stream draws on by itself: a retry
    without a pause then costs patience, not an account. Give another one to those that shall
    differ: ``rtm(web, budget=UrlBudget(burst=3))``.

    >>> budget = UrlBudget(burst=2, per_minute=6.0, clock=lambda: 100.0)
    >>> budget.take(), budget.take(), budget.take()
    (0.0, 0.0, 10.0)

    Args:
        burst: how many may be asked for at once, after a rest.
        per_minute: how many in the long run.
        clock: seconds that only grow.

    Raises: ConfigurationError for numbers that let nothing through.
    Source: docs.slack.dev/apis/web-api/rate-limits (tier 1: once a minute and some at once; a
    client that goes beyond gets no URL for up to a minute).
    """

    def __init__(
        self,
        burst: int = _BURST,
        per_minute: float = _PER_MINUTE,
        *,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        if not per_minute > 0:
            raise ConfigurationError(f"per_minute must be more than 0, not {per_minute!r}")
        self._pace = Pace(per_minute / 60, burst)
        self._clock = clock
        self._lock = threading.Lock()
        _all.add(self)

    def disown(self) -> None:
        """In a child of `fork()`: a thread of the parent may have held the lock."""
        self._lock = threading.Lock()

    def take(self) -> float:
        """Count one request and return 0.0, or the seconds until the next look is worth it."""
        with self._lock:
            now = self._clock()
            # A hair of tolerance: after exactly the told pause a request has to be allowed.
            left = self._pace.due() - now
            if left > 1e-6:
                return left
            self._pace.take(now)
            return 0.0

    def wait(self, stop: threading.Event) -> bool:
        """
        Wait for a request's turn on this thread.

        Args:
            stop: set to give up waiting; nothing has been taken then.

        Returns: whether the turn has come.
        """
        while not stop.is_set():
            left = self.take()
            if not left:
                return True
            stop.wait(left if self._clock is time.monotonic else _SLICE)
        return False

    def heed(self, error: Exception) -> None:
        """Let nobody ask before Slack's `Retry-After` is over; other errors change nothing."""
        if isinstance(error, RateLimited):
            with self._lock:
                self._pace.hold(self._clock() + error.pause)


class SharedUrlBudget(UrlBudget):
    """
    One for all processes that connect with a token; while its log cannot be reached, one for each.

    Args:
        where: The log.
        web: Whose token it is.

    Raises: ConfigurationError.
    """

    def __init__(self, where: Where, web: WebClient) -> None:
        from rxslack.log.shared_budget import SharedBudget  # few bots have one

        super().__init__()
        self._shared = SharedBudget(where, web)

    def take(self) -> float:
        """As `UrlBudget` says."""
        return super().take() or self._shared.reserve((_KEY, _PER_MINUTE / 60, _BURST))

    def heed(self, error: Exception) -> None:
        """As `UrlBudget` says."""
        super().heed(error)
        if isinstance(error, RateLimited):
            self._shared.hold_elsewhere(_KEY, _PER_MINUTE / 60, _BURST, error.pause)


_all = Registry[UrlBudget](UrlBudget.disown)
_budgets: dict[str, UrlBudget] = {}
_finding = threading.Lock()


def _find_anew() -> None:
    global _finding
    _finding = threading.Lock()


after_fork(_find_anew)


def budget_of(web: WebClient, budget: UrlBudget | Where | None = None) -> UrlBudget:
    """The budget that was asked for; by default the one of a token and a base URL in this process."""
    if budget is not None:
        return budget if isinstance(budget, UrlBudget) else SharedUrlBudget(budget, web)
    with _finding:
        return _budgets.setdefault(web.account, UrlBudget())
