"""A pace that several processes keep together."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple, Protocol

__all__ = ["Limit", "SharedPaces"]


class Limit(NamedTuple):
    """
    One pace.

    Attributes:
        key: What it is of, the same in every process.
        rate: How many a second in the long run.
        burst: How many at once after a rest.
    """

    key: str
    rate: float
    burst: int


class SharedPaces(Protocol):
    """
    Keeps them, as `Pace` does: of each the time at which the bucket is full again, by the engine's own clock.

    All methods wait for the engine, and raise `LogUnavailable`.
    """

    def reserve(self, limits: Sequence[Limit]) -> float:
        """
        One goes now, by all of these paces; or none is used.

        Returns: 0.0; or the seconds after which it may go.
        """
        ...

    def hold(self, limit: Limit, seconds: float) -> None:
        """Nothing goes by this pace for so many seconds."""
        ...
