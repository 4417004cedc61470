"""Reading what a client sends: RFC 6455 from the server's side, one blocking read after another."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from rxslack.wire.frames import BINARY, CLOSE, CONTINUATION, PING, PONG, TEXT, server_frame

__all__ = [
    "Breach",
    "Frame",
    "close_frame",
    "read_frame",
    "read_messages",
]

_KNOWN = frozenset({CONTINUATION, TEXT, BINARY, CLOSE, PING, PONG})

Read = Callable[[int], bytes]


class Breach(Exception):
    """
    The client broke RFC 6455, or a limit.

    Args:
        code: the close code of section 7.4.1 that says so.
        reason: why, in a few words.
    """

    def __init__(self, code: int, reason: str) -> None:
        super().__init__(reason)
        self.code = code
        self.reason = reason


@dataclass(frozen=True)
class Frame:
    """
    One frame, or a message put together from several.

    Args:
        opcode: of section 5.2.
        payload: unmasked.
        fin: whether the message ends here.
    """

    opcode: int
    payload: bytes
    fin: bool = True


def close_frame(code: int | None, reason: str = "") -> bytes:
    """A CLOSE frame; with no code it has no payload. Source: RFC 6455 section 5.5.1."""
    payload = b"" if code is None else code.to_bytes(2, "big") + reason.encode()[:123]
    return server_frame(payload, CLOSE)


def read_frame(read: Read, limit: int) -> Frame:
    """
    The next frame of a client.

    Args:
        read: returns exactly so many bytes, fewer only at the end of the connection.
        limit: bytes of payload allowed.

    Raises: EOFError at the end of the connection; Breach.
    """
    first, second = _exactly(read, 2)
    fin, opcode = bool(first & 0x80), first & 0x0F
    if first & 0x70 or opcode not in _KNOWN:
        raise Breach(1002, "reserved bits or an unknown opcode")
    if not second & 0x80:
        raise Breach(1002, "a client's frame has to be masked")
    size = _size(read, second & 0x7F)
    if opcode >= CLOSE and (not fin or size > 125):
        raise Breach(1002, "a control frame may be neither long nor split")
    if size > limit:
        raise Breach(1009, "the frame is too long")
    mask = _exactly(read, 4)
    return Frame(opcode, _unmasked(_exactly(read, size), mask), fin)


def _size(read: Read, short: int) -> int:
    if short == 126:
        return int.from_bytes(_exactly(read, 2), "big")
    if short == 127:
        return int.from_bytes(_exactly(read, 8), "big")
    return short


def _exactly(read: Read, count: int) -> bytes:
    data = read(count) if count else b""
    if len(data) < count:
        raise EOFError
    return data


def _unmasked(data: bytes, mask: bytes) -> bytes:
    size = len(data)
    stream = (mask * (size // 4 + 1))[:size]
    return (int.from_bytes(data, "big") ^ int.from_bytes(stream, "big")).to_bytes(size, "big")


def read_messages(read: Read, limit: int, *, fragments: bool) -> Iterator[Frame]:
    """
    Whole messages and control frames, as they come.

    Args:
        read: as in `read_frame`.
        limit: bytes of payload allowed in a message.
        fragments: whether a message may come in several frames.

    Raises: EOFError, Breach.
    """
    parts: list[Frame] = []
    while True:
        frame = read_frame(read, limit - sum(len(part.payload) for part in parts))
        if frame.opcode >= CLOSE:
            yield frame
            continue
        _check_order(frame, parts)
        if not fragments and not frame.fin:
            raise Breach(1003, "messages in several frames are not taken")
        parts.append(frame)
        if frame.fin:
            yield Frame(parts[0].opcode, b"".join(part.payload for part in parts))
            parts = []


def _check_order(frame: Frame, parts: list[Frame]) -> None:
    if (frame.opcode == CONTINUATION) != bool(parts):
        raise Breach(1002, "a continuation of nothing, or a message within a message")
