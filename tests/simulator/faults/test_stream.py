"""Each fault of the bytes below frames, in the clear and under TLS, seen by plain sockets."""

from __future__ import annotations

import json
import socket
import ssl
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

import pytest
import trustme

from rxslack.simulator import Connection, Limits, Workspace
from rxslack.web.settings import Transport
from rxslack.wire.frames import CONTINUATION, PING, TEXT, server_frame


@dataclass
class Line:
    """A workspace, and a websocket by hand that is past hello."""

    slack: Workspace
    opening: Callable[[], Any]

    def open(self) -> Any:
        before = len(self.slack.past_connections)
        client = self.opening()
        client.answer()
        assert [client.event()["type"] for _ in range(2)] == ["hello", "reconnect_url"]
        self.slack.wait_until(lambda: len(self.slack.past_connections) > before)
        return client

    def connection(self) -> Connection:
        return self.slack.connections[-1]


@pytest.fixture(scope="module")
def authority() -> trustme.CA:
    return trustme.CA()


@pytest.fixture(params=["in the clear", "under TLS"])
def line(request: pytest.FixtureRequest, authority: trustme.CA, raw_class: Any) -> Iterator[Line]:
    server = client = None
    issued: Any = authority  # its signatures name types of an optional library
    if request.param == "under TLS":
        server = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        issued.issue_cert("127.0.0.1").configure_cert(server)
        client = ssl.create_default_context()
        issued.configure_trust(client)
    opened: list[Any] = []
    with Workspace(
        seed=1, limits=Limits.off(), tls=server, transport=Transport(ssl_context=client)
    ) as slack:

        def opening() -> Any:
            opened.append(raw_class(slack.web.call("rtm.connect")["url"], client))
            return opened[-1]

        yield Line(slack, opening)
        for one in opened:
            one.close()


def said(line: Line, *texts: str) -> None:
    for text in texts:
        line.slack.say("general", "alice", text)


def test_it_cuts_inside_a_frame(line: Line) -> None:
    client = line.open()
    whole = server_frame(json.dumps({"type": "goodbye"}, separators=(",", ":")).encode())
    line.connection().break_inside({"type": "goodbye"}, "RST")
    got = client.until_reset()
    assert got == whole[: len(got)]
    assert 0 < len(got) < len(whole)


def test_it_ends_inside_a_frame(line: Line) -> None:
    client = line.open()
    line.connection().break_inside({"type": "goodbye"}, "FIN")
    got = client.rest()
    assert 0 < len(got) < len(server_frame(b'{"type":"goodbye"}'))


def test_it_stalls_inside_a_frame(line: Line) -> None:
    client = line.open()
    with line.connection().break_inside({"type": "goodbye"}, "stall"):
        said(line, "after it")
        assert client.exactly(1) == b"\x81"
        client.sock.settimeout(0.1)
        with pytest.raises(TimeoutError):
            client.exactly(17)
    client.sock.settimeout(10)
    assert client.exactly(19).endswith(b'"goodbye"}')
    assert client.event()["text"] == "after it"


@pytest.mark.parametrize("how", ["RST", "FIN"])
def test_it_breaks_by_itself_after_so_many_frames(line: Line, how: Any) -> None:
    client = line.open()
    with line.slack.faults.break_inside_frame(how, after=2) as broken:
        said(line, "one", "two", "three", "four")
        assert [client.event()["text"] for _ in range(2)] == ["one", "two"]
        left = client.until_reset() if how == "RST" else client.rest()
        assert b"four" not in left
        assert broken.given == 1
        second = line.open()
        said(line, "five")
        assert second.event()["text"] == "five"


def test_it_stalls_by_itself_until_the_release(line: Line) -> None:
    client = line.open()
    with line.slack.faults.break_inside_frame("stall"):
        said(line, "one", "two")
        client.sock.settimeout(0.1)
        with pytest.raises(TimeoutError):
            client.event()
    client.sock.settimeout(10)


def test_it_frees_a_stalled_connection_that_the_client_gave_up(line: Line) -> None:
    client = line.open()
    with line.slack.faults.break_inside_frame("stall") as broken:
        said(line, "one")
        client.exactly(1)
        assert broken.given == 1
        client.close()
        line.slack.wait_until(lambda: not line.slack.connections)


