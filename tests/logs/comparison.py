"""What came beside what was said: lost, doubled, out of order."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise
from typing import NamedTuple

__all__ = ["Comparison", "compared"]


class Comparison(NamedTuple):
    """How many."""

    lost: int
    doubled: int
    out_of_order: int

    def __add__(self, other: object) -> Comparison:
        """Those of two channels."""
        if not isinstance(other, Comparison):
            return NotImplemented
        return Comparison(*(a + b for a, b in zip(self, other, strict=True)))

    def __str__(self) -> str:
        return f"{self.lost} lost, {self.doubled} doubled, {self.out_of_order} out of order"


def compared(said: Sequence[str], came: Sequence[str]) -> Comparison:
    """
    Compare one channel's.

    >>> compared("abcd", "acab")
    Comparison(lost=1, doubled=1, out_of_order=1)
    """
    places = {one: place for place, one in enumerate(said)}
    once = [places[one] for one in dict.fromkeys(came)]
    return Comparison(
        lost=len(places) - len(once),
        doubled=len(came) - len(once),
        out_of_order=sum(a > b for a, b in pairwise(once)),
    )
