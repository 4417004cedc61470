"""The sink with its threads, in real time; what it does in time is in `test_post_message.py`."""

import math
import threading
import time
from collections.abc import Callable, Iterator
from typing import Any

import pytest
import reactivex
from reactivex.subject import Subject

from rxslack.errors import ApiError
from rxslack.sinks.post_message import post_message
from tests.reports import reports

Item = dict[str, Any]


def message(channel: object, text: object) -> Item:
    return {"channel": f"C{channel}", "text": str(text)}


class Web:
    """A Slack that writes its calls down, and can be made to wait."""

    def __init__(self) -> None:
        self.posted: list[Item] = []
        self.open = threading.Event()
        self.open.set()

    def call(self, _: str, /, **arguments: Any) -> Item:
        self.open.wait(5.0)
        self.posted.append(arguments)
        return {"ok": True, **arguments}


@pytest.fixture
def web() -> Iterator[Web]:
    """A Slack; after the test no thread of a sink may be left, one second after it is idle."""
    web = Web()
    yield web
    web.open.set()
    until(lambda: not senders())


def senders() -> list[threading.Thread]:
    return [thread for thread in threading.enumerate() if thread.name.startswith("rxslack-post")]


def until(happened: Callable[[], bool], seconds: float = 5.0) -> None:
    """Wait for what other threads do."""
    deadline = time.monotonic() + seconds
    while not happened():
        assert time.monotonic() < deadline, "it never happened"
        time.sleep(0.005)


def test_it_posts_a_thousand_items_to_twenty_channels_once_and_in_order(web: Web) -> None:
    items = [message(number % 20, number) for number in range(1000)]
    sink = post_message(web, per_minute=math.inf)
    reactivex.from_iterable(items).subscribe(sink)
    assert sink.drain(10.0) == 0
    assert len(web.posted) == 1000
    for channel in {item["channel"] for item in items}:
        assert [item for item in web.posted if item["channel"] == channel] == [
            item for item in items if item["channel"] == channel
        ]


def test_it_emits_replies_one_at_a_time_and_in_order_for_a_channel(web: Web) -> None:
    items = [message(number % 20, number) for number in range(1000)]
    inside, seen, ended = list[Item](), list[Item](), threading.Event()

    def see(outcome: Any) -> None:
        inside.append(outcome)
        time.sleep(0.0001)  # lets another thread in, if one may
        assert len(inside) == 1
        seen.append(outcome)
        inside.pop()

    replies = reactivex.from_iterable(items).pipe(post_message(web, per_minute=math.inf))
    replies.subscribe(see, on_completed=ended.set)
    assert ended.wait(10.0)
    assert len(seen) == 1000
    for channel in {item["channel"] for item in items}:
        texts = [reply["text"] for reply in seen if reply["channel"] == channel]
        assert texts == [item["text"] for item in items if item["channel"] == channel]


def test_it_returns_at_once_while_slack_takes_its_time(web: Web) -> None:
    web.open.clear()
    sink = post_message(web, per_minute=math.inf)
    for number in range(100):
        sink.on_next(message(1, number))
    assert (web.posted, sink.left) == ([], 100)
    web.open.set()
    assert (sink.drain(5.0), len(web.posted)) == (0, 100)


def test_it_returns_at_once_while_its_subscriber_takes_its_time(web: Web) -> None:
    stream, go = Subject[Item](), threading.Event()
    sink = post_message(web, per_minute=math.inf)

    def see(_: object) -> None:
        go.wait(5.0)

    stream.pipe(sink).subscribe(see)
    for number in range(100):
        stream.on_next(message(number, number))
    assert sink.left == 100
    go.set()
    assert sink.drain(5.0) == 0


def test_it_names_its_threads_and_lets_them_go(web: Web) -> None:
    web.open.clear()
    sink = post_message(web, workers=2)
    for channel in range(5):
        sink.on_next(message(channel, "Hello"))
    until(lambda: len(senders()) == 2)
    assert all(thread.daemon for thread in senders())
    web.open.set()
    sink.drain(5.0)
    until(lambda: not senders(), seconds=1.0)


def test_it_waits_for_room_when_the_queue_is_full(web: Web) -> None:
    web.open.clear()
    sink = post_message(web, per_minute=math.inf, max_waiting=2)
    items = reactivex.from_iterable([message(1, number) for number in range(5)])
    emitting = threading.Thread(target=items.subscribe, args=(sink,))
    emitting.start()
    until(lambda: sink.left == 2)
    emitting.join(0.02)
    assert emitting.is_alive()
    web.open.set()
    emitting.join(5.0)
    assert (sink.drain(5.0), [item["text"] for item in web.posted]) == (0, list("01234"))


