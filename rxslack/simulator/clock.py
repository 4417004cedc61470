"""The workspace's time, which a test can move."""

from __future__ import annotations

import time
from collections.abc import Callable
from threading import Lock

__all__ = ["Clock"]


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
