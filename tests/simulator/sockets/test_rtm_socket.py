"""What the simulated websocket says, and how it takes what a client says."""

from __future__ import annotations

import io
import itertools
import json
import threading
from collections.abc import Callable, Generator, Iterator
from contextlib import ExitStack, contextmanager
from time import perf_counter
from typing import Any

import pytest
import websocket
from websockets.sync.client import ClientConnection, connect as connect_websockets
from wsproto.frame_protocol import CloseReason, FrameProtocol, Opcode

from rxslack.errors import RateLimited
from rxslack.simulator import Limits, Rate, RtmOptions, Workspace
from rxslack.simulator.sockets.frames import Breach, close_frame, read_messages
from rxslack.wire.frames import CLOSE, CONTINUATION, PING, PONG, TEXT, server_frame

Json = dict[str, Any]
EXPIRED = {"type": "error", "error": {"code": 1, "msg": "Socket URL has expired"}}


class Client:
    """websocket-client's own socket, which shares no code with the stream's."""

    def __init__(self, slack: Workspace, token: str = "", **arguments: Any) -> None:
        web = slack.user_web if token == "user" else slack.web
        self.url: str = web.call("rtm.connect", **arguments)["url"]
        self.socket = open_socket(self.url)
        assert self.hear()["type"] == "hello"

    def hear(self) -> Json:
        heard: Json = json.loads(self.socket.recv())
        return heard

    def say(self, **message: Any) -> None:
        self.socket.send(json.dumps(message))

    def ask(self, **message: Any) -> Json:
        self.say(**message)
        return self.hear()

    def close(self) -> None:
        self.socket.close()
        self.socket.shutdown()  # which `close` leaves out when the server was first


def open_socket(url: str) -> Any:
    return websocket.create_connection(url, timeout=10.0)


@contextmanager
def opened(url: str) -> Generator[Any]:
    client = open_socket(url)
    yield client
    client.shutdown()


Connect = Callable[..., Client]


@pytest.fixture
def slack() -> Iterator[Workspace]:
    with Workspace(rtm=RtmOptions(reconnect_url=False)) as workspace:
        yield workspace


@pytest.fixture
def connect(slack: Workspace) -> Iterator[Connect]:
    clients: list[Client] = []

    def make(token: str = "", **arguments: Any) -> Client:
        clients.append(Client(slack, token, **arguments))
        return clients[-1]

    yield make
    for client in clients:
        client.close()


# Tickets


def test_it_lets_in_once_for_each_ticket(slack: Workspace, connect: Connect) -> None:
    client = connect()
    with opened(client.url) as second:
        assert json.loads(second.recv()) == EXPIRED
        assert second.recv_data()[0] == websocket.ABNF.OPCODE_CLOSE
    assert len(slack.connections) == 1


@pytest.mark.parametrize(("seconds", "kind"), [(29.0, "hello"), (31.0, "error")])
def test_it_lets_in_for_thirty_seconds(slack: Workspace, seconds: float, kind: str) -> None:
    url = slack.web.call("rtm.connect")["url"]
    slack.clock.advance(seconds)
    with opened(url) as client:
        assert json.loads(client.recv())["type"] == kind


def test_it_offers_a_spare_url_that_works_once() -> None:
    with Workspace() as slack:
        client = Client(slack)
        spare = client.hear()
        assert spare["type"] == "reconnect_url"
        with opened(spare["url"]) as second:
            assert json.loads(second.recv())["type"] == "hello"
        client.close()


def test_it_lets_connect_ten_times_and_then_once_a_minute(slack: Workspace) -> None:
    for _ in range(10):
        slack.web.call("rtm.connect")
    with pytest.raises(RateLimited) as raised:
        slack.web.call("rtm.connect")
    assert raised.value.retry_after == 60.0
    slack.clock.advance(60.0)
    slack.web.call("rtm.connect")


# Saying things


def test_it_acknowledges_a_message_without_a_type_and_does_not_echo_it(
    slack: Workspace, connect: Connect
) -> None:
    client, other = connect(), connect()
    channel = slack.channel_id("general")
    ack = client.ask(id=3, type="message", channel=channel, text="see http://a.example")
    assert ack == {
        "ok": True,
        "reply_to": 3,
        "ts": slack.messages("general")[0]["ts"],
        "text": "see <http://a.example>",
    }
    assert client.ask(id=4, type="ping")["type"] == "pong"  # and no echo before it
    echo = other.hear()
    assert (echo["type"], echo["ts"], echo["user"]) == ("message", ack["ts"], slack.bot_user_id)


