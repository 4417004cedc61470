"""What a client writes, read by somebody else's parser."""

from __future__ import annotations

import os
from collections.abc import Sequence

import pytest
from hypothesis import given, strategies as st
from wsproto.frame_protocol import FrameProtocol, Opcode

from rxslack.wire import framing
from rxslack.wire.framing import CLOSE, PING, PONG, TEXT, client_frames


def read(data: bytes) -> list[tuple[int, object]]:
    """The messages that a server sees in frames; it accepts only masked ones."""
    server = FrameProtocol(client=False, extensions=[])
    server.receive_bytes(data)
    messages: list[tuple[int, object]] = []
    for frame in server.received_frames():
        assert (frame.frame_finished, frame.message_finished) == (True, True)
        said = frame.payload
        messages.append((frame.opcode, said.encode() if isinstance(said, str) else said))
    return messages


def keys_in(data: bytes, payloads: Sequence[bytes]) -> list[bytes]:
    """The key of each frame, all of them shorter than 126 bytes."""
    at, keys = 0, list[bytes]()
    for payload in payloads:
        keys.append(data[at + 2 : at + 6])
        at += 6 + len(payload)
    return keys


@pytest.mark.parametrize("size", [0, 1, 2, 3, 4, 5, 125, 126, 127, 65_535, 65_536, 200_001])
def test_it_writes_every_length(size: int) -> None:
    payload = b"abcdefg" * (size // 7) + b"abcdefg"[: size % 7]
    frames = client_frames(TEXT, [payload, b"next"])
    assert read(frames) == [(Opcode.TEXT, payload), (Opcode.TEXT, b"next")]


@given(st.lists(st.text(max_size=300).map(str.encode), max_size=20))
def test_it_writes_each_message_as_one_frame(payloads: list[bytes]) -> None:
    assert read(client_frames(TEXT, payloads)) == [(Opcode.TEXT, one) for one in payloads]


@pytest.mark.parametrize(
    ("opcode", "payload", "meaning"),
    [
        (PING, b"", (Opcode.PING, b"")),
        (PING, b"\x00\xff", (Opcode.PING, b"\x00\xff")),
        (PONG, b"x" * 125, (Opcode.PONG, b"x" * 125)),
        (CLOSE, b"\x03\xe9", (Opcode.CLOSE, (1001, ""))),
    ],
)
def test_it_writes_control_frames(opcode: int, payload: bytes, meaning: tuple[int, object]) -> None:
    assert read(client_frames(opcode, [payload])) == [meaning]


def test_it_masks_each_frame_with_a_key_of_its_own() -> None:
    payloads = [b"the same"] * 1000
    keys = keys_in(client_frames(TEXT, payloads), payloads)
    assert len(set(keys)) > 990  # of 2**32 keys, two are the same once in ten thousand runs


def test_it_takes_the_keys_from_the_system_once_for_all_frames(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    assert vars(framing)["urandom"] is os.urandom
    asked: list[int] = []

    def known(size: int) -> bytes:
        asked.append(size)
        return bytes(range(1, size + 1))

    monkeypatch.setattr(framing, "urandom", known)
    payloads = [b"one", b"", b"three"]
    keys = keys_in(client_frames(TEXT, payloads), payloads)
    assert keys == [b"\x01\x02\x03\x04", b"\x05\x06\x07\x08", b"\x09\x0a\x0b\x0c"]
    assert asked == [12]
