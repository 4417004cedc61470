"""Frames cut out of bytes: RFC 6455 as tables, and any chunking as a property."""

from __future__ import annotations

import itertools
import os
import tracemalloc
from collections.abc import Sequence

import pytest
from hypothesis import given, strategies as st
from wsproto.frame_protocol import CloseReason, FrameProtocol, Opcode

from rxslack.errors import FrameError
from rxslack.wire import frames as _frames
from rxslack.wire.frames import CLOSE, PING, PONG, TEXT, FrameReader, client_frames

BINARY, CONTINUATION = 2, 0


def frame(opcode: int, payload: bytes = b"", *, fin: bool = True, first: int = 0) -> bytes:
    """A server's frame, with the shortest length there is for it."""
    size = len(payload)
    head = bytes([(0x80 if fin else 0) | opcode | first])
    if size < 126:
        return head + bytes([size]) + payload
    if size < 1 << 16:
        return head + b"\x7e" + size.to_bytes(2, "big") + payload
    return head + b"\x7f" + size.to_bytes(8, "big") + payload


@pytest.mark.parametrize("size", [0, 1, 125, 126, 127, 65_535, 65_536, 200_000])
def test_it_reads_every_length(size: int) -> None:
    payload = b"x" * size
    assert [payload, b"next"] == FrameReader().feed(frame(TEXT, payload) + frame(TEXT, b"next"))


def test_it_puts_fragments_together_around_control_frames() -> None:
    pings: list[bytes] = []
    reader = FrameReader(on_ping=pings.append)
    came = (
        frame(TEXT, b"He", fin=False)
        + frame(PING, b"1")
        + frame(CONTINUATION, b"ll", fin=False)
        + frame(PONG, b"?")
        + frame(CONTINUATION, b"o")
        + frame(TEXT, b"again")
    )
    assert reader.feed(came) == [b"Hello", b"again"]
    assert pings == [b"1"]


def test_it_hands_binary_messages_to_their_reader() -> None:
    reader = FrameReader(on_binary=bytes.upper)
    assert reader.feed(frame(BINARY, b"abc") + frame(TEXT, b"text")) == [b"ABC", b"text"]


@pytest.mark.parametrize(
    ("payload", "meaning"),
    [
        (b"", (1005, "")),
        (b"\x03\xe8", (1000, "")),
        (b"\x03\xe9going away", (1001, "going away")),
        (b"\x0f\xa0", (4000, "")),
        (b"\x13\x86", (4998, "")),
    ],
)
def test_it_understands_a_close_frame(payload: bytes, meaning: tuple[int, str]) -> None:
    reader = FrameReader()
    assert reader.feed(frame(TEXT, b"last") + frame(CLOSE, payload)) == [b"last"]
    assert meaning == reader.closed
    assert reader.feed(frame(TEXT, b"after the end")) == []


BREACHES = {
    "masked": (b"\x81\x82abcdxy", 1002),
    "reserved bit": (frame(TEXT, b"x", first=0x40), 1002),
    "unknown opcode": (frame(3), 1002),
    "unknown control opcode": (frame(11), 1002),
    "control frame in fragments": (frame(PING, fin=False), 1002),
    "control frame too long": (frame(PING, b"x" * 126), 1002),
    "control frame with a long length": (b"\x89\x7e\x00\x02ab", 1002),
    "continuation of nothing": (frame(CONTINUATION, b"x"), 1002),
    "message inside a message": (frame(TEXT, b"a", fin=False) + frame(TEXT, b"b"), 1002),
    "close of one byte": (frame(CLOSE, b"\x03"), 1002),
    "close with a code that is never sent": (frame(CLOSE, b"\x03\xee"), 1002),
    "close with no such code": (frame(CLOSE, b"\x00\x01"), 1002),
    "close whose reason is not UTF-8": (frame(CLOSE, b"\x03\xe8\xff"), 1007),
    "too long": (frame(TEXT, b"x" * 1001), 1009),
    "too long in all": (frame(TEXT, b"x" * 600, fin=False) + frame(CONTINUATION, b"x" * 600), 1009),
    "longer than anything": (b"\x81\x7f" + b"\xff" * 8, 1009),
}


@pytest.mark.parametrize("name", BREACHES)
def test_it_names_a_breach_after_what_came_before_it(name: str) -> None:
    data, code = BREACHES[name]
    reader = FrameReader(max_size=1000)
    assert reader.feed(frame(TEXT, b"before") + data + frame(TEXT, b"after")) == [b"before"]
    assert isinstance(reader.failure, FrameError)
    assert code == reader.failure.code
    assert reader.feed(frame(TEXT, b"later")) == []


