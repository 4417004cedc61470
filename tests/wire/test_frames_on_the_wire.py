"""
From a server's bytes to the items of a stream: any cut, any pause, any fragments.

The bytes are written by wsproto, and twice read: in memory, where every cut can be had, and off a
real socket, through everything there is between it and the subscriber.
"""

from __future__ import annotations

import itertools
import json
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from queue import Queue
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings, strategies as st
from wsproto.frame_protocol import FrameProtocol

from rxslack import rtm
from rxslack.errors import FrameError, is_retryable
from rxslack.simulator import Limits, Workspace
from rxslack.wire.decoding import read_event
from rxslack.wire.frames import FrameReader

TEXT, BINARY, CONTINUATION, CLOSE, PING = 1, 2, 0, 8, 9

# Lengths on each side of where the length field gets wider: 7, 16 and 64 bits (section 5.2).
SIZES = st.one_of(
    st.integers(0, 100),
    st.sampled_from([125, 126, 127, 65_535, 65_536, 70_000]),
    st.integers(126, 2000),
)
TEXTS = st.text(st.characters(exclude_categories=["Cs"]), max_size=12)


@dataclass(frozen=True)
class Message:
    """A message, and how it goes over the wire."""

    size: int  # bytes of padding
    text: str
    cuts: list[float]  # where its fragments begin, as shares of its length
    between: list[bytes]  # payloads of pings among them
    pongs: bool  # whether unasked-for pongs come along

    def item(self, number: int) -> dict[str, Any]:
        return {"type": "message", "n": number, "text": self.text, "pad": "x" * self.size}

    def frames(self, server: FrameProtocol, number: int) -> bytes:
        """As wsproto writes them; a fragment may end inside a character."""
        payload = json.dumps(self.item(number), ensure_ascii=False).encode()
        edges = sorted({0, len(payload), *(int(cut * len(payload)) for cut in self.cuts)})
        out, pings = b"", iter(self.between)
        for start, end in itertools.pairwise(edges):
            out += _data(payload[start:end], first=start == 0, fin=end == len(payload))
            out += b"".join(bytes(server.ping(ping)) for ping in itertools.islice(pings, 1))
            out += bytes(server.pong(b"unasked")) if self.pongs else b""
        return out + b"".join(bytes(server.ping(ping)) for ping in pings)


def _data(payload: bytes, *, first: bool, fin: bool) -> bytes:
    """A data frame. wsproto's own is for whole characters only; its header is the same."""
    server = FrameProtocol(client=False, extensions=[])
    frame = bytearray(server.send_data(payload, fin=fin))
    frame[0] = (frame[0] & 0xF0) | (TEXT if first else CONTINUATION)
    return bytes(frame)


MESSAGES = st.lists(
    st.builds(
        Message,
        size=SIZES,
        text=TEXTS,
        cuts=st.lists(st.floats(0, 1, exclude_max=True), max_size=4),
        between=st.lists(st.binary(max_size=125), max_size=3),
        pongs=st.booleans(),
    ),
    max_size=5,
)
CUTS = st.lists(st.floats(0, 1), max_size=20)


def written(messages: list[Message]) -> tuple[bytes, list[dict[str, Any]], list[bytes]]:
    """The bytes, the items they stand for, and the pings among them."""
    server = FrameProtocol(client=False, extensions=[])
    stream = b"".join(message.frames(server, n) for n, message in enumerate(messages))
    items = [message.item(n) for n, message in enumerate(messages)]
    return stream, items, [ping for message in messages for ping in message.between]


def cut(stream: bytes, cuts: list[float]) -> list[bytes]:
    edges = sorted({0, len(stream), *(int(at * len(stream)) for at in cuts)})
    return [stream[start:end] for start, end in itertools.pairwise(edges)]


@given(messages=MESSAGES, cuts=CUTS)
def test_it_reads_the_same_items_however_the_bytes_are_cut(
    messages: list[Message], cuts: list[float]
) -> None:
    stream, items, pings = written(messages)
    heard: list[bytes] = []
    reader = FrameReader(on_ping=heard.append)
    read = [read_event(frame) for chunk in cut(stream, cuts) for frame in reader.feed(chunk)]
    assert reader.failure is None
    assert read == items
    assert heard == pings


@given(messages=MESSAGES)
@settings(max_examples=20)
def test_it_reads_the_same_items_byte_by_byte(messages: list[Message]) -> None:
    stream, items, _ = written([m for m in messages if m.size < 3000])
    reader = FrameReader()
    read = [read_event(f) for at in range(len(stream)) for f in reader.feed(stream[at : at + 1])]
    assert read == items


