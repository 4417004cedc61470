"""What `backfill` takes, and what it does by default."""

from __future__ import annotations

import math
from collections.abc import Callable
from itertools import islice
from typing import Any

import pytest
import reactivex
from reactivex import Observable, abc
from reactivex.disposable import Disposable
from reactivex.scheduler import ImmediateScheduler

import rxslack
from rxslack.errors import ConfigurationError, ServerError
from rxslack.recovery.backfill import seven_pauses
from rxslack.recovery.backfilling.filler import GapFiller, HistoryTiming
from rxslack.recovery.backfilling.gap import as_ts
from rxslack.web.calls import PatientCaller
from tests.recovery.script import Call, Json, ScriptedSlack, Told, at, gap, message

GENERAL, RANDOM = "C1", "C2"


@pytest.fixture
def pauses(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    """What is waited for, which takes no time here."""
    seconds: list[float] = []

    def passes_at_once(_: PatientCaller, pause: float) -> None:
        if pause > 0:
            seconds.append(pause)

    monkeypatch.setattr(PatientCaller, "_pause", passes_at_once)
    return seconds


def endless(call: Call) -> Json | None:
    """A history of which there is always another page."""
    if call.method != "conversations.history":
        return None
    said = message(at(-1.0), "missed")
    more = {"next_cursor": f"{call.arguments.get('cursor') or ''}+"}
    return {"ok": True, "messages": [said], "response_metadata": more}


# --- by default -----------------------------------------------------------------------------------


def test_it_pauses_seven_times_for_a_minute_at_the_most() -> None:
    ceilings = [0.5, 1.0, 2.0, 4.0, 8.0, 16.0, 30.0]
    for _ in range(20):
        seconds = [*islice(seven_pauses(), 99)]
        assert len(seconds) == len(ceilings)
        assert all(0 <= pause <= most for pause, most in zip(seconds, ceilings, strict=True))


def test_it_calls_eight_times_where_all_fails(pauses: list[float]) -> None:
    slack = ScriptedSlack(GENERAL)

    def fail(call: Call) -> None:
        if call.method == "conversations.history":
            raise ServerError(call.method, 503)

    slack.before = fail
    told = Told(slack, pauses=seven_pauses)
    told.tell(gap())
    told.filled()
    assert len(slack.asked()) == 8
    assert 0 < len(pauses) <= 7


def test_it_makes_fifty_calls_a_minute_and_five_hundred_for_a_gap(pauses: list[float]) -> None:
    slack = ScriptedSlack(GENERAL)
    at_first_pause: list[int] = []

    def look(call: Call) -> Json | None:
        if pauses and not at_first_pause:
            at_first_pause.append(len(slack.asked()) - 1)
        return endless(call)

    slack.before = look
    told = Told(slack)
    told.tell(gap())
    [*_, missing] = told.filled()["missing"]
    assert missing["why"] == "the bound of 500 calls is reached"
    assert len(slack.calls) == 500
    assert at_first_pause == [50]
    assert pauses[0] <= 60 / 50


def test_it_asks_for_as_much_as_slack_gives_and_an_hour_back() -> None:
    slack = ScriptedSlack(GENERAL)
    told = Told(slack)
    said = gap()
    told.tell(said)
    summary = told.filled()
    [call] = slack.asked()
    assert call.arguments["limit"] == 999
    assert call.arguments["oldest"] == f"{float(as_ts(said['since'])) - 3600.0:.6f}"
    assert "more than 3600 s before the gap" in summary["missing"][1]["why"]


def test_it_trusts_history_after_a_second_and_slacks_order_to_ten(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """And a hundred thousand events may wait."""
    made: list[tuple[int, HistoryTiming]] = []

    def look(_: GapFiller, *given: Any) -> None:
        made.append(given[-2:])

    monkeypatch.setattr(GapFiller, "__init__", look)
    slack: Any = ScriptedSlack()
    source: Observable[Json] = reactivex.never()
    source.pipe(rxslack.backfill(slack)).subscribe()
    assert made == [(100_000, HistoryTiming(clock=slack.clock, settle=1.0, margin=10.0))]


# --- what it is told ------------------------------------------------------------------------------


def test_it_makes_no_more_calls_and_asks_for_no_more_than_it_is_told_to() -> None:
    slack = ScriptedSlack(GENERAL)
    slack.before = endless
    told = Told(slack, limit=1, max_calls=3, lookback=0.0, channels=[GENERAL])
    said = gap()
    told.tell(said)
    [*_, missing] = told.filled()["missing"]
    assert missing == {"channel": GENERAL, "why": "the bound of 3 calls is reached"}
    assert [call.arguments["limit"] for call in slack.calls] == [1, 1, 1]
    assert slack.calls[0].arguments["oldest"] == as_ts(said["since"])


def test_it_fills_the_channels_that_it_is_told_to_and_does_not_ask_which_there_are() -> None:
    slack = ScriptedSlack(GENERAL, RANDOM)
    for channel in (GENERAL, RANDOM):
        slack.say(channel, at(-1.0), f"missed in {channel}")
    told = Told(slack, channels=iter([RANDOM]))
    told.tell(slack.say(GENERAL, at(-5.0), "elsewhere"), gap())
    told.filled()
    assert told.texts() == ["elsewhere", "missed in C2"]
    assert [call.method for call in slack.calls] == ["conversations.history"]


def test_it_remembers_what_it_emitted_for_each_subscriber_alone() -> None:
    slack: Any = ScriptedSlack(GENERAL)
    said = slack.say(GENERAL, at(-1.0), "said")
    filled = reactivex.of(said, said).pipe(rxslack.backfill(slack))
    for _ in range(2):
        items: list[Json] = []
        filled.subscribe(items.append)
        assert items == [said]


def test_it_hands_the_scheduler_on_to_its_source() -> None:
    given: list[object] = []

    def subscribe(_: object, scheduler: abc.SchedulerBase | None = None) -> abc.DisposableBase:
        given.append(scheduler)
        return Disposable()

    slack: Any = ScriptedSlack()
    source: Observable[Json] = Observable(subscribe)
    scheduler = ImmediateScheduler()
    source.pipe(rxslack.backfill(slack)).subscribe(scheduler=scheduler)
    assert given == [scheduler]


# --- what it refuses ------------------------------------------------------------------------------

COUNTS = "limit, max_calls and max_waiting must be at least 1"
RATES = "per_minute must be above 0 and lookback 0 seconds or more"


@pytest.mark.parametrize(
    ("options", "why"),
    [
        ({"limit": 0}, COUNTS),
        ({"max_calls": 0}, COUNTS),
        ({"max_waiting": 0}, COUNTS),
        ({"per_minute": 0.0}, RATES),
        ({"per_minute": math.nan}, RATES),
        ({"lookback": -0.5}, RATES),
        ({"settle": -0.5}, "settle must be a number of seconds, not -0.5"),
        ({"margin": math.inf}, "margin must be a number of seconds, not inf"),
    ],
    ids=str,
)
def test_it_says_which_number_lets_nothing_through(options: dict[str, Any], why: str) -> None:
    web: Any = ScriptedSlack()
    with pytest.raises(ConfigurationError) as caught:
        rxslack.backfill(web, **options)
    assert str(caught.value) == why


@pytest.mark.parametrize(
    "options",
    [
        {"limit": 1},
        {"max_calls": 1},
        {"max_waiting": 1},
        {"per_minute": 0.5},
        {"lookback": 0.0},
        {"settle": 0.0, "margin": 0.0},
    ],
    ids=lambda options: next(iter(options)),
)
def test_it_takes_the_smallest_numbers(options: dict[str, Any]) -> None:
    web: Any = ScriptedSlack()
    made: Callable[..., Any] = rxslack.backfill(web, **options)
    assert callable(made)
