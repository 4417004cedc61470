"""`run`, `arun` and `from_aiter`: user code that is async, and streams in an asyncio program."""

from __future__ import annotations

import asyncio
import signal
import threading
from collections.abc import AsyncGenerator, Callable, Generator
from typing import Any

import pytest
import reactivex
from reactivex import Observable, Subject, operators as ops

import rxslack
from rxslack.simulator import Limits, Workspace
from tests.background import ours, until
from tests.reports import reports


class Bug(Exception):
    """What user code raises."""


@pytest.fixture(autouse=True)
def nothing_left() -> Generator[None]:
    yield
    until(lambda: not ours())


async def numbers() -> AsyncGenerator[int]:
    for number in range(3):
        await asyncio.sleep(0)
        yield number


# --- run ------------------------------------------------------------------------------------------


def test_run_awaits_each_item_before_the_next() -> None:
    told = list[str]()

    async def work(item: int) -> None:
        told.append(f"{item} begins")
        await asyncio.sleep(0.005)
        told.append(f"{item} ends")

    assert rxslack.run(reactivex.of(1, 2), work) == 0
    assert told == ["1 begins", "1 ends", "2 begins", "2 ends"]


def test_run_raises_what_a_coroutine_raises() -> None:
    async def work(_: object) -> None:
        raise Bug

    with pytest.raises(Bug):
        rxslack.run(reactivex.of(1), work)


def test_run_cancels_a_coroutine_that_goes_on_after_a_signal() -> None:
    told = list[str]()

    async def work(_: object) -> None:
        told.append("begins")
        signal.pthread_kill(threading.main_thread().ident or 0, signal.SIGINT)
        try:
            await asyncio.sleep(60)
        except asyncio.CancelledError:
            told.append("cancelled")
            raise

    source = Subject[int]()
    threading.Timer(0.1, lambda: source.on_next(1)).start()
    assert rxslack.run(source, work, drain=0.1) == 0
    until(lambda: told == ["begins", "cancelled"])


# --- arun -----------------------------------------------------------------------------------------


def test_arun_awaits_on_the_loop_of_the_program() -> None:
    loops = list[Any]()

    async def work(_: object) -> None:
        loops.append(asyncio.get_running_loop())

    async def program() -> None:
        assert await rxslack.arun(reactivex.of(1, 2), work) == 0
        assert loops == [asyncio.get_running_loop()] * 2

    asyncio.run(program())


def test_arun_leaves_the_loop_to_others_while_a_function_blocks() -> None:
    gate = threading.Event()

    async def program() -> None:
        running = asyncio.ensure_future(rxslack.arun(reactivex.of(1), lambda _: gate.wait(10)))
        await asyncio.sleep(0.01)  # it would hang here
        gate.set()
        assert await running == 0

    asyncio.run(program())


@pytest.mark.parametrize("end", [lambda: reactivex.throw(Bug()), None], ids=["stream", "sink"])
def test_arun_raises_what_the_stream_or_the_sink_raises(
    end: Callable[[], Observable[int]] | None,
) -> None:
    async def fail(_: object) -> None:
        raise Bug

    with pytest.raises(Bug):
        asyncio.run(rxslack.arun(end() if end else reactivex.of(1), fail))


def test_arun_lets_its_sinks_finish_when_it_is_cancelled() -> None:
    with Workspace(limits=Limits.off()) as slack, slack.faults.hold("chat.postMessage") as posting:

        async def program() -> None:
            answers = rxslack.rtm(slack.web).pipe(
                rxslack.of_type(rxslack.MessageEvent, lambda e: e["text"] == "Hello"),
                ops.map(rxslack.reply(lambda _: "Hi!")),
            )
            sink = rxslack.post_message(slack.web)
            running = asyncio.ensure_future(rxslack.arun(answers, sink))
            await asyncio.to_thread(slack.wait_until, lambda: slack.connections)
            for _ in range(3):
                slack.say("general", "alice", "Hello")
            await asyncio.to_thread(slack.wait_until, lambda: posting.waiting and sink.left == 3)
            running.cancel()
            await asyncio.to_thread(slack.wait_until, lambda: not slack.connections)
            posting.release()
            with pytest.raises(asyncio.CancelledError):
                await running

        asyncio.run(program())
        texts = [message["text"] for message in slack.messages("general")]
        assert texts == ["Hello"] * 3 + ["Hi!"] * 3


