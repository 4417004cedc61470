"""The Web API for coroutines."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Generator

import pytest

import rxslack
from rxslack.simulator import Limits, Workspace


@pytest.fixture
def slack() -> Generator[Workspace]:
    with Workspace(limits=Limits.off()) as workspace:
        yield workspace


def workers() -> int:
    return sum(one.name.startswith("rxslack-acall") for one in threading.enumerate())


def test_it_answers_and_raises_as_call_does(slack: Workspace) -> None:
    async def program() -> None:
        posted = await slack.web.acall("chat.postMessage", channel="general", text="Hi")
        assert (posted["message"]["text"], posted.status) == ("Hi", 200)
        with pytest.raises(rxslack.ApiError, match="channel_not_found"):
            await slack.web.acall("chat.postMessage", channel="nowhere", text="Hi")

    asyncio.run(program())


def test_the_loop_goes_on_meanwhile_and_the_threads_are_few(slack: Workspace) -> None:
    async def program() -> None:
        with slack.faults.hold("auth.test") as hold:
            calls = [asyncio.ensure_future(slack.web.acall("auth.test")) for _ in range(100)]
            await asyncio.to_thread(slack.wait_until, lambda: hold.waiting == 32)
            await asyncio.to_thread(slack.wait_until, lambda: workers() == 32)
            hold.release()
            assert all(answer["ok"] for answer in await asyncio.gather(*calls))

    asyncio.run(program())
    slack.wait_until(lambda: workers() == 0)


def test_one_that_is_cancelled_waits_no_longer(slack: Workspace) -> None:
    async def program() -> None:
        with slack.faults.hold("auth.test") as hold:
            call = asyncio.ensure_future(slack.web.acall("auth.test"))
            await asyncio.to_thread(slack.wait_until, lambda: hold.waiting)
            call.cancel()
            with pytest.raises(asyncio.CancelledError):
                await call

    asyncio.run(program())


def test_it_shows_no_token(slack: Workspace) -> None:
    async def program() -> None:
        web = rxslack.WebClient("xoxb-c4n4ry", base_url=slack.base_url)
        with pytest.raises(rxslack.AuthenticationError) as raised:
            await web.acall("auth.test")
        assert "c4n4ry" not in repr(raised.value)

    asyncio.run(program())
