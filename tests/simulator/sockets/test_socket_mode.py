"""The simulator's Socket Mode over a bare websocket: each trap that a client may fall into."""

from __future__ import annotations

import json
import socket
from collections.abc import Callable, Generator
from contextlib import contextmanager
from typing import Any, ClassVar
from urllib.parse import urlsplit

import pytest
import requests
import websocket

from rxslack.errors import ApiError, AuthenticationError
from rxslack.simulator import Clock, Delivery, SocketModeOptions, Workspace


class Client:
    """A websocket that reads frames of all kinds, and does nothing by itself."""

    opened: ClassVar[list[Any]] = []

    def __init__(self, slack: Workspace, *, more: str = "") -> None:
        url = slack.app.call("apps.connections.open")["url"]
        self.ws: Any = websocket.create_connection(url + more)
        self.ws.settimeout(5.0)
        self.opened.append(self.ws)

    def read(self) -> Any:
        """The next text message, read as JSON."""
        while True:
            opcode, frame = self.ws.recv_data_frame(control_frame=True)
            if opcode == websocket.ABNF.OPCODE_TEXT:
                return json.loads(frame.data)
            if opcode == websocket.ABNF.OPCODE_CLOSE:
                return None

    def acknowledge(self, envelope: Any, **payload: Any) -> None:
        self.ws.send(json.dumps({"envelope_id": envelope["envelope_id"], **payload}))


@contextmanager
def still(**options: Any) -> Generator[Workspace]:
    """A workspace whose time moves only when it is told to."""
    clock = Clock(lambda: 1_700_000_000.0)
    with Workspace(clock=clock, socket_mode=SocketModeOptions(**options)) as slack:
        try:
            yield slack
        finally:
            while Client.opened:
                Client.opened.pop().shutdown()


@pytest.fixture
def slack() -> Generator[Workspace]:
    with still() as workspace:
        yield workspace


def refused(url: str) -> int:
    """The HTTP status with which a websocket is refused."""
    with (
        socket.create_connection(("127.0.0.1", urlsplit(url).port or 80), timeout=5.0) as sock,
        pytest.raises(websocket.WebSocketBadStatusException) as caught,
    ):
        websocket.create_connection(url, socket=sock)
    return caught.value.status_code


def greeted(slack: Workspace) -> Client:
    client = Client(slack)
    assert client.read()["type"] == "hello"
    return client


def wait_for(slack: Workspace, delivery: Delivery, times: int) -> None:
    slack.wait_until(lambda: len(delivery.sent_at) == times)


def settled(slack: Workspace) -> Callable[[], bool]:
    return lambda: all(one.is_settled for one in slack.socket_mode.delivered)


def test_it_says_hello_with_the_number_of_connections(slack: Workspace) -> None:
    greeted(slack)
    hello = Client(slack).read()

    assert hello["num_connections"] == 2
    assert hello["debug_info"]["approximate_connection_time"] == 18_060
    assert "started" not in hello["debug_info"]
    assert hello["connection_info"]["app_id"].startswith("A")


def test_it_gives_urls_to_app_tokens_in_the_header_only(slack: Workspace) -> None:
    url, field = f"{slack.base_url}apps.connections.open", {"token": slack.app_token}

    assert requests.post(url, data=field, timeout=5).json()["error"] == "not_authed"
    with pytest.raises(AuthenticationError, match="not_allowed_token_type"):
        slack.web.call("apps.connections.open")


def test_it_takes_a_ticket_once_and_for_half_a_minute(slack: Workspace) -> None:
    used, old = (slack.app.call("apps.connections.open")["url"] for _ in range(2))
    websocket.create_connection(used).close()
    slack.clock.advance(31.0)

    for url in (used, old):
        assert refused(url) == 401


def test_it_shortens_the_life_for_debugging(slack: Workspace) -> None:
    client = Client(slack, more="&debug_reconnects=true")

    assert client.read()["debug_info"]["approximate_connection_time"] == 360
    slack.clock.advance(350.0)
    assert client.read()["reason"] == "warning"
    slack.clock.advance(10.0)
    assert client.read() is None


