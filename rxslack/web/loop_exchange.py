"""
An exchange on an event loop, which watches the socket: no thread waits for the answer.

Opening, which urllib3 does, is left to a thread. So is all of it where a loop watches no sockets, as on
Windows by default, and for TLS inside TLS, which is no socket.
"""

from __future__ import annotations

import asyncio
import socket
import ssl
from collections.abc import Awaitable, Callable
from functools import partial
from typing import Protocol, TypeVar
from weakref import WeakKeyDictionary

from rxslack.web.answers import PIECE, Deadline, HttpAnswer, parsed
from rxslack.web.dialing import HttpConnection
from rxslack.web.exchange import STILL_TO_READ, Connections, OutgoingRequest
from rxslack.web.settings import Transport

__all__ = ["InThread", "LoopExchanges"]

T = TypeVar("T")


class InThread(Protocol):
    """Calls a function on a thread, for who awaits it."""

    def __call__(self, function: Callable[[], T], /) -> Awaitable[T]:
        """Await its end."""
        ...


class LoopExchanges:
    """
    The exchanges that coroutines await, over the connections that threads use, too.

    Args:
        connections: of the client.
        transport: time-outs and limits.
        in_thread: for what blocks.
        at_once: the most exchanges of one event loop; what comes on top waits.
    """

    def __init__(
        self, connections: Connections, transport: Transport, in_thread: InThread, at_once: int
    ) -> None:
        self._connections = connections
        self._transport = transport
        self._in_thread = in_thread
        self._at_once = at_once
        self._turns = WeakKeyDictionary[asyncio.AbstractEventLoop, asyncio.Semaphore]()

    async def exchange(self, request: OutgoingRequest) -> HttpAnswer:
        """
        As that of `Connections`.

        Cancelled, it closes the connection.
        """
        loop = asyncio.get_running_loop()
        turns = self._turns.get(loop)
        if turns is None:
            turns = self._turns[loop] = asyncio.Semaphore(self._at_once)
        async with turns:
            if not _watches_sockets(loop):
                return await self._in_thread(lambda: self._connections.exchange(request))
            return await self._exchange(request, loop)

    async def _exchange(
        self, request: OutgoingRequest, loop: asyncio.AbstractEventLoop
    ) -> HttpAnswer:
        way = self._connections.way_to(request.origin)
        connection = way.connection()
        try:
            if connection.sock is None:
                await self._open(connection)
            sock = connection.sock
            if isinstance(sock, socket.socket):
                answer = await self._talk(sock, way.head_of(request), request, loop)
            else:
                return await self._in_thread(
                    partial(self._connections.exchange_over, way, connection, request)
                )
        except BaseException:
            connection.close()
            raise
        way.give_back(connection, answer)
        return answer

    async def _open(self, connection: HttpConnection) -> None:
        abandoned = False

        def open_it() -> None:
            connection.connect()
            if abandoned:
                connection.close()

        try:
            await self._in_thread(open_it)
        except asyncio.CancelledError:
            abandoned = True
            raise

    async def _talk(
        self,
        sock: socket.socket,
        head: bytes,
        request: OutgoingRequest,
        loop: asyncio.AbstractEventLoop,
    ) -> HttpAnswer:
        sock.setblocking(False)
        watched = _WatchedSocket(sock, loop)
        request.begun = True
        try:
            for piece in (
                (head + request.body,) if isinstance(request.body, bytes) else (head, *request.body)
            ):
                await watched.send(piece, Deadline(self._transport.connect_timeout))
        except OSError as error:
            if error.errno not in STILL_TO_READ:
                raise
        deadline = Deadline(self._transport.read_timeout)
        parsing = parsed(self._transport.max_answer_size)
        next(parsing)
        await watched.readable(deadline)  # it cannot be there yet
        while True:
            block = await watched.receive(deadline)
            try:
                parsing.send(block)
            except StopIteration as end:
                answer: HttpAnswer = end.value
                return answer


def _watches_sockets(loop: asyncio.AbstractEventLoop) -> bool:
    return type(loop).add_reader is not asyncio.AbstractEventLoop.add_reader


class _WatchedSocket:
    """
    A socket that never blocks, and a loop that says when it is ready.

    Args:
        sock: the socket.
        loop: that runs here.
    """

    def __init__(self, sock: socket.socket, loop: asyncio.AbstractEventLoop) -> None:
        self._sock = sock
        self._loop = loop

    async def send(self, block: bytes, deadline: Deadline) -> None:
        """Send all of it."""
        left = memoryview(block)
        while left:
            try:
                left = left[self._sock.send(left) :]
            except (BlockingIOError, ssl.SSLWantWriteError):
                await self._writable(deadline)
            except ssl.SSLWantReadError:
                await self.readable(deadline)

    async def receive(self, deadline: Deadline) -> bytes:
        """What comes next; nothing at the end."""
        while True:
            try:
                return self._sock.recv(PIECE)
            except (BlockingIOError, ssl.SSLWantReadError):
                await self.readable(deadline)
            except ssl.SSLWantWriteError:
                await self._writable(deadline)

    async def readable(self, deadline: Deadline) -> None:
        """Wait until something can be read. Raises: TimeoutError."""
        await self._ready(self._loop.add_reader, self._loop.remove_reader, deadline)

    async def _writable(self, deadline: Deadline) -> None:
        await self._ready(self._loop.add_writer, self._loop.remove_writer, deadline)

    async def _ready(
        self, add: Callable[..., object], remove: Callable[[int], object], deadline: Deadline
    ) -> None:
        ready: asyncio.Future[None] = self._loop.create_future()
        number = self._sock.fileno()
        timer = self._loop.call_later(deadline.left() or 0.0, _expire, ready)
        add(number, _wake, ready)
        try:
            await ready
        finally:
            timer.cancel()
            remove(number)


def _wake(ready: asyncio.Future[None]) -> None:
    if not ready.done():
        ready.set_result(None)


def _expire(ready: asyncio.Future[None]) -> None:
    if not ready.done():
        ready.set_exception(TimeoutError("timed out"))
