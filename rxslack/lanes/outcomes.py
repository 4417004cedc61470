"""What becomes of the items of one subscription, told one at a time, and then the end."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable
from time import monotonic
from typing import Final, Generic, TypeVar

from reactivex import abc

from rxslack.core.unhandled import tell

__all__ = ["Outcomes"]

R = TypeVar("R")

SLICE: Final = 0.25  # seconds; on Windows, Ctrl-C is noticed only between two waits

log = logging.getLogger("rxslack.lanes")


class Outcomes(Generic[R]):
    """
    Hands outcomes that come from many threads to one observer, serially.

    The end of the source is kept until each item that came in is over.

    Args:
        observer: Gets the outcomes; disposed, it lets them go, as every one of reactivex does.
    """

    def __init__(self, observer: abc.ObserverBase[R]) -> None:
        self._observer = observer
        # Two locks, so that a slow subscriber holds up the workers and not the source.
        self._counting = threading.Condition()
        self._emitting = threading.RLock()
        self._pending = 0
        self._end: Callable[[], None] | None = None

    def accept(self) -> None:
        """One more is under way. Returns at once."""
        with self._counting:
            self._pending += 1

    def settle(self, outcome: R) -> None:
        """Emit; then the end, when this was the last one."""
        try:
            with self._emitting:
                self._emit(outcome)
        finally:
            self.skip()

    def _emit(self, outcome: R) -> None:
        try:
            self._observer.on_next(outcome)
        except BaseException as error:  # noqa: BLE001 - a subscriber may raise anything
            self.fail(error)

    def fail(self, error: BaseException) -> None:
        """Tell the observer at once of an error that is no item's."""
        with self._emitting:
            tell(self._observer, error, log)

    def skip(self) -> None:
        """One is over, and there is nothing to tell of it."""
        try:
            self._finish(over=1)
        except BaseException as error:  # noqa: BLE001 - a subscriber may raise anything
            self.fail(error)

    def on_error(self, error: Exception) -> None:
        """The source failed; its error follows what is under way."""
        self._end = lambda: self._observer.on_error(error)
        self._finish()

    def on_completed(self) -> None:
        """The source completed; that follows what is under way."""
        self._end = self._observer.on_completed
        self._finish()

    def wait(self, seconds: float) -> None:
        """Wait until each that came in is over, for so many seconds at the most."""
        deadline = monotonic() + seconds
        with self._counting:
            while self._pending and (left := deadline - monotonic()) > 0:
                self._counting.wait(min(left, SLICE))

    def _finish(self, over: int = 0) -> None:
        with self._counting:
            self._pending -= over
            if not self._pending:
                self._counting.notify_all()
            end = None if self._pending else self._end
            if end:
                self._end = None
        if end:
            end()
