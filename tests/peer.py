"""The other end of a websocket, written by hand: it sees each byte that a client sends."""

from __future__ import annotations

import selectors
import socket
import time
from collections.abc import Iterator
from contextlib import suppress

from rxslack.wire.websocket import WebSocket

__all__ = ["CLOSE", "PING", "PONG", "TEXT", "Peer", "close", "frame", "receive", "text"]

TEXT, CLOSE, PING, PONG = 1, 8, 9, 10


def frame(opcode: int, payload: bytes) -> bytes:
    size = len(payload)
    length = bytes([size]) if size < 126 else b"\x7e" + size.to_bytes(2, "big")
    return bytes([0x80 | opcode]) + length + payload


def text(payload: str) -> bytes:
    return frame(TEXT, payload.encode())


def close(code: int, reason: bytes = b"") -> bytes:
    return frame(CLOSE, code.to_bytes(2, "big") + reason)


class Peer:
    """
    Somebody on a socketpair.

    Attributes:
        theirs: the socket for the client.
    """

    def __init__(self) -> None:
        self._sock, self.theirs = socket.socketpair()
        self._sock.settimeout(20.0)

    def send(self, *frames: bytes) -> None:
        self._sock.sendall(b"".join(frames))

    def ping(self, payload: bytes = b"") -> None:
        self.send(frame(PING, payload))

    def frame(self) -> tuple[int, bytes] | None:
        """The next frame: its opcode and what it says; None at the end."""
        head = self._take(2)
        if not head:
            return None
        assert head[0] & 0x80, "a client of Slack's sends no fragments"
        assert head[1] & 0x80, "a client masks"
        size = head[1] & 0x7F
        if size > 125:
            size = int.from_bytes(self._take(2 if size == 126 else 8), "big")
        mask = self._take(4)
        data = self._take(size)
        return head[0] & 0x0F, bytes(byte ^ mask[i % 4] for i, byte in enumerate(data))

    def frames(self) -> Iterator[tuple[int, bytes]]:
        """All of them, until the end."""
        while (found := self.frame()) is not None:
            yield found

    def goodbye(self) -> int | None:
        """The code of the next CLOSE; None: the end came without one."""
        for opcode, payload in self.frames():
            if opcode == CLOSE:
                return int.from_bytes(payload[:2], "big")
        return None

    def hang_up(self) -> None:
        """FIN; what the client says can still be read."""
        with suppress(OSError):
            self._sock.shutdown(socket.SHUT_WR)

    def leave(self) -> None:
        self._sock.close()

    def _take(self, size: int) -> bytes:
        data = b""
        while len(data) < size:
            try:
                more = self._sock.recv(size - len(data))
            except ConnectionResetError:
                more = b""
            if not more:
                return b""
            data += more
        return data


def receive(wire: WebSocket, seconds: float = 20.0) -> list[bytes]:
    """What a websocket hands over within some seconds; meanwhile it sends what is due, as the hub lets it."""
    end = time.monotonic() + seconds
    while True:
        wire.send_due()
        if messages := wire.receive():
            return messages
        events = selectors.EVENT_READ | (selectors.EVENT_WRITE if wire.has_due() else 0)
        with selectors.DefaultSelector() as selector:
            selector.register(wire.descriptor, events)
            if not wire.is_over and not selector.select(max(end - time.monotonic(), 0.0)):
                return []
        # A peer that sends bytes without end, and no message, must not keep the test here.
        if time.monotonic() > end:
            return []
