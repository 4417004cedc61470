"""An item is done when all who took it have let go: through lanes, `concurrent`, sinks and holds."""

import threading
from contextlib import suppress
from typing import Any

import pytest
import reactivex
from reactivex import Observable, Subject, operators as ops

from rxslack import concurrent, hold, post_message, update_message
from rxslack.lanes.lanes import drop_lapsed
from rxslack.lanes.tracking import current
from tests.background import until
from tests.tracked import Tracked

Item = dict[str, Any]


class Web:
    """A Slack that waits until it is opened."""

    def __init__(self) -> None:
        self.open = threading.Event()
        self.calls: list[str] = []

    def call(self, _: str, /, **arguments: Any) -> Item:
        self.open.wait(20.0)
        self.calls.append(arguments["text"])
        return {"ok": True, **arguments}


def emit(source: Subject[Any], item: object) -> Tracked:
    """Emit as a source does that tracks its items."""
    tracked = Tracked()
    with current(tracked):
        source.on_next(item)
    tracked.let_go()
    return tracked


@pytest.fixture
def source() -> Subject[Any]:
    return Subject()


def test_it_is_done_when_on_next_has_returned(source: Subject[Any]) -> None:
    source.subscribe()
    assert emit(source, "a").ends == [True]


def test_it_is_not_done_while_concurrent_works_on_it(source: Subject[Any]) -> None:
    go_on, results = threading.Event(), list[Any]()

    def work(item: str) -> str:
        go_on.wait(20.0)
        return item.upper()

    source.pipe(concurrent(lambda _: 1, work)).subscribe(results.append)
    first, second = emit(source, "a"), emit(source, "b")
    assert (first.ends, second.ends) == ([], [])
    go_on.set()
    until(lambda: first.ends and second.ends)
    assert (first.ends, second.ends, results) == ([True], [True], ["A", "B"])


def test_it_is_carried_from_concurrent_into_a_sink(source: Subject[Any]) -> None:
    web, sink_has_it = Web(), threading.Event()

    def answer(item: Item) -> Item:
        return {"channel": "C1", "text": item["text"].upper()}

    stream: Observable[Any] = source.pipe(
        concurrent(lambda _: 1, answer), ops.do_action(lambda _: sink_has_it.set())
    )
    stream.pipe(post_message(web)).subscribe()
    tracked = emit(source, {"text": "a"})
    assert sink_has_it.wait(20.0)
    assert tracked.ends == []
    web.open.set()
    until(lambda: tracked.ends)
    assert (tracked.ends, web.calls) == ([True], ["A"])


def test_a_coroutine_holds_it_and_what_it_emits(source: Subject[Any]) -> None:
    seen: list[int] = []

    async def work(item: str) -> str:
        return item

    worked = source.pipe(concurrent(lambda _: 1, work))
    with worked.subscribe(lambda _: seen.append(len(hold().items))):
        tracked = emit(source, "a")
        until(lambda: seen)
        assert seen == [1]
        assert tracked.ends == []  # the subscriber above has never let go


def test_joined_items_are_done_together(source: Subject[Any]) -> None:
    go_on, begun, results = threading.Event(), threading.Event(), list[Any]()

    def work(items: list[str]) -> list[str]:
        begun.set()
        go_on.wait(20.0)
        return items

    source.pipe(concurrent(lambda _: 1, work, overlap="join")).subscribe(results.append)
    first = emit(source, "a")
    assert begun.wait(20.0)
    second, third = emit(source, "b"), emit(source, "c")
    assert (second.ends, third.ends) == ([], [])
    go_on.set()
    until(lambda: first.ends and second.ends and third.ends)
    assert (results, third.ends) == ([["a"], ["b", "c"]], [True])


def test_an_older_version_that_is_passed_over_is_done_with_the_newest(source: Subject[Any]) -> None:
    web = Web()
    source.subscribe(update_message(web, latest=True))
    first = emit(source, {"channel": "C1", "ts": "1.0", "text": "a"})
    until(lambda: not first.ends)
    others = [emit(source, {"channel": "C1", "ts": "1.0", "text": text}) for text in "bcd"]
    assert [one.ends for one in others] == [[], [], []]
    web.open.set()
    until(lambda: all(one.ends for one in others))
    assert [one.ends for one in others] == [[True], [True], [True]]
    assert web.calls[-1] == "d"


