import gc
import math

from rxslack.lanes.budget import Budget, budget_of


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
