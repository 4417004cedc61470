"""What was said while nobody listened."""

from __future__ import annotations

import threading
import time
from pathlib import Path
from typing import Any

import pytest
import reactivex
from reactivex import Observable, operators as ops
from reactivex.subject import Subject

import rxslack
from rxslack.errors import ConfigurationError
from rxslack.simulator import Limits, Rate, Workspace
from tests.connection.speaker import QUICK, Source, ended, gap, lacks, live, texts

# --- in a stream ----------------------------------------------------------------------------------


def test_it_brings_what_was_said_between_two_connections(
    unlimited: Workspace, connect: Any
) -> None:
    stream = connect(rxslack.backfill(unlimited.user_web, **QUICK))
    stream.hellos(1)
    stream.say("before")
    with unlimited.faults.answer("rtm.connect", status=503) as script:
        unlimited.connections[0].cut()
        stream.wait_for(lambda: script.given)
        for number in range(5):
            unlimited.say("general", "bob", f"missed {number}")
    stream.wait_for(lambda: "missed 4" in stream.texts())
    stream.say("after")
    stream.wait_for(lambda: "rxslack.backfilled" in stream.kinds())
    assert stream.texts() == ["before", *(f"missed {n}" for n in range(5)), "after"]
    assert stream.kinds().count("rxslack.gap") == stream.kinds().count("rxslack.backfilled") == 1


def test_it_brings_answers_in_threads(unlimited: Workspace, connect: Any) -> None:
    """Those begun before the gap and in it, answered before it or not."""
    stream = connect(rxslack.backfill(unlimited.user_web, **QUICK))
    stream.hellos(1)
    stream.say("old")
    stream.say("older, alive")
    old, alive = (message["ts"] for message in unlimited.messages("general"))
    unlimited.say("general", "bob", "first answer", thread_ts=alive)
    stream.wait_for(lambda: "first answer" in stream.texts())
    with unlimited.faults.answer("rtm.connect", status=503) as script:
        unlimited.connections[0].cut()
        stream.wait_for(lambda: script.given)
        unlimited.say("general", "bob", "second answer", thread_ts=alive)
        unlimited.say("general", "bob", "late first answer", thread_ts=old)
        new = unlimited.say("general", "bob", "new")["ts"]
        unlimited.say("general", "bob", "answer to new", thread_ts=new)
        unlimited.say("general", "bob", "shown to all", thread_ts=new, broadcast=True)
    stream.wait_for(lambda: "rxslack.backfilled" in stream.kinds())
    assert stream.texts()[3:] == [
        "second answer",
        "late first answer",
        "new",
        "answer to new",
        "shown to all",
    ]


# --- what it asks, and emits ----------------------------------------------------------------------


def test_it_takes_every_page_and_the_oldest_first(unlimited: Workspace) -> None:
    start = unlimited.say("general", "alice", "start")
    for number in range(25):
        unlimited.say("general", "alice", str(number))
    source = Source(unlimited, limit=4)
    source.say(live(start))
    source.say(gap(unlimited, start["ts"]))
    summary = source.filled()
    assert texts(source.items) == ["start", *map(str, range(25))]
    assert (summary["messages"], summary["calls"]) == (25, len(unlimited.calls()))
    assert all(item["rxslack_backfilled"] for item in source.items[2:-1])
    assert {item["channel"] for item in source.items[2:-1]} == {unlimited.channel_id("general")}


def test_it_looks_where_nothing_was_seen_but_one_is_a_member(unlimited: Workspace) -> None:
    seen = unlimited.say("general", "alice", "seen")
    unlimited.say("random", "alice", "elsewhere")
    source = Source(unlimited)
    source.say(live(seen))
    source.say(gap(unlimited, seen["ts"]))
    source.filled()
    assert texts(source.items) == ["seen", "elsewhere"]


def test_it_fills_the_channels_that_it_is_told_to(unlimited: Workspace) -> None:
    unlimited.say("random", "alice", "elsewhere")
    unlimited.say("general", "alice", "here")
    source = Source(unlimited, channels=[unlimited.channel_id("general")])
    source.say(gap(unlimited, since=0.0))
    source.filled()
    assert texts(source.items) == ["here"]


