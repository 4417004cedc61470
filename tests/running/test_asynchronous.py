"""Waiting for a stream in asyncio."""

from __future__ import annotations

import asyncio
import gc
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from contextlib import aclosing
from typing import Any

import pytest
import reactivex
from reactivex import Observable, Subject, abc
from reactivex.disposable import Disposable
from reactivex.internal.exceptions import SequenceContainsNoElementsError

from rxslack.errors import ConfigurationError, ConnectionClosed
from rxslack.running.asynchronous import TICK, aiter, first
from tests.reports import reports


class Emitter:
    """A stream that one thread emits as told; counts what it emitted, and its disposals."""

    def __init__(self, emit: Callable[[Any], None]) -> None:
        self.emitted = 0
        self.disposed = threading.Event()
        self.stream: Observable[Any] = Observable(self._subscribe)
        self._emit = emit

    def _subscribe(self, observer: abc.ObserverBase[Any], _: Any = None) -> abc.DisposableBase:
        def put(item: Any) -> None:
            observer.on_next(item)
            self.emitted += 1

        threading.Thread(target=self._emit, args=(put,), daemon=True).start()
        return Disposable(self.disposed.set)


def numbers(put: Callable[[Any], None]) -> None:
    for number in range(100_000):
        put(number)


def silence(_: Callable[[Any], None]) -> None:
    pass


def test_it_returns_the_first_item_from_another_thread() -> None:
    subject: Subject[float] = Subject()

    def emit() -> None:
        while not subject.observers:
            time.sleep(0.001)
        subject.on_next(time.perf_counter())

    threading.Thread(target=emit).start()

    async def wait() -> float:
        emitted = await first(subject)
        return time.perf_counter() - emitted

    assert asyncio.run(wait()) < TICK  # the item wakes the loop; else the tick would
    assert not subject.observers


def test_it_works_in_debug_mode() -> None:
    assert asyncio.run(first(reactivex.timer(0.01)), debug=True) == 0


def test_it_raises_the_streams_error() -> None:
    with pytest.raises(ConnectionClosed):
        asyncio.run(first(reactivex.throw(ConnectionClosed(1006))))


def test_it_says_that_there_was_no_item() -> None:
    with pytest.raises(SequenceContainsNoElementsError):
        asyncio.run(first(reactivex.empty()))


def test_it_gives_up_in_time_and_disposes() -> None:
    emitter = Emitter(silence)
    with pytest.raises(TimeoutError):
        asyncio.run(first(emitter.stream, timeout=0.01))
    assert emitter.disposed.wait(5.0)


def test_it_disposes_when_the_task_is_cancelled() -> None:
    emitter = Emitter(silence)

    async def cancel() -> None:
        task = asyncio.create_task(first(emitter.stream))
        await asyncio.sleep(0.01)
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task

    asyncio.run(cancel())
    assert emitter.disposed.wait(5.0)


def test_it_raises_what_subscribing_raises() -> None:
    def subscribe(_: abc.ObserverBase[Any], __: Any = None) -> abc.DisposableBase:
        raise KeyError("no")

    with pytest.raises(KeyError):
        asyncio.run(first(Observable(subscribe)))


def test_it_looks_up_while_it_waits() -> None:
    """As the stop button of a notebook needs it: cancelled from a signal, nobody wakes the loop."""

    async def wait() -> None:
        task = asyncio.create_task(first(reactivex.never()))
        await asyncio.sleep(0.01)
        loop = asyncio.get_running_loop()
        # What a handler for SIGINT does on the loop's own thread: schedule, and wake nobody.
        threading.Timer(0.05, lambda: loop.call_soon(task.cancel)).start()
        with pytest.raises(asyncio.CancelledError):
            await task

    asyncio.run(asyncio.wait_for(wait(), 10.0))


INTERRUPTED = """
import asyncio, reactivex
from rxslack.running.asynchronous import first
try:
    print("waiting", flush=True)
    asyncio.run(first(reactivex.never()))
except KeyboardInterrupt:
    print("interrupted")
"""


@pytest.mark.skipif(sys.platform == "win32", reason="Windows sends no SIGINT to one process")
def test_it_is_interruptible() -> None:
    with subprocess.Popen(
        [sys.executable, "-c", INTERRUPTED], stdout=subprocess.PIPE, text=True
    ) as process:
        assert process.stdout
        assert process.stdout.readline() == "waiting\n"
        time.sleep(0.2)
        process.send_signal(signal.SIGINT)
        assert process.communicate(timeout=10.0)[0] == "interrupted\n"


def test_it_iterates_over_everything_in_order() -> None:
    emitter = Emitter(numbers)

    async def iterate() -> list[int]:
        found: list[int] = []
        async with aclosing(aiter(emitter.stream, max_waiting=100)) as events:
            async for number in events:
                found.append(number)
                if number == 99_999:
                    break
        return found

    assert asyncio.run(iterate()) == list(range(100_000))
    assert emitter.disposed.is_set()


