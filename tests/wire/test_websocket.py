"""One websocket, and what becomes of the libraries' exceptions."""

from __future__ import annotations

import base64
import errno
import hashlib
import itertools
import os
import re
import socket
import ssl
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any, TypeAlias

import pytest
import websocket

from rxslack.errors import (
    ConfigurationError,
    ConnectionClosed,
    FrameError,
    HandshakeRefused,
    SlackError,
    TimedOut,
    TransportError,
)
from rxslack.simulator import RtmOptions, Workspace
from rxslack.web.dialing import Cancellation, dial
from rxslack.web.settings import DIRECT, Transport
from rxslack.wire import websocket as transport
from rxslack.wire.websocket import WebSocket, open_websocket
from tests.peer import CLOSE, PING, PONG, TEXT, Peer, close, frame, receive, text

PLAIN = Transport(proxy=DIRECT)


@pytest.fixture
def slack() -> Iterator[Workspace]:
    with Workspace(rtm=RtmOptions(reconnect_url=False)) as workspace:
        yield workspace


def url_of(slack: Workspace) -> str:
    url: str = slack.web.call("rtm.connect")["url"]
    return url


def classes_below(root: type[Exception]) -> list[type[Exception]]:
    found = [root]
    for kind in root.__subclasses__():
        found += classes_below(kind)
    return [
        kind for kind in dict.fromkeys(found) if kind.__module__.startswith(root.__module__[:8])
    ]


# Exceptions


SPECIAL: dict[type[Exception], type[SlackError]] = {
    websocket.WebSocketBadStatusException: HandshakeRefused,
    websocket.WebSocketTimeoutException: TimedOut,
    websocket.WebSocketConnectionClosedException: TransportError,
}


@pytest.mark.parametrize("kind", classes_below(websocket.WebSocketException))
def test_it_maps_every_exception_of_the_handshake(
    slack: Workspace, monkeypatch: pytest.MonkeyPatch, kind: type[Exception]
) -> None:
    def fail(*_: Any, **__: Any) -> None:
        if issubclass(kind, websocket.WebSocketBadStatusException):
            raise kind("%s ticket-canary", 403)
        raise kind("ticket-canary")

    monkeypatch.setattr(websocket, "create_connection", fail)
    wanted = next((to for base, to in SPECIAL.items() if issubclass(kind, base)), HandshakeRefused)
    with pytest.raises(SlackError) as raised:
        open_websocket(url_of(slack), PLAIN)
    assert (type(raised.value), raised.value.retryable) == (wanted, True)
    assert "canary" not in f"{raised.value} {raised.value!r}"


@pytest.mark.parametrize(
    ("error", "kind"),
    [
        (ConnectionResetError(104, "reset"), TransportError),
        (BrokenPipeError(32, "broken"), TransportError),
        (TimeoutError(), TimedOut),
        (ssl.SSLError("tls"), TransportError),
        (OSError("anything"), TransportError),
    ],
    ids=repr,
)
def test_it_maps_what_the_system_raises(
    slack: Workspace,
    monkeypatch: pytest.MonkeyPatch,
    error: OSError,
    kind: type[SlackError],
) -> None:
    def fail(*_: Any, **__: Any) -> None:
        raise error

    monkeypatch.setattr(websocket, "create_connection", fail)
    with pytest.raises(kind) as raised:
        open_websocket(url_of(slack), PLAIN)
    assert raised.value.__cause__ is error
    assert str(raised.value).startswith("the websocket handshake: ")
    assert getattr(raised.value, "seconds", 10.0) == 10.0


# Opening


@pytest.mark.parametrize("url", ["", "http://127.0.0.1/", "ws://", "ws://[", "ws://a:port/ticket"])
def test_it_refuses_an_address_that_is_none_without_repeating_it(url: str) -> None:
    with pytest.raises(ConfigurationError, match=r"begin with ws:// or wss://$"):
        dial(url, PLAIN)


