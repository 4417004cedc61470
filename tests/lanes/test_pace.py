import math

import pytest

from rxslack.errors import ConfigurationError
from rxslack.lanes.pace import Pace


def times(pace: Pace, calls: int, start: float) -> list[float]:
    """When each call of somebody goes who calls as soon as it may."""
    now, went = start, list[float]()
    for _ in range(calls):
        now = max(now, pace.due())
        pace.take(now)
        went.append(now)
    return went


def test_it_lets_a_burst_through_and_then_keeps_the_rate() -> None:
    assert times(Pace(rate=2.0, burst=3), 6, start=10.0) == [10.0, 10.0, 10.0, 10.5, 11.0, 11.5]


def test_it_allows_the_burst_again_after_a_rest() -> None:
    pace = Pace(rate=1.0, burst=2)
    times(pace, 4, start=0.0)
    assert times(pace, 3, start=100.0) == [100.0, 100.0, 101.0]


def test_it_never_saves_up_more_than_the_burst() -> None:
    pace = Pace(rate=1.0, burst=2)
    assert times(pace, 3, start=1e6) == [1e6, 1e6, 1e6 + 1]


def test_it_holds_everything_and_then_allows_one_at_a_time() -> None:
    pace = Pace(rate=1.0, burst=3)
    pace.hold(until=30.0)
    assert times(pace, 3, start=0.0) == [30.0, 31.0, 32.0]


def test_it_is_no_faster_for_having_been_held_briefly() -> None:
    pace = Pace(rate=1.0, burst=1)
    times(pace, 1, start=0.0)
    pace.hold(until=0.2)
    assert pace.due() == 1.0


def test_it_has_no_limit_at_an_infinite_rate() -> None:
    assert times(Pace(math.inf), 3, start=5.0) == [5.0, 5.0, 5.0]


@pytest.mark.parametrize(("rate", "burst"), [(0.0, 1), (-1.0, 1), (math.nan, 1), (1.0, 0)])
def test_it_refuses_a_pace_that_lets_nothing_through(rate: float, burst: int) -> None:
    with pytest.raises(ConfigurationError, match="give a"):
        Pace(rate, burst)
