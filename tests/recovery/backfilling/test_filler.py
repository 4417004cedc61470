"""How a gap is filled: on a thread of its own, in tasks, and what becomes of it at an end."""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from reactivex.subject import Subject

import rxslack
from rxslack.recovery.backfilling.checkpoint import Checkpoint
from rxslack.recovery.backfilling.filler import HistoryTiming
from rxslack.recovery.backfilling.gap import as_ts
from rxslack.recovery.backfilling.history import Found
from rxslack.web.slack_clock import SlackClock
from tests.recovery.script import Call, Json, ScriptedSlack, Told, at, gap, message
from tests.reports import reports

GENERAL, RANDOM = "C1", "C2"


def wait_until(condition: Callable[[], object]) -> None:
    deadline = time.monotonic() + 10.0
    while not condition():
        assert time.monotonic() < deadline
        time.sleep(0.002)


def is_history(call: Call) -> bool:
    return call.method == "conversations.history"


def kinds(told: Told) -> list[str]:
    return [item["type"] for item in told.items]


class Held:
    """Each call waits, until the test lets it go."""

    def __init__(self, slack: ScriptedSlack, method: str = "users.conversations") -> None:
        self._method = method
        self._come, self._go = threading.Event(), threading.Event()
        slack.before = self._wait

    def _wait(self, call: Call) -> None:
        if call.method == self._method:
            self._come.set()
            assert self._go.wait(10.0)

    def has_come(self) -> None:
        assert self._come.wait(10.0)

    def let_go(self) -> None:
        self._go.set()


# --- how far times can be relied upon -------------------------------------------------------------


def timing(*, settle: float = 5.0) -> HistoryTiming:
    """It is 2000 s at Slack, and 1000 s by the monotonic clock."""
    clock = SlackClock(monotonic=lambda: 1000.0, wall=lambda: 2000.0)
    return HistoryTiming(clock=clock, settle=settle, margin=0.0)


def test_it_takes_an_answer_for_complete_up_to_what_had_settled_when_it_was_asked() -> None:
    assert timing().complete_to(Found(asked=990.0)) == "0000001985.000000"


@pytest.mark.parametrize(
    ("ts", "seconds"),
    [
        ("1990.0", 0.0),  # it will not come any more
        ("1995.5", 0.5),
        ("2000.0", 5.0),
        ("2001.0", 6.0),  # Slack's clock is early
        ("2003.0", 7.0),
        ("9000.0", 7.0),  # not so early
    ],
)
def test_it_expects_a_message_live_until_history_surely_has_it(ts: str, seconds: float) -> None:
    assert timing().until_settled(ts) == seconds


# --- the thread -----------------------------------------------------------------------------------


def test_it_asks_on_a_thread_that_keeps_no_program_alive() -> None:
    slack = ScriptedSlack(GENERAL)
    threads: list[threading.Thread] = []

    def look(_: Call) -> None:
        threads.append(threading.current_thread())

    slack.before = look
    told = Told(slack)
    told.tell(gap())
    told.filled()
    assert {(thread.name, thread.daemon) for thread in threads} == {("rxslack-backfill", True)}


# --- how many may wait ----------------------------------------------------------------------------


class Speaker:
    """Says one thing after the other in a channel, on a thread of its own."""

    def __init__(self, told: Told, slack: ScriptedSlack, *words: str) -> None:
        self.said: list[str] = []
        self.has_said = threading.Semaphore(0)
        items = [slack.say(GENERAL, at(0.001 * n), word) for n, word in enumerate(words)]
        self._told, self._items = told, items
        self._thread = threading.Thread(target=self._speak, daemon=True)
        self._thread.start()

    def _speak(self) -> None:
        for item in self._items:
            self._told.tell(item)
            self.said.append(item["text"])
            self.has_said.release()

    def says(self, number: int) -> None:
        """So many more can be said."""
        for _ in range(number):
            assert self.has_said.acquire(timeout=10.0)

    def has_to_wait(self) -> None:
        assert not self.has_said.acquire(timeout=0.05)

    def is_done(self) -> None:
        self._thread.join(10.0)
        assert not self._thread.is_alive()


