"""A bug in user code is never silent: what no `on_error` takes is one line of a log."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable
from typing import Any

import pytest
import reactivex
from reactivex import Observable, operators as ops
from reactivex.disposable import Disposable

import rxslack
from rxslack.simulator import Workspace
from rxslack.wire.waits import HubScheduler
from tests.connection.conftest import Connect
from tests.reports import reports

Step = Callable[[Observable[Any]], Observable[Any]]


class Bug(Exception):
    """What user code raises."""


class Reported:
    """The errors that rxslack logs, with their tracebacks."""

    def __init__(self, slack: Workspace, caplog: pytest.LogCaptureFixture) -> None:
        self._slack = slack
        self._log = caplog

    def loggers_of(self, error: type[BaseException]) -> list[str]:
        """The loggers of the lines that have its traceback, when nothing of rxslack's runs any more."""
        self._slack.wait_until(lambda: not working())
        found = reports(self._log)
        assert [type(raised) for _, raised in found] == [error] * len(found)
        return [logger for logger, _ in found]


def working() -> list[str]:
    names = [thread.name for thread in threading.enumerate()]
    return [name for name in names if name.startswith("rxslack-")]


@pytest.fixture
def reported(unlimited: Workspace, caplog: pytest.LogCaptureFixture) -> Reported:
    return Reported(unlimited, caplog)


def stumble(item: Any) -> Any:
    if item["type"] == "message":
        raise Bug
    return item


def again() -> Step:
    return rxslack.reconnect(lambda: rxslack.backoff(0.01, 0.01))


STEPS: dict[str, Callable[[Workspace], list[Step]]] = {
    "alone": lambda _: [],
    "reconnect": lambda _: [again()],
    "reconnect and map": lambda _: [again(), ops.map(stumble)],
    "map": lambda _: [ops.map(stumble)],
    "of_type": lambda _: [again(), rxslack.of_type(rxslack.MessageEvent)],
    "flat_map": lambda _: [
        again(),
        ops.flat_map(lambda item: reactivex.just(item).pipe(ops.map(stumble))),
    ],
    "group_by": lambda _: [again(), ops.group_by(lambda i: i["type"]), ops.flat_map(lambda g: g)],
    "share": lambda _: [again(), ops.share()],
    "shared": lambda _: [again(), rxslack.shared],
    "shared, and map": lambda _: [again(), rxslack.shared, ops.map(stumble)],
    "backfill": lambda slack: [again(), rxslack.backfill(slack.user_web)],
    "backfill, and map": lambda slack: [
        again(),
        rxslack.backfill(slack.user_web),
        ops.map(stumble),
    ],
}


@pytest.mark.parametrize("name", STEPS)
def test_it_logs_once_what_no_on_error_takes(
    unlimited: Workspace, reported: Reported, name: str
) -> None:
    rxslack.rtm(unlimited.web).pipe(*STEPS[name](unlimited)).subscribe(stumble)
    unlimited.wait_until(lambda: unlimited.connections)
    unlimited.say("general", "alice", "Hello")
    (logger,) = reported.loggers_of(Bug)
    assert logger in ("rxslack.rtm", "rxslack.shared")
    unlimited.wait_until(lambda: unlimited.past_connections[0].client_close == 1000)


def test_it_logs_what_a_sink_without_on_error_is_told(
    unlimited: Workspace, reported: Reported
) -> None:
    with rxslack.post_message(unlimited.web) as sink:
        messages = rxslack.rtm(unlimited.web).pipe(again(), rxslack.of_type(rxslack.MessageEvent))
        messages.pipe(ops.map(stumble)).subscribe(sink)
        unlimited.wait_until(lambda: unlimited.connections)
        unlimited.say("general", "alice", "Hello")
    assert reported.loggers_of(Bug) == ["rxslack.rtm"]


@pytest.mark.parametrize("steps", [[], [again()]], ids=["alone", "reconnect"])
def test_it_logs_a_stream_s_own_end_that_nobody_hears_of(
    unlimited: Workspace, reported: Reported, steps: list[Step]
) -> None:
    web = rxslack.WebClient("xoxb-nobody", base_url=unlimited.base_url)
    rxslack.rtm(web).pipe(*steps).subscribe()
    # With `reconnect`, by whichever thread is at its bookkeeping; never by raising it here.
    (logger,) = reported.loggers_of(rxslack.AuthenticationError)
    assert logger in ("rxslack.rtm", "rxslack.reconnect")


