"""What was delivered, remembered for a day and in bounded memory."""

from __future__ import annotations

import threading
import time
from array import array
from bisect import bisect_left
from collections import deque
from collections.abc import Callable, Hashable, Sequence
from itertools import islice
from typing import Final

__all__ = ["DeliveryMemory"]

_LARGEST: Final = 65_536  # keys that go from what is recent to what is packed at a time
_SPARSE: Final = 16  # bytes of the sieve for each key: one in so many is looked up in vain


class DeliveryMemory:
    """
    Keys of what came, for all connections of an app together; thread-safe.

    >>> seen = DeliveryMemory(3600.0)
    >>> seen.admit("Ev1"), seen.admit("Ev1"), seen.admit("Ev2")
    (True, False, True)

    The last 131,072 are kept as they are, some 120 bytes each. Of those before them 53 bits of the
    hash are kept, packed, which takes 24 bytes each, and 40 MB when a million is remembered. Once in
    10^9 times a new key is taken for one of a million others.

    Args:
        seconds: how long a key is remembered, or somewhat longer.
        size: how many are; beyond it the oldest are forgotten early, an eighth of it or 65,536 at a
            time. Slack delivers at most 30,000 events an hour and workspace, 720,000 a day.
        clock: seconds that only grow.

    Source: docs.slack.dev/apis/events-api, "Rate limiting".
    """

    def __init__(
        self,
        seconds: float,
        *,
        size: int = 1_000_000,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._seconds = seconds
        self._size = size
        self._clock = clock
        self._lock = threading.Lock()
        self._recent: dict[Hashable, float] = {}  # when each came, in this order
        self._portion = max(1, min(_LARGEST, size // 8))
        self._packed: deque[_Packed] = deque()
        # Says of most keys, at the cost of looking at one byte, that they are not packed.
        self._mask = (1 << (_SPARSE * size - 1).bit_length()) - 1
        self._sieve = bytearray()  # 16 MB for a million, which few streams ever need
        self._marks: set[int] = set()  # of those that are packed
        self._revoked: set[float] = set()  # what is packed and was forgotten on demand

    def admit(self, key: Hashable, *, remember: bool = True) -> bool:
        """
        Whether a key is new.

        Args:
            key: of what came.
            remember: whether it is known from now on.
        """
        with self._lock:
            now = self._clock()
            # The recent ones first: Slack repeats a delivery within minutes.
            came = self._recent.get(key)
            if self._is_packed(key, now) if came is None else now - came < self._seconds:
                return False
            if remember:
                self._recent.pop(key, None)  # it came long ago, and goes to the end
                self._put({key: now}, now)
            return True

    def admit_all(self, keys: Sequence[Hashable]) -> bool:
        """
        Whether all keys are new, and no two are the same; only then they are known from now on.

        May be False, too, when one of them came so long ago that `admit` takes it for new.
        """
        with self._lock:
            now = self._clock()
            new = dict.fromkeys(keys, now)
            # For a flood: a few operations on sets in place of one look at each key. Any doubt is
            # left to `admit`.
            if len(new) < len(keys) or not self._recent.keys().isdisjoint(new):
                return False
            if self._packed:
                sieve, mask = self._sieve, self._mask
                for key in keys:
                    if sieve[hash(key) & mask] and self._is_packed(key, now):
                        return False
            self._put(new, now)
            return True

    def forget(self, *keys: Hashable) -> None:
        """Take them for new when they come again."""
        with self._lock:
            now = self._clock()
            for key in keys:
                # A key cannot be taken out of a sorted array, so it is noted as not known.
                self._recent.pop(key, None)
                if self._is_packed(key, now):
                    self._revoked.add(float(hash(key)))

    def __len__(self) -> int:
        """How many keys are remembered."""
        with self._lock:
            return len(self._recent) + len(self._packed) * self._portion

    def _is_packed(self, key: Hashable, now: float) -> bool:
        slot = hash(key) & self._mask
        if not (self._packed and self._sieve[slot]):
            return False
        number = float(hash(key))
        if number in self._revoked:
            return False
        if self._sieve[slot] not in self._marks:
            self._sieve[slot] = 0  # what it said of is gone
            return False
        # The newest first, because it decides whether the key is still remembered.
        for packed in reversed(self._packed):
            if number in packed:
                return now - packed.last < self._seconds
        return False

    def _put(self, new: dict[Hashable, float], now: float) -> None:
        self._recent.update(new)
        while len(self._recent) > 2 * self._portion:
            self._pack(now)

    def _pack(self, now: float) -> None:
        """Pack the oldest of the recent ones, and let go of what is too old, or too much."""
        self._sieve = self._sieve or bytearray(self._mask + 1)
        # Dicts keep the order of insertion, so the first ones are the oldest.
        oldest = [*islice(self._recent, self._portion)]
        packed = _Packed(oldest, self._recent[oldest[-1]], self._next_mark())
        self._recent = dict(islice(self._recent.items(), self._portion, None))
        sieve, mask, mark = self._sieve, self._mask, packed.mark
        for key in oldest:
            sieve[hash(key) & mask] = mark  # the newest counts: who finds it looks at all
        self._revoked.difference_update(packed.numbers)
        self._packed.append(packed)
        self._marks.add(mark)
        most = self._size - 2 * self._portion  # there is always room for recent ones
        while (
            now - self._packed[0].last >= self._seconds or len(self._packed) * self._portion > most
        ):
            gone = self._packed.popleft()
            self._marks.remove(gone.mark)
            self._revoked.difference_update(gone.numbers)
            if not self._packed:
                break

    def _next_mark(self) -> int:
        """1 to 255, which is more than there are portions, and round again."""
        return self._packed[-1].mark % 255 + 1 if self._packed else 1


class _Packed:
    """
    Keys that came one after another.

    Args:
        keys: of which 53 bits of the hash are kept; floats, which sort much faster than large ints.
        last: when the last one came.
        mark: what stands for them in the sieve.
    """

    def __init__(self, keys: Sequence[Hashable], last: float, mark: int) -> None:
        self.numbers = array("d", sorted(map(float, map(hash, keys))))
        self.last = last
        self.mark = mark

    def __contains__(self, number: float) -> bool:
        place = bisect_left(self.numbers, number)
        return place < len(self.numbers) and self.numbers[place] == number
