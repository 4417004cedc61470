"""One websocket, and what becomes of the libraries' exceptions."""

from __future__ import annotations

import socket
import ssl
import threading
from collections.abc import Iterator
from contextlib import nullcontext
from typing import Any

import pytest
import websocket
from requests import exceptions

import rxslack.web
from rxslack.dialing import Departure, Lifeline, dial
from rxslack.errors import (
    ConfigurationError,
    ConnectionClosed,
    HandshakeRefused,
    SlackError,
    TimedOut,
    TransportError,
)
from rxslack.settings import DIRECT, Transport
from rxslack.simulator import RtmOptions, Workspace
from rxslack.transport import Wire, open_wire
from rxslack.web import WebClient

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
        open_wire(url_of(slack), PLAIN)
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
        open_wire(url_of(slack), PLAIN)
    assert raised.value.__cause__ is error


@pytest.mark.parametrize("sent", [False, True], ids=["before sending", "after"])
@pytest.mark.parametrize("kind", classes_below(exceptions.RequestException))
def test_it_maps_every_exception_of_requests(
    monkeypatch: pytest.MonkeyPatch, kind: type[Exception], sent: bool
) -> None:
    """The class of none of them tells whether Slack may have done it."""
    web, error = WebClient("xoxb-test", transport=PLAIN), make(kind)
    departure = Departure()
    monkeypatch.setattr(rxslack.web, "departing", lambda: nullcontext(departure))

    def fail(*_: Any, **__: Any) -> None:
        departure.begun = sent
        raise error

    monkeypatch.setattr(web, "_adapter", type("Adapter", (), {"send": fail}))
    with pytest.raises(SlackError) as raised:
        web.call("auth.test")
    assert raised.value.__cause__ is error
    useless = issubclass(kind, exceptions.InvalidURL)
    assert isinstance(raised.value, ConfigurationError if useless else TransportError)
    assert isinstance(raised.value, TimedOut) is issubclass(kind, exceptions.Timeout)
    assert raised.value.maybe_done is (sent and not useless)


def make(kind: type[Exception]) -> Exception:
    if issubclass(kind, exceptions.JSONDecodeError):
        return kind("no JSON", "", 0)
    return kind("it failed")


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
    transport = Transport(proxy=DIRECT, connect_timeout=0.1)
    with pytest.raises(TimedOut) as raised:
        open_wire(mute.replace("ws", scheme, 1), transport)
    assert raised.value.seconds == 0.1


@pytest.mark.parametrize("scheme", ["ws", "wss"])
def test_it_can_be_called_off_while_it_shakes_hands(mute: str, scheme: str) -> None:
    lifeline, errors = Lifeline(), list[SlackError]()

    def connect() -> None:
        try:
            open_wire(mute.replace("ws", scheme, 1), PLAIN, lifeline=lifeline)
        except SlackError as error:
            errors.append(error)

    thread = threading.Thread(target=connect)
    thread.start()
    threading.Event().wait(0.1)  # most likely it waits for an answer by now; either way it ends
    lifeline.cut()
    thread.join(5.0)  # the time-out is ten seconds
    assert not thread.is_alive()
    assert [type(error) for error in errors] == [TransportError]


def test_it_opens_nothing_for_a_lifeline_that_is_cut(mute: str) -> None:
    lifeline = Lifeline()
    lifeline.cut()
    with pytest.raises(TransportError, match="called off"):
        open_wire(mute, PLAIN, lifeline=lifeline)


# An open one


@pytest.fixture
def wire(slack: Workspace) -> Iterator[Wire]:
    wire = open_wire(url_of(slack), PLAIN)
    assert wire.receive(10.0)[0].startswith(b'{"type":"hello"')
    yield wire
    wire.close()


def test_it_waits_no_longer_than_told_to_and_can_be_woken(wire: Wire) -> None:
    assert wire.receive(0.01) == []
    wire.wake()
    assert wire.receive(None) == []


def test_it_sends_whole_frames_from_many_threads(slack: Workspace, wire: Wire) -> None:
    def send() -> None:
        for _ in range(20):
            wire.send(b'{"type": "ping"}')

    threads = [threading.Thread(target=send) for _ in range(5)]
    for thread in threads:
        thread.start()
    pongs = list[bytes]()
    while len(pongs) < 100:
        pongs += wire.receive(10.0)
    assert set(pongs) == {b'{"type":"pong"}'}
    for thread in threads:
        thread.join()


def test_it_sends_one_close_however_many_threads_say_goodbye(slack: Workspace, wire: Wire) -> None:
    threads = [threading.Thread(target=wire.close, args=(1001,)) for _ in range(1)]
    threads += [threading.Thread(target=wire.say_goodbye, args=(1001,)) for _ in range(5)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    slack.wait_until(lambda: slack.past_connections[0].client_close == 1001)
    closes = [e for e in slack.transcript if (e.direction, e.data) == ("in", b"\x03\xe9")]
    assert len(closes) == 1


def test_it_does_not_close_while_another_thread_sends_close(
    slack: Workspace, wire: Wire, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The frame would be lost, and the peer would see the connection vanish."""
    begun, go_on = threading.Event(), threading.Event()
    send = Wire._send  # pyright: ignore[reportPrivateUsage] the place of the race

    def slow(self: Wire, frame: bytes, seconds: float) -> None:
        begun.set()
        go_on.wait(10.0)
        send(self, frame, seconds)

    monkeypatch.setattr(Wire, "_send", slow)
    first = threading.Thread(target=wire.say_goodbye, args=(1002,))
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


def test_it_is_of_no_use_once_it_is_closed(wire: Wire) -> None:
    wire.close()
    wire.close()
    with pytest.raises(TransportError, match="closed already"):
        wire.send(b"{}")


def test_it_hands_over_what_came_before_the_end(slack: Workspace, wire: Wire) -> None:
    slack.emit({"type": "last"})
    slack.connections[0].close(4000, "bye")
    assert wire.receive(10.0) == [b'{"type":"last"}']
    with pytest.raises(ConnectionClosed) as raised:
        wire.receive(10.0)
    assert (raised.value.code, raised.value.reason) == (4000, "bye")
