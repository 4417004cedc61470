"""What a websocket does by the workspace's clock, and each unknown of Slack's in both settings."""

from __future__ import annotations

import json
from collections.abc import Generator, Iterator
from contextlib import contextmanager, suppress
from typing import Any, cast

import pytest
from slack_sdk import WebClient
from slack_sdk.errors import SlackApiError
from websockets.exceptions import ConnectionClosed
from websockets.sync.client import ClientConnection, connect

from rxslack.simulator import Clock, Entry, Limits, Rate, RtmOptions, Workspace


@contextmanager
def dialled(slack: Workspace) -> Generator[ClientConnection]:
    """Somebody else's client, past hello and what follows at once."""
    with connect(slack.web.call("rtm.connect")["url"], proxy=None, close_timeout=1) as socket:
        assert event_of(socket)["type"] == "hello"
        assert event_of(socket)["type"] == "reconnect_url"
        yield socket


def event_of(socket: ClientConnection) -> dict[str, Any]:
    return cast("dict[str, Any]", json.loads(socket.recv(timeout=10)))


def say(socket: ClientConnection, **message: Any) -> None:
    socket.send(json.dumps(message))


def end_of(socket: ClientConnection) -> int | None:
    """The code of the CLOSE frame after which nothing comes; None: no frame."""
    with pytest.raises(ConnectionClosed) as caught:
        _ = [*iter(lambda: socket.recv(timeout=10), None)]
    return None if caught.value.rcvd is None else caught.value.rcvd.code


def test_it_sends_another_reconnect_url_every_180_seconds(slack: Workspace) -> None:
    with dialled(slack) as socket:
        slack.clock.advance(179.0)
        say(socket, id=1, type="ping")
        assert event_of(socket)["type"] == "pong"
        slack.clock.advance(361.5)
        urls = {event_of(socket)["url"] for _ in range(3)}
        assert len(urls) == 3


def test_it_opens_at_a_spare_url(slack: Workspace) -> None:
    with dialled(slack) as socket:
        slack.clock.advance(180.0)
        url = event_of(socket)["url"]
    with connect(url, proxy=None) as socket:
        assert event_of(socket)["type"] == "hello"
    assert len(slack.calls("rtm.connect")) == 1


def test_it_says_goodbye_after_eight_hours_and_parts_within_a_minute() -> None:
    with Workspace(rtm=RtmOptions(reconnect_url_every=None)) as slack, dialled(slack) as socket:
        slack.clock.advance(8 * 3600.0 - 1.0)
        say(socket, id=1, type="ping")
        assert event_of(socket)["type"] == "pong"
        slack.clock.advance(1.0)
        assert event_of(socket)["type"] == "goodbye"
        slack.say("general", "alice", "in between")
        assert event_of(socket)["text"] == "in between"
        slack.clock.advance(60.0)
        assert end_of(socket) == 1000


def test_it_says_goodbye_and_stays() -> None:
    options = RtmOptions(reconnect_url_every=None, grace=None)
    with Workspace(rtm=options) as slack, dialled(slack) as socket:
        slack.clock.advance(8 * 3600.0)
        assert event_of(socket)["type"] == "goodbye"
        slack.clock.advance(3600.0)
        say(socket, id=1, type="ping")
        assert event_of(socket)["type"] == "pong"


def test_it_says_goodbye_when_the_workspace_is_quiet() -> None:
    options = RtmOptions(reconnect_url_every=None, quiet=120.0, grace=(5.0, 5.0))
    with Workspace(rtm=options) as slack, dialled(slack) as socket:
        slack.clock.advance(100.0)
        slack.say("general", "alice", "not yet")
        assert event_of(socket)["text"] == "not yet"
        slack.clock.advance(100.0)
        say(socket, id=1, type="ping")
        assert event_of(socket)["type"] == "pong"
        slack.clock.advance(20.0)
        assert event_of(socket)["type"] == "goodbye"
        slack.clock.advance(5.0)
        end_of(socket)


