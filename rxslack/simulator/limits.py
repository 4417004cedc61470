"""Token buckets: the clockwork behind HTTP 429."""

from __future__ import annotations

import math
from collections.abc import Callable, Hashable
from threading import Lock

from rxslack.simulator.options import Rate

__all__ = ["Bucket", "Buckets"]


class Bucket:
    """
    One token bucket; not thread-safe.

    Args:
        rate: how fast it fills, and how much it holds.
        clock: the time in seconds.
    """

    def __init__(self, rate: Rate, clock: Callable[[], float]) -> None:
        self._rate = rate
        self._clock = clock
        self._tokens = float(rate.burst)
        self._filled = clock()

    def take(self) -> float:
        """Take one token and return 0.0, or the seconds until there will be one."""
        now = self._clock()
        gained = max(0.0, now - self._filled) * self._rate.per_second
        self._tokens = min(float(self._rate.burst), self._tokens + gained)
        self._filled = now
        # A hair of tolerance: after exactly the told pause a call has to succeed.
        if self._tokens > 1.0 - 1e-6:
            self._tokens -= 1.0
            return 0.0
        return (1.0 - self._tokens) / self._rate.per_second if self._rate.per_second else math.inf


class Buckets:
    """
    Buckets by key, made as they are asked for; thread-safe.

    Args:
        clock: the time in seconds.
    """

    def __init__(self, clock: Callable[[], float]) -> None:
        self._clock = clock
        self._buckets: dict[Hashable, Bucket] = {}
        self._lock = Lock()

    def take(self, key: Hashable, rate: Rate | None) -> int | None:
        """
        Count one call.

        Returns: None when it is allowed, else the whole seconds to wait, at least 1.
        """
        if rate is None:
            return None
        with self._lock:
            bucket = self._buckets.get(key)
            if bucket is None:
                bucket = self._buckets[key] = Bucket(rate, self._clock)
            wait = bucket.take()
        return None if wait == 0.0 else max(1, math.ceil(min(wait, 3600.0) - 1e-6))
