"""What `backfill` takes for known, and when: history is late, torn, and by another clock."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from rxslack.errors import ApiError, ServerError
from rxslack.recovery.backfilling.checkpoint import Checkpoint
from rxslack.recovery.backfilling.filler import HistoryTiming
from rxslack.recovery.backfilling.gap import ChannelState, as_ts, before
from rxslack.recovery.backfilling.history import Found, GapHistory
from rxslack.recovery.reconnecting import handover_timer
from rxslack.web.slack_clock import SlackClock
from tests.recovery.script import Call, Json, ScriptedSlack, Told, at, gap, message

GENERAL, RANDOM = "C1", "C2"


def whys(summary: Json) -> list[tuple[str | None, str]]:
    return [(part["channel"], part["why"]) for part in summary["missing"]]


def wait_until(condition: Callable[[], object]) -> None:
    deadline = time.monotonic() + 10.0
    while not condition():
        assert time.monotonic() < deadline
        time.sleep(0.002)


def for_long(_: HistoryTiming, ts: str) -> float:
    return 60.0


def is_history(call: Call) -> bool:
    return call.method == "conversations.history"


# --- an answer is not of one moment ---------------------------------------------------------------


class Torn:
    """
    History says that a thread was answered meanwhile; what was said before that is not there.

    Args:
        slack: where it happens.
        root: of the thread.
        times: in how many answers, from the first on.
    """

    def __init__(self, slack: ScriptedSlack, root: Json, times: int = 1) -> None:
        self.slack = slack
        self.root = root
        self.left = times

    def __call__(self, call: Call) -> Json | None:
        if not self.left or not is_history(call):
            return None
        self.left -= 1
        page = self.slack.messages(**call.arguments, answers=False)
        self.slack.say(GENERAL, at(0.0), "missed")
        answer = self.slack.say(GENERAL, at(0.001), "answer", self.root["ts"])
        for one in page["messages"]:
            if one["ts"] == self.root["ts"]:
                one["latest_reply"] = answer["ts"]
        return page


def test_it_asks_again_before_it_steps_over_what_an_answer_had_not() -> None:
    slack = ScriptedSlack(GENERAL)
    root = slack.say(GENERAL, at(-20.0), "root")
    slack.before = Torn(slack, root)
    told = Told(slack, settle=0.05)
    told.tell(root, gap())
    told.filled()
    assert told.texts() == ["root", "missed", "answer"]


def test_it_leaves_to_the_next_gap_what_it_finds_when_it_asks_again() -> None:
    slack = ScriptedSlack(GENERAL)
    root = slack.say(GENERAL, at(-20.0), "root")
    slack.before = Torn(slack, root, times=2)
    told = Told(slack, settle=0.05)
    told.tell(root, gap())
    told.filled()
    assert told.texts() == ["root", "missed", "answer"]
    told.tell(gap())
    told.filled(2)
    assert told.texts() == ["root", "missed", "answer", "missed", "answer"]


@pytest.mark.parametrize("pages", [1, 2])
def test_it_finds_answers_in_older_threads_again_where_history_is_short(pages: int) -> None:
    """Else it would take as many calls again as the first time."""
    slack = ScriptedSlack(GENERAL)
    root = slack.say(GENERAL, at(-600.0), "root")

    def say_and_tear(call: Call) -> Json | None:
        if slack.asked() == [call]:  # the answer is not of one moment
            slack.say(GENERAL, at(0.0), "answer", root["ts"])
            missed = message(slack.say(GENERAL, at(0.001), "missed")["ts"], "missed")
            cursor = "next" if pages == 2 else ""
            page = [missed] if pages == 2 else [missed, message(root["ts"], "root")]
            return {"ok": True, "messages": page, "response_metadata": {"next_cursor": cursor}}
        if call.arguments["cursor"] == "next":
            return {"ok": True, "messages": [message(root["ts"], "root")]}
        return None

    slack.before = say_and_tear
    told = Told(slack, settle=0.05)
    said = gap(since=-0.5)
    told.tell(said)
    told.filled()
    expected = {1: ["answer", "missed"], 2: ["missed"]}
    assert told.texts() == expected[pages]
    spans = [float(call.arguments["oldest"]) for call in slack.asked()]
    assert spans[-1] < float(root["ts"]) if pages == 1 else spans[-1] >= said["since"]


def test_it_relies_on_no_answer_that_looked_for_few_threads() -> None:
    """There is another gap meanwhile, and an older thread was answered in it."""
    slack = ScriptedSlack(GENERAL)
    root = slack.say(GENERAL, at(-600.0), "root")

    def page(call: Call) -> Json | None:
        if call.arguments.get("cursor") == "next":
            return {"ok": True, "messages": [message(root["ts"], "root")]}
        if slack.asked() == [
            call
        ]:  # the first answer has two pages, and something of its last moment
            late = message(slack.say(GENERAL, at(0.0), "late")["ts"], "late")
            more = {"next_cursor": "next"}
            slack.say(GENERAL, at(0.0), "answer", root["ts"])
            return {"ok": True, "messages": [late], "response_metadata": more}
        if slack.asked()[2:] == [call]:  # it is asked again, for what is late
            told.tell(gap(since=-1.0))
        return None

    slack.before = page
    told = Told(slack, settle=0.05)
    told.tell(gap())
    told.filled()
    assert sorted(told.texts()) == ["answer", "late"]


def test_it_loses_nothing_when_that_belongs_to_a_gap_which_it_hears_of_later() -> None:
    slack = ScriptedSlack(GENERAL)
    root = slack.say(GENERAL, at(-20.0), "root")
    torn = Torn(slack, root)

    def another_gap(call: Call) -> Json | None:
        if slack.asked("conversations.replies") == [call]:
            told.tell(gap(since=-0.5))
        return torn(call)

    slack.before = another_gap
    told = Told(slack, settle=0.05, margin=1.0)
    told.tell(root, gap())
    told.filled()
    assert told.texts() == ["root", "missed", "answer"]


def test_it_does_not_ask_again_for_what_comes_live(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(HistoryTiming, "until_settled", for_long)
    slack = ScriptedSlack(GENERAL)
    slack.say(GENERAL, at(-1.0), "missed")
    live: list[Json] = []

    def say(call: Call) -> None:
        if is_history(call):
            live.append(slack.say(GENERAL, at(0.0), "live"))

    slack.before = say
    told = Told(slack)
    told.tell(gap())
    wait_until(lambda: live)
    told.tell(live[0])
    told.filled()
    assert told.texts() == ["missed", "live"]
    assert len(slack.asked()) == 1


def test_it_keeps_the_order_when_what_it_found_does_not_come_and_something_later_does(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    expecting = threading.Event()

    def for_long(_: HistoryTiming, ts: str) -> float:
        expecting.set()
        return 60.0

    monkeypatch.setattr(HistoryTiming, "until_settled", for_long)
    slack = ScriptedSlack(GENERAL)

    def say(call: Call) -> None:
        if slack.asked()[1:] == [call]:
            slack.say(GENERAL, at(0.0), "missed")

    slack.before = say
    told = Told(slack, settle=0.05)
    told.tell(gap(), slack.say(GENERAL, at(0.0), "first"))
    assert expecting.wait(10.0)
    told.tell(slack.say(GENERAL, at(0.0), "last"))
    told.filled()
    assert told.texts() == ["first", "missed", "last"]
    assert len(slack.asked()) == 2


@pytest.mark.parametrize("kind", ["goodbye", "hello"])
@pytest.mark.parametrize("planning", [0.0, 0.2], ids=["just said", "settled"])
def test_it_emits_nothing_before_what_is_held_back_during_a_handover(
    planning: float, kind: str
) -> None:
    """Answers in old threads are not in history: what comes before them is known when they come."""
    slack = ScriptedSlack(GENERAL)

    def wait(call: Call) -> None:
        if call.method == "users.conversations":
            time.sleep(planning)  # so long after the gap history is asked

    slack.before = wait
    told = Told(slack, settle=0.05)
    told.tell(gap(), {"type": kind})
    answer = message(at(0.0), "answer", thread=at(-7200.0)) | {"channel": GENERAL}
    later = slack.say(GENERAL, at(0.01), "later")
    wait_until(slack.asked)
    time.sleep(0.5)  # without a handover, what was found would be emitted in this time
    told.tell(answer, later)
    told.filled()
    assert told.texts() == ["answer", "later"]


def test_it_emits_at_once_what_was_said_in_the_gap(monkeypatch: pytest.MonkeyPatch) -> None:
    """That does not come live, whatever is held back."""
    monkeypatch.setattr(handover_timer, "PROOF", 60.0)
    slack = ScriptedSlack(GENERAL)
    told = Told(slack, settle=0.2)
    missed = slack.say(GENERAL, at(0.0), "missed")
    told.tell({"type": "hello"}, gap() | {"until": float(missed["ts"])})
    told.filled()
    assert told.texts() == ["missed"]


def test_it_asks_for_little_again_when_another_gap_comes_with_a_handover() -> None:
    slack = ScriptedSlack(GENERAL)
    slack.say(GENERAL, at(-1.0), "missed")
    live: list[Json] = []

    def another_gap(call: Call) -> None:
        if slack.asked() == [call]:
            live.append(slack.say(GENERAL, at(0.0), "live"))
            told.tell(live[0], {"type": "hello"}, gap())
        elif slack.asked()[1:] == [call]:
            slack.say(GENERAL, before(live[0]["ts"], 0.1), "missed, too")

    slack.before = another_gap
    told = Told(slack, lookback=0.0, settle=0.3)
    told.tell(gap())
    told.filled()
    first, second = slack.asked()
    complete = slack.clock.at(first.instant) - 0.3
    assert told.texts() == ["missed", "missed, too", "live"]
    assert complete - 1.0 < float(second.arguments["oldest"]) <= complete


def test_it_emits_what_it_found_when_a_handover_has_ended(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(handover_timer, "PROOF", 0.0)
    monkeypatch.setattr(handover_timer, "IDLE", 0.2)
    slack = ScriptedSlack(GENERAL)
    told = Told(slack, settle=0.05)
    told.tell({"type": "goodbye"}, gap())
    slack.say(GENERAL, at(0.01), "later")
    wait_until(slack.asked)
    greeted = time.monotonic()
    told.tell({"type": "hello"})
    told.filled()
    assert told.texts() == ["later"]
    assert slack.asked()[1].instant >= greeted + 0.2 + 0.05  # what was held back comes first


# --- history is late ------------------------------------------------------------------------------


def test_it_asks_when_history_has_settled() -> None:
    slack = ScriptedSlack(GENERAL, RANDOM)
    told = Told(slack, settle=0.2)
    begun = time.monotonic()
    told.tell(gap())
    told.filled()
    assert [call.arguments["channel"] for call in slack.asked()] == [GENERAL, RANDOM]
    assert all(call.instant >= begun + 0.2 for call in slack.asked())


def test_it_lets_nothing_live_pass_what_history_has_shown_already() -> None:
    """Asked at once, history has something later than what waits, which may come live yet."""
    slack = ScriptedSlack(GENERAL)
    told = Told(slack, settle=0.5)
    later = at(1.0)

    def show(call: Call) -> None:
        if slack.asked() == [call] and is_history(call):
            slack.say(GENERAL, later, "shown")

    slack.before = show
    told.tell(gap(), slack.say(GENERAL, at(0.9), "waits"))
    told.wait_for(lambda: "waits" in told.texts())
    told.tell(slack.say(GENERAL, at(1.1), "live"))
    told.filled()
    assert told.texts() == ["waits", "shown", "live"]


def test_it_asks_at_once_where_events_wait_and_again_when_history_has_settled() -> None:
    slack = ScriptedSlack(GENERAL)
    slack.say(GENERAL, at(-1.0), "early")
    go = threading.Event()

    def wait(call: Call) -> None:
        if len(slack.asked()) == 2 and is_history(call):
            assert go.wait(10.0)
            slack.say(GENERAL, at(-0.5), "late")

    slack.before = wait
    told = Told(slack, settle=0.8)
    begun = time.monotonic()
    told.tell(gap())
    told.tell(slack.say(GENERAL, at(0.0), "live"))
    told.wait_for(lambda: "live" in told.texts())
    told.tell(slack.say(GENERAL, at(0.0), "live, too"))
    assert told.texts() == ["early", "live", "live, too"]  # nothing waits any more
    go.set()
    summary = told.filled()
    assert told.texts() == ["early", "live", "live, too", "late"]
    marked = [item["text"] for item in told.items if item.get("rxslack_backfilled")]
    assert (marked, summary["messages"]) == (["early", "late"], 2)
    assert all(call.instant >= begun + 0.8 for call in slack.asked()[1:])


def test_it_does_not_hurry_for_what_waits_since_before_another_gap() -> None:
    """It does not tell which of what is found was said before the gap's end."""
    slack = ScriptedSlack(GENERAL)

    def another_gap(call: Call) -> None:
        if len(slack.calls) == 1:
            told.tell(slack.say(GENERAL, at(-1.0), "waits"))
            slack.say(GENERAL, at(-0.5), "missed")
            told.tell(gap())

    slack.before = another_gap
    told = Told(slack, settle=0.1)
    told.tell(gap())
    told.wait_for(told.texts)
    told.tell(slack.say(GENERAL, at(0.0), "live"))
    told.filled()
    assert told.texts() == ["waits", "missed", "live"]
    assert len(slack.asked()) == 1


