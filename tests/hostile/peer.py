"""Whoever plays the peer: raw sockets, a script for each connection."""

from __future__ import annotations

import base64
import hashlib
import json
import socket
import ssl
import threading
from collections.abc import Generator
from contextlib import contextmanager, suppress
from typing import Final

from tests.hostile.case import Script

__all__ = ["HELLO", "accept", "request_of", "serving", "slack_whose_websocket"]

_GUID: Final = b"258EAFA5-E914-47DA-95CA-C5AB0DC85B11"  # RFC 6455 section 1.3
HELLO: Final = b'\x81\x10{"type":"hello"}'
"""Slack's first frame."""


@contextmanager
def serving(script: Script, tls: ssl.SSLContext | None = None) -> Generator[int]:
    """A port of this machine on which a script plays the peer; its connections end with it."""
    open_ones: list[socket.socket] = []

    def play(sock: socket.socket) -> None:
        with suppress(OSError, ValueError), sock:  # ValueError: closed under its feet
            if tls is not None:
                with tls.wrap_socket(sock, server_side=True) as wrapped:
                    script(wrapped)
            else:
                script(sock)

    def listen() -> None:
        with suppress(OSError):
            while True:
                sock, _ = server.accept()
                sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
                open_ones.append(socket.fromfd(sock.fileno(), sock.family, sock.type))
                threading.Thread(target=play, args=(sock,), daemon=True).start()

    with socket.create_server(("127.0.0.1", 0)) as server:
        threading.Thread(target=listen, daemon=True).start()
        try:
            yield server.getsockname()[1]
        finally:
            with suppress(OSError):
                server.shutdown(socket.SHUT_RDWR)
            for sock in open_ones:
                with suppress(OSError), sock:
                    sock.shutdown(socket.SHUT_RDWR)


def request_of(sock: socket.socket) -> bytes:
    """The next request, with the body that its Content-Length tells of; b"" at the end."""
    data = b""
    while b"\r\n\r\n" not in data:
        more = sock.recv(65536)
        if not more:
            return b""
        data += more
    head, _, body = data.partition(b"\r\n\r\n")
    size = int(header(data, b"content-length") or 0)
    while len(body) < size:
        body += sock.recv(65536)
    return head + b"\r\n\r\n" + body


def header(request: bytes, name: bytes) -> bytes:
    """The value of a header; b"" when there is none."""
    for line in request.partition(b"\r\n\r\n")[0].split(b"\r\n")[1:]:
        key, _, value = line.partition(b":")
        if key.strip().lower() == name:
            return value.strip()
    return b""


def accept(sock: socket.socket, request: bytes, first: bytes = b"") -> None:
    """Let the websocket open, and say something in the same breath."""
    key = base64.b64encode(hashlib.sha1(header(request, b"sec-websocket-key") + _GUID).digest())
    sock.sendall(
        b"HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
        b"Sec-WebSocket-Accept: " + key + b"\r\n\r\n" + first
    )


def slack_whose_websocket(script: Script, *, handshake: bool = True, first: bytes = b"") -> Script:
    """
    Answers Web API calls with its own address, and does something on the websocket.

    Args:
        script: what it does.
        handshake: whether the websocket is open by then; else the request has been read.
        first: is said in one breath with the answer that opens it.
    """

    def play(sock: socket.socket) -> None:
        request = request_of(sock)
        if request.startswith(b"GET "):
            if handshake:
                accept(sock, request, first)
            script(sock)
        elif request:
            scheme = "wss" if isinstance(sock, ssl.SSLSocket) else "ws"
            url = f"{scheme}://{header(request, b'host').decode()}/ticket"
            body = json.dumps({"ok": True, "url": url, "team": {"id": "T1"}}).encode()
            # Closed, so that no socket is kept for the next call, and taken for a leak.
            sock.sendall(
                b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nConnection: close\r\n"
                b"Content-Length: %d\r\n\r\n%s" % (len(body), body)
            )

    return play