def test_it_sends_a_frame_in_many_segments(line: Line) -> None:
    client, whole = line.open(), server_frame(b'{"type":"goodbye"}')
    with line.slack.faults.split_frames(most=3, pause=0.0001):
        shaped = line.slack.faults.shape([whole, whole])
        pieces = [piece for piece in shaped if isinstance(piece, bytes)]
        line.slack.emit({"type": "goodbye"})
        assert client.exactly(len(whole)) == whole
    assert b"".join(pieces) == whole * 2
    assert {len(piece) for piece in pieces} == {1, 2, 3}
    assert [*line.slack.faults.shape([whole, whole])] == [whole * 2]


def test_it_sends_many_frames_in_one_segment(line: Line) -> None:
    client = line.open()
    with line.slack.faults.gather_frames() as hold:
        said(line, *"abc")
        line.slack.wait_until(lambda: hold.waiting == 1)
        client.sock.settimeout(0.1)
        with pytest.raises(TimeoutError):
            client.segment()
    client.sock.settimeout(10)
    segment = client.segment()
    assert [segment.count(f'"text":"{text}"'.encode()) >= 1 for text in "abc"] == [True] * 3


def test_it_sends_a_message_in_many_frames(line: Line) -> None:
    client = line.open()
    with line.slack.faults.fragment_messages(most=5):
        said(line, "Hello")
        opcodes, text = list[int](), b""
        while not opcodes or opcodes[-1] != 0x80 | CONTINUATION:
            first, payload = client.frame()
            opcodes.append(first)
            text += payload if first != 0x80 | PING else b""
    assert json.loads(text)["text"] == "Hello"
    assert opcodes[0] == TEXT
    assert opcodes[1::2] == [0x80 | PING] * (len(opcodes) // 2)
    assert len(opcodes) >= 3


def test_it_refuses_connections_and_takes_them_again(line: Line) -> None:
    client = line.open()
    where = urlsplit(line.slack.base_url)
    address = (where.hostname or "", where.port or 0)
    for _ in range(2):
        with line.slack.faults.refuse(), line.slack.faults.refuse():
            with pytest.raises(ConnectionRefusedError):
                socket.create_connection(address, timeout=10)
            said(line, "to those who are in")
            assert client.event()["text"] == "to those who are in"
        socket.create_connection(address, timeout=10).close()
    line.open()


def test_it_closes_while_it_refuses() -> None:
    with Workspace() as slack:
        slack.faults.refuse()


# TLS


@pytest.mark.parametrize("line", ["under TLS"], indirect=True)
def test_it_stalls_the_greeting_of_tls(line: Line) -> None:
    where = urlsplit(line.slack.base_url)
    with (
        line.slack.faults.stall_tls() as hold,
        socket.create_connection((where.hostname or "", where.port or 0), timeout=10) as tcp,
    ):
        line.slack.wait_until(lambda: hold.waiting == 1)
        tcp.settimeout(0.1)
        with pytest.raises(TimeoutError):
            ssl.create_default_context().wrap_socket(tcp, server_hostname="127.0.0.1")
    line.open()


@pytest.mark.parametrize("line", ["under TLS"], indirect=True)
def test_it_parts_from_tls_as_one_should(line: Line) -> None:
    client = line.open()
    line.connection().hang_up()
    assert client.rest() == b""  # a truncation would have raised


@pytest.mark.parametrize("line", ["under TLS"], indirect=True)
def test_it_truncates_tls(line: Line) -> None:
    client = line.open()
    with line.slack.faults.no_close_notify():
        line.connection().hang_up()
        with pytest.raises(ssl.SSLEOFError):
            client.rest()


@pytest.mark.parametrize("line", ["under TLS"], indirect=True)
def test_it_ends_tls_and_leaves_tcp_open(line: Line) -> None:
    client = line.open()
    with line.slack.faults.close_notify_only():
        line.connection().hang_up()
        assert client.rest() == b""
        tcp = client.sock.unwrap()
        tcp.settimeout(0.1)
        with pytest.raises(TimeoutError):
            tcp.recv(1)
        tcp.close()


@pytest.mark.parametrize("line", ["under TLS"], indirect=True)
def test_it_carries_much_both_ways_at_once(line: Line) -> None:
    client = line.open()
    for number in range(2000):
        said(line, "x" * 500)
        if number < 150:
            client.say(id=number, type="ping")
    kinds = [client.event()["type"] for _ in range(2150)]
    assert (kinds.count("message"), kinds.count("pong")) == (2000, 150)