def test_it_logs_what_an_on_error_raises(unlimited: Workspace, reported: Reported) -> None:
    def fail(_: Exception) -> None:
        raise Bug

    rxslack.rtm(unlimited.web).pipe(again()).subscribe(lambda item: item["text"], fail)
    assert reported.loggers_of(Bug) == ["rxslack.rtm"]


def test_it_logs_what_is_raised_behind_a_disposal(unlimited: Workspace, reported: Reported) -> None:
    def leave(_: Any) -> None:
        subscription.dispose()
        raise Bug

    errors: list[Exception] = []
    messages = rxslack.of_type(rxslack.MessageEvent)  # a slow machine gets pongs, too
    stream = rxslack.rtm(unlimited.web).pipe(again(), messages)
    subscription = stream.subscribe(leave, errors.append)
    unlimited.wait_until(lambda: unlimited.connections)
    unlimited.say("general", "alice", "Hello")
    assert reported.loggers_of(Bug) == ["rxslack.rtm"]
    assert errors == []


@pytest.mark.parametrize("name", STEPS)
@pytest.mark.parametrize(
    "error", [SystemExit, KeyboardInterrupt, GeneratorExit, asyncio.CancelledError]
)
def test_it_tells_on_error_of_what_would_end_a_thread_without_a_word(
    unlimited: Workspace,
    connect: Connect,
    reported: Reported,
    name: str,
    error: type[BaseException],
) -> None:
    raised = error()

    def leave(_: Any) -> None:
        raise raised

    steps = [*STEPS[name](unlimited), ops.do_action(leave)]
    stream = connect(*steps, reconnecting=False)
    unlimited.wait_until(lambda: unlimited.connections or unlimited.past_connections)
    unlimited.say("general", "alice", "Hello")
    stream.wait_for(lambda: stream.errors)
    assert stream.errors == [raised]
    assert reported.loggers_of(error) == []
    unlimited.wait_until(lambda: unlimited.past_connections[0].client_close == 1000)


def test_it_logs_sys_exit_in_a_callback(unlimited: Workspace, reported: Reported) -> None:
    rxslack.rtm(unlimited.web).pipe(again()).subscribe(lambda _: exit(3))
    assert reported.loggers_of(SystemExit) == ["rxslack.rtm"]


def test_it_logs_what_a_subscriber_of_the_past_raises(
    unlimited: Workspace, reported: Reported
) -> None:
    """The past is emitted on a thread of its own."""
    unlimited.say("general", "alice", "missed")
    now = unlimited.clock()
    gap = {"type": "rxslack.gap", "since": 0.0, "until": now, "last_ts": None, "reason": "test"}
    reactivex.concat(reactivex.of(gap), reactivex.never()).pipe(
        rxslack.backfill(unlimited.user_web)
    ).subscribe(stumble)
    assert reported.loggers_of(Bug) == ["rxslack.backfill"]


@pytest.mark.parametrize("error", [Bug(), KeyboardInterrupt()])
def test_it_logs_what_nobody_takes_on_a_timer(
    caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch, error: BaseException
) -> None:
    """The second attempt begins on the timer that waited for it, once `subscribe` has returned."""
    attempts = iter([reactivex.throw(rxslack.ConnectionClosed(1006)), reactivex.just("item")])
    stream: Observable[Any] = reactivex.defer(lambda _: next(attempts))

    def fail(_: Any) -> None:
        raise error

    subscribed = threading.Event()
    schedule = HubScheduler.schedule_relative

    def later(self: HubScheduler, duetime: Any, action: Any, state: Any = None) -> Any:
        def act(*given: Any) -> Any:
            subscribed.wait()  # or the thread that subscribes may take over what is to be done
            return action(*given)

        return schedule(self, duetime, act, state)

    monkeypatch.setattr(HubScheduler, "schedule_relative", later)
    stream.pipe(again()).subscribe(fail)
    subscribed.set()
    for thread in threading.enumerate():
        if thread.name == "rxslack-hub":
            thread.join()
    assert reports(caplog) == [("rxslack.reconnect", error)]


def test_it_raises_nothing_of_another_thread_s_where_somebody_subscribes(
    caplog: pytest.LogCaptureFixture,
) -> None:
    """The thread that subscribes is at the bookkeeping when another one tells of an end."""

    def subscribe(observer: Any, _: Any = None) -> Disposable:
        other = threading.Thread(target=lambda: observer.on_error(Bug()))
        other.start()
        other.join()
        return Disposable()

    Observable[Any](subscribe).pipe(again()).subscribe()
    ((logger, error),) = reports(caplog)
    assert (logger, type(error)) == ("rxslack.reconnect", Bug)