@pytest.fixture
def mute() -> Iterator[str]:
    """The address of somebody who takes connections and says nothing."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        yield f"ws://127.0.0.1:{server.getsockname()[1]}/"


@pytest.mark.parametrize("scheme", ["ws", "wss"])
def test_it_gives_up_a_handshake_that_gets_no_answer(mute: str, scheme: str) -> None:
    settings = Transport(proxy=DIRECT, connect_timeout=0.1)
    with pytest.raises(TimedOut) as raised:
        open_websocket(mute.replace("ws", scheme, 1), settings)
    assert raised.value.seconds == 0.1
    # The handshake of TLS comes first.
    what = {"ws": "the websocket handshake", "wss": "the websocket"}[scheme]
    assert str(raised.value) == f"{what}: no answer within 0.1 s"


@pytest.mark.parametrize("scheme", ["ws", "wss"])
def test_it_can_be_called_off_while_it_shakes_hands(mute: str, scheme: str) -> None:
    cancellation, errors = Cancellation(), list[SlackError]()

    def connect() -> None:
        try:
            open_websocket(mute.replace("ws", scheme, 1), PLAIN, cancellation=cancellation)
        except SlackError as error:
            errors.append(error)

    thread = threading.Thread(target=connect)
    thread.start()
    threading.Event().wait(0.1)  # most likely it waits for an answer by now; either way it ends
    cancellation.cut()
    thread.join(5.0)  # the time-out is ten seconds
    assert not thread.is_alive()
    assert [type(error) for error in errors] == [TransportError]


def test_it_opens_nothing_for_a_lifeline_that_is_cut(mute: str) -> None:
    cancellation = Cancellation()
    cancellation.cut()
    with pytest.raises(TransportError, match="called off"):
        open_websocket(mute, PLAIN, cancellation=cancellation)


class Server:
    """Takes one connection, and answers the handshake with whatever it is told to."""

    def __init__(self, answer: Callable[[str], bytes]) -> None:
        self._answer = answer
        self._listening = socket.create_server(("127.0.0.1", 0))
        self._thread = threading.Thread(target=self._serve)
        self.url = f"ws://127.0.0.1:{self._listening.getsockname()[1]}/ticket-canary"
        self.asked = ""

    def _serve(self) -> None:
        sock, _ = self._listening.accept()
        with sock:
            while not self.asked.endswith("\r\n\r\n"):
                self.asked += sock.recv(1000).decode()
            sock.sendall(self._answer(self.asked))

    def __enter__(self) -> Server:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._thread.join(20.0)
        self._listening.close()


def accepted(*more: bytes) -> Callable[[str], bytes]:
    """An answer that accepts, with the frames that follow at once."""

    def answer(asked: str) -> bytes:
        found = re.search(r"Sec-WebSocket-Key: (\S+)", asked)
        assert found is not None
        magic = found[1] + "258EAFA5-E914-47DA-95CA-C5AB0DC85B11"  # RFC 6455 section 1.3
        said = base64.b64encode(hashlib.sha1(magic.encode()).digest())
        head = (
            b"HTTP/1.1 101 Switching Protocols",
            b"Upgrade: websocket",
            b"Connection: Upgrade",
            b"Sec-WebSocket-Accept: " + said,
        )
        return b"\r\n".join([*head, b"", b"".join(more)])

    return answer


class Asked(socket.socket):
    """A socket that remembers how much was asked of it at a time."""

    sizes: list[int]

    def recv(self, size: int, flags: int = 0, /) -> bytes:
        self.sizes.append(size)
        return super().recv(size, flags)


def test_it_asks_for_more_at_a_time_in_a_flood() -> None:
    ours, peer = socket.socketpair()
    asked = Asked(fileno=ours.detach())
    asked.sizes = []
    wire = WebSocket(asked)
    with peer, asked:
        for message in ("x" * (64 * 1024 - 4), "short", "short"):  # a header has four bytes there
            peer.sendall(text(message))
            assert wire.receive() == [message.encode()]
    assert asked.sizes == [64 * 1024, 256 * 1024, 64 * 1024]


def test_it_has_unread_what_came_with_the_handshake() -> None:
    ours, peer = socket.socketpair()
    with peer, ours:
        wire = WebSocket(ours, text("first"))
        assert wire.has_unread()
        assert wire.receive() == [b"first"]
        assert not wire.has_unread()


class Records:
    """A TLS socket that has some records; `ready` of them are decrypted already."""

    def __init__(self, count: int, end: OSError | bytes, ready: int = 0) -> None:
        self.left = count
        self._end = end
        self._ready = ready

    def pending(self) -> int:
        return RECORD if min(self._ready, self.left) > 0 else 0

    def recv(self, size: int) -> bytes:
        assert size == RECORD
        if not self.left:
            if isinstance(self._end, OSError):
                raise self._end
            return self._end
        self.left -= 1
        self._ready -= 1
        return bytes(RECORD)


RECORD = 16 * 1024


@pytest.mark.parametrize("end", [ssl.SSLWantReadError(), ConnectionResetError(), b""], ids=repr)
def test_it_reads_on_over_tls_and_keeps_what_it_has_at_an_end(end: OSError | bytes) -> None:
    sock: Any = Records(2, end)
    assert len(transport.read_on(sock, RECORD)) == 2 * RECORD


@pytest.mark.parametrize(
    ("came", "ready", "read"),
    [(RECORD - 1, 0, 0), (RECORD, 0, 3), (RECORD, 9, 9), (10, 2, 4)],
    ids=[
        "a quiet connection",
        "a flood",
        "all is decrypted",
        "more is decrypted, and then a flood",
    ],
)
def test_it_reads_no_more_than_a_share_over_tls_but_all_that_is_decrypted(
    came: int, ready: int, read: int
) -> None:
    sock: Any = Records(10, b"", ready)
    assert len(transport.read_on(sock, came)) == read * RECORD
    assert sock.left == 10 - read


def test_it_says_who_it_is_and_comes_from_nowhere() -> None:
    with Server(accepted()) as server:
        open_websocket(server.url, PLAIN).close()

    host = server.url.split("/")[2]
    assert server.asked.startswith("GET /ticket-canary HTTP/1.1\r\n")
    assert f"\r\nHost: {host}\r\n" in server.asked
    assert "\r\nSec-WebSocket-Version: 13\r\n" in server.asked
    assert "\r\nUser-Agent: rxslack\r\n" in server.asked
    assert "Origin:" not in server.asked


def test_it_hands_its_options_on_to_the_open_wire() -> None:
    pongs = list[bytes]()
    frames = b"\x82\x02ab", b"\x8a\x017", text("x" * 11)
    with Server(accepted(*frames)) as server:
        wire = open_websocket(
            server.url, PLAIN, max_message_size=10, on_binary=bytes.upper, on_pong=pongs.append
        )
        got = receive(wire, 10.0)
    assert (got, pongs) == ([b"AB"], [b"7"])
    with pytest.raises(FrameError):
        receive(wire, 10.0)
    wire.close()


@pytest.mark.parametrize(
    ("answer", "words", "status"),
    [
        (b"HTTP/1.1 403 Forbidden\r\n\r\nticket-canary", "403", 403),
        (b"HTTP/1.1 302 Found\r\nLocation: ws://127.0.0.1:1/\r\n\r\n", "no valid", 0),
        (b"HTTP/1.1 101 Switching Protocols\r\n\r\n", "no valid", 0),
        (b"ticket-canary\r\n\r\n", "no valid", 0),
        (b"\x15\x03\x01\x00\x02\x02\x16\r\n\r\n", "no valid", 0),
    ],
)
def test_it_tells_how_a_handshake_was_refused(answer: bytes, words: str, status: int) -> None:
    with Server(lambda _: answer) as server, pytest.raises(HandshakeRefused) as raised:
        open_websocket(server.url, PLAIN)

    assert raised.value.status == status
    assert words in str(raised.value)
    assert "canary" not in f"{raised.value!r} {raised.value.__cause__!r}"


@pytest.mark.parametrize(
    ("said", "instead"),
    [
        (b"Upgrade: websocket", b"Upgrade: h2c"),
        (b"Connection: Upgrade", b"Connection: close"),
        (b"Sec-WebSocket-Accept: ", b"Sec-WebSocket-Accept: x"),
        (b"Sec-WebSocket-Accept: ", b"Sec-Other: "),
    ],
)
def test_it_believes_no_answer_to_another_question(said: bytes, instead: bytes) -> None:
    def answer(asked: str) -> bytes:
        return accepted()(asked).replace(said, instead)

    with Server(answer) as server, pytest.raises(HandshakeRefused, match="no valid") as raised:
        open_websocket(server.url, PLAIN)
    assert raised.value.status == 0


def test_it_takes_any_way_to_write_an_answer() -> None:
    def answer(asked: str) -> bytes:
        said = accepted()(asked)
        said = said.replace(b"Upgrade: websocket", b"UPGRADE:WebSocket  ")
        return said.replace(b"Connection: Upgrade", b"connection: keep-alive, upgrade")

    with Server(answer) as server:
        open_websocket(server.url, PLAIN).close()


def test_it_waits_for_no_page_of_a_refusal() -> None:
    answer = b"HTTP/1.1 403 Forbidden\r\nContent-Length: 1000000000000\r\nX: y\r\n\r\n<html>"
    with Server(lambda _: answer) as server, pytest.raises(HandshakeRefused) as raised:
        open_websocket(server.url, PLAIN)
    assert raised.value.status == 403


@pytest.mark.parametrize(
    ("start", "more"),
    [
        (b"HTTP/1.1 101 ", b"y"),
        (b"HTTP/1.1 101 S\r\nX: ", b"y"),
        (b"HTTP/1.1 101 S\r\n", b"X: y\r\n"),
        (b"HTTP/1.1 101 S\r\n", b"Set-Cookie: y=y\r\n"),
    ],
)
def test_it_reads_no_head_without_end(start: bytes, more: bytes) -> None:
    answer = start + more * (17_000 // len(more))
    with Server(lambda _: answer) as server, pytest.raises(TransportError) as raised:
        open_websocket(server.url, PLAIN)
    assert str(raised.value) == (
        "the websocket handshake: an answer with a head of over 16384 bytes"
    )
    assert raised.value.retryable


def test_it_reads_a_head_that_is_as_long_as_may_be() -> None:
    def answer(asked: str) -> bytes:
        head = accepted()(asked).removesuffix(b"\r\n\r\n") + b"\r\nX: "
        return head.ljust(16 * 1024, b"y") + b"\r\n\r\n"

    with Server(answer) as server:
        open_websocket(server.url, PLAIN).close()


def test_it_keeps_no_cookies() -> None:
    """The library would, for the whole process, and for whichever host the peer says."""
    asked: list[str] = []

    def answer(request: str) -> bytes:
        asked.append(request)
        return accepted()(request).replace(b"\r\n", b"\r\nSet-Cookie: a=b; domain=127.0.0.1\r\n", 1)

    for _ in range(2):
        with Server(answer) as server:
            open_websocket(server.url, PLAIN).close()
    assert "cookie" not in asked[1].lower()


@pytest.mark.parametrize("answer", [b"", b"HTTP/1.1 101"])
def test_it_tells_that_the_peer_hung_up_in_the_handshake(answer: bytes) -> None:
    with Server(lambda _: answer) as server, pytest.raises(TransportError) as raised:
        open_websocket(server.url, PLAIN)

    assert str(raised.value) == "the websocket handshake: the peer hung up"


# An open one


@pytest.fixture
def wire(slack: Workspace) -> Iterator[WebSocket]:
    wire = open_websocket(url_of(slack), PLAIN)
    assert receive(wire, 10.0)[0].startswith(b'{"type":"hello"')
    yield wire
    wire.close()


def test_it_sends_whole_frames_from_many_threads(slack: Workspace, wire: WebSocket) -> None:
    def send() -> None:
        for _ in range(20):
            wire.send(b'{"type": "ping"}')

    threads = [threading.Thread(target=send) for _ in range(5)]
    for thread in threads:
        thread.start()
    pongs = list[bytes]()
    while len(pongs) < 100:
        pongs += receive(wire, 10.0)
    assert set(pongs) == {b'{"type":"pong"}'}
    for thread in threads:
        thread.join()


def test_it_sends_one_close_however_many_threads_close(slack: Workspace, wire: WebSocket) -> None:
    threads = [threading.Thread(target=wire.close, args=(1001,)) for _ in range(1)]
    threads += [threading.Thread(target=wire.send_close, args=(1001,)) for _ in range(5)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    slack.wait_until(lambda: slack.past_connections[0].client_close == 1001)
    closes = [e for e in slack.transcript if (e.direction, e.data) == ("in", b"\x03\xe9")]
    assert len(closes) == 1


def test_it_does_not_close_while_another_thread_sends_close(
    slack: Workspace, wire: WebSocket, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The frame would be lost, and the peer would see the connection vanish."""
    begun, go_on = threading.Event(), threading.Event()
    send = WebSocket._send  # pyright: ignore[reportPrivateUsage] the place of the race

    def slow(self: WebSocket, frame: bytes, seconds: float) -> None:
        begun.set()
        go_on.wait(10.0)
        send(self, frame, seconds)

    monkeypatch.setattr(WebSocket, "_send", slow)
    first = threading.Thread(target=wire.send_close, args=(1002,))
    first.start()
    assert begun.wait(10.0)
    second = threading.Thread(target=wire.close)
    second.start()
    second.join(0.1)
    assert second.is_alive()
    go_on.set()
    second.join(10.0)
    first.join(10.0)
    slack.wait_until(lambda: slack.past_connections[0].client_close == 1002)


