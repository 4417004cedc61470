"""HTTP and websockets on one port, each connection on a thread of its own."""

from __future__ import annotations

import socket
from collections.abc import Callable
from contextlib import suppress
from dataclasses import replace
from http.server import BaseHTTPRequestHandler
from threading import Lock, Thread
from typing import Any, cast
from urllib.parse import urlsplit

from rxslack.simulator.api import HttpRequest, answer_call
from rxslack.simulator.app_socket import AppSocket
from rxslack.simulator.faults import Answer
from rxslack.simulator.link import Link, accept_header
from rxslack.simulator.methods.files import receive
from rxslack.simulator.options import RtmOptions
from rxslack.simulator.rtm import RtmSocket
from rxslack.simulator.state import State

__all__ = ["Server"]

MAX_READ = 1024 * 1024  # bytes of an acknowledgement
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
            self._websocket(lambda: self._talk_rtm(path.removeprefix("/websocket/")))
        elif path in ("/link", "/link/"):
            self._link(urlsplit(self.path).query)
        elif path.startswith("/api/"):
            self._call()
        else:
            self._say(Answer(HINT, 200, {"Content-Type": "text/plain; charset=utf-8"}))

    def do_POST(self) -> None:
        """The Web API, the bytes of files, and answers to what somebody did."""
        path = urlsplit(self.path).path
        if path.startswith("/response/"):
            self._say(self._state.response_urls.answer(path, self._body()))
        elif path.startswith("/upload/v1/"):
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

    def _link(self, query: str) -> None:
        """Socket Mode's door; what Slack says to a ticket that is spent is not known."""
        life = self._state.socket_mode.redeem(self._state, query)
        if life is None:
            page = b"<html>The ticket is not valid</html>"
            self._say(Answer(page, 401, {"Content-Type": "text/html"}))
        else:
            self._websocket(lambda: self._talk_socket_mode(life))

    def _websocket(self, talk: Callable[[], None]) -> None:
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
        talk()

    def _talk_rtm(self, ticket: str) -> None:
        state = self._state
        rtm = RtmSocket(state, self._open(state.rtm), state.tickets.redeem(ticket))
        state.sockets.add(rtm)
        rtm.serve()

    def _talk_socket_mode(self, life: float) -> None:
        state, apps = self._state, self._state.socket_mode
        # What is too long for Slack has to be read here, to be ignored.
        options = replace(state.rtm, max_frame=max(MAX_READ, apps.options.max_ack))
        link = self._open(options, answers_pings=apps.options.answers_pings)
        socket = AppSocket(state, apps, link, life=life)
        state.sockets.add(socket)
        socket.serve()

    def _open(self, options: RtmOptions, *, answers_pings: bool = True) -> Link:
        return Link(
            self.connection,
            cast("Callable[[int], bytes]", self.rfile.read),
            options=options,
            faults=self._state.faults,
            journal=self._state.journal,
            number=self._state.sockets.reserve(),
            answers_pings=answers_pings,
        )

    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002 - the library's name
        """Say nothing: the journal has it all."""
