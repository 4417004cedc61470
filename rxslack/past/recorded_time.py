"""The time of a recording as a scheduler: hours pass as fast as they are asked to."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from heapq import heapify, heappop, heappush
from itertools import count
from threading import Lock, local
from typing import Any, Final, TypeAlias, TypeVar

from reactivex import abc, typing
from reactivex.disposable import SingleAssignmentDisposable
from reactivex.scheduler.periodicscheduler import PeriodicScheduler

__all__ = ["RecordedTime", "emitting", "recorded_now"]

S = TypeVar("S")
Due: TypeAlias = tuple[float, int, Callable[[], None], SingleAssignmentDisposable]

ROOMY: Final = 1000  # entries


class Emitting(local):
    """
    What the running thread is about to emit of a recording.

    Attributes:
        at: when that arrived, in unix seconds; None on a thread that replays nothing.
    """

    at: float | None = None


emitting: Final = Emitting()


def recorded_now() -> float | None:
    """The time of the recording that the running thread replays; None where it replays none."""
    return emitting.at


class RecordedTime(PeriodicScheduler):
    """
    A clock that stands still until it is set, and then does what was due on the way.

    It keeps microseconds, as recordings do, and what is due at one time in the order of asking;
    so the same recording gives the same result every time.

    Args:
        start: unix seconds.
        pause: Called with the time of each thing to be done, before it is; returns whether to go
            on. Here a replay waits, or is told that nobody listens any more.
    """

    def __init__(self, start: float, pause: Callable[[float], bool]) -> None:
        super().__init__()
        self._time = start
        self._pause = pause
        self._lock = Lock()  # an operator may schedule from a thread of its own
        self._numbers = count()
        self._due: list[Due] = []
        self._roomy = ROOMY  # how long the list may grow before it is looked through

    @property
    def time(self) -> float:
        """Unix seconds, as the recording has them."""
        return self._time

    @property
    def now(self) -> datetime:
        """The same as a datetime."""
        return self.to_datetime(self._time)

    def schedule(
        self, action: abc.ScheduledAction[S], state: S | None = None
    ) -> abc.DisposableBase:
        """Do it as the next thing."""
        return self._put(self._time, action, state)

    def schedule_relative(
        self,
        duetime: typing.RelativeTime,
        action: abc.ScheduledAction[S],
        state: S | None = None,
    ) -> abc.DisposableBase:
        """Do it when so many recorded seconds have passed."""
        seconds = duetime.total_seconds() if isinstance(duetime, timedelta) else duetime
        return self._put(self._time + max(seconds, 0.0), action, state)

    def schedule_absolute(
        self,
        duetime: typing.AbsoluteTime,
        action: abc.ScheduledAction[S],
        state: S | None = None,
    ) -> abc.DisposableBase:
        """Do it at a recorded time."""
        return self._put(max(self.to_seconds(duetime), self._time), action, state)

    def set(self, time: float) -> bool:
        """
        Let the time come, and do what is due until then.

        What is due at that very time is done now if it was asked for by now, as if the time had
        been asked for itself: the order in which any scheduler of virtual time would do it.

        Returns: whether to go on; False when `pause` said that nobody listens any more.
        """
        until = (time, next(self._numbers))
        while self._due and self._due[0][:2] < until:
            if not self._do_next():
                return False
        if time > self._time:
            if not self._pause(time):
                return False
            self._time = time
        return True

    def finish(self) -> None:
        """Do all that is left, whatever time it takes."""
        while self._due and self._do_next():
            pass

    def _do_next(self) -> bool:
        with self._lock:
            due, _, perform, slot = heappop(self._due)
        if slot.is_disposed:
            return True
        if not self._pause(due):
            return False
        self._time = emitting.at = max(self._time, due)
        perform()
        return True

    def _put(self, due: float, action: abc.ScheduledAction[S], state: Any) -> abc.DisposableBase:
        slot = SingleAssignmentDisposable()

        def perform() -> None:
            slot.disposable = self.invoke_action(action, state=state)

        with self._lock:
            heappush(self._due, (round(due, 6), next(self._numbers), perform, slot))
            if len(self._due) > self._roomy:
                self._forget_cancelled()
        return slot

    def _forget_cancelled(self) -> None:
        """A debounce cancels a timer with every event; they must not pile up until they are due."""
        self._due = [due for due in self._due if not due[3].is_disposed]
        heapify(self._due)
        self._roomy = max(2 * len(self._due), ROOMY)