def test_it_is_of_no_use_once_it_is_closed(wire: WebSocket) -> None:
    wire.close()
    wire.close()
    with pytest.raises(TransportError, match=r"^the websocket: closed already$"):
        wire.send(b"{}")


def test_it_hands_over_what_came_before_the_end(slack: Workspace, wire: WebSocket) -> None:
    slack.emit({"type": "last"})
    slack.connections[0].close(4000, "bye")
    assert receive(wire, 10.0) == [b'{"type":"last"}']
    with pytest.raises(ConnectionClosed) as raised:
        receive(wire, 10.0)
    assert (raised.value.code, raised.value.reason) == (4000, "bye")


# An open one, byte by byte


@pytest.fixture
def ends() -> Iterator[tuple[WebSocket, Peer]]:
    peer = Peer()
    wire = WebSocket(peer.theirs)
    yield wire, peer
    peer.leave()
    wire.close()


Ends: TypeAlias = tuple[WebSocket, Peer]


def test_it_hands_over_all_that_has_come_oldest_first(ends: Ends) -> None:
    wire, peer = ends
    peer.send(text("1"), text("2"), text("3"))
    assert receive(wire, 10.0) == [b"1", b"2", b"3"]
    peer.send(text("4"))
    assert receive(wire) == [b"4"]
    assert receive(wire, 0.0) == []