def test_it_lets_live_events_wait_for_the_past_of_their_channel(unlimited: Workspace) -> None:
    start = unlimited.say("general", "alice", "start")
    unlimited.say("general", "alice", "missed")
    source = Source(unlimited)
    source.say(live(start))
    with unlimited.faults.hold("conversations.history") as held:
        source.say(gap(unlimited, start["ts"]))
        unlimited.wait_until(lambda: held.waiting)
        source.say(live(unlimited.say("general", "alice", "live")))
        source.say({"type": "reaction_added", "item": {"channel": unlimited.channel_id("general")}})
        source.say({"type": "pong"})
        assert [item["type"] for item in source.items] == ["message", "rxslack.gap", "pong"]
    source.filled()
    assert texts(source.items) == ["start", "missed", "live"]
    assert [item["type"] for item in source.items][-2:] == ["reaction_added", "rxslack.backfilled"]


def test_it_lets_channels_go_that_are_done(unlimited: Workspace) -> None:
    first = unlimited.say("random", "alice", "first")
    last = unlimited.say("general", "alice", "last")  # seen last, so filled first
    source = Source(unlimited)
    source.say(live(first))
    source.say(live(last))
    source.say(gap(unlimited, last["ts"]))
    unlimited.wait_until(lambda: len(unlimited.calls("conversations.history")) >= 1)
    source.filled()
    asked = [call.arguments["channel"] for call in unlimited.calls("conversations.history")]
    assert asked[:2] == [unlimited.channel_id("general"), unlimited.channel_id("random")]


def test_it_emits_no_message_twice(unlimited: Workspace) -> None:
    start = unlimited.say("general", "alice", "start")
    source = Source(unlimited)
    source.say(live(start))
    missed = unlimited.say("general", "alice", "missed")
    source.say(gap(unlimited, start["ts"]))
    source.filled()
    source.say(live(missed))
    source.say(live(start))
    assert texts(source.items) == ["start", "missed"]


def test_it_fills_two_gaps_that_come_together(unlimited: Workspace) -> None:
    start = unlimited.say("general", "alice", "start")
    source = Source(unlimited)
    source.say(live(start))
    said = gap(unlimited, start["ts"])
    with unlimited.faults.hold("conversations.history") as held:
        unlimited.say("general", "alice", "one")
        source.say(said)
        unlimited.wait_until(lambda: held.waiting)
        source.say(live(unlimited.say("general", "alice", "two")))
        unlimited.say("general", "alice", "three")
        source.say(said)
        source.say(live(unlimited.say("general", "alice", "four")))
    source.filled()
    assert texts(source.items) == ["start", "one", "two", "three", "four"]


# --- what cannot be had ---------------------------------------------------------------------------


def test_it_says_what_it_may_not_read(unlimited: Workspace) -> None:
    """A classic bot may read direct messages only."""
    token = unlimited.new_token("xoxb", scopes=("im:history", "channels:read"))
    web = rxslack.WebClient(token, base_url=unlimited.base_url)
    source = Source(unlimited, web=web)
    source.say(gap(unlimited, since=0.0))
    summary = source.filled()
    always = [part["why"] for part in summary["missing"] if part["channel"] is None]
    assert [why.split()[0] for why in always] == ["edits,", "answers"]
    assert "channels:history" in lacks(summary)[unlimited.channel_id("general")]
    assert source.errors == []


def test_it_stops_at_the_bound_of_calls_and_says_so(unlimited: Workspace) -> None:
    for number in range(9):
        unlimited.say("general", "alice", str(number))
    here = unlimited.channel_id("general")
    source = Source(unlimited, limit=1, max_calls=3, channels=[here])
    source.say(gap(unlimited, since=0.0))
    summary = source.filled()
    assert texts(source.items) == ["6", "7", "8"]
    assert "bound of 3 calls" in lacks(summary)[here]


def test_it_tries_again_and_then_gives_up(unlimited: Workspace) -> None:
    unlimited.say("general", "alice", "missed")
    source = Source(unlimited, channels=[unlimited.channel_id("general")])
    with unlimited.faults.answer("conversations.history", status=503, times=3) as script:
        source.say(gap(unlimited, since=0.0))
        source.filled()
    assert (script.given, texts(source.items)) == (3, ["missed"])
    with unlimited.faults.answer("conversations.history", status=503) as script:
        source.say(gap(unlimited, since=0.0))
        summary = source.filled(2)
    assert (script.given, len(lacks(summary))) == (4, 1)


