"""The scripted Slack is one: other people's clients, unmodified, take it for one."""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from email.utils import parsedate_to_datetime
from typing import Any

import pytest
import requests
from slack_sdk import WebClient
from slack_sdk.errors import SlackApiError
from slack_sdk.rtm_v2 import RTMClient
from slack_sdk.socket_mode.builtin import SocketModeClient
from slack_sdk.socket_mode.response import SocketModeResponse
from websockets.exceptions import ConnectionClosedError, ConnectionClosedOK, InvalidStatus
from websockets.sync.client import ClientConnection, connect

from tests.adversary.frames import PING, TEXT, frame
from tests.adversary.slack import BUSY, Manner, Slack

HOURS = 3 * 3600.0


@pytest.fixture
def scripted() -> Iterator[Slack]:
    with Slack(ahead=HOURS) as slack:
        yield slack


@pytest.fixture
def sdk(scripted: Slack) -> Any:
    return WebClient(scripted.token, base_url=scripted.base_url)


def opened(slack: Slack, sdk: Any) -> ClientConnection:
    return connect(str(sdk.rtm_connect()["url"]))


def wait(until: Callable[[], object]) -> None:
    deadline = time.monotonic() + 10.0
    while not until():
        assert time.monotonic() < deadline
        time.sleep(0.005)


def test_it_speaks_websocket(scripted: Slack, sdk: Any) -> None:
    with opened(scripted, sdk) as socket:
        assert json.loads(socket.recv())["type"] == "hello"
        assert socket.ping(b"are you there?").wait(5.0)
        socket.send('{"type": "ping", "id": 7}')
        assert json.loads(socket.recv()) == {"type": "pong", "id": 7, "reply_to": 7}
        socket.send(['{"type": "typing", ', '"channel": ', '"C1"}'])  # three frames
        wait(lambda: scripted.told)
        for size in (0, 200, 70_000):  # each has its own form of a length
            scripted.say("C1", "x" * size)
            assert json.loads(socket.recv())["text"] == "x" * size
    assert scripted.told == [{"type": "typing", "channel": "C1"}]
    assert scripted.connections[0].end == "the client closed it"


def test_it_sends_what_a_client_must_put_together_itself(scripted: Slack, sdk: Any) -> None:
    with opened(scripted, sdk) as socket:
        socket.recv()
        parts = frame(b"one ", TEXT, final=False) + frame(b"", PING) + frame(b"message", 0)
        for byte in parts:
            scripted.connections[0].send_bytes(bytes([byte]))
        assert socket.recv() == "one message"


def test_it_ends_in_every_way(scripted: Slack, sdk: Any) -> None:
    def close(code: int | None) -> Callable[[], None]:
        return lambda: scripted.connections[-1].close(code)

    event = {"type": "message"}
    for end, error in (
        (close(1000), ConnectionClosedOK),
        (close(1011), ConnectionClosedError),
        (lambda: scripted.connections[-1].fin(), ConnectionClosedError),
        (lambda: scripted.connections[-1].fin(0.02), ConnectionClosedError),
        (lambda: scripted.connections[-1].rst(), ConnectionClosedError),
        (lambda: scripted.connections[-1].cut(event, 5, "RST"), ConnectionClosedError),
    ):
        with opened(scripted, sdk) as socket:
            socket.recv()
            end()
            with pytest.raises(error):
                socket.recv(5.0)
    assert scripted.standing() == []


def test_it_can_look_alive_and_be_dead(scripted: Slack, sdk: Any) -> None:
    with opened(scripted, sdk) as socket:
        socket.recv()
        scripted.connections[0].die_silently()
        scripted.say("C1", "nobody hears this")
        assert not socket.ping().wait(0.2)
        with pytest.raises(TimeoutError):
            socket.recv(0.05)
        scripted.connections[0].rst()


def test_it_takes_each_address_once_and_can_refuse_it(scripted: Slack, sdk: Any) -> None:
    url = str(sdk.rtm_connect()["url"])
    scripted.manners.append(Manner(refused=True))
    with pytest.raises(InvalidStatus, match="503"), connect(url):
        pass
    with connect(url):
        assert scripted.standing()
    with pytest.raises(InvalidStatus, match="404"), connect(url):
        pass


def test_it_says_hello_when_it_is_told_to(scripted: Slack, sdk: Any) -> None:
    with ExitStack() as until_then:
        until_then.enter_context(scripted.speechless())
        with opened(scripted, sdk) as socket:
            with pytest.raises(TimeoutError):
                socket.recv(0.05)
            until_then.close()
            assert json.loads(socket.recv())["type"] == "hello"