@dataclass
class Live:
    """A stream on a real socket whose server writes what it is told to."""

    slack: Workspace
    items: Queue[dict[str, Any]] = field(default_factory=Queue[dict[str, Any]])
    examples: Iterator[int] = field(default_factory=itertools.count)

    def until(self, kind: str) -> list[dict[str, Any]]:
        """The items before the next one of a type."""
        return [*itertools.takewhile(lambda item: item["type"] != kind, iter(self.next_item, None))]

    def next_item(self) -> dict[str, Any]:
        return self.items.get(timeout=10)


@pytest.fixture(scope="module")
def live() -> Iterator[Live]:
    with Workspace(limits=Limits.off()) as slack:
        live = Live(slack)
        subscription = rtm(slack.web).subscribe(live.items.put)
        assert live.until("reconnect_url")[0]["type"] == "hello"
        yield live
        subscription.dispose()


@given(messages=MESSAGES, cuts=CUTS, pauses=st.lists(st.booleans(), max_size=6))
@settings(
    max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
def test_it_emits_the_same_items_off_a_socket_however_it_pauses(
    live: Live, messages: list[Message], cuts: list[float], pauses: list[bool]
) -> None:
    stream, items, pings = written(messages)
    connection = live.slack.connections[0]
    end = f"end {next(live.examples)}"
    before = _pongs(live.slack)
    for chunk, pause in itertools.zip_longest(cut(stream, cuts), pauses, fillvalue=b""):
        connection.send_bytes(bytes(chunk))
        if pause is True:
            time.sleep(0.001)
    connection.send({"type": end})
    assert live.until(end) == items
    live.slack.wait_until(lambda: len(_pongs(live.slack)) >= len(before) + len(pings))
    assert _pongs(live.slack)[len(before) :] == pings


def _pongs(slack: Workspace) -> list[bytes]:
    """Everything that came over the socket: nothing but the answers to pings."""
    return [e.data for e in slack.transcript if e.where == "socket 1" and e.direction == "in"]


def frame(opcode: int, payload: bytes = b"", *, fin: bool = True, first: int = 0) -> bytes:
    """A short frame, right or wrong."""
    assert len(payload) < 126
    return bytes([(0x80 if fin else 0) | opcode | first, len(payload)]) + payload


BREACHES = {
    "masked": (b"\x81\x82abcdxy", 1002, "masked"),
    "reserved bit": (frame(TEXT, b"{}", first=0x40), 1002, "reserved"),
    "unknown opcode": (frame(3), 1002, "opcode 3"),
    "control frame in fragments": (frame(PING, fin=False), 1002, "control frame"),
    "control frame too long": (b"\x89\x7e\x00\x7e", 1002, "control frame"),
    "continuation of nothing": (frame(CONTINUATION, b"{}"), 1002, "continuation"),
    "message in a message": (frame(TEXT, b"{", fin=False) + frame(TEXT, b"}"), 1002, "inside"),
    "bad UTF-8": (frame(TEXT, b'{"type":"\xff"}'), 1007, "UTF-8"),
    "bad UTF-8 across fragments": (
        frame(TEXT, b'{"type":"\xc3', fin=False) + frame(CONTINUATION, b'"}'),
        1007,
        "UTF-8",
    ),
    "oversized": (b"\x81\x7e\x03\xe9", 1009, "1000"),
    "oversized in fragments": (
        b"\x01\x7e\x02\x58" + b"x" * 600 + b"\x80\x7e\x02\x58" + b"x" * 600,
        1009,
        "1000",
    ),
    "longer than anything": (b"\x81\x7f" + b"\xff" * 8, 1009, "1000"),
    "CLOSE of one byte": (frame(CLOSE, b"\x03"), 1002, "CLOSE"),
    "CLOSE with a code that is never sent": (frame(CLOSE, b"\x03\xee"), 1002, "CLOSE"),
    "CLOSE with a reason that is not UTF-8": (frame(CLOSE, b"\x03\xe8\xff"), 1007, "UTF-8"),
}


@pytest.mark.parametrize("name", BREACHES)
def test_it_names_the_breach_that_ends_the_stream(slack: Workspace, name: str) -> None:
    data, code, words = BREACHES[name]
    seen: Queue[Any] = Queue()
    subscription = rtm(slack.web, max_message_size=1000).subscribe(seen.put, seen.put)
    slack.wait_until(lambda: slack.connections)[0].send({"type": "before"})
    slack.connections[0].send_bytes(data + frame(TEXT, b'{"type":"after"}'))
    last = [*itertools.takewhile(lambda one: one.get("type") != "before", iter(seen.get, None))]
    assert last[0]["type"] == "hello"
    error = seen.get(timeout=10)
    assert isinstance(error, FrameError)
    assert (error.code, is_retryable(error)) == (code, True)
    assert words in str(error)
    assert seen.empty()
    subscription.dispose()
