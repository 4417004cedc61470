"""Waiting for something to happen in the workspace, without sleeping."""

from __future__ import annotations

from collections.abc import Callable
from threading import Condition
from time import monotonic
from typing import TypeVar

__all__ = ["Changes"]

T = TypeVar("T")


class Changes:
    """A counter of state changes that can be waited on; thread-safe."""

    def __init__(self) -> None:
        self._condition = Condition()
        self._count = 0

    def notify(self) -> None:
        """Say that something changed."""
        with self._condition:
            self._count += 1
            self._condition.notify_all()

    def wait_until(self, predicate: Callable[[], T], timeout: float) -> T:
        """
        Wait until `predicate()` is true, and return what it returned.

        It is called again after each change, and now and then for what changes elsewhere.

        Args:
            predicate: called on this thread, without any lock.
            timeout: seconds.

        Raises: TimeoutError.
        """
        deadline = monotonic() + timeout
        while True:
            seen = self._count
            value = predicate()
            if value:
                return value
            remaining = deadline - monotonic()
            if remaining <= 0:
                raise TimeoutError(f"nothing of the kind happened within {timeout:g} s")
            self._pause(seen, min(remaining, 0.02))

    def _pause(self, seen: int, seconds: float) -> None:
        with self._condition:
            self._condition.wait_for(lambda: self._count != seen, seconds)
