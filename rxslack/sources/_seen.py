"""What was delivered, remembered for a while and in bounded memory."""

from __future__ import annotations

import threading
import time
from collections import OrderedDict
from collections.abc import Callable

__all__ = ["Seen"]


class Seen:
    """
    Keys of what came, for all connections of an app together; thread-safe.

    >>> seen = Seen(3600.0)
    >>> seen.admit("Ev1"), seen.admit("Ev1"), seen.admit("Ev2")
    (True, False, True)

    Args:
        seconds: how long a key is remembered.
        size: how many are; beyond it the oldest is forgotten early. Slack delivers at most 30,000
            events an hour and workspace.
        clock: seconds that only grow.

    Source: docs.slack.dev/apis/events-api, "Rate limiting".
    """

    def __init__(
        self,
        seconds: float,
        *,
        size: int = 200_000,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._seconds = seconds
        self._size = size
        self._clock = clock
        self._lock = threading.Lock()
        self._keys: OrderedDict[str, float] = OrderedDict()

    def admit(self, key: str, *, remember: bool = True) -> bool:
        """
        Whether a key is new.

        Args:
            key: of what came.
            remember: whether it is known from now on.
        """
        with self._lock:
            now = self._clock()
            self._forget_old(now)
            if key in self._keys:
                return False
            if remember:
                self._keys[key] = now
                if len(self._keys) > self._size:
                    self._keys.popitem(last=False)
            return True

    def forget(self, key: str) -> None:
        """Take it for new when it comes again."""
        with self._lock:
            self._keys.pop(key, None)

    def __len__(self) -> int:
        """How many keys are remembered."""
        with self._lock:
            return len(self._keys)

    def _forget_old(self, now: float) -> None:
        keys = self._keys
        while keys and now - next(iter(keys.values())) >= self._seconds:
            keys.popitem(last=False)