@pytest.mark.parametrize("max_waiting", [1, 10])
def test_it_makes_the_emitting_thread_wait(max_waiting: int) -> None:
    emitter = Emitter(numbers)

    async def iterate() -> list[int]:
        ahead: list[int] = []
        async with aclosing(aiter(emitter.stream, max_waiting=max_waiting)) as events:
            async for number in events:
                await asyncio.sleep(0.001)
                ahead.append(emitter.emitted - number)
                if number == 100:
                    break
        return ahead

    # What waits, and what was taken over in one go.
    assert max(asyncio.run(iterate())) <= 2 * max_waiting
    assert emitter.disposed.is_set()


def test_it_takes_a_stream_that_emits_inside_subscribe() -> None:
    async def iterate() -> int:
        return sum([number async for number in aiter(reactivex.range(0, 10_000), max_waiting=7)])

    assert asyncio.run(iterate()) == sum(range(10_000))


def test_it_accepts_beyond_the_bound_what_the_loop_itself_emits() -> None:
    subject: Subject[int] = Subject()

    async def iterate() -> list[int]:
        found: list[int] = []
        events = aiter(subject, max_waiting=1)
        waiting = asyncio.create_task(anext(events))
        while not subject.observers:
            await asyncio.sleep(0.001)
        for number in range(5):
            subject.on_next(number)
        subject.on_completed()
        found.append(await waiting)
        found.extend([number async for number in events])
        return found

    assert asyncio.run(iterate()) == [0, 1, 2, 3, 4]


def test_it_raises_the_error_behind_the_items() -> None:
    found: list[int] = []

    async def iterate() -> None:
        stream = reactivex.concat(reactivex.of(1, 2), reactivex.throw(ConnectionClosed(1006)))
        async for number in aiter(stream):
            found.append(number)  # noqa: PERF401 - it raises in between

    with pytest.raises(ConnectionClosed):
        asyncio.run(iterate())
    assert found == [1, 2]


def test_it_lets_the_loop_live_during_a_burst() -> None:
    emitter = Emitter(numbers)
    ticks = 0

    async def tick() -> None:
        nonlocal ticks
        while True:
            await asyncio.sleep(0)
            ticks += 1

    async def iterate() -> None:
        ticking = asyncio.create_task(tick())
        async for number in aiter(emitter.stream, max_waiting=1000):
            if number == 99_999:
                break
        ticking.cancel()

    asyncio.run(iterate())
    assert ticks >= 50


def test_it_disposes_when_it_is_forgotten() -> None:
    emitter = Emitter(numbers)

    async def iterate() -> None:
        async for _ in aiter(emitter.stream):
            break
        gc.collect()

    asyncio.run(iterate())
    assert emitter.disposed.wait(5.0)


def test_it_lets_the_emitting_thread_go_when_the_loop_is_gone() -> None:
    emitter = Emitter(numbers)
    loop = asyncio.new_event_loop()
    events = aiter(emitter.stream, max_waiting=2)
    assert loop.run_until_complete(anext(events)) == 0
    loop.close()
    deadline = time.monotonic() + 10.0
    while emitter.emitted < 100_000 and time.monotonic() < deadline:
        time.sleep(0.01)
    assert emitter.emitted == 100_000


def test_it_refuses_a_buffer_that_holds_nothing() -> None:
    with pytest.raises(ConfigurationError):
        asyncio.run(anext(aiter(reactivex.empty(), max_waiting=0)))


def test_it_raises_what_a_subscription_would_end_its_thread_by() -> None:
    def subscribe(*_: Any) -> abc.DisposableBase:
        raise SystemExit(3)

    async def wait() -> None:
        async with aclosing(aiter(Observable[int](subscribe))) as items:
            async for _ in items:
                pass

    with pytest.raises(SystemExit):
        asyncio.run(wait())


def test_it_logs_what_a_subscription_raises_when_nobody_iterates_any_more(
    caplog: pytest.LogCaptureFixture,
) -> None:
    error, go_on, begun = ValueError(), threading.Event(), threading.Event()

    def subscribe(*_: Any) -> abc.DisposableBase:
        begun.set()
        go_on.wait(5.0)
        raise error

    async def leave() -> None:
        with pytest.raises(TimeoutError):
            await first(Observable[int](subscribe), timeout=0.01)

    asyncio.run(leave())
    assert begun.wait(5.0)
    go_on.set()
    for thread in threading.enumerate():
        if thread.name == "rxslack-aiter":
            thread.join(5.0)
    assert reports(caplog) == [("rxslack.aiter", error)]
