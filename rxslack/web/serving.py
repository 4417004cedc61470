"""What a server of ours grants whoever connects: so many seconds, so many bytes, so many at once."""

from __future__ import annotations

import io
import socket
import threading
import time
from contextlib import suppress
from email.errors import MissingHeaderBodySeparatorDefect
from http.client import LineTooLong
from http.server import BaseHTTPRequestHandler
from socketserver import ThreadingMixIn
from typing import Any, Final, cast
from wsgiref.simple_server import WSGIRequestHandler, WSGIServer

__all__ = ["MAX_HEAD", "BoundedHandler", "ThreadingServer", "whole_number"]

MAX_HEAD: Final = 64 * 1024
"""Bytes of all header lines of a request together; HTTP 431 beyond. So many in the first line: 414."""


def whole_number(text: str, most: int) -> int | None:
    """
    What a header says in digits, `most` + 1 when it is more than that; None when it is no number.

    >>> [whole_number(text, 99) for text in ("7", "007", "1" * 5000, "-7", "1_0", "²", "")]
    [7, 7, 100, None, None, None, None]

    Source: RFC 9110 section 8.6: digits of ASCII, and no sign.
    """
    if not (text.isascii() and text.isdigit()):
        return None
    digits = text.lstrip("0") or "0"
    # Python refuses to convert thousands of digits, and would take long over them.
    return most + 1 if len(digits) > len(str(most)) else min(int(digits), most + 1)


class _Punctual(io.RawIOBase):
    """
    A socket as a file to read from, until a time.

    Args:
        sock: connected.
        patience: seconds that one writing to it may take, from the first reading on.
    """

    def __init__(self, sock: socket.socket, patience: float) -> None:
        self._sock = sock
        self._patience = patience
        self._until: float | None = None

    def allow(self, seconds: float | None) -> None:
        """Read so much longer; None: for as long as it takes, and write likewise."""
        self._until = None if seconds is None else time.monotonic() + seconds
        self._sock.settimeout(None if seconds is None else self._patience)

    def readable(self) -> bool:
        """Whether it can be read from."""
        return True

    def readinto(self, buffer: Any, /) -> int:
        """Read what there is. Raises TimeoutError when the time is over."""
        if self._until is None:
            return self._sock.recv_into(buffer)
        left = self._until - time.monotonic()
        if left <= 0:
            raise TimeoutError("the request takes too long")
        self._sock.settimeout(left)
        try:
            return self._sock.recv_into(buffer)
        finally:
            self._sock.settimeout(self._patience)


class _Head:
    """The header lines of a request, as `http.client` reads them, and not too many bytes of them."""

    def __init__(self, file: io.BufferedIOBase) -> None:
        self._file = file
        self._left = MAX_HEAD

    def readline(self, limit: int) -> bytes:
        """The next line. Raises LineTooLong, which is answered with HTTP 431."""
        line = self._file.readline(min(limit, self._left + 1))
        self._left -= len(line)
        if self._left < 0:
            raise LineTooLong("header lines")
        return line


class BoundedHandler(BaseHTTPRequestHandler):
    """
    A connection whose client cannot make it wait, or read, without end.

    Attributes:
        idle: seconds until the first line of a request has to be there.
        patience: seconds from then on until all of it has to be, and that an answer may take to
            leave.
    """

    idle = 10.0
    patience = 10.0

    def setup(self) -> None:
        """As the library has it, with a reader that ends."""
        super().setup()
        self.rfile.close()
        self._punctual = _Punctual(self.connection, self.patience)
        self._punctual.allow(self.idle)
        self.rfile = io.BufferedReader(self._punctual, max(self.rbufsize, 8192))

    def wait_forever(self) -> None:
        """From now on there is no limit: it is no longer HTTP that is spoken."""
        self._punctual.allow(None)

    def handle_one_request(self) -> None:
        """As the library has it; for the first line there is time anew."""
        self._punctual.allow(self.idle)
        super().handle_one_request()

    def parse_request(self) -> bool:
        """Read the header lines; False when an error was answered instead."""
        self._punctual.allow(self.patience)
        whole = self.rfile
        self.rfile = cast("io.BufferedIOBase", _Head(whole))
        try:
            if not super().parse_request():
                return False
        finally:
            self.rfile = whole
        # The library takes such a line for the end of the head, and all after it would go unseen.
        if any(isinstance(one, MissingHeaderBodySeparatorDefect) for one in self.headers.defects):
            self.close_connection = True
            self.send_error(400, "A header line has no colon")
            return False
        return True


class _WsgiHandler(BoundedHandler, WSGIRequestHandler):
    """One request over one connection, for a WSGI application."""

    def handle(self) -> None:
        """Answer it, unless the client leaves, or is too slow."""
        with suppress(OSError):
            super().handle()

    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002 - the library's name
        """Say nothing of each request."""


class ThreadingServer(ThreadingMixIn, WSGIServer):
    """
    A WSGI server with a thread for each connection, and an end to each.

    Args:
        host: to listen on.
        port: to listen on; 0 for one that is free.
        patience: seconds for the first line of a request, and again for all the rest of it.
        most: connections at once. One more ends the one that is open longest: a request of Slack's
            takes milliseconds.

    Raises: OSError when the port is taken.
    """

    daemon_threads = True
    request_queue_size = 128

    def __init__(self, host: str, port: int, *, patience: float, most: int) -> None:
        self._most = most
        self._open: dict[socket.socket, None] = {}  # the first is open longest
        self._changing = threading.Lock()
        times = {"idle": patience, "patience": patience}
        super().__init__((host, port), type("_Handler", (_WsgiHandler,), times))

    def process_request(self, request: Any, client_address: Any) -> None:
        """Serve a connection on a thread of its own."""
        with self._changing:
            self._open[request] = None
            if len(self._open) > self._most:
                self._cut(next(iter(self._open)))
        super().process_request(request, client_address)

    def shutdown_request(self, request: Any) -> None:
        """Close a connection that was served."""
        with self._changing:
            self._open.pop(request, None)
        super().shutdown_request(request)

    def server_close(self) -> None:
        """Listen no more, and end what is open."""
        super().server_close()
        with self._changing:
            for sock in [*self._open]:
                self._cut(sock)

    def _cut(self, sock: socket.socket) -> None:
        self._open.pop(sock, None)
        with suppress(OSError):  # it may have ended by itself
            sock.shutdown(socket.SHUT_RDWR)
