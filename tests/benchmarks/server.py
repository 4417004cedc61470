"""
A Slack that can only talk fast: the Web API's two ways to a websocket, and a stream of events.

It runs in a process of its own, so that what a client costs is the client's alone:

    python -m tests.benchmarks.server

prints its port and serves until its standard input is closed. What it sends is in the address, see
`scenario`; `rtm.connect` under such an address hands that address on.
"""

from __future__ import annotations

import json
import socket
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from typing import Final

from tests.benchmarks.handshakes import accepted, field
from tests.benchmarks.scenario import FIRST, Scenario, parse, template

_BATCH: Final = 500  # events in one write of a flood
_HELLO: Final = b'{"type":"hello"}'


def main() -> None:
    """Serve until standard input ends."""
    listener = socket.create_server(("127.0.0.1", 0), backlog=1024)
    print(listener.getsockname()[1], flush=True)  # noqa: T201 the caller reads it
    threading.Thread(target=_accept, args=(listener,), daemon=True).start()
    sys.stdin.read()


def _accept(listener: socket.socket) -> None:
    port: int = listener.getsockname()[1]
    while True:
        sock, _ = listener.accept()
        sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        threading.Thread(target=_serve, args=(sock, port), daemon=True).start()


def _serve(sock: socket.socket, port: int) -> None:
    with sock, suppress(OSError):
        while head := _read_head(sock):
            path = head.split(b" ")[1].decode()
            if "/api/" in path:
                _drop_body(sock, head)
                url = f"ws://127.0.0.1:{port}{path.partition('api/')[0]}"
                sock.sendall(_answer(url, path.rpartition("/")[2]))
            else:
                sock.sendall(accepted(field(head, "sec-websocket-key")))
                _Stream(sock, parse(path)).run()
                return


def _read_head(sock: socket.socket) -> bytes:
    head = b""
    while not head.endswith(b"\r\n\r\n"):
        byte = sock.recv(1)
        if not byte:
            return b""
        head += byte
    return head


def _drop_body(sock: socket.socket, head: bytes) -> None:
    left = int(field(head, "content-length") or 0)
    while left:
        left -= len(sock.recv(left))


def _answer(url: str, method: str) -> bytes:
    known = {"id": "T024BE7LD", "name": "bench", "domain": "bench"}
    body = {"ok": True, "url": url, "team": known, "self": {"id": "U1", "name": "bot"}}
    identity = {"user_id": "U1", "bot_id": "B1", "team_id": "T024BE7LD"}
    data = json.dumps({**body, **identity, **_ABOUT.get(method, {})}).encode()
    head = (
        f"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: {len(data)}\r\n\r\n"
    )
    return head.encode() + data


_ABOUT: Final[dict[str, dict[str, object]]] = {  # what csp's adapter asks about
    "users.info": {
        "user": {"id": "U2147483697", "name": "robin", "profile": {"real_name_normalized": "Robin"}}
    },
    "conversations.info": {"channel": {"id": "C024BE91L", "name": "general"}},
}


class _Stream:
    """One websocket: the events of its scenario out, acknowledgements and pings in."""

    def __init__(self, sock: socket.socket, scenario: Scenario) -> None:
        self._sock = sock
        self._scenario = scenario
        payload = template(scenario)
        longest = len(payload % tuple(range(payload.count(b"%")))) + 20
        self._payload = payload
        self._wide = longest >= 126
        self._told = 0  # events the client has told of
        self._news = threading.Condition()
        self._over = False
        self._writing = threading.Lock()

    def run(self) -> None:
        reader = threading.Thread(target=self._listen, daemon=True)
        reader.start()
        with suppress(OSError):
            self._send(_frame(_HELLO))
            ways: dict[str, Callable[[], None]] = {
                "flood": self._flood,
                "window": self._window,
                "pace": self._pace,
                "idle": lambda: None,
            }
            ways[self._scenario.kind]()
        reader.join()

    def _send(self, data: bytes) -> None:
        with self._writing:
            self._sock.sendall(data)

    def _events(self, start: int, end: int) -> bytes:
        payload, now = self._payload, time.monotonic_ns()
        if self._scenario.envelopes:
            texts = (payload % (n, n, FIRST + n, FIRST + n, now) for n in range(start, end))
        else:
            texts = (payload % (FIRST + n, FIRST + n, now) for n in range(start, end))
        return b"".join([_frame(text) for text in texts])

    def _flood(self) -> None:
        count = self._scenario.count
        for start in range(0, count, _BATCH):
            self._send(self._events(start, min(start + _BATCH, count)))

    def _window(self) -> None:
        sent, count, window = 0, self._scenario.count, self._scenario.rate
        while sent < count and not self._over:
            with self._news:
                while self._told + window <= sent and not self._over:
                    self._news.wait()
            end = min(self._told + window, count)
            self._send(self._events(sent, end))
            sent = end

    def _pace(self) -> None:
        step = 1 / self._scenario.rate
        due = time.monotonic()
        for number in range(self._scenario.count):
            while (left := due - time.monotonic()) > 0:
                time.sleep(left)
            self._send(self._events(number, number + 1))
            due += step

    def _listen(self) -> None:
        with suppress(OSError), self._sock.makefile("rb") as stream:
            for opcode, payload in _frames(stream.read):
                if opcode == 8:
                    self._send(bytes([0x88, len(payload)]) + payload)
                    break
                if opcode == 9:
                    self._send(bytes([0x8A, len(payload)]) + payload)
                elif opcode == 1 and not self._scenario.envelopes:
                    self._hear(json.loads(payload))
                elif opcode == 1 and self._scenario.kind == "window":  # each acknowledges one
                    self._hear({"told": self._told + 1})
        self._over = True
        with self._news:
            self._news.notify()

    def _hear(self, message: dict[str, object]) -> None:
        if message.get("type") == "ping":
            pong = {"type": "pong", "reply_to": message.get("id")}
            self._send(_frame(json.dumps(pong).encode()))
        elif isinstance(told := message.get("told"), int):
            with self._news:
                self._told = told
                self._news.notify()


def _frame(payload: bytes) -> bytes:
    size = len(payload)
    return (bytes((0x81, size)) if size < 126 else b"\x81\x7e" + size.to_bytes(2, "big")) + payload


def _frames(read: Callable[[int], bytes]) -> Iterator[tuple[int, bytes]]:
    """What a client sends, which is masked, and short except for envelopes' answers."""
    while len(head := read(2)) == 2:
        size = head[1] & 0x7F
        if size == 126:
            size = int.from_bytes(read(2), "big")
        mask = int.from_bytes(read(4) * (size // 4 + 1), "big") >> (32 - 8 * (size % 4))
        payload = int.from_bytes(read(size), "big") ^ mask
        yield head[0] & 0x0F, payload.to_bytes(size, "big")


if __name__ == "__main__":
    main()
