"""The live side of `backfill`: what passes, what waits, and how it begins and ends."""

from __future__ import annotations

import threading
import time
from pathlib import Path
from typing import Any

import pytest
from reactivex import Observable, abc
from reactivex.disposable import Disposable
from reactivex.subject import Subject

import rxslack
from rxslack.recovery.backfilling.checkpoint import Checkpoint, StoredState
from rxslack.web.slack_clock import SlackClock
from tests.recovery.script import Call, Json, ScriptedSlack, Speaker, Told, at, gap

GENERAL, RANDOM = "C1", "C2"
HELLO: Json = {"type": "hello"}


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "seen.sqlite"


def noon() -> SlackClock:
    """It is always 2000000000 s at Slack."""
    return SlackClock(monotonic=lambda: 0.0, wall=lambda: 2e9)


def kinds(told: Told) -> list[str]:
    return [item["type"] for item in told.items]


def remembered(path: Path) -> StoredState | None:
    checkpoint = Checkpoint(path)
    checkpoint.close()
    return checkpoint.load()


# --- what passes, and what waits ------------------------------------------------------------------


def test_it_lets_pass_what_is_no_mapping() -> None:
    told = Told(ScriptedSlack())
    item: Any = "a sentence"
    told.tell(item)
    assert told.items == [item]


def test_it_emits_the_gap_before_it_fills_it() -> None:
    slack = ScriptedSlack(GENERAL)
    slack.say(GENERAL, at(-1.0), "missed")
    told = Told(slack)
    said = gap()
    told.tell(said)
    told.filled()
    assert told.items[0] is said
    assert kinds(told) == ["rxslack.gap", "message", "rxslack.backfilled"]


def test_it_lets_events_of_a_channel_wait_and_those_of_none_not() -> None:
    slack = ScriptedSlack(GENERAL)
    waits: list[Json] = [
        slack.say(GENERAL, at(0.0), "live"),
        {"type": "reaction_added", "item": {"channel": GENERAL}},
        {"type": "channel_created", "channel": {"id": GENERAL}},  # belongs to no channel
    ]

    def speak(call: Call) -> None:
        if call.method == "users.conversations":
            told.tell(*waits, {"type": "pong"})
            assert kinds(told) == ["rxslack.gap", "channel_created", "pong"]

    slack.before = speak
    told = Told(slack)
    told.tell(gap())
    told.filled()
    assert kinds(told)[3:] == ["message", "reaction_added", "rxslack.backfilled"]


def test_it_lets_nothing_wait_when_the_gap_is_filled() -> None:
    slack = ScriptedSlack(GENERAL)
    told = Told(slack)
    told.tell(gap())
    told.filled()
    live = slack.say(GENERAL, at(0.0), "live")
    told.tell(live)
    assert told.items[-1] is live


def test_it_emits_no_message_twice_and_everything_else_as_often_as_it_comes() -> None:
    slack = ScriptedSlack(GENERAL)
    live = slack.say(GENERAL, at(0.0), "live")
    changed = {**live, "subtype": "message_changed", "hidden": True}
    told = Told(slack)
    told.tell(live, changed, {**live, "channel": RANDOM}, live, changed)
    assert told.items == [live, changed, {**live, "channel": RANDOM}, changed]


def test_it_passes_on_a_burst_but_for_what_it_has_emitted() -> None:
    slack = ScriptedSlack(GENERAL, RANDOM)
    told = Told(slack, Speaker())
    first, second = (slack.say(GENERAL, at(-2.0 + n), str(n)) for n in range(2))
    elsewhere: Json = {**first, "channel": RANDOM}
    nowhere: list[Json] = [
        {"type": "message", "text": "x"},
        {"type": "message", "hidden": True, "ts": "1.1"},
    ]
    told.tell(first, second, first, elsewhere, *nowhere, *nowhere)
    assert told.items == [first, second, elsewhere, *nowhere, *nowhere]
    told.tell(gap())
    told.filled()
    assert len(told.items) == 9  # what was passed on does not come again from history
    assert {call.arguments["channel"] for call in slack.asked()} == {GENERAL, RANDOM}


def test_it_lets_a_burst_wait_for_the_past_of_its_channel() -> None:
    slack = ScriptedSlack(GENERAL)
    slack.say(GENERAL, at(-1.0), "missed")
    live = [slack.say(GENERAL, at(number / 100), str(number)) for number in range(2)]

    def speak(call: Call) -> None:
        if len(slack.calls) == 1:
            told.tell(*live, {**live[0], "channel": RANDOM, "text": "elsewhere"})

    slack.before = speak
    told = Told(slack, Speaker(), channels=[GENERAL])
    told.tell(gap())
    told.filled()
    assert told.texts() == ["elsewhere", "missed", "0", "1"]


def test_it_emits_nothing_of_a_burst_once_it_is_disposed() -> None:
    slack = ScriptedSlack(GENERAL)
    told = Told(slack, Speaker())
    told.also = lambda _: told.subscription.dispose()
    told.tell(*(slack.say(GENERAL, at(number / 100), str(number)) for number in range(3)))
    assert told.texts() == ["0"]


# --- the beginning --------------------------------------------------------------------------------


