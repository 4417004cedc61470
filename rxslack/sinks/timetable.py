"""Which job is next, and when: the lanes as plain data, without a thread, a clock or a lock."""

from __future__ import annotations

import heapq
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field
from itertools import count
from typing import Generic, NamedTuple, TypeVar

from rxslack.sinks.pace import Pace

__all__ = ["Ticket", "Timetable"]

K = TypeVar("K")
T = TypeVar("T")

TICK = 0.001  # what is due within a millisecond is due; virtual clocks round to microseconds


class Ticket(NamedTuple, Generic[K, T]):
    """A job that was taken: its lane waits until the ticket comes back."""

    key: K
    job: T
    attempt: int  # counts from 1


@dataclass
class Lane(Generic[T]):
    """The jobs of one key, the one at work among them, at the head."""

    pace: Pace
    jobs: deque[T] = field(default_factory=lambda: deque[T]())
    attempts: int = 0  # of the job at the head
    busy: bool = False


class Timetable(Generic[K, T]):
    """
    One lane a key: in a lane one job after the other, in order and at its pace; lanes side by side.

    >>> table = Timetable[str, str](lambda key: Pace(rate=1.0))
    >>> for job in ("first", "second"):
    ...     table.put("C1", job, now=0.0)
    >>> ticket = table.take(now=0.0)
    >>> ticket.job, table.due()  # the lane is busy, so nothing is due
    ('first', None)
    >>> table.done(ticket, now=0.2)
    >>> table.due()
    1.0

    Args:
        pace: Makes the pace of a key's lane.
    """

    def __init__(self, pace: Callable[[K], Pace]) -> None:
        self._pace = pace
        self._lanes: dict[K, Lane[T]] = {}
        self._order = count()
        # A lane that has jobs and is not busy stands in `_free` once; an empty one in `_resting`.
        self._free: list[tuple[float, int, K]] = []
        self._resting: list[tuple[float, int, K]] = []
        self._size = 0

    def __len__(self) -> int:
        """How many jobs are not done yet, those at work included."""
        return self._size

    def put(self, key: K, job: T, now: float) -> None:
        """Append a job to the lane of its key."""
        self._forget(now)
        lane = self._lanes.get(key)
        if lane is None:
            lane = self._lanes[key] = Lane(self._pace(key))
        lane.jobs.append(job)
        self._size += 1
        if len(lane.jobs) == 1:
            self._queue(key, lane, now)

    def due(self) -> float | None:
        """The time of the next job that can be taken; None when there is none."""
        return self._free[0][0] if self._free else None

    def take(self, now: float) -> Ticket[K, T] | None:
        """The job that has been due for longest; it stays at the head of its lane, and blocks it."""
        if not self._free or self._free[0][0] > now + TICK:
            return None
        _, _, key = heapq.heappop(self._free)
        lane = self._lanes[key]
        lane.pace.take(now)
        lane.busy = True
        lane.attempts += 1
        return Ticket(key, lane.jobs[0], lane.attempts)

    def done(self, ticket: Ticket[K, T], now: float) -> None:
        """The job is over, well or badly: it leaves the lane."""
        lane = self._lanes[ticket.key]
        lane.busy = False
        lane.attempts = 0
        lane.jobs.popleft()
        self._size -= 1
        self._queue(ticket.key, lane, now)

    def again(self, ticket: Ticket[K, T], until: float) -> None:
        """The job is to be taken once more, and nothing of its lane before `until`."""
        lane = self._lanes[ticket.key]
        lane.busy = False
        lane.pace.hold(until)
        self._queue(ticket.key, lane, until)

    def clear(self) -> list[T]:
        """Drop every job but those at work, and return what was dropped."""
        dropped: list[T] = []
        for lane in self._lanes.values():
            kept = [lane.jobs.popleft()] if lane.busy else []
            dropped.extend(lane.jobs)
            lane.jobs = deque(kept)
        self._size -= len(dropped)
        self._free.clear()
        return dropped

    def _queue(self, key: K, lane: Lane[T], now: float) -> None:
        if lane.jobs:
            # Not before now: lanes that could all have gone earlier take turns.
            due = max(lane.pace.due(), now)
            heapq.heappush(self._free, (due, next(self._order), key))
        else:
            heapq.heappush(self._resting, (lane.pace.rested(), next(self._order), key))

    def _forget(self, now: float) -> None:
        """Let go of lanes whose pace has recovered, so that a million keys do not stay."""
        while self._resting and self._resting[0][0] <= now:
            _, _, key = heapq.heappop(self._resting)
            lane = self._lanes.get(key)
            if lane is not None and not lane.jobs and lane.pace.rested() <= now:
                del self._lanes[key]
