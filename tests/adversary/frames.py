"""Websocket frames, written and read by hand. Source: RFC 6455, sections 1.3 and 5.2."""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Iterator
from typing import Final

__all__ = ["CLOSE", "PING", "PONG", "TEXT", "Breach", "Frames", "accept", "frame"]

CONTINUATION: Final = 0x0
TEXT: Final = 0x1
CLOSE: Final = 0x8
PING: Final = 0x9
PONG: Final = 0xA

_GUID: Final = b"258EAFA5-E914-47DA-95CA-C5AB0DC85B11"


class Breach(Exception):
    """The client broke the protocol."""


def accept(key: str) -> str:
    """
    The answer to a handshake's key.

    >>> accept("dGhlIHNhbXBsZSBub25jZQ==")  # the example of section 1.3
    's3pPLMBiTxaQ9kYGzzhZRbK+xOo='
    """
    digest = hashlib.sha1(key.encode() + _GUID, usedforsecurity=False).digest()
    return base64.b64encode(digest).decode()


def frame(payload: bytes, opcode: int = TEXT, *, final: bool = True) -> bytes:
    """
    A frame as a server sends it, without a mask.

    >>> frame(b"Hello").hex()  # the example of section 5.7
    '810548656c6c6f'
    """
    size = len(payload)
    first = (0x80 if final else 0) | opcode
    if size < 126:
        return bytes([first, size]) + payload
    if size < 1 << 16:
        return bytes([first, 126]) + size.to_bytes(2, "big") + payload
    return bytes([first, 127]) + size.to_bytes(8, "big") + payload


class Frames:
    """
    What a client sends, whole messages at a time.

    >>> [*Frames().feed(bytes.fromhex("818537fa213d7f9f4d5158"))]  # section 5.7
    [(1, b'Hello')]
    """

    def __init__(self) -> None:
        self._left = b""
        self._kind = CONTINUATION  # of the message whose beginning has come
        self._begun = b""

    def feed(self, data: bytes) -> Iterator[tuple[int, bytes]]:
        """The kind and the payload of each message that is complete now. Raises Breach."""
        self._left += data
        while (one := self._take()) is not None:
            final, opcode, payload = one
            if opcode >= CLOSE:
                if not final or len(payload) > 125:
                    raise Breach("a control frame in parts, or longer than 125 bytes")
                yield opcode, payload
                continue
            if (opcode == CONTINUATION) != bool(self._kind):
                raise Breach("a continuation of nothing, or a message inside a message")
            self._kind = self._kind or opcode
            self._begun += payload
            if final:
                kind, whole = self._kind, self._begun
                self._kind, self._begun = CONTINUATION, b""
                yield kind, whole

    def _take(self) -> tuple[bool, int, bytes] | None:
        data = self._left
        if len(data) < 2:
            return None
        if data[0] & 0x70:
            raise Breach("reserved bits")
        if not data[1] & 0x80:
            raise Breach("a client masks its frames")
        size, at = data[1] & 0x7F, 2
        if size >= 126:
            wide = 2 if size == 126 else 8
            if len(data) < at + wide:
                return None
            size, at = int.from_bytes(data[at : at + wide], "big"), at + wide
        end = at + 4 + size
        if len(data) < end:
            return None
        mask, masked = data[at : at + 4], data[at + 4 : end]
        self._left = data[end:]
        payload = bytes(byte ^ mask[n & 3] for n, byte in enumerate(masked))
        return bool(data[0] & 0x80), data[0] & 0x0F, payload
