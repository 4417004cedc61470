"""Every public attribute and method of slack_sdk's two clients, and what each does here."""

from __future__ import annotations

import asyncio
import logging
import ssl
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from threading import Event, Thread
from typing import Any

import pytest
import slack_sdk.rtm
import slack_sdk.rtm_v2

import rxslack.compat.rtm
import rxslack.compat.rtm_v2
from rxslack.compat import WebClient
from rxslack.compat.errors import SlackClientError, SlackClientNotConnectedError
from rxslack.simulator import Workspace

NOT_HERE = {
    "current_session": "slack_sdk's own socket object; is_connected() and session_id() tell of ours",
    "current_session_state": "the flag that ends the loop over that socket",
    "current_session_runner": "the thread that reads that socket",
    "current_app_monitor": "the thread that looks at that socket once an interval",
    "current_app_monitor_started": "whether that thread runs",
    "message_processor": "the thread that empties message_queue; here one belongs to process_messages",
    "socket_mode_request_listeners": "left from Socket Mode; slack_sdk itself never calls them",
}


def public(client: Any) -> set[str]:
    return {name for name in dir(client) if not name.startswith("_")}


# rtm_v2 -----------------------------------------------------------------------------------------


@pytest.fixture
def bot(slack: Workspace) -> Iterator[Any]:
    client = rxslack.compat.rtm_v2.RTMClient(token=slack.bot_token, base_url=slack.base_url)
    yield client
    client.close()


def made(**options: Any) -> Any:
    client = rxslack.compat.rtm_v2.RTMClient(token=" xoxb-test ", **options)
    client.close()
    return client


def keeps(name: str, value: Any) -> Callable[..., None]:
    def check(_bot: Any, _slack: Workspace) -> None:
        assert getattr(made(**{name: value}), name) is value

    return check


def token(_bot: Any, _slack: Workspace) -> None:
    assert made().token == "xoxb-test"


def proxy(_bot: Any, _slack: Workspace) -> None:
    assert made(proxy="http://proxy.example:3128").proxy == "http://proxy.example:3128"
    client = made(proxy="http://user:secret@proxy.example:3128")
    assert client.web_client.transport.proxy_for("wss://slack.com/") == client.proxy


def bot_id(bot: Any, slack: Workspace) -> None:
    assert bot.bot_id is None
    bot.connect()
    assert bot.bot_id == slack.bot_id


def web_client(bot: Any, slack: Workspace) -> None:
    assert bot.web_client.auth_test()["user_id"] == slack.bot_user_id
    own = WebClient(token=slack.bot_token, base_url=slack.base_url)
    client = rxslack.compat.rtm_v2.RTMClient(web_client=own)
    client.connect()
    assert client.web_client is own
    assert client.is_connected()
    client.close()


def auto_reconnect_enabled(bot: Any, slack: Workspace) -> None:
    bot.connect()
    bot.auto_reconnect_enabled = False
    slack.connections[0].close()
    assert wait_for(lambda: not bot.is_connected())
    bot.connect()
    assert bot.auto_reconnect_enabled  # connecting brings the default back
    slack.wait_until(lambda: [one.number for one in slack.connections] == [2])
    slack.connections[0].close()
    slack.wait_until(lambda: [one.number for one in slack.connections] == [3])


def default_auto_reconnect_enabled(bot: Any, slack: Workspace) -> None:
    bot.default_auto_reconnect_enabled = False
    bot.connect()
    assert bot.auto_reconnect_enabled is False


def message_listeners(bot: Any, _slack: Workspace) -> None:
    assert len(bot.message_listeners) == 1  # slack_sdk's tests count one for goodbye
    bot.on("message")(hearing(Answers(), "n"))
    assert len(bot.message_listeners) == 2


def on_message_listeners(bot: Any, slack: Workspace) -> None:
    texts = Answers()
    bot.on_message_listeners.append(texts)
    bot.connect()
    slack.emit({"type": "presence_change"})
    assert texts.wait('{"type":"presence_change"}')


