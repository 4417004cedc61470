"""
A server in a process of its own that has one flood, and gives it to each websocket as fast as it takes it.

The frames are made once, so that a client is never waited for; `rtm.connect` and `apps.connections.open` are
answered with its address. What clients send is read, and thrown away.
"""

from __future__ import annotations

import json
import multiprocessing
import socket
import threading
from collections.abc import Generator, Iterable
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from typing import Any

from rxslack.wire.frames import server_frame
from tests.benchmarks.handshakes import accepted, field

__all__ = ["Flood", "serve"]


@dataclass(frozen=True)
class Flood:
    """
    What each websocket gets.

    Args:
        hello: the first message, sent alone.
        events: the messages after it.
    """

    hello: bytes
    events: Iterable[bytes]


@contextmanager
def serve(flood: Flood) -> Generator[str]:
    """The address of the Web API, as long as it is served."""
    data = b"".join(map(server_frame, flood.events))
    with socket.create_server(("127.0.0.1", 0), backlog=1024) as listener:
        port: int = listener.getsockname()[1]
        process = multiprocessing.get_context("fork").Process(
            target=_accept, args=(listener, port, server_frame(flood.hello), data), daemon=True
        )
        process.start()
        try:
            yield f"http://127.0.0.1:{port}/api/"
        finally:
            process.terminate()
            process.join()


def _accept(listener: socket.socket, port: int, hello: bytes, data: bytes) -> None:
    while True:
        sock, _ = listener.accept()
        threading.Thread(target=_serve, args=(sock, port, hello, data), daemon=True).start()


def _serve(sock: socket.socket, port: int, hello: bytes, data: bytes) -> None:
    with sock, suppress(OSError):
        while head := _head(sock):
            if b"/api/" in head.split(b" ")[1]:
                sock.sendall(_answer(port))
                continue
            sock.sendall(accepted(field(head, "sec-websocket-key")))
            sock.sendall(hello)
            threading.Thread(target=_throw_away, args=(sock,), daemon=True).start()
            sock.sendall(data)
            threading.Event().wait()


def _head(sock: socket.socket) -> bytes:
    head = b""
    while b"\r\n\r\n" not in head:
        some = sock.recv(64 * 1024)
        if not some:
            return b""
        head += some
    head, _, body = head.partition(b"\r\n\r\n")
    left = int(field(head, "content-length") or 0) - len(body)
    while left > 0:
        left -= len(sock.recv(left))
    return head


def _answer(port: int) -> bytes:
    body: dict[str, Any] = {"ok": True, "url": f"ws://127.0.0.1:{port}/", "team": {"id": "T1"}}
    data = json.dumps(body).encode()
    return b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: %d\r\n\r\n%b" % (
        len(data),
        data,
    )


def _throw_away(sock: socket.socket) -> None:
    with suppress(OSError):
        while sock.recv(64 * 1024):
            pass