def test_it_says_goodbye_at_a_word_and_twice(slack: Workspace) -> None:
    with dialled(slack) as socket, dialled(slack) as other:
        slack.goodbye(times=2, grace=10.0)
        for one in (socket, other):
            assert [event_of(one)["type"] for _ in range(2)] == ["goodbye", "goodbye"]
        slack.say("general", "alice", "still here")
        assert event_of(socket)["text"] == "still here"
        slack.clock.advance(10.0)
        end_of(socket)


def test_it_says_goodbye_on_one_connection(slack: Workspace) -> None:
    with dialled(slack) as socket, dialled(slack) as other:
        slack.connections[0].goodbye(grace=0.0)
        assert event_of(socket)["type"] == "goodbye"
        end_of(socket)
        slack.say("general", "alice", "Hello")
        assert event_of(other)["text"] == "Hello"


def test_it_migrates(slack: Workspace) -> None:
    with dialled(slack) as socket:
        slack.migrate(times=2)
        assert event_of(socket)["type"] == "team_migration_started"
        end_of(socket)
    answers = [slack_answer(slack) for _ in range(3)]
    assert answers == ["migration_in_progress", "migration_in_progress", None]


def slack_answer(slack: Workspace) -> str | None:
    client: Any = WebClient(slack.bot_token, base_url=slack.base_url)
    try:
        client.api_call("rtm.connect")
    except SlackApiError as error:
        return str(cast("Any", error.response)["error"])
    return None


# The unknowns: each with both settings


@pytest.mark.parametrize("code", [1000, 1001, 4000, None])
def test_it_ends_with_any_code(code: int | None) -> None:
    with Workspace(rtm=RtmOptions(close_code=code)) as slack, dialled(slack) as socket:
        slack.goodbye(grace=0.0)
        assert event_of(socket)["type"] == "goodbye"
        assert end_of(socket) == (code or 1005)


@pytest.mark.parametrize("how", ["FIN", "RST"])
def test_it_ends_without_a_frame(how: Any) -> None:
    with Workspace(rtm=RtmOptions(parting=how)) as slack, dialled(slack) as socket:
        slack.goodbye(grace=0.0)
        assert end_of(socket) is None


@pytest.mark.parametrize("patience", [0, 2])
def test_it_bears_a_flood_for_so_long(patience: int) -> None:
    limits = Limits(frames=Rate(0.0, 1), patience=patience)
    with Workspace(limits=limits) as slack, dialled(slack) as socket:
        say(socket, id=0, type="ping")
        assert event_of(socket)["type"] == "pong"
        for number in range(patience + 1):
            say(socket, id=number, type="ping")
            assert event_of(socket)["error"]["code"] == -1
        end_of(socket)


@pytest.mark.parametrize("every", [10.0, None])
def test_it_sends_ping_frames_or_none(every: float | None) -> None:
    def is_pong(entry: Entry) -> bool:
        return entry.direction == "in" and entry.data == b"" and entry.where == "socket 1"

    options = RtmOptions(ping_every=every, reconnect_url_every=None)
    with Workspace(rtm=options) as slack, dialled(slack) as socket:
        slack.clock.advance(30.0)
        say(socket, id=1, type="ping")
        assert event_of(socket)["type"] == "pong"
        wanted = 3 if every else 0
        slack.wait_until(lambda: len([*filter(is_pong, slack.transcript)]) >= wanted)
        assert len([*filter(is_pong, slack.transcript)]) == wanted


@pytest.mark.parametrize("seconds", [60.0, None])
def test_it_ends_a_silent_client_or_not(seconds: float | None) -> None:
    options = RtmOptions(idle_timeout=seconds, reconnect_url_every=None)
    with Workspace(rtm=options) as slack, dialled(slack) as socket:
        slack.clock.advance(50.0)
        say(socket, id=1, type="ping")
        assert event_of(socket)["type"] == "pong"
        slack.clock.advance(50.0)
        say(socket, id=2, type="ping")
        assert event_of(socket)["type"] == "pong"
        slack.clock.advance(61.0)
        if seconds:
            end_of(socket)
        else:
            say(socket, id=3, type="ping")
            assert event_of(socket)["type"] == "pong"


