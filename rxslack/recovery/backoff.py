"""
How long `reconnect` waits before each attempt, and what it says about it.

The pauses of `backoff` spread many clients out, and grow with the trouble.
"""

from __future__ import annotations

import logging
import math
from collections.abc import Callable, Iterable, Iterator
from random import Random
from typing import Any, Final

from reactivex import abc
from reactivex.disposable import SerialDisposable
from reactivex.scheduler import ImmediateScheduler, TrampolineScheduler

from rxslack.errors import ConfigurationError, RateLimited

__all__ = [
    "BAD_OUTAGE",
    "CHANCE",
    "LONG_OUTAGE",
    "Alarm",
    "PauseSequence",
    "Pauses",
    "backoff",
    "is_seconds",
]

CHANCE = Random()
"""Our own, so that pauses never disturb a program that has seeded Python's."""


def backoff(
    first: float = 0.5,
    cap: float = 30.0,
    *,
    random: Callable[[float, float], float] = CHANCE.uniform,
) -> Iterator[float]:
    """
    Pauses for `reconnect`: full jitter under a ceiling that doubles; they never end.

    >>> from itertools import islice
    >>> list(islice(backoff(random=lambda low, high: high), 8))
    [0.5, 1.0, 2.0, 4.0, 8.0, 16.0, 30.0, 30.0]

    Args:
        first: The first ceiling, seconds.
        cap: The highest ceiling, seconds.
        random: Chooses a number between two others.

    Emits: seconds, each anywhere between 0 and its ceiling.
    Errors: ``ConfigurationError`` at once when the ceilings are not 0 < first <= cap.
    Source: aws.amazon.com/blogs/architecture/exponential-backoff-and-jitter, "Full Jitter".
    """
    if not 0 < first <= cap:
        raise ConfigurationError(f"backoff needs 0 < first <= cap, not {first!r} and {cap!r}")
    return jittered(first, cap, random)


def jittered(
    ceiling: float, cap: float, random: Callable[[float, float], float]
) -> Iterator[float]:
    """The endless part of `backoff`."""
    while True:
        yield random(0.0, ceiling)
        ceiling = min(ceiling * 2, cap)


Pauses = Callable[[], Iterable[float]]

log = logging.getLogger("rxslack.reconnect")


class PauseSequence:
    """
    The pauses of one subscription to `reconnect`.

    Args:
        pauses: makes an iterator of seconds.
        stable: seconds after a hello from which on a connection has proved itself.
        time: unix seconds.
    """

    def __init__(self, pauses: Pauses, stable: float, time: Callable[[], float]) -> None:
        self._pauses = pauses
        self._stable = stable
        self._time = time
        self._iterator: Iterator[float] | None = None
        self._attempt = 1
        self._greeted = False  # whether a hello ever came
        self._hello: float | None = None  # of the latest connection
        self._down: float | None = None  # since the first loss after the last hello

    def hello(self) -> None:
        """A connection stands."""
        self._hello = self._time()
        self._say_connected()
        self._greeted = True
        self._down = None

    def lost(self) -> None:
        """From now on, or for longer, there is no connection."""
        # Of several losses in a row the first one began the outage.
        if self._down is None:
            self._down = self._time()

    def goodbye(self) -> float | None:
        """Seconds until a connection that will end is replaced: none, if it has proved itself."""
        if self._is_stable():
            self._refresh()
            pause: float | None = 0.0
        else:
            pause = self._next_pause()
        if pause is not None:
            log.info("Slack will close the connection; its replacement opens in %.1f s", pause)
        return pause

    def after(self, error: Exception) -> float | None:
        """
        Seconds until the next attempt; None when there shall be none.

        Args:
            error: what ended the last one.
        """
        if self._is_stable():
            self._refresh()
        self._hello = None
        pause = self._next_pause()
        if pause is not None:
            # Slack's `Retry-After` is a floor: pauses that are longer stay.
            pause = max(pause, least_pause(error))
            self._attempt += 1
            self._say_lost(error, pause)
        return pause

    def _is_stable(self) -> bool:
        # Without this, a connection that dies right after each hello would be opened again without
        # end and without a pause.
        return self._hello is not None and self._time() - self._hello >= self._stable

    def _refresh(self) -> None:
        self._iterator = None
        self._attempt = 1

    def _next_pause(self) -> float | None:
        try:
            if self._iterator is None:
                self._iterator = iter(self._pauses())
            pause = next(self._iterator)
        except StopIteration:
            return None
        except Exception as error:
            raise ConfigurationError(f"the pauses of reconnect() raised {error!r}") from error
        if not is_seconds(pause):
            raise ConfigurationError(
                f"the pauses of reconnect() must be seconds, 0 or more, not {pause!r}"
            )
        return pause

    def _say_lost(self, error: Exception, pause: float) -> None:
        outage = 0.0 if self._down is None else self._time() - self._down
        worrying = not self._greeted or outage > LONG_OUTAGE
        level = logging.WARNING if worrying else logging.INFO
        log.log(
            logging.ERROR if outage > BAD_OUTAGE else level,
            "attempt %d in %.1f s, after %s: %s",
            self._attempt,
            pause,
            type(error).__name__,
            error,
        )

    def _say_connected(self) -> None:
        if self._down is None:
            log.info("connected, at attempt %d", self._attempt)
            return
        outage = self._time() - self._down
        log.log(
            logging.WARNING if outage > LONG_OUTAGE else logging.INFO,
            "connected again, at attempt %d, after %.1f s without a connection",
            self._attempt,
            outage,
        )


def least_pause(error: Exception) -> float:
    """Seconds that Slack asks for, 0 when it does not ask."""
    return error.pause if isinstance(error, RateLimited) else 0.0


def is_seconds(value: Any) -> bool:
    """Whether this is a finite number, 0 or more."""
    return isinstance(value, int | float) and math.isfinite(value) and value >= 0


LONG_OUTAGE: Final = 30.0  # seconds after which an outage is worth a warning
BAD_OUTAGE: Final = 300.0  # seconds after which it is an error

_LEVELS: Final = ((LONG_OUTAGE, logging.WARNING), (BAD_OUTAGE, logging.ERROR))


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
            self._schedule(0)

    def stands(self) -> None:
        """There is one."""
        if self._armed:
            self._armed = False
            self.timer.disposable = None

    def _schedule(self, step: int) -> None:
        seconds, level = _LEVELS[step]
        before = _LEVELS[step - 1][0] if step else 0.0

        def warn(_scheduler: abc.SchedulerBase, _state: object = None) -> None:
            # A source without a hello never says that the outage is over.
            if not self._is_down():
                self._armed = False
                return
            log.log(level, "no connection for %g s, %s", seconds, self._cause)
            if step + 1 < len(_LEVELS):
                self._schedule(step + 1)

        self.timer.disposable = self._clock.schedule_relative(seconds - before, warn)