def test_it_asks_once_where_events_wait_when_there_are_few_calls() -> None:
    slack = ScriptedSlack(GENERAL, RANDOM)
    told = Told(slack, settle=0.1, max_calls=4)
    told.tell(gap())
    told.tell(slack.say(GENERAL, at(0.0), "live"), slack.say(RANDOM, at(0.0), "live"))
    summary = told.filled()
    assert told.texts() == ["live", "live"]
    assert summary["calls"] == 3
    assert len(summary["missing"]) == 2


def test_it_counts_from_the_call_that_was_answered() -> None:
    slack = ScriptedSlack(GENERAL)

    def fail(call: Call) -> None:
        if slack.asked() == [call]:
            slack.say(GENERAL, at(0.0), "said before it is asked again")
            raise ServerError(call.method, 503)

    slack.before = fail
    told = Told(slack, pauses=lambda: [0.1])
    told.tell(gap())
    told.filled()
    assert told.texts() == ["said before it is asked again"]
    assert len(slack.asked()) == 2


def test_it_stops_hurrying_when_history_has_settled() -> None:
    """What is asked then has all of the gap; in the middle of a pause it need not be waited for."""
    slack = ScriptedSlack(GENERAL)

    def fail(call: Call) -> None:
        if slack.asked() == [call]:
            raise ServerError(call.method, 503)

    slack.before = fail
    told = Told(slack, settle=0.1, pauses=lambda: [60.0])
    told.tell(gap(), slack.say(GENERAL, at(0.0), "live"))
    told.filled()
    assert len(slack.asked()) == 2


