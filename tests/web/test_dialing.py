"""What leaves and when; and that nobody who sends a byte now and then is waited for without end."""

from __future__ import annotations

import socket
import ssl
import struct
import threading
import time
from collections.abc import Callable, Generator
from contextlib import contextmanager
from typing import Any

import pytest
import reactivex
import trustme

from rxslack import WebClient, post_message, rtm
from rxslack.errors import ConfigurationError, SlackError, TimedOut, TransportError
from rxslack.web import dialing
from rxslack.web.dialing import Cancellation
from rxslack.web.settings import DIRECT, Transport
from rxslack.wire.websocket import open_websocket

Script = Callable[[socket.socket], None]
OK = b'HTTP/1.1 200 OK\r\nContent-Length: 11\r\n\r\n{"ok":true}'


@contextmanager
def serving(script: Script) -> Generator[int]:
    """The port of a server that does with each connection what the script says."""
    threads = list[threading.Thread]()

    def one(sock: socket.socket) -> None:
        with sock:
            try:
                script(sock)
            except OSError:  # the client has gone
                return

    def accept() -> None:
        while True:
            try:
                sock, _ = server.accept()
            except OSError:  # closed
                return
            threads.append(threading.Thread(target=one, args=(sock,)))
            threads[-1].start()

    with socket.create_server(("127.0.0.1", 0)) as server:
        port: int = server.getsockname()[1]
        threads.append(threading.Thread(target=accept))
        threads[0].start()
        yield port
        server.shutdown(socket.SHUT_RDWR)
    for thread in threads:
        thread.join(20.0)
        assert not thread.is_alive()


def request_from(sock: socket.socket) -> bytes:
    """A whole POST; its body."""
    data = b""
    while b"\r\n\r\n" not in data:
        data += received(sock)
    head, _, body = data.partition(b"\r\n\r\n")
    [size] = [line for line in head.split(b"\r\n") if line.lower().startswith(b"content-length")]
    while len(body) < int(size.split(b":")[1]):
        body += received(sock)
    return body


def received(sock: socket.socket) -> bytes:
    if not (data := sock.recv(65536)):
        raise ConnectionResetError
    return data


# What has left


@pytest.fixture(scope="module")
def authority() -> trustme.CA:
    return trustme.CA()


@pytest.fixture
def tls(authority: Any) -> ssl.SSLContext:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    authority.issue_cert("127.0.0.1").configure_cert(context)
    return context


def client(port: int, authority: Any = None, **settings: Any) -> WebClient:
    scheme = "http" if authority is None else "https"
    if authority is not None:
        settings["ssl_context"] = ssl.create_default_context()
        authority.configure_trust(settings["ssl_context"])
    settings.setdefault("proxy", DIRECT)
    transport = Transport(**settings)
    return WebClient("xoxb-test", base_url=f"{scheme}://127.0.0.1:{port}/api/", transport=transport)


def corrupt(sock: socket.socket) -> None:
    """A TLS record that nobody can decrypt, past the TLS that the socket has."""
    with socket.socket(fileno=sock.detach()) as raw:
        raw.sendall(b"\x17\x03\x03\x00\x20" + b"x" * 32)
        raw.recv(1)  # until the client gives up


def reset(sock: socket.socket) -> None:
    sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    sock.close()


@pytest.mark.parametrize("kept", [False, True], ids=["new connection", "kept connection"])
@pytest.mark.parametrize("answer", [corrupt, reset])
def test_it_says_that_what_a_tls_server_has_read_may_be_done(
    tls: ssl.SSLContext, authority: Any, answer: Script, kept: bool
) -> None:
    bodies = list[bytes]()

    def script(sock: socket.socket) -> None:
        with tls.wrap_socket(sock, server_side=True) as wrapped:
            if kept:
                request_from(wrapped)
                wrapped.sendall(OK)
            bodies.append(request_from(wrapped))
            answer(wrapped)

    with serving(script) as port, client(port, authority) as web:
        if kept:
            web.call("api.test")
        with pytest.raises(TransportError) as caught:
            web.call("chat.postMessage", text="Hello")
    assert (bodies, caught.value.maybe_done) == ([b"text=Hello"], True)


def test_it_says_the_same_when_it_is_reset_at_the_first_byte(
    tls: ssl.SSLContext, authority: Any
) -> None:
    def script(sock: socket.socket) -> None:
        with tls.wrap_socket(sock, server_side=True) as wrapped:
            wrapped.recv(1)
            reset(wrapped)

    with (
        serving(script) as port,
        client(port, authority) as web,
        pytest.raises(TransportError) as caught,
    ):
        web.call("chat.postMessage", text="Hello")
    assert caught.value.maybe_done


def no_tls(sock: socket.socket) -> None:
    received(sock)
    sock.sendall(b"HTTP/1.1 400 You speak TLS to a plain server\r\n\r\n")


