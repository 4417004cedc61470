"""Several workspaces in one stream."""

from __future__ import annotations

import random
import threading
from contextlib import ExitStack
from typing import Any

import pytest
import reactivex
from reactivex import Observable, Subject, abc
from reactivex.disposable import Disposable
from reactivex.scheduler import TimeoutScheduler

import rxslack
from rxslack.errors import AuthenticationError, ConfigurationError
from rxslack.simulator import Workspace
from rxslack.testing import Marbles
from tests.reports import reports


def test_it_merges_them_and_names_team_and_connection() -> None:
    with ExitStack() as stack:
        slacks = [stack.enter_context(Workspace()) for _ in range(3)]
        seen: list[dict[str, Any]] = []
        stream = rxslack.workspaces([slack.web for slack in slacks], stagger=0.01)
        subscription = stream.subscribe(seen.append)
        for slack in slacks:
            wait_for_connection(slack)
            slack.say("general", "alice", slack.team_id)
        slacks[0].wait_until(lambda: len([i for i in seen if i["type"] == "message"]) == 3)
        slacks[1].connections[0].cut()
        slacks[1].wait_until(lambda: [i for i in seen if i["type"] == "rxslack.gap"])
        subscription.dispose()
    for item in seen:
        assert item["type"] != "message" or item["rxslack_team"] == item["text"]
    assert {item["rxslack_team"] for item in seen} == {slack.team_id for slack in slacks}
    assert len({item["rxslack_connection"] for item in seen}) == 4
    gap = next(item for item in seen if item["type"] == "rxslack.gap")
    assert gap["rxslack_team"] == slacks[1].team_id


def wait_for_connection(slack: Workspace) -> None:
    slack.wait_until(lambda: slack.connections)


def test_it_goes_on_without_one_that_fails(caplog: pytest.LogCaptureFixture) -> None:
    with Workspace() as good, Workspace() as bad, bad.faults.fail("rtm.connect", "token_revoked"):
        seen: list[dict[str, Any]] = []
        stream = rxslack.workspaces([bad.web, good.web], stagger=0.0)
        subscription = stream.subscribe(seen.append)
        good.wait_until(lambda: {"rxslack.failure", "hello"} <= {item["type"] for item in seen})
        good.say("general", "alice", "still here")
        good.wait_until(lambda: seen[-1].get("text") == "still here")
        subscription.dispose()
    failure = next(item for item in seen if item["type"] == "rxslack.failure")
    assert isinstance(failure["error"], AuthenticationError)
    assert [record.levelname for record in caplog.records if "workspaces" in record.name] == [
        "ERROR"
    ]


def test_it_starts_five_hundred_one_after_the_other(marbles: Marbles) -> None:
    started: list[float] = []

    def stream(_: rxslack.WebClient) -> Observable[dict[str, Any]]:
        def begin(_: Any) -> Observable[dict[str, Any]]:
            started.append(marbles.scheduler.frame)
            return reactivex.never()

        return reactivex.defer(begin)

    webs = [rxslack.WebClient("xoxb-test")] * 500
    before = random.getstate()
    marbles.run(rxslack.workspaces(webs, stream, stagger=0.1), "^" + "-" * 60 + "!")
    assert len(started) == 500
    for second in range(50):
        assert len([moment for moment in started if second <= moment < second + 1]) <= 21
    assert random.getstate() == before, "a program that has seeded it counts on it"


class Hasty(TimeoutScheduler):
    """Its timers are over before whoever asked for them goes on."""

    def schedule_relative(self, duetime: Any, action: Any, state: Any = None) -> abc.DisposableBase:
        del duetime  # it is over at once
        thread = threading.Thread(target=action, args=(self, state))
        thread.start()
        thread.join()
        return Disposable()


def test_it_opens_each_once_and_keeps_it_also_where_its_time_comes_at_once() -> None:
    log: list[str] = []

    def stream(_: rxslack.WebClient) -> Observable[dict[str, Any]]:
        def subscribe(*_: Any) -> abc.DisposableBase:
            log.append("open")
            return Disposable(lambda: log.append("close"))

        return Observable(subscribe)

    webs = [rxslack.WebClient(f"xoxb-test-{number}") for number in range(3)]
    subscription = rxslack.workspaces(webs, stream, stagger=0.1, scheduler=Hasty()).subscribe()
    assert log == ["open"] * 3
    subscription.dispose()
    assert log == ["open"] * 3 + ["close"] * 3


def test_it_needs_a_workspace() -> None:
    with pytest.raises(ConfigurationError):
        rxslack.workspaces([])


def test_it_ends_by_what_its_subscriber_raises_and_makes_no_failure_of_it(
    caplog: pytest.LogCaptureFixture,
) -> None:
    stream: Subject[dict[str, Any]] = Subject()
    seen: list[dict[str, Any]] = []
    errors: list[Exception] = []
    error = ValueError()

    def fail(item: dict[str, Any]) -> None:
        seen.append(item)
        raise error

    webs = [rxslack.WebClient("xoxb-test")] * 2

    def broken(_: rxslack.WebClient) -> Observable[dict[str, Any]]:
        return stream.pipe(rxslack.reconnect())

    rxslack.workspaces(webs, broken, stagger=0.0).subscribe(fail, errors.append)
    stream.on_next({"type": "message"})
    assert (seen, errors, stream.observers) == ([{"type": "message"}], [error], [])
    assert reports(caplog) == []
