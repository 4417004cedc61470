"""All that may yield chunks, on threads and loops of its own; and how it is let go."""

from __future__ import annotations

import asyncio
import threading
import time
from collections.abc import AsyncIterator, Callable, Iterator
from typing import Any

import pytest
import reactivex
from reactivex import Observable, Subject
from reactivex.disposable import Disposable
from reactivex.testing import TestScheduler

from rxslack.errors import SlackError
from rxslack.sinks.streaming.producer import Producer

WORDS = ["token", "by", "token"]


class Taken:
    """What a producer came to."""

    def __init__(self) -> None:
        self.chunks: list[Any] = []
        self.ends: list[BaseException | None] = []
        self.over = threading.Event()

    def end(self, error: BaseException | None) -> None:
        self.ends.append(error)
        self.over.set()


def producer(chunks: Any, taken: Taken, **options: Any) -> Producer:
    given: dict[str, Any] = {"loop": None, "scheduler": None} | options
    return Producer(chunks, take=taken.chunks.append, end=taken.end, **given)


def generated() -> Iterator[str]:
    yield from WORDS


async def async_generated() -> AsyncIterator[str]:
    for word in WORDS:
        await asyncio.sleep(0)
        yield word


async def awaited() -> AsyncIterator[str]:
    await asyncio.sleep(0)
    return async_generated()


async def awaited_list() -> list[str]:
    await asyncio.sleep(0)
    return WORDS


def answered() -> list[str]:
    time.sleep(0.01)  # as a client does that waits for the headers
    return WORDS


FORMS: dict[str, Callable[[], Any]] = {
    "a list": lambda: WORDS,
    "a generator": generated,
    "an async generator": async_generated,
    "a coroutine": awaited,
    "an Observable": lambda: reactivex.of(*WORDS),
    "a function": lambda: answered,
    "a generator function": lambda: generated,
    "an async generator function": lambda: async_generated,
    "an async function": lambda: awaited,
    "an async function with a list": lambda: awaited_list,
    "a function with an Observable": lambda: lambda: reactivex.of(*WORDS),
}


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize("scheduled", [False, True])
def test_it_takes_what_is_produced(form: str, scheduled: bool) -> None:
    taken = Taken()
    clock = TestScheduler() if scheduled else None
    producer(FORMS[form](), taken, scheduler=clock).start()
    if clock is not None:
        clock.start()
    assert taken.over.wait(5.0)
    assert (taken.chunks, taken.ends) == (WORDS, [None])


@pytest.mark.parametrize("chunk", ["Hello", {"type": "plan_update", "title": "Plan"}])
def test_it_takes_one_chunk_for_one(chunk: Any) -> None:
    taken = Taken()
    producer(chunk, taken).start()
    assert taken.over.wait(5.0)
    assert taken.chunks == [chunk]


def test_it_runs_what_is_async_on_the_loop_it_is_given() -> None:
    async def program() -> list[Any]:
        loops: list[Any] = []

        async def chunks() -> AsyncIterator[str]:
            loops.append(asyncio.get_running_loop())
            yield "a"

        taken = Taken()
        producer(chunks, taken, loop=asyncio.get_running_loop()).start()
        await asyncio.to_thread(taken.over.wait, 5.0)
        return [taken.chunks, loops == [asyncio.get_running_loop()]]

    assert asyncio.run(program()) == [["a"], True]


BROKEN = ValueError("broken")


def broken() -> Iterator[str]:
    yield "a"
    raise BROKEN


async def async_broken() -> AsyncIterator[str]:
    yield "a"
    raise BROKEN


def never_begun() -> Any:
    raise BROKEN


@pytest.mark.parametrize(
    "chunks",
    [broken, async_broken, lambda: reactivex.concat(reactivex.of("a"), reactivex.throw(BROKEN))],
)
def test_it_tells_what_was_raised(chunks: Any) -> None:
    taken = Taken()
    producer(chunks, taken).start()
    assert taken.over.wait(5.0)
    assert (taken.chunks, taken.ends) == (["a"], [BROKEN])


@pytest.mark.parametrize("chunks", [never_begun, 7])
def test_it_tells_what_cannot_be_taken(chunks: Any) -> None:
    taken = Taken()
    producer(chunks, taken).start()
    assert taken.over.wait(5.0)
    assert isinstance(taken.ends[0], ValueError)


def test_it_cancels_what_is_async() -> None:
    closed, begun = threading.Event(), threading.Event()

    async def chunks() -> AsyncIterator[str]:
        try:
            yield "a"
            begun.set()
            await asyncio.sleep(60.0)
            yield "b"
        finally:
            closed.set()

    taken = Taken()
    one = producer(chunks, taken)
    one.start()
    assert begun.wait(5.0)
    one.dispose()
    assert closed.wait(5.0)
    assert taken.over.wait(5.0)
    assert taken.chunks == ["a"]
    assert isinstance(taken.ends[0], SlackError)


def test_it_closes_a_generator_when_it_comes_back() -> None:
    closed, go_on, begun = threading.Event(), threading.Event(), threading.Event()

    def chunks() -> Iterator[str]:
        try:
            begun.set()
            go_on.wait(5.0)
            yield "a"
            yield "b"
        finally:
            closed.set()

    taken = Taken()
    one = producer(chunks, taken)
    one.start()
    assert begun.wait(5.0)
    one.dispose()
    go_on.set()
    assert closed.wait(5.0)
    assert taken.chunks == []


def test_it_disposes_an_observable() -> None:
    disposed = threading.Event()
    subject = Subject[str]()

    def subscribe(observer: Any, _: Any = None) -> Any:
        subject.subscribe(observer)
        observer.on_next("a")
        return Disposable(disposed.set)

    taken = Taken()
    one = producer(Observable(subscribe), taken)
    one.start()
    while not taken.chunks:
        time.sleep(0.001)
    one.dispose()
    subject.on_next("b")
    assert disposed.wait(5.0)
    assert taken.chunks == ["a"]


def test_it_begins_nothing_after_it_was_disposed() -> None:
    """Python would warn of a coroutine that nobody awaited, and warnings are errors here."""
    taken = Taken()
    for chunks in (awaited(), async_generated(), generated()):
        one = producer(chunks, taken)
        one.dispose()
        one.start()
    assert (taken.chunks, taken.ends) == ([], [])


def test_it_leaves_no_thread_behind() -> None:
    taken = Taken()
    producer(generated, taken).start()
    assert taken.over.wait(5.0)
    deadline = time.monotonic() + 5.0
    while any(thread.name == "rxslack-chunks" for thread in threading.enumerate()):
        assert time.monotonic() < deadline
        time.sleep(0.005)
