"""How often Slack is asked for a URL, whatever the user stacks on the stream."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from typing import Any

import pytest
from reactivex import operators as ops

import rxslack
from rxslack.errors import ConfigurationError, RateLimited, ServerError
from rxslack.simulator import Workspace
from rxslack.sources.budget import UrlBudget, budget_of


def eventually(condition: Callable[[], bool], within: float = 10.0) -> None:
    deadline = time.monotonic() + within
    while not condition():
        assert time.monotonic() < deadline
        time.sleep(0.005)


class Hands:
    """A clock that a test moves."""

    def __init__(self) -> None:
        self.now = 1000.0

    def __call__(self) -> float:
        return self.now


def test_it_allows_ten_at_once_and_then_one_in_ten_seconds() -> None:
    hands = Hands()
    budget = UrlBudget(clock=hands)
    assert [budget.take() for _ in range(12)] == [0.0] * 10 + [10.0, 10.0]
    hands.now += 9.5
    assert budget.take() == pytest.approx(0.5)
    hands.now += 0.5
    assert budget.take() == 0.0
    assert budget.take() == pytest.approx(10.0)


def test_it_allows_ten_at_once_again_after_a_rest() -> None:
    hands = Hands()
    budget = UrlBudget(clock=hands)
    for _ in range(10):
        budget.take()
    hands.now += 100.0
    assert [budget.take() for _ in range(11)] == [0.0] * 10 + [pytest.approx(10.0)]


def test_it_takes_nothing_for_those_who_give_up() -> None:
    hands, stop = Hands(), threading.Event()
    budget = UrlBudget(burst=1, clock=hands)
    assert budget.wait(stop)
    waiting = threading.Thread(target=budget.wait, args=(stop,))
    waiting.start()
    stop.set()
    waiting.join()
    hands.now += 10.0
    assert budget.take() == 0.0


def test_it_lets_nobody_ask_before_retry_after() -> None:
    hands = Hands()
    budget = UrlBudget(clock=hands)
    budget.heed(ServerError("rtm.connect", 503))
    assert budget.take() == 0.0
    budget.heed(RateLimited("rtm.connect", 58.0))
    assert budget.take() == pytest.approx(58.0)
    budget.heed(RateLimited("rtm.connect"))
    hands.now += 29.0
    assert budget.take() > 0.0


@pytest.mark.parametrize("numbers", [{"burst": 0}, {"per_minute": 0.0}, {"per_minute": -1.0}])
def test_it_refuses_numbers_that_let_nothing_through(numbers: dict[str, Any]) -> None:
    with pytest.raises(ConfigurationError):
        UrlBudget(**numbers)


def test_it_is_one_for_each_token_and_address() -> None:
    here, there = "http://127.0.0.1:1/api/", "http://127.0.0.1:2/api/"
    first = budget_of(rxslack.WebClient("xoxb-test", base_url=here))
    assert budget_of(rxslack.WebClient("xoxb-test", base_url=here)) is first
    assert budget_of(rxslack.WebClient("xoxb-test", base_url=there)) is not first
    assert budget_of(rxslack.WebClient("xoxp-test", base_url=here)) is not first


def test_it_does_not_show_the_token_in_the_name_of_the_account() -> None:
    assert "test" not in rxslack.WebClient("xoxb-test").account


STACKS: dict[str, Callable[[Any], Any]] = {
    "retry": lambda stream: stream.pipe(ops.retry()),
    "retries": lambda stream: stream.pipe(ops.retry(), ops.retry(), ops.retry()),
    "no pauses": lambda stream: stream.pipe(rxslack.reconnect(lambda: iter(lambda: 0.0, 1.0))),
    "both": lambda stream: stream.pipe(rxslack.reconnect(lambda: [0.0] * 99), ops.retry()),
}


@pytest.mark.parametrize("stack", STACKS.values(), ids=STACKS)
def test_it_keeps_to_it_however_the_user_retries(
    slack: Workspace, stack: Callable[[Any], Any]
) -> None:
    with slack.faults.answer("rtm.connect", status=503) as refusals:
        subscription = stack(rxslack.rtm(slack.web)).subscribe(on_error=print)
        other = stack(rxslack.rtm(slack.web)).subscribe(on_error=print)
        eventually(lambda: refusals.given >= 10)
        time.sleep(0.2)  # ample for dozens more, if there were nothing to stop them
        assert refusals.given == 10
        subscription.dispose()
        other.dispose()


def test_it_waits_no_longer_than_its_subscription_lasts(slack: Workspace) -> None:
    budget = UrlBudget(burst=1, per_minute=0.06)
    budget.take()
    before = {*threading.enumerate()}  # some of them may be ending
    subscription = rxslack.rtm(slack.web, budget=budget).subscribe(print)
    (waiting,) = {*threading.enumerate()} - before
    subscription.dispose()
    eventually(lambda: not waiting.is_alive())
    assert slack.calls("rtm.connect") == []


def test_it_heeds_retry_after_for_all_streams_together(slack: Workspace) -> None:
    hands = Hands()
    budget = UrlBudget(clock=hands)
    refused = threading.Event()
    with slack.faults.answer("rtm.connect", status=429, headers={"Retry-After": "58"}):
        stream = rxslack.rtm(slack.web, budget=budget)
        stream.subscribe(on_error=lambda _: refused.set())
        assert refused.wait(10.0)
    assert budget.take() == pytest.approx(58.0)