def test_it_echoes_a_post_before_its_answer(slack: Workspace, connect: Connect) -> None:
    client = connect()
    with slack.faults.hold("chat.postMessage") as hold:
        thread = threading.Thread(
            target=slack.web.call,
            args=("chat.postMessage",),
            kwargs={"channel": slack.channel_id("general"), "text": "Hi"},
        )
        thread.start()
        echo = client.hear()
        slack.wait_until(lambda: hold.waiting)
    thread.join()
    assert (echo["subtype"], echo["bot_id"], "user" in echo) == ("bot_message", slack.bot_id, False)


@pytest.mark.parametrize(
    ("message", "error"),
    [
        ({"type": "message", "channel": "C0", "text": "Hi"}, 0),
        ({"type": "message", "channel": "general"}, 2),
        ({"type": "message", "channel": "general", "text": ""}, 2),
        ({"type": "message", "channel": "general", "text": "Hi", "thread_ts": "1.000000"}, 4),
        ({"type": "dance"}, 4),
        ({"type": "ping", "nested": {"a": 1}}, 4),
        ({"type": "typing", "channel": "C0"}, 0),
    ],
)
def test_it_says_what_was_wrong(
    slack: Workspace, connect: Connect, message: Json, error: int
) -> None:
    if message.get("channel") == "general":
        message = message | {"channel": slack.channel_id("general")}
    answer = connect().ask(id=9, **message)
    assert (answer["ok"], answer["reply_to"], answer["error"]["code"]) == (False, 9, error)


def test_it_tells_others_that_somebody_types(slack: Workspace, connect: Connect) -> None:
    client, other = connect(), connect("user")
    client.say(type="typing", channel=slack.channel_id("general"))
    event = other.hear()
    assert (event["type"], event["user"]) == ("user_typing", slack.bot_user_id)
    assert client.ask(type="ping", note="mine") == {"type": "pong", "note": "mine"}


@pytest.mark.parametrize("batch", [False, True])
def test_it_tells_presence_to_those_who_asked(
    slack: Workspace, connect: Connect, batch: bool
) -> None:
    def users(event: Json) -> list[str]:
        assert ("users" in event) is batch
        found: list[str] = event["users"] if batch else [event["user"]]
        return found

    alice, bob = slack.user_id("alice"), slack.user_id("bob")
    client = connect(batch_presence_aware=batch)
    slack.set_presence("alice", "away")
    assert users(client.ask(type="presence_sub", ids=[alice])) == [alice]
    added = client.ask(type="presence_sub", ids=[alice, bob])
    assert (users(added), added["presence"]) == ([bob], "active")  # the new one only
    slack.set_presence("bob", "away")
    assert users(client.hear()) == [bob]
    client.say(type="presence_sub", ids=[alice])  # the list replaces the one before
    client.ask(type="ping")
    slack.set_presence("bob", "active")
    assert client.ask(type="presence_query", ids=[bob])["presence"] == "active"


def test_it_warns_who_floods_and_then_hangs_up() -> None:
    limits = Limits(frames=Rate(1 / 60, 2), patience=2)
    with Workspace(limits=limits, rtm=RtmOptions(reconnect_url=False)) as slack:
        client = Client(slack)
        answers = [client.ask(id=n, type="ping") for n in range(4)]
        assert [a.get("type") for a in answers] == ["pong", "pong", None, None]
        assert [a["error"]["code"] for a in answers[2:]] == [-1, -1]
        client.say(id=5, type="ping")
        client.hear()
        assert client.socket.recv_data()[0] == websocket.ABNF.OPCODE_CLOSE
        client.close()


def test_it_hangs_up_on_a_frame_that_is_too_long(slack: Workspace, connect: Connect) -> None:
    client = connect()
    client.say(type="message", text="x" * 16_384)
    opcode, payload = client.socket.recv_data()
    assert (opcode, payload[:2]) == (CLOSE, (1009).to_bytes(2, "big"))
    assert slack.messages("general") == []


@pytest.mark.parametrize("accepts", [False, True])
def test_it_takes_fragments_only_where_told_to(accepts: bool) -> None:
    options = RtmOptions(reconnect_url=False, accepts_fragments=accepts)
    with Workspace(rtm=options) as slack:
        client = Client(slack)
        client.socket.send_frame(websocket.ABNF(0, 0, 0, 0, TEXT, 1, b'{"type": '))
        if accepts:
            client.socket.send_frame(websocket.ABNF(1, 0, 0, 0, CONTINUATION, 1, b'"ping"}'))
        opcode, payload = client.socket.recv_data()
        assert opcode == (TEXT if accepts else CLOSE)
        assert payload == b'{"type":"pong"}' or payload[:2] == (1003).to_bytes(2, "big")
        client.close()


