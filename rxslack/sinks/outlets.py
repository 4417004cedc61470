"""Where the outcome of an item goes: down the stream, or to the log."""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import Any, Protocol, TypeAlias

from reactivex import abc

from rxslack.events.rxslack_items import FailureEvent
from rxslack.sinks.failures import FailureLog, is_failure

__all__ = ["Logged", "Outcome", "Outlet", "Replies"]

Outcome: TypeAlias = dict[str, Any] | FailureEvent
"""Slack's reply, or the failure of an item."""


class Outlet(Protocol):
    """Told of each item twice: when it comes in and when it is over."""

    def accept(self) -> None:
        """An item came in. Returns at once."""

    def settle(self, outcome: Outcome) -> None:
        """An item is over. Called from any thread."""

    def drop(self, event: FailureEvent) -> None:
        """An item was dropped because the sink was closed."""


class Logged:
    """
    The outlet of a plain observer: failures are logged, replies are let go.

    Args:
        log: Where failures are written.
    """

    def __init__(self, log: FailureLog) -> None:
        self._log = log

    def accept(self) -> None:
        """Nothing to keep."""

    def settle(self, outcome: Outcome) -> None:
        """Log a failure."""
        if is_failure(outcome):
            self._log.tell(outcome)

    def drop(self, event: FailureEvent) -> None:
        """Say nothing: whoever called `close` was told the number."""


class Replies:
    """
    The outlet of one subscription to the operator: outcomes one at a time, then the end.

    The end of the source is kept until each item that came in is over.

    Args:
        observer: Gets the outcomes; disposed, it lets them go, as every one of reactivex does.
        log: Told when the token is refused.
    """

    def __init__(self, observer: abc.ObserverBase[Outcome], log: FailureLog) -> None:
        self._observer = observer
        self._log = log
        # Two locks, so that a slow subscriber holds up the sender threads and not the source.
        self._counting = threading.Lock()
        self._emitting = threading.RLock()
        self._pending = 0
        self._end: Callable[[], None] | None = None

    def accept(self) -> None:
        """One more is under way."""
        with self._counting:
            self._pending += 1

    def settle(self, outcome: Outcome) -> None:
        """Emit; then the end, when this was the last one."""
        if is_failure(outcome):
            self._log.tell_refused_token(outcome["error"])
        try:
            with self._emitting:
                self._observer.on_next(outcome)
        finally:
            self._finish(over=1)

    def drop(self, event: FailureEvent) -> None:
        """Emit the failure: nothing is lost silently."""
        self.settle(event)

    def on_error(self, error: Exception) -> None:
        """The source failed; its error follows what is under way."""
        self._end = lambda: self._observer.on_error(error)
        self._finish()

    def on_completed(self) -> None:
        """The source completed; that follows what is under way."""
        self._end = self._observer.on_completed
        self._finish()

    def _finish(self, over: int = 0) -> None:
        with self._counting:
            self._pending -= over
            end = None if self._pending else self._end
            if end:
                self._end = None
        if end:
            end()