def test_it_asks_when_there_was_no_time_to_hurry(monkeypatch: pytest.MonkeyPatch) -> None:
    """Its task comes right before history has settled, and its call would be made right after."""
    asks: list[str] = []
    messages = GapHistory.messages

    def after_a_while(self: GapHistory, channel: str, *args: Any, **options: Any) -> Found:
        asks.append(channel)
        if len(asks) == 1:
            time.sleep(0.15)
        return messages(self, channel, *args, **options)

    monkeypatch.setattr(GapHistory, "messages", after_a_while)
    slack = ScriptedSlack(GENERAL)
    slack.say(GENERAL, at(-1.0), "missed")
    told = Told(slack, settle=0.1)
    told.tell(gap(), slack.say(GENERAL, at(0.0), "live"))
    summary = told.filled()
    assert told.texts() == ["missed", "live"]
    assert len(whys(summary)) == 2
    assert len(asks) == 2


def test_it_does_not_let_what_it_found_overtake_what_is_held_elsewhere() -> None:
    """In a hurry, only what belongs before the events that wait is emitted."""
    slack = ScriptedSlack(GENERAL)
    go = threading.Event()

    def wait(call: Call) -> None:
        if slack.asked()[1:] == [call]:
            assert go.wait(10.0)

    slack.before = wait
    told = Told(slack, settle=0.1)
    live = slack.say(GENERAL, at(-0.6), "live")
    unseen = message(at(-0.5), "not in history yet")
    slack.say(GENERAL, at(-0.4), "found")
    told.tell(gap(since=-1.0), live)
    told.wait_for(lambda: "live" in told.texts())
    told.tell({**unseen, "channel": GENERAL})
    go.set()
    told.filled()
    assert told.texts() == ["live", "not in history yet", "found"]


