"""Clients that are not ours: a plain socket that shows every byte, and the package websockets."""

from __future__ import annotations

import base64
import itertools
import json
import os
import select
import socket
import ssl
from collections.abc import Callable, Iterator
from contextlib import ExitStack, suppress
from typing import Any, cast
from urllib.parse import urlsplit

import pytest
from slack_sdk import WebClient as SlackSdkClient
from slack_sdk.errors import SlackApiError
from websockets.sync.client import ClientConnection, connect as open_websocket

import rxslack
from rxslack.simulator import MODERN_BOT_SCOPES, Limits, Workspace
from rxslack.wire.frames import TEXT


class Raw:
    """A websocket by hand; `head` is the answer to the upgrade."""

    def __init__(self, url: str, context: ssl.SSLContext | None = None) -> None:
        where = urlsplit(url)
        self.tcp = socket.create_connection((where.hostname or "", where.port or 0), timeout=10)
        self.sock = self.tcp
        if context is not None:
            self.sock = context.wrap_socket(
                self.tcp, server_hostname=where.hostname, suppress_ragged_eofs=False
            )
        self.send_bytes(
            f"GET {where.path}?{where.query} HTTP/1.1\r\nHost: {where.netloc}\r\nUpgrade: websocket\r\n"
            f"Connection: Upgrade\r\nSec-WebSocket-Version: 13\r\n"
            f"Sec-WebSocket-Key: {base64.b64encode(os.urandom(16)).decode()}\r\n\r\n".encode()
        )
        self._left = b""

    def answer(self) -> str:
        """The status line of the answer to the upgrade."""
        while b"\r\n\r\n" not in self._left:
            more = self.sock.recv(65_536)
            assert more, self._left
            self._left += more
        head, _, self._left = self._left.partition(b"\r\n\r\n")
        return head.split(b"\r\n")[0].decode()

    def segment(self) -> bytes:
        """What comes next, as it comes; b"" at a FIN."""
        left, self._left = self._left, b""
        return left or self.sock.recv(65_536)

    def exactly(self, count: int) -> bytes:
        """So many bytes."""
        while len(self._left) < count:
            more = self.sock.recv(65_536)
            assert more, "the end of the connection"
            self._left += more
        data, self._left = self._left[:count], self._left[count:]
        return data

    def frame(self) -> tuple[int, bytes]:
        """The first byte and the payload of the next frame."""
        first, size = self.exactly(2)
        if size > 125:
            size = int.from_bytes(self.exactly(2 if size == 126 else 8), "big")
        return first, self.exactly(size)

    def event(self) -> dict[str, Any]:
        """The next frame, when it holds one event."""
        first, payload = self.frame()
        assert first == 0x80 | TEXT
        return cast("dict[str, Any]", json.loads(payload))

    def rest(self) -> bytes:
        """Everything up to the FIN; ConnectionResetError at a reset."""
        return b"".join(itertools.takewhile(bool, iter(self.segment, None)))

    def until_reset(self) -> bytes:
        """Everything up to the reset, for which the system is asked: TLS may call it an EOF."""
        poll = select.poll()
        poll.register(self.sock, 0)
        assert [event & select.POLLERR for _, event in poll.poll(10_000)] == [select.POLLERR]
        got = bytearray()
        with suppress(ConnectionResetError, ssl.SSLEOFError):
            while more := self.segment():
                got += more
        return bytes(got)

    def send_bytes(self, data: bytes) -> None:
        self.sock.sendall(data)

    def send(self, opcode: int, payload: bytes) -> None:
        """A frame as clients have to send it."""
        assert len(payload) < 126
        self.send_bytes(bytes([0x80 | opcode, 0x80 | len(payload), 0, 0, 0, 0]) + payload)

    def say(self, **message: Any) -> None:
        self.send(TEXT, json.dumps(message).encode())

    def close(self) -> None:
        self.sock.close()


@pytest.fixture
def raw(slack: Workspace) -> Iterator[Callable[..., Raw]]:
    """Open a websocket by hand; with a URL of its own unless one is given."""
    with ExitStack() as opened:

        def opening(url: str = "") -> Raw:
            made = Raw(url or url_of(slack))
            opened.callback(made.close)
            return made

        yield opening


@pytest.fixture
def foreign(slack: Workspace) -> Iterator[Callable[..., ClientConnection]]:
    """Open a websocket with somebody else's client."""
    with ExitStack() as opened:

        def opening(url: str = "") -> ClientConnection:
            made = open_websocket(url or url_of(slack), proxy=None, close_timeout=1)
            return opened.enter_context(made)

        yield opening


@pytest.fixture
def url(slack: Workspace) -> Callable[[], str]:
    """Ask for the URL of a websocket."""
    return lambda: url_of(slack)


def url_of(slack: Workspace) -> str:
    return str(slack.web.call("rtm.connect")["url"])


@pytest.fixture
def modern() -> Iterator[Workspace]:
    """A workspace whose bot is one of today, and may call as often as it likes."""
    with Workspace(bot_scopes=MODERN_BOT_SCOPES, limits=Limits.off()) as slack:
        yield slack


@pytest.fixture
def bot(modern: Workspace) -> Any:
    """Somebody else's client, with that bot's token."""
    return SlackSdkClient(modern.bot_token, base_url=modern.base_url)


@pytest.fixture
def error_of() -> Callable[..., str]:
    """With which error a call of somebody else's client fails."""

    def failed(call: Callable[..., object], **arguments: Any) -> str:
        with pytest.raises(SlackApiError) as raised:
            call(**arguments)
        failure: Any = raised.value
        return str(failure.response["error"])

    return failed


@pytest.fixture
def told(modern: Workspace) -> Iterator[Callable[..., list[dict[str, Any]]]]:
    """Ask for the events of some types that the app was told, oldest first."""
    with rxslack.socket_mode(modern.app).subscribe():
        modern.wait_until(lambda: modern.connections)

        def events(*types: str) -> list[dict[str, Any]]:
            payloads = [one.payload for one in modern.socket_mode.delivered]
            every = [one["event"] for one in payloads if "event" in one]
            return [event for event in every if event["type"] in types]

        yield events


@pytest.fixture
def raw_class() -> type[Raw]:
    """For a workspace of one's own."""
    return Raw
