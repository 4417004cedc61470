"""HTTP and websockets on one port, each connection on a thread of its own."""

from __future__ import annotations

import socket
from collections.abc import Callable
from contextlib import suppress
from http.server import BaseHTTPRequestHandler
from threading import Lock, Thread
from typing import Any, cast
from urllib.parse import urlsplit

from rxslack.simulator.api import HttpRequest, answer_call
from rxslack.simulator.faults import Answer
from rxslack.simulator.link import Link, accept_header
from rxslack.simulator.methods.files import receive
from rxslack.simulator.rtm import RtmSocket
from rxslack.simulator.state import State

__all__ = ["Server"]

HINT = b"A simulated Slack. Point a client's base_url at /api/ of this address.\n"


class Server:
    """
    Listens until `close`.

    Args:
        state: the workspace's; learns the address.
        host: to listen on.
        port: to listen on; 0 for one that is free.

    Raises: OSError when the port is taken.
    """

    def __init__(self, state: State, *, host: str, port: int) -> None:
        self._state = state
        self._lock = Lock()
        self._connections: dict[socket.socket, Thread] = {}
        self._closing = False
        self._listening = socket.create_server((host, port), backlog=512)
        self.host, self.port = self._listening.getsockname()[:2]
        self._thread = Thread(target=self._accept, name="simulated-slack", daemon=True)
        self._thread.start()

    def close(self) -> None:
        """End every connection and thread."""
        self._closing = True
        # Closing a socket does not wake who waits on it everywhere; a connection does.
        with suppress(OSError), socket.create_connection((self.host, self.port), timeout=1.0):
            pass
        self._thread.join()
        self._listening.close()
        with self._lock:
            left = dict(self._connections)
        for sock in left:
            with suppress(OSError):  # it may have ended by itself
                sock.shutdown(socket.SHUT_RDWR)
        for thread in left.values():
            thread.join()

    def _accept(self) -> None:
        while not self._closing:
            try:
                sock, address = self._listening.accept()
            except OSError:  # out of descriptors, or reset while it waited
                continue
            if self._closing:
                sock.close()
                return
            thread = Thread(
                target=self._serve, args=(sock, address), name="simulated-slack-client", daemon=True
            )
            with self._lock:
                self._connections[sock] = thread
            thread.start()

    def _serve(self, sock: socket.socket, address: Any) -> None:
        try:
            _Handler(sock, address, cast("Any", self), self._state)
        except OSError:
            pass  # the client left in the middle
        finally:
            with self._lock:
                del self._connections[sock]
            sock.close()


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server_version = "simulated-slack"
    disable_nagle_algorithm = True
    rbufsize = 64 * 1024

    def __init__(self, sock: socket.socket, address: Any, server: Any, state: State) -> None:
        self._state = state
        super().__init__(sock, address, server)

    def do_GET(self) -> None:
        """The Web API takes GET, too; a websocket begins with one."""
        path = urlsplit(self.path).path
        if path.startswith("/websocket/"):
            self._websocket(path.removeprefix("/websocket/"))
        elif path.startswith("/api/"):
            self._call()
        else:
            self._say(Answer(HINT, 200, {"Content-Type": "text/plain; charset=utf-8"}))

    def do_POST(self) -> None:
        """The Web API, and the bytes of files."""
        path = urlsplit(self.path).path
        if path.startswith("/upload/v1/"):
            self._say(receive(self._state, path.removeprefix("/upload/v1/"), self._body()))
        else:
            self._call()

    def _call(self) -> None:
        target = urlsplit(self.path)
        request = HttpRequest(
            method=target.path.rsplit("/", 1)[-1],
            query=target.query,
            content_type=self.headers.get("Content-Type", ""),
            authorization=self.headers.get("Authorization", ""),
            body=self._body(),
        )
        self._say(answer_call(self._state, request))

    def _body(self) -> bytes:
        length = self.headers.get("Content-Length", "0")
        return self.rfile.read(int(length)) if length.isdigit() else b""

    def _say(self, answer: Answer) -> None:
        self.send_response(answer.status)
        for name, value in {"Content-Length": str(len(answer.body)), **answer.headers}.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(answer.body)
        # A scripted length may promise more than there is: only the end says so.
        self.close_connection |= "Content-Length" in answer.headers

    def _websocket(self, ticket: str) -> None:
        self.close_connection = True
        key = self.headers.get("Sec-WebSocket-Key")
        if key is None or self.headers.get("Upgrade", "").lower() != "websocket":
            self._say(Answer(b"<html>Upgrade needed</html>", 426, {"Content-Type": "text/html"}))
            return
        self._state.faults.pause("handshake")
        self.send_response_only(101, "Switching Protocols")
        self.send_header("Upgrade", "websocket")
        self.send_header("Connection", "Upgrade")
        self.send_header("Sec-WebSocket-Accept", accept_header(key))
        self.end_headers()
        self._talk(self._state, self._state.sockets.reserve(), ticket)

    def _talk(self, state: State, number: int, ticket: str) -> None:
        link = Link(
            self.connection,
            cast("Callable[[int], bytes]", self.rfile.read),
            options=state.rtm,
            faults=state.faults,
            journal=state.journal,
            number=number,
        )
        rtm = RtmSocket(state, link, state.tickets.redeem(ticket))
        state.sockets.add(rtm)
        rtm.serve()

    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002 - the library's name
        """Say nothing: the journal has it all."""
