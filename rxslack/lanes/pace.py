"""How fast something may happen: token buckets, who shares them, and the clock they go by."""

from __future__ import annotations

import math
import threading
from collections.abc import Hashable
from time import monotonic, time
from typing import Protocol
from weakref import WeakKeyDictionary, WeakValueDictionary

from rxslack.core.fork import Registry, after_fork
from rxslack.errors import ConfigurationError

__all__ = ["Bell", "Budget", "Pace", "RealTime", "budget_of"]


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
