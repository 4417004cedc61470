"""How fast jobs may go, who shares a pace, and which job of which lane is next: plain data, without a thread."""

from __future__ import annotations

import heapq
import math
import threading
from collections import deque
from collections.abc import Callable, Hashable
from itertools import count
from time import monotonic, time
from typing import Any, Generic, NamedTuple, Protocol, TypeVar
from weakref import WeakKeyDictionary, WeakValueDictionary

from rxslack.core.fork import Registry, after_fork
from rxslack.errors import ConfigurationError

__all__ = ["Bell", "Budget", "Pace", "Paces", "RealTime", "TakenJob", "Timetable", "budget_of"]


class Pace:
    """
    A token bucket: `burst` at once, then `rate` a second. It reads no clock and takes no lock.

    >>> pace = Pace(rate=1.0, burst=2)
    >>> [pace.take(now=100.0), pace.take(now=100.0)]
    [101.0, 102.0]
    >>> pace.due()  # two went at once; a third has to wait
    101.0

    Args:
        rate: How many a second in the long run; `math.inf` for no limit.
        burst: How many at once after a rest; at least 1.

    Errors: ``ConfigurationError`` for a rate or a burst that lets nothing through.
    Source: the generic cell rate algorithm, ITU-T I.371 annex A; it keeps the time at which the
        bucket is full again in place of a number of tokens.
    """

    def __init__(self, rate: float, burst: int = 1) -> None:
        if not rate > 0:
            raise ConfigurationError(f"rate is {rate!r} a second; give a number above 0")
        if not burst >= 1:
            raise ConfigurationError(f"burst is {burst!r}; give a whole number, 1 or more")
        self._interval = 1 / rate
        self._credit = (burst - 1) * self._interval
        self._rested = -math.inf

    def due(self) -> float:
        """The time from which on the next one may go; it may have passed."""
        return self._rested - self._credit

    def take(self, now: float) -> float:
        """One goes now; returns the time at which the bucket is full again."""
        self._rested = max(self._rested, now) + self._interval
        return self._rested

    def hold(self, until: float) -> None:
        """Nothing goes before `until`, then one, and the others at `rate`."""
        self._rested = max(self._rested, until + self._credit)

    def rested(self) -> float:
        """The time at which the bucket is full again, so that forgetting it changes nothing."""
        return self._rested


class Bell(Protocol):
    """What threads wait for; `threading.Condition` is one. Each call needs its lock held."""

    def wait(self, timeout: float | None = None) -> bool:
        """Let the lock go, wait to be notified, or for so many seconds, and take it again."""
        ...

    def notify(self, n: int = 1) -> None:
        """Wake some of those who wait."""
        ...

    def notify_all(self) -> None:
        """Wake all of those who wait."""
        ...


class RealTime:
    """The real time: seconds that only grow, and waits that take as long as they say."""

    def now(self) -> float:
        """Seconds since some moment."""
        return monotonic()

    def wall(self) -> float:
        """Unix seconds."""
        return time()

    def bell(self, lock: threading.Lock) -> Bell:
        """Something to wait for, under a lock."""
        return threading.Condition(lock)


class Budget:
    """
    The paces that several sinks share, and the lock that guards them.

    Each sink of a `WebClient` draws on the same budget, so that two of them together are as fast
    as Slack allows one. Two clients of one workspace share a budget when it is given to the
    sinks of both: ``post_message(web, budget=budget)``.

    Args:
        clock: Measures the time of sinks that run on threads.
    """

    def __init__(self, clock: RealTime | None = None) -> None:
        self.clock = RealTime() if clock is None else clock
        self.lock = threading.Lock()
        self._lasting: dict[Hashable, Pace] = {}
        # A pace is forgotten with the last lane that uses it, which lets go when it has rested.
        self._passing: WeakValueDictionary[Hashable, Pace] = WeakValueDictionary()
        _all.add(self)

    def disown(self) -> None:
        """In a child of `fork()`: a thread of the parent may have held the lock."""
        self.lock = threading.Lock()

    def pace(self, *key: Hashable, rate: float, burst: int, lasting: bool = False) -> Pace:
        """
        The pace of that key and those numbers, the same one for everybody.

        Args:
            key: What is to keep the pace: a method, or a method and a channel.
            rate: As for `Pace`.
            burst: As for `Pace`.
            lasting: Keep it for good. For keys of which there are few.
        """
        full = (*key, rate, burst)
        found = self._lasting.get(full) if lasting else self._passing.get(full)
        if found is None:
            found = Pace(rate, burst)
            (self._lasting if lasting else self._passing)[full] = found
        return found

    def reserve(self, *limits: tuple[tuple[Hashable, ...], float, int]) -> float:  # noqa: ARG002 - others need it
        """
        Let one go by all of these paces in every process that shares them; here there is none.

        Args:
            limits: Of each the key, the rate and the burst, as for `pace`.

        Returns: 0.0; or the seconds after which it may go, and then none is used.
        """
        return 0.0

    def hold_elsewhere(
        self, key: tuple[Hashable, ...], rate: float, burst: int, seconds: float
    ) -> None:
        """Let nothing go by a pace for so many seconds in the other processes that share it."""


