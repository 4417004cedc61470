"""
The opening handshake of a websocket.

Source: RFC 6455 section 4.1.
"""

from __future__ import annotations

import re
import socket
from base64 import b64encode
from hashlib import sha1
from os import urandom
from typing import Final
from urllib.parse import urlsplit

from rxslack.errors import HandshakeRefused, TransportError
from rxslack.web.answers import Deadline, Headers, header_fields
from rxslack.web.dialing import explain
from rxslack.web.exchange import split_address

__all__ = ["shake_hands"]

_HANDSHAKE: Final = "the websocket handshake"
_MAX_HEAD: Final = 16 * 1024  # bytes of an answer to it, status line and headers together
_PIECE: Final = 4096  # bytes asked of the socket at a time
_GUID: Final = b"258EAFA5-E914-47DA-95CA-C5AB0DC85B11"
_END_OF_HEAD: Final = re.compile(rb"\r?\n\r?\n")
_STATUS: Final = re.compile(r"HTTP/1\.\d +(\d{3})(?: |\r?$)")


def shake_hands(sock: socket.socket, url: str, deadline: Deadline, seconds: float) -> bytes:
    """
    Make the handshake over a socket that is connected.

    Args:
        sock: to the peer, TLS and proxy done.
        url: the address; whatever secret it holds stays out of errors.
        deadline: when all of it has to be done.
        seconds: that this deadline gave; for the error.

    Returns: what has come behind the answer: the first frames, perhaps.

    Raises: TransportError, TimedOut, HandshakeRefused.
    """
    key = b64encode(urandom(16))
    try:
        sock.settimeout(deadline.left())
        sock.sendall(_request(url, key))
        head, rest = _read_head(sock, deadline)
    except OSError as error:
        raise explain(_HANDSHAKE, error, seconds) from error
    _check(head, key)
    return rest


def _request(url: str, key: bytes) -> bytes:
    _, target = split_address(url)
    return (
        f"GET {target} HTTP/1.1\r\nHost: {urlsplit(url).netloc}\r\n"
        "Upgrade: websocket\r\nConnection: Upgrade\r\nUser-Agent: rxslack\r\n"
        f"Sec-WebSocket-Key: {key.decode()}\r\nSec-WebSocket-Version: 13\r\n\r\n"
    ).encode("latin-1")


def _read_head(sock: socket.socket, deadline: Deadline) -> tuple[str, bytes]:
    """The head of the answer, and what has come behind it."""
    came = b""
    while (end := _END_OF_HEAD.search(came)) is None and len(came) <= _MAX_HEAD:
        sock.settimeout(deadline.left())
        piece = sock.recv(_PIECE)
        if not piece:
            raise TransportError(_HANDSHAKE, "the peer hung up")
        came += piece
    if end is None or end.start() > _MAX_HEAD:
        raise TransportError(_HANDSHAKE, f"an answer with a head of over {_MAX_HEAD} bytes")
    return came[: end.start()].decode("latin-1"), came[end.end() :]


def _check(head: str, key: bytes) -> None:
    first, _, rest = head.partition("\n")
    status = _STATUS.match(first)
    if status is None or status[1] != "101":
        raise HandshakeRefused(int(status[1]) if status else 0)
    headers = Headers(header_fields(rest))
    accept = b64encode(sha1(key + _GUID, usedforsecurity=False).digest()).decode()
    options = headers.get("Connection", "").lower().split(",")
    if (
        headers.get("Upgrade", "").lower() != "websocket"
        or "upgrade" not in map(str.strip, options)
        or headers.get("Sec-WebSocket-Accept") != accept
    ):
        raise HandshakeRefused(0)