def reset_early(sock: socket.socket) -> None:
    received(sock)
    reset(sock)


def silent(sock: socket.socket) -> None:
    while sock.recv(65536):
        """Until the client gives up."""


@pytest.mark.parametrize("answer", [no_tls, reset_early, silent])
def test_it_says_that_nothing_left_when_the_tls_handshake_fails(
    authority: Any, answer: Script
) -> None:
    with (
        serving(answer) as port,
        client(port, authority, connect_timeout=0.3) as web,
        pytest.raises(TransportError) as caught,
    ):
        web.call("chat.postMessage", text="Hello")
    assert caught.value.maybe_done is False


def test_it_says_that_nothing_left_when_a_proxy_fails(authority: Any) -> None:
    def refuse(sock: socket.socket) -> None:
        received(sock)
        sock.sendall(b"HTTP/1.1 502 Bad Gateway\r\n\r\n")

    with serving(refuse) as port:
        web = client(1, authority, proxy=f"http://127.0.0.1:{port}")
        with web, pytest.raises(TransportError, match="502") as caught:
            web.call("chat.postMessage", text="Hello")
    assert caught.value.maybe_done is False


def test_it_says_that_what_went_through_a_proxy_may_be_done(
    tls: ssl.SSLContext, authority: Any
) -> None:
    def script(sock: socket.socket) -> None:
        assert received(sock).startswith(b"CONNECT 127.0.0.1:1 ")
        sock.sendall(b"HTTP/1.1 200 Connection established\r\n\r\n")
        with tls.wrap_socket(sock, server_side=True) as wrapped:
            request_from(wrapped)
            corrupt(wrapped)

    with serving(script) as port:
        web = client(1, authority, proxy=f"http://127.0.0.1:{port}")
        with web, pytest.raises(TransportError) as caught:
            web.call("chat.postMessage", text="Hello")
    assert caught.value.maybe_done


def test_it_knows_that_a_file_has_left_when_its_progress_made_another_call() -> None:
    """That one, which could not even connect, says nothing of the file."""
    with serving(reset_early) as port, client(port) as web, client(1) as nobody:

        def tell(_: int) -> None:
            with pytest.raises(TransportError):
                nobody.call("chat.update")

        with open(__file__, "rb") as file, pytest.raises(TransportError) as caught:
            web.upload(f"http://127.0.0.1:{port}/file", file, sent=tell)
    assert caught.value.maybe_done


def test_it_never_sends_twice_what_a_tls_server_may_have_taken(
    tls: ssl.SSLContext, authority: Any
) -> None:
    bodies = list[bytes]()

    def script(sock: socket.socket) -> None:
        with tls.wrap_socket(sock, server_side=True) as wrapped:
            bodies.append(request_from(wrapped))
            corrupt(wrapped)

    with serving(script) as port, client(port, authority) as web:
        outcome = reactivex.of({"channel": "C1", "text": "Once"}).pipe(post_message(web)).run()
    assert (len(bodies), outcome.get("uncertain")) == (1, True)


# Opening


def test_it_tries_the_next_address_of_a_name(monkeypatch: pytest.MonkeyPatch) -> None:
    def answer(sock: socket.socket) -> None:
        request_from(sock)
        sock.sendall(OK)

    with serving(answer) as port:

        def places(*_: Any, **__: Any) -> list[tuple[int, int, int, str, tuple[str, int]]]:
            families = [-1, socket.AF_INET, socket.AF_INET]  # one that the system does not have
            return [
                (family, socket.SOCK_STREAM, 0, "", ("127.0.0.1", to))
                for family, to in zip(families, [port, 1, port], strict=True)
            ]

        monkeypatch.setattr(socket, "getaddrinfo", places)
        with client(port) as web:
            assert web.call("api.test")["ok"]


@pytest.mark.parametrize("name", ["a..b", "x" * 64])
def test_it_says_what_is_wrong_with_a_name_that_none_can_have(name: str) -> None:
    web = WebClient("xoxb-test", base_url=f"https://{name}/", transport=Transport(proxy=DIRECT))
    with pytest.raises(SlackError) as caught:
        web.call("api.test")
    assert caught.value.maybe_done is False


@pytest.mark.parametrize("scheme", ["ws", "wss"])
def test_it_refuses_a_proxy_that_cannot_carry_a_websocket(scheme: str) -> None:
    transport = Transport(proxy="https://user:canary@127.0.0.1:1")
    with pytest.raises(ConfigurationError, match="cannot carry a websocket") as caught:
        open_websocket(f"{scheme}://127.0.0.1:1/ticket-canary", transport)
    assert "canary" not in str(caught.value)


# Bytes that come now and then


