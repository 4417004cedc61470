"""Time, and waiting in it, behind one face, so that tests can put another clock in its place."""

from __future__ import annotations

import threading
from time import monotonic, time
from typing import Protocol

__all__ = ["Bell", "RealTime"]


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
