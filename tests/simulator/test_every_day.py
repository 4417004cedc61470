"""What Slack does every day, and clients trip over: no switch needed."""

from __future__ import annotations

import json
from collections.abc import Callable
from threading import Thread
from typing import Any, TypeAlias, cast
from urllib.parse import urlsplit

import pytest
import requests
from websockets.exceptions import ConnectionClosed
from websockets.sync.client import ClientConnection, connect

from rxslack.simulator import Clock, RtmOptions, Workspace

Foreign: TypeAlias = "Callable[..., ClientConnection]"


def event_of(socket: ClientConnection) -> dict[str, Any]:
    return cast("dict[str, Any]", json.loads(socket.recv(timeout=10)))


def greeted(socket: ClientConnection) -> ClientConnection:
    assert [event_of(socket)["type"] for _ in range(2)] == ["hello", "reconnect_url"]
    return socket


def say(socket: ClientConnection, **message: Any) -> None:
    socket.send(json.dumps(message))


def test_it_keeps_the_ticket_in_the_path_and_escapes_slashes(slack: Workspace) -> None:
    headers = {"Authorization": f"Bearer {slack.bot_token}"}
    answer = requests.post(slack.base_url + "rtm.connect", headers=headers, timeout=10)
    assert r'"url":"ws:\/\/' in answer.text
    url = urlsplit(str(answer.json()["url"]))
    assert (len(url.path) > 30, url.query) == (True, "")


def test_it_delivers_what_happened_before_the_socket_opened(
    slack: Workspace, url: Callable[[], str], foreign: Foreign
) -> None:
    slack.say("general", "alice", "before the call")
    address = url()
    slack.say("general", "alice", "in between")
    socket = foreign(address)
    assert [event_of(socket).get("text") for _ in range(2)] == [None, "in between"]


def test_it_replays_nothing_to_the_next_socket(slack: Workspace, foreign: Foreign) -> None:
    greeted(foreign()).close()
    slack.wait_until(lambda: not slack.connections)
    slack.say("general", "alice", "while away")
    socket = greeted(foreign())
    slack.say("general", "alice", "back again")
    assert event_of(socket)["text"] == "back again"
    assert [m["text"] for m in slack.messages("general")] == ["while away", "back again"]


def test_it_tells_a_message_to_every_socket_but_the_one_it_came_from(
    slack: Workspace, foreign: Foreign
) -> None:
    first, second = greeted(foreign()), greeted(foreign())
    channel = slack.channel_id("general")
    say(first, id=7, type="message", channel=channel, text="a < b")
    answer = event_of(first)
    assert (answer["reply_to"], answer["text"], "type" in answer) == (7, "a &lt; b", False)
    assert event_of(second)["ts"] == answer["ts"]
    slack.say("general", "alice", "next")
    assert event_of(first)["text"] == "next"


def test_it_tells_of_a_post_before_the_answer(slack: Workspace, foreign: Foreign) -> None:
    sockets = [greeted(foreign()) for _ in range(2)]
    with slack.faults.hold("chat.postMessage") as hold:
        arguments = {"channel": slack.channel_id("general"), "text": "Hello"}
        posting = Thread(target=slack.web.call, args=("chat.postMessage",), kwargs=arguments)
        posting.start()
        assert [event_of(socket)["text"] for socket in sockets] == ["Hello", "Hello"]
        slack.wait_until(lambda: hold.waiting == 1)
    posting.join()


@pytest.mark.parametrize(
    ("message", "error"),
    [
        ({"type": "message", "channel": "C0", "text": "x"}, 0),
        ({"type": "message", "channel": "#", "text": ""}, 2),
        ({"type": "dance"}, 4),
        ({"type": "ping", "nested": {"a": 1}}, 4),
    ],
)
def test_it_refuses_in_slacks_words(
    slack: Workspace, foreign: Foreign, message: dict[str, Any], error: int
) -> None:
    socket = greeted(foreign())
    if message.get("channel") == "#":
        message = message | {"channel": slack.channel_id("general")}
    say(socket, id=3, **message)
    answer = event_of(socket)
    assert (answer["ok"], answer["reply_to"], answer["error"]["code"]) == (False, 3, error)