# --- order and clocks are not exact ---------------------------------------------------------------


def test_it_brings_what_is_older_than_what_came() -> None:
    """Slack delivered the third before the second, and the connection was lost in between."""
    slack = ScriptedSlack(GENERAL, RANDOM)
    first, third = slack.say(GENERAL, at(-8.0), "first"), slack.say(GENERAL, at(-6.0), "third")
    told = Told(slack, margin=10.0)
    told.tell(first, third)
    slack.say(GENERAL, at(-7.0), "second")
    slack.say(RANDOM, at(-7.0), "elsewhere")
    told.tell(gap(since=-5.0))
    told.filled()
    assert sorted(told.texts()) == ["elsewhere", "first", "second", "third"]


def test_it_asks_from_a_margin_before_the_gap_on() -> None:
    slack = ScriptedSlack(GENERAL)
    told = Told(slack, margin=3.0, lookback=0.0)
    said = gap(since=-5.0)
    told.tell(slack.say(GENERAL, at(-1.0), "came"), said)
    told.filled()
    assert slack.asked()[0].arguments["oldest"] == as_ts(said["since"] - 3.0)


def test_it_brings_what_was_missed_before_others_came() -> None:
    """A gap may begin before messages that came, and be told of before others that wait."""
    slack = ScriptedSlack(GENERAL)
    told = Told(slack)
    came = slack.say(GENERAL, at(-3.0), "came")
    slack.say(GENERAL, at(-4.0), "missed")
    held = slack.say(GENERAL, at(-1.0), "held")
    slack.say(GENERAL, at(-2.0), "missed, too")
    told.tell(came, gap(since=-5.0), held)
    told.filled()
    assert told.texts() == ["came", "missed", "missed, too", "held"]


