"""`concurrent` with work that is a coroutine, beside the same with work on threads."""

from __future__ import annotations

import asyncio
import threading
import time
from collections import defaultdict
from collections.abc import Awaitable, Callable, Generator
from dataclasses import dataclass, field
from typing import Any, TypeAlias

import pytest
import reactivex
from reactivex import Observable, Subject

import rxslack
from rxslack.errors import ConfigurationError
from rxslack.operators.concurrent import Crew
from rxslack.testing import Marbles
from tests.background import ours, until

Item: TypeAlias = tuple[int, int]  # its key, and its number in it
Work: TypeAlias = Callable[[Callable[[Item], None]], Callable[[Item], Any]]


def as_coroutine(note: Callable[[Item], None]) -> Callable[[Item], Awaitable[Item]]:
    async def work(item: Item) -> Item:
        await asyncio.sleep(0.001)
        note(item)
        return item

    return work


def in_a_lambda(note: Callable[[Item], None]) -> Callable[[Item], Any]:
    work = as_coroutine(note)
    return lambda item: work(item)


def on_threads(note: Callable[[Item], None]) -> Callable[[Item], Item]:
    def work(item: Item) -> Item:
        time.sleep(0.001)
        note(item)
        return item

    return work


ALL = pytest.mark.parametrize("work", [as_coroutine, in_a_lambda, on_threads])


@pytest.fixture(autouse=True)
def nothing_left() -> Generator[None]:
    yield
    until(lambda: not ours())


def of_key(item: Item) -> int:
    return item[0]


@ALL
def test_it_keeps_a_thousand_in_order_for_a_hundred_keys(work: Work) -> None:
    done: dict[int, list[int]] = defaultdict(list)
    items = [(key, number) for number in range(10) for key in range(100)]
    emitted, over = list[Any](), threading.Event()
    stream = reactivex.from_iterable(items).pipe(
        rxslack.concurrent(of_key, work(lambda item: done[item[0]].append(item[1])), workers=50)
    )
    with stream.subscribe(emitted.append, on_completed=over.set):
        assert over.wait(30)
    assert done == {key: [*range(10)] for key in range(100)}
    for key in range(100):
        assert [number for k, number in emitted if k == key] == [*range(10)]


def test_it_lets_so_many_run_at_once_and_no_more() -> None:
    running, most, full = [0], [0], asyncio.Event()

    async def work(item: int) -> int:
        running[0] += 1
        most[0] = max(most[0], running[0])
        if running[0] == 20:
            await asyncio.sleep(0.05)  # on purpose: time for one more, if there were a place
            full.set()
        await full.wait()
        running[0] -= 1
        return item

    over = threading.Event()
    stream = reactivex.range(60).pipe(rxslack.concurrent(lambda n: n, work, workers=20))
    with stream.subscribe(on_completed=over.set):
        assert over.wait(10)
    assert most == [20]


def test_it_needs_no_thread_for_each_that_runs() -> None:
    gate, over = asyncio.Event(), threading.Event()
    loops: list[asyncio.AbstractEventLoop] = []

    async def work(item: int) -> int:
        loops.append(asyncio.get_running_loop())
        await gate.wait()
        return item

    stream = reactivex.range(200).pipe(rxslack.concurrent(lambda n: n, work, workers=200))
    with stream.subscribe(on_completed=over.set):
        until(lambda: len(loops) == 200)
        until(lambda: len(ours()) <= 2)  # the loop's, and at most one that goes
        loops[0].call_soon_threadsafe(gate.set)
        assert over.wait(10)


def test_what_one_raises_is_a_failure_item_and_the_stream_lives() -> None:
    async def work(item: int) -> float:
        return 1 / item

    seen, over = list[Any](), threading.Event()
    stream = reactivex.of(1, 0, 2).pipe(rxslack.concurrent(lambda _: "one key", work))
    with stream.subscribe(seen.append, on_completed=over.set):
        assert over.wait(10)
    assert [seen[0], seen[2]] == [1.0, 0.5]
    assert rxslack.is_failure(seen[1])
    assert seen[1]["item"] == 0
    assert type(seen[1]["error"]) is ZeroDivisionError


def test_one_that_is_cancelled_by_somebody_else_ends_the_stream() -> None:
    """As a thread that raises `SystemExit` does: it is no failure of the item."""

    async def work(_: int) -> None:
        raise asyncio.CancelledError

    errors, over = list[Any](), threading.Event()

    def failed(error: BaseException) -> None:
        errors.append(type(error))
        over.set()

    with reactivex.of(1).pipe(rxslack.concurrent(lambda n: n, work)).subscribe(on_error=failed):
        assert over.wait(10)
    assert errors == [asyncio.CancelledError]


def test_disposal_cancels_all_that_run_and_begins_no_other() -> None:
    begun, cancelled, emitted = [0], [0], list[Any]()

    async def work(item: int) -> int:
        begun[0] += 1
        try:
            await asyncio.sleep(60)
        except asyncio.CancelledError:
            cancelled[0] += 1
            raise
        return item

    source = Subject[int]()
    subscription = source.pipe(
        rxslack.concurrent(lambda n: n % 500, work, workers=500, max_waiting=2000)
    ).subscribe(emitted.append)
    for number in range(1000):
        source.on_next(number)
    until(lambda: begun[0] == 500)
    disposed = time.monotonic()
    subscription.dispose()
    until(lambda: not ours())  # neither a thread nor the loop
    assert time.monotonic() - disposed < 5.0  # 1 s, on a machine that has nothing else to do
    assert (begun, cancelled, emitted) == ([500], [500], [])


