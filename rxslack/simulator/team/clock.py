"""The workspace's time, which a test can move, and what happens at a time."""

from __future__ import annotations

import heapq
import time
from collections.abc import Callable
from itertools import count
from threading import Condition, Lock, Thread, current_thread

__all__ = ["Clock", "Timer", "TimerGroup", "Timers"]


class Clock:
    """
    Unix time in seconds, read by calling it.

    >>> clock = Clock(lambda: 1000.0)
    >>> clock.advance(30.0)
    >>> clock()
    1030.0

    Args:
        source: what it shows before it is moved. Default: the system's clock.
    """

    def __init__(self, source: Callable[[], float] = time.time) -> None:
        self._source = source
        self._moved = 0.0
        self._lock = Lock()
        self._watchers: list[Callable[[], object]] = []

    def __call__(self) -> float:
        """The time now."""
        return self._source() + self._moved

    def advance(self, seconds: float) -> None:
        """
        Move it on.

        Raises: ValueError for a step back: Slack's time stamps only grow.
        """
        if seconds < 0:
            raise ValueError(f"time moves on only, not by {seconds:g} s")
        with self._lock:
            self._moved += seconds
            watchers = [*self._watchers]
        for watcher in watchers:
            watcher()

    def on_advance(self, watcher: Callable[[], object]) -> None:
        """Call a function after each move."""
        with self._lock:
            self._watchers.append(watcher)


_PATIENCE = 5.0  # seconds that a move of the clock waits at the most for what it makes due


class Timer:
    """
    One thing to come.

    Args:
        due: on the workspace's clock.
        act: what happens.
    """

    def __init__(self, due: float, act: Callable[[], object]) -> None:
        self.due = due
        self.act = act
        self.is_cancelled = False

    def cancel(self) -> None:
        """Let it not happen; too late when it has begun."""
        self.is_cancelled = True
        self.act = _nothing  # it may stay in the heap for hours, and would keep a past websocket


def _nothing() -> None:
    pass


class Timers:
    """
    All things to come, done one by one on a thread that starts with the first.

    When the clock is moved on, what was due in between happens in its order, before the mover
    goes on. So a test that moves the clock sees at once what the time has brought, and needs no
    sleep.

    Args:
        clock: the workspace's.
    """

    def __init__(self, clock: Clock) -> None:
        self.clock = clock
        self._numbers = count()  # what is due at the same time happens in the order of its asking
        self._changed = Condition()
        self._waiting: list[tuple[float, int, Timer]] = []
        self._closed = False
        self._busy = False
        self._thread = Thread(target=self._run, name="simulated-slack-timers", daemon=True)
        clock.on_advance(self._catch_up)

    def at(self, due: float, act: Callable[[], object]) -> Timer:
        """Do something at a time."""
        timer = Timer(due, act)
        self.put(timer)
        return timer

    def after(self, seconds: float, act: Callable[[], object]) -> Timer:
        """Do something so many seconds from now."""
        return self.at(self.clock() + seconds, act)

    def put(self, timer: Timer) -> None:
        """Let a timer happen when it is due, perhaps again."""
        with self._changed:
            if not self._closed:
                heapq.heappush(self._waiting, (timer.due, next(self._numbers), timer))
                self._changed.notify_all()
                if self._thread.ident is None:
                    self._thread.start()

    def close(self) -> None:
        """Let nothing happen any more."""
        with self._changed:
            self._closed = True
            self._changed.notify_all()
        if self._thread.ident is not None:
            self._thread.join()

    def _catch_up(self) -> None:
        with self._changed:
            self._changed.notify_all()
            # What happens may itself move the clock: the timers' own thread would wait for itself.
            if self._thread.is_alive() and self._thread is not current_thread():
                self._changed.wait_for(self._is_idle, _PATIENCE)

    def _is_idle(self) -> bool:
        due = self._waiting and self._waiting[0][0] <= self.clock()
        return self._closed or not (self._busy or due)

    def _run(self) -> None:
        while (timer := self._next()) is not None:
            timer.act()

    def _next(self) -> Timer | None:
        """The next one that is due, when it is; None at the end."""
        with self._changed:
            self._busy = False
            while not self._closed:
                while self._waiting and self._waiting[0][2].is_cancelled:
                    heapq.heappop(self._waiting)
                left = self._waiting[0][0] - self.clock() if self._waiting else None
                if left is not None and left <= 0:
                    self._busy = True
                    return heapq.heappop(self._waiting)[2]
                self._changed.notify_all()
                # A clock of somebody's own may go faster than the system's.
                self._changed.wait(None if left is None else min(left, 60.0))
            return None


class TimerGroup:
    """
    Timers that end together, such as those of one websocket.

    Args:
        timers: the workspace's.
    """

    def __init__(self, timers: Timers) -> None:
        self._timers = timers
        self._mine: list[Timer] = []
        self._ended = False

    def at(self, due: float, act: Callable[[], object]) -> None:
        """Do something at a time."""
        self._begin(Timer(due, act))

    def after(self, seconds: float | None, act: Callable[[], object]) -> None:
        """Do something so many seconds from now; None: never."""
        if seconds is not None:
            self.at(self._timers.clock() + seconds, act)

    def every(self, seconds: float | None, act: Callable[[], object]) -> None:
        """Do something again and again, the first time after so many seconds; None: never."""

        def again(timer: Timer, interval: float) -> None:
            act()
            timer.due += interval
            self._timers.put(timer)

        self._repeat(seconds, again)

    def when_quiet(
        self, seconds: float | None, last: Callable[[], float], act: Callable[[], object]
    ) -> None:
        """Act once, when so much time has passed since something that goes on happening."""

        def look(timer: Timer, silence: float) -> None:
            timer.due = last() + silence
            if timer.due <= self._timers.clock():
                act()
            else:
                self._timers.put(timer)

        self._repeat(seconds, look)

    def end(self) -> None:
        """Cancel them all, and those that are still to be asked for."""
        self._ended = True
        for timer in self._mine:
            timer.cancel()

    def _repeat(self, seconds: float | None, step: Callable[[Timer, float], None]) -> None:
        if seconds is not None:
            timer = Timer(self._timers.clock() + seconds, _nothing)
            timer.act = lambda: step(timer, seconds)
            self._begin(timer)

    def _begin(self, timer: Timer) -> None:
        self._mine.append(timer)
        if self._ended:  # looked at after the append: `end` may come in between
            timer.cancel()
        self._timers.put(timer)
