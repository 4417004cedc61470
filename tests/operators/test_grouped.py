"""Conversations and threads as streams that end when they fall silent."""

from __future__ import annotations

import threading
from typing import Any

import pytest
from reactivex import Observable, Subject, operators as ops

from rxslack import Conversation, by_conversation, by_thread
from rxslack.errors import ConfigurationError
from rxslack.events.messages import channel_of, thread_of, ts_of
from rxslack.operators.grouping import conversation_key, thread_key
from rxslack.testing import Marbles
from tests.operators.test_plain_checks import plain_messages
from tests.reports import reports


def message(**fields: Any) -> dict[str, Any]:
    return {"type": "message", "channel": "C1", **fields}


VALUES: dict[str, Any] = {
    "a": message(ts="1.1"),
    "b": message(ts="2.1", thread_ts="1.1"),
    "c": message(ts="3.1"),
    "d": message(ts="1.1", channel="D2"),
    "e": message(subtype="message_changed", ts="9.1", message={"ts": "2.1", "thread_ts": "1.1"}),
    "r": {"type": "reaction_added", "item": {"channel": "D2", "ts": "1.1"}},
    "h": {"type": "hello"},
}
NAMES = {id(value): name for name, value in VALUES.items()}


def letters(group: Conversation[Any]) -> Observable[str]:
    """The place of the group, and its events as letters, when it has ended."""

    def written(events: list[Any]) -> str:
        names = "".join(NAMES[id(event)] for event in events)
        return f"{group.channel}/{group.thread_ts}:{names}"

    return group.pipe(ops.to_list(), ops.map(written))


CASES: list[tuple[Any, str, list[tuple[float, str]]]] = [
    # each ends four seconds after its own last event
    (by_conversation(4.0), "-a-d-a------|", [(7, "D2/None:d"), (9, "C1/None:aa")]),
    (by_conversation(4.0), "-d-r---h-----|", [(7, "D2/None:dr")]),
    (by_conversation(4.0), "-a-----a-|", [(5, "C1/None:a"), (9, "C1/None:a")]),
    (by_thread(4.0), "-abce-d--------|", [(7, "C1/3.1:c"), (8, "C1/1.1:abe"), (10, "D2/1.1:d")]),
    (by_thread(4.0), "-hr-----|", []),
]


@pytest.mark.parametrize(("operator", "source", "expected"), CASES, ids=range(len(CASES)))
def test_it_ends_what_falls_silent(
    marbles: Marbles, operator: Any, source: str, expected: list[tuple[float, str]]
) -> None:
    stream = marbles.cold(source, **VALUES)
    seen = marbles.run(stream.pipe(operator, ops.flat_map(letters)))

    assert [(moment.frame, moment.value) for moment in seen.moments[:-1]] == expected
    assert seen.moments[-1].kind == "end"


def test_it_passes_an_error_to_groups_and_to_the_stream(marbles: Marbles) -> None:
    lost = ValueError("lost")
    stream = marbles.cold("-a-#", lost, **VALUES)
    errors: list[Exception] = []

    def watched(group: Conversation[Any]) -> Observable[Any]:
        group.subscribe(on_error=errors.append)
        return group

    seen = marbles.run(stream.pipe(by_conversation(9.0), ops.flat_map(watched)))

    assert seen == marbles.seen("-a-#", lost)
    assert errors == [lost]


def test_it_keeps_the_source_while_a_group_is_heard(marbles: Marbles) -> None:
    """No new groups are wanted after the first, which still gets its events and its end."""
    stream = marbles.cold("-a-d-a-----------", **VALUES)
    groups = stream.pipe(by_conversation(4.0), ops.take(1), ops.flat_map(letters))

    assert marbles.run(groups).items == ["C1/None:aa"]
    assert stream.subscriptions == marbles.opened("^--------!")


def test_it_is_disposed_while_waiting(marbles: Marbles) -> None:
    stream = marbles.cold("-a-d-", **VALUES)
    seen = marbles.run(stream.pipe(by_conversation(4.0), ops.flat_map(letters)), "^---!")

    assert seen.items == []
    assert stream.subscriptions == marbles.opened("^---!")