def test_they_run_on_the_loop_of_whoever_subscribes() -> None:
    async def work(_: int) -> asyncio.AbstractEventLoop:
        return asyncio.get_running_loop()

    async def program() -> None:
        stream = reactivex.of(1, 2).pipe(rxslack.concurrent(lambda n: n, work))
        loops = [loop async for loop in rxslack.aiter(stream)]
        assert loops == [asyncio.get_running_loop()] * 2

    asyncio.run(program())


def test_a_slow_subscriber_does_not_hold_up_the_loop() -> None:
    """Results are emitted on threads of the operator, never on the loop's own."""
    names, over = list[str](), threading.Event()

    async def work(item: int) -> int:
        await asyncio.sleep(0)
        return item

    stream = reactivex.range(10).pipe(rxslack.concurrent(lambda n: n, work))

    def note(_: object) -> None:
        names.append(threading.current_thread().name)

    with stream.subscribe(note, on_completed=over.set):
        assert over.wait(10)
    assert "rxslack-asyncio" not in names


def test_it_works_in_virtual_time() -> None:
    async def upper(text: str) -> str:
        await asyncio.sleep(0.001)
        return text.upper()

    marbles = Marbles()
    answered = rxslack.concurrent(str.lower, upper, scheduler=marbles.scheduler)
    assert marbles.run(marbles.cold("-a-(bc)|").pipe(answered)).marbles == "-A-(BC)|"


def test_an_observable_is_a_result_and_not_awaited() -> None:
    over, seen = threading.Event(), list[Any]()
    inner = reactivex.of(1, 2)

    def key(item: int) -> int:
        return item

    def work(_: int) -> Observable[int]:
        return inner

    stream = reactivex.of(1).pipe(rxslack.concurrent(key, work))
    with stream.subscribe(seen.append, on_completed=over.set):
        assert over.wait(10)
    assert seen == [inner]


# --- overlap --------------------------------------------------------------------------------------


@dataclass
class Held:
    """Work that goes on until somebody lets it, one item at a time."""

    begun: list[Any] = field(default_factory=list[Any])
    cancelled: list[Any] = field(default_factory=list[Any])
    emitted: list[Any] = field(default_factory=list[Any])
    gate: threading.Event = field(default_factory=threading.Event)
    over: threading.Event = field(default_factory=threading.Event)

    async def coroutine(self, item: Any) -> Any:
        self.begun.append(item)
        try:
            await asyncio.to_thread(self.gate.wait, 10)
        except asyncio.CancelledError:
            self.cancelled.append(item)
            raise
        return item

    def function(self, item: Any) -> Any:
        self.begun.append(item)
        self.gate.wait(10)
        return item


def same_key(_: object) -> str:
    return "one thread"


def test_the_latest_takes_the_place_of_those_before_it() -> None:
    held, source = Held(), Subject[int]()
    stream = source.pipe(rxslack.concurrent(same_key, held.coroutine, overlap="latest"))
    with stream.subscribe(held.emitted.append, on_completed=held.over.set):
        for number in (1, 2, 3):
            source.on_next(number)
            until(lambda: held.begun[-1:] == [number])  # noqa: B023 - called at once
        held.gate.set()
        source.on_completed()
        assert held.over.wait(10)
    assert (held.cancelled, held.emitted) == ([1, 2], [3])


def test_those_that_wait_are_dropped_for_the_latest() -> None:
    held, source = Held(), Subject[int]()
    stream = source.pipe(rxslack.concurrent(same_key, held.function, overlap="latest"))
    with stream.subscribe(held.emitted.append, on_completed=held.over.set):
        source.on_next(1)
        until(lambda: held.begun == [1])
        for number in (2, 3, 4):
            source.on_next(number)
        held.gate.set()
        source.on_completed()
        assert held.over.wait(10)
    assert (held.begun, held.emitted) == (
        [1, 4],
        [4],
    )  # a function ends, and its result is nobody's


def test_the_latest_of_one_key_leaves_other_keys_alone() -> None:
    held, source = Held(), Subject[int]()

    def key(item: int) -> int:
        return item % 2

    stream = source.pipe(rxslack.concurrent(key, held.coroutine, overlap="latest"))
    with stream.subscribe(held.emitted.append, on_completed=held.over.set):
        for number in (1, 2, 3):
            source.on_next(number)
            until(lambda: held.begun[-1:] == [number])  # noqa: B023 - called at once
        held.gate.set()
        source.on_completed()
        assert held.over.wait(10)
    assert (held.cancelled, sorted(held.emitted)) == ([1], [2, 3])


@pytest.mark.parametrize("form", ["coroutine", "function"])
def test_those_that_wait_are_joined(form: str) -> None:
    held, source = Held(), Subject[int]()
    work: Callable[[list[int]], Any] = getattr(held, form)
    stream = source.pipe(rxslack.concurrent(same_key, work, overlap="join"))
    with stream.subscribe(held.emitted.append, on_completed=held.over.set):
        source.on_next(1)
        until(lambda: held.begun == [[1]])
        for number in (2, 3, 4):
            source.on_next(number)
        held.gate.set()
        source.on_completed()
        assert held.over.wait(10)
    assert held.emitted == [[1], [2, 3, 4]]


def test_it_remembers_no_key_that_is_over() -> None:
    crew = Crew[int, int](
        reactivex.Observer(),
        same_key,
        lambda item: item,
        8,
        1000,
        waits=True,
        overlap="latest",
        scheduler=None,
    )
    for number in range(3):
        crew.take(number)
    until(lambda: not crew._inside)  # pyright: ignore[reportPrivateUsage] - memory has no other face
    crew.dismiss()


def test_it_says_which_overlaps_there_are() -> None:
    wrong: Any = "newest"
    with pytest.raises(ConfigurationError, match='"queue", "latest" or "join"'):
        reactivex.of(1).pipe(rxslack.concurrent(same_key, abs, overlap=wrong))
