"""TLS in front of the server: one thread a connection, and nothing of it blocks."""

from __future__ import annotations

import math
import socket
import ssl
from contextlib import suppress
from selectors import EVENT_READ, EVENT_WRITE, DefaultSelector
from time import monotonic
from typing import Any, Final

from rxslack.simulator.faults import Faults
from rxslack.simulator.sockets.writer import reset_when_closed

__all__ = ["TlsProxy"]

_CHUNK: Final = 64 * 1024
_ENOUGH: Final = 256 * 1024  # bytes that wait in one direction before no more are read
_LINGER: Final = 1.0  # seconds that a client has to part after the server did


class TlsProxy:
    """
    Carries connections to the server and back, end by end, so that a fault looks as it does there.

    Python's TLS sockets are not made for a thread that reads and one that writes; the server has
    both, and here is one thread alone.

    Args:
        context: with the certificate.
        port: of the server, on this machine.
        faults: what happens to TLS.
    """

    def __init__(self, context: ssl.SSLContext, port: int, faults: Faults) -> None:
        self._context = context
        self._port = port
        self._faults = faults

    def serve(self, client: socket.socket, address: Any) -> None:  # noqa: ARG002 - a listener gives both
        """Carry one connection until its end."""
        self._faults.pause("tls")
        with (
            socket.create_connection(("127.0.0.1", self._port)) as server,
            DefaultSelector() as selector,
        ):
            for sock in (client, server):
                sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
                sock.setblocking(False)
                selector.register(sock, EVENT_READ)
            _Tunnel(self._context, client, server, selector, self._faults).run()


class _Tunnel:
    """
    One connection.

    Bytes of the client's go through `_cipher_in` and TLS into `_to_server`, and those of the
    server's through TLS and `_cipher_out` into `_to_client`.
    """

    def __init__(
        self,
        context: ssl.SSLContext,
        client: socket.socket,
        server: socket.socket,
        selector: DefaultSelector,
        faults: Faults,
    ) -> None:
        self._client, self._server, self._selector = client, server, selector
        self._faults = faults
        self._cipher_in, self._cipher_out = ssl.MemoryBIO(), ssl.MemoryBIO()
        self._tls = context.wrap_bio(self._cipher_in, self._cipher_out, server_side=True)
        self._greeted = False
        self._to_server, self._to_client = bytearray(), bytearray()
        self._client_done = False  # nothing more comes from it, or so it said
        self._client_gone = False  # nothing more can come from it
        self._stays = False
        self._server_done = False
        self._parted = False
        self._deadline = math.inf  # on the monotonic clock: when the client has to have parted

    def run(self) -> None:
        """Carry bytes until both have parted, or one has torn the connection."""
        try:
            while not self._is_over():
                if monotonic() > self._deadline:
                    return
                self._turn()
        except ConnectionResetError:
            self._reset()
        except ssl.SSLError:
            self._to_client += self._cipher_out.read()  # the alert that tells why
            self._flush()

    def _is_over(self) -> bool:
        client_left = self._client_gone if self._stays else self._client_done
        return client_left and (self._server_done or not self._greeted)

    def _turn(self) -> None:
        for key, events in self._wait():
            if key is self._client and events & EVENT_READ:
                self._hear_client()
            elif key is self._server and events & EVENT_READ:
                self._hear_server()
        self._flush()
        if self._server_done and not self._to_client and not self._parted:
            self._part()
        if self._client_done and not self._to_server:
            with suppress(OSError):  # it may have ended by itself
                self._server.shutdown(socket.SHUT_WR)

    def _wait(self) -> list[tuple[Any, int]]:
        wanted = {
            self._client: _wants(not self._client_gone, self._to_server, self._to_client),
            self._server: _wants(not self._server_done, self._to_client, self._to_server),
        }
        for sock, events in wanted.items():
            if sock in self._selector.get_map():
                self._selector.unregister(sock)
            if events:
                self._selector.register(sock, events)
        left = self._deadline - monotonic()
        timeout = None if left == math.inf else max(0.0, left)
        return [(key.fileobj, events) for key, events in self._selector.select(timeout)]

    def _hear_client(self) -> None:
        data = self._client.recv(_CHUNK)
        if data:
            self._cipher_in.write(data)
        else:
            self._cipher_in.write_eof()
            self._client_done = self._client_gone = True
        if self._parted and self._stays:
            return  # what it still says is for nobody
        try:
            self._decrypt()
        except (ssl.SSLWantReadError, ssl.SSLEOFError, ssl.SSLZeroReturnError) as stop:
            self._client_done |= not isinstance(stop, ssl.SSLWantReadError)
        self._to_client += self._cipher_out.read()

    def _decrypt(self) -> None:
        if not self._greeted:
            self._tls.do_handshake()
            self._greeted = True
        while more := self._tls.read(_CHUNK):
            self._to_server += more
        self._client_done = True  # it said so

    def _hear_server(self) -> None:
        data = self._server.recv(_CHUNK)
        if not data:
            self._server_done = True
        elif self._greeted:
            self._tls.write(data)
            self._to_client += self._cipher_out.read()

    def _flush(self) -> None:
        for sock, waiting in ((self._client, self._to_client), (self._server, self._to_server)):
            if not waiting:
                continue
            try:
                del waiting[: sock.send(waiting)]
            except BlockingIOError:
                pass
            except BrokenPipeError:
                waiting.clear()  # it reads no more

    def _part(self) -> None:
        """The server's end, told to the client as TLS tells it, or as a fault has it."""
        self._parted = True
        if self._greeted and not self._faults.is_on("no close_notify"):
            with suppress(
                ssl.SSLError
            ):  # it asks for the client's close_notify, and is not waited for
                self._tls.unwrap()
            self._to_client += self._cipher_out.read()
            self._flush()
        if self._faults.is_on("close_notify only"):
            self._stays = True  # until the client parts
            return
        self._deadline = monotonic() + _LINGER
        with suppress(OSError):  # it may have ended by itself
            self._client.shutdown(socket.SHUT_WR)

    def _reset(self) -> None:
        for sock in (self._client, self._server):
            reset_when_closed(sock)


def _wants(reads: bool, read: bytearray, to_write: bytearray) -> int:
    """What to wait for on a socket, given what was read from it and what is to be written to it."""
    return (EVENT_READ if reads and len(read) < _ENOUGH else 0) | (EVENT_WRITE if to_write else 0)