def test_arun_logs_an_error_that_comes_while_it_stops(caplog: pytest.LogCaptureFixture) -> None:
    at_work, go_on = threading.Event(), threading.Event()

    def work(_: object) -> None:
        at_work.set()
        go_on.wait(10)
        raise Bug

    async def program() -> None:
        running = asyncio.ensure_future(
            rxslack.arun(reactivex.concat(reactivex.of(1), reactivex.never()), work)
        )
        await asyncio.to_thread(at_work.wait, 10)
        running.cancel()
        asyncio.get_running_loop().call_later(0.05, go_on.set)
        with pytest.raises(asyncio.CancelledError):
            await running

    asyncio.run(program())
    assert [type(error) for _, error in reports(caplog)] == [Bug]


# --- from_aiter -----------------------------------------------------------------------------------


def test_from_aiter_emits_what_is_yielded_each_time_somebody_subscribes() -> None:
    stream = rxslack.from_aiter(numbers).pipe(ops.to_list())
    assert [stream.run(), stream.run()] == [[0, 1, 2], [0, 1, 2]]


def test_from_aiter_takes_an_iterable_as_it_is() -> None:
    assert rxslack.from_aiter(numbers()).pipe(ops.to_list()).run() == [0, 1, 2]


def test_from_aiter_emits_where_a_subscriber_may_wait() -> None:
    names = list[str]()

    def note(_: object) -> None:
        names.append(threading.current_thread().name)

    rxslack.from_aiter(numbers).pipe(ops.do_action(note)).run()
    assert "rxslack-asyncio" not in names


def test_from_aiter_iterates_on_the_loop_of_whoever_subscribes() -> None:
    loops = list[Any]()

    async def one() -> AsyncGenerator[int]:
        loops.append(asyncio.get_running_loop())
        yield 1

    async def program() -> None:
        assert [item async for item in rxslack.aiter(rxslack.from_aiter(one))] == [1]
        assert loops == [asyncio.get_running_loop()]

    asyncio.run(program())


def test_from_aiter_passes_on_what_the_iterable_raises() -> None:
    async def broken() -> AsyncGenerator[int]:
        yield 1
        raise Bug

    seen, errors, over = list[int](), list[type](), threading.Event()

    def failed(error: Exception) -> None:
        errors.append(type(error))
        over.set()

    with rxslack.from_aiter(broken).subscribe(seen.append, failed):
        assert over.wait(10)
    assert (seen, errors) == ([1], [Bug])


def test_from_aiter_says_what_no_iterable_is() -> None:
    errors: list[Exception] = []
    over = threading.Event()

    def failed(error: Exception) -> None:
        errors.append(error)
        over.set()

    wrong: Any = [1, 2]
    with rxslack.from_aiter(wrong).subscribe(on_error=failed):
        assert over.wait(10)
    assert isinstance(errors[0], TypeError)


def test_from_aiter_closes_the_generator_at_disposal() -> None:
    told, begun = list[str](), threading.Event()

    async def endless() -> AsyncGenerator[int]:
        try:
            yield 1
            begun.set()
            await asyncio.sleep(60)
        finally:
            told.append("closed")

    subscription = rxslack.from_aiter(endless).subscribe()
    assert begun.wait(10)
    subscription.dispose()
    until(lambda: told == ["closed"])


def test_from_aiter_closes_a_generator_that_waits_for_the_subscriber() -> None:
    told = list[str]()

    async def endless() -> AsyncGenerator[int]:
        try:
            while True:
                yield 1
        finally:
            told.append("closed")

    assert rxslack.from_aiter(endless).pipe(ops.take(3), ops.to_list()).run() == [1, 1, 1]
    until(lambda: told == ["closed"])


def test_from_aiter_logs_what_a_subscriber_raises(caplog: pytest.LogCaptureFixture) -> None:
    def fail(_: object) -> None:
        raise Bug

    rxslack.from_aiter(numbers).subscribe(fail)
    until(lambda: [type(error) for _, error in reports(caplog)] == [Bug])


def test_from_aiter_logs_what_the_end_of_a_subscriber_raises(
    caplog: pytest.LogCaptureFixture,
) -> None:
    def fail() -> None:
        raise Bug

    rxslack.from_aiter(numbers).subscribe(on_completed=fail)
    until(lambda: [type(error) for _, error in reports(caplog)] == [Bug])


def test_from_aiter_passes_on_a_cancellation_of_the_iterable_s_own() -> None:
    async def cancelled() -> AsyncGenerator[int]:
        yield 1
        raise asyncio.CancelledError

    errors, over = list[type](), threading.Event()

    def failed(error: BaseException) -> None:
        errors.append(type(error))
        over.set()

    with rxslack.from_aiter(cancelled).subscribe(on_error=failed):
        assert over.wait(10)
    assert errors == [asyncio.CancelledError]
