"""`start` with a function that is async, as in a cell of a notebook, where a loop is running."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest
import reactivex

import rxslack
from tests.reports import reports


class Bug(Exception):
    """What user code raises."""


def test_it_awaits_on_the_notebooks_loop() -> None:
    seen = list[Any]()

    async def work(item: int) -> None:
        await asyncio.sleep(0.001)
        seen.append((item, asyncio.get_running_loop()))

    async def cell() -> None:
        running = rxslack.start(reactivex.of(1, 2), work)
        assert await asyncio.to_thread(running.wait, 10)
        assert seen == [(1, asyncio.get_running_loop()), (2, asyncio.get_running_loop())]

    asyncio.run(cell())


def test_it_awaits_where_no_loop_is_running() -> None:
    seen = list[int]()

    async def work(item: int) -> None:
        seen.append(item)

    assert rxslack.start(reactivex.of(1, 2), work).wait(10)
    assert seen == [1, 2]


def test_it_shows_what_a_coroutine_raises(caplog: pytest.LogCaptureFixture) -> None:
    async def work(_: object) -> None:
        raise Bug

    async def cell() -> None:
        running = rxslack.start(reactivex.of(1, 2), work)
        assert await asyncio.to_thread(running.wait, 10)
        assert "Bug" in repr(running)

    asyncio.run(cell())
    assert [type(error) for _, error in reports(caplog)] == [Bug]


def test_it_cancels_a_coroutine_when_it_is_disposed() -> None:
    told = list[str]()

    async def work(_: object) -> None:
        told.append("begins")
        try:
            await asyncio.sleep(60)
        finally:
            told.append("ends")

    async def cell() -> None:
        running = rxslack.start(reactivex.concat(reactivex.of(1), reactivex.never()), work)
        while told != ["begins"]:
            await asyncio.sleep(0.001)
        running.dispose()
        while told != ["begins", "ends"]:
            await asyncio.sleep(0.001)

    asyncio.run(cell())
