"""The decoders of JSON frames beside each other: the standard library's and orjson's, one by one and in groups."""

from __future__ import annotations

import json
from collections.abc import Callable, Generator, Sequence
from contextlib import contextmanager
from random import Random
from typing import Any, Final

from rxslack.errors import FrameError
from rxslack.wire.decoding import (
    read_event_with_json,
    read_event_with_orjson,
    together_with_json,
    together_with_orjson,
)
from tests.fuzz.bytes_at_random import mutated
from tests.fuzz.finding import Finding, Step

__all__ = ["fuzzer", "step"]

_KEYS: Final = ("type", "type", "ts", "text", "payload", "subtype", "ü", "", "a\u0000b")
_TYPES: Final[tuple[Any, ...]] = ("message", "hello", [], {}, None, 5)
_SCALARS: Final = (
    *("message", "hello", "", "\ud800", "😀", "\u2028", "\\", '"', "\x7f\x1b"),
    *(None, True, False, 0, -1, 1.5, 1e300, -0.0, 2**53 + 1, 2**63, -(2**63) - 1, 2**64, 10**30),
)
_SPECIAL: Final = (
    *(
        b"NaN",
        b"-Infinity",
        b"1e999",
        b"-",
        b"01",
        b"1.",
        b"\\ud800",
        b"\\u0000",
        b"\xff",
        b"\xed\xa0\x80",
    ),
    *(
        b" ",
        b"\xef\xbb\xbf",
        b"9" * 400,
        b"9" * 5000,
        b'{"type":"a"}',
        b'"type":"b",',
        b"[" * 50,
        b"]" * 50,
    ),
)
_NOT_UTF8: Final = "not UTF-8"


@contextmanager
def fuzzer() -> Generator[Step]:
    """Nothing has to be set up."""
    yield step


def step(random: Random) -> None:
    """Some frames."""
    frames = [_frame(random) for _ in range(random.choice((1, 1, 2, 5, 16)))]
    plain = [_outcome(read_event_with_json, frame) for frame in frames]
    for frame, expected in zip(frames, plain, strict=True):
        _compare("orjson", _outcome(read_event_with_orjson, frame), expected, frame)
    for name, together in (("json", together_with_json), ("orjson", together_with_orjson)):
        _check_group(name, together, frames, plain)


def _check_group(
    name: str,
    together: Callable[[Sequence[bytes]], list[Any] | None],
    frames: list[bytes],
    plain: list[Any],
) -> None:
    values = together(frames)
    if values is None:  # they are read one by one then
        return
    if len(values) != len(frames):
        raise Finding(f"{name} makes {len(values)} values of {len(frames)} frames", frames)
    for value, expected in zip(values, plain, strict=True):
        # What is no event is read again, by itself.
        if isinstance(value, dict) and "type" in value:
            _compare(f"{name}, in a group,", value, expected, frames)


def _frame(random: Random) -> bytes:
    value = {random.choice(_KEYS): _value(random, 3) for _ in range(random.randint(0, 5))}
    value |= {"type": random.choice(_TYPES)}
    text = json.dumps(value, ensure_ascii=random.random() < 0.5)
    frame = text.encode("utf-8", "surrogatepass")
    if random.random() < 0.3:
        at = random.randrange(len(frame) + 1)
        frame = frame[:at] + random.choice(_SPECIAL) + frame[at:]
    return mutated(random, frame) if random.random() < 0.4 else frame


def _value(random: Random, depth: int) -> Any:
    kind = random.random()
    if depth and kind < 0.15:
        return [_value(random, depth - 1) for _ in range(random.randint(0, 3))]
    if depth and kind < 0.3:
        return {
            random.choice(_KEYS): _value(random, depth - 1) for _ in range(random.randint(0, 3))
        }
    return random.choice(_SCALARS)


def _outcome(read: Callable[[bytes], dict[str, Any]], frame: bytes) -> Any:
    try:
        return read(frame)
    except FrameError:
        return _NOT_UTF8


def _compare(name: str, value: Any, expected: Any, shown_by: object) -> None:
    if repr(value) == repr(expected):  # which tells 1 from 1.0 and True, and 0.0 from -0.0
        return
    raise Finding(f"{name} reads {value!r}, and the standard library {expected!r}", shown_by)
