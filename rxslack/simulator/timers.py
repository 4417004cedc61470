"""What is due at a time: kept by the workspace's clock, so that moving the clock makes it happen."""

from __future__ import annotations

import heapq
from collections.abc import Callable
from itertools import count
from threading import Condition, Thread, current_thread

from rxslack.simulator.clock import Clock

__all__ = ["Timers"]

_PATIENCE = 5.0  # seconds that a move of the clock waits at the most for what it makes due


class Timers:
    """
    Calls functions when the workspace's clock says so, on one thread that the first of them starts.

    Args:
        clock: the time; `clock.advance(60.0)` makes what is due within a minute happen,
            and returns when it has.
    """

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._state = Condition()
        self._numbers = count()
        self._due: list[tuple[float, int, Callable[[], object]]] = []
        self._thread: Thread | None = None
        self._closed = False
        self._busy = False
        clock.watch(self._catch_up)

    def after(self, seconds: float, action: Callable[[], object]) -> None:
        """Call a function in so many seconds of the workspace's clock; never on this thread."""
        with self._state:
            if self._closed:
                return
            entry = (self._clock() + seconds, next(self._numbers), action)
            heapq.heappush(self._due, entry)
            if self._thread is None:
                self._thread = Thread(target=self._run, name="simulated-slack-timers", daemon=True)
                self._thread.start()
            elif self._due[0] is entry:
                self._state.notify_all()

    def close(self) -> None:
        """Call nothing more; the thread has ended on return."""
        with self._state:
            self._closed = True
            self._due.clear()
            self._state.notify_all()
        if self._thread is not None:
            self._thread.join()

    def _catch_up(self) -> None:
        """After a move of the clock: let happen what has become due, before the mover goes on."""
        with self._state:
            self._state.notify_all()
            if self._thread is not None and self._thread is not current_thread():
                self._state.wait_for(self._is_idle, _PATIENCE)

    def _is_idle(self) -> bool:
        due = self._due and self._due[0][0] <= self._clock()
        return self._closed or not (self._busy or due)

    def _run(self) -> None:
        while action := self._next():
            action()

    def _next(self) -> Callable[[], object] | None:
        with self._state:
            self._busy = False
            while not self._closed:
                wait = self._due[0][0] - self._clock() if self._due else None
                if wait is not None and wait <= 0:
                    self._busy = True
                    return heapq.heappop(self._due)[2]
                self._state.notify_all()
                self._state.wait(wait)
        return None
