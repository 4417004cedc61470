"""
The reader of websocket frames beside wsproto's, on streams that are right, wrong, and cut anyhow.

wsproto is stricter in three things, which are excused here: it refuses lengths that could have been
written shorter, and codes of CLOSE that are reserved for later; and it reads the text of a message
as that comes, which is the business of our decoder.
"""

from __future__ import annotations

from collections.abc import Generator
from contextlib import contextmanager
from dataclasses import dataclass, field
from random import Random
from typing import Final

from wsproto.frame_protocol import Frame, FrameProtocol, Opcode, ParseFailed

from rxslack.wire.frames import FrameReader
from tests.fuzz.bytes_at_random import in_chunks, mutated
from tests.fuzz.finding import Finding, Step

__all__ = ["fuzzer", "step"]

_SIZES: Final = (0, 0, 1, 2, 5, 124, 125, 126, 127, 300, 65_535, 65_536, 70_000)
_LIMITS: Final = (16 * 1024 * 1024, 65_536, 1000)
_TEXTS: Final = (b"text ", b'{"type":"message"}', "ü€😀".encode())
_CODES: Final = (0, 999, 1000, 1001, 1004, 1005, 1006, 1011, 1015, 2999, 3000, 4999, 5000, 65_535)
_EXCUSED: Final = ("would have sufficed", "unknown reserved code")


@dataclass
class Seen:
    """What a reader made of a stream."""

    messages: list[bytes] = field(default_factory=list[bytes])
    pings: list[bytes] = field(default_factory=list[bytes])
    pongs: list[bytes] = field(default_factory=list[bytes])
    closed: tuple[int, str] | None = None
    failure: int | None = None


@contextmanager
def fuzzer() -> Generator[Step]:
    """Nothing has to be set up."""
    yield step


def step(random: Random) -> None:
    """One stream."""
    stream = b"".join(_frame(random) for _ in range(random.randint(1, 12)))
    if random.random() < 0.6:
        stream = mutated(random, stream)
    stream += bytes(16)  # so that no header is left incomplete, which one of them may refuse early
    limit = random.choice(_LIMITS)
    chunks = [*in_chunks(random, stream)]
    ours, (theirs, excuse) = _ours(chunks, limit), _theirs(stream)
    _compare(ours, theirs, excuse, limit, (limit, chunks if len(stream) < 2000 else stream))


def _frame(random: Random) -> bytes:
    opcode = random.choices((0, 1, 2, 8, 9, 10, random.randrange(16)), (8, 12, 4, 1, 4, 4, 0.3))[0]
    first = opcode | (0x80 if random.random() < 0.75 or opcode > 7 else 0)
    if random.random() < 0.01:
        first |= random.choice((0x10, 0x20, 0x40))
    size = random.choice(_SIZES[:9] if opcode > 7 or random.random() < 0.97 else _SIZES)
    payload = _payload(random, opcode, size)
    if len(payload) < 126:
        return bytes([first, len(payload)]) + payload
    if len(payload) < 1 << 16:
        return bytes([first, 126]) + len(payload).to_bytes(2, "big") + payload
    return bytes([first, 127]) + len(payload).to_bytes(8, "big") + payload


def _payload(random: Random, opcode: int, size: int) -> bytes:
    if opcode == 8:
        return random.choice((b"", b"\3", random.choice(_CODES).to_bytes(2, "big") + b"bye"))
    text = random.choice(_TEXTS)
    return (text * (size // len(text) + 1))[:size]


def _ours(chunks: list[bytes], limit: int) -> Seen:
    seen = Seen()
    reader = FrameReader(
        max_size=limit, on_ping=seen.pings.append, on_any_pong=seen.pongs.append, on_binary=_marked
    )
    for chunk in chunks:
        seen.messages += reader.feed(chunk)
    seen.closed = reader.closed
    seen.failure = None if reader.failure is None else reader.failure.code
    return seen


def _marked(message: bytes) -> bytes:
    return b"binary " + message


def _theirs(stream: bytes) -> tuple[Seen, bool]:
    """What wsproto makes of it, and whether it is stricter than we are."""
    seen = Seen()
    protocol = FrameProtocol(client=True, extensions=[])
    protocol.receive_bytes(stream)
    parts: list[bytes] = []
    try:
        for frame in protocol.received_frames():
            _note(frame, seen, parts)
    except ParseFailed as error:
        seen.failure = int(error.code)
        return seen, any(words in str(error) for words in _EXCUSED)
    return seen, False


def _note(frame: Frame, seen: Seen, parts: list[bytes]) -> None:
    if frame.opcode is Opcode.CLOSE:
        assert isinstance(frame.payload, tuple)
        seen.closed = (int(frame.payload[0]), frame.payload[1] or "")
    elif frame.opcode is Opcode.PING:
        seen.pings.append(_bytes(frame.payload))
    elif frame.opcode is Opcode.PONG:
        seen.pongs.append(_bytes(frame.payload))
    else:
        parts.append(_bytes(frame.payload))
        if frame.message_finished and frame.frame_finished:
            message = b"".join(parts)
            seen.messages.append(_marked(message) if frame.opcode is Opcode.BINARY else message)
            parts.clear()


def _bytes(payload: object) -> bytes:
    return payload.encode() if isinstance(payload, str) else bytes(payload)  # type: ignore[call-overload] # a Frame's payload is text, bytes, or CLOSE's pair


def _compare(ours: Seen, theirs: Seen, excuse: bool, limit: int, shown_by: object) -> None:
    if ours == theirs:
        return
    for name in ("messages", "pings", "pongs"):
        mine, others = getattr(ours, name), getattr(theirs, name)
        common = min(len(mine), len(others))
        if mine[:common] != others[:common]:
            raise Finding(f"{name} are {mine}, and wsproto's {others}", shown_by)
    if ours.failure == 1009:  # wsproto knows no limit, and reads on
        return
    ahead = len(ours.messages) >= len(theirs.messages)
    if (excuse or _is_no_text(ours, theirs)) and ahead:
        return
    raise Finding(f"it comes to {ours}, and for wsproto to {theirs}", shown_by)


def _is_no_text(ours: Seen, theirs: Seen) -> bool:
    """Whether wsproto stopped at a text that is not UTF-8, which we hand on, or wait the end of."""
    if theirs.failure != 1007:
        return False
    if len(ours.messages) == len(theirs.messages):
        return True
    try:
        ours.messages[len(theirs.messages)].decode()
    except UnicodeDecodeError:
        return True
    return False