def test_it_waits_for_the_rest_of_a_message(ends: Ends) -> None:
    wire, peer = ends
    whole = text("x" * 5000)
    peer.send(whole[:3000])
    assert receive(wire, 0.0) == []
    peer.send(whole[3000:])
    assert receive(wire, 10.0) == [b"x" * 5000]


def test_it_reads_more_than_one_buffer(ends: Ends) -> None:
    wire, peer = ends
    sending = threading.Thread(target=peer.send, args=[text("x" * 60_000)] * 5)
    sending.start()
    got = list[bytes]()
    while len(got) < 5:
        got += receive(wire, 10.0)
    sending.join()

    assert got == [b"x" * 60_000] * 5


def test_it_answers_pings_before_it_hands_over_what_came_with_them(ends: Ends) -> None:
    wire, peer = ends
    peer.ping(b"1")
    peer.send(text("a"))
    peer.ping(b"2")
    assert receive(wire, 10.0) == [b"a"]
    assert [peer.frame(), peer.frame()] == [(PONG, b"1"), (PONG, b"2")]


def test_it_reads_on_when_its_pongs_cannot_leave(ends: Ends) -> None:
    wire, peer = ends
    fill(wire)
    peer.send(*[frame(PING, b"1")] * 100, text("a"))

    assert receive(wire, 10.0) == [b"a"]


