"""What is to be done for a gap: who waits, which channel is next, and what came of it."""

from __future__ import annotations

import threading
from typing import Any

import pytest

from rxslack.recovery.backfilling.gap import ChannelTask, OpenGap
from rxslack.recovery.backfilling.history import Found, GapHistory
from rxslack.web.calls import MethodPaces, PatientCaller, Terms
from rxslack.web.dialing import Cancellation

SETTLED = 100.0  # the instant from which on history has all of the gap


def open_gap(*channels: str, calls: int = 100) -> OpenGap:
    """One that is planned, when it has channels."""
    nobody: Any = None  # no call is made
    terms = Terms(page=1, calls=calls, pauses=list[float])
    past = GapHistory(
        PatientCaller(nobody, terms, MethodPaces(1.0), Cancellation(), threading.Event()), 600.0
    )
    made = OpenGap(10.0, 20.0, SETTLED, past)
    if channels:
        made.plan(channels)
    return made


def task(of: OpenGap, channel: str) -> ChannelTask:
    assert of.tasks is not None
    return of.tasks[channel]


def wait(of: OpenGap, *channels: str) -> None:
    """A message waits, of after the gap."""
    for channel in channels:
        of.with_waiting[channel] = None
        of.with_new.add(channel)


# --- who waits ------------------------------------------------------------------------------------


def test_it_lets_all_channels_wait_until_it_knows_which_there_are() -> None:
    assert open_gap().waits_for("C1")


def test_it_lets_a_channel_wait_that_is_not_done_and_whose_events_do_not_pass() -> None:
    planned = open_gap("C1", "C2")
    task(planned, "C2").passes = True
    assert [planned.waits_for(channel) for channel in ("C1", "C2", "C3")] == [True, False, False]


# --- another gap ----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("gap", "both"), [((12.0, 30.0), (10.0, 30.0)), ((5.0, 15.0), (5.0, 20.0))]
)
def test_it_covers_both_gaps(gap: tuple[float, float], both: tuple[float, float]) -> None:
    widened = open_gap()
    widened.widen(*gap, 300.0)
    assert (widened.since, widened.until) == both
    assert (widened.settled, widened.gaps) == (300.0, 2)


def test_it_has_the_calls_of_both_gaps() -> None:
    widened = open_gap(calls=7)
    widened.widen(12.0, 30.0, 300.0)
    assert widened.history.calls.left == 14


def test_it_has_to_ask_every_channel_again_the_unfinished_ones_first() -> None:
    widened = open_gap("C1", "C2")
    wait(widened, "C1")
    widened.widen(12.0, 30.0, 300.0)
    assert widened.waits_for("C3")
    assert [*widened.unfinished] == ["C1", "C2"]
    assert ([*widened.with_waiting], widened.with_new) == (["C1"], set())


def test_it_does_not_forget_what_was_unfinished_at_the_first_of_three_gaps() -> None:
    widened = open_gap("C1", "C2")
    for _ in range(2):
        widened.widen(12.0, 30.0, 300.0)
    assert [*widened.unfinished] == ["C1", "C2"]
    widened.plan(["C2", "C1"])
    assert [*widened.unfinished] == []


# --- which channel is next -------------------------------------------------------------------------


def test_it_waits_with_all_until_history_has_settled() -> None:
    planned = open_gap("C1", "C2")
    assert planned.next(0.0) == ("C1", SETTLED)
    assert planned.next(SETTLED) == ("C1", SETTLED)


def test_it_hurries_where_a_message_waits_in_the_order_in_which_they_came() -> None:
    planned = open_gap("C1", "C2", "C3")
    wait(planned, "C3", "C2")
    assert planned.next(50.0) == ("C3", 0.0)


def test_it_hurries_once() -> None:
    planned = open_gap("C1", "C2", "C3")
    wait(planned, "C3", "C2")
    task(planned, "C3").hurried = True
    assert planned.next(50.0) == ("C2", 0.0)
    task(planned, "C2").hurried = True
    assert planned.next(50.0)[1] == SETTLED


def test_it_takes_first_those_in_which_events_wait_when_history_has_settled() -> None:
    planned = open_gap("C1", "C2")
    planned.with_waiting["C2"] = None
    assert planned.next(SETTLED) == ("C2", SETTLED)


