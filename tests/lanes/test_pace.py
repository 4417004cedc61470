import gc
import math

import pytest

from rxslack.errors import ConfigurationError
from rxslack.lanes.paces import Budget, Pace, budget_of


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


class Client:
    """Anything that can be referred to weakly."""


def test_it_gives_everybody_the_same_pace_for_a_key() -> None:
    budget = Budget()
    one = budget.pace("chat.postMessage", "C1", rate=1.0, burst=5)
    assert budget.pace("chat.postMessage", "C1", rate=1.0, burst=5) is one
    assert budget.pace("chat.postMessage", "C2", rate=1.0, burst=5) is not one
    assert budget.pace("chat.postMessage", "C1", rate=2.0, burst=5) is not one


def test_it_forgets_a_pace_that_nobody_uses_unless_it_is_to_last() -> None:
    budget = Budget()
    budget.pace("C1", rate=1.0, burst=1).take(5.0)
    budget.pace("all", rate=1.0, burst=1, lasting=True).take(5.0)
    gc.collect()
    assert budget.pace("C1", rate=1.0, burst=1).rested() == -math.inf
    assert budget.pace("all", rate=1.0, burst=1, lasting=True).rested() == 6.0


def test_it_is_one_for_a_client_and_another_for_the_next() -> None:
    one, other = Client(), Client()
    assert budget_of(one) is budget_of(one)
    assert budget_of(one) is not budget_of(other)
    assert budget_of(one) is not budget_of(one, scheduler="another time")


def test_it_serves_a_client_that_cannot_be_referred_to_weakly() -> None:
    assert budget_of((1, 2)) is not budget_of((1, 2))
