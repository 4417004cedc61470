"""Jobs in lanes: in a lane one after the other and at its pace, the lanes side by side."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable
from typing import Generic, TypeVar

from rxslack.errors import ConfigurationError
from rxslack.lanes.budget import Budget
from rxslack.lanes.pace import Pace
from rxslack.lanes.timetable import Paces, TakenJob, Timetable

__all__ = ["Lanes"]

K = TypeVar("K")
T = TypeVar("T")

SLICE = 0.25  # seconds; on Windows, Ctrl-C is noticed only between two waits


class Lanes(ABC, Generic[K, T]):
    """
    A bounded box of jobs, safe from many threads; a subclass says on which thread they run.

    Args:
        work: Does one job: `work(job, attempt)`, where `attempt` counts from 1. It returns None
            when the job is over, well or badly, or a pause in seconds after which the same job is
            to be tried again; its lane waits that long, and no other does. What it raises ends
            the job and goes to the thread that runs it.
        paces: The paces of a job in the lane of a key, from the budget. Called with its lock held.
        dropped: Called with each job that `close` drops.
        size: How many jobs may be inside, those at work included.
        budget: Whose paces they are. Its lock guards these lanes, too.
    """

    def __init__(
        self,
        work: Callable[[T, int], float | None],
        *,
        paces: Callable[[K, T], Paces],
        dropped: Callable[[T], None],
        size: int,
        budget: Budget,
    ) -> None:
        if size < 1:
            raise ConfigurationError(f"a queue of {size!r} holds nothing; give 1 or more")
        self._work = work
        self._dropped = dropped
        self._size = size
        self._closed = False
        self._timetable = Timetable[K, T](paces)
        self._clock = budget.clock
        self._lock = budget.lock
        self._room = self._clock.bell(self._lock)

    @property
    def left(self) -> int:
        """How many jobs are not over yet."""
        with self._lock:
            return len(self._timetable)

    @property
    def closed(self) -> bool:
        """Whether `close` was called."""
        return self._closed

    @property
    def at_work_here(self) -> bool:
        """Whether the caller is called by a job, and so cannot wait for it."""
        return self._is_own_thread()

    def put(self, key: K, job: T, *, wait: bool = False, force: bool = False) -> bool:
        """
        Append a job to its lane.

        Args:
            key: Which lane.
            job: What `work` is called with.
            wait: Wait for room, on the calling thread. A job that puts a job never waits: it
                would wait for itself.
            force: Take the job though there is no room.

        Returns: whether the job was taken; False when there is no room, or after `close`.
        """
        with self._lock:
            if wait:
                self._wait(self._has_room)
            if self._closed or not (force or wait or self._has_room()):
                return False
            self._timetable.put(key, job, self._now())
            self._wake()
            return True

    def hold(self, pace: Pace, seconds: float) -> None:
        """Let nothing go by this pace for so many seconds, in these lanes and all that share it."""
        with self._lock:
            pace.hold(self._now() + seconds)

    def drain(self, timeout: float | None = None) -> int:
        """
        Wait until every job is over.

        Args:
            timeout: The longest wait, in seconds; None waits as long as it takes.

        Returns: how many jobs are left.
        """
        with self._lock:
            self._wait(lambda: not len(self._timetable), timeout)
            return len(self._timetable)

    def close(self) -> int:
        """Drop all jobs but those at work, take no more, end the threads; how many were dropped."""
        with self._lock:
            self._closed = True
            jobs = self._timetable.clear()
            self._room.notify_all()
            self._wake()
        for job in jobs:
            self._dropped(job)
        return len(jobs)

    @abstractmethod
    def _wake(self) -> None:
        """A job became due, or will be earlier than any before. Called with the lock held."""

    def _now(self) -> float:
        return self._clock.now()

    def _is_own_thread(self) -> bool:
        """Whether the calling thread is one that runs jobs."""
        return False

    def _has_room(self) -> bool:
        return self._closed or self._is_own_thread() or len(self._timetable) < self._size

    def _wait(self, ready: Callable[[], bool], timeout: float | None = None) -> None:
        deadline = None if timeout is None else self._clock.now() + timeout
        while not ready():
            rest = SLICE if deadline is None else min(SLICE, deadline - self._clock.now())
            if rest <= 0:
                return
            self._room.wait(rest)

    def _perform(self, ticket: TakenJob[K, T]) -> None:
        """Do a job that was taken. Called without the lock."""
        pause: float | None = None
        try:
            pause = self._work(ticket.job, ticket.attempt)
        finally:
            if self._came_back(ticket, pause):
                self._dropped(ticket.job)

    def _came_back(self, ticket: TakenJob[K, T], pause: float | None) -> bool:
        """Put the lane back in service; whether its job falls to a `close` in the meantime."""
        with self._lock:
            now = self._now()
            if pause is None or self._closed:
                self._timetable.done(ticket, now)
                self._room.notify_all()
            else:
                self._timetable.again(ticket, now + pause)
            return pause is not None and self._closed
