"""HTTP and websockets on one port, each connection on a thread of its own."""

from __future__ import annotations

import socket
import ssl
import struct
from collections.abc import Callable
from http.server import BaseHTTPRequestHandler
from typing import Any, Literal, cast
from urllib.parse import urlsplit

from rxslack.simulator.api import HttpRequest, answer_call
from rxslack.simulator.door import Door
from rxslack.simulator.faults import Answer
from rxslack.simulator.link import Link, accept_header
from rxslack.simulator.methods.files import receive
from rxslack.simulator.relay import Relay
from rxslack.simulator.rtm import RtmSocket
from rxslack.simulator.state import State
from rxslack.simulator.tickets import Ticket

__all__ = ["Server"]

HINT = b"A simulated Slack. Point a client's base_url at /api/ of this address.\n"


class Server:
    """
    Listens until `close`.

    Args:
        state: the workspace's; learns the address.
        host: to listen on.
        port: to listen on; 0 for one that is free.
        tls: with the certificate, when TLS is spoken.

    Raises: OSError when the port is taken.
    """

    def __init__(
        self, state: State, *, host: str, port: int, tls: ssl.SSLContext | None = None
    ) -> None:
        self._state = state
        if tls is None:
            self._doors = [Door(host, port, self._serve)]
        else:
            inner = Door("127.0.0.1", 0, self._serve)
            self._doors = [Door(host, port, Relay(tls, inner.port, state.faults).serve), inner]
        self.host, self.port = self._doors[0].host, self._doors[0].port
        state.faults.attach(self._doors[0])

    def close(self) -> None:
        """End every connection and thread."""
        for door in self._doors:
            door.close()

    def _serve(self, sock: socket.socket, address: Any) -> None:
        _Handler(sock, address, cast("Any", self), self._state)


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
        if answer.ending is not None:
            self._end(answer.ending)
            return
        self.send_response(answer.status)
        for name, value in {"Content-Length": str(len(answer.body)), **answer.headers}.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(answer.body)
        # A scripted length may promise more than there is: only the end says so.
        self.close_connection |= "Content-Length" in answer.headers

    def _end(self, how: Literal["FIN", "RST"]) -> None:
        self.close_connection = True
        if how == "RST":
            linger = struct.pack("ii", 1, 0)
            self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, linger)

    def _websocket(self, ticket: str) -> None:
        self.close_connection = True
        key = self.headers.get("Sec-WebSocket-Key")
        if key is None or self.headers.get("Upgrade", "").lower() != "websocket":
            self._say(Answer(b"<html>Upgrade needed</html>", 426, {"Content-Type": "text/html"}))
            return
        self._state.faults.pause("handshake")
        if (refusal := self._state.faults.upgrade()) is not None:
            self._say(refusal)
            return
        found, refusal = self._redeem(ticket)
        if refusal is not None:
            self._say(refusal)
            return
        self.send_response_only(101, "Switching Protocols")
        self.send_header("Upgrade", "websocket")
        self.send_header("Connection", "Upgrade")
        self.send_header("Sec-WebSocket-Accept", accept_header(key))
        self.end_headers()
        self._talk(self._state, self._state.sockets.reserve(), found)

    def _redeem(self, name: str) -> tuple[Ticket | None, Answer | None]:
        """The ticket, if it is good; and what answers in place of the upgrade."""
        how = self._state.faults.spent_url()
        ticket = self._state.tickets.redeem(name)
        if ticket is not None and how is None and self._has_room(ticket):
            return ticket, None
        how = how or self._state.rtm.spent_url
        if how == "error frame":
            return None, None
        status = 404 if how == "HTTP 404" else 200
        return None, Answer(b"<html>Expired</html>", status, {"Content-Type": "text/html"})

    def _has_room(self, ticket: Ticket) -> bool:
        most = self._state.rtm.max_sockets
        mine = [s for s in self._state.sockets.open() if s.token is ticket.token]
        return most is None or len(mine) < most

    def _talk(self, state: State, number: int, ticket: Ticket | None) -> None:
        link = Link(
            self.connection,
            cast("Callable[[int], bytes]", self.rfile.read),
            options=state.rtm,
            faults=state.faults,
            journal=state.journal,
            number=number,
        )
        rtm = RtmSocket(state, link, ticket)
        state.sockets.add(rtm)
        rtm.serve()

    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002 - the library's name
        """Say nothing: the journal has it all."""
