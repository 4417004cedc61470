"""Requests and answers over kept connections, and every way in which they fail."""

from __future__ import annotations

import gzip
import http.client
import io
import socket
import threading
import zlib
from collections.abc import Generator
from contextlib import contextmanager, suppress
from typing import Any

import pytest
import urllib3.exceptions

from rxslack.errors import SlackError, TimedOut, TransportError
from rxslack.web.answers import AnswerTooLong, Deadline, HttpAnswer, read_answer
from rxslack.web.client import WebClient
from rxslack.web.exchange import Connections, OutgoingRequest, split_address
from rxslack.web.settings import DIRECT, Transport

PLAIN = Transport(proxy=DIRECT, connect_timeout=10.0, read_timeout=30.0)


# Answers


class Pieces:
    """A socket from which these come."""

    def __init__(self, *pieces: bytes) -> None:
        self._pieces = [*pieces]

    def settimeout(self, value: float | None, /) -> None:
        """It waits for nothing."""

    def recv(self, size: int, /) -> bytes:
        assert size
        return self._pieces.pop(0) if self._pieces else b""


def read(*pieces: bytes, most: int = 1000) -> HttpAnswer:
    return read_answer(Pieces(*pieces), Deadline(None), most)


SIZED = b"HTTP/1.1 200 OK\r\nContent-Length: 5\r\nVia: a\r\n\r\nhello"
CHUNKED = (
    b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"
    b"3;a=b\r\nhel\r\n02\r\nlo\r\n0\r\nTrailer: x\r\n\r\n"
)
ANSWERS = {
    "sized": (SIZED, False),
    "chunked": (CHUNKED, False),
    "by its end": (b"HTTP/1.1 200 OK\r\n\r\nhello", True),
    "old": (SIZED.replace(b"1.1", b"1.0"), True),
    "old, and kept": (
        SIZED.replace(b"1.1", b"1.0").replace(b"Via: a", b"Connection: Keep-Alive"),
        False,
    ),
    "closed": (SIZED.replace(b"Via: a", b"connection: Close"), True),
    "no carriage returns": (SIZED.replace(b"\r\n", b"\n"), False),
    "interim": (
        b"HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 103 Hints\r\nLink: a\r\n\r\n" + SIZED,
        False,
    ),
    "folded": (SIZED.replace(b"Via: a", b"Via: a,\r\n  b"), False),
    "no header": (SIZED.replace(b"Via: a", b"nonsense\r\n: none\r\nContent-Length : 9"), False),
    "said twice": (SIZED.replace(b"Via: a", b"Content-Length: 5"), False),
    "more than was asked for": (SIZED + b"HTTP/1.1 200 OK\r\n", True),
}


@pytest.mark.parametrize(("text", "last"), ANSWERS.values(), ids=ANSWERS)
@pytest.mark.parametrize("whole", [True, False], ids=["at once", "byte by byte"])
def test_it_reads_an_answer_to_its_end(text: bytes, last: bool, whole: bool) -> None:
    answer = read(text) if whole else read(*(bytes([one]) for one in text))
    assert (answer.status, answer.body) == (200, b"hello")
    assert answer.last is (last and (whole or text.startswith(SIZED) is False))


@pytest.mark.parametrize("status", [b"204 No Content", b"304 Not Modified"])
def test_it_waits_for_no_body_where_there_is_none(status: bytes) -> None:
    answer = read(SIZED.replace(b"200 OK", status).removesuffix(b"hello"))
    assert (answer.body, answer.last) == (b"", False)


def test_it_joins_headers_of_one_name() -> None:
    headers = read(SIZED.replace(b"Via: a", b"Via: a\r\nVIA:b")).headers
    assert headers["via"] == "a, b"
    assert dict(headers) == {"Content-Length": "5", "Via": "a, b"}