def dripping(start: bytes, drop: bytes = b"y", end: bytes = b"") -> Script:
    """Says something after every moment, and in the end what makes it whole."""

    def script(sock: socket.socket) -> None:
        received(sock)
        sock.sendall(start)
        for _ in range(300):
            sock.sendall(drop)
            threading.Event().wait(0.02)
        sock.sendall(end)

    return script


HEAD = b"HTTP/1.1 200 OK\r\n"
DRIPS = {
    "the status line": (dripping(b"HTTP/1.1 200 ", b"O", OK[16:]), "http"),
    "a header": (dripping(HEAD + b"X-Slow: ", b"y", OK[15:]), "http"),
    "many answers before the answer": (dripping(b"", b"HTTP/1.1 100 Continue\r\n\r\n", OK), "http"),
    "the body": (dripping(HEAD + b"Content-Length: 311\r\n\r\n", b" ", OK[-11:]), "http"),
    "chunks": (
        dripping(HEAD + b"Transfer-Encoding: chunked\r\n\r\n", b"1\r\n \r\n", b"0\r\n\r\n"),
        "http",
    ),
    "a TLS record": (dripping(b"\x16\x03\x03\x40\x00\x02\x00\x3f\xfc"), "https"),
}


@pytest.mark.parametrize("drip", DRIPS)
def test_it_gives_up_an_answer_that_drips(authority: Any, drip: str) -> None:
    script, scheme = DRIPS[drip]
    with (
        serving(script) as port,
        client(
            port, authority if scheme == "https" else None, connect_timeout=0.4, read_timeout=0.4
        ) as web,
        pytest.raises(TimedOut, match=r"within 0\.4 s") as caught,
    ):
        web.call("rtm.connect")
    assert (caught.value.retryable, caught.value.maybe_done) == (True, scheme == "http")


UPGRADE = b"HTTP/1.1 101 Switching Protocols\r\nX-Slow: "


@pytest.mark.parametrize("start", [b"", UPGRADE], ids=["status line", "header"])
def test_it_gives_up_a_handshake_that_drips(start: bytes) -> None:
    with (
        serving(dripping(start)) as port,
        pytest.raises(TimedOut, match=r"within 0\.4 s") as caught,
    ):
        open_websocket(f"ws://127.0.0.1:{port}/", Transport(proxy=DIRECT, connect_timeout=0.4))
    assert caught.value.retryable


def test_it_gives_up_a_proxy_that_drips() -> None:
    with serving(dripping(b"HTTP/1.1 200 OK\r\nX-Slow: ")) as port, pytest.raises(TimedOut):
        open_websocket(
            "ws://127.0.0.1:1/",
            Transport(proxy=f"http://127.0.0.1:{port}", connect_timeout=0.4),
        )


def through_tls(tls: ssl.SSLContext, inside: Script) -> Script:
    """A proxy that is reached by TLS, and what stands behind it."""

    def script(sock: socket.socket) -> None:
        with tls.wrap_socket(sock, server_side=True) as wrapped:
            assert received(wrapped).startswith(b"CONNECT 127.0.0.1:1 ")
            wrapped.sendall(b"HTTP/1.1 200 OK\r\n\r\n")
            inside(wrapped)

    return script


def test_it_gives_up_tls_inside_tls_that_drips(tls: ssl.SSLContext, authority: Any) -> None:
    drip, _ = DRIPS["a TLS record"]
    with serving(through_tls(tls, drip)) as port:
        web = client(1, authority, proxy=f"https://127.0.0.1:{port}", connect_timeout=0.4)
        with web, pytest.raises(TimedOut) as caught:
            web.call("rtm.connect")
    assert caught.value.maybe_done is False


def test_it_reaches_a_proxy_by_tls_with_the_certificates_it_was_given(
    tls: ssl.SSLContext, authority: Any
) -> None:
    def answer(outer: socket.socket) -> None:
        incoming, outgoing = ssl.MemoryBIO(), ssl.MemoryBIO()
        inner = tls.wrap_bio(incoming, outgoing, server_side=True)

        def until_done(step: Callable[[], Any]) -> Any:
            while True:
                try:
                    return step()
                except ssl.SSLWantReadError:
                    outer.sendall(outgoing.read())
                    incoming.write(received(outer))
                finally:
                    outer.sendall(outgoing.read())

        until_done(inner.do_handshake)
        data = b""
        while not data.endswith(b"a=1"):
            data += until_done(lambda: inner.read(65536))
        inner.write(OK)
        outer.sendall(outgoing.read())

    with serving(through_tls(tls, answer)) as port:
        web = client(1, authority, proxy=f"https://127.0.0.1:{port}")
        with web:
            assert web.call("api.test", a=1)["ok"]