def on_error_listeners(bot: Any, slack: Workspace) -> None:
    errors = Answers()
    bot.on_error_listeners.append(errors)
    bot.connect()
    slack.connections[0].send_bytes(b"\xff\xff")  # no frame has such bits
    assert "FrameError" in repr(errors.any().__cause__)


def on_close_listeners(bot: Any, slack: Workspace) -> None:
    closes = Answers()
    bot.on_close_listeners.append(closes)
    bot.connect()
    slack.connections[0].close(1001, "bye")
    assert closes.wait(1001, "bye")


def message_queue(bot: Any, _slack: Workspace) -> None:
    assert bot.message_queue.empty()


def message_workers(bot: Any, _slack: Workspace) -> None:
    assert isinstance(bot.message_workers, ThreadPoolExecutor)


def connect_operation_lock(bot: Any, _slack: Workspace) -> None:
    with bot.connect_operation_lock:
        assert not bot.is_connected()


def closed(bot: Any, _slack: Workspace) -> None:
    assert not bot.closed
    bot.close()
    assert bot.closed
    with pytest.raises(SlackClientError, match="closed"):
        bot.connect()


def wss_uri(bot: Any, _slack: Workspace) -> None:
    assert not bot.wss_uri
    bot.connect()
    assert str(bot.wss_uri).startswith("ws://127.0.0.1:")


def on(bot: Any, _slack: Workspace) -> None:
    def listener(client: Any, event: Any) -> None: ...

    assert bot.on("message")(listener) is listener


def is_connected(bot: Any, slack: Workspace) -> None:
    assert not bot.is_connected()
    bot.connect()
    assert bot.is_connected()
    slack.close()
    assert wait_for(lambda: not bot.is_connected())


def session_id(bot: Any, _slack: Workspace) -> None:
    assert bot.session_id() is None
    bot.connect()
    first = bot.session_id()
    bot.connect_to_new_endpoint(force=True)
    assert first != bot.session_id()


def issue_new_wss_url(bot: Any, slack: Workspace) -> None:
    assert bot.issue_new_wss_url().startswith("ws://")
    limited = {"Retry-After": "0", "Content-Type": "application/json"}
    body = '{"ok": false, "error": "ratelimited"}'
    with slack.faults.answer("rtm.connect", status=429, body=body, headers=limited, times=1):
        assert bot.issue_new_wss_url().startswith("ws://")


def connect(bot: Any, slack: Workspace) -> None:
    bot.connect()
    assert len(slack.connections) == 1


def connect_to_new_endpoint(bot: Any, slack: Workspace) -> None:
    bot.connect_to_new_endpoint()
    bot.connect_to_new_endpoint()  # one stands
    assert len(slack.past_connections) == 1
    bot.connect_to_new_endpoint(force=True)
    slack.wait_until(lambda: [one.number for one in slack.connections] == [2])


def disconnect(bot: Any, slack: Workspace) -> None:
    bot.disconnect()  # without a connection nothing happens
    bot.connect()
    bot.disconnect()
    slack.wait_until(lambda: [one.number for one in slack.connections] == [2])


def close(bot: Any, slack: Workspace) -> None:
    bot.connect()
    bot.close()
    slack.wait_until(lambda: not slack.connections)
    assert slack.past_connections[0].client_close == 1000


def start(bot: Any, slack: Workspace) -> None:
    program = Thread(target=bot.start)
    program.start()
    slack.wait_until(lambda: slack.connections)
    assert program.is_alive()
    bot.close()
    program.join()


def send(bot: Any, slack: Workspace) -> None:
    replies = Answers()
    bot.on("*")(hearing(replies, "reply_to"))
    with pytest.raises(SlackClientError, match="not connected to the Slack servers"):
        bot.send({})
    bot.connect()
    bot.send(None)
    bot.send({"id": 1, "type": "message", "channel": slack.channel_id("general"), "text": "a dict"})
    bot.send('{"id": 2, "type": "message", "channel": "C0", "text": "a string"}')
    assert replies.wait(1)
    assert replies.wait(2)
    assert [one["text"] for one in slack.messages("general")] == ["a dict"]