def test_it_echoes_every_scalar_of_a_ping(slack: Workspace, foreign: Foreign) -> None:
    socket = greeted(foreign())
    say(socket, id=1, type="ping", time=1.5, note="x", flag=True, nothing=None)
    assert event_of(socket) == {
        "type": "pong",
        "reply_to": 1,
        "time": 1.5,
        "note": "x",
        "flag": True,
        "nothing": None,
    }


def test_it_tells_presence_to_whom_asked_and_forgets_with_the_socket(
    slack: Workspace, foreign: Foreign
) -> None:
    alice, bob = slack.user_id("alice"), slack.user_id("bob")
    socket = greeted(foreign())
    slack.set_presence("alice", "away")
    say(socket, type="presence_sub", ids=[alice])
    first = event_of(socket)
    assert (first["type"], first["user"], first["presence"]) == ("presence_change", alice, "away")
    say(socket, type="presence_sub", ids=[alice, bob])
    assert event_of(socket)["user"] == bob  # only whom is new
    say(socket, type="presence_sub", ids=[bob])
    say(socket, id=1, type="ping")
    assert event_of(socket)["type"] == "pong"
    slack.set_presence("alice", "active")  # no longer on the list
    slack.set_presence("bob", "away")
    assert event_of(socket)["user"] == bob
    other = greeted(foreign())
    slack.set_presence("bob", "active")
    slack.say("general", "alice", "nothing before this")
    assert event_of(other)["type"] == "message"


def test_it_tells_presence_in_lists_when_asked(slack: Workspace, foreign: Foreign) -> None:
    url = slack.web.call("rtm.connect", batch_presence_aware=True)["url"]
    socket = greeted(foreign(url))
    say(socket, type="presence_sub", ids=[slack.user_id("alice")])
    assert event_of(socket)["users"] == [slack.user_id("alice")]


def test_it_cuts_a_client_that_does_not_read(raw: Callable[..., Any]) -> None:
    with Workspace(rtm=RtmOptions(max_waiting=1_000_000)) as slack:
        client = raw(slack.web.call("rtm.connect")["url"])
        client.answer()
        slack.wait_until(lambda: slack.connections)
        for _ in range(400):
            slack.say("general", "alice", "x" * 30_000)
        slack.wait_until(lambda: not slack.connections)
        client.until_reset()


def test_it_replays_the_bots_last_message_when_told_to() -> None:
    with Workspace(rtm=RtmOptions(replays_own_message=True)) as slack:

        def dialled() -> Any:
            return connect(slack.web.call("rtm.connect")["url"], proxy=None)

        with dialled() as socket:
            greeted(socket)
            say(socket, id=9, type="message", channel=slack.channel_id("general"), text="mine")
            ts = event_of(socket)["ts"]
        with dialled() as socket:
            assert event_of(socket)["type"] == "hello"
            replayed = event_of(socket)
    assert (replayed["type"], replayed["reply_to"], replayed["ts"]) == ("message", 9, ts)
    assert "ok" not in replayed


def test_it_gives_two_channels_the_same_ts_and_one_channel_never() -> None:
    with Workspace(clock=Clock(lambda: 1700000000.5)) as slack:
        said = [slack.say(c, "alice", "x")["ts"] for c in ("general", "random", "general")]
    assert said == ["1700000000.500000", "1700000000.500000", "1700000000.500001"]


def test_it_ends_with_nobody_left(slack: Workspace, foreign: Foreign) -> None:
    socket = greeted(foreign())
    slack.close()
    with pytest.raises(ConnectionClosed):
        socket.recv(timeout=10)
