from __future__ import annotations

import asyncio
import os
import threading
import time
from collections.abc import Generator
from typing import Any

import pytest

from rxslack.errors import ConfigurationError
from rxslack.lanes.coroutines import Coroutines, running_loop
from tests.background import until


def names() -> list[str]:
    return [t.name for t in threading.enumerate() if t.name == "rxslack-asyncio"]


@pytest.fixture
def coroutines() -> Generator[Coroutines]:
    made = Coroutines()
    yield made
    made.close()
    until(lambda: not names())


async def where() -> tuple[str, asyncio.AbstractEventLoop]:
    return threading.current_thread().name, asyncio.get_running_loop()


async def fail(error: BaseException) -> None:
    raise error


def test_they_run_on_one_loop_of_the_process(coroutines: Coroutines) -> None:
    other = Coroutines()
    assert coroutines.wait(where()) == coroutines.wait(where()) == other.wait(where())
    assert coroutines.wait(where())[0] == "rxslack-asyncio"
    other.close()


def test_the_loop_stays_between_two_of_them(coroutines: Coroutines) -> None:
    _, first = coroutines.wait(where())
    time.sleep(0.5)  # longer than it stays when nobody needs it
    assert coroutines.wait(where())[1] is first


def test_the_loop_ends_with_the_last_one_who_needs_it() -> None:
    one, two = Coroutines(), Coroutines()
    _, loop = one.wait(where())
    two.wait(where())
    one.close()
    time.sleep(0.5)
    assert names() == ["rxslack-asyncio"]
    two.close()
    until(loop.is_closed)
    assert names() == []


def test_what_one_raises_reaches_whoever_waits(coroutines: Coroutines) -> None:
    with pytest.raises(ZeroDivisionError):
        coroutines.wait(fail(ZeroDivisionError()))
    with pytest.raises(asyncio.CancelledError):
        coroutines.wait(fail(asyncio.CancelledError()))


def test_closing_cancels_what_runs_and_lets_it_tidy_up() -> None:
    coroutines, told, begun = Coroutines(), list[Any](), threading.Event()

    async def sleep() -> None:
        begun.set()
        try:
            await asyncio.sleep(60)
        finally:
            await asyncio.sleep(0.01)
            told.append("tidied up")

    coroutines.start(sleep(), lambda _, error: told.append(type(error)))
    assert begun.wait(10)
    coroutines.close()
    until(lambda: len(told) == 2)
    assert told == ["tidied up", asyncio.CancelledError]
    until(lambda: not names())


def test_nothing_begins_after_the_end(coroutines: Coroutines) -> None:
    coroutines.close()
    with pytest.raises(asyncio.CancelledError):
        coroutines.wait(where())


def test_they_run_on_the_loop_that_was_given() -> None:
    async def program() -> None:
        given = Coroutines(running_loop())
        name, loop = await asyncio.to_thread(given.wait, where())
        assert (name, loop) == (threading.current_thread().name, asyncio.get_running_loop())
        given.close()

    asyncio.run(program())
    assert names() == []


def test_a_thread_that_runs_the_loop_does_not_wait_for_itself() -> None:
    async def program() -> None:
        given = Coroutines(running_loop())
        with pytest.raises(ConfigurationError, match="await it"):
            given.wait(where())

    asyncio.run(program())


def test_a_loop_that_is_closed_is_said_to_be() -> None:
    async def program() -> Coroutines:
        return Coroutines(running_loop())

    given = asyncio.run(program())
    with pytest.raises(RuntimeError, match="closed"):
        given.wait(where())
    given.close()


@pytest.mark.skipif(not hasattr(os, "fork"), reason="this system has no fork")
@pytest.mark.filterwarnings("ignore:.*fork:DeprecationWarning")
def test_a_child_has_a_loop_of_its_own(coroutines: Coroutines) -> None:
    coroutines.wait(where())
    child = os.fork()
    if not child:
        name = ""
        try:
            name, _ = Coroutines().wait(where())
        finally:
            os._exit(0 if name == "rxslack-asyncio" else 1)
    assert os.waitpid(child, 0)[1] == 0