BROKEN = {
    "nothing": b"",
    "no HTTP": b"SSH-2.0-OpenSSH_9.2\r\n\r\n",
    "a status of no number": SIZED.replace(b"200", b"two"),
    "a cut head": SIZED[:30],
    "a cut body": SIZED[:-1],
    "a cut chunk": CHUNKED[:-20],
    "a chunk without a length": CHUNKED.replace(b"3;a=b", b"-3"),
    "a chunk of another length": CHUNKED.replace(b"3;a=b", b"2"),
    "no gzip": SIZED.replace(b"Via: a", b"Content-Encoding: gzip"),
    "not deflated": SIZED.replace(b"Via: a", b"Content-Encoding: deflate"),
}


@pytest.mark.parametrize("text", BROKEN.values(), ids=BROKEN)
def test_it_takes_nothing_else_for_an_answer(text: bytes) -> None:
    with pytest.raises((http.client.HTTPException, OSError)) as caught:
        read(text)
    assert len(str(caught.value)) < 300


def packed(coding: str, body: bytes) -> bytes:
    head = f"HTTP/1.1 200 OK\r\nContent-Encoding: {coding}\r\nContent-Length: {len(body)}\r\n\r\n"
    return head.encode() + body


def raw_deflated(text: bytes) -> bytes:
    return zlib.compress(text)[2:-4]


@pytest.mark.parametrize(
    ("coding", "body"),
    [
        ("gzip", gzip.compress(b"hello")),
        ("X-GZIP", gzip.compress(b"hel") + gzip.compress(b"lo")),
        ("gzip", gzip.compress(b"hello") + b"padding"),
        ("deflate", zlib.compress(b"hello")),
        ("deflate", raw_deflated(b"hello")),
        ("identity", b"hello"),
    ],
    ids=["one", "two members", "padded", "zlib", "raw", "as it is"],
)
def test_it_unpacks_a_body(coding: str, body: bytes) -> None:
    assert read(packed(coding, body)).body == b"hello"


@pytest.mark.parametrize(
    ("coding", "pack"),
    [("gzip", gzip.compress), ("deflate", zlib.compress), ("identity", bytes)],
    ids=["gzip", "deflate", "identity"],
)
def test_it_unpacks_no_more_than_is_allowed(coding: str, pack: Any) -> None:
    assert len(read(packed(coding, pack(b"a" * 1000))).body) == 1000
    with pytest.raises(AnswerTooLong):
        read(packed(coding, pack(b"a" * 1001)))


def test_it_takes_many_small_pieces_in_linear_time() -> None:
    """A copy of what is left for each would take minutes."""
    head = b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"
    chunks = b"1\r\na\r\n" * 1_000_000 + b"0\r\n\r\n"
    assert len(read(head + chunks, most=10_000_000).body) == 1_000_000
    members = gzip.compress(b"") * 50_000
    assert read(packed("gzip", members), most=10_000_000).body == b""


# Connections


@contextmanager
def counting(*answers: bytes) -> Generator[tuple[str, list[bytes]]]:
    """A server that gives each of these answers, on as few connections as it can; and what it read."""
    asked: list[bytes] = []
    opened: list[socket.socket] = []
    left = [*answers]

    def serve(sock: socket.socket) -> None:
        with sock, suppress(OSError):
            while left and (text := sock.recv(65536)):
                asked.append(b"%d " % opened.index(sock) + text)
                answer = left.pop(0)
                sock.sendall(answer)
                if b"close" in answer:
                    return

    def listen(server: socket.socket) -> None:
        with suppress(OSError):
            while True:
                opened.append(server.accept()[0])
                threading.Thread(target=serve, args=(opened[-1],), daemon=True).start()

    with socket.create_server(("127.0.0.1", 0)) as server:
        thread = threading.Thread(target=listen, args=(server,), daemon=True)
        thread.start()
        try:
            yield f"http://127.0.0.1:{server.getsockname()[1]}", asked
        finally:
            server.shutdown(socket.SHUT_RDWR)
            thread.join()


def exchange(connections: Connections, origin: str) -> HttpAnswer:
    return connections.exchange(OutgoingRequest(origin, "/a?b", {"X": "y"}, b"body"))


