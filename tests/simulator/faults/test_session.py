"""Each fault of a websocket's life, seen by a plain socket and by the package websockets."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any, TypeAlias

import pytest
from websockets.exceptions import ConnectionClosed, InvalidStatus
from websockets.sync.client import ClientConnection, connect

from rxslack.simulator import RtmOptions, Workspace
from rxslack.wire.frames import CLOSE, PING, PONG

Opener: TypeAlias = "Callable[..., Any]"
Foreign: TypeAlias = "Callable[..., ClientConnection]"

EXPIRED = {"type": "error", "error": {"code": 1, "msg": "Socket URL has expired"}}


def next_event(socket: ClientConnection, kind: str = "") -> dict[str, Any]:
    """The next event, or the next one of a type."""
    while True:
        event: dict[str, Any] = json.loads(socket.recv(timeout=10))
        if event.get("type", "reply") == (kind or event.get("type", "reply")):
            return event


def greeted(socket: ClientConnection) -> ClientConnection:
    """Past hello and what follows at once."""
    assert next_event(socket)["type"] == "hello"
    assert next_event(socket)["type"] == "reconnect_url"
    return socket


def say(socket: ClientConnection, **message: Any) -> None:
    socket.send(json.dumps(message))


def texts(socket: ClientConnection, count: int) -> list[str]:
    return [next_event(socket, "message")["text"] for _ in range(count)]


# Opening


@pytest.mark.parametrize(
    ("how", "status"), [("error frame", 101), ("HTTP 404", 404), ("HTTP 200", 200)]
)
@pytest.mark.parametrize("by", ["switch", "option", "time"])
def test_it_refuses_a_spent_url_in_each_way(by: str, how: Any, status: int) -> None:
    options = RtmOptions() if by == "switch" else RtmOptions(spent_url=how)
    with Workspace(rtm=options) as slack:
        url = slack.web.call("rtm.connect")["url"]
        if by == "option":
            with connect(url, proxy=None):
                pass
        if by == "time":
            slack.clock.advance(31.0)
        if by == "switch":
            slack.faults.expire_urls(how)
        if status == 101:
            with connect(url, proxy=None) as socket:
                assert json.loads(socket.recv(timeout=10)) == EXPIRED
                with pytest.raises(ConnectionClosed):
                    socket.recv(timeout=10)
        else:
            with pytest.raises(InvalidStatus) as caught, connect(url, proxy=None):
                pass
            assert caught.value.response.status_code == status


@pytest.mark.parametrize("status", [200, 404, 503])
def test_it_answers_the_upgrade_with_a_page(
    slack: Workspace, url: Callable[[], str], raw: Opener, status: int
) -> None:
    good = url()
    with slack.faults.refuse_upgrade(status=status, times=1):
        assert raw(good).answer().split()[1] == str(status)
        assert raw(good).answer().split()[1] == "101"  # the URL was not used up


def test_it_leaves_the_upgrade_without_an_answer(slack: Workspace, raw: Opener) -> None:
    with slack.faults.hold_handshake() as hold:
        client = raw()
        slack.wait_until(lambda: hold.waiting == 1)
        client.sock.settimeout(0.1)
        with pytest.raises(TimeoutError):
            client.segment()
    client.sock.settimeout(10)
    assert client.answer().split()[1] == "101"


# hello


def test_it_says_hello_late(slack: Workspace, raw: Opener) -> None:
    with slack.faults.hold_hello() as hold:
        client = raw()
        assert client.answer().split()[1] == "101"
        slack.wait_until(lambda: hold.waiting == 1)
        slack.say("general", "alice", "meanwhile")
        client.send(PING, b"alive")
        assert client.frame() == (0x80 | PONG, b"alive")  # and nothing else came before
    assert client.event()["type"] == "hello"
    assert client.event()["text"] == "meanwhile"


@pytest.mark.parametrize("first", ["{}", "UNAUTHENTICATED: cache_error", '{"type":"pref_change"}'])
def test_it_says_something_else_before_hello(slack: Workspace, raw: Opener, first: str) -> None:
    with slack.faults.before_hello(first):
        client = raw()
        client.answer()
        assert client.frame()[1] == first.encode()
        assert client.event()["type"] == "hello"


def test_it_says_something_in_place_of_hello(slack: Workspace, foreign: Foreign) -> None:
    with slack.faults.instead_of_hello({"type": "disconnect"}, ending="close", times=1):
        socket = foreign()
        assert next_event(socket) == {"type": "disconnect"}
        with pytest.raises(ConnectionClosed):
            socket.recv(timeout=10)
        assert next_event(foreign())["type"] == "hello"


def test_it_says_nothing_at_all(slack: Workspace, raw: Opener) -> None:
    with slack.faults.instead_of_hello():
        client = raw()
        client.answer()
        slack.say("general", "alice", "Hello")
        client.send(PING, b"alive")
        assert client.frame() == (0x80 | PONG, b"alive")


@pytest.mark.parametrize("code", [1000, 1001, 1009, 1011, 4998, None])
def test_it_says_hello_and_closes(slack: Workspace, foreign: Foreign, code: int | None) -> None:
    with slack.faults.end_after_hello(code=code, times=2):
        for _ in range(2):
            socket = greeted(foreign())
            with pytest.raises(ConnectionClosed) as caught:
                socket.recv(timeout=10)
            assert caught.value.rcvd is not None
            assert caught.value.rcvd.code == (code or 1005)
        greeted(foreign())
    slack.wait_until(lambda: len(slack.connections) == 1)


def test_it_replays_a_message_of_another_life(slack: Workspace, foreign: Foreign) -> None:
    with slack.faults.replay_own_message(reply_to=42, channel=slack.channel_id("general")):
        for _ in range(2):
            socket = foreign()
            assert next_event(socket)["type"] == "hello"
            replayed = next_event(socket)
            assert (replayed["type"], replayed["reply_to"]) == ("message", 42)
            assert replayed["user"] == slack.bot_user_id
            assert "ok" not in replayed


# Endings


@pytest.mark.parametrize(
    ("how", "frame", "end"),
    [
        ("close", True, "FIN"),
        ("close without FIN", True, "nothing"),
        ("FIN", False, "FIN"),
        ("RST", False, "RST"),
    ],
)
@pytest.mark.parametrize("by", ["connection", "greeting"])
def test_it_parts_in_each_way(
    slack: Workspace, raw: Opener, by: str, how: Any, frame: bool, end: str
) -> None:
    if by == "greeting":
        slack.faults.end_after_hello(how)
    client = raw()
    client.answer()
    if by == "connection":
        slack.wait_until(lambda: slack.connections)[0].end(how)
    if how == "RST":
        with pytest.raises(ConnectionResetError):
            client.rest()
        return
    if frame:
        while client.frame()[0] != 0x80 | CLOSE:
            pass
    if end == "nothing":
        client.send(CLOSE, b"\x03\xe8")
        client.sock.settimeout(0.2)
        with pytest.raises(TimeoutError):
            client.rest()
        slack.wait_until(lambda: slack.past_connections[0].client_close == 1000)
    else:
        client.rest()


# Answers to what a client says


def message(slack: Workspace, number: int, text: str = "Hi") -> dict[str, Any]:
    channel = slack.channel_id("general")
    return {"id": number, "type": "message", "channel": channel, "text": text}


def test_it_answers_late(slack: Workspace, foreign: Foreign) -> None:
    socket, other = greeted(foreign()), greeted(foreign())
    with slack.faults.hold_replies() as hold:
        say(socket, **message(slack, 1))
        assert texts(other, 1) == ["Hi"]  # the event overtakes the answer
        slack.wait_until(lambda: hold.waiting == 1)
    assert next_event(socket)["reply_to"] == 1


def test_it_never_answers(slack: Workspace, foreign: Foreign) -> None:
    socket = greeted(foreign())
    with slack.faults.drop_replies(times=1):
        say(socket, **message(slack, 1))
        say(socket, **message(slack, 2))
        assert next_event(socket)["reply_to"] == 2
    assert len(slack.messages("general")) == 2


def test_it_answers_in_the_wrong_order(slack: Workspace, foreign: Foreign) -> None:
    socket = greeted(foreign())
    with slack.faults.swap_replies():
        for number in (1, 2, 3):
            say(socket, **message(slack, number))
        assert [next_event(socket)["reply_to"] for _ in range(2)] == [2, 1]
        slack.wait_until(lambda: len(slack.messages("general")) == 3)
    assert next_event(socket)["reply_to"] == 3


def test_it_answers_with_another_text(slack: Workspace, foreign: Foreign) -> None:
    socket = greeted(foreign())
    with slack.faults.alter_replies(lambda reply: reply | {"text": "<http://x.y|x.y>"}):
        say(socket, **message(slack, 1, "x.y"))
        assert next_event(socket)["text"] == "<http://x.y|x.y>"


def test_it_takes_no_message(slack: Workspace, foreign: Foreign) -> None:
    socket = greeted(foreign())
    with slack.faults.fail_messages(times=1):
        say(socket, **message(slack, 1))
        refused = next_event(socket)
        say(socket, **message(slack, 2))
        taken = next_event(socket)
    assert refused["error"] == {"code": 4, "msg": "cannot process message"}
    assert (refused["reply_to"], taken["ok"]) == (1, True)


# Life


def test_it_answers_pings_of_one_kind_only(slack: Workspace, raw: Opener) -> None:
    client = raw()
    client.answer()
    slack.wait_until(lambda: slack.connections)
    assert client.event()["type"] == "hello"
    assert client.event()["type"] == "reconnect_url"
    with slack.faults.ignore_pings("json"):
        client.say(id=1, type="ping")
        client.send(PING, b"2")
        assert client.frame() == (0x80 | PONG, b"2")
    with slack.faults.ignore_pings("websocket"):
        client.send(PING, b"3")
        client.say(id=4, type="ping")
        assert client.event() == {"type": "pong", "reply_to": 4}


def test_it_is_half_open_where_it_was_open(slack: Workspace, raw: Opener, foreign: Foreign) -> None:
    client = raw()
    client.answer()
    slack.wait_until(lambda: slack.connections)
    assert [client.event()["type"] for _ in range(2)] == ["hello", "reconnect_url"]
    with slack.faults.half_open():
        slack.say("general", "alice", "unheard")
        client.send(PING, b"?")
        client.sock.settimeout(0.1)
        with pytest.raises(TimeoutError):
            client.segment()
        other = greeted(foreign())
        slack.say("general", "alice", "heard")
        assert texts(other, 1) == ["heard"]
    client.sock.settimeout(10)
    assert [client.event()["text"] for _ in range(2)] == ["unheard", "heard"]
    assert client.frame() == (0x80 | PONG, b"?")


def test_it_is_half_open_on_one_connection_only(slack: Workspace, foreign: Foreign) -> None:
    first, second = greeted(foreign()), greeted(foreign())
    with slack.connections[0].half_open():
        slack.say("general", "alice", "Hello")
        assert texts(second, 1) == ["Hello"]
        with pytest.raises(TimeoutError):
            first.recv(timeout=0.1)


def test_it_falls_silent_everywhere(slack: Workspace, raw: Opener) -> None:
    with slack.faults.stop_ponging():
        client = raw()
        assert client.answer().split()[1] == "101"
        client.sock.settimeout(0.1)
        with pytest.raises(TimeoutError):
            client.segment()
    client.sock.settimeout(10)
    assert client.event()["type"] == "hello"


def test_it_notices_a_client_that_leaves_during_a_silence(
    slack: Workspace, foreign: Foreign
) -> None:
    socket = greeted(foreign())
    with slack.faults.stop_ponging() as hold:
        slack.say("general", "alice", "unheard")
        slack.wait_until(lambda: hold.waiting == 1)
        socket.close_socket()
        slack.wait_until(lambda: not slack.connections)


def test_it_keeps_an_idle_connection(slack: Workspace, foreign: Foreign) -> None:
    socket = greeted(foreign())
    slack.clock.advance(3600.0)
    say(socket, id=1, type="ping")
    assert next_event(socket, "pong")["reply_to"] == 1


# What is delivered


def test_it_delivers_twice(slack: Workspace, foreign: Foreign) -> None:
    socket = greeted(foreign())
    with slack.faults.duplicate_events():
        slack.say("general", "alice", "one")
    slack.say("general", "alice", "two")
    assert texts(socket, 3) == ["one", "one", "two"]


def test_it_delivers_some_twice_by_seeded_chance() -> None:
    def doubled() -> list[str]:
        with Workspace(seed=5) as slack:
            url = slack.web.call("rtm.connect")["url"]
            with connect(url, proxy=None) as socket:
                next_event(socket)
                with slack.faults.duplicate_events(share=0.3):
                    for n in range(20):
                        slack.say("general", "alice", f"{n}")
                slack.say("general", "alice", "end")
                got = [next_event(socket, "message")["text"]]
                while got[-1] != "end":
                    got.append(next_event(socket, "message")["text"])
        return got

    first = doubled()
    assert 21 < len(first) < 41
    assert first == doubled()


def test_it_delivers_pairs_in_the_wrong_order(slack: Workspace, foreign: Foreign) -> None:
    socket = greeted(foreign())
    with slack.faults.swap_events():
        for text in ("one", "two", "three"):
            slack.say("general", "alice", text)
        assert texts(socket, 2) == ["two", "one"]
        with pytest.raises(TimeoutError):
            socket.recv(timeout=0.1)
    assert texts(socket, 1) == ["three"]


def test_it_sends_reconnect_url_without_one(slack: Workspace, foreign: Foreign) -> None:
    with slack.faults.reconnect_url_without_url():
        socket = foreign()
        assert next_event(socket)["type"] == "hello"
        assert next_event(socket) == {"type": "reconnect_url"}