# --- gaps that are filled together ----------------------------------------------------------------


def test_it_spends_the_calls_of_each_gap() -> None:
    slack = ScriptedSlack(GENERAL, RANDOM)

    def another_gap(call: Call) -> None:
        if len(slack.calls) == 1:
            told.tell(gap())

    slack.before = another_gap
    told = Told(slack, max_calls=3)
    told.tell(gap())
    summary = told.filled()
    assert (summary["calls"], len(told.summaries())) == (4, 1)
    assert len(summary["missing"]) == 2


def test_it_asks_each_channel_from_the_first_gap_in_which_it_was_not_done() -> None:
    slack = ScriptedSlack(GENERAL, RANDOM)
    first, second = gap(since=-30.0, until=-20.0), gap(since=-10.0)

    def another_gap(call: Call) -> None:
        if len(slack.asked()) == 2 and call is slack.asked()[1]:
            told.tell(second)

    slack.before = another_gap
    told = Told(slack, lookback=0.0)
    told.tell(first)
    told.filled()
    begun = {"first": as_ts(first["since"]), "second": as_ts(second["since"])}
    asked = [(c.arguments["channel"], c.arguments["oldest"]) for c in slack.asked()]
    assert [channel for channel, _ in asked] == [GENERAL, RANDOM, RANDOM, GENERAL]
    assert [oldest for _, oldest in asked[:2]] == [begun["first"]] * 2
    assert asked[3] == (GENERAL, begun["second"])
    assert begun["first"] < asked[2][1]  # an answer that came too early still counts for its time


def test_it_fills_a_gap_that_a_subscriber_brings_about() -> None:
    slack = ScriptedSlack(GENERAL)
    slack.say(GENERAL, at(-1.0), "missed")
    told = Told(slack, lookback=0.0)
    second = gap(since=-1.5)

    def hear(item: Json) -> None:
        if item.get("text") == "missed":
            told.tell(second)

    told.also = hear
    told.tell(gap())
    told.filled()
    assert told.texts() == ["missed"]
    assert len(slack.asked()) == 2
    assert told.errors == []


