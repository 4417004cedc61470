"""How fast something may happen: a token bucket, kept as one number."""

from __future__ import annotations

import math

from rxslack.errors import ConfigurationError

__all__ = ["Pace"]


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