def test_it_tells_only_members_what_is_said(slack: Workspace, connect: Connect) -> None:
    slack.add_channel("secret", members=["alice"], private=True)
    bot, alice = connect(), connect("user")
    slack.say("secret", "alice", "psst")
    slack.say("general", "alice", "Hello")
    assert bot.hear()["text"] == "Hello"
    assert [alice.hear()["text"] for _ in range(2)] == ["psst", "Hello"]


def test_it_replays_a_message_of_an_earlier_socket_where_told_to() -> None:
    with Workspace(rtm=RtmOptions(reconnect_url=False, replays_own_message=True)) as slack:
        first = Client(slack)
        first.ask(id=7, type="message", channel=slack.channel_id("general"), text="Hi")
        first.close()
        second = Client(slack)
        replay = second.hear()
        assert (replay["type"], replay["reply_to"], "ok" in replay) == ("message", 7, False)
        second.close()


# With other libraries


def test_it_talks_to_websockets(slack: Workspace) -> None:
    with connect_websockets(slack.web.call("rtm.connect")["url"], proxy=None) as client:
        assert json.loads(client.recv())["type"] == "hello"
        slack.say("general", "alice", "x" * 70_000)
        assert json.loads(client.recv())["text"] == "x" * 70_000
        assert client.ping().wait(10.0)
        slack.connections[0].close(1001, "going away")
        slack.wait_until(lambda: slack.past_connections[0].client_close == 1001)


@pytest.mark.parametrize("size", [0, 1, 125, 126, 65_535, 65_536])
def test_it_writes_what_wsproto_reads(size: int) -> None:
    reader = FrameProtocol(client=True, extensions=[])
    reader.receive_bytes(
        server_frame(b"x" * size) + server_frame(b"p", PING) + close_frame(1001, "y")
    )
    text, ping, close = reader.received_frames()
    assert (text.opcode, text.payload, text.message_finished) == (Opcode.TEXT, "x" * size, True)
    assert (ping.opcode, ping.payload) == (Opcode.PING, b"p")
    assert (close.opcode, close.payload) == (Opcode.CLOSE, (CloseReason.GOING_AWAY, "y"))


@pytest.mark.parametrize("size", [0, 1, 125, 126, 65_535, 65_536])
def test_it_reads_what_wsproto_writes(size: int) -> None:
    writer = FrameProtocol(client=True, extensions=[])
    raw = (
        writer.send_data("x" * size, fin=False)
        + writer.ping(b"p")
        + writer.send_data("y", fin=True)
    )
    raw += writer.pong(b"q")
    messages = read_messages(io.BytesIO(raw).read, 70_000, fragments=True)
    found = [(m.opcode, m.payload) for m in itertools.islice(messages, 3)]
    assert found == [(PING, b"p"), (TEXT, b"x" * size + b"y"), (PONG, b"q")]


@pytest.mark.parametrize(
    ("raw", "code"),
    [
        (b"\x81\x02{}", 1002),  # without a mask
        (b"\xc1\x80abcd", 1002),  # a reserved bit
        (b"\x83\x80abcd", 1002),  # an opcode that is none
        (b"\x09\x80abcd", 1002),  # a control frame in fragments
        (b"\x80\x80abcd", 1002),  # a continuation of nothing
        (b"\x81\xfe\x10\x00abcd", 1009),
    ],
)
def test_it_knows_a_breach(raw: bytes, code: int) -> None:
    with pytest.raises(Breach) as raised:
        list(read_messages(io.BytesIO(raw).read, 1000, fragments=True))
    assert raised.value.code == code


# Many


def test_it_starts_in_no_time_and_beside_others() -> None:
    began = perf_counter()
    workspaces = [Workspace() for _ in range(20)]
    assert (perf_counter() - began) / 20 < 0.1  # seconds each, on the mean
    assert len({workspace.base_url for workspace in workspaces}) == 20
    clients = [Client(workspace) for workspace in workspaces]
    workspaces[3].say("general", "alice", "Hello")
    for client in clients:
        if client is not clients[3]:
            client.say(type="ping")
    clients[3].hear()  # reconnect_url
    assert clients[3].hear()["text"] == "Hello"
    for client, workspace in zip(clients, workspaces, strict=True):
        client.close()
        workspace.close()


# What is past


def test_it_remembers_no_more_past_sockets_and_calls_than_it_is_told() -> None:
    with Workspace(keep=2) as slack, ExitStack() as opened:

        def open_one() -> ClientConnection:
            url = str(slack.web.call("rtm.connect")["url"])
            socket = opened.enter_context(connect_websockets(url, proxy=None))
            socket.recv(timeout=10)
            return socket

        open_one()
        for _ in range(4):
            open_one().close()
        slack.wait_until(lambda: [one.number for one in slack.connections] == [1])
        open_one()
        assert [one.number for one in slack.past_connections] == [1, 6]
        assert len(slack.calls()) == len(slack.transcript) == 2
