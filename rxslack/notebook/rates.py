"""How many of each type in each span of time."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from itertools import groupby
from operator import itemgetter
from typing import Final

__all__ = ["SECONDS", "Rates"]

SECONDS: Final = 60  # that the picture of the rate goes back
MOST: Final = 120  # spans that are kept of a replay
WIDTHS: Final = (1, 5, 15, 60, 300, 900, 3600, 6 * 3600, 24 * 3600, 7 * 24 * 3600, 28 * 24 * 3600)


class Rates:
    """
    Counts by type in spans of equal width.

    Live they are seconds, and the last sixty are kept. A replay passes hours in a second: all of
    it is kept, and the spans are widened as they become many.

    Attributes:
        width: seconds of a span.
    """

    def __init__(self) -> None:
        self.width = 1
        self._spans: dict[int, Counter[str]] = {}

    def add(self, times: Sequence[float], kinds: Sequence[str], *, sliding: bool) -> None:
        """
        Count some items, given their times and their types.

        Args:
            times: unix seconds.
            kinds: as many.
            sliding: whether what is older than a minute is forgotten; else spans are widened.
        """
        width = self.width
        if (first := int(times[0]) // width) == int(times[-1]) // width:  # nearly always
            self._spans.setdefault(first, Counter()).update(kinds)
        else:
            self._add_apart(times, kinds)
        if sliding:
            self._forget(int(times[-1]) // width - SECONDS)
        else:
            self._widen()

    def _add_apart(self, times: Sequence[float], kinds: Sequence[str]) -> None:
        width = self.width
        pairs = zip((int(at) // width for at in times), kinds, strict=True)
        for span, group in groupby(pairs, itemgetter(0)):
            counted = self._spans.get(span)
            if counted is None:
                counted = self._spans[span] = Counter()
            counted.update(kind for _, kind in group)

    def of_seconds(self, now: float, count: int) -> list[int]:
        """How many of all types in each of the last spans, the oldest first."""
        last = int(now) // self.width
        spans = (self._spans.get(last - back) for back in range(count - 1, -1, -1))
        return [span.total() if span else 0 for span in spans]

    def by_kind(self, now: float, kinds: Sequence[str]) -> tuple[int, dict[str, list[int]]]:
        """
        When the first span began, in unix seconds; and how many of each type in each span.

        What is of no given type is counted as "" .
        """
        spans = dict(self._spans)
        last = int(now) // self.width
        first = max(min(spans, default=last), last - MOST)
        if self.width == 1:  # the picture moves on while nothing comes
            first = min(first, last - SECONDS + 1)
        nothing = Counter[str]()
        counted = [spans.get(span, nothing) for span in range(first, last + 1)]
        found = {kind: [span[kind] for span in counted] for kind in kinds}
        found[""] = [span.total() - sum(span[kind] for kind in kinds) for span in counted]
        return first * self.width, found

    def _forget(self, oldest: int) -> None:
        for span in [span for span in self._spans if span < oldest]:
            del self._spans[span]

    def _widen(self) -> None:
        spans = self._spans
        while max(spans) - min(spans) >= MOST and self.width < WIDTHS[-1]:
            wider = next(width for width in WIDTHS if width > self.width)
            merged: dict[int, Counter[str]] = {}
            for span, counted in spans.items():
                merged.setdefault(span * self.width // wider, Counter()).update(counted)
            self.width, self._spans = wider, merged
            spans = merged
        self._forget(max(spans) - MOST)