def test_it_asks_again_on_the_same_connection_where_it_may() -> None:
    closing = SIZED.replace(b"Via: a", b"Connection: close")
    connections = Connections(PLAIN)
    with counting(SIZED, closing, SIZED) as (origin, asked):
        for _ in range(3):
            assert exchange(connections, origin).body == b"hello"
        connections.close()
    assert [one[:1] for one in asked] == [b"0", b"0", b"1"]
    host = origin.removeprefix("http://").encode()
    assert asked[0][2:] == (
        b"POST /a?b HTTP/1.1\r\nHost: " + host + b"\r\nAccept-Encoding: identity\r\n"
        b"Content-Length: 4\r\nX: y\r\n\r\nbody"
    )


def test_it_reaches_a_host_by_its_number_and_default_port() -> None:
    connections = Connections(Transport(proxy="http://127.0.0.1:1"))
    seen = list[bytes]()
    for origin in ("http://[::1]:80", "https://slack.com:443", "https://slack.com:444"):
        with pytest.raises((OSError, urllib3.exceptions.HTTPError)):
            exchange(connections, origin)
        request = OutgoingRequest(origin, "/a", {}, b"")
        seen.append(connections.way_to(origin).head_of(request).split(b"\r\n")[1])
    assert seen == [b"Host: [::1]", b"Host: slack.com", b"Host: slack.com:444"]


@pytest.mark.parametrize(
    ("url", "target"),
    [
        ("https://a.b", "/"),
        ("https://a.b?c", "/?c"),
        ("https://a.b/c d?e|f#g", "/c%20d?e%7Cf"),
        ("https://a.b/%20/é\r\n", "/%20/%C3%A9"),
    ],
)
def test_it_asks_for_nothing_that_ends_a_line(url: str, target: str) -> None:
    assert split_address(url) == ("https://a.b", target)


def test_it_keeps_no_connection_to_a_host_that_many_others_came_after() -> None:
    connections = Connections(PLAIN)
    with counting(SIZED, SIZED, SIZED) as (origin, asked):
        exchange(connections, origin)
        exchange(connections, origin)
        for number in range(100):
            connections.way_to(f"https://{number}.example")
        exchange(connections, origin)
        connections.close()
    assert [one[:1] for one in asked] == [b"0", b"0", b"1"]


# Failures


def classes_below(root: type[Exception]) -> set[type[Exception]]:
    found = {root}
    for kind in root.__subclasses__():
        found |= classes_below(kind)
    return found


# What their texts are made of, which their arguments would say in many ways.
ATTRIBUTES = {
    "reason": None,
    "verify_message": "it failed",
    "expected": 0,
    "length": 1,
    "response": io.BytesIO(),
}
LIBRARIES = ("builtins", "http.client", "socket", "ssl", "urllib3.exceptions")
KINDS = {
    f"{kind.__module__}.{kind.__qualname__}": kind
    for root in (urllib3.exceptions.HTTPError, http.client.HTTPException, OSError)
    for kind in classes_below(root)
    if kind.__module__ in LIBRARIES
}


@pytest.mark.parametrize("sent", [False, True], ids=["before sending", "after"])
@pytest.mark.parametrize("name", sorted(KINDS))
def test_it_maps_every_exception_of_the_libraries(
    monkeypatch: pytest.MonkeyPatch, name: str, sent: bool
) -> None:
    """The class of none of them tells whether Slack may have done it."""
    kind = KINDS[name]
    web, error = WebClient("xoxb-test", transport=PLAIN), kind.__new__(kind, "it failed")
    vars(error).update(ATTRIBUTES, partial=b"" if kind is http.client.IncompleteRead else 0)

    def fail(_: Connections, request: OutgoingRequest) -> None:
        request.begun = sent
        raise error

    monkeypatch.setattr(Connections, "exchange", fail)
    with pytest.raises(SlackError) as raised:
        web.call("auth.test")
    assert (raised.value.__cause__, raised.value.__context__) == (None, None)  # it holds the token
    assert isinstance(raised.value, TransportError)
    late = issubclass(kind, (TimeoutError, urllib3.exceptions.ConnectTimeoutError))
    assert isinstance(raised.value, TimedOut) is late
    assert getattr(raised.value, "seconds", 10.0 + 20.0 * sent) == 10.0 + 20.0 * sent
    assert raised.value.maybe_done is sent