def test_it_answers_each_ping_once(ends: Ends) -> None:
    wire, peer = ends
    peer.ping(b"1")
    for _ in range(3):
        assert receive(wire, 0.0) == []
    wire.send(b"after it")
    assert [peer.frame(), peer.frame()] == [(PONG, b"1"), (TEXT, b"after it")]


def test_it_answers_a_ping_once_another_thread_has_sent(ends: Ends) -> None:
    wire, peer = ends
    peer.ping(b"1")
    peer.send(text("a"))
    with wire._send_lock:  # pyright: ignore[reportPrivateUsage] as if
        assert receive(wire, 10.0) == [b"a"]
    assert receive(wire, 0.0) == []
    assert peer.frame() == (PONG, b"1")


def test_it_sends_the_rest_of_what_shall_not_wait_while_it_reads(ends: Ends) -> None:
    """That, and nothing else."""
    wire, peer = ends
    wire.send(*[b"x" * 60_000] * 6, wait=False)  # more than the system takes
    with ThreadPoolExecutor(1) as pool:
        reading = pool.submit(lambda: [peer.frame() for _ in range(6)])
        while not reading.done():
            assert receive(wire, 0.01) == []
        assert reading.result() == [(TEXT, b"x" * 60_000)] * 6
    assert receive(wire, 0.0) == []
    wire.send(b"after it")
    assert peer.frame() == (TEXT, b"after it")


