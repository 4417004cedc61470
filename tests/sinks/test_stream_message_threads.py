"""Answers that are written while they grow, on real threads and loops."""

from __future__ import annotations

import asyncio
import threading
import time
from collections import defaultdict
from collections.abc import AsyncIterator, Callable, Iterator
from typing import Any

import pytest
import reactivex

import rxslack
from rxslack.lanes.paces import Budget
from rxslack.sinks.stream_message import stream_message, stream_reply

Item = dict[str, Any]


class Web:
    """A Slack that streams, and is as quick as a local one."""

    def __init__(self) -> None:
        self.texts: defaultdict[str, str] = defaultdict(str)
        self.calls: list[str] = []
        self._lock = threading.Lock()

    def call(self, method: str, /, **arguments: Any) -> Item:
        time.sleep(0.002)
        with self._lock:
            self.calls.append(method)
            ts = arguments.get("ts") or f"{len(self.texts) + 1}.9"
            self.texts[ts] += "".join(chunk["text"] for chunk in arguments.get("chunks", ()))
        return {"ok": True, "ts": ts}


def event(number: int = 1) -> Item:
    return {"type": "message", "channel": "C1", "user": "U1", "ts": f"{number}.1"}


def until(happened: Callable[[], bool], seconds: float = 5.0) -> None:
    deadline = time.monotonic() + seconds
    while not happened():
        assert time.monotonic() < deadline, "it never happened"
        time.sleep(0.005)


def ours() -> list[str]:
    return [thread.name for thread in threading.enumerate() if thread.name.startswith("rxslack")]


@pytest.fixture(autouse=True)
def no_thread_is_left() -> Iterator[None]:
    yield
    until(lambda: not ours())


def words(number: int) -> list[str]:
    return [f"{number} says {word}. " for word in range(20)]


async def slowly(number: int) -> AsyncIterator[str]:
    for word in words(number):
        await asyncio.sleep(0.002)
        yield word


def blocking(number: int) -> Iterator[str]:
    for word in words(number):
        time.sleep(0.002)
        yield word


FORMS: list[Callable[[int], Any]] = [
    words,
    slowly,
    blocking,
    lambda number: reactivex.from_iterable(words(number)),
    lambda number: lambda: slowly(number),
]


def test_it_writes_what_comes_from_threads_and_loops() -> None:
    web = Web()
    items = [stream_reply(event(number), FORMS[number % 5](number)) for number in range(5)]
    outcomes: list[Any] = []
    rxslack.run(reactivex.from_iterable(items).pipe(stream_message(web)), outcomes.append)
    finished = [one for one in outcomes if one["state"] == "finished"]
    assert sorted(web.texts.values()) == sorted("".join(words(number)) for number in range(5))
    assert sorted(one["text"] for one in finished) == sorted(web.texts.values())


def test_one_producer_that_blocks_holds_up_no_other() -> None:
    web, go_on = Web(), threading.Event()

    def stuck() -> Iterator[str]:
        yield "a"
        go_on.wait(10.0)
        yield "b"

    with stream_message(web, workers=1) as sink:
        for number in range(3):
            sink.on_next(stream_reply(event(number), stuck()))
        sink.on_next(stream_reply(event(9), ["quick"]))
        until(lambda: sorted(web.texts.values()) == ["a", "a", "a", "quick"])
        until(lambda: sink.left == 3)
        go_on.set()
        assert sink.drain(5.0) == 0
    assert sorted(web.texts.values()) == ["ab", "ab", "ab", "quick"]


def test_closing_ends_the_producers_and_the_calls() -> None:
    web, closed, begun = Web(), threading.Semaphore(0), threading.Semaphore(0)

    async def endless() -> AsyncIterator[str]:
        try:
            begun.release()
            while True:
                yield "word "
                await asyncio.sleep(0.01)
        finally:
            closed.release()

    sink = stream_message(web, budget=Budget())
    for number in range(3):
        sink.on_next(stream_reply(event(number), endless()))
    for _ in range(3):
        assert begun.acquire(timeout=5.0)
    until(lambda: len(web.texts) == 3)
    sink.close()
    for _ in range(3):
        assert closed.acquire(timeout=1.0)
    until(lambda: sink.left == 0)
    calls = len(web.calls)
    until(lambda: not ours())  # so nobody is there who could call
    assert len(web.calls) == calls


def test_a_stop_cancels_the_coroutine() -> None:
    web, events = Web(), reactivex.Subject[Any]()
    cancelled = threading.Event()

    async def endless() -> AsyncIterator[str]:
        try:
            yield "So far"
            await asyncio.sleep(60.0)
        except asyncio.CancelledError:
            cancelled.set()
            raise

    outcomes: list[Any] = []
    sink = stream_message(web, stopped_by=events)
    answers = reactivex.of(stream_reply(event(), endless())).pipe(sink)
    answers.subscribe(outcomes.append)
    until(lambda: bool(web.texts))
    events.on_next({"type": "agent_session_stopped", "channel": "C1", "thread_ts": "1.1"})
    assert cancelled.wait(1.0)
    assert sink.drain(5.0) == 0
    sink.close()
    assert [one["state"] for one in outcomes] == ["started", "stopped"]
    assert web.calls == ["chat.startStream", "chat.stopStream"]


def test_it_runs_on_the_loop_of_the_program() -> None:
    loops: set[Any] = set()

    async def noting() -> AsyncIterator[str]:
        loops.add(asyncio.get_running_loop())
        yield "a"

    async def program() -> bool:
        web = Web()
        items = reactivex.of(stream_reply(event(), noting), stream_reply(event(), noting()))
        await rxslack.arun(items.pipe(stream_message(web)))
        return [*web.texts.values()] == ["a", "a"] and loops == {asyncio.get_running_loop()}

    assert asyncio.run(program())
