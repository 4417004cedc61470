"""What was delivered, remembered for a while and in bounded memory."""

from __future__ import annotations

import threading
import time
from collections import deque
from collections.abc import Callable, Hashable, Sequence
from itertools import repeat

__all__ = ["Seen"]


class Seen:
    """
    Keys of what came, for all connections of an app together; thread-safe.

    >>> seen = Seen(3600.0)
    >>> seen.admit("Ev1"), seen.admit("Ev1"), seen.admit("Ev2")
    (True, False, True)

    Args:
        seconds: how long a key is remembered.
        size: how many are; beyond it the oldest are forgotten early. Slack delivers at most 30,000
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
        self._times: dict[Hashable, float] = {}  # when each came
        # In order of arrival, those among them that were forgotten on demand. Two queues of what the
        # garbage collector need not look at: pairs would call it.
        self._keys: deque[Hashable] = deque()
        self._arrivals: deque[float] = deque()

    def admit(self, key: Hashable, *, remember: bool = True) -> bool:
        """
        Whether a key is new.

        Args:
            key: of what came.
            remember: whether it is known from now on.
        """
        with self._lock:
            now = self._clock()
            self._forget_old(now)
            if key in self._times:
                return False
            if remember:
                self._times[key] = now
                self._put((key,), now)
            return True

    def admit_all(self, keys: Sequence[Hashable]) -> bool:
        """Whether all keys are new, and no two are the same; only then they are known from now on."""
        with self._lock:
            now = self._clock()
            self._forget_old(now)
            new = dict.fromkeys(keys, now)
            if len(new) < len(keys) or not self._times.keys().isdisjoint(new):
                return False
            self._times.update(new)
            self._put(keys, now)
            return True

    def forget(self, *keys: Hashable) -> None:
        """Take them for new when they come again."""
        with self._lock:
            for key in keys:
                self._times.pop(key, None)

    def __len__(self) -> int:
        """How many keys are remembered."""
        with self._lock:
            return len(self._times)

    def _put(self, keys: Sequence[Hashable], now: float) -> None:
        self._keys.extend(keys)
        self._arrivals.extend(repeat(now, len(keys)))
        while len(self._keys) > self._size:
            self._drop_oldest()

    def _forget_old(self, now: float) -> None:
        while self._arrivals and now - self._arrivals[0] >= self._seconds:
            self._drop_oldest()

    def _drop_oldest(self) -> None:
        key, arrival = self._keys.popleft(), self._arrivals.popleft()
        if self._times.get(key) == arrival:  # else it was forgotten, and has perhaps come again
            del self._times[key]
