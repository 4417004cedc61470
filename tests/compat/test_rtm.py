"""How the legacy client behaves: its events, its errors, its loop."""

from __future__ import annotations

import asyncio
import os
import signal
from collections.abc import Callable, Iterator
from threading import Thread
from typing import Any

import pytest

from rxslack.compat.errors import SlackApiError, SlackClientError, SlackConnectionError
from rxslack.compat.rtm import RTMClient
from rxslack.compat.rtm.loop import Mailbox
from rxslack.compat.web import WebClient
from rxslack.simulator import Workspace

MakeBot = Callable[..., RTMClient]


@pytest.fixture
def loop() -> Iterator[asyncio.AbstractEventLoop]:
    loop = asyncio.new_event_loop()
    yield loop
    loop.close()
    vars(RTMClient)["_callbacks"].clear()


@pytest.fixture
def make(slack: Workspace, loop: asyncio.AbstractEventLoop) -> MakeBot:
    def made(**options: Any) -> RTMClient:
        options = {"token": slack.bot_token, "base_url": slack.base_url, "loop": loop, **options}
        return RTMClient(**options)

    return made


class Diary:
    """Callbacks that write down what they were called for."""

    def __init__(self, *events: str, stop_at: str = "") -> None:
        self.pages: list[Any] = []
        self.payloads: list[dict[str, Any]] = []
        for event in events:
            RTMClient.on(event=event, callback=self._page(event, stop=event == stop_at))

    def _page(self, event: str, *, stop: bool) -> Callable[..., None]:
        def callback(**payload: Any) -> None:
            self.pages.append(event)
            self.payloads.append(payload)
            if stop:
                payload["rtm_client"].stop()

        return callback


def test_it_gives_a_callback_data_and_both_clients(slack: Workspace, make: MakeBot) -> None:
    diary = Diary("something", stop_at="something")
    bot = make()
    people = Thread(target=say_something, args=(slack,))
    people.start()
    bot.start()
    people.join()
    (payload,) = diary.payloads
    assert payload["data"] == {"n": 1}  # without its type, as ever
    assert payload["rtm_client"] is bot
    assert isinstance(payload["web_client"], WebClient)


def say_something(slack: Workspace) -> None:
    slack.wait_until(lambda: slack.connections)
    slack.emit({"type": "something", "n": 1})


def test_it_opens_before_hello_and_closes_at_the_end(slack: Workspace, make: MakeBot) -> None:
    diary = Diary("open", "hello", "close", stop_at="hello")
    make().start()
    assert diary.pages == ["open", "hello", "close"]
    assert diary.payloads[0]["data"]["team"]["id"] == slack.team_id


def test_it_calls_every_callback_in_the_order_of_their_making(make: MakeBot) -> None:
    diary = Diary("hello", "hello", "reconnect_url", stop_at="reconnect_url")
    make().start()
    assert diary.pages == ["hello", "hello", "reconnect_url"]


def test_it_takes_a_list_and_nothing_twice(make: MakeBot) -> None:
    calls: list[int] = []

    def first(**_payload: Any) -> None:
        calls.append(1)

    def second(**_payload: Any) -> None:
        calls.append(2)

    RTMClient.on(event="hello", callback=first)
    RTMClient.on(event="hello", callback=[first, second])
    Diary("reconnect_url", stop_at="reconnect_url")
    make().start()
    assert calls == [1, 2]


def without_keywords() -> None: ...


@pytest.mark.parametrize(
    ("callback", "text"),
    [
        ("a", "The specified callback 'a' is not callable."),
        (
            without_keywords,
            "The callback 'without_keywords' must accept keyword arguments (**kwargs).",
        ),
        (
            [without_keywords],
            "The callback 'without_keywords' must accept keyword arguments (**kwargs).",
        ),
    ],
)
def test_it_refuses_what_is_no_callback(callback: Any, text: str) -> None:
    with pytest.raises(SlackClientError) as caught:
        RTMClient.on(event="message", callback=callback)
    assert str(caught.value) == text