def test_it_counts_proxy_and_handshake_together() -> None:
    """Each is quick enough for itself."""

    def script(sock: socket.socket) -> None:
        for start in (b"HTTP/1.1 200 OK\r\nX-Slow: ", UPGRADE):
            received(sock)
            sock.sendall(start)
            for _ in range(4):
                sock.sendall(b"y")
                threading.Event().wait(0.1)
            sock.sendall(b"\r\n\r\n")

    with serving(script) as port, pytest.raises(TimedOut):
        open_websocket(
            "ws://127.0.0.1:1/",
            Transport(proxy=f"http://127.0.0.1:{port}", connect_timeout=0.6),
        )


@pytest.mark.parametrize("what", ["answer", "handshake"])
def test_it_can_be_disposed_while_somebody_drips(what: str) -> None:
    """All time-outs are far longer than what is waited for here."""
    begun, gone = threading.Event(), threading.Event()
    drip = dripping(HEAD + b"X-Slow: " if what == "answer" else UPGRADE)

    def script(sock: socket.socket) -> None:
        try:
            if what == "handshake" and not begun.is_set():
                request_from(sock)
                begun.set()
                url = f'{{"ok":true,"url":"ws://127.0.0.1:{sock.getsockname()[1]}/"}}'.encode()
                size = f"Content-Length: {len(url)}\r\n\r\n".encode()
                sock.sendall(HEAD + b"Connection: close\r\n" + size + url)
            else:
                begun.set()
                drip(sock)
        except OSError:
            gone.set()

    with serving(script) as port, client(port) as web:
        before = set(threading.enumerate())
        subscription = rtm(web).subscribe()
        assert begun.wait(5.0)
        threads = {t for t in threading.enumerate() if t.name.startswith("rxslack")} - before
        subscription.dispose()
        assert gone.wait(3.0) or what == "handshake"
        for thread in threads:
            thread.join(3.0)
            assert not thread.is_alive()


def test_it_calls_a_lifeline_off_while_a_handshake_drips() -> None:
    cancellation, raised, begun = Cancellation(), list[SlackError](), threading.Event()
    drip = dripping(UPGRADE)

    def script(sock: socket.socket) -> None:
        begun.set()
        drip(sock)

    def connect(port: int) -> None:
        try:
            open_websocket(
                f"ws://127.0.0.1:{port}/", Transport(proxy=DIRECT), cancellation=cancellation
            )
        except SlackError as error:
            raised.append(error)

    with serving(script) as port:
        thread = threading.Thread(target=connect, args=(port,))
        thread.start()
        assert begun.wait(5.0)
        cancellation.cut()
        thread.join(3.0)
        assert not thread.is_alive()
    assert [TransportError] == [type(error) for error in raised]


NO_HTTP = {
    "no HTTP at all": b"credentials-canary\r\n\r\n",
    "a status that is none": b"HTTP/1.1 canary\r\n\r\n",
    "a status line without end": b"HTTP/1.1 200 " + b"y" * 70_000,
    "a header without end": b"HTTP/1.1 200 OK\r\nX: " + b"y" * 70_000,
}


@pytest.mark.parametrize("answer", NO_HTTP)
def test_it_says_that_a_proxy_s_answer_is_no_http(answer: str) -> None:
    def script(sock: socket.socket) -> None:
        received(sock)
        sock.sendall(NO_HTTP[answer])

    with serving(script) as port, pytest.raises(TransportError, match="is no HTTP") as caught:
        open_websocket("ws://127.0.0.1:1/", Transport(proxy=f"http://127.0.0.1:{port}"))
    assert caught.value.retryable
    assert caught.value.__cause__ is None
    assert "canary" not in str(caught.value)


def test_it_repeats_a_proxy_s_words_in_plain_text_and_not_for_ever() -> None:
    def script(sock: socket.socket) -> None:
        received(sock)
        sock.sendall(b"HTTP/1.1 403 \x1b[2J" + b"y" * 10_000 + b"\r\n\r\n")

    with serving(script) as port, pytest.raises(TransportError, match="403 ") as caught:
        open_websocket("ws://127.0.0.1:1/", Transport(proxy=f"http://127.0.0.1:{port}"))
    assert str(caught.value).isprintable()
    assert len(str(caught.value)) < 300


def test_it_leaves_no_socket_open_when_the_time_is_over_once_it_is_connected(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """The last look at the clock comes after the connection stands."""
    sockets: list[socket.socket] = []

    def connected(*where: Any) -> socket.socket:
        sockets.append(socket.socket())
        time.sleep(0.02)
        return sockets[-1]

    monkeypatch.setattr(dialing, "_connected", connected)
    with pytest.raises(TimedOut):
        dialing.dial("ws://127.0.0.1:1/", Transport(connect_timeout=0.01, proxy=DIRECT))
    assert [one.fileno() for one in sockets] == [-1]