# --- what cannot be had ---------------------------------------------------------------------------


def test_it_says_that_it_cannot_find_answers_in_threads_that_rested() -> None:
    slack = ScriptedSlack(GENERAL)
    root = slack.say(GENERAL, at(-7200.0), "root")
    slack.say(GENERAL, at(-1.0), "answer", root["ts"])
    told = Told(slack, lookback=600.0)
    told.tell(gap())
    summary = told.filled()
    assert told.texts() == []
    assert [why for _, why in whys(summary)] == [
        "edits, deletions, reactions and everything else that is no message",
        "answers in threads that began, and were last answered, more than 600 s before the gap",
    ]


@pytest.mark.parametrize("why", ["no calls are left", "it was refused"])
def test_it_leaves_to_the_stream_what_is_later_than_the_gap_when_it_can_ask_no_more(
    why: str,
) -> None:
    """What was said before that, and is not in history yet, would come live behind it."""
    slack = ScriptedSlack(GENERAL)
    slack.say(GENERAL, at(-1.0), "missed")
    live: list[Json] = []

    def say_more(call: Call) -> Json | None:
        if not is_history(call):
            return None
        if live:  # the next page
            raise ApiError(call.method, "channel_not_found")
        live.append({**message(at(0.0), "live"), "channel": GENERAL})
        live.append(slack.say(GENERAL, at(0.001), "later"))
        page = slack.messages(**call.arguments, answers=False)
        if why == "it was refused":
            page["response_metadata"] = {"next_cursor": "next"}
        return page

    slack.before = say_more
    told = Told(slack, settle=0.05, max_calls=2 if why == "no calls are left" else 500)
    told.tell(gap())
    summary = told.filled()
    assert [channel for channel, _ in whys(summary)[2:]] == [GENERAL]
    assert told.texts() == ["missed"]
    told.tell(*live)
    assert told.texts() == ["missed", "live", "later"]


def test_it_asks_a_channel_again_that_was_refused_from_the_same_moment_on() -> None:
    slack = ScriptedSlack(GENERAL, RANDOM)
    slack.say(GENERAL, at(-9.0), "missed")
    slack.refused[GENERAL] = "internal_error"
    told = Told(slack)
    first = gap(since=-10.0, until=-8.0)
    told.tell(first)
    summary = told.filled()
    assert [channel for channel, _ in whys(summary)[2:]] == [GENERAL]
    told.tell(slack.say(GENERAL, at(-5.0), "live"))
    del slack.refused[GENERAL]
    told.tell(gap(since=-2.0))
    summary = told.filled(2)
    assert told.texts() == ["live", "missed"]
    assert whys(summary)[2:] == []
    told.tell(gap(since=-2.0))
    told.filled(3)
    last = slack.asked(channel=GENERAL)[-1]
    assert float(last.arguments["oldest"]) > first["until"] - 3600.0  # it is done now


def test_it_asks_channels_later_that_it_did_not_know_of() -> None:
    slack = ScriptedSlack(GENERAL)
    slack.say(GENERAL, at(-9.0), "missed")
    slack.refused["users.conversations"] = "internal_error"
    told = Told(slack)
    told.tell(gap(since=-10.0, until=-8.0))
    assert whys(told.filled())[2][1].startswith("channels never seen")
    told.tell(slack.say(GENERAL, at(-5.0), "live"))
    del slack.refused["users.conversations"]
    told.tell(gap(since=-2.0))
    told.filled(2)
    assert told.texts() == ["live", "missed"]


def test_it_asks_for_a_channel_that_it_knows_of_since_from_the_next_gap_on() -> None:
    slack = ScriptedSlack(GENERAL)
    told = Told(slack, lookback=0.0)
    told.tell(gap(since=-10.0, until=-8.0))
    told.filled()
    told.tell(slack.say(RANDOM, at(-5.0), "live"))
    second = gap()
    told.tell(second)
    told.filled(2)
    [call] = slack.asked(channel=RANDOM)
    assert call.arguments["oldest"] == as_ts(second["since"])