_all = Registry[Budget](Budget.disown)
_budgets: WeakKeyDictionary[object, dict[object, Budget]] = WeakKeyDictionary()
_finding = threading.Lock()


def _find_anew() -> None:
    global _finding
    _finding = threading.Lock()


after_fork(_find_anew)


def budget_of(client: object, scheduler: object = None) -> Budget:
    """
    The one budget of a client; on a scheduler, whose time is another, one of its own.

    Args:
        client: A `WebClient`. What Python cannot refer to weakly gets a new budget at each call.
        scheduler: Whose time the paces are kept by; None for threads.
    """
    with _finding:
        try:
            budgets = _budgets.setdefault(client, {})
        except TypeError:
            return Budget()
        return budgets.setdefault(scheduler, Budget())


K = TypeVar("K")
T = TypeVar("T")

TICK = 0.001  # what is due within a millisecond is due; virtual clocks round to microseconds


class Paces(NamedTuple):
    """What a job has to keep to. Either may be used, and held, by others in the meantime."""

    own: Pace  # of its lane
    shared: Pace  # of all the lanes whose jobs name it


class TakenJob(NamedTuple, Generic[K, T]):
    """A job that was taken: its lane waits until the ticket comes back."""

    key: K
    job: T
    attempt: int  # counts from 1


class Lane(Generic[T]):
    """The jobs of one key, the one at work among them, at the head."""

    def __init__(self) -> None:
        self.jobs: deque[T] = deque()
        self.attempts = 0  # of the job at the head
        self.busy = False
        self.hastened = math.inf  # while busy: the pause that its job asks for ends then already
        self.until = -math.inf  # nothing of this lane goes before
        self.used: set[Pace] = set()  # kept until they have rested