def test_it_fails_what_finds_no_room_when_told_to(
    web: Web, caplog: pytest.LogCaptureFixture
) -> None:
    web.open.clear()
    sink = post_message(web, per_minute=math.inf, max_waiting=2, overflow="fail")
    for number in range(3):
        sink.on_next(message(1, number))
    web.open.set()
    assert (sink.drain(5.0), len(web.posted)) == (0, 2)
    assert caplog.messages == ["C1: failed: too many items wait, and the policy is to fail"]


def test_it_says_how_many_are_left_and_drops_them_when_closed(
    web: Web, caplog: pytest.LogCaptureFixture
) -> None:
    sink = post_message(web, burst=1)
    for number in range(4):
        sink.on_next(message(1, number))
    until(lambda: len(web.posted) == 1)
    assert sink.drain(0.01) == 3
    assert (sink.close(), sink.left) == (3, 0)
    until(lambda: not senders(), seconds=1.0)
    sink.on_next(message(1, "late"))
    assert caplog.messages == ["C1: failed: the sink is closed"]


def test_it_raises_the_error_of_the_stream_unless_told_otherwise(web: Web) -> None:
    stream = Subject[Item]()
    stream.subscribe(post_message(web))
    with pytest.raises(ApiError, match="account_inactive"):
        stream.on_error(ApiError("rtm.connect", "account_inactive"))


def test_it_hands_the_error_of_the_stream_to_the_handler(web: Web) -> None:
    errors, stream, broken = list[Exception](), Subject[Item](), Exception("broken")
    sink = post_message(web, on_error=errors.append)
    stream.subscribe(sink)
    stream.on_next(message(1, "before"))
    stream.on_error(broken)
    assert (sink.drain(5.0), len(web.posted), errors) == (0, 1, [broken])


def test_it_serves_a_second_stream_after_the_first_has_ended(web: Web) -> None:
    sink = post_message(web)
    for channel in (1, 2):
        reactivex.just(message(channel, "Hello")).subscribe(sink)
    assert (sink.drain(5.0), len(web.posted)) == (0, 2)


def test_it_tells_a_subscriber_what_it_raises_and_sends_the_rest(
    web: Web, caplog: pytest.LogCaptureFixture
) -> None:
    sink = post_message(web, per_minute=math.inf, workers=1)
    errors: list[Exception] = []
    web.open.clear()

    def see(outcome: Any) -> None:
        raise ValueError(outcome["text"])

    source = reactivex.from_iterable([message(1, number) for number in range(3)])
    source.pipe(sink).subscribe(see, errors.append)
    web.open.set()
    assert sink.drain(5.0) == 0
    assert ([repr(error) for error in errors], len(web.posted)) == (["ValueError('0')"], 3)
    assert reports(caplog) == []


@pytest.mark.parametrize("error", [ValueError(), SystemExit(3)])
def test_it_logs_what_a_subscriber_raises_and_nobody_takes(
    web: Web, caplog: pytest.LogCaptureFixture, error: BaseException
) -> None:
    sink = post_message(web, per_minute=math.inf, workers=1)

    def see(_: Any) -> None:
        raise error

    reactivex.just(message(1, "Hello")).pipe(sink).subscribe(see)
    assert sink.drain(5.0) == 0
    assert reports(caplog) == [("rxslack.lanes", error)]


def test_it_logs_what_is_raised_at_the_end(web: Web, caplog: pytest.LogCaptureFixture) -> None:
    sink, error = post_message(web, per_minute=math.inf), ValueError()

    def fail() -> None:
        raise error

    web.open.clear()
    reactivex.just(message(1, "Hello")).pipe(sink).subscribe(on_completed=fail)
    web.open.set()
    until(lambda: reports(caplog) == [("rxslack.lanes", error)])


def test_it_tells_a_subscriber_of_failures_what_that_raises(
    web: Web, caplog: pytest.LogCaptureFixture
) -> None:
    sink, error = post_message(web, per_minute=math.inf), ValueError()
    errors: list[Exception] = []
    heard: list[Any] = []

    def see(_: Any) -> None:
        raise error

    for on_error in (errors.append, None):
        sink.failures.subscribe(see, on_error)
    sink.failures.subscribe(heard.append)
    reactivex.just({"text": "to nowhere"}).subscribe(sink)
    assert sink.drain(5.0) == 0
    assert (errors, len(heard)) == ([error], 1)
    assert reports(caplog) == [("rxslack.sinks", error)]
