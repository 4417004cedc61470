"""Says that there has been no connection for too long, when the time has passed."""

from __future__ import annotations

import logging
from collections.abc import Callable
from typing import Final

from reactivex import abc
from reactivex.disposable import SerialDisposable
from reactivex.scheduler import ImmediateScheduler, TrampolineScheduler

__all__ = ["BAD_OUTAGE", "LONG_OUTAGE", "Alarm"]

log = logging.getLogger("rxslack.reconnect")

LONG_OUTAGE: Final = 30.0  # seconds after which an outage is worth a warning
BAD_OUTAGE: Final = 300.0  # seconds after which it is an error

_BELLS: Final = ((LONG_OUTAGE, logging.WARNING), (BAD_OUTAGE, logging.ERROR))


class Alarm:
    """
    Two timers in a row, from the loss of a connection until there is another.

    Args:
        clock: runs them.
        is_down: asked when one has run, because not every source has a hello to end an outage.

    Attributes:
        timer: the one that runs, to be disposed in the end.
    """

    def __init__(self, clock: abc.SchedulerBase, is_down: Callable[[], bool]) -> None:
        self.timer = SerialDisposable()
        self._clock = clock
        self._is_down = is_down
        self._armed = False
        self._cause = ""
        # These wait on the thread that asks them to, and for whatever they were asked.
        self._can_wait = not isinstance(clock, ImmediateScheduler | TrampolineScheduler)

    def lost(self, cause: str) -> None:
        """There is no connection, or still none."""
        self._cause = cause
        if self._can_wait and not self._armed:
            self._armed = True
            self._ring_in(0)

    def stands(self) -> None:
        """There is one."""
        if self._armed:
            self._armed = False
            self.timer.disposable = None

    def _ring_in(self, step: int) -> None:
        seconds, level = _BELLS[step]
        before = _BELLS[step - 1][0] if step else 0.0

        def ring(_scheduler: abc.SchedulerBase, _state: object = None) -> None:
            if not self._is_down():
                self._armed = False
                return
            log.log(level, "no connection for %g s, %s", seconds, self._cause)
            if step + 1 < len(_BELLS):
                self._ring_in(step + 1)

        self.timer.disposable = self._clock.schedule_relative(seconds - before, ring)