def test_it_answers_the_last_ping_once_its_peer_reads_again(ends: Ends) -> None:
    wire, peer = ends
    fill(wire)
    peer.send(*[frame(PING, b"%d" % number) for number in range(100)])
    with ThreadPoolExecutor() as pool:
        reading = pool.submit(receive, wire, 20.0)
        while wire._due_pong != b"99":  # pyright: ignore[reportPrivateUsage] that it has heard of all
            time.sleep(0.001)
        frames = [*itertools.takewhile(lambda one: one != (PONG, b"99"), peer.frames())]
        assert {*frames} == {(TEXT, b"x" * 60_000)}  # whole, also the one that had left in part
        peer.send(text("a"))
        assert reading.result() == [b"a"]


def fill(wire: WebSocket) -> None:
    """Send until the peer, who does not read, takes no more."""
    with pytest.MonkeyPatch.context() as monkeypatch:
        monkeypatch.setattr(transport, "_WRITE_WITHIN", 0.05)
        with pytest.raises(TimedOut) as raised:
            wire.send(*[b"x" * 60_000] * 8)
    assert raised.value.maybe_done
    assert raised.value.seconds == 0.05


def test_it_says_that_what_it_sent_may_have_left_when_time_is_up(
    ends: Ends, monkeypatch: pytest.MonkeyPatch
) -> None:
    wire, _ = ends
    fill(wire)
    monkeypatch.setattr(transport, "_WRITE_WITHIN", 0.05)
    with pytest.raises(TimedOut, match=r"^the websocket: no answer within 0\.05 s") as raised:
        wire.ping()
    assert raised.value.maybe_done


def test_it_does_not_try_again_and_again_while_the_peer_takes_nothing(
    ends: Ends, monkeypatch: pytest.MonkeyPatch
) -> None:
    wire, _ = ends
    monkeypatch.setattr(transport, "_WRITE_WITHIN", 0.05)
    fill(wire)
    tries = list[int]()
    write = wire._write  # pyright: ignore[reportPrivateUsage] where it tries

    def noted(data: memoryview) -> int:
        tries.append(len(data))
        return write(data)

    monkeypatch.setattr(wire, "_write", noted)
    with pytest.raises(TimedOut):
        wire.ping()
    assert len(tries) < 10


def test_it_gives_up_sending_in_time_although_the_peer_takes_some(
    ends: Ends, monkeypatch: pytest.MonkeyPatch
) -> None:
    wire, _ = ends
    monkeypatch.setattr(transport, "_WRITE_WITHIN", 0.0)
    with pytest.raises(TimedOut) as raised:
        wire.send(*[b"x" * 60_000] * 100)
    assert raised.value.maybe_done