def enqueue_message(bot: Any, _slack: Workspace) -> None:
    seen = Answers()
    bot.on("mine")(hearing(seen, "n"))
    bot.enqueue_message('{"type": "mine", "n": 1}')
    assert seen.wait(1)


def process_message(bot: Any, _slack: Workspace) -> None:
    seen = Answers()
    bot.on("mine")(hearing(seen, "n"))
    bot.message_queue.put('{"type": "mine", "n": 2}')
    bot.process_message()
    assert seen.wait(2)


def process_messages(bot: Any, _slack: Workspace) -> None:
    bot.closed = True
    bot.process_messages()  # returns


def run_message_listeners(bot: Any, _slack: Workspace) -> None:
    seen = Answers()
    bot.on("mine")(seen.of_client)
    bot.run_message_listeners({"type": "mine", "n": 3})
    assert seen.wait(bot, {"type": "mine", "n": 3})


def run_all_message_listeners(bot: Any, _slack: Workspace) -> None:
    seen, texts = Answers(), Answers()
    bot.on("mine")(hearing(seen, "n"))
    bot.on_message_listeners.append(texts)
    bot.run_all_message_listeners('{"type":"mine","n":4}')
    assert seen.wait(4)
    assert texts.wait('{"type":"mine","n":4}')


def run_all_error_listeners(bot: Any, _slack: Workspace) -> None:
    errors, error = Answers(), ValueError()
    bot.on_error_listeners.append(errors)
    bot.run_all_error_listeners(error)
    assert errors.wait(error)


def run_all_close_listeners(bot: Any, _slack: Workspace) -> None:
    closes = Answers()
    bot.on_close_listeners.append(closes)
    bot.run_all_close_listeners(1000, "enough")
    assert closes.wait(1000, "enough")


METHODS_V2: dict[str, Callable[[Any, Workspace], None]] = {
    one.__name__: one
    for one in (
        token, proxy, bot_id, web_client, auto_reconnect_enabled, default_auto_reconnect_enabled,
        message_listeners, on_message_listeners, on_error_listeners, on_close_listeners,
        message_queue, message_workers, connect_operation_lock, closed, wss_uri, on, is_connected,
        session_id, issue_new_wss_url, connect, connect_to_new_endpoint, disconnect, close, start,
        send, enqueue_message, process_message, process_messages, run_message_listeners,
        run_all_message_listeners, run_all_error_listeners, run_all_close_listeners,
    )
}  # fmt: skip
V2 = METHODS_V2 | {
    name: keeps(name, value)
    for name, value in {
        "ssl": ssl.create_default_context(),
        "timeout": 7,
        "base_url": "https://slack.example/api/",
        "headers": {"X-Own": "header"},
        "ping_interval": 9,
        "logger": logging.getLogger("own"),
        "trace_enabled": True,
        "all_message_trace_enabled": True,
        "ping_pong_trace_enabled": True,
    }.items()
}


def test_it_has_every_name_of_rtm_v2() -> None:
    theirs = slack_sdk.rtm_v2.RTMClient(token="xoxb-test")
    names = public(theirs) | {
        name for name in slack_sdk.rtm_v2.RTMClient.__annotations__ if not name.startswith("_")
    }
    theirs.closed = True
    for runner in (theirs.message_processor, theirs.current_session_runner):
        runner.event.set()
    theirs.message_workers.shutdown()
    assert names == V2.keys() | NOT_HERE.keys()
    assert not V2.keys() & NOT_HERE.keys()
    assert len(NOT_HERE) <= 10
    assert names - NOT_HERE.keys() <= public(made())


@pytest.mark.parametrize("name", V2)
def test_it_works_in_rtm_v2(name: str, bot: Any, slack: Workspace) -> None:
    V2[name](bot, slack)


# rtm --------------------------------------------------------------------------------------------