def test_it_keeps_to_slacks_pace_with_fifteen_messages_a_call() -> None:
    """Apps that Slack restricts: few messages a call, and 429 in between."""
    limits = Limits(tier3=Rate(1.0, 1), history_page=15)
    with Workspace(limits=limits) as slack:
        for number in range(31):
            slack.say("general", "alice", str(number))
        source = Source(slack, channels=[slack.channel_id("general")])
        source.say(gap(slack, since=0.0))
        source.filled()
        assert texts(source.items) == [str(n) for n in range(31)]
        assert len(slack.calls("conversations.history")) >= 3
        source.subscription.dispose()


def test_it_paces_its_own_calls(unlimited: Workspace) -> None:
    for number in range(6):
        unlimited.say("general", "alice", str(number))
    only = [unlimited.channel_id("general")]
    source = Source(unlimited, limit=1, per_minute=2.0, lookback=0.0, channels=only)
    source.say(gap(unlimited, since=0.0))
    unlimited.wait_until(lambda: len(unlimited.calls("conversations.history")) == 2)
    time.sleep(0.1)
    assert len(unlimited.calls("conversations.history")) == 2  # the next in half a minute
    source.subscription.dispose()


# --- endings --------------------------------------------------------------------------------------


def test_it_lets_what_waits_go_before_an_error(unlimited: Workspace) -> None:
    source = Source(unlimited)
    with unlimited.faults.hold("users.conversations") as held:
        source.say(gap(unlimited))
        unlimited.wait_until(lambda: held.waiting)
        source.say(live(unlimited.say("general", "alice", "waiting")))
        source.subject.on_error(KeyError("over"))
    assert texts(source.items) == ["waiting"]
    assert [type(error) for error in source.errors] == [KeyError]


def test_it_completes_when_the_gap_is_filled(unlimited: Workspace) -> None:
    unlimited.say("general", "alice", "missed")
    source = Source(unlimited)
    source.say(gap(unlimited, since=0.0))
    source.subject.on_completed()
    assert source.completed.wait(10.0)
    assert texts(source.items) == ["missed"]


def test_it_stops_when_it_is_disposed(unlimited: Workspace) -> None:
    source = Source(unlimited)
    with unlimited.faults.hold("users.conversations") as held:
        source.say(gap(unlimited))
        unlimited.wait_until(lambda: held.waiting)
        source.subscription.dispose()
        deadline = time.monotonic() + 5.0
        while "rxslack-backfill" in [thread.name for thread in threading.enumerate()]:
            assert time.monotonic() < deadline
            time.sleep(0.005)
    assert [item["type"] for item in source.items] == ["rxslack.gap"]


def test_it_gives_what_a_subscriber_raises_to_that_subscriber(unlimited: Workspace) -> None:
    unlimited.say("general", "alice", "missed")
    seen: list[Exception] = []
    said: Subject[dict[str, Any]] = Subject()

    def bad(item: dict[str, Any]) -> None:
        if item["type"] == "message":
            raise KeyError("bad")

    said.pipe(rxslack.backfill(unlimited.user_web), ops.do_action(bad)).subscribe(
        on_error=seen.append
    )
    said.on_next(gap(unlimited, since=0.0))
    unlimited.wait_until(lambda: unlimited.calls("conversations.history"))
    deadline = time.monotonic() + 5.0
    while not seen and time.monotonic() < deadline:
        time.sleep(0.005)
    assert [type(error) for error in seen] == [KeyError]


@pytest.mark.parametrize(
    "options",
    [
        {"limit": 0},
        {"max_calls": 0},
        {"max_waiting": 0},
        {"per_minute": 0.0},
        {"lookback": -1.0},
        {"settle": -1.0},
        {"margin": float("inf")},
    ],
    ids=lambda options: next(iter(options)),
)
def test_it_refuses_numbers_that_let_nothing_through(options: dict[str, Any]) -> None:
    with pytest.raises(ConfigurationError):
        rxslack.backfill(rxslack.WebClient("xoxb-test"), **options)


