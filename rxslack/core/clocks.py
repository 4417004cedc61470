"""What time it is, by a scheduler, at the price of asking."""

from __future__ import annotations

import time
from collections.abc import Callable

from reactivex import abc
from reactivex.scheduler import TimeoutScheduler

__all__ = ["seconds_by"]


def seconds_by(clock: abc.SchedulerBase) -> Callable[[], float]:
    """
    Unix seconds by a scheduler's clock.

    That of timer threads is the computer's, which it tells by way of dates, in ten times the time.
    """
    if type(clock) is TimeoutScheduler:
        return time.time
    return lambda: clock.to_seconds(clock.now)