def test_it_fills_the_time_since_the_program_ran_at_the_first_hello(path: Path) -> None:
    file = Checkpoint(path)
    file.note(1.5e9, GENERAL, "1400000000.000100", None)
    file.close()
    told = Told(ScriptedSlack(GENERAL, clock=noon()), checkpoint=path)
    told.tell({"type": "pong"})
    assert kinds(told) == ["pong"]
    told.tell(HELLO)
    told.filled()
    told.tell(HELLO)
    assert told.items[:3] == [
        {"type": "pong"},
        HELLO,
        {
            "type": "rxslack.gap",
            "since": 1400000000.0001,
            "until": 2e9,
            "last_ts": "1400000000.000100",
            "reason": "the program was not running",
        },
    ]
    assert kinds(told)[3:] == ["rxslack.backfilled", "hello"]


def test_it_fills_the_time_since_something_was_delivered_when_channels_are_ahead(
    path: Path,
) -> None:
    file = Checkpoint(path)
    file.note(1.3e9, GENERAL, "1400000000.000100", None)
    file.close()
    told = Told(ScriptedSlack(GENERAL, clock=noon()), checkpoint=path)
    told.tell(HELLO)
    told.filled()
    assert told.items[1]["since"] == 1.3e9


def test_it_fills_the_time_since_it_was_greeted_though_nothing_was_said(path: Path) -> None:
    first = Told(ScriptedSlack(clock=noon()), checkpoint=path)
    first.tell(HELLO)
    first.subscription.dispose()
    assert kinds(first) == ["hello"]
    assert remembered(path) == StoredState(2e9, "", {}, [], {})
    second = Told(ScriptedSlack(clock=noon()), checkpoint=path)
    second.tell(HELLO)
    second.filled()
    [_, said, _] = second.items
    assert (said["since"], said["last_ts"]) == (2e9, None)


def test_it_notes_in_the_file_what_came_together(path: Path) -> None:
    times = [at(1.0), at(2.0)]
    told = Told(ScriptedSlack(clock=noon()), Speaker(), checkpoint=path)
    told.tell(*({"type": "message", "channel": GENERAL, "ts": ts, "text": ""} for ts in times))
    told.subscription.dispose()
    known = remembered(path)
    assert known is not None
    assert (known.channels, known.recent) == ({GENERAL: times[1]}, {GENERAL: times})


def test_it_fills_nothing_at_a_hello_without_a_file() -> None:
    slack = ScriptedSlack(GENERAL)
    told = Told(slack)
    told.tell(HELLO, HELLO)
    assert (kinds(told), slack.calls) == (["hello", "hello"], [])


# --- the end --------------------------------------------------------------------------------------


def test_it_ends_at_once_when_no_gap_is_being_filled() -> None:
    completed: list[bool] = []
    source: Subject[Json] = Subject()
    slack: Any = ScriptedSlack()
    source.pipe(rxslack.backfill(slack)).subscribe(on_completed=lambda: completed.append(True))
    source.on_completed()
    assert completed == [True]


def test_it_ends_when_the_gap_is_filled() -> None:
    heard: list[str] = []
    completed = threading.Event()
    slack = ScriptedSlack(GENERAL)
    slack.say(GENERAL, at(-1.0), "missed")
    slack.before = lambda _: source.on_completed()
    web: Any = slack
    source: Subject[Json] = Subject()
    source.pipe(rxslack.backfill(web, settle=0.0, margin=0.0)).subscribe(
        lambda item: heard.append(item["type"]), on_completed=completed.set
    )
    source.on_next(gap())
    assert completed.wait(10.0)
    assert heard == ["rxslack.gap", "message", "rxslack.backfilled"]


def test_it_fails_with_the_error_of_its_source() -> None:
    errors: list[Exception] = []
    source: Subject[Json] = Subject()
    slack: Any = ScriptedSlack()
    source.pipe(rxslack.backfill(slack)).subscribe(on_error=errors.append)
    error = KeyError("the source's own")
    source.on_error(error)
    assert errors == [error]


def test_it_disposes_its_source_and_emits_nothing_any_more() -> None:
    observers: list[abc.ObserverBase[Json]] = []
    disposed: list[bool] = []

    def subscribe(observer: abc.ObserverBase[Json], _: object = None) -> abc.DisposableBase:
        observers.append(observer)
        return Disposable(lambda: disposed.append(True))

    heard: list[Json] = []
    slack: Any = ScriptedSlack()
    source: Observable[Json] = Observable(subscribe)
    subscription = source.pipe(rxslack.backfill(slack)).subscribe(heard.append)
    observers[0].on_next({"type": "ping"})
    subscription.dispose()
    observers[0].on_next({"type": "pong"})
    assert (disposed, heard) == ([True], [{"type": "ping"}])


def test_it_calls_off_what_it_asks_when_it_is_disposed() -> None:
    slack = ScriptedSlack(GENERAL)
    asked, go = threading.Event(), threading.Event()

    def wait(_: Call) -> None:
        asked.set()
        go.wait(10.0)

    slack.before = wait
    told = Told(slack)
    told.tell(gap())
    assert asked.wait(10.0)
    told.subscription.dispose()
    go.set()
    deadline = time.monotonic() + 10.0
    while "rxslack-backfill" in {thread.name for thread in threading.enumerate()}:
        assert time.monotonic() < deadline
        time.sleep(0.002)
    assert len(slack.calls) == 1
    assert kinds(told) == ["rxslack.gap"]
