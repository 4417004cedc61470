"""Lanes on threads of their own, which come when there is work and go when there is none."""

from __future__ import annotations

import threading
from collections.abc import Callable
from itertools import count
from typing import TypeVar

from rxslack.errors import ConfigurationError
from rxslack.lanes.budget import Budget
from rxslack.lanes.lanes import Lanes
from rxslack.lanes.timetable import Paces, TakenJob

__all__ = ["ThreadedLanes"]

K = TypeVar("K")
T = TypeVar("T")

IDLE = 0.3  # seconds that a thread without work stays for the next job
LONGEST = 3600.0  # seconds of one wait; Python refuses to wait for centuries


class ThreadedLanes(Lanes[K, T]):
    """
    `Lanes` whose jobs run on at most `workers` daemon threads.

    A thread is started when a job is due, or will be, and no thread is free to wait for it. One
    thread is enough to keep the time of all the lanes that pause.

    Args:
        workers: The most threads, so the most jobs at work at once.
        name: Goes into the threads' names: ``rxslack-<name>-1``.
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
        workers: int,
        name: str,
    ) -> None:
        super().__init__(work, paces=paces, dropped=dropped, size=size, budget=budget)
        if workers < 1:
            raise ConfigurationError(f"{workers!r} workers send nothing; give 1 or more")
        self._workers = workers
        self._name = name
        self._numbers = count(1)
        self._threads: set[int] = set()
        self._running = 0
        self._waiting = 0
        self._bell = self._clock.bell(self._lock)

    def _is_own_thread(self) -> bool:
        return threading.get_ident() in self._threads

    def _wake(self) -> None:
        if self._closed:
            self._bell.notify_all()
        elif self._waiting:
            self._bell.notify()
        elif self._running < self._workers:
            self._start()

    def _start(self) -> None:
        name = f"rxslack-{self._name}-{next(self._numbers)}"
        thread = threading.Thread(target=self._run, name=name, daemon=True)
        try:
            thread.start()
        except RuntimeError:  # no more threads to be had; those that run will do
            if not self._running:
                raise
        else:
            self._running += 1

    def _run(self) -> None:
        own = threading.get_ident()
        with self._lock:
            self._threads.add(own)
        try:
            while ticket := self._next():
                self._perform(ticket)
        except BaseException:
            # The job raised, or its subscriber did. This thread ends by it, visibly; the jobs
            # that are left need another one.
            with self._lock:
                self._leave()
            raise
        finally:
            with self._lock:
                self._threads.discard(own)

    def _next(self) -> TakenJob[K, T] | None:
        """Wait for a job; None when this thread is not needed any more, and has left."""
        with self._lock:
            patience = self._now() + IDLE
            while True:
                now = self._now()
                if ticket := self._timetable.take(now):
                    self._hand_over()
                    return ticket
                if self._closed or (now >= patience and self._is_spare()):
                    self._leave()
                    return None
                self._listen(now, patience)

    def _listen(self, now: float, patience: float) -> None:
        due = self._timetable.due()
        until = patience if due is None or self._is_spare() else due
        until = until if due is None else min(until, due)
        self._waiting += 1
        try:
            self._bell.wait(min(max(until - now, 0), LONGEST))
        finally:
            self._waiting -= 1

    def _is_spare(self) -> bool:
        """Whether nothing is to come, or somebody else waits for it already."""
        return self._waiting > 0 or self._timetable.due() is None

    def _hand_over(self) -> None:
        """See to it that somebody waits for the next job."""
        if self._timetable.due() is not None:
            self._wake()

    def _leave(self) -> None:
        self._running -= 1
        self._hand_over()