def test_it_goes_on_after_a_callback_that_raised(make: MakeBot) -> None:
    def broken(**_payload: Any) -> None:
        raise LookupError("of the bot's own making")

    RTMClient.on(event="hello", callback=broken)
    diary = Diary("hello", "reconnect_url", stop_at="reconnect_url")
    make().start()
    assert diary.pages == ["hello", "reconnect_url"]


def test_it_raises_what_a_callback_for_open_raises(make: MakeBot) -> None:
    def broken(**_payload: Any) -> None:
        raise LookupError("of the bot's own making")

    RTMClient.on(event="open", callback=broken)
    with pytest.raises(LookupError, match="own making"):
        make().start()


def test_it_reconnects_with_close_and_open_in_between(slack: Workspace, make: MakeBot) -> None:
    diary = Diary("open", "close", "goodbye")

    def end_it(**payload: Any) -> None:
        if len(slack.past_connections) == 1:
            slack.connections[0].close()
        else:
            payload["rtm_client"].stop()

    RTMClient.on(event="hello", callback=end_it)
    make().start()
    assert diary.pages == ["open", "close", "open", "close"]


def test_it_tells_of_an_error_and_raises_it_when_slack_refuses(make: MakeBot) -> None:
    diary = Diary("open", "error", "close")
    with pytest.raises(SlackApiError, match="invalid_auth"):
        make(token="xoxb-test").start()
    assert diary.pages == ["error", "close"]
    assert isinstance(diary.payloads[0]["data"], SlackApiError)


def test_it_tells_of_an_error_and_tries_again(slack: Workspace, make: MakeBot) -> None:
    diary = Diary("error", "open", stop_at="open")
    with slack.faults.fail("rtm.connect", "fatal_error", times=1):
        make().start()
    assert diary.pages == ["error", "open"]


def test_it_raises_without_reconnecting_when_told_not_to(make: MakeBot) -> None:
    with pytest.raises(SlackConnectionError):
        make(base_url="http://127.0.0.1:9/api/", timeout=2, auto_reconnect=False).start()


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
def test_it_stops_at_a_signal_and_gives_signals_back(make: MakeBot, number: signal.Signals) -> None:
    def kill(**_payload: Any) -> None:
        os.kill(os.getpid(), number)

    before = signal.getsignal(number)
    diary = Diary("close")
    RTMClient.on(event="hello", callback=kill)
    make().start()
    assert diary.pages == ["close"]
    assert signal.getsignal(number) is before


def test_it_wants_coroutines_under_run_async(
    make: MakeBot, loop: asyncio.AbstractEventLoop, caplog: pytest.LogCaptureFixture
) -> None:
    async def stop(**payload: Any) -> None:
        payload["rtm_client"].stop()

    Diary("hello")
    RTMClient.on(event="reconnect_url", callback=stop)
    loop.run_until_complete(make(run_async=True).start())
    assert 'The callback "callback" is NOT a coroutine.' in caplog.text


def test_it_loses_none_of_a_burst(slack: Workspace, make: MakeBot) -> None:
    numbers: list[int] = []

    def count(**payload: Any) -> None:
        numbers.append(payload["data"]["n"])
        if numbers[-1] == 14_999:
            payload["rtm_client"].stop()

    def speak() -> None:
        slack.wait_until(lambda: slack.connections)
        for number in range(15_000):  # more than may wait
            slack.emit({"type": "counted", "n": number})

    RTMClient.on(event="counted", callback=count)
    people = Thread(target=speak)
    people.start()
    make().start()
    people.join()
    assert numbers == [*range(15_000)]


def test_its_mail_is_over_when_its_loop_is_closed() -> None:
    loop = asyncio.new_event_loop()
    mail = Mailbox(loop)
    loop.close()
    mail.put("late", None)
    mail.finish()
