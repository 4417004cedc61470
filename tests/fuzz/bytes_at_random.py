"""Changes to bytes that fuzzers have in common."""

from __future__ import annotations

from collections.abc import Iterator
from random import Random

__all__ = ["in_chunks", "mutated"]


def mutated(random: Random, data: bytes, *, most: int = 4) -> bytes:
    """The same with up to so many bits turned, bytes replaced, and pieces removed or doubled."""
    changed = bytearray(data)
    for _ in range(random.randint(1, most)):
        at = random.randrange(len(changed) + 1)
        end = min(len(changed), at + random.choice((1, 1, 2, 8, 64)))
        kind = random.randrange(5)
        if kind == 0 and at < len(changed):
            changed[at] ^= 1 << random.randrange(8)
        elif kind == 1:
            changed[at:end] = random.randbytes(end - at)
        elif kind == 2:
            del changed[at:end]
        elif kind == 3:
            changed[at:at] = changed[at:end] * random.choice((1, 2, 20))
        else:
            changed[at:at] = random.choice((b"\0", b"\xff", b'"', b"\\", b"[", b"{", b"}", b"\x80"))
    return bytes(changed)


def in_chunks(random: Random, data: bytes) -> Iterator[bytes]:
    """The same in pieces: all at once, byte by byte, or anything between."""
    fewest = len(data) // 2000  # bytes: more pieces than that only take long
    most = max(random.choice((1, 2, 3, 10, 100, 1000, len(data) + 1)), fewest)
    at = 0
    while at < len(data):
        size = random.randint(1, most)
        yield data[at : at + size]
        at += size
