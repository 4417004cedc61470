"""What time it is at Slack, from what Slack says."""

from __future__ import annotations

import gc
from email.utils import formatdate

import pytest

from rxslack.simulator import Workspace
from rxslack.web.client import WebClient
from rxslack.web.slack_clock import SlackClock, clock_of


class Times:
    """Clocks that a test sets."""

    def __init__(self) -> None:
        self.monotonic = 100.0
        self.wall = 5000.0
        self.slack = SlackClock(lambda: self.monotonic, lambda: self.wall)

    def answer(self, slack: float, took: float = 0.0) -> None:
        """Slack answers now; its Date is cut to the second."""
        date = formatdate(int(slack), usegmt=True)
        self.slack.heard_date(date, sent=self.monotonic - took, received=self.monotonic)


@pytest.fixture
def times() -> Times:
    return Times()


def test_it_is_this_machines_clock_while_slack_has_said_nothing(times: Times) -> None:
    assert times.slack.now() == 5000.0
    assert times.slack.latest() == 5000.0
    assert times.slack.at(90.0) == 4990.0


def test_it_counts_on_from_a_date_whatever_the_wall_clock_does(times: Times) -> None:
    times.answer(1000.0)
    times.monotonic, times.wall = 130.0, 9e9
    assert times.slack.now() == 1030.0
    assert times.slack.at(99.0) == 999.0


def test_it_is_never_later_than_slacks_own_and_at_most_a_second_early(times: Times) -> None:
    for tenth in range(0, 100, 7):
        times.monotonic = 100.0 + tenth / 10
        truth = 1000.4 + tenth / 10
        times.answer(truth)
        assert truth - 1.0 <= times.slack.now() <= truth <= times.slack.latest() <= truth + 1.0


def test_it_gets_closer_with_each_answer_and_never_further_away(times: Times) -> None:
    times.answer(1000.9)  # says 1000
    times.monotonic = 100.1
    times.answer(1001.0)  # says 1001, which is exact
    times.monotonic = 100.5
    times.answer(1001.4)  # says 1001 again
    assert times.slack.now() == pytest.approx(1001.4)
    assert times.slack.latest() == pytest.approx(1001.5)


def test_it_learns_from_the_time_stamp_of_a_message(times: Times) -> None:
    times.answer(1000.9)
    times.slack.heard_ts("1000.900000")
    assert times.slack.now() == pytest.approx(1000.9)
    times.slack.heard_ts("17.000000")
    assert times.slack.now() == pytest.approx(1000.9)


def test_it_believes_a_message_before_this_machine_and_a_date_before_a_message(
    times: Times,
) -> None:
    times.slack.heard_ts("2000.000000")  # may have been said at any time before
    assert times.slack.now() == times.slack.latest() == 5000.0
    times.slack.heard_ts("9000.000000")
    assert times.slack.now() == times.slack.latest() == 9000.0
    times.answer(1000.0)
    assert times.slack.now() == 1000.0


@pytest.mark.parametrize("step", [-3600.0, 3600.0])
def test_it_believes_slack_when_slacks_clock_was_set(times: Times, step: float) -> None:
    times.answer(90000.0)
    times.answer(90000.0 + step)
    assert times.slack.now() == 90000.0 + step
    assert times.slack.latest() == 90001.0 + step


def test_it_does_not_take_a_slow_answer_for_a_clock_that_was_set(times: Times) -> None:
    times.answer(1000.0)
    times.monotonic = 110.0
    times.answer(1001.5, took=9.0)  # written soon after it was asked for, and long on its way
    assert times.slack.now() == 1010.0


@pytest.mark.parametrize("date", [None, "", "yesterday", "Thu, 99 Jan 1970 00:20:00 GMT"])
def test_it_ignores_what_is_no_date(times: Times, date: str | None) -> None:
    times.slack.heard_date(date, sent=100.0, received=100.0)
    times.slack.heard_ts("soon")
    assert times.slack.now() == 5000.0


def test_it_is_one_for_all_clients_of_a_slack_and_forgotten_with_the_last_of_them() -> None:
    one, other = WebClient("xoxb-test"), WebClient("xapp-test")
    assert one.clock is other.clock
    assert one.clock is not clock_of("https://elsewhere.test/api/")
    marked = WebClient("xoxb-test", base_url="https://there.test/api/").clock
    marked.heard_date("Thu, 01 Jan 1970 00:20:00 GMT", sent=0.0, received=0.0)
    assert clock_of("https://there.test/api/").at(0.0) == 1200.0
    del marked
    gc.collect()
    assert clock_of("https://there.test/api/").at(0.0) > 1e9


def test_it_follows_the_clock_of_a_workspace_and_not_the_machines() -> None:
    with Workspace() as slack:
        slack.clock.advance(7200.0)
        web = WebClient(slack.bot_token, base_url=slack.base_url)
        web.call("auth.test")
        assert -1.5 < web.clock.now() - slack.clock() <= 0.0