def test_it_does_not_go_back_for_threads_for_which_it_had_no_calls() -> None:
    slack = ScriptedSlack(GENERAL)
    roots = [at(-7200.0 + number) for number in range(3)]
    told = Told(slack, lookback=60.0, max_calls=3)
    told.tell(*(slack.say(GENERAL, at(-30.0), "answer", root) for root in roots))
    told.tell(gap(since=-20.0, until=-10.0))
    [(_, why)] = whys(told.filled())[2:]
    assert why.startswith("answers in older threads")
    second = gap()
    told.tell(second)
    told.filled(2)
    assert slack.asked()[1].arguments["oldest"] == as_ts(second["since"] - 60.0)


# --- the clocks -----------------------------------------------------------------------------------


def test_it_remembers_the_time_at_slack(tmp_path: Path) -> None:
    """This machine is an hour ahead."""
    path = tmp_path / "seen.sqlite"
    slack = ScriptedSlack(GENERAL, clock=SlackClock(wall=lambda: time.time() - 3600.0))
    told = Told(slack, checkpoint=path)
    told.tell({"type": "hello"}, slack.say(GENERAL, at(-3600.0), "seen"))
    told.subscription.dispose()
    with closing(Checkpoint(path)) as file:
        memory = file.load()
    assert memory is not None
    assert memory.at <= time.time() - 3600.0


def test_it_takes_messages_for_a_clock() -> None:
    """Slack is an hour ahead, and no answer of its has said so."""
    slack = ScriptedSlack(GENERAL)
    told = Told(slack, settle=0.05)
    slack.say(GENERAL, at(3600.0), "missed")
    told.tell(gap())
    told.filled()
    assert told.texts() == ["missed"]
    assert slack.clock.now() >= time.time() + 3599.0


def test_it_takes_what_comes_live_for_a_clock() -> None:
    """Else what was found might seem to be later than the call, and would be asked for again."""
    slack = ScriptedSlack(GENERAL, RANDOM, clock=SlackClock(wall=lambda: time.time() - 30.0))
    slack.say(RANDOM, at(-1.0), "missed")

    def speak(call: Call) -> None:
        if call.method == "users.conversations":
            told.tell({**message(at(0.0), "live"), "channel": GENERAL})

    slack.before = speak
    told = Told(slack)
    told.tell(gap(since=-32.0))
    told.filled()
    assert len(slack.asked(channel=RANDOM)) == 1


def test_it_does_not_take_what_was_said_long_ago_for_a_clock() -> None:
    slack = ScriptedSlack(GENERAL, clock=SlackClock())
    slack.say(GENERAL, at(-100.0), "missed")
    told = Told(slack)
    told.tell(gap(since=-200.0))
    told.filled()
    assert slack.clock.now() > time.time() - 50.0


# --- what is remembered ---------------------------------------------------------------------------


def state_of(*seconds: float) -> ChannelState:
    state = ChannelState()
    for second in seconds:
        state.note(as_ts(second), None)
    return state


def test_it_knows_for_ten_minutes_what_it_emitted() -> None:
    state = state_of(1000.0, 1500.0, 2000.0)
    state.forget()
    assert state.seen == {as_ts(1500.0), as_ts(2000.0)}
    assert state.floor == as_ts(1400.0)
    assert state.knows(as_ts(1000.0))  # so it is not emitted again
    assert not state.knows(as_ts(1450.0))


def test_it_knows_longer_what_a_gap_may_bring_again() -> None:
    state = state_of(1000.0, 1500.0, 2000.0)
    state.mark_missing(as_ts(1200.0))
    state.forget()
    assert (state.floor, len(state.seen)) == (as_ts(1200.0), 2)


@pytest.mark.parametrize("owed", ["", as_ts(0.0)], ids=["all is well", "a gap"])
def test_it_knows_ten_thousand_messages_of_a_channel(owed: str) -> None:
    state = ChannelState(owed)
    most = 0
    for number in range(25_000):
        state.note(as_ts(1000.0 + number / 1000), None)
        if len(state.seen) > state.room:
            state.forget()
        most = max(most, len(state.seen))
    assert 5_000 <= len(state.seen) <= most <= 10_001
    assert state.floor == before(min(state.seen), 0.001)