@pytest.mark.parametrize("most", [1, None])
def test_it_allows_so_many_sockets(most: int | None) -> None:
    with Workspace(rtm=RtmOptions(max_sockets=most)) as slack, dialled(slack):
        url = slack.web.call("rtm.connect")["url"]
        with connect(url, proxy=None) as second:
            assert event_of(second)["type"] == ("error" if most else "hello")


@pytest.mark.parametrize("refuses", [True, False])
def test_it_takes_an_id_twice_or_not(refuses: bool) -> None:
    options = RtmOptions(refuses_duplicate_ids=refuses)
    with Workspace(rtm=options) as slack, dialled(slack) as socket:
        for n in range(2):
            say(socket, id=1, type="message", channel=slack.channel_id("general"), text=f"{n}")
        assert [event_of(socket)["ok"] for _ in range(2)] == [True, not refuses]


@pytest.mark.parametrize("answers", [True, False])
def test_it_answers_an_unknown_type_or_not(answers: bool) -> None:
    options = RtmOptions(answers_unknown_types=answers)
    with Workspace(rtm=options) as slack, dialled(slack) as socket:
        say(socket, id=1, type="dance")
        say(socket, id=2, type="ping")
        assert event_of(socket)["reply_to"] == (1 if answers else 2)


@pytest.mark.parametrize("most", [10, None])
def test_it_takes_a_long_text_or_not(most: int | None) -> None:
    options = RtmOptions(max_text=most, long_text_error=(9, "too long"))
    with Workspace(rtm=options) as slack, dialled(slack) as socket:
        say(socket, id=1, type="message", channel=slack.channel_id("general"), text="x" * 11)
        answer = event_of(socket)
    assert answer["ok"] == (most is None)
    assert answer.get("error") == ({"code": 9, "msg": "too long"} if most else None)


@pytest.mark.parametrize("takes", [True, False])
def test_it_puts_a_clients_fragments_together_or_not(takes: bool) -> None:
    options = RtmOptions(accepts_fragments=takes)
    with Workspace(rtm=options) as slack, dialled(slack) as socket:

        def fragments() -> Iterator[str]:
            yield '{"id":1,'
            if (
                not takes
            ):  # what meets a closed socket is answered by a reset, which may overtake CLOSE
                slack.wait_until(lambda: socket.close_code is not None)
            yield '"type":"ping"}'

        with suppress(ConnectionClosed):  # the first of them may be enough
            socket.send(fragments())
        if takes:
            assert event_of(socket) == {"type": "pong", "reply_to": 1}
        else:
            assert end_of(socket) == 1003


def test_it_closes_without_a_reply_at_a_long_frame(slack: Workspace) -> None:
    with dialled(slack) as socket:
        say(socket, id=1, type="message", channel="C1", text="x" * 20_000)
        assert end_of(socket) == 1009


# The transcript


def test_it_writes_every_frame_and_call_down_with_direction_and_time() -> None:
    with Workspace(clock=Clock(lambda: 1000.0), rtm=RtmOptions(reconnect_url_every=None)) as slack:
        with dialled(slack) as socket:
            slack.clock.advance(5.0)
            slack.say("general", "alice", "Hello")
            assert event_of(socket)["text"] == "Hello"
            say(socket, id=1, type="ping")
            assert event_of(socket)["type"] == "pong"
            slack.connections[0].cut()
            end_of(socket)
        lines = [(e.at, e.direction, e.where, str(e.data)) for e in slack.transcript]
    expected = [
        (1000.0, "in", "rtm.connect", "{}"),
        (1000.0, "out", "rtm.connect", "(a ticket)"),
        (1000.0, "out", "socket 1", '"type":"hello"'),
        (1000.0, "out", "socket 1", '"url":"(a ticket)"'),
        (1005.0, "out", "socket 1", '"text":"Hello"'),
        (1005.0, "in", "socket 1", '"ping"'),
        (1005.0, "out", "socket 1", '"pong"'),
        (1005.0, "out", "socket 1", "(RST)"),
    ]
    assert [line[:3] for line in lines] == [line[:3] for line in expected]
    assert all(wanted[3] in line[3] for line, wanted in zip(lines, expected, strict=True))
