"""What a peer may do on a websocket."""

from __future__ import annotations

import socket
import threading
from typing import Any, Final

from reactivex import Observable

from rxslack import WebClient, rtm
from rxslack.errors import FrameError, HandshakeRefused, Silent, TimedOut, TransportError
from rxslack.web.settings import DIRECT, Transport
from tests.hostile.case import MIB, Case, Script
from tests.hostile.peer import HELLO, slack_whose_websocket

__all__ = ["CASES"]

_EMPTY: Final = b"\x00\x00"  # a continuation frame, and not the last one
_PAIR: Final = b"\x00\x02ab"
_PING: Final = b"\x89\x7d" + b"p" * 125
_EVENT: Final = b"\x81\x7d" + b'{"type":"message","text":"'.ljust(123, b"a") + b'"}'
_SILENCE: Final = 3.0
_LIMIT: Final = 2 * MIB  # for a message; the larger it is, the longer take small fragments of it


def _stream(base_url: str, ca_file: str | None) -> Observable[Any]:
    transport = Transport(proxy=DIRECT, ca_file=ca_file, connect_timeout=2.0)
    web = WebClient("xoxb-test", base_url=base_url, transport=transport)
    return rtm(web, ping_after=1.0, silence=_SILENCE, max_message_size=_LIMIT)


def _for_ever(start: bytes, again: bytes, *, small_window: bool = False) -> Script:
    """Says something, then something else as fast as the client takes it; reads nothing."""
    many = again * max(1, 256 * 1024 // len(again))

    def script(sock: socket.socket) -> None:
        if small_window:  # so that little is enough for it to take no more
            sock.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
        sock.sendall(start)
        while True:
            sock.sendall(many)

    return script


def _in_drops(start: bytes, drop: bytes, pause: float) -> Script:
    def script(sock: socket.socket) -> None:
        sock.sendall(start)
        while not threading.Event().wait(pause):
            sock.sendall(drop)

    return script


_BAD: Final = b"HTTP/1.1 403 Forbidden\r\nContent-Length: 1000000000000\r\n\r\n"
_GOOD: Final = b"HTTP/1.1 101 Switching Protocols\r\n"

CASES: Final[dict[str, Case]] = {
    "flood-before-hello": Case(
        says="messages without end, and no hello among them",
        script=slack_whose_websocket(_for_ever(b"", _EVENT)),
        subject=_stream,
        memory=32 * MIB,
        error=FrameError,
        within=_SILENCE,
        dispose_after=None,  # it is over at once
    ),
    "empty-fragments": Case(
        says="a message of empty fragments without end",
        script=slack_whose_websocket(_for_ever(HELLO + b"\x01\x00", _EMPTY)),
        subject=_stream,
        memory=32 * MIB,
        error=Silent,
        within=_SILENCE + 2.0,
    ),
    "small-fragments": Case(
        says="a message over the limit, in fragments of two bytes",
        script=slack_whose_websocket(_for_ever(HELLO + b"\x01\x00", _PAIR)),
        subject=_stream,
        memory=8 * MIB,
        error=FrameError,
        within=30.0,  # a million fragments have to be read
    ),
    "pings": Case(
        says="pings without end, from a peer that reads nothing",
        script=slack_whose_websocket(_for_ever(HELLO, _PING, small_window=True)),
        subject=_stream,
        memory=32 * MIB,
        error=Silent,
        within=_SILENCE + 2.0,
        dispose_after=2.0,  # it takes a while until no pong can leave
    ),
    "dripping-handshake": Case(
        says="an answer to the handshake that drips",
        script=slack_whose_websocket(_in_drops(_GOOD + b"X: ", b"y", 0.1), handshake=False),
        subject=_stream,
        memory=32 * MIB,
        error=TimedOut,
        within=3.0,
    ),
    "endless-status-line": Case(
        says="a status line of the handshake without end",
        script=slack_whose_websocket(_for_ever(b"HTTP/1.1 101 ", b"y"), handshake=False),
        subject=_stream,
        memory=32 * MIB,
        error=TransportError,
        within=3.0,
        dispose_after=None,
    ),
    "endless-headers": Case(
        says="headers of the handshake without end",
        script=slack_whose_websocket(_for_ever(_GOOD, b"X-A: y\r\n"), handshake=False),
        subject=_stream,
        memory=32 * MIB,
        error=TransportError,
        within=3.0,
        dispose_after=None,
    ),
    "endless-refusal": Case(
        says="a refusal of the handshake with a page without end",
        script=slack_whose_websocket(_for_ever(_BAD, b"y"), handshake=False),
        subject=_stream,
        memory=32 * MIB,
        error=HandshakeRefused,
        within=3.0,
        dispose_after=None,
    ),
}
