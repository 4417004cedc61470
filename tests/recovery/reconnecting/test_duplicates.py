"""Of what several connections deliver, each event once."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from threading import Thread
from typing import Any

import pytest

from rxslack.recovery.reconnecting.duplicates import LAG, MEMORY, Duplicates

TYPING: dict[str, Any] = {"type": "user_typing", "channel": "C1", "user": "U1"}


def message(ts: str, **more: Any) -> dict[str, Any]:
    return {"type": "message", "channel": "C1", "ts": ts, **more}


@pytest.fixture
def seen() -> Duplicates:
    return Duplicates()


def says(seen: Duplicates, *deliveries: tuple[str, dict[str, Any]], now: float = 0.0) -> list[bool]:
    return [seen.passes(event, by=by, now=now) for by, event in deliveries]


def test_it_passes_what_either_brings_first(seen: Duplicates) -> None:
    a, b = message("1.1"), message("2.1")
    assert says(seen, ("old", a), ("new", a), ("new", b), ("old", b)) == [True, False, True, False]


def test_it_passes_what_three_bring_once(seen: Duplicates) -> None:
    order = ("one", "two", "three", "two", "three", "one", "three", "one", "two")
    deliveries = [(by, TYPING) for by in order]
    assert says(seen, *deliveries) == [True, False, False, True, False, False, True, False, False]


def test_it_tells_messages_apart_by_channel_time_and_subtype(seen: Duplicates) -> None:
    one = message("1.1", text="a")
    others = [
        message("1.2"),
        message("1.1", subtype="message_changed"),
        message("1.1") | {"channel": "C2"},
    ]
    assert says(seen, ("old", one), *(("new", other) for other in others)) == [True] * 4
    assert says(seen, ("new", message("1.1", text="b"))) == [False]


def test_it_tells_other_events_apart_by_all_they_say(seen: Duplicates) -> None:
    other = TYPING | {"user": "U2"}
    assert says(seen, ("old", TYPING), ("new", other), ("new", TYPING)) == [True, True, False]
    marked: dict[str, Any] = {"type": "channel_marked", "channel": "C1", "ts": "1.1"}  # no message
    others = [marked | {"type": "im_marked"}, marked | {"unread_count": 1}]
    assert says(seen, ("old", marked), *(("new", other) for other in others)) == [True] * 3


def test_it_knows_an_event_whatever_the_order_of_its_keys(seen: Duplicates) -> None:
    again = dict(reversed(TYPING.items()))
    assert says(seen, ("old", TYPING), ("new", again)) == [True, False]


def test_it_takes_events_that_are_no_json(seen: Duplicates) -> None:
    """Streams may be made by hand, or mapped."""
    event = {"type": "measured", "by": Duplicates}
    assert says(seen, ("old", event), ("new", event)) == [True, False]


def test_it_knows_an_envelope_by_its_id(seen: Duplicates) -> None:
    first = {"type": "events_api", "envelope_id": "1", "payload": {"event_id": "E"}}
    again = {"type": "events_api", "envelope_id": "1", "payload": {"event_id": "F"}}
    other = {"type": "events_api", "envelope_id": "2", "payload": {"event_id": "E"}}
    assert says(seen, ("old", first), ("new", again), ("new", other)) == [True, False, True]
    seen.greet()
    assert says(seen, ("newest", again)) == [False]


@pytest.mark.parametrize(
    "kind",
    ["hello", "goodbye", "pong", "reconnect_url", "error", "disconnect", "rxslack.reply"],
)
def test_it_passes_all_that_belongs_to_a_connection(seen: Duplicates, kind: str) -> None:
    assert says(seen, ("old", {"type": kind}), ("new", {"type": kind})) == [True, True]


def test_it_passes_what_is_no_event(seen: Duplicates) -> None:
    assert [seen.passes("text", by=by, now=0.0) for by in ("old", "new")] == [True, True]


def test_it_counts_what_has_no_time_stamp_from_the_latest_hello_on(seen: Duplicates) -> None:
    stamped = {"type": "reaction_added", "event_ts": "1.1"}
    assert says(seen, ("old", TYPING), ("old", stamped)) == [True, True]
    seen.greet()
    assert says(seen, ("new", TYPING), ("new", stamped)) == [True, False]


def test_it_counts_what_has_no_time_stamp_until_shortly_after_the_end(seen: Duplicates) -> None:
    assert says(seen, ("old", TYPING), ("old", TYPING)) == [True, True]
    seen.end(10.0)
    assert says(seen, ("new", TYPING), now=10.0 + LAG / 2) == [False]
    assert says(seen, ("new", TYPING), now=10.0 + LAG) == [True]


def test_it_counts_what_has_a_time_stamp_for_longer(seen: Duplicates) -> None:
    assert says(seen, ("old", message("1.1")), now=9.0) == [True]
    seen.end(10.0)
    seen.end(50.0)  # told again, it ends when it did
    assert not seen.is_over(10.0 + MEMORY - 1.0)
    assert says(seen, ("new", message("1.1")), now=10.0 + MEMORY - 1.0) == [False]
    assert seen.is_over(10.0 + MEMORY)


def test_it_is_not_over_when_another_connection_is_opened_meanwhile(seen: Duplicates) -> None:
    seen.end(10.0)
    seen.begin()
    assert not seen.is_over(1e9)
    assert says(seen, ("old", TYPING), ("new", TYPING), now=1e9) == [True, False]


def test_it_knows_what_was_counted_in_the_generation_before(seen: Duplicates) -> None:
    assert says(seen, ("old", message("1.1")), ("old", message("1.1")), now=0.0) == [True, True]
    later = MEMORY + 1.0
    deliveries = [("new", message("1.1"))] * 2
    assert says(seen, *deliveries, ("old", message("1.1")), now=later) == [False, False, True]
    assert says(seen, ("new", message("1.1")), now=later) == [False]


def test_it_forgets_nothing_that_is_younger_than_it_has_to_remember(seen: Duplicates) -> None:
    for instant in (0.0, MEMORY, 2 * MEMORY):
        says(seen, ("old", message(f"{instant}")), now=instant)
    assert says(seen, ("new", message("0.0")), now=2 * MEMORY) == [False]


def test_it_forgets_in_time_however_long_it_goes_on(seen: Duplicates) -> None:
    says(seen, ("old", message("1.1")), now=0.0)
    for step in range(1, 4):
        says(seen, ("old", message(f"9.{step}")), now=step * (MEMORY + 1.0))
    assert says(seen, ("new", message("1.1")), now=4 * MEMORY) == [True]


@pytest.fixture
def restless() -> Iterator[None]:
    """Threads take turns as often as Python lets them."""
    before = sys.getswitchinterval()
    sys.setswitchinterval(1e-6)
    yield
    sys.setswitchinterval(before)


@pytest.mark.usefixtures("restless")
def test_it_is_ended_by_one_thread_while_another_counts(seen: Duplicates) -> None:
    def count_on() -> None:
        for number in range(2_000):
            seen.passes(TYPING | {"user": f"U{number}"}, by="new", now=0.0)

    counting = Thread(target=count_on)
    counting.start()
    while counting.is_alive():
        seen.end(7.0)
        seen.begin()
    counting.join()
    assert says(seen, ("old", TYPING | {"user": "U7"})) == [False]