def test_it_keeps_groups_of_two_subscribers_apart(marbles: Marbles) -> None:
    stream = marbles.hot("-a-d-a-|", **VALUES).pipe(by_conversation(9.0), ops.flat_map(letters))
    one, two = marbles.watch(stream), marbles.watch(stream, "  ^")
    marbles.flush()

    assert sorted(one.items) == ["C1/None:aa", "D2/None:d"]
    assert sorted(two.items) == ["C1/None:a", "D2/None:d"]


def test_it_takes_a_scheduler_of_its_own(marbles: Marbles) -> None:
    source: Subject[Any] = Subject()
    seen: list[str] = []
    groups = source.pipe(by_conversation(4.0, scheduler=marbles.scheduler), ops.flat_map(letters))
    groups.subscribe(seen.append)  # and none at `subscribe`
    source.on_next(VALUES["a"])
    marbles.flush()

    assert seen == ["C1/None:a"]


def test_it_ends_with_what_a_group_raises_on_the_timer(marbles: Marbles) -> None:
    stream = marbles.cold("-a-------", **VALUES)

    def broken(group: Conversation[Any]) -> Observable[Any]:
        def fail() -> None:
            raise ValueError("at the end")

        group.subscribe(on_completed=fail)
        return group

    seen = marbles.run(stream.pipe(by_conversation(4.0), ops.flat_map(broken)))

    assert isinstance(seen.error, ValueError)


def test_it_needs_one_timer_for_all_groups() -> None:
    source: Subject[Any] = Subject()
    before = threading.active_count()
    with source.pipe(by_conversation(60.0)).subscribe():
        for number in range(2000):
            source.on_next(message(channel=f"C{number % 200}"))
        assert threading.active_count() <= before + 1


@pytest.mark.parametrize("idle", [0.0, -1.0, float("nan"), float("inf")])
def test_it_refuses_an_idle_time_that_is_none(marbles: Marbles, idle: float) -> None:
    for operator in (by_conversation(idle), by_thread(idle)):
        with pytest.raises(ConfigurationError):
            operator(marbles.cold("-a"))


def test_it_tells_everybody_of_the_end_and_raises_what_one_of_them_does(
    caplog: pytest.LogCaptureFixture,
) -> None:
    source: Subject[Any] = Subject()
    heard: list[Exception] = []
    error = ValueError("the source broke")

    def follow(group: Conversation[Any]) -> None:
        group.subscribe(on_error=heard.append if group.channel == "D2" else None)

    source.pipe(by_conversation(4.0)).subscribe(follow, heard.append)
    source.on_next(VALUES["a"])
    source.on_next(VALUES["d"])
    with pytest.raises(ValueError, match="the source broke"):
        source.on_error(error)
    assert heard == [error, error]
    assert reports(caplog) == []


@pytest.mark.parametrize("heard", [True, False])
def test_it_logs_what_is_raised_when_a_group_ends_and_nobody_takes(
    caplog: pytest.LogCaptureFixture, heard: bool
) -> None:
    source: Subject[Any] = Subject()
    errors: list[Exception] = []
    ended, error = threading.Event(), ValueError()

    def fail() -> None:
        ended.set()
        raise error

    def follow(group: Conversation[Any]) -> None:
        group.subscribe(on_completed=fail)

    source.pipe(by_conversation(0.1)).subscribe(follow, errors.append if heard else None)
    source.on_next(VALUES["a"])
    assert ended.wait(5.0)
    for thread in threading.enumerate():
        if isinstance(thread, threading.Timer):
            thread.join(5.0)
    assert errors == ([error] if heard else [])
    assert reports(caplog) == ([] if heard else [("rxslack.grouped", error)])
    assert source.observers == []


def test_the_quick_way_to_a_key_leads_to_the_same() -> None:
    for event in [*plain_messages(2_000), *VALUES.values()]:
        channel, thread = channel_of(event), thread_of(event) or ts_of(event)
        assert conversation_key(event) == (channel and (channel, None))
        assert thread_key(event) == (channel and thread and (channel, thread))
