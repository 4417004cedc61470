"""The moments at which something is due for a question."""

from __future__ import annotations

import heapq
import logging
from collections.abc import Callable, Iterator
from typing import Final

from reactivex import abc
from reactivex.disposable import SerialDisposable

from rxslack.core.unhandled import guarded

__all__ = ["Deadlines"]

log = logging.getLogger("rxslack.ask")

LONGEST: Final = 3600.0  # seconds of one wait, for clocks that are set and machines that sleep
EARLY: Final = 0.001  # seconds that a timer may be early


class Deadlines:
    """
    Rings when something is due. Used under the lock of `Questions`, which its ring takes as well.

    Args:
        clock: Measures the time.
        ring: Called when a moment has come, on a thread of the clock's.
    """

    def __init__(self, clock: abc.SchedulerBase, ring: Callable[[], None]) -> None:
        self._clock = clock
        self._ring = guarded(lambda *_: ring(), log)
        self._due: list[tuple[float, str]] = []
        self._timer = SerialDisposable()

    def now(self) -> float:
        """Unix seconds."""
        return self._clock.to_seconds(self._clock.now)

    def has_passed(self, due: float) -> bool:
        """Whether a moment has come."""
        return due <= self.now() + EARLY

    def add(self, due: float, id: str) -> None:  # noqa: A002 - Slack's and everybody's word
        """Something is due for a question at a moment, in unix seconds."""
        heapq.heappush(self._due, (due, id))
        if self._due[0] == (due, id):
            self.wait()

    def passed(self) -> Iterator[str]:
        """The questions for which a moment has come, each of them once for it."""
        while self._due and self.has_passed(self._due[0][0]):
            yield heapq.heappop(self._due)[1]

    def wait(self) -> None:
        """Ring at the next moment."""
        if self._due:
            pause = min(max(self._due[0][0] - self.now(), 0.0), LONGEST)
            self._timer.disposable = self._clock.schedule_relative(pause, self._ring)

    def dispose(self) -> None:
        """Ring no more."""
        self._timer.dispose()