def test_it_forgets_as_it_goes() -> None:
    slack = ScriptedSlack(GENERAL)
    told = Told(slack)
    begun = time.time() - 100_000.0
    said = [
        slack.say(GENERAL, as_ts(begun + 10.0 * number), str(number)) for number in range(1_000)
    ]
    told.tell(*said, {**said[0], "text": "again"}, {**said[-1], "text": "at once"})
    assert told.texts()[-2:] == ["999", "again"]  # a live event is never taken for an old one


def test_it_says_when_it_cannot_tell_what_was_emitted(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("rxslack.recovery.backfilling.gap._REMEMBERED", 100)
    slack = ScriptedSlack(GENERAL)
    slack.refused[GENERAL] = "internal_error"
    told = Told(slack)
    told.tell(gap(since=-500.0, until=-400.0))
    told.filled()
    slack.say(GENERAL, at(-450.0), "missed")
    for number in range(200):
        told.tell(slack.say(GENERAL, at(-300.0 + number), str(number)))
    told.tell(gap())
    channel, why = whys(told.filled(2))[2]
    assert (channel, why[:20]) == (GENERAL, "what was said before")
    told.tell(gap())
    assert len(whys(told.filled(3))[2:]) == 1  # it was said
    del slack.refused[GENERAL]
    told.tell(gap())
    assert whys(told.filled(4))[2:] == []
    assert told.texts() == [str(number) for number in range(200)]


# --- restarts -------------------------------------------------------------------------------------


def run_before(slack: ScriptedSlack, path: Path, *items: Json, **options: Any) -> Told:
    """An earlier run of the program."""
    told = Told(slack, checkpoint=path, **options)
    told.tell({"type": "hello"}, *items)
    return told


def test_it_brings_what_came_out_of_order_before_a_restart(tmp_path: Path) -> None:
    slack, path = ScriptedSlack(GENERAL), tmp_path / "seen.sqlite"
    first, third = slack.say(GENERAL, at(-3.0), "first"), slack.say(GENERAL, at(-1.0), "third")
    run_before(slack, path, first, third).subscription.dispose()
    slack.say(GENERAL, at(-2.0), "second")
    told = run_before(slack, path, margin=10.0)
    told.filled()
    assert told.texts() == ["second"]


def test_it_begins_after_a_restart_with_what_was_not_filled(tmp_path: Path) -> None:
    slack, path = ScriptedSlack(GENERAL, RANDOM), tmp_path / "seen.sqlite"
    asked, go = threading.Event(), threading.Event()

    def wait(call: Call) -> None:
        if call.arguments.get("channel") == RANDOM:
            asked.set()
            go.wait(10.0)

    slack.before = wait
    first = run_before(slack, path, gap(since=-60.0))
    assert asked.wait(10.0)
    first.tell(slack.say(GENERAL, at(0.0), "live"))  # its channel is done
    first.subscription.dispose()
    go.set()
    slack.before = lambda _: None
    slack.say(RANDOM, at(-50.0), "missed")
    second = run_before(slack, path)
    second.filled()
    assert second.texts() == ["missed"]
    assert second.items[1]["since"] <= time.time() - 60.0


def test_it_forgets_in_the_file_too(tmp_path: Path) -> None:
    slack, path = ScriptedSlack(GENERAL), tmp_path / "seen.sqlite"
    said = [slack.say(GENERAL, at(10.0 * number - 5_000.0), "") for number in range(500)]
    run_before(slack, path, *said).subscription.dispose()
    with closing(Checkpoint(path)) as file:
        memory = file.load()
    assert memory is not None
    assert 60 <= len(memory.recent[GENERAL]) <= 200


def test_it_reads_a_file_that_knows_the_last_message_only(tmp_path: Path) -> None:
    slack, path = ScriptedSlack(GENERAL), tmp_path / "seen.sqlite"
    said = [slack.say(GENERAL, at(-2.0), "first"), slack.say(GENERAL, at(-1.0), "second")]
    run_before(slack, path, *said).subscription.dispose()
    file = Checkpoint(path)
    file.forget(GENERAL, at(0.0))
    file.close()
    slack.say(GENERAL, at(0.0), "missed")
    told = run_before(slack, path, margin=10.0)
    told.filled()
    assert told.texts() == ["missed"]