def test_it_makes_the_source_wait_when_too_many_events_do() -> None:
    """At each gap anew, and whatever waits in another channel counts as well."""
    slack = ScriptedSlack(GENERAL, RANDOM)
    told = Told(slack, max_waiting=3, settle=0.0)
    for times in (1, 2, 3):
        held = Held(slack)
        told.tell(gap())
        held.has_come()
        told.tell(slack.say(RANDOM, at(0.0), f"{times} elsewhere"))
        speaker = Speaker(told, slack, *(f"{times}.{n}" for n in range(4)))
        speaker.says(2)
        speaker.has_to_wait()
        held.let_go()
        speaker.is_done()
        told.filled(times)
        assert [text for text in told.texts() if text.startswith(f"{times}.")] == speaker.said
    assert len(told.texts()) == 15


def test_it_counts_what_waits_on_behind_what_it_emits() -> None:
    """There is another gap when a part of what waits may go out."""
    slack = ScriptedSlack(GENERAL)
    asked, go = threading.Event(), threading.Event()

    def another_gap(call: Call) -> None:
        if slack.asked() == [call]:
            told.tell(slack.say(GENERAL, at(0.0), "waits"), gap())
        elif is_history(call):
            asked.set()
            assert go.wait(10.0)

    slack.before = another_gap
    told = Told(slack, max_waiting=1, settle=0.3)
    told.tell(gap())
    assert asked.wait(10.0)
    speaker = Speaker(told, slack, "has to wait")
    speaker.has_to_wait()
    go.set()
    speaker.is_done()
    told.filled()
    assert told.texts() == ["waits", "has to wait"]


@pytest.mark.parametrize("ending", ["disposed", "failed"])
def test_it_lets_a_source_go_that_waits_when_the_stream_ends(ending: str) -> None:
    slack = ScriptedSlack(GENERAL)
    held = Held(slack)
    told = Told(slack, max_waiting=1)
    told.tell(gap())
    held.has_come()
    speaker = Speaker(told, slack, "first", "second")
    speaker.says(1)
    speaker.has_to_wait()
    if ending == "disposed":
        told.subscription.dispose()
    else:
        slack.before = lambda _: {"channels": [{"without": "an id"}]}
        held.let_go()
    speaker.is_done()
    held.let_go()


