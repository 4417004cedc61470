"""Jobs in lanes: in a lane one after the other and at its pace, the lanes side by side."""

from __future__ import annotations

import logging
import math
import threading
from abc import ABC, abstractmethod
from collections.abc import Callable
from contextvars import Context
from itertools import count
from time import monotonic
from typing import (
    Any,
    Final,
    Generic,
    NamedTuple,
    NotRequired,
    TypeAlias,
    TypedDict,
    TypeVar,
    Unpack,
)

from reactivex import abc
from reactivex.disposable import SerialDisposable

from rxslack.core.fork import Registry
from rxslack.core.telemetry import carried, in_context
from rxslack.core.unhandled import has_ended, tell
from rxslack.errors import ConfigurationError
from rxslack.lanes.paces import Budget, Pace, Paces, TakenJob, Timetable
from rxslack.lanes.tracking import CURRENT, ItemHold, leave_undone

__all__ = [
    "Lanes",
    "Outcomes",
    "Parked",
    "Pause",
    "ScheduledLanes",
    "ThreadedLanes",
    "drop_lapsed",
    "lanes_on",
]

K = TypeVar("K")
T = TypeVar("T")
R = TypeVar("R")

SLICE: Final = 0.25  # seconds; on Windows, Ctrl-C is noticed only between two waits
IDLE: Final = 0.3  # seconds that a thread without work stays for the next job
LONGEST: Final = 3600.0  # seconds of one wait; Python refuses to wait for centuries

log = logging.getLogger("rxslack.lanes")


class Parked(NamedTuple):
    """
    What `work` returns for a job that goes on without a thread, such as a coroutine.

    Args:
        begin: Called with a function to call, on any thread, when the job is to be worked on again. It
            returns at once, and does not raise.
    """

    begin: Callable[[Callable[[], None]], object]


Pause: TypeAlias = float | Parked | None
"""What `work` returns: seconds until it is called again for the job; None when that is over."""


class LaneOptions(TypedDict, Generic[K, T]):
    """
    What all lanes need.

    paces: The paces of a job in the lane of a key, from the budget. Called with its lock held.
    dropped: Called with each job that `close` drops.
    lapsed: Called with each job whose item is somebody else's by now, so that it is not done here.
        Default: `dropped`.
    max_waiting: How many jobs may be inside, those at work included.
    budget: Whose paces they are. Its lock guards these lanes, too.
    """

    paces: Callable[[K, T], Paces]
    dropped: Callable[[T], None]
    lapsed: NotRequired[Callable[[T], None]]
    max_waiting: int
    budget: Budget


class Held(NamedTuple, Generic[T]):
    """A job, and what holds the item it is for; None where nobody wants to know when that is done."""

    job: T
    hold: ItemHold | None
    context: Context | None  # in which it came in, where somebody wants its work to be done in that


