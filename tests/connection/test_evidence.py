"""What a connection can say of itself: up to when it was heard, and that it lives still."""

from __future__ import annotations

import socket
import threading
import time
from collections.abc import Callable, Iterator
from functools import partial
from itertools import count, repeat
from typing import Any

import pytest

import rxslack
from rxslack.recovery.reconnecting.attempts import Connection, connection_of
from rxslack.simulator import Workspace
from rxslack.wire import websocket
from rxslack.wire.frames import FrameReader
from rxslack.wire.websocket import WebSocket
from tests.peer import receive

NEVER: dict[str, Any] = {"ping_after": 1000.0, "silence": 2000.0}
KINDS = ("rtm", "socket_mode")


def connection_in(items: list[dict[str, Any]]) -> Connection:
    connection = connection_of(items[0])
    assert connection is not None
    return connection


def stream_of(kind: str, slack: Workspace) -> Any:
    if kind == "rtm":
        return rxslack.rtm(slack.web, **NEVER)
    return rxslack.socket_mode(slack.app, **NEVER)


# Questions


@pytest.mark.parametrize("kind", KINDS)
def test_it_tells_when_slack_has_answered(unlimited: Workspace, listen: Any, kind: str) -> None:
    stream = listen(stream_of(kind, unlimited))
    stream.hellos(1)
    answers: list[int] = []
    for number in range(20):
        connection_in(stream.items).probe(partial(answers.append, number))
    stream.wait_for(lambda: len(answers) == 20)
    assert answers == [*range(20)]


@pytest.mark.parametrize("kind", KINDS)
def test_it_says_nothing_of_a_connection_that_is_dead(
    unlimited: Workspace, listen: Any, kind: str
) -> None:
    stream = listen(stream_of(kind, unlimited))
    stream.hellos(1)
    answers: list[str] = []
    with unlimited.connections[0].half_open():
        connection_in(stream.items).probe(lambda: answers.append("a"))
        time.sleep(0.3)
        assert answers == []
    stream.wait_for(lambda: answers)


def test_it_asks_while_user_code_is_busy_on_the_connections_own_thread(
    unlimited: Workspace,
) -> None:
    """Socket Mode: a pong is heard by whoever reads. (RTM's is an item, and waits its turn.)"""
    items: list[dict[str, Any]] = []
    answered, over = threading.Event(), threading.Event()

    def busy(item: dict[str, Any]) -> None:
        items.append(item)
        connection_in(items).probe(answered.set)
        over.wait(5.0)

    subscription = rxslack.socket_mode(unlimited.app, **NEVER).subscribe(busy)
    try:
        assert answered.wait(5.0)
    finally:
        over.set()
        subscription.dispose()


def test_it_takes_no_pong_for_an_answer_that_comes_amid_a_message() -> None:
    """The rest of the message was sent before it, and has not come."""
    pongs: list[bytes] = []
    reader = FrameReader(on_pong=pongs.append)
    assert reader.feed(b"\x01\x01{" + b"\x8a\x011") == []
    assert pongs == []
    assert reader.feed(b"\x80\x01}" + b"\x8a\x012") == [b"{}"]
    assert pongs == [b"2"]


# Up to when it was heard


@pytest.fixture
def ends() -> Iterator[tuple[WebSocket, socket.socket]]:
    ours, theirs = socket.socketpair()
    wire = WebSocket(ours)
    yield wire, theirs
    theirs.close()
    wire.close()


def test_it_has_heard_all_up_to_the_last_byte(ends: tuple[WebSocket, socket.socket]) -> None:
    wire, peer = ends
    before = wire.heard
    peer.sendall(b"\x81\x02{}")
    assert receive(wire) == [b"{}"]
    assert before < wire.heard <= wire.last_read


def test_it_has_not_heard_what_comes_once_it_has_read(
    ends: tuple[WebSocket, socket.socket], monkeypatch: pytest.MonkeyPatch
) -> None:
    """A thread of a busy machine may stop for long between the reading and its look at the clock."""
    wire, peer = ends
    peer.sendall(b"\x81\x02{}")
    now = wire.heard
    minutes = count()
    monkeypatch.setattr(time, "monotonic", lambda: now + 60.0 * next(minutes))
    assert wire.receive() == [b"{}"]
    assert (wire.heard, wire.alive, wire.last_read) == (now, now + 60.0, now + 60.0)


