"""The default pauses of `reconnect`."""

from __future__ import annotations

from itertools import islice

import pytest

from rxslack.errors import ConfigurationError
from rxslack.recovery.backoff import backoff


def high(_low: float, ceiling: float) -> float:
    return ceiling


def test_it_doubles_its_ceiling_up_to_the_cap() -> None:
    assert list(islice(backoff(1.0, 5.0, random=high), 6)) == [1.0, 2.0, 4.0, 5.0, 5.0, 5.0]


def test_it_does_not_end() -> None:
    assert sum(1 for _ in islice(backoff(random=high), 100_000)) == 100_000


def test_it_chooses_anywhere_below_the_ceiling() -> None:
    asked: list[tuple[float, float]] = []

    def middle(low: float, ceiling: float) -> float:
        asked.append((low, ceiling))
        return (low + ceiling) / 2

    assert list(islice(backoff(random=middle), 3)) == [0.25, 0.5, 1.0]
    assert asked == [(0.0, 0.5), (0.0, 1.0), (0.0, 2.0)]
    assert all(0.0 <= pause <= 30.0 for pause in islice(backoff(), 50))


@pytest.mark.parametrize(
    ("first", "cap"), [(0.0, 1.0), (-1.0, 1.0), (2.0, 1.0), (1.0, float("nan"))]
)
def test_it_refuses_at_once_what_is_no_ceiling(first: float, cap: float) -> None:
    with pytest.raises(ConfigurationError, match="first <= cap"):
        backoff(first, cap)