@pytest.fixture
def loop() -> Iterator[asyncio.AbstractEventLoop]:
    loop = asyncio.new_event_loop()
    yield loop
    loop.close()
    vars(rxslack.compat.rtm.RTMClient)["_callbacks"].clear()


class Legacy:
    """A legacy client whose life is a script of callbacks."""

    def __init__(self, slack: Workspace, loop: asyncio.AbstractEventLoop) -> None:
        self.slack, self.loop = slack, loop
        self.client = self.make()

    def make(self, **options: Any) -> Any:
        options = {"token": self.slack.bot_token, "base_url": self.slack.base_url, **options}
        return rxslack.compat.rtm.RTMClient(loop=self.loop, **options)

    def at(self, event: str, callback: Callable[..., Any]) -> None:
        self.client.on(event=event, callback=callback)

    def stop_at(self, event: str) -> Answers:
        seen = Answers()

        def stop(**payload: Any) -> None:
            seen(payload["data"])
            payload["rtm_client"].stop()

        self.at(event, stop)
        return seen


def kept(name: str, value: Any) -> Callable[[Legacy], None]:
    def check(legacy: Legacy) -> None:
        assert getattr(legacy.make(**{name: value}), name) == value

    return check


def v1_token(legacy: Legacy) -> None:
    assert legacy.make(token=" xoxb-test\n").token == "xoxb-test"


def v1_run_async(legacy: Legacy) -> None:
    async def greet(**payload: Any) -> None:
        answer = await payload["web_client"].chat_postMessage(channel="C0", text="Hi")
        raise AssertionError(answer)

    async def main() -> None:
        client = legacy.make(run_async=True)
        client.on(event="hello", callback=greet)
        client.on(event="hello", callback=stop_it)
        await client.start()

    async def stop_it(**payload: Any) -> None:
        payload["rtm_client"].stop()

    legacy.loop.run_until_complete(main())
    assert len(legacy.slack.calls("chat.postMessage")) == 1


def v1_auto_reconnect(legacy: Legacy) -> None:
    legacy.client.auto_reconnect = False

    def hang_up(**_payload: Any) -> None:
        legacy.slack.connections[0].close()

    legacy.at("hello", hang_up)
    legacy.client.start()
    assert len(legacy.slack.past_connections) == 1


def v1_connect_method(legacy: Legacy) -> None:
    legacy.stop_at("open")
    legacy.client.start()
    legacy.make(connect_method="rtm.start").start()
    assert [len(legacy.slack.calls(f"rtm.{one}")) for one in ("connect", "start")] == [1, 1]


def v1_run_on(legacy: Legacy) -> None:
    def callback(**payload: Any) -> None:
        payload["rtm_client"].stop()

    assert rxslack.compat.rtm.RTMClient.run_on(event="hello")(callback) is callback
    legacy.client.start()


def v1_on(legacy: Legacy) -> None:
    seen = Answers()
    legacy.client.on(event="hello", callback=[saying(seen, 1), saying(seen, 2)])
    legacy.stop_at("reconnect_url")
    legacy.client.start()
    assert seen.wait(1)
    assert seen.wait(2)


def v1_start(legacy: Legacy) -> None:
    opened = legacy.stop_at("open")
    closed = Answers()
    legacy.at("close", closed.of_data)
    legacy.client.start()
    assert opened.any()["self"]["id"] == legacy.slack.bot_user_id
    assert closed.all() == [(None,)]


def v1_stop(legacy: Legacy) -> None:
    legacy.stop_at("hello")
    legacy.client.start()
    legacy.slack.wait_until(lambda: not legacy.slack.connections)
    assert legacy.slack.past_connections[0].client_close == 1000


def v1_async_stop(legacy: Legacy) -> None:
    seen = Answers()

    async def closed(**_payload: Any) -> None:
        seen("closed")

    async def main() -> None:
        client = legacy.make(run_async=True)
        client.on(event="close", callback=closed)
        started = client.start()
        await asyncio.to_thread(legacy.slack.wait_until, lambda: legacy.slack.connections)
        await client.async_stop()
        await started

    legacy.loop.run_until_complete(main())
    assert seen.all() == [("closed",)]