def test_it_has_not_heard_what_waited_to_be_read(
    ends: tuple[WebSocket, socket.socket], monkeypatch: pytest.MonkeyPatch
) -> None:
    """What comes then was sent long before; how much more there is, is not known yet."""
    monkeypatch.setattr(websocket, "_FLOOD", 64 * 1024)
    wire, peer = ends
    wire.receive()
    before = wire.heard
    wire.note_pause()
    frame = b"\x81\x7e\xff\xff" + b" " * 0xFFFF  # more than one read takes
    peer.sendall(frame)
    assert wire.receive() == [b" " * 0xFFFF] or wire.receive()
    assert wire.last_read > before
    wire.receive()
    asked = wire.last_read
    peer.sendall(b"\x81\x02{}")
    assert receive(wire) == [b"{}"]
    assert asked <= wire.heard <= wire.last_read


def test_it_stands_still_while_more_waits_to_be_read(
    ends: tuple[WebSocket, socket.socket], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(websocket, "_FLOOD", 64 * 1024)
    wire, peer = ends
    wire.receive()
    before = wire.heard
    wire.note_pause()
    peer.sendall(
        b"\x81\x7e\xff\xfc" + b" " * 0xFFFC + b"\x81"
    )  # more than one read takes, by a byte
    assert len(receive(wire)) == 1
    assert wire.heard == before < wire.last_read
    wire.receive()
    assert wire.heard > before


# And what comes of it


def wait(condition: Callable[[], Any], within: float = 10.0) -> None:
    deadline = time.monotonic() + within
    while not condition():
        assert time.monotonic() < deadline
        time.sleep(0.002)


def test_it_says_a_gap_for_what_was_said_after_a_silent_death(unlimited: Workspace) -> None:
    """Goodbye, the old one dies silently, somebody speaks, and only then the new one stands."""
    items: list[dict[str, Any]] = []
    stream = rxslack.rtm(unlimited.web, **NEVER).pipe(rxslack.reconnect(lambda: repeat(0.01)))
    subscription = stream.subscribe(items.append)
    wait(lambda: unlimited.connections)
    old = unlimited.connections[0]
    held = unlimited.faults.hold("rtm.connect")
    old.send({"type": "goodbye"})
    wait(lambda: held.waiting)
    with old.half_open():
        said_at = float(unlimited.say("general", "alice", "nobody hears")["ts"])
        held.release()
        wait(lambda: any(item["type"] == "rxslack.gap" for item in items))
    subscription.dispose()
    gap = next(item for item in items if item["type"] == "rxslack.gap")
    assert gap["since"] <= said_at <= gap["until"]


def prove(hellos: list[dict[str, Any]]) -> None:
    """Wait until each has answered, also what it was asked before, so that they overlap for sure."""
    answered = [threading.Event() for _ in hellos]
    for hello, event in zip(hellos, answered, strict=True):
        connection_in([hello]).probe(event.set)
    assert all(event.wait(10.0) for event in answered)


def test_several_connections_of_an_app_say_a_gap_when_all_were_lost(unlimited: Workspace) -> None:
    items: list[dict[str, Any]] = []
    stream = rxslack.socket_mode(unlimited.app, connections=2, pauses=lambda: repeat(0.05), **NEVER)
    subscription = stream.subscribe(items.append)
    wait(lambda: [i["type"] for i in items].count("hello") == 2)
    prove([*items])
    unlimited.connections[0].cut()
    wait(lambda: [i["type"] for i in items].count("hello") == 3)
    assert [i for i in items if i["type"] == "rxslack.gap"] == []
    with unlimited.faults.hold("apps.connections.open"):
        for connection in unlimited.connections:
            connection.cut()
        wait(lambda: not unlimited.connections)
        time.sleep(0.2)
    wait(lambda: [i["type"] for i in items].count("hello") == 5)
    gaps = [i for i in items if i["type"] == "rxslack.gap"]
    assert gaps[-1]["until"] - gaps[-1]["since"] > 0.1
    subscription.dispose()