def test_it_sends_later_what_shall_not_wait_for_a_peer_that_takes_nothing(ends: Ends) -> None:
    wire, peer = ends
    wire.ping(b"1", wait=False)
    wire.send(b"2", wait=False)
    assert [peer.frame(), peer.frame()] == [(PING, b"1"), (TEXT, b"2")]
    assert not wire.has_due()
    fill(wire)
    wire.ping(b"3", wait=False)
    wire.send(b"4", wait=False)
    assert wire.has_due()
    with ThreadPoolExecutor() as pool:
        pool.submit(wire.send, b"last")
        frames = [*itertools.takewhile(lambda one: one != (TEXT, b"last"), peer.frames())]
    assert [one for one in frames if one != (TEXT, b"x" * 60_000)] == [(PING, b"3"), (TEXT, b"4")]
    assert not wire.has_due()


def test_it_sends_later_what_shall_not_wait_for_another_thread(ends: Ends) -> None:
    wire, peer = ends
    with wire._send_lock:  # pyright: ignore[reportPrivateUsage] as if
        wire.ping(b"1", wait=False)
    wire.ping(b"2")
    assert [peer.frame(), peer.frame()] == [(PING, b"1"), (PING, b"2")]


def test_whoever_sends_sends_what_has_been_put_there_meanwhile(
    ends: Ends, monkeypatch: pytest.MonkeyPatch
) -> None:
    wire, peer = ends
    flush = wire._flush  # pyright: ignore[reportPrivateUsage] the place of the race

    def slow() -> bool:
        done = flush()
        monkeypatch.setattr(wire, "_flush", flush)
        with ThreadPoolExecutor(1) as pool:
            pool.submit(wire.send, b"meanwhile", wait=False).result()
        return done

    monkeypatch.setattr(wire, "_flush", slow)
    wire.send(b"first")
    assert [peer.frame(), peer.frame()] == [(TEXT, b"first"), (TEXT, b"meanwhile")]


def test_it_gives_up_what_shall_not_wait_once_its_peer_has_taken_nothing_for_long(
    ends: Ends, monkeypatch: pytest.MonkeyPatch
) -> None:
    wire, peer = ends
    fill(wire)
    wire.send(b"waits", wait=False)
    monkeypatch.setattr(transport, "_WRITE_WITHIN", -1.0)  # as long ago
    with pytest.raises(TimedOut) as raised:
        wire.send(b"too much", wait=False)
    assert raised.value.maybe_done
    with ThreadPoolExecutor() as pool:
        reading = pool.submit(
            lambda: [*itertools.takewhile(lambda one: b"wa" not in one[1], peer.frames())]
        )
        while wire.has_due():
            wire.send_due()
        reading.result()
    wire.send(b"goes on", wait=False)
    assert peer.frame() == (TEXT, b"goes on")


def test_it_ends_all_sending_when_its_peer_does_not_even_take_the_close(ends: Ends) -> None:
    wire, _ = ends
    fill(wire)
    with ThreadPoolExecutor() as pool:
        sending = pool.submit(wire.send, b"more")
        threading.Event().wait(0.1)  # most likely it waits by now; either way it ends
        wire.send_close()
        with pytest.raises(TransportError) as raised:
            sending.result(4.0)  # it may take five seconds
    assert not isinstance(raised.value, TimedOut)


def test_it_gives_up_sending_when_another_thread_does_not_get_done(
    ends: Ends, monkeypatch: pytest.MonkeyPatch
) -> None:
    wire, peer = ends
    monkeypatch.setattr(transport, "_WRITE_WITHIN", 0.05)
    with wire._send_lock, pytest.raises(TimedOut) as raised:  # pyright: ignore[reportPrivateUsage] as if
        wire.send(b"behind it")
    assert (raised.value.maybe_done, raised.value.seconds) == (True, 0.05)
    assert str(raised.value).startswith("the websocket: ")
    wire.send(b"after it")
    assert peer.frame() == (TEXT, b"after it")


def test_it_sends_what_takes_the_peer_long_to_read(ends: Ends) -> None:
    wire, peer = ends
    sending = threading.Thread(target=wire.send, args=[b"x" * 60_000] * 20)
    sending.start()
    assert [peer.frame() for _ in range(20)] == [(TEXT, b"x" * 60_000)] * 20
    sending.join()