def test_what_waits_when_concurrent_is_disposed_is_left_undone(source: Subject[Any]) -> None:
    go_on, begun = threading.Event(), threading.Event()

    def work(_: object) -> None:
        begun.set()
        go_on.wait(20.0)

    subscription = source.pipe(concurrent(lambda _: 1, work)).subscribe()
    at_work, waiting = emit(source, "a"), emit(source, "b")
    assert begun.wait(20.0)
    subscription.dispose()
    assert (at_work.ends, waiting.ends) == ([], [False])
    go_on.set()
    until(lambda: at_work.ends)
    assert at_work.ends == [False]  # its result reached nobody


def test_what_has_lapsed_is_dropped_before_it_begins(source: Subject[Any]) -> None:
    web, outcomes = Web(), list[Any]()
    sink = post_message(web)
    source.pipe(sink).subscribe(outcomes.append)
    first = emit(source, {"channel": "C1", "text": "a"})
    others = [emit(source, {"channel": "C1", "text": text}) for text in "bc"]
    last = emit(source, {"channel": "C2", "text": "d"})
    for one in others:
        one.is_elsewhere = True
    drop_lapsed()
    assert [one.ends for one in others] == [[False], [False]]
    web.open.set()
    until(lambda: first.ends and last.ends)
    assert sorted(web.calls) == ["a", "d"]
    assert all(outcome["ok"] for outcome in outcomes)  # somebody else does it: no failure
    assert sink.drain(20.0) == 0


def test_what_lapses_while_it_waits_for_another_attempt_is_not_tried_again() -> None:
    table: list[str] = []
    source, lapsed = Subject[Any](), threading.Event()

    class Refusing(Web):
        def call(self, _: str, /, **arguments: Any) -> Item:
            table.append(arguments["text"])
            lapsed.set()
            from rxslack import RateLimited

            raise RateLimited("chat.postMessage", retry_after=0.05)

    source.subscribe(sink := post_message(Refusing()))
    tracked = Tracked()
    with current(tracked):
        tracked.is_elsewhere = False
        source.on_next({"channel": "C1", "text": "a"})
    tracked.let_go()
    assert lapsed.wait(20.0)
    tracked.is_elsewhere = True
    until(lambda: tracked.ends)
    attempts = len(table)
    assert sink.drain(20.0) == 0
    assert (tracked.ends, len(table)) == ([False], attempts)


def test_a_hold_keeps_it_until_it_is_let_go(source: Subject[Any]) -> None:
    holds: list[Any] = []
    source.subscribe(lambda _: holds.append(hold()))
    tracked = emit(source, "a")
    assert tracked.ends == []
    holds[0].let_go()
    holds[0].let_go()
    assert tracked.ends == [True]


def test_what_is_emitted_in_a_hold_belongs_to_it(source: Subject[Any]) -> None:
    later, holds = Subject[Any](), list[Any]()
    source.subscribe(lambda _: holds.append(hold()))
    later.subscribe(lambda _: holds.append(hold()))
    tracked = emit(source, "a")
    with holds[0]:
        later.on_next("b")
    assert tracked.ends == []
    holds[1].give_back()
    assert tracked.ends == [False]


@pytest.mark.parametrize("raises", [True, False])
def test_an_exception_in_a_hold_leaves_it_undone(source: Subject[Any], raises: bool) -> None:
    holds: list[Any] = []
    source.subscribe(lambda _: holds.append(hold()))
    tracked = emit(source, "a")
    with suppress(LookupError), holds[0]:
        if raises:
            raise LookupError("a bug")
    assert tracked.ends == [not raises]


def test_a_hold_without_a_source_that_tracks_holds_nothing() -> None:
    held: list[Any] = []
    reactivex.of(1).subscribe(lambda _: held.append(hold()))
    assert held[0].items == ()
    held[0].let_go()