class Lanes(ABC, Generic[K, T]):
    """
    A bounded box of jobs, safe from many threads; a subclass says on which thread they run.

    Args:
        work: Does one job: `work(job, attempt)`, where `attempt` counts from 1. It returns None
            when the job is over, well or badly, or a pause in seconds after which the same job is
            to be tried again; its lane waits that long, and no other does. `Parked` is a pause that
            ends when somebody says so. What it raises ends the job and goes to the thread that runs it.
        options: See `LaneOptions`.
    """

    def __init__(
        self,
        work: Callable[[T, int], Pause],
        **options: Unpack[LaneOptions[K, T]],
    ) -> None:
        self._work = work
        self._dropped = options["dropped"]
        self._lapsed = options.get("lapsed", self._dropped)
        self._max_waiting = options["max_waiting"]
        if self._max_waiting < 1:
            raise ConfigurationError(f"max_waiting is {self._max_waiting!r}; give 1 or more")
        self._closed = False
        self._threads: set[int] = set()  # on which jobs are running
        self._workers: float = math.inf  # the most of them
        self._at_work = 0  # jobs that were taken, parked ones included
        paces = options["paces"]
        self._timetable = Timetable[K, Held[T]](lambda key, held: paces(key, held.job))
        self._clock = options["budget"].clock
        self._lock = options["budget"].lock
        self._room = self._clock.bell(self._lock)
        _all.add(self)

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
        return threading.get_ident() in self._threads

    def put(
        self,
        key: K,
        job: T,
        *,
        wait: bool = False,
        force: bool = False,
        hold: ItemHold | None = None,
    ) -> bool:
        """
        Append a job to its lane. It holds the item that is being emitted here until it is over.

        Args:
            key: Which lane.
            job: What `work` is called with.
            wait: Wait for room, on the calling thread. A job that puts a job never waits: it
                would wait for itself.
            force: Take the job though there is no room.
            hold: What holds the item, for jobs that may come to hold others, too.

        Returns: whether the job was taken; False when there is no room, or after `close`.
        """
        if hold is None and CURRENT.get():
            hold = ItemHold()
        if self._put(key, Held(job, hold, carried()), wait=wait, force=force):
            return True
        if hold is not None and self._closed:
            hold.give_back()
        elif hold is not None:
            hold.let_go()
        return False

    def _put(self, key: K, held: Held[T], *, wait: bool, force: bool) -> bool:
        with self._lock:
            if wait:
                self._wait(self._has_room)
            if self._closed or not (force or wait or self._has_room()):
                return False
            self._timetable.put(key, held, self._now())
            self._wake()
            return True

    def hold(self, pace: Pace, seconds: float) -> None:
        """Let nothing go by this pace for so many seconds, in these lanes and all that share it."""
        with self._lock:
            pace.hold(self._now() + seconds)

    def hasten(self, key: K) -> None:
        """End the pause of a lane, because what its job waited for is there. Its paces still hold."""
        with self._lock:
            self._timetable.hasten(key, self._now())
            self._wake()

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
        for held in jobs:
            self._drop(held, self._dropped)
        return len(jobs)

    def drop_lapsed(self) -> None:
        """Drop the jobs, but those at work, whose items are somebody else's by now."""
        with self._lock:
            jobs = self._timetable.drop(has_lapsed, self._now())
            self._room.notify_all()
            self._wake()
        for held in jobs:
            self._drop(held, self._lapsed)

    def _drop(self, held: Held[T], tell_of: Callable[[T], None]) -> None:
        try:
            tell_of(held.job)
        finally:
            if held.hold is not None:
                held.hold.give_back()

    @abstractmethod
    def _wake(self) -> None:
        """A job became due, or will be earlier than any before. Called with the lock held."""

    def _now(self) -> float:
        return self._clock.now()

    def _is_own_thread(self) -> bool:
        """Whether the calling thread is one that runs jobs."""
        return False

    def _has_room(self) -> bool:
        return self._closed or self._is_own_thread() or len(self._timetable) < self._max_waiting

    def _wait(self, ready: Callable[[], bool], timeout: float | None = None) -> None:
        deadline = None if timeout is None else self._clock.now() + timeout
        while not ready():
            rest = SLICE if deadline is None else min(SLICE, deadline - self._clock.now())
            if rest <= 0:
                return
            self._room.wait(rest)

    def _perform(self, ticket: TakenJob[K, Held[T]]) -> None:
        """Do a job that was taken. Called without the lock."""
        in_context(ticket.job.context, self._perform_here, ticket)

    def _perform_here(self, ticket: TakenJob[K, Held[T]]) -> None:
        hold = ticket.job.hold
        if hold is None:
            self._do(ticket)
        elif hold.lapsed:
            self._come_back(ticket, None)
            self._drop(ticket.job, self._lapsed)
        else:  # what the job emits belongs to its item
            token = CURRENT.set(hold.items)
            try:
                self._do(ticket)
            finally:
                CURRENT.reset(token)

    def _do(self, ticket: TakenJob[K, Held[T]]) -> None:
        hold = ticket.job.hold
        try:
            pause = self._work(ticket.job.job, ticket.attempt)
        except BaseException:
            self._come_back(ticket, None)
            if hold is not None:
                hold.give_back()
            raise
        if isinstance(pause, Parked):
            self._park(ticket, pause)
            return
        self._come_back(ticket, pause)
        if pause is None and hold is not None:
            hold.let_go()

    def _park(self, ticket: TakenJob[K, Held[T]], parked: Parked) -> None:
        def resume() -> None:
            self._come_back(ticket, 0.0)
            with self._lock:
                self._wake()  # unlike after other jobs, no thread of ours is about to look

        parked.begin(resume)

    def _come_back(self, ticket: TakenJob[K, Held[T]], pause: float | None) -> None:
        """Put the lane back in service; its job may fall to a `close` in the meantime."""
        with self._lock:
            now = self._now()
            dropped = pause is not None and self._closed
            if pause is None or dropped:
                self._timetable.done(ticket, now)
                self._room.notify_all()
            else:
                self._timetable.again(ticket, now + pause)
            self._at_work -= 1
        if dropped:
            self._drop(ticket.job, self._dropped)

    def _take(self, now: float) -> TakenJob[K, Held[T]] | None:
        ticket = self._timetable.take(now) if self._at_work < self._workers else None
        if ticket is not None:
            self._at_work += 1
        return ticket

    def _due(self) -> float | None:
        """When the next job can be taken; None without one, and when enough are at work."""
        return self._timetable.due() if self._at_work < self._workers else None


