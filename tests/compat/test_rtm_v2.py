"""How `rtm_v2`'s client behaves beyond what slack_sdk's does."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator
from threading import Barrier, Event, Thread
from typing import Any

import pytest

from rxslack.compat.errors import SlackApiError, SlackClientError, SlackConnectionError
from rxslack.compat.rtm_v2 import RTMClient
from rxslack.simulator import Workspace

MakeBot = Callable[..., RTMClient]


@pytest.fixture
def make(slack: Workspace) -> Iterator[MakeBot]:
    bots: list[RTMClient] = []

    def made(**options: Any) -> RTMClient:
        options = {"token": slack.bot_token, "base_url": slack.base_url, **options}
        bots.append(RTMClient(**options))
        return bots[-1]

    yield made
    for bot in bots:
        bot.close()


class Texts:
    """A listener that keeps the texts it hears."""

    def __init__(self, last: str = "last") -> None:
        self.heard: list[str] = []
        self._last = last
        self._done = Event()

    def __call__(self, _client: Any, event: dict[str, Any]) -> None:
        self.heard.append(event.get("text", ""))
        if self.heard[-1] == self._last:
            self._done.set()

    def wait(self) -> list[str]:
        assert self._done.wait(30)
        return self.heard


def test_it_loses_none_of_a_burst(slack: Workspace, make: MakeBot) -> None:
    bot, texts = make(concurrency=1), Texts()
    bot.on("message")(texts)
    bot.connect()
    sent = [str(number) for number in range(20_000)]  # twice as many as may wait
    for text in [*sent, "last"]:
        slack.emit({"type": "message", "text": text})
    assert texts.wait() == [*sent, "last"]
    assert len(slack.past_connections) == 1


def test_it_works_on_as_many_events_at_once_as_told(slack: Workspace, make: MakeBot) -> None:
    bot, together = make(concurrency=3), Barrier(4)

    def meet(_client: Any, _event: Any) -> None:
        together.wait(10)

    bot.on("message")(meet)
    bot.connect()
    for _ in range(3):
        slack.emit({"type": "message"})
    together.wait(10)  # or nobody would come through


def test_it_survives_a_listener_that_raises_and_says_so(
    slack: Workspace, make: MakeBot, caplog: pytest.LogCaptureFixture
) -> None:
    bot, texts = make(), Texts()

    def broken(_client: Any, _event: Any) -> None:
        raise LookupError("of the bot's own making")

    bot.on("message")(broken)
    bot.on("message")(texts)
    bot.connect()
    slack.emit({"type": "message", "text": "last"})
    assert texts.wait() == ["last"]
    assert "of the bot's own making" in caplog.text


def test_it_survives_frame_listeners_that_raise(slack: Workspace, make: MakeBot) -> None:
    bot, texts = make(), Texts()
    bot.on_message_listeners.append(lambda _text: 1 / 0)
    bot.on("message")(texts)
    bot.connect()
    for text in ("first", "last"):
        slack.emit({"type": "message", "text": text})
    assert sorted(texts.wait()) == ["first", "last"]


def test_it_does_not_hear_itself(slack: Workspace, make: MakeBot) -> None:
    bot, texts = make(concurrency=1), Texts()
    bot.on("message")(texts)
    bot.connect()
    bot.web_client.chat_postMessage(channel=slack.channel_id("general"), text="by the bot")
    slack.say("general", "alice", "last")
    assert texts.wait() == ["last"]


@pytest.mark.parametrize(
    ("listener", "text"),
    [
        ("a", "The listener 'a' is not a Callable (actual: str)"),
        (len, "The listener 'len' must accept two args: client, event (actual: obj)"),
    ],
)
def test_it_refuses_what_is_no_listener(make: MakeBot, listener: Any, text: str) -> None:
    bot = make()
    with pytest.raises(SlackClientError) as caught:
        bot.on("message")(listener)
    assert str(caught.value) == text
    assert len(bot.message_listeners) == 1


def test_it_takes_bound_methods(slack: Workspace, make: MakeBot) -> None:
    bot, texts = make(), Texts()
    bot.on("message")(texts.__call__)
    bot.connect()
    slack.emit({"type": "message", "text": "last"})
    assert texts.wait() == ["last"]


@pytest.mark.parametrize("call", ["connect", "start"])
def test_it_raises_when_slack_refuses_the_token(slack: Workspace, make: MakeBot, call: str) -> None:
    bot = make(token="xoxb-test")
    with pytest.raises(SlackApiError) as caught:
        getattr(bot, call)()
    assert caught.value.response["error"] == "invalid_auth"


def test_it_raises_when_nobody_is_there(make: MakeBot) -> None:
    with pytest.raises(SlackConnectionError):
        make(base_url="http://127.0.0.1:9/api/", timeout=2).connect()


def test_it_ends_start_when_the_token_is_revoked(slack: Workspace, make: MakeBot) -> None:
    bot, raised = make(), list[SlackApiError]()

    def program() -> None:
        try:
            bot.start()
        except SlackApiError as error:
            raised.append(error)

    thread = Thread(target=program)
    thread.start()
    slack.wait_until(lambda: slack.connections)
    slack.revoke(slack.bot_token)
    slack.connections[0].close()
    thread.join(20)
    assert [one.response["error"] for one in raised] == ["token_revoked"]


@pytest.mark.slow
def test_it_waits_when_slack_says_so_and_connects(slack: Workspace, make: MakeBot) -> None:
    headers = {"Retry-After": "0", "Content-Type": "application/json"}
    body = '{"ok": false, "error": "ratelimited"}'
    bot = make()
    with slack.faults.answer("rtm.connect", status=429, body=body, headers=headers, times=2):
        bot.connect()
    assert bot.is_connected()


def test_it_tries_again_when_the_websocket_cannot_be_opened(
    slack: Workspace, make: MakeBot
) -> None:
    errors: list[Exception] = []
    bot = make(on_error_listeners=[errors.append])
    body = {"ok": True, "url": "ws://127.0.0.1:9/"}
    with slack.faults.answer("rtm.connect", body=body, times=1):
        bot.connect()
    assert bot.is_connected()
    assert [type(one) for one in errors] == [SlackConnectionError]


def test_it_goes_on_after_goodbye(slack: Workspace, make: MakeBot) -> None:
    bot, texts = make(concurrency=1), Texts()
    bot.on("message")(texts)
    bot.connect()
    old = slack.connections[0]
    old.send({"type": "goodbye"})
    old.close()
    slack.wait_until(lambda: [one.number for one in slack.connections] == [2])
    slack.emit({"type": "message", "text": "last"})
    assert texts.wait() == ["last"]


def test_it_refuses_to_send_what_slack_would_hang_up_over(make: MakeBot) -> None:
    bot = make()
    bot.connect()
    for payload in (
        '["list"]',
        "no json",
        {"channel": "C1"},
        {"type": "message", "text": "x" * 20_000},
    ):
        with pytest.raises(SlackClientError, match="cannot be sent"):
            bot.send(payload)
    assert bot.is_connected()


def test_it_keeps_its_own_pings_to_itself(slack: Workspace, make: MakeBot) -> None:
    bot, kinds, done = make(ping_interval=0.05, concurrency=1), list[Any](), Event()

    @bot.on("*")
    def hear(_client: RTMClient, event: dict[str, Any]) -> None:
        kinds.append(event.get("type"))
        if event.get("type") == "last":
            done.set()

    bot.connect()
    slack.wait_until(lambda: sum('"ping"' in str(one) for one in slack.transcript) > 2)
    for _ in range(
        100
    ):  # four intervals without a pong, as on a slow machine, and it connects again
        slack.emit({"type": "last"})
        if done.wait(0.2):
            break
    assert done.is_set()
    assert "pong" not in kinds


def test_it_logs_neither_token_nor_ticket(
    slack: Workspace, make: MakeBot, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    bot, texts = make(trace_enabled=True, all_message_trace_enabled=True), Texts()
    bot.on("message")(texts)
    bot.connect()
    slack.emit({"type": "message", "text": "last"})
    texts.wait()
    bot.close()
    assert slack.bot_token not in caplog.text
    assert str(bot.wss_uri).rpartition("/")[2] not in caplog.text
