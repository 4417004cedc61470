"""Lanes on a reactivex scheduler: virtual time for tests, or a loop that is there anyway."""

from __future__ import annotations

import math
import threading
from collections.abc import Callable
from typing import TypeVar

from reactivex import abc
from reactivex.disposable import SerialDisposable

from rxslack.lanes.budget import Budget
from rxslack.lanes.lanes import Lanes
from rxslack.lanes.timetable import Paces, TakenJob

__all__ = ["ScheduledLanes"]

K = TypeVar("K")
T = TypeVar("T")


class ScheduledLanes(Lanes[K, T]):
    """
    `Lanes` whose jobs run as actions of a scheduler, one after the other.

    Args:
        scheduler: Measures the time and runs the jobs.
        work, paces, dropped, size, budget: As for `Lanes`.
    """

    def __init__(
        self,
        work: Callable[[T, int], float | None],
        *,
        paces: Callable[[K, T], Paces],
        dropped: Callable[[T], None],
        size: int,
        budget: Budget,
        scheduler: abc.SchedulerBase,
    ) -> None:
        super().__init__(work, paces=paces, dropped=dropped, size=size, budget=budget)
        self._scheduler = scheduler
        self._timer = SerialDisposable()
        self._timed = math.inf  # when the timer goes off
        self._threads: set[int] = set()  # on which jobs are running

    def _now(self) -> float:
        return self._scheduler.to_seconds(self._scheduler.now)

    def _wake(self) -> None:
        due = self._timetable.due()
        if due is None or due >= self._timed:
            return
        self._timed = due
        pause = max(due - self._now(), 0.0)
        self._timer.disposable = self._scheduler.schedule_relative(pause, self._run)

    @property
    def at_work_here(self) -> bool:
        """Whether the caller is called by a job, and so cannot wait for it."""
        return threading.get_ident() in self._threads

    def _run(self, *_: object) -> None:
        own = threading.get_ident()
        self._threads.add(own)
        try:
            while ticket := self._next():
                self._perform(ticket)
        finally:
            self._threads.discard(own)
            with self._lock:
                self._timed = math.inf
                self._wake()

    def _next(self) -> TakenJob[K, T] | None:
        with self._lock:
            return self._timetable.take(self._now())