def test_it_spreads_envelopes_over_all_sockets(slack: Workspace) -> None:
    clients = [greeted(slack), greeted(slack)]
    for number in range(20):
        slack.say("general", "alice", f"{number}")
    counts = [
        sum(one.sockets == [connection.number] for one in slack.socket_mode.delivered)
        for connection in slack.connections
    ]

    assert sum(counts) == 20
    assert all(counts)
    assert {client.read()["payload"]["event"]["type"] for client in clients} == {"message"}


def test_it_refuses_an_eleventh_socket_until_one_has_really_ended(slack: Workspace) -> None:
    clients = [greeted(slack) for _ in range(10)]
    refused = Client(slack)

    assert refused.read()["reason"] == "too_many_websockets"
    assert refused.read() is None
    refused.ws.close()
    clients[0].ws.close()
    slack.wait_until(lambda: slack.socket_mode.count() == 9)
    greeted(slack)


def test_it_sends_an_event_again_until_it_is_acknowledged(slack: Workspace) -> None:
    client = greeted(slack)
    slack.say("general", "alice", "Hello")
    first = client.read()
    slack.clock.advance(3.0)
    second = client.read()
    slack.clock.advance(3.0)
    slack.clock.advance(59.0)
    slack.clock.advance(1.0)
    third = client.read()
    client.acknowledge(third, payload={})
    slack.wait_until(settled(slack))
    (delivery,) = slack.socket_mode.delivered

    assert [(one["retry_attempt"], one["retry_reason"]) for one in (first, second, third)] == [
        (0, ""),
        (1, "timeout"),
        (2, "timeout"),
    ]
    assert len({one["payload"]["event_id"] for one in (first, second, third)}) == 1
    assert len({one["envelope_id"] for one in (first, second, third)}) == 3
    assert [at - delivery.sent_at[0] for at in delivery.sent_at] == [0.0, 3.0, 66.0]
    assert not delivery.lost


def test_it_keeps_the_id_of_an_envelope_when_told_to() -> None:
    with still(keeps_envelope_id=True) as slack:
        client = greeted(slack)
        slack.say("general", "alice", "Hello")
        first = client.read()
        slack.clock.advance(3.0)

        assert client.read()["envelope_id"] == first["envelope_id"]


def test_it_gives_an_event_up_after_three_retries(slack: Workspace) -> None:
    greeted(slack)
    slack.say("general", "alice", "Hello")
    (delivery,) = slack.socket_mode.delivered
    for pause, sent in ((0.0, 2), (60.0, 3), (300.0, 4)):
        slack.clock.advance(3.0)  # the deadline
        slack.clock.advance(pause)
        wait_for(slack, delivery, sent)
    slack.clock.advance(3.0)

    slack.wait_until(lambda: delivery.lost)


def test_it_holds_what_happens_while_no_socket_is_open(slack: Workspace) -> None:
    greeted(slack).ws.close()
    slack.wait_until(lambda: not slack.connections)
    slack.say("general", "alice", "Hello")
    (delivery,) = slack.socket_mode.delivered
    slack.wait_until(lambda: delivery.attempts == 2)
    client = greeted(slack)
    slack.clock.advance(60.0)

    assert client.read()["retry_attempt"] == 2


def test_it_sends_an_event_again_although_it_was_acknowledged() -> None:
    with still(redelivers_every=2) as slack:
        client = greeted(slack)
        for text in ("one", "two"):
            slack.say("general", "alice", text)
        first, second = client.read(), client.read()
        client.acknowledge(first)
        client.acknowledge(second)
        again = client.read()

        assert again["payload"]["event_id"] == second["payload"]["event_id"]
        assert again["retry_attempt"] == 1


def test_it_does_not_repeat_a_command_and_tells_the_person(slack: Workspace) -> None:
    client = greeted(slack)
    done = slack.interactions.command("general", "alice", "/weather", "Bern")
    assert client.read()["payload"]["text"] == "Bern"
    slack.clock.advance(3.0)

    with pytest.raises(RuntimeError):
        done.wait()
    assert len(done.delivery.sent_at) == 1


def test_it_fails_a_command_that_finds_no_socket(slack: Workspace) -> None:
    done = slack.interactions.command("general", "alice", "/weather")

    with pytest.raises(RuntimeError):
        done.wait()
    assert done.failed


