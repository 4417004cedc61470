"""The Web API for coroutines."""

from __future__ import annotations

import asyncio
import socket
import ssl
import threading
from collections.abc import Generator
from contextlib import contextmanager
from typing import Any

import pytest
import trustme

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


def test_it_goes_on_with_the_loop_meanwhile_and_no_thread_waits(slack: Workspace) -> None:
    async def program() -> None:
        with slack.faults.hold("auth.test") as hold:
            calls = [asyncio.ensure_future(slack.web.acall("auth.test")) for _ in range(100)]
            await asyncio.to_thread(slack.wait_until, lambda: hold.waiting == 32)
            await asyncio.to_thread(slack.wait_until, lambda: workers() == 0)
            hold.release()
            assert all(answer["ok"] for answer in await asyncio.gather(*calls))

    asyncio.run(program())
    slack.wait_until(lambda: workers() == 0)


class Unwatching(asyncio.SelectorEventLoop):
    """A loop that watches no sockets for others, as Windows' does by default."""

    add_reader = asyncio.AbstractEventLoop.add_reader


def test_it_lets_threads_wait_where_the_loop_does_not_watch_sockets(slack: Workspace) -> None:
    async def program() -> None:
        with slack.faults.hold("auth.test") as hold:
            calls = [asyncio.ensure_future(slack.web.acall("auth.test")) for _ in range(100)]
            await asyncio.to_thread(slack.wait_until, lambda: hold.waiting == 32)
            await asyncio.to_thread(slack.wait_until, lambda: workers() == 32)
            hold.release()
            assert all(answer["ok"] for answer in await asyncio.gather(*calls))

    with asyncio.Runner(loop_factory=Unwatching) as runner:
        runner.run(program())
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


@pytest.mark.parametrize("secure", [False, True], ids=["in the clear", "by TLS"])
def test_it_carries_much_both_ways_on_a_few_connections(secure: bool) -> None:
    authority: Any = trustme.CA()
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    authority.issue_cert("127.0.0.1").configure_cert(context)
    trusting = ssl.create_default_context(cadata=authority.cert_pem.bytes().decode())
    text = "abcd " * 50_000

    async def program(web: rxslack.WebClient) -> None:
        for _ in range(2):
            answers = await asyncio.gather(*(web.acall("api.test", text=text) for _ in range(40)))
            assert [answer["args"]["text"] for answer in answers] == [text] * 40

    transport = rxslack.Transport(ssl_context=trusting)
    with (
        Workspace(limits=Limits.off(), tls=context if secure else None) as slack,
        rxslack.WebClient(slack.bot_token, base_url=slack.base_url, transport=transport) as web,
    ):
        asyncio.run(program(web))
        assert web.call("api.test", text=text)["ok"]  # over one of the same connections
        asyncio.run(program(web))


@contextmanager
def mute() -> Generator[tuple[str, socket.socket]]:
    """The address of a server that takes connections and says nothing."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        server.settimeout(10.0)
        yield f"127.0.0.1:{server.getsockname()[1]}", server


@pytest.mark.parametrize("scheme", ["http", "https"])
def test_it_waits_no_longer_than_it_may(scheme: str) -> None:
    transport = rxslack.Transport(read_timeout=0.2, connect_timeout=0.3)

    async def program(place: str) -> None:
        web = rxslack.WebClient("xoxb-test", base_url=f"{scheme}://{place}/", transport=transport)
        with pytest.raises(rxslack.TimedOut) as raised:
            await web.acall("auth.test")
        sent = scheme == "http"
        assert (raised.value.seconds, raised.value.maybe_done) == (0.2 if sent else 0.3, sent)
        assert (raised.value.__cause__, raised.value.__context__) == (None, None)

    with mute() as (place, _):
        asyncio.run(program(place))


@pytest.mark.parametrize("scheme", ["http", "https"])
def test_it_closes_the_connection_of_one_that_is_cancelled(scheme: str) -> None:
    """Also of one that is not open yet; that is in a thread's hands, for as long as opening may take."""

    async def program(place: str, server: socket.socket) -> None:
        transport = rxslack.Transport(connect_timeout=0.5)
        base_url = f"{scheme}://{place}/"
        web = rxslack.WebClient("xoxb-test", base_url=base_url, transport=transport)
        call = asyncio.ensure_future(web.acall("auth.test"))
        sock, _ = await asyncio.to_thread(server.accept)
        with sock:
            await asyncio.to_thread(sock.recv, 65536)
            call.cancel()
            with pytest.raises(asyncio.CancelledError):
                await call
            sock.settimeout(60.0)
            assert await asyncio.to_thread(sock.recv, 65536) == b""

    with mute() as (place, server):
        asyncio.run(program(place, server))


def test_it_says_that_nothing_was_done_where_nobody_is() -> None:
    async def program(place: str) -> None:
        with pytest.raises(rxslack.TransportError) as raised:
            await rxslack.WebClient("xoxb-test", base_url=f"http://{place}/").acall("auth.test")
        assert raised.value.maybe_done is False

    with mute() as (place, _):
        pass
    asyncio.run(program(place))


def test_it_shows_no_token(slack: Workspace) -> None:
    async def program() -> None:
        web = rxslack.WebClient("xoxb-c4n4ry", base_url=slack.base_url)
        with pytest.raises(rxslack.AuthenticationError) as raised:
            await web.acall("auth.test")
        assert "c4n4ry" not in repr(raised.value)

    asyncio.run(program())