def has_lapsed(held: Held[Any]) -> bool:
    """Whether the item of a job is somebody else's by now."""
    return held.hold is not None and held.hold.lapsed


_all = Registry[Lanes[Any, Any]]()


def drop_lapsed() -> None:
    """Drop all jobs of this process, but those at work, whose items are somebody else's by now."""
    for lanes in _all.members():
        lanes.drop_lapsed()


class ThreadedLanes(Lanes[K, T]):
    """
    `Lanes` whose jobs run on at most `workers` daemon threads.

    A thread is started when a job is due, or will be, and no thread is free to wait for it. One
    thread is enough to keep the time of all the lanes that pause.

    Args:
        workers: The most threads, so the most jobs at work at once.
        name: Goes into the threads' names: ``rxslack-<name>-1``.
        work, options: As for `Lanes`.
    """

    def __init__(
        self,
        work: Callable[[T, int], Pause],
        *,
        workers: int,
        name: str,
        **options: Unpack[LaneOptions[K, T]],
    ) -> None:
        super().__init__(work, **options)
        if workers < 1:
            raise ConfigurationError(f"{workers!r} workers send nothing; give 1 or more")
        self._workers = workers
        self._name = name
        self._numbers = count(1)
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

    def _next(self) -> TakenJob[K, Held[T]] | None:
        """Wait for a job; None when this thread is not needed any more, and has left."""
        with self._lock:
            patience = self._now() + IDLE
            while True:
                now = self._now()
                if ticket := self._take(now):
                    self._hand_over()
                    return ticket
                if self._closed or (now >= patience and self._is_spare()):
                    self._leave()
                    return None
                self._listen(now, patience)

    def _listen(self, now: float, patience: float) -> None:
        due = self._due()
        until = patience if due is None or self._is_spare() else due
        until = until if due is None else min(until, due)
        self._waiting += 1
        try:
            self._bell.wait(min(max(until - now, 0), LONGEST))
        finally:
            self._waiting -= 1

    def _is_spare(self) -> bool:
        """Whether nothing is to come, or somebody else waits for it already."""
        return self._waiting > 0 or self._due() is None

    def _hand_over(self) -> None:
        """See to it that somebody waits for the next job."""
        if self._due() is not None:
            self._wake()

    def _leave(self) -> None:
        self._running -= 1
        self._hand_over()


class ScheduledLanes(Lanes[K, T]):
    """
    `Lanes` whose jobs run as actions of a scheduler, one after the other.

    Args:
        scheduler: Measures the time and runs the jobs.
        work, options: As for `Lanes`.
    """

    def __init__(
        self,
        work: Callable[[T, int], Pause],
        *,
        scheduler: abc.SchedulerBase,
        **options: Unpack[LaneOptions[K, T]],
    ) -> None:
        super().__init__(work, **options)
        self._scheduler = scheduler
        self._timer = SerialDisposable()
        self._timed = math.inf  # when the timer goes off

    def _now(self) -> float:
        return self._scheduler.to_seconds(self._scheduler.now)

    def _wake(self) -> None:
        due = self._timetable.due()
        if due is None or due >= self._timed:
            return
        self._timed = due
        pause = max(due - self._now(), 0.0)
        self._timer.disposable = self._scheduler.schedule_relative(pause, self._run)

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

    def _next(self) -> TakenJob[K, Held[T]] | None:
        with self._lock:
            return self._take(self._now())

    def _park(self, ticket: TakenJob[K, Held[T]], parked: Parked) -> None:
        """The time of the scheduler stands still until the job goes on: one thread does all."""
        over = threading.Event()
        parked.begin(over.set)
        over.wait()
        self._come_back(ticket, 0.0)


def lanes_on(
    scheduler: abc.SchedulerBase | None,
    work: Callable[[T, int], Pause],
    *,
    workers: int,
    name: str,
    **options: Unpack[LaneOptions[K, T]],
) -> Lanes[K, T]:
    """Lanes on a scheduler; where there is none, on threads."""
    if scheduler is None:
        return ThreadedLanes(work, workers=workers, name=name, **options)
    return ScheduledLanes(work, scheduler=scheduler, **options)


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
            if has_ended(self._observer):  # perhaps because of it
                leave_undone()
        except BaseException as error:  # noqa: BLE001 - a subscriber may raise anything
            leave_undone()
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