def v1_send_over_websocket(legacy: Legacy) -> None:
    future = legacy.client.send_over_websocket(payload={})
    with pytest.raises(SlackClientNotConnectedError, match=r"Websocket connection is closed\."):
        legacy.loop.run_until_complete(future)
    message = {"type": "message", "channel": "C0", "text": "Hi"}

    def send_it(**payload: Any) -> None:
        payload["rtm_client"].send_over_websocket(payload=message)

    legacy.at("hello", send_it)
    replies = legacy.stop_at("Unknown")
    legacy.client.start()
    assert replies.any()["reply_to"] == message["id"]


def v1_ping(legacy: Legacy) -> None:
    async def ping(**payload: Any) -> None:
        await payload["rtm_client"].ping()

    legacy.at("hello", ping)
    pongs = legacy.stop_at("pong")
    legacy.client.start()
    assert pongs.any() == {"reply_to": 1}


def v1_typing(legacy: Legacy) -> None:
    async def typing(**payload: Any) -> None:
        await payload["rtm_client"].typing(channel=channel)
        payload["rtm_client"].stop()

    channel = legacy.slack.channel_id("general")
    legacy.at("hello", typing)
    legacy.client.start()
    slack = legacy.slack
    slack.wait_until(lambda: any('"typing"' in str(one) for one in slack.transcript))


METHODS_V1: dict[str, Callable[[Legacy], None]] = {
    one.__name__.removeprefix("v1_"): one
    for one in (
        v1_token, v1_run_async, v1_auto_reconnect, v1_connect_method, v1_run_on, v1_on, v1_start,
        v1_stop, v1_async_stop, v1_send_over_websocket, v1_ping, v1_typing,
    )
}  # fmt: skip
V1 = METHODS_V1 | {
    "ssl": kept("ssl", ssl.create_default_context()),
    "proxy": kept("proxy", "http://proxy.example:3128"),
    "timeout": kept("timeout", 7),
    "base_url": kept("base_url", "https://slack.example/api/"),
    "ping_interval": kept("ping_interval", 0),
    "headers": kept("headers", {"X-Own": "header"}),
}


def test_it_has_every_name_of_rtm(slack: Workspace, loop: asyncio.AbstractEventLoop) -> None:
    theirs = slack_sdk.rtm.RTMClient(token="xoxb-test", loop=loop)
    assert public(theirs) == V1.keys()
    assert V1.keys() <= public(Legacy(slack, loop).client)


@pytest.mark.parametrize("name", V1)
def test_it_works_in_rtm(name: str, slack: Workspace, loop: asyncio.AbstractEventLoop) -> None:
    V1[name](Legacy(slack, loop))


# What a callback was called with ----------------------------------------------------------------


class Answers:
    """A callback that can be waited for."""

    def __init__(self) -> None:
        self._calls: list[tuple[Any, ...]] = []
        self._called = Event()

    def __call__(self, *arguments: Any) -> None:
        self._calls.append(arguments)
        self._called.set()

    def of_client(self, client: Any, event: Any) -> None:
        self(client, event)

    def of_data(self, **payload: Any) -> None:
        self(payload["data"])

    def all(self) -> list[tuple[Any, ...]]:
        return self._calls

    def any(self) -> Any:
        assert self._called.wait(10)
        return self._calls[0][0]

    def wait(self, *arguments: Any) -> bool:
        return wait_for(lambda: arguments in self._calls)


def wait_for(done: Callable[[], bool]) -> bool:
    for _ in range(1000):
        if done():
            return True
        Event().wait(0.01)
    return False


def hearing(answers: Answers, field: str) -> Callable[[Any, dict[str, Any]], None]:
    def listener(_client: Any, event: dict[str, Any]) -> None:
        answers(event.get(field))

    return listener


def saying(answers: Answers, word: object) -> Callable[..., None]:
    def callback(**_payload: Any) -> None:
        answers(word)

    return callback
