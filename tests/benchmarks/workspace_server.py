"""
A server that many workspaces of one process connect to: one process, one thread, frames that are ready.

Answers to `rtm.connect` lead to a websocket that is named after the token: `xoxb-test-7` is workspace 7. What
it sends is asked for by HTTP as well, so that a client may ask at the moment when its own clock runs:

    /do/flood/FIRST/EACH        EACH messages to every workspace, as fast as it takes them
    /do/spread/FIRST/EACH/RATE  EACH messages to every workspace, one workspace after the other, RATE a second
    /do/cut                     every websocket is cut off
    /do/count                   how many websockets have been opened

FIRST is the `ts` of the first message, the next one is a second later.
"""

from __future__ import annotations

import asyncio
import json
import multiprocessing
import resource
import socket
import time
from collections.abc import Generator, Iterator
from contextlib import contextmanager, suppress
from typing import Final

from rxslack.wire.frames import server_frame
from tests.benchmarks.handshakes import accepted, field
from tests.benchmarks.scenario import Scenario, template

__all__ = ["allow_many_files", "serve"]

_CHUNK: Final = 32 * 1024  # bytes that one workspace gets at a time in a flood
_TICK: Final = 0.001  # seconds from one look at what is due to the next
_HELLO: Final = server_frame(b'{"type":"hello"}')
_PAYLOAD: Final = template(Scenario())


@contextmanager
def serve() -> Generator[int]:
    """The port, as long as it is served."""
    allow_many_files()
    with socket.create_server(("127.0.0.1", 0), backlog=4096) as listener:
        port: int = listener.getsockname()[1]
        process = multiprocessing.get_context("fork").Process(
            target=_run, args=(listener,), daemon=True
        )
        process.start()
        try:
            yield port
        finally:
            process.terminate()
            process.join()


def allow_many_files() -> None:
    """A websocket is a file, and the usual bound of them is 1,024."""
    _, most = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (most, most))


def _run(listener: socket.socket) -> None:
    async def run() -> None:
        loop, slack = asyncio.get_running_loop(), _Slack(listener.getsockname()[1])
        server = await loop.create_server(lambda: _Peer(slack), sock=listener, backlog=4096)
        await server.serve_forever()

    with suppress(KeyboardInterrupt):
        asyncio.run(run())


class _Slack:
    """All workspaces, and what is done to them."""

    def __init__(self, port: int) -> None:
        self.port = port
        self.opened = 0
        self.workspaces: dict[str, _Peer] = {}
        self._spreading: asyncio.Task[None] | None = None

    def do(self, what: str, *numbers: int) -> int:
        if what == "flood":
            self._flood(*numbers)
        elif what == "spread":
            self._spreading = asyncio.get_running_loop().create_task(self._spread(*numbers))
        elif what == "cut":
            for peer in [*self.workspaces.values()]:
                peer.abort()
        return self.opened

    def _flood(self, first: int, each: int) -> None:
        flood = b"".join(_message(first + number) for number in range(each))
        for peer in self.workspaces.values():
            peer.flood(memoryview(flood))

    async def _spread(self, first: int, each: int, rate: int) -> None:
        names = sorted(self.workspaces)
        due = ((name, first + number) for number in range(each) for name in names)
        began, sent = time.monotonic(), 0
        while True:
            for _ in range(int((time.monotonic() - began) * rate) - sent):
                if (message := next(due, None)) is None:
                    return
                sent += 1
                # Between two connections of a workspace Slack's messages are for nobody.
                if (peer := self.workspaces.get(message[0])) is not None:
                    peer.send(_message(message[1]))
            await asyncio.sleep(_TICK)


def _message(ts: int) -> bytes:
    return server_frame(_PAYLOAD % (ts, ts, time.monotonic_ns()))


class _Peer(asyncio.Protocol):
    """One connection: HTTP at first, and perhaps a websocket then."""

    def __init__(self, slack: _Slack) -> None:
        self._slack = slack
        self._workspace = ""
        self._came = bytearray()
        self._left = memoryview(b"")  # of a flood, from the middle of a frame on
        self._owed = b""  # what may not come before that
        self._paused = False

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self._transport = transport
        transport.set_write_buffer_limits(
            high=0
        )  # what a client has not taken waits here, as one piece

    def connection_lost(self, exc: Exception | None) -> None:  # noqa: ARG002 asyncio names it
        self._left = memoryview(b"")
        if self._slack.workspaces.get(self._workspace) is self:
            del self._slack.workspaces[self._workspace]

    def data_received(self, data: bytes) -> None:
        self._came += data
        if self._workspace:
            for opcode, payload in _frames(self._came):
                self._hear(opcode, payload)
            return
        head, end, rest = bytes(self._came).partition(b"\r\n\r\n")
        size = int(field(head, "content-length") or 0) if end else 0
        if end and len(rest) >= size:
            self._came = bytearray(rest[size:])
            self._answer(head)

    def _answer(self, head: bytes) -> None:
        path = head.split(b" ")[1].decode()
        if path.startswith("/api/"):
            workspace = field(head, "authorization").rpartition("-")[2]
            address = f"ws://127.0.0.1:{self._slack.port}/{workspace}"
            self._say({"ok": True, "url": address, "team": {"id": f"T{workspace}"}})
        elif path.startswith("/do/"):
            what, *numbers = path.removeprefix("/do/").split("/")
            self._say(self._slack.do(what, *map(int, numbers)))
        else:
            self._workspace = path.removeprefix("/")
            self._slack.workspaces[self._workspace] = self
            self._slack.opened += 1
            self._transport.write(accepted(field(head, "sec-websocket-key")) + _HELLO)

    def _say(self, answer: object) -> None:
        body = json.dumps(answer).encode()
        head = b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: %d\r\n\r\n"
        self._transport.write(head % len(body) + body)

    def _hear(self, opcode: int, payload: bytes) -> None:
        if opcode == 8:
            self._transport.write(bytes((0x88, len(payload))) + payload)
            self._transport.close()
        elif opcode == 9:
            self.send(bytes((0x8A, len(payload))) + payload)
        elif opcode == 1 and (message := json.loads(payload)).get("type") == "ping":
            pong = {"type": "pong", "reply_to": message.get("id")}
            self.send(server_frame(json.dumps(pong).encode()))

    # What it is told to send

    def send(self, frame: bytes) -> None:
        if self._left:
            self._owed += frame
        else:
            self._transport.write(frame)

    def abort(self) -> None:
        self._transport.abort()

    def flood(self, data: memoryview) -> None:
        self._left = data
        self._pour()

    def _pour(self) -> None:
        # A piece at a time, so that all workspaces are flooded together.
        if self._left and not self._paused:
            piece, self._left = self._left[:_CHUNK], self._left[_CHUNK:]
            self._transport.write(piece)
            if not self._left:
                owed, self._owed = self._owed, b""
                self._transport.write(owed)
            asyncio.get_running_loop().call_soon(self._pour)

    def pause_writing(self) -> None:
        self._paused = True

    def resume_writing(self) -> None:
        self._paused = False
        self._pour()


def _frames(came: bytearray) -> Iterator[tuple[int, bytes]]:
    """What a client has sent as a whole, which is masked, and short; it is taken out."""
    while len(came) >= 6 and len(came) >= (end := 6 + (came[1] & 0x7F)):
        opcode, key, masked = came[0] & 0x0F, came[2:6], came[6:end]
        del came[:end]
        yield opcode, bytes(byte ^ key[place % 4] for place, byte in enumerate(masked))