def test_it_does_not_hurry_for_what_is_no_message_or_of_before_the_gap() -> None:
    planned = open_gap("C1")
    planned.with_waiting["C1"] = None
    assert planned.next(50.0) == ("C1", SETTLED)


def test_it_does_not_hurry_where_nothing_waits_any_more() -> None:
    planned = open_gap("C1")
    planned.with_new.add("C1")
    assert planned.next(50.0) == ("C1", SETTLED)


@pytest.mark.parametrize(("calls", "due"), [(4, SETTLED), (5, 0.0)])
def test_it_hurries_when_all_channels_can_be_asked_twice(calls: int, due: float) -> None:
    planned = open_gap("C1", "C2", calls=calls)
    wait(planned, "C2")
    assert planned.next(50.0)[1] == due


def test_it_passes_over_a_channel_that_is_done() -> None:
    """Its events may wait nonetheless, for one moment."""
    planned = open_gap("C1")
    wait(planned, "C2")
    assert planned.next(50.0) == ("C1", SETTLED)


def test_it_comes_back_to_what_was_found_when_that_is_not_expected_live_any_more() -> None:
    planned = open_gap("C1", "C2")
    task(planned, "C2").found = Found(asked=90.0)
    task(planned, "C2").again = 95.0
    assert planned.next(50.0) == ("C2", 95.0)
    assert planned.next(SETTLED) == ("C1", SETTLED)  # which channel is next by then
    task(planned, "C2").again = 105.0
    assert planned.next(50.0) == ("C1", SETTLED)


def test_it_does_not_come_back_while_live_events_may_be_late() -> None:
    planned = open_gap("C1")
    task(planned, "C1").found = Found(asked=90.0)
    task(planned, "C1").again = 95.0
    assert planned.next(50.0, live_by=98.0) == ("C1", 98.0)


def test_it_comes_back_at_once_when_something_came_live() -> None:
    planned = open_gap("C1")
    task(planned, "C1").found = Found(asked=90.0)
    task(planned, "C1").again = 95.0
    planned.with_waiting["C1"] = None
    assert planned.next(50.0, live_by=98.0) == ("C1", 0.0)


def test_it_lets_the_others_have_their_turns_first() -> None:
    planned = open_gap("C1", "C2", "C3")
    wait(planned, "C2", "C1", "C4")
    planned.put_last("C2")
    assert planned.tasks is not None
    assert [*planned.tasks] == ["C1", "C3", "C2"]
    assert [*planned.with_waiting] == ["C1", "C4", "C2"]
    planned.put_last("C4")  # which is done
    assert [*planned.tasks] == ["C1", "C3", "C2"]
    planned.put_last("C3")  # in which nothing waits
    assert [*planned.with_waiting] == ["C1", "C2", "C4"]


def test_it_puts_last_what_waits_though_it_is_not_planned_yet() -> None:
    unplanned = open_gap()
    wait(unplanned, "C1", "C2")
    unplanned.put_last("C1")
    assert (unplanned.tasks, [*unplanned.with_waiting]) == (None, ["C2", "C1"])


# --- what came of it ------------------------------------------------------------------------------


def test_it_says_what_became_of_the_gap_and_each_thing_that_is_missing_once() -> None:
    done = open_gap()
    done.add_missing("C1", ["refused", "cut short"])
    done.add_missing("C1", ["refused"])
    done.add_missing("C2", ["refused"])
    done.add_missing(None, ["channels never seen"])
    done.messages = 3
    done.history.calls.made = 4
    always = [
        "edits, deletions, reactions and everything else that is no message",
        "answers in threads that began, and were last answered, more than 600 s before the gap",
    ]
    assert done.summary() == {
        "type": "rxslack.backfilled",
        "since": 10.0,
        "until": 20.0,
        "messages": 3,
        "calls": 4,
        "missing": [
            *({"channel": None, "why": why} for why in always),
            {"channel": "C1", "why": "refused"},
            {"channel": "C1", "why": "cut short"},
            {"channel": "C2", "why": "refused"},
            {"channel": None, "why": "channels never seen"},
        ],
    }