def test_it_has_a_clock_of_its_own(scripted: Slack) -> None:
    answer = requests.post(scripted.base_url + "auth.test", timeout=5.0)
    said = scripted.say("C1", "now")

    assert answer.json() == {"ok": False, "error": "not_authed"}
    for theirs in (parsedate_to_datetime(answer.headers["Date"]).timestamp(), float(said.ts)):
        assert HOURS - 60 < theirs - time.time() < HOURS + 60


def test_it_tells_the_past_by_pages(scripted: Slack, sdk: Any) -> None:
    scripted.past.page = 2
    root = scripted.say("C1", "root").ts
    told = [scripted.say("C1", f"{n}").ts for n in range(3)]
    answers = [scripted.say("C1", f"answer {n}", thread_ts=root).ts for n in range(3)]
    scripted.say("C2", "elsewhere")

    pages = [page["messages"] for page in sdk.conversations_history(channel="C1", limit=100)]
    assert [[one["ts"] for one in page] for page in pages] == [told[:0:-1], [told[0], root]]
    assert pages[1][1]["latest_reply"] == answers[-1]
    after = sdk.conversations_history(channel="C1", oldest=told[0])
    assert [one["ts"] for one in after["messages"]] == told[:0:-1]
    thread = [
        one["ts"]
        for page in sdk.conversations_replies(channel="C1", ts=root)
        for one in page["messages"]
    ]
    assert thread == [root, *answers]
    assert [one["id"] for one in sdk.users_conversations()["channels"]] == ["C1", "C2"]
    assert sdk.auth_test()["user_id"] == "UBOT"


def test_it_shows_a_message_late_and_refuses_a_channel(scripted: Slack, sdk: Any) -> None:
    scripted.lag = lambda: 0.1
    said = scripted.say("C1", "late")
    assert sdk.conversations_history(channel="C1")["messages"] == []
    wait(lambda: time.monotonic() > said.shown)
    assert len(sdk.conversations_history(channel="C1")["messages"]) == 1
    scripted.past.deny("C1", "not_in_channel")
    with pytest.raises(SlackApiError, match="not_in_channel"):
        sdk.conversations_history(channel="C1")
    scripted.past.allow()
    scripted.troubles["conversations.history"].append(BUSY)
    with pytest.raises(SlackApiError, match="non-JSON"):
        sdk.conversations_history(channel="C1")
    assert sdk.conversations_history(channel="C1")["ok"]


def test_it_talks_to_the_bots_of_slack_over_rtm(scripted: Slack) -> None:
    bot: Any = RTMClient(token=scripted.token, base_url=scripted.base_url, ping_interval=1)
    heard: list[str] = []

    def on_message(client: Any, event: dict[str, Any]) -> None:
        heard.append(event["text"])

    bot.on("message")(on_message)
    bot.connect()
    try:
        wait(scripted.standing)
        scripted.say("C1", "before")
        wait(lambda: heard == ["before"])
        scripted.connections[0].close()
        wait(lambda: len(scripted.connections) == 2 and scripted.connections[1].stands)
        scripted.say("C1", "after")
        wait(lambda: heard == ["before", "after"])
    finally:
        end(scripted, bot)
        bot.message_workers.shutdown()


def test_it_talks_to_the_apps_of_slack_over_socket_mode() -> None:
    with Slack("socket_mode") as scripted:
        app: Any = SocketModeClient(
            scripted.app_token,
            web_client=WebClient(scripted.app_token, base_url=scripted.base_url),
            ping_interval=1,
        )
        heard: list[str] = []
        ignored: list[int] = []

        def on_request(client: Any, request: Any) -> None:
            if ignored or request.retry_attempt:
                heard.append(request.payload["event"]["text"])
                client.send_socket_mode_response(SocketModeResponse(request.envelope_id))
            else:
                ignored.append(1)

        app.socket_mode_request_listeners.append(on_request)
        app.connect()
        try:
            wait(scripted.standing)
            said = scripted.say("C1", "once more, please")
            wait(lambda: heard == [said.text])
            scripted.say("C1", "thank you")
            wait(lambda: heard == [said.text, "thank you"] and not scripted.unanswered)
        finally:
            end(scripted, app)
            app.message_workers.shutdown()


def end(slack: Slack, client: Any) -> None:
    """End the threads of an official client, which its own `close` leaves running."""
    client.auto_reconnect_enabled = client.default_auto_reconnect_enabled = False
    client.current_session_state.terminated = True  # else it goes on reading what is closed
    slack.say("C1", "goodnight")  # wakes it
    client.close()
    runners = (client.message_processor, client.current_session_runner, client.current_app_monitor)
    for runner in runners:
        runner.event.set()
    for runner in runners:
        runner.shutdown()
