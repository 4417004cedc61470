"""How many of each key in each span of time."""

from __future__ import annotations

from collections import Counter
from typing import Final

__all__ = ["Spans"]

WIDTHS: Final = (1, 5, 15, 60, 300, 900, 3600, 6 * 3600, 24 * 3600, 7 * 24 * 3600, 28 * 24 * 3600)
LONGEST: Final = 100  # characters of a key
KEYS: Final = 1000  # that are counted one by one; nobody's inventions may fill the memory


class Spans:
    """
    Counts by key in spans of equal width, and in all. Memory does not grow with what is counted.

    Any thread may `add`. One at a time calls `count` after some, and `take_in` before it reads. A span's number is
    its time in unix seconds, divided by the width.

    Args:
        most: spans; when there are more they are widened.
        rest: the key of what comes when there are a thousand keys.
        slides: whether only the last spans are kept, at their width of a second, and none is widened.

    Attributes:
        add: counts one, given its time in unix seconds and its key.
        waiting: what is not counted yet.
        width: seconds of a span.
        first: number of the first one that holds anything.
        last: number of the last one.
        held: the counts, by the number of the span.
        totals: the counts since the beginning.
        total: how many were counted.
        latest: the time of the last one that was counted.
    """

    def __init__(self, most: int, rest: str, *, slides: bool = False) -> None:
        self.waiting: list[tuple[float, str]] = []
        self.add = self.waiting.append
        self.slides = slides
        self.width = 1
        self.first = self.last = 0
        self.held: dict[int, Counter[str]] = {}
        self.totals: Counter[str] = Counter()
        self.total = 0
        self.latest = 0.0
        self._most = most
        self._rest = rest
        self._begin = self._end = 0.0  # of the span that the last one was in
        self._fresh: dict[str, int] = {}  # counts in it that are nowhere else yet

    def count(self) -> None:
        """Count what waits; more may be added meanwhile."""
        batch = self.waiting[:]
        if not batch:
            return
        del self.waiting[: len(batch)]
        self.total += len(batch)
        self.latest = batch[-1][0]
        begin, end, fresh = self._begin, self._end, self._fresh
        for at, key in batch:
            if not begin <= at < end:
                self._turn_to(at)
                begin, end, fresh = self._begin, self._end, self._fresh
            try:
                fresh[key] += 1
            except KeyError:
                self._put(key, 1)

    def add_amount(self, at: float, key: str, amount: int) -> None:
        """Add up something else than ones; for one thread at a time."""
        if not self._begin <= at < self._end:
            self._turn_to(at)
        self._put(key, amount)

    def take_in(self) -> None:
        """Bring all of it up to date."""
        self.count()
        self._settle()

    def _turn_to(self, at: float) -> None:
        """What comes now is of another span."""
        self._settle()
        span = int(at) // self.width
        self._begin, self._end = float(span * self.width), float((span + 1) * self.width)

    def _put(self, key: str, amount: int) -> None:
        key = key[:LONGEST]
        if key not in self.totals and len(self.totals) >= KEYS:
            key = self._rest
        self.totals[key] += 0  # it is known from now on
        self._fresh[key] = self._fresh.get(key, 0) + amount

    def _settle(self) -> None:
        if not self._fresh:
            return
        span = int(self._begin) // self.width  # which may be wider by now
        self.first = min(self.first, span) if self.held else span
        self.last = max(self.last, span) if self.held else span
        for counts in (self.held.setdefault(span, Counter()), self.totals):
            counts.update(self._fresh)
        self._fresh = {}
        if not self.slides:
            self._widen()
        self._forget(self.last - self._most)

    def _widen(self) -> None:
        while self.last - self.first >= self._most and self.width < WIDTHS[-1]:
            wider = next(width for width in WIDTHS if width > self.width)
            merged: dict[int, Counter[str]] = {}
            for span, counts in self.held.items():
                merged.setdefault(span * self.width // wider, Counter()).update(counts)
            self.first = self.first * self.width // wider
            self.last = self.last * self.width // wider
            self.width, self.held = wider, merged

    def _forget(self, oldest: int) -> None:
        if self.first < oldest:
            self.held = {span: counts for span, counts in self.held.items() if span >= oldest}
            self.first = min(self.held)  # the last one is there
