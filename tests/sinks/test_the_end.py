"""How a sink ends: what is left has its time, and what is left then is said."""

import asyncio
import math
import subprocess
import sys
import threading
from collections.abc import Callable
from typing import Any

import pytest
import reactivex

from rxslack.errors import ApiError, ConfigurationError
from rxslack.sinks.delivery.sink import Sink
from rxslack.sinks.post_message import post_message
from rxslack.testing import Marbles
from tests.reports import reports

Item = dict[str, Any]


class Web:
    """A Slack that can be made to wait."""

    def __init__(self) -> None:
        self.posted: list[str] = []
        self.open = threading.Event()

    def call(self, _: str, /, **arguments: Any) -> Item:
        self.open.wait(5.0)
        self.posted.append(arguments["text"])
        return {"ok": True}


def messages(texts: str) -> list[Item]:
    return [{"channel": "C1", "text": text} for text in texts]


def test_it_sends_what_is_left_at_the_end_of_a_with_statement() -> None:
    web = Web()
    with post_message(web, per_minute=math.inf) as sink:
        reactivex.from_iterable(messages("abc")).subscribe(sink)
        threading.Timer(0.05, web.open.set).start()
    assert web.posted == ["a", "b", "c"]


def test_it_says_what_is_left_when_the_drain_has_passed(
    caplog: pytest.LogCaptureFixture,
) -> None:
    web, failures = Web(), list[Any]()
    sink = post_message(web, drain=0.05)
    sink.failures.subscribe(failures.append)
    reactivex.from_iterable(messages("abc")).subscribe(sink)
    sink.dispose()
    sink.dispose()
    assert [record.levelname for record in caplog.records] == ["WARNING"]
    assert caplog.messages[0].startswith("3 calls were not over within 0.05 s")
    assert [event["item"]["text"] for event in failures] == ["b", "c"]
    web.open.set()
    assert (sink.drain(5.0), web.posted) == (0, ["a"])


def test_it_refuses_what_comes_after_the_end() -> None:
    failures = list[Any]()
    sink = post_message(Web())
    sink.failures.subscribe(failures.append)
    sink.dispose()
    sink.on_next(messages("a")[0])
    assert str(failures[0]["error"]) == "the sink is closed"


@pytest.mark.parametrize("drain", [-1.0, math.nan])
def test_it_refuses_a_drain_that_is_none(drain: float) -> None:
    with pytest.raises(ConfigurationError, match="drain"):
        post_message(Web(), drain=drain)


PROGRAM = """
import logging, time, reactivex
from rxslack.sinks.post_message import post_message

class Web:
    def call(self, method, /, **arguments):
        time.sleep({seconds})
        print("posted", arguments["text"], flush=True)
        return {{"ok": True}}

def main():
    messages = [{{"channel": "C1", "text": text}} for text in "abc"]
    reactivex.from_iterable(messages).subscribe(post_message(Web(), drain={drain}))

logging.basicConfig(format="%(message)s")
main()
print("the program is over", flush=True)
"""


def ran(**numbers: float) -> subprocess.CompletedProcess[str]:
    program = PROGRAM.format(**numbers)
    return subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, timeout=20.0, check=True
    )


def test_it_has_its_time_after_the_program_s_last_line() -> None:
    """Nobody holds the sink any more, its threads are daemons, and nothing is lost."""
    done = ran(seconds=0.05, drain=10.0)
    assert done.stdout.split("\n") == [
        "the program is over",
        "posted a",
        "posted b",
        "posted c",
        "",
    ]
    assert done.stderr == ""


def test_it_lets_the_program_end_at_the_drain() -> None:
    done = ran(seconds=15.0, drain=0.1)
    assert done.stdout == "the program is over\n"
    assert done.stderr.startswith("3 calls were not over within 0.1 s")


class Refusing:
    """
    A Slack that refuses what it is asked.

    Args:
        when: waited for before it does.
    """

    def __init__(self, when: threading.Event | None = None) -> None:
        self._when = when

    def call(self, method: str, /, **_: Any) -> Item:
        assert self._when is None or self._when.wait(10.0)
        raise ApiError(method, "is_archived")


Follow = Callable[[Sink, Callable[[Any], None]], Any]
FOLLOWING: dict[str, Follow] = {
    "failures": lambda sink, on_next: sink.failures.subscribe(on_next),
    "outcomes": lambda sink, on_next: source_of(sink).subscribe(on_next),
}


def source_of(sink: Sink) -> reactivex.Observable[Any]:
    return reactivex.from_iterable(messages("ab")).pipe(sink)


@pytest.mark.parametrize("following", FOLLOWING)
@pytest.mark.parametrize("virtual", [True, False])
def test_it_waits_for_nothing_when_its_own_subscriber_disposes_it(
    following: str, virtual: bool, caplog: pytest.LogCaptureFixture
) -> None:
    """It would wait for the call that the subscriber is told of."""
    marbles, told, accepted = Marbles(), threading.Event(), threading.Event()
    scheduler = marbles.scheduler if virtual else None
    sink = post_message(Refusing(accepted), drain=60.0, scheduler=scheduler)

    def stop(_: Any) -> None:
        sink.dispose()
        told.set()

    FOLLOWING[following](sink, stop)
    for item in messages("cd"):
        sink.on_next(item)
    accepted.set()
    marbles.flush()
    assert told.wait(10.0)
    assert sink.drain(10.0) == 0
    said = [text for text in caplog.messages if text.startswith("the sink was disposed by one")]
    assert len(said) == 1


@pytest.mark.parametrize("following", FOLLOWING)
@pytest.mark.parametrize("virtual", [True, False])
def test_it_says_that_its_own_subscriber_would_wait_for_itself(
    following: str, virtual: bool
) -> None:
    marbles, errors, told = Marbles(), list[str](), threading.Event()
    sink = post_message(Refusing(), scheduler=marbles.scheduler if virtual else None)

    def wait(_: Any) -> None:
        with pytest.raises(ConfigurationError) as raised:
            sink.drain()
        errors.append(str(raised.value))
        told.set()

    FOLLOWING[following](sink, wait)
    sink.on_next(messages("c")[0])
    marbles.flush()
    assert told.wait(10.0)
    assert sink.drain(10.0) == 0
    assert set(errors) == {
        "drain() would wait for the call whose outcome is told here, and so for itself; "
        "call it outside of the subscribers of the sink"
    }


def test_it_waits_for_a_coroutine_that_is_told_of_the_end() -> None:
    heard = list[Exception]()

    async def note(error: Exception) -> None:
        await asyncio.sleep(0.001)
        heard.append(error)

    error = KeyError("over")
    reactivex.throw(error).subscribe(post_message(Web(), on_error=note))
    assert heard == [error]


def test_it_raises_what_that_coroutine_does() -> None:
    async def stumble(_: Exception) -> None:
        raise LookupError("a bug")

    with pytest.raises(LookupError, match="a bug"):
        reactivex.throw(KeyError("over")).subscribe(post_message(Web(), on_error=stumble))


def test_that_coroutine_goes_on_by_itself_on_the_thread_of_an_event_loop(
    caplog: pytest.LogCaptureFixture,
) -> None:
    bug = LookupError("a bug")

    async def program() -> None:
        heard = asyncio.Event()

        async def note(_: Exception) -> None:
            heard.set()
            raise bug

        reactivex.throw(KeyError("over")).subscribe(post_message(Web(), on_error=note))
        await heard.wait()

    asyncio.run(program())
    assert reports(caplog) == [("rxslack.post_message", bug)]
