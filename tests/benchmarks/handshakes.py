"""What the servers of the benchmarks know of HTTP."""

from __future__ import annotations

import base64
import hashlib
from typing import Final

__all__ = ["accepted", "field"]

_GUID: Final = b"258EAFA5-E914-47DA-95CA-C5AB0DC85B11"  # RFC 6455 section 1.3


def field(head: bytes, name: str) -> str:
    """The value of a field of a head; empty where there is none."""
    fields = (line.partition(": ") for line in head.decode().split("\r\n")[1:])
    return next((value for key, _, value in fields if key.lower() == name), "")


def accepted(key: str) -> bytes:
    """The answer that makes a connection a websocket, to the key that a client sent."""
    told = hashlib.sha1(key.encode() + _GUID, usedforsecurity=False).digest()
    return (
        b"HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
        b"Sec-WebSocket-Accept: %b\r\n\r\n" % base64.b64encode(told)
    )