@pytest.mark.parametrize("ack", ["{}", '{"envelope_id": "unknown"}', "[]", "nonsense"])
def test_it_ignores_an_acknowledgement_of_nothing(slack: Workspace, ack: str) -> None:
    client = greeted(slack)
    client.ws.send(ack)
    slack.say("general", "alice", "Hello")
    client.acknowledge(client.read())

    slack.wait_until(settled(slack))


def test_it_closes_on_an_acknowledgement_that_is_too_long(slack: Workspace) -> None:
    client = greeted(slack)
    slack.interactions.command("general", "alice", "/weather")
    client.acknowledge(client.read(), payload={"text": "x" * 20_480})
    _, frame = client.ws.recv_data_frame(control_frame=True)

    assert int.from_bytes(frame.data[:2], "big") == 1009


def test_it_ignores_an_acknowledgement_that_is_too_long_when_told_to() -> None:
    with still(long_ack="ignore") as slack:
        client = greeted(slack)
        slack.say("general", "alice", "Hello")
        envelope = client.read()
        client.acknowledge(envelope, payload={"text": "x" * 20_480})
        client.acknowledge(envelope)

        slack.wait_until(settled(slack))


@pytest.mark.parametrize("anywhere", [True, False])
def test_it_takes_an_acknowledgement_on_another_socket_or_not(anywhere: bool) -> None:
    with still(acks_anywhere=anywhere) as slack:
        one = greeted(slack)
        slack.say("general", "alice", "Hello")
        envelope, other = one.read(), greeted(slack)
        other.acknowledge(envelope)
        other.ws.ping("are you there")
        other.ws.recv_data_frame(control_frame=True)

        assert settled(slack)() is anywhere


def test_it_pings_every_ten_seconds(slack: Workspace) -> None:
    client = greeted(slack)
    for _ in range(2):
        slack.clock.advance(10.0)
        _, frame = client.ws.recv_data_frame(control_frame=True)
        assert frame.opcode == websocket.ABNF.OPCODE_PING
        assert frame.data.startswith(b"Ping from applink-")


def test_it_does_not_ping_or_pong_when_told_so() -> None:
    with still(ping_every=None, answers_pings=False) as slack:
        client = greeted(slack)
        slack.clock.advance(60.0)
        client.ws.ping("are you there")
        slack.say("general", "alice", "Hello")
        opcode, _ = client.ws.recv_data_frame(control_frame=True)

        assert opcode == websocket.ABNF.OPCODE_TEXT


def test_it_goes_on_delivering_between_the_disconnect_and_the_end(slack: Workspace) -> None:
    client = greeted(slack)
    slack.socket_mode.disconnect("refresh_requested")
    slack.say("general", "alice", "Hello")

    assert client.read()["reason"] == "refresh_requested"
    assert client.read()["type"] == "events_api"
    slack.clock.advance(10.0)
    assert client.read() is None


def test_it_gives_no_more_urls_once_socket_mode_is_switched_off(slack: Workspace) -> None:
    client = greeted(slack)
    slack.socket_mode.disable()

    assert client.read()["reason"] == "link_disabled"
    with pytest.raises(ApiError, match="access_denied"):
        slack.app.call("apps.connections.open")
    slack.socket_mode.enable()
    greeted(slack)


def test_it_greets_with_something_that_is_no_json(slack: Workspace) -> None:
    slack.socket_mode.say_instead_of_hello()
    client = Client(slack)

    assert client.ws.recv() == "UNAUTHENTICATED: cache_error"
    assert client.read() is None
    greeted(slack)


def test_it_tells_nothing_that_is_only_on_rtm(slack: Workspace) -> None:
    client = greeted(slack)
    slack.type("general", "alice")
    slack.say("general", "alice", f"<@{slack.bot_user_id}>")
    told = [client.read()["payload"]["event"]["type"] for _ in range(2)]

    assert sorted(told) == ["app_mention", "message"]


def test_it_sends_payloads_without_an_event(slack: Workspace) -> None:
    client = greeted(slack)
    slack.socket_mode.send_event({"type": "app_rate_limited", "minute_rate_limited": 1})

    assert "event" not in client.read()["payload"]