def test_it_refuses_a_long_message_before_waiting_for_it() -> None:
    reader = FrameReader(max_size=1000)
    reader.feed(frame(TEXT, b"x" * 2000)[:10])
    assert reader.failure is not None


def test_it_allows_a_message_of_exactly_the_limit() -> None:
    assert FrameReader(max_size=1000).feed(frame(TEXT, b"x" * 1000)) == [b"x" * 1000]


PIECES = {
    "empty fragments": [b"\x01\x00", *[b"\x00\x00" * 500] * 30],
    "fragments of two bytes": [b"\x01\x00", *[b"\x00\x02ab" * 500] * 30],
    "a frame that comes by two bytes": [b"\x81\x7e\xff\xff", *[b"ab"] * 15_000],
    "what comes after the end": [b"\x88\x00", *[b"ab" * 500] * 100],
    "what comes after a breach": [b"\xf1\x00", *[b"ab" * 500] * 100],
}


@pytest.mark.parametrize("name", PIECES)
def test_it_takes_little_more_memory_than_there_is_of_a_message(name: str) -> None:
    """Each piece as an object of its own would take many times that."""
    reader = FrameReader()
    tracemalloc.start()
    try:
        for piece in PIECES[name]:
            assert reader.feed(bytes(bytearray(piece))) == []
        assert tracemalloc.get_traced_memory()[1] < 80_000
    finally:
        tracemalloc.stop()


messages = st.lists(
    st.tuples(
        st.sampled_from([0, 1, 125, 126, 127, 1000, 65_536]),
        st.integers(1, 4),  # fragments
        st.booleans(),  # a ping in between
    ),
    max_size=6,
)


@given(messages=messages, cuts=st.lists(st.integers(0, 400_000), max_size=12))
def test_it_gives_the_same_messages_however_the_bytes_are_cut(
    messages: list[tuple[int, int, bool]], cuts: list[int]
) -> None:
    stream, expected, pings = _stream(messages)
    seen: list[bytes] = []
    reader = FrameReader(on_ping=seen.append)
    edges = sorted({0, *(cut % (len(stream) + 1) for cut in cuts), len(stream)})
    got = [
        message
        for start, end in itertools.pairwise(edges)
        for message in reader.feed(stream[start:end])
    ]
    assert expected == got
    assert [b"ping"] * pings == seen


def _stream(messages: list[tuple[int, int, bool]]) -> tuple[bytes, list[bytes], int]:
    """Written by wsproto, so that reader and writer do not share their mistakes."""
    server = FrameProtocol(client=False, extensions=[])
    stream, expected, pings = b"", list[bytes](), 0
    for size, fragments, with_ping in messages:
        payload = bytes(97 + i % 26 for i in range(size))
        expected.append(payload)
        step = size // fragments + 1
        parts = [payload[i : i + step] for i in range(0, size, step)] or [b""]
        for index, part in enumerate(parts):
            stream += server.send_data(part.decode(), fin=index == len(parts) - 1)
            if with_ping:
                stream += server.ping(b"ping")
                pings += 1
    return stream, expected, pings


def test_it_reads_one_byte_at_a_time() -> None:
    stream, expected, _ = _stream([(3, 2, True), (126, 1, True)])
    reader = FrameReader()
    got = [message for i in range(len(stream)) for message in reader.feed(stream[i : i + 1])]
    assert expected == got


def test_it_agrees_with_wsproto_on_closing() -> None:
    server = FrameProtocol(client=False, extensions=[])
    reader = FrameReader()
    reader.feed(bytes(server.close(CloseReason.GOING_AWAY, "bye")))
    assert reader.closed == (1001, "bye")
    assert int(Opcode.CLOSE) == CLOSE


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


def test_it_takes_the_keys_from_the_system_once_for_frames_of_one_length(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    assert vars(_frames)["urandom"] is os.urandom
    asked: list[int] = []

    def known(size: int) -> bytes:
        asked.append(size)
        return bytes(range(1, size + 1))

    monkeypatch.setattr(_frames, "urandom", known)
    payloads = [b"one", b"two", b"six"]
    keys = keys_in(client_frames(TEXT, payloads), payloads)
    assert keys == [b"\x01\x02\x03\x04", b"\x05\x06\x07\x08", b"\x09\x0a\x0b\x0c"]
    assert asked == [12]
