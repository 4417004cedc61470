"""Work that ends when its session is stopped."""

from __future__ import annotations

from typing import Any

import pytest
from reactivex import Subject

from rxslack.errors import ConfigurationError
from rxslack.operators.until_stopped import until_stopped
from rxslack.testing import Marbles

EVENT = {"type": "message", "channel": "C1", "user": "U1", "ts": "7.2", "thread_ts": "7.1"}
STOP = {"type": "agent_session_stopped", "channel": "C1", "thread_ts": "7.1"}


def test_it_ends_and_disposes_the_work_at_the_stop(marbles: Marbles) -> None:
    work = marbles.cold("a-b-c-d")
    events = marbles.hot("---s", s=STOP)
    assert marbles.run(work.pipe(until_stopped(EVENT, events))) == marbles.seen("a-b|")
    assert work.subscriptions == events.subscriptions == marbles.opened("^--!")


@pytest.mark.parametrize(
    "other",
    [
        {**STOP, "channel": "C2"},
        {**STOP, "thread_ts": "7.2"},
        {**STOP, "type": "message"},
        {"type": "hello"},
        None,
        {"type": "events_api", "payload": {"event": {**STOP, "channel": "C2"}}},
    ],
)
def test_it_goes_on_when_another_one_is_stopped(marbles: Marbles, other: Any) -> None:
    events = marbles.hot("-o", o=other)
    work = marbles.cold("a-b|")
    assert marbles.run(work.pipe(until_stopped(EVENT, events))) == marbles.seen("a-b|")
    assert events.subscriptions == marbles.opened("^--!")


def test_it_hears_of_a_stop_in_an_envelope(marbles: Marbles) -> None:
    envelope = {"type": "events_api", "envelope_id": "1", "payload": {"event": STOP}}
    events = marbles.hot("-s", s=envelope)
    assert marbles.run(marbles.cold("a-b|").pipe(until_stopped(EVENT, events))).marbles == "a|"


def test_the_message_that_begins_a_thread_is_in_it(marbles: Marbles) -> None:
    first = {"type": "message", "channel": "C1", "ts": "7.1"}
    events = marbles.hot("-s", s=STOP)
    assert marbles.run(marbles.cold("a-b|").pipe(until_stopped(first, events))).marbles == "a|"


def test_it_passes_errors_on(marbles: Marbles) -> None:
    events = marbles.hot("-")
    assert marbles.run(marbles.cold("a-#").pipe(until_stopped(EVENT, events))).marbles == "a-#"
    assert events.subscriptions == marbles.opened("^-!")


def test_it_lets_both_go_when_its_subscriber_leaves(marbles: Marbles) -> None:
    work, events = marbles.cold("a-b-c"), marbles.hot("-")
    marbles.run(work.pipe(until_stopped(EVENT, events)), "^-!")
    assert work.subscriptions == events.subscriptions == marbles.opened("^-!")


def test_it_needs_an_event_of_a_session() -> None:
    with pytest.raises(ConfigurationError, match="'hello' has no channel and ts"):
        Subject[Any]().pipe(until_stopped({"type": "hello"}, Subject[Any]()))