class Timetable(Generic[K, T]):
    """
    One lane a key: in a lane one job after the other, in order and at its pace; lanes side by side.

    >>> own, shared = Pace(rate=1.0), Pace(rate=10.0)
    >>> table = Timetable[str, str](lambda key, job: Paces(own, shared))
    >>> for job in ("first", "second"):
    ...     table.put("C1", job, now=0.0)
    >>> ticket = table.take(now=0.0)
    >>> ticket.job, table.due()  # the lane is busy, so nothing is due
    ('first', None)
    >>> table.done(ticket, now=0.2)
    >>> table.due()
    1.0

    Lanes that could go but for the pace they share stand in line for it, first come, first served.

    Args:
        paces: The paces of a job at the head of the lane of a key; the same objects each time.
    """

    def __init__(self, paces: Callable[[K, T], Paces]) -> None:
        self._paces = paces
        self._lanes: dict[K, Lane[T]] = {}
        self._order = count()
        # A lane that has jobs and is not busy stands in `_free` once, or in one of the lines; an
        # empty one in `_resting`.
        self._free: list[tuple[float, int, K]] = []
        self._lines: dict[Pace, deque[K]] = {}
        self._resting: list[tuple[float, int, K]] = []
        self._size = 0

    def __len__(self) -> int:
        """How many jobs are not done yet, those at work included."""
        return self._size

    def put(self, key: K, job: T, now: float) -> None:
        """Append a job to the lane of its key."""
        self._forget(now)
        lane = self._lanes.setdefault(key, Lane())
        lane.jobs.append(job)
        self._size += 1
        if len(lane.jobs) == 1:
            self._queue(key, lane, now)

    def due(self) -> float | None:
        """The time of the next job that can be taken, or a time before; None without a job."""
        first = [self._free[0][0]] if self._free else []
        return min([*first, *(pace.due() for pace in self._lines)], default=None)

    def take(self, now: float) -> TakenJob[K, T] | None:
        """The job that has been due for longest; it stays first in its lane, and blocks it."""
        self._line_up(now)
        found = self._first_in_line(now)
        if found is None:
            return None
        key, lane = found
        for pace in self._paces_of(key, lane):
            pace.take(now)
        lane.busy = True
        lane.attempts += 1
        return TakenJob(key, lane.jobs[0], lane.attempts)

    def done(self, ticket: TakenJob[K, T], now: float) -> None:
        """The job is over, well or badly: it leaves the lane."""
        lane = self._lanes[ticket.key]
        lane.busy, lane.hastened = False, math.inf
        lane.attempts = 0
        lane.jobs.popleft()
        self._size -= 1
        self._queue(ticket.key, lane, now)

    def again(self, ticket: TakenJob[K, T], until: float) -> None:
        """The job is to be taken once more, and nothing of its lane before `until`."""
        lane = self._lanes[ticket.key]
        lane.until = min(until, lane.hastened)
        lane.busy, lane.hastened = False, math.inf
        self._queue(ticket.key, lane, lane.until)

    def hasten(self, key: K, now: float) -> None:
        """
        End the pause of a lane; of one at work, the pause that its job will ask for.

        A lane that stands in line for a pace which its job does not name any more leaves that line.
        """
        lane = self._lanes.get(key)
        if lane is None or not lane.jobs:
            return
        if lane.busy:
            lane.hastened = now
            return
        for pace, line in self._lines.items():
            if key in line:
                if pace is self._paces_of(key, lane).shared:
                    return
                line.remove(key)
                if not line:
                    del self._lines[pace]
                break
        else:
            self._free = [place for place in self._free if place[2] != key]
            heapq.heapify(self._free)
        lane.until = min(lane.until, now)
        self._queue(key, lane, now)

    def clear(self) -> list[T]:
        """Drop every job but those at work, and return what was dropped."""
        dropped: list[T] = []
        for lane in self._lanes.values():
            kept = [lane.jobs.popleft()] if lane.busy else []
            dropped.extend(lane.jobs)
            lane.jobs = deque(kept)
        self._size -= len(dropped)
        self._free.clear()
        self._lines.clear()
        return dropped

    def drop(self, unwanted: Callable[[T], bool], now: float) -> list[T]:
        """Drop the jobs that nobody wants, but those at work, and return them."""
        dropped: list[T] = []
        self._free.clear()
        self._lines.clear()
        for key, lane in self._lanes.items():
            if not lane.jobs:
                continue
            head, kept = lane.jobs[0], deque[T]()
            for job in lane.jobs:
                is_at_work = lane.busy and job is head
                (dropped if not is_at_work and unwanted(job) else kept).append(job)
            lane.jobs = kept
            if not lane.busy:
                lane.attempts = lane.attempts if kept and kept[0] is head else 0
                self._queue(key, lane, now)
        self._size -= len(dropped)
        return dropped

    def _queue(self, key: K, lane: Lane[T], now: float) -> None:
        if lane.jobs:
            # Not before now: lanes that could all have gone earlier take turns.
            due = max(self._due(key, lane), now)
            heapq.heappush(self._free, (due, next(self._order), key))
        else:
            self._rest(key, lane)

    def _due(self, key: K, lane: Lane[T]) -> float:
        return max(self._paces_of(key, lane).own.due(), lane.until)

    def _paces_of(self, key: K, lane: Lane[T]) -> Paces:
        paces = self._paces(key, lane.jobs[0])
        lane.used.add(paces.own)
        return paces

    def _line_up(self, now: float) -> None:
        """Move what is due into the line for the pace it shares."""
        while self._free and self._free[0][0] <= now + TICK:
            _, _, key = heapq.heappop(self._free)
            shared = self._paces_of(key, self._lanes[key]).shared
            self._lines.setdefault(shared, deque()).append(key)

    def _first_in_line(self, now: float) -> tuple[K, Lane[T]] | None:
        for pace in list(self._lines):
            while pace in self._lines and pace.due() <= now + TICK:
                key = self._lines[pace].popleft()
                if not self._lines[pace]:
                    del self._lines[pace]
                lane = self._lanes[key]
                if self._due(key, lane) <= now + TICK:
                    return key, lane
                self._queue(key, lane, now)  # somebody else used its own pace meanwhile
        return None

    def _rest(self, key: K, lane: Lane[T]) -> None:
        heapq.heappush(self._resting, (rested(lane), next(self._order), key))

    def _forget(self, now: float) -> None:
        """Let go of lanes whose paces have recovered, so that a million keys do not stay."""
        while self._resting and self._resting[0][0] <= now:
            _, _, key = heapq.heappop(self._resting)
            lane = self._lanes.get(key)
            if lane is None or lane.jobs:
                continue
            if rested(lane) <= now:
                del self._lanes[key]
            else:
                self._rest(key, lane)


def rested(lane: Lane[Any]) -> float:
    """The time from which on forgetting a lane changes nothing."""
    return max((pace.rested() for pace in lane.used), default=-math.inf)