def test_it_lets_a_source_go_that_waits_though_nobody_can_tell_it_of_the_end(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """It is disposed from elsewhere while a subscriber works."""
    monkeypatch.setattr("rxslack.recovery.backfilling.filler._LOOK", 0.01)
    slack = ScriptedSlack(GENERAL)
    held, works, go = Held(slack), threading.Event(), threading.Event()
    told = Told(slack, max_waiting=1)
    told.tell(gap())
    held.has_come()
    speaker = Speaker(told, slack, "first", "second")
    speaker.says(1)
    speaker.has_to_wait()

    def work(item: Json) -> None:
        if item["type"] == "pong":
            works.set()
            assert go.wait(10.0)

    told.also = work
    pong = threading.Thread(target=told.tell, args=({"type": "pong"},))
    pong.start()
    assert works.wait(10.0)
    told.subscription.dispose()
    go.set()
    pong.join(10.0)
    speaker.is_done()
    held.let_go()


# --- tasks ----------------------------------------------------------------------------------------


def test_it_hurries_once_and_lets_the_others_have_their_turns_first() -> None:
    slack = ScriptedSlack(GENERAL, RANDOM)
    later = at(1.0)

    def show(call: Call) -> None:
        if slack.asked() == [call]:  # it may come live yet, so that what comes next waits
            slack.say(GENERAL, later, "shown")

    slack.before = show
    told = Told(slack, settle=0.3)
    told.tell(gap(), slack.say(GENERAL, at(0.5), "waits"))
    told.wait_for(lambda: "waits" in told.texts())
    told.tell(slack.say(GENERAL, at(1.1), "waits, too"))
    told.filled()
    assert told.texts() == ["waits", "shown", "waits, too"]
    assert [call.arguments["channel"] for call in slack.asked()] == [GENERAL, GENERAL, RANDOM]


def test_it_lets_the_others_have_their_turns_before_it_asks_again_where_it_hurried() -> None:
    slack = ScriptedSlack(GENERAL, RANDOM)
    told = Told(slack, settle=0.2)
    told.tell(slack.say(GENERAL, at(-5.0), "before"), gap(), slack.say(GENERAL, at(0.0), "waits"))
    told.filled()
    assert [call.arguments["channel"] for call in slack.asked()] == [GENERAL, RANDOM, GENERAL]


@pytest.mark.parametrize("seconds", [-1.0, 0.2])
def test_it_asks_again_from_where_what_it_emitted_in_a_hurry_may_have_holes(seconds: float) -> None:
    """Up to the message that waited, or to what had settled, whichever is earlier."""
    slack = ScriptedSlack(GENERAL)
    told = Told(slack, settle=0.3, lookback=0.0)
    waits = slack.say(GENERAL, at(seconds), "waits")
    told.tell(gap(), waits)
    told.filled()
    first, second = slack.asked()
    settled = as_ts(slack.clock.at(first.instant) - 0.3)
    oldest = as_ts(float(second.arguments["oldest"]))
    assert as_ts(float(first.arguments["oldest"])) < oldest <= min(waits["ts"], settled)
    assert (oldest == waits["ts"]) == (seconds < 0.0)


def test_it_lets_the_others_have_their_turns_first_when_there_is_another_gap() -> None:
    """One gap may follow the other faster than Slack answers."""
    slack = ScriptedSlack(GENERAL, RANDOM)
    held = Held(slack)

    def another_gap(call: Call) -> None:
        if slack.asked() == [call]:
            told.tell(gap())

    told = Told(slack, settle=0.2)
    told.tell(gap(), *(slack.say(one, at(0.0), "waits") for one in (GENERAL, RANDOM)))
    held.has_come()
    slack.before = another_gap
    held.let_go()
    told.filled()
    assert [call.arguments["channel"] for call in slack.asked()] == [GENERAL, RANDOM, GENERAL]


def test_it_does_not_hurry_for_what_is_no_message() -> None:
    slack = ScriptedSlack(GENERAL)
    told = Told(slack, settle=0.1)
    reaction = {"type": "reaction_added", "item": {"channel": GENERAL}}
    told.tell(gap(), reaction, reaction)
    told.filled()
    assert len(slack.asked()) == 1
    assert kinds(told) == ["rxslack.gap", *2 * ["reaction_added"], "rxslack.backfilled"]


def test_it_leaves_a_channel_the_calls_that_it_needs() -> None:
    """However much was said elsewhere before the gap."""
    slack = ScriptedSlack(GENERAL, RANDOM)
    slack.say(RANDOM, at(-1.0), "missed")
    old = {"ok": True, "messages": [message(at(-1000.0), "old")]}

    def more(call: Call) -> Json | None:
        if call.arguments.get("channel") == GENERAL:
            return {**old, "response_metadata": {"next_cursor": str(len(slack.calls))}}
        return None

    slack.before = more
    told = Told(slack, max_calls=10)
    told.tell(slack.say(GENERAL, at(-5.0), "before"), gap())
    told.filled()
    assert told.texts() == ["before", "missed"]
    assert len(slack.asked(channel=GENERAL)) == 4


def test_it_leaves_the_others_their_calls_when_it_asks_again() -> None:
    slack = ScriptedSlack(GENERAL, RANDOM)
    old = {"ok": True, "messages": [message(at(-1000.0), "old")]}

    def more(call: Call) -> Json | None:
        if is_history(call):
            channel = call.arguments["channel"]
            if slack.asked(channel=channel) == [call]:  # what is so late makes it ask again
                slack.say(channel, at(0.0), "late")
            elif channel == GENERAL:
                return {**old, "response_metadata": {"next_cursor": str(len(slack.calls))}}
        return None

    slack.before = more
    told = Told(slack, max_calls=10, settle=0.05)
    told.tell(gap())
    told.filled()
    assert told.texts() == ["late", "late"]
    assert [len(slack.asked(channel=channel)) for channel in (GENERAL, RANDOM)] == [4, 2]


def test_it_asks_again_for_threads_that_were_lively_before() -> None:
    """What was found is not of one moment, and they may have been answered since."""
    slack = ScriptedSlack(GENERAL)
    root = at(-7200.0)

    def tear(call: Call) -> None:
        if slack.asked() == [call]:
            slack.say(GENERAL, at(0.0), "late")

    slack.before = tear
    told = Told(slack, settle=0.05)
    told.tell(slack.say(GENERAL, at(-30.0), "answer", root), gap())
    told.filled()
    assert [call.arguments["ts"] for call in slack.asked("conversations.replies")] == [root, root]


def test_it_emits_what_came_live_while_it_asked_again() -> None:
    slack = ScriptedSlack(GENERAL)

    def say(call: Call) -> None:
        if slack.asked() == [call]:
            slack.say(GENERAL, at(0.0), "late")
        elif slack.asked()[1:] == [call]:
            told.tell(slack.say(GENERAL, at(0.0), "live"))

    slack.before = say
    told = Told(slack, settle=0.05)
    told.tell(gap())
    told.filled()
    assert told.texts() == ["late", "live"]


def test_it_asks_first_where_somebody_spoke_last() -> None:
    slack = ScriptedSlack("C1", "C2", "C3")
    told = Told(slack)
    told.tell(*(slack.say(channel, at(n), "") for n, channel in ((-5, "C1"), (-3, "C2"))))
    told.tell(slack.say("C3", at(-4), ""), gap())
    told.filled()
    assert [call.arguments["channel"] for call in slack.asked()] == ["C2", "C3", "C1"]


def test_it_lets_events_go_that_wait_in_a_channel_that_is_not_filled() -> None:
    """Until it knows which channels there are all of them wait."""
    slack = ScriptedSlack(GENERAL)
    held = Held(slack, "conversations.history")
    told = Told(slack, channels=[GENERAL])
    live = [slack.say(RANDOM, at(0.0), "elsewhere"), slack.say(GENERAL, at(0.0), "here")]

    def hear(item: Json) -> None:  # while somebody hears, nothing is found out
        if item["type"] == "go":
            told.tell(gap(), *live)
            assert told.texts() == []

    told.also = hear
    told.tell({"type": "go"})
    held.has_come()
    told.wait_for(told.texts)
    assert told.texts() == ["elsewhere"]
    held.let_go()
    told.filled()
    assert told.texts() == ["elsewhere", "here"]
    assert {call.arguments["channel"] for call in slack.calls} == {GENERAL}


def test_it_goes_on_expecting_what_it_found_when_something_earlier_comes(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    expecting = threading.Semaphore(0)

    def for_long(_: HistoryTiming, ts: str) -> float:
        expecting.release()
        return 60.0

    monkeypatch.setattr(HistoryTiming, "until_settled", for_long)
    slack = ScriptedSlack(GENERAL)
    earlier, late = message(at(3.0), "earlier"), message(at(4.0), "late")
    slack.say(GENERAL, at(-1.0), "missed")
    slack.say(GENERAL, late["ts"], "late")
    told = Told(slack)
    told.tell(gap())
    assert expecting.acquire(timeout=10.0)
    assert told.texts() == ["missed"]
    told.tell({**earlier, "channel": GENERAL})
    assert expecting.acquire(timeout=10.0)
    assert told.texts() == ["missed", "earlier"]
    told.tell({**late, "channel": GENERAL})
    told.filled()
    assert told.texts() == ["missed", "earlier", "late"]
    assert len(slack.asked()) == 1


def test_it_counts_what_it_found_in_all_channels() -> None:
    slack = ScriptedSlack("C1", "C2", "C3")
    for channel in ("C1", "C2", "C3"):
        slack.say(channel, at(-1.5), "missed")
        slack.say(channel, at(-1.0), "missed, too")
    told = Told(slack)
    told.tell(gap())
    assert told.filled()["messages"] == 6


def test_it_counts_what_it_recovered_and_what_it_could_not(numbers: list[Any]) -> None:
    slack = ScriptedSlack(GENERAL, RANDOM, "C3")
    for text in ("missed", "missed, too"):
        slack.say(GENERAL, at(-1.0), text)
    slack.refused |= dict.fromkeys((RANDOM, "C3"), "not_in_channel")
    told = Told(slack)
    told.tell(gap())
    told.filled()
    assert numbers == [("messages_recovered", (), 2), ("parts_not_recovered", (), 2)]


def test_it_says_which_gap_it_filled() -> None:
    slack = ScriptedSlack(GENERAL)
    held = Held(slack)
    told = Told(slack)
    first, second = gap(since=-9.0, until=-5.0), gap(since=-3.0, until=-1.0)
    told.tell(first)
    held.has_come()
    told.tell(second)
    held.let_go()
    summary = told.filled()
    assert (summary["since"], summary["until"]) == (first["since"], second["until"])


# --- the end, while a gap is being filled ---------------------------------------------------------


def test_it_emits_what_it_found_though_the_source_fails(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """The latest of it was expected live; and it is remembered, as is what waited."""
    expecting = threading.Event()

    def for_long(_: HistoryTiming, ts: str) -> float:
        expecting.set()
        return 60.0

    monkeypatch.setattr(HistoryTiming, "until_settled", for_long)
    slack, path = ScriptedSlack(GENERAL), tmp_path / "seen.sqlite"
    found = message(at(3.0), "found")

    def page(call: Call) -> Json | None:
        return {"ok": True, "messages": [found]} if is_history(call) else None

    slack.before = page
    told = Told(slack, checkpoint=path)
    told.tell(gap())
    assert expecting.wait(10.0)
    told.fail(KeyError("the source's own"))
    assert told.items[1:] == [
        {**found, "channel": GENERAL, "event_ts": found["ts"], "rxslack_backfilled": True}
    ]
    assert [type(error) for error in told.errors] == [KeyError]
    with closing(Checkpoint(path)) as file:
        memory = file.load()
    assert memory is not None
    assert memory.channels == {GENERAL: found["ts"]}


def test_it_emits_what_waits_though_the_source_fails(tmp_path: Path) -> None:
    slack, path = ScriptedSlack(GENERAL), tmp_path / "seen.sqlite"
    held = Held(slack)
    told = Told(slack, checkpoint=path)
    told.tell(gap())
    held.has_come()
    live = slack.say(GENERAL, at(0.0), "live")
    told.tell(live, live)
    told.fail(KeyError("the source's own"))
    held.let_go()
    assert told.items[1:] == [live]
    with closing(Checkpoint(path)) as file:
        memory = file.load()
    assert memory is not None
    assert memory.channels == {GENERAL: live["ts"]}


def test_it_fails_when_its_own_work_does(caplog: pytest.LogCaptureFixture) -> None:
    slack = ScriptedSlack(GENERAL)
    slack.before = lambda call: {"messages": [{"no": "ts"}]} if is_history(call) else None
    told = Told(slack)
    told.tell(gap())
    wait_until(lambda: told.errors)
    assert [type(error) for error in told.errors] == [KeyError]
    assert reports(caplog) == []


def test_it_remembers_what_it_emits_when_its_own_work_fails(tmp_path: Path) -> None:
    slack, path = ScriptedSlack(GENERAL), tmp_path / "seen.sqlite"
    held = Held(slack)
    told = Told(slack, checkpoint=path)
    told.tell(gap())
    held.has_come()
    live = slack.say(GENERAL, at(0.0), "live")
    told.tell(live)
    slack.before = lambda _: {"messages": [{"no": "ts"}]}
    held.let_go()
    wait_until(lambda: told.errors)
    assert told.texts() == ["live"]
    with closing(Checkpoint(path)) as file:
        memory = file.load()
    assert memory is not None
    assert memory.channels == {GENERAL: live["ts"]}


@pytest.mark.parametrize("first", [None, KeyError("a subscriber's")])
def test_it_logs_what_nobody_takes(
    caplog: pytest.LogCaptureFixture, first: BaseException | None
) -> None:
    """A subscriber raises at an error: at its own, or at the one of the work."""
    slack = ScriptedSlack(GENERAL)
    web: Any = slack
    if first is None:
        slack.before = lambda call: {"messages": [{"no": "ts"}]} if is_history(call) else None
    else:
        slack.say(GENERAL, at(-1.0), "missed")
    last = ValueError("at the error")

    def hear(item: Json) -> None:
        if item["type"] == "message" and first is not None:
            raise first

    def hear_error(_: Exception) -> None:
        raise last

    source: Subject[Json] = Subject()
    filled = source.pipe(rxslack.backfill(web, settle=0.0, margin=0.0))
    filled.subscribe(hear, hear_error)
    source.on_next(gap())
    wait_until(lambda: reports(caplog))
    assert reports(caplog) == [("rxslack.backfill", last)]
    assert [record.levelno for record in caplog.records] == [logging.ERROR]
