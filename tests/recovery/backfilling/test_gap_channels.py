"""What is known of one channel, and what an event says of itself."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import pytest

from rxslack.recovery.backfilling import gap as _lane
from rxslack.recovery.backfilling.gap import (
    ChannelState,
    HeldItem,
    as_live,
    as_ts,
    before,
    happened_in,
    new_message_ts,
)


def message(ts: str, thread: str | None = None, **more: Any) -> dict[str, Any]:
    threaded = {} if thread is None else {"thread_ts": thread}
    return {"type": "message", "ts": ts, **threaded, **more}


def texts(held: Iterable[HeldItem]) -> list[str]:
    items = [one.item for one in held]
    return [item["ts"] if item["type"] == "message" else item["type"] for item in items]


REACTION = {"type": "reaction_added"}


# --- what was emitted -----------------------------------------------------------------------------


def test_it_knows_what_was_emitted_and_what_is_too_old_to_tell() -> None:
    state = ChannelState()
    state.floor = "2.0"
    state.note("5.0", None)
    assert [state.knows(ts) for ts in ("1.0", "2.0", "3.0", "5.0", "6.0")] == [
        *(True, True),
        *(False, True, False),
    ]


def test_it_has_the_newest_of_what_came_out_of_order() -> None:
    state = ChannelState()
    for ts in ("2.0", "3.0", "1.0"):
        state.note(ts, None)
    assert (state.newest, state.seen) == ("3.0", {"1.0", "2.0", "3.0"})


def test_it_has_the_thread_that_was_answered_last_at_the_end() -> None:
    state = ChannelState()
    for ts, thread in (("11.0", "1.0"), ("12.0", "2.0"), ("13.0", "1.0"), ("10.0", "2.0")):
        state.note(ts, thread)
    assert [*state.threads.items()] == [("1.0", "13.0"), ("2.0", "12.0")]


def test_it_looks_after_fifty_threads() -> None:
    state = ChannelState()
    for number in range(52):
        state.note(as_ts(1000.0 + number), as_ts(100.0 + number))
    assert [*state.threads] == [as_ts(102.0 + number) for number in range(50)]


def test_it_knows_all_that_an_earlier_run_remembered() -> None:
    state = ChannelState()
    state.recall("3.0", ["2.0", "3.0"])
    assert (state.newest, state.seen, state.floor) == ("3.0", {"2.0", "3.0"}, "")


def test_it_takes_all_for_emitted_up_to_the_last_message_when_it_remembers_that_alone() -> None:
    state = ChannelState()
    state.recall("3.0", [])
    assert (state.newest, state.seen, state.floor) == ("3.0", set(), "3.0")


@pytest.mark.parametrize(("number", "floor"), [(4, ""), (5, "11.0")])
def test_it_takes_no_more_for_remembered_than_it_does_remember(
    monkeypatch: pytest.MonkeyPatch, number: int, floor: str
) -> None:
    """Where half of the most that is remembered is there, the older ones may have been forgotten."""
    monkeypatch.setattr(_lane, "_REMEMBERED", 10)
    state = ChannelState()
    state.recall("99.0", [f"{11 + n}.0" for n in range(number)])
    assert state.floor == floor


def test_it_owes_what_was_said_since_the_first_of_two_gaps() -> None:
    state = ChannelState()
    assert state.since == ""
    state.mark_missing("5.0")
    assert state.since == "5.0"
    state.mark_missing("7.0")
    assert state.since == "5.0"
    state.mark_missing("3.0")
    assert state.since == "3.0"


# --- what is forgotten ----------------------------------------------------------------------------


def state_of(*seconds: float, since: str = "") -> ChannelState:
    state = ChannelState(since)
    for second in seconds:
        state.note(as_ts(second), None)
    return state


def test_it_forgets_what_is_ten_minutes_older_than_the_newest() -> None:
    state = state_of(1000.0, 1400.0, 1400.5, 2000.0)
    state.forget()
    assert state.seen == {as_ts(1400.5), as_ts(2000.0)}
    assert state.floor == as_ts(1400.0)


def test_it_forgets_nothing_after_the_moment_from_which_a_gap_is_filled() -> None:
    state = state_of(1000.0, 1200.5, 2000.0, since=as_ts(1200.0))
    state.forget()
    assert (state.floor, state.seen) == (as_ts(1200.0), {as_ts(1200.5), as_ts(2000.0)})


def test_it_never_remembers_again_what_it_forgot() -> None:
    """A gap may be owed from before the floor on."""
    state = state_of(2000.0)
    state.forget()
    state.mark_missing(as_ts(1000.0))
    state.forget()
    assert state.floor == as_ts(1400.0)


def test_it_has_room_for_twice_what_it_remembers(monkeypatch: pytest.MonkeyPatch) -> None:
    """So that it forgets seldom; for fifty at least, and no more than the most."""
    monkeypatch.setattr(_lane, "_REMEMBERED", 200)
    rooms: list[int] = []
    for number in (0, 1, 25, 26, 99, 101):
        state = state_of(*(1000.0 + n for n in range(number)))
        state.forget()
        rooms.append(state.room)
    assert rooms == [50, 50, 50, 52, 198, 200]
    assert ChannelState().room == 50


@pytest.mark.parametrize(("number", "kept"), [(9, 9), (10, 5), (11, 5)])
def test_it_keeps_the_newer_half_where_it_is_too_much(
    monkeypatch: pytest.MonkeyPatch, number: int, kept: int
) -> None:
    monkeypatch.setattr(_lane, "_REMEMBERED", 10)
    state = state_of(*(1000.0 + n for n in range(number)))
    state.forget()
    assert sorted(state.seen) == [as_ts(1000.0 + n) for n in range(number)][-kept:]
    assert state.floor == (as_ts(1000.0 + number - kept - 1) if kept < number else as_ts(408.0))


# --- what waits -----------------------------------------------------------------------------------


def waiting(*items: Any) -> ChannelState:
    state = ChannelState()
    state.waiting.extend(map(HeldItem, items))
    return state


def test_it_tells_which_messages_wait() -> None:
    state = waiting(
        message("2.0"), REACTION, message("3.0", hidden=True), message("1.0"), "no dict"
    )
    assert state.waiting_ts() == {"1.0", "2.0"}
    assert state.last_waiting() == "2.0"
    assert waiting(REACTION).last_waiting() == ""


def test_it_tells_of_the_threads_in_which_answers_wait() -> None:
    state = waiting(
        message("21.0", "2.0"),
        message("22.0", "1.0"),
        message("3.0", "3.0"),  # it begins a thread
        message("23.0"),
        {**REACTION, "thread_ts": "4.0"},
        message("24.0", "5.0", hidden=True),
        {**message("25.0"), "thread_ts": 6.5},
        message("26.0", "7.0"),
    )
    state.threads = {"1.0": "11.0", "8.0": "12.0"}
    assert [*state.alive().items()] == [
        ("8.0", "12.0"),
        ("2.0", "21.0"),
        ("1.0", "22.0"),
        ("7.0", "26.0"),
    ]
    assert state.threads == {"1.0": "11.0", "8.0": "12.0"}


def test_it_merges_what_was_found_with_what_waits() -> None:
    state = waiting(message("2.0"), REACTION, message("4.0"))
    found = [message(ts) for ts in ("1.0", "3.0", "5.0")]
    assert texts(state.merged(found, None)) == [
        *("1.0", "2.0", "reaction_added", "3.0", "4.0", "5.0")
    ]
    assert not state.waiting


def test_it_leaves_what_waits_behind_a_later_message() -> None:
    state = waiting(message("2.0"), REACTION, message("4.0"), message("3.0"))
    assert texts(state.merged([message("1.0"), message("3.5")], "3.0")) == [
        *("1.0", "2.0", "reaction_added", "3.5")
    ]
    assert texts(state.waiting) == ["4.0", "3.0"]


def test_it_takes_the_message_that_is_exactly_of_the_moment_along() -> None:
    state = waiting(message("3.0"))
    assert texts(state.merged([message("3.0", text="the same")], "3.0")) == ["3.0", "3.0"]


def test_it_keeps_the_order_of_what_came_out_of_order() -> None:
    """What waits keeps the order in which it came; what was found goes before the first later one."""
    state = waiting(message("5.0"), message("2.0"))
    assert texts(state.merged([message("3.0")], None)) == ["3.0", "5.0", "2.0"]


# --- times ----------------------------------------------------------------------------------------


def test_it_says_no_time_before_the_beginning() -> None:
    assert before("100.0", 600.0) == as_ts(0.0) == "0000000000.000000"
    assert before("", 600.0) == ""
    assert before("100.000100", 0.5) == "0000000099.500100"


# --- what an event says ---------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("event", "channel"),
    [
        ({"channel": "C1"}, "C1"),
        ({"item": {"channel": "C1"}}, "C1"),
        ({"channel": "C1", "item": {"channel": "C2"}}, "C1"),
        ({"channel": {"id": "C1"}}, None),  # channel_created
        ({"type": "file_shared", "file_id": "F1", "channel_id": "C1"}, "C1"),
        ({"item": {"channel": 7}}, None),
        ({"item": "C1"}, None),
        ({"type": "pong"}, None),
    ],
)
def test_it_tells_in_which_channel_something_happened(
    event: dict[str, Any], channel: str | None
) -> None:
    assert happened_in(event) == channel


@pytest.mark.parametrize(
    ("event", "ts"),
    [
        (message("1.0"), "1.0"),
        (message("1.0", hidden=False), "1.0"),
        (message("1.0", hidden=True), None),
        (message("1.0", subtype="bot_message"), "1.0"),
        ({"type": "reaction_added", "ts": "1.0"}, None),
        ({"type": "message"}, None),
        ({"type": "message", "ts": 1.0}, None),
        ({}, None),
    ],
)
def test_it_tells_what_is_a_message_that_history_has_too(
    event: dict[str, Any], ts: str | None
) -> None:
    assert new_message_ts(event) == ts


def test_it_makes_of_a_message_of_history_what_would_have_come_live() -> None:
    said = message("1.0", text="hi", channel="of Slack's, and wrong")
    assert as_live(said, "C1") == {
        "type": "message",
        "text": "hi",
        "ts": "1.0",
        "channel": "C1",
        "event_ts": "1.0",
        "rxslack_backfilled": True,
    }