def test_it_sends_each_text_as_a_frame_and_pings(ends: Ends) -> None:
    wire, peer = ends
    wire.send(b"a", b"b")
    wire.ping(b"7")
    wire.ping()
    assert [peer.frame() for _ in range(4)] == [
        (TEXT, b"a"),
        (TEXT, b"b"),
        (PING, b"7"),
        (PING, b""),
    ]


def test_it_makes_of_a_binary_message_what_it_is_told_to_and_hears_pongs() -> None:
    peer, pongs = Peer(), list[bytes]()
    wire = WebSocket(peer.theirs, on_binary=bytes.upper, on_pong=pongs.append, max_message_size=10)
    peer.send(b"\x82\x02ab", b"\x8a\x017")
    assert receive(wire, 10.0) == [b"AB"]
    assert pongs == [b"7"]
    peer.send(text("x" * 11))
    for _ in range(2):
        with pytest.raises(FrameError) as raised:
            receive(wire, 10.0)
        assert raised.value.code == 1009
    wire.close()
    peer.leave()


@pytest.mark.parametrize(
    ("said", "code", "answer"),
    [(close(4000, b"bye"), 4000, 4000), (b"\x88\x00", 1005, 1000), (close(1000), 1000, 1000)],
)
def test_it_answers_a_close_frame(ends: Ends, said: bytes, code: int, answer: int) -> None:
    wire, peer = ends
    peer.send(text("last"), said)
    assert receive(wire, 10.0) == [b"last"]
    for _ in range(2):
        with pytest.raises(ConnectionClosed) as raised:
            receive(wire, 10.0)
        assert raised.value.code == code
    assert peer.goodbye() == answer
    wire.close()
    assert peer.goodbye() is None


def test_it_tells_an_end_without_a_close_frame(ends: Ends) -> None:
    wire, peer = ends
    peer.send(text("last"))
    peer.hang_up()
    assert receive(wire, 10.0) == [b"last"]
    with pytest.raises(ConnectionClosed) as raised:
        receive(wire, 10.0)
    assert raised.value.code == 1006


def test_it_tells_why_a_connection_was_reset(ends: Ends) -> None:
    wire, peer = ends
    wire.send(b"unread")
    peer.leave()
    with pytest.raises(ConnectionClosed) as raised:
        receive(wire, 10.0)
    assert raised.value.code == 1006
    assert raised.value.reason == os.strerror(errno.ECONNRESET)
    with pytest.raises(TransportError) as unsent:
        wire.send(b"more")
    assert unsent.value.maybe_done
    assert str(unsent.value).startswith("the websocket: ")


def test_it_says_goodbye_to_a_peer_that_takes_nothing(ends: Ends) -> None:
    wire, _ = ends
    fill(wire)
    wire.send_close()
    wire.close()
    with pytest.raises(TransportError, match="closed already") as raised:
        wire.send(b"{}")
    assert not raised.value.maybe_done


def test_it_says_goodbye_with_1000_and_once(ends: Ends) -> None:
    wire, peer = ends
    wire.send_close()
    wire.send_close(1001)
    wire.close(1002)
    assert [*peer.frames()] == [(CLOSE, b"\x03\xe8")]


def test_it_says_at_the_end_of_the_process_that_it_goes_away(ends: Ends) -> None:
    wire, peer = ends
    transport._close_at_exit()  # pyright: ignore[reportPrivateUsage] the interpreter calls it
    assert peer.goodbye() == 1001
    wire.close()
    transport._close_at_exit()  # pyright: ignore[reportPrivateUsage] the interpreter calls it


def test_it_lets_go_of_what_is_another_process_s_and_says_nothing(ends: Ends) -> None:
    wire, peer = ends
    wire.disown()
    with pytest.raises(ConfigurationError, match=r"^this connection belongs to the "):
        receive(wire, 0.0)
    with pytest.raises(TransportError, match="closed already"):
        wire.send(b"{}")
    wire.close()
    assert [*peer.frames()] == []
