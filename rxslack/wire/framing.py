"""
Writing websocket frames, apart from any socket: messages in, the bytes that a client sends out.

Each message is one frame: Slack does not put fragments together.
"""

from __future__ import annotations

from collections.abc import Sequence
from os import urandom
from struct import Struct
from typing import Final

__all__ = ["CLOSE", "PING", "PONG", "TEXT", "client_frames"]

TEXT: Final = 0x1
CLOSE: Final = 0x8
PING: Final = 0x9
PONG: Final = 0xA

_FIN: Final = 0x80  # of the first byte: the message ends here
_MASKED: Final = 0x80  # of the second, which holds a length up to 125 itself
_LENGTHS: Final = [bytes((_MASKED | size,)) for size in range(126)]
_UNMASKED: Final = [bytes(1 + size + 4) for size in range(10)]  # first byte, length, key
_keys_in: Final = Struct("4s").iter_unpack


def client_frames(opcode: int, payloads: Sequence[bytes]) -> bytes:
    r"""
    Frames for payloads, in order, each masked with a key of its own.

    >>> frames = client_frames(PING, [b"12345", b""])
    >>> frames[:2], len(frames)
    (b'\x89\x85', 17)

    The keys come from the system's source of randomness, asked once for all of them: whoever has
    a say in the payloads must not guess what goes over the wire.

    Source: RFC 6455 sections 5.2 (framing), 5.3 and 10.3 (masking).
    """
    first = bytes((_FIN | opcode,))
    clear: list[bytes] = []
    masks: list[bytes] = []
    for (key,), payload in zip(_keys_in(urandom(4 * len(payloads))), payloads, strict=True):
        size = len(payload)
        length = _LENGTHS[size] if size < 126 else _long(size)
        clear += (first, length, key, payload)
        masks += (_UNMASKED[len(length)], (key * (size // 4 + 1))[:size])
    # All as one number, in one operation: byte by byte it takes ten times as long.
    frames = b"".join(clear)
    masked = int.from_bytes(frames, "big") ^ int.from_bytes(b"".join(masks), "big")
    return masked.to_bytes(len(frames), "big")


def _long(size: int) -> bytes:
    """A length over 125, in the shortest form there is for it."""
    if size < 1 << 16:
        return bytes((_MASKED | 126,)) + size.to_bytes(2, "big")
    return bytes((_MASKED | 127,)) + size.to_bytes(8, "big")