# --- restarts -------------------------------------------------------------------------------------


def test_it_fills_the_time_in_which_the_program_did_not_run(
    unlimited: Workspace, connect: Any, tmp_path: Path
) -> None:
    path = tmp_path / "seen.sqlite"
    unlimited.say("general", "alice", "before it ever ran")
    unlimited.clock.advance(5.0)
    first = connect(rxslack.backfill(unlimited.user_web, checkpoint=path, **QUICK))
    first.hellos(1)
    first.say("seen")
    first.subscription.dispose()
    unlimited.wait_until(lambda: ended(unlimited))

    unlimited.clock.advance(5.0)
    unlimited.say("general", "alice", "asked while it was down")
    unlimited.say("random", "alice", "and in a channel that it never saw")
    thread = unlimited.messages("general")[1]["ts"]
    unlimited.say("general", "alice", "and in a thread", thread_ts=thread)

    second = connect(rxslack.backfill(unlimited.user_web, checkpoint=path, **QUICK))
    second.wait_for(lambda: "rxslack.backfilled" in second.kinds())
    second.say("now")
    second.subscription.dispose()
    unlimited.wait_until(lambda: ended(unlimited))
    assert sorted(second.texts()) == [
        "and in a channel that it never saw",
        "and in a thread",
        "asked while it was down",
        "now",
    ]
    assert second.kinds()[:2] == ["hello", "rxslack.gap"]

    third = connect(rxslack.backfill(unlimited.user_web, checkpoint=path, **QUICK))
    third.wait_for(lambda: "rxslack.backfilled" in third.kinds())
    third.say("again")
    assert third.texts() == ["again"]


def is_message(item: dict[str, Any]) -> bool:
    return bool(item["type"] == "message")


def test_it_remembers_the_message_in_which_it_was_disposed(
    unlimited: Workspace, connect: Any, tmp_path: Path
) -> None:
    path = tmp_path / "seen.sqlite"

    def session() -> Any:
        filled = rxslack.backfill(unlimited.user_web, checkpoint=path, **QUICK)
        messages = ops.filter(is_message)
        return connect(filled, messages, ops.take(1))

    first = session()
    unlimited.wait_until(lambda: unlimited.connections)
    unlimited.say("general", "alice", "the last of the first")
    first.wait_for(first.texts)
    unlimited.wait_until(lambda: ended(unlimited))  # disposed in its message, it remembers that
    second = session()
    unlimited.wait_until(lambda: unlimited.connections)
    unlimited.say("general", "alice", "the first of the second")
    second.wait_for(second.texts)
    assert second.texts() == ["the first of the second"]


def test_it_fails_when_what_history_says_makes_no_sense(unlimited: Workspace) -> None:
    """Nobody waits for ever for a past that cannot be read."""
    source = Source(unlimited, channels=[unlimited.channel_id("general")])
    nonsense = {"ok": True, "messages": [{"type": "message", "text": "without a ts"}]}
    with unlimited.faults.answer("conversations.history", body=nonsense):
        source.say(gap(unlimited, since=0.0))
        deadline = time.monotonic() + 10.0
        while not source.errors and time.monotonic() < deadline:
            time.sleep(0.005)
    assert [type(error) for error in source.errors] == [KeyError]


def test_it_fills_nothing_when_the_program_never_ran(
    unlimited: Workspace, connect: Any, tmp_path: Path
) -> None:
    unlimited.say("general", "alice", "old")
    stream = connect(
        rxslack.backfill(unlimited.user_web, checkpoint=tmp_path / "new.sqlite", **QUICK)
    )
    stream.hellos(1)
    stream.say("new")
    assert stream.texts() == ["new"]
    assert "rxslack.gap" not in stream.kinds()


def test_it_refuses_a_checkpoint_that_is_something_else(tmp_path: Path) -> None:
    path = tmp_path / "notes.txt"
    path.write_text("this is no database, and long enough to be sure of that" * 20)
    stream: Observable[dict[str, Any]] = reactivex.never()
    seen: list[Exception] = []
    stream.pipe(rxslack.backfill(rxslack.WebClient("xoxb-test"), checkpoint=path)).subscribe(
        on_error=seen.append
    )
    assert [type(error) for error in seen] == [ConfigurationError]
