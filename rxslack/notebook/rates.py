"""How many of each type, as the picture of a live view shows it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from typing import Final

from rxslack.notebook.spans import Spans

__all__ = ["SECONDS", "Rates"]

SECONDS: Final = 60  # that the picture goes back
MOST: Final = 120  # spans of a replay
REST: Final = "(further types)"


class Rates(Spans):
    """
    Counts by type.

    Live they are those of the last sixty seconds. A replay passes hours in a second: all of it is kept, in spans
    that are widened as they become many.
    """

    def __init__(self) -> None:
        super().__init__(MOST, REST, slides=True)

    def of_seconds(self, now: float, count: int) -> list[int]:
        """How many of all types in each of the last spans, the oldest first."""
        last = int(now) // self.width
        spans = (self.held.get(last - back) for back in range(count - 1, -1, -1))
        return [span.total() if span else 0 for span in spans]

    def by_kind(self, now: float, kinds: Sequence[str]) -> tuple[int, dict[str, list[int]]]:
        """
        When the first span began, in unix seconds; and how many of each type in each span.

        What is of no given type is counted as "" .
        """
        last = int(now) // self.width
        first = last - SECONDS + 1  # the picture moves on while nothing comes
        if not self.slides:
            first = max(self.first, last - MOST)
            if self.width == 1:
                first = min(first, last - SECONDS + 1)
        nothing = Counter[str]()
        counted = [self.held.get(span, nothing) for span in range(first, last + 1)]
        found = {kind: [span[kind] for span in counted] for kind in kinds}
        found[""] = [span.total() - sum(span[kind] for kind in kinds) for span in counted]
        return first * self.width, found
