"""Waits that need no thread of their own, and hold up neither each other nor a connection."""

from __future__ import annotations

import math
import threading
import time
from collections.abc import Iterator
from datetime import timedelta
from functools import partial
from typing import Any

import pytest
from reactivex.disposable import Disposable

from rxslack.core import telemetry
from rxslack.wire import hub, waits
from rxslack.wire.hub import Hub, join
from rxslack.wire.waits import HubScheduler
from tests.reports import reports
from tests.wire.rig import LONG, hub_threads, wait_until

CLOCK = HubScheduler.singleton()


@pytest.fixture(autouse=True)
def _none_is_left() -> Iterator[None]:
    """Each test begins without a hub, and cancels what it has not awaited."""
    wait_until(lambda: not hub_threads())
    yield
    wait_until(lambda: not hub_threads())


def after(seconds: float, action: Any) -> Any:
    def act(_scheduler: Any, _state: Any) -> Any:
        return action()

    return CLOCK.schedule_relative(seconds, act)


def test_two_threads_do_for_any_number() -> None:
    several = [after(LONG, list) for _ in range(200)]
    done = threading.Event()
    after(0.0, done.set)
    assert done.wait(20.0)
    assert 1 <= len(hub_threads()) <= 2
    for one in several:
        one.dispose()


def test_each_is_done_once_and_not_before_its_time() -> None:
    done: list[tuple[int, float]] = []
    begin = time.monotonic()

    def note(number: int) -> None:
        done.append((number, time.monotonic() - begin))

    for number in (3, 1, 2):
        after(number / 20, lambda number=number: note(number))
    wait_until(lambda: not hub_threads())
    assert sorted(number for number, _ in done) == [1, 2, 3]
    assert all(seconds >= number / 20 for number, seconds in done)


def test_it_takes_what_any_scheduler_takes() -> None:
    seen: list[Any] = []

    def note(scheduler: Any, state: Any) -> None:
        seen.append((scheduler is CLOCK, state))

    CLOCK.schedule(note, "now")
    CLOCK.schedule_relative(timedelta(seconds=-1), note, "before")
    CLOCK.schedule_absolute(CLOCK.now, note, "at")
    wait_until(lambda: len(seen) == 3)
    assert sorted(seen) == [(True, "at"), (True, "before"), (True, "now")]


def test_what_is_to_be_done_now_waits_for_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    looked_after: list[Any] = []
    monkeypatch.setattr(waits, "join", looked_after.append)
    monkeypatch.setattr(waits, "monotonic", lambda: 5.0)

    def act(_scheduler: Any, _state: Any) -> None:
        """Not called."""

    CLOCK.schedule(act)
    (wait,) = looked_after
    assert wait.look(5.0) == math.inf
    assert wait.takes_turn(())


def test_nothing_is_done_of_what_was_cancelled() -> None:
    done: list[int] = []
    left, also = after(LONG, lambda: done.append(1)), after(0.1, lambda: done.append(2))
    left.dispose()
    wait_until(lambda: not hub_threads())
    also.dispose()
    left.dispose()
    assert done == [2]


def test_nothing_is_kept_of_what_was_cancelled() -> None:
    several = [after(LONG + number, list) for number in range(3)]
    for _ in range(10):
        cancelled = [after(LONG, list) for _ in range(100)]
        looked_at = threading.Event()
        after(0.0, looked_at.set)
        assert looked_at.wait(20.0)
        for one in cancelled:
            one.dispose()
    of_this_process: Hub = hub._hub  # type: ignore[assignment]  # pyright: ignore[reportPrivateUsage, reportAssignmentType] there is one
    kept = partial(getattr, of_this_process, "_due")
    wait_until(lambda: len(kept()) <= 2 * len(several) + 1)
    for one in several:
        one.dispose()


def test_what_an_action_leaves_to_dispose_of_is_disposed_with_it() -> None:
    disposed = threading.Event()
    left = after(0.0, lambda: Disposable(disposed.set))
    wait_until(lambda: not hub_threads())
    assert not disposed.is_set()
    left.dispose()
    assert disposed.is_set()


def test_those_that_take_long_hold_up_nobody() -> None:
    gate, begun, done = threading.Event(), threading.Semaphore(0), threading.Event()

    def dawdle() -> None:
        begun.release()
        gate.wait(20.0)

    for _ in range(3):
        after(0.0, dawdle)
    for _ in range(3):
        assert begun.acquire(timeout=20.0)
    after(0.0, done.set)
    assert done.wait(20.0)
    gate.set()


def test_an_action_may_cancel_itself_and_wait_again() -> None:
    done = threading.Event()
    ready = threading.Event()
    waiting: list[Any] = []

    def again() -> None:
        ready.wait(20.0)
        waiting[0].dispose()
        after(0.0, done.set)

    waiting.append(after(0.0, again))
    ready.set()
    assert done.wait(20.0)


def test_what_one_raises_is_logged_and_the_others_are_done(
    caplog: pytest.LogCaptureFixture,
) -> None:
    done = threading.Event()

    def fail() -> None:
        raise LookupError("a bug")

    after(0.0, fail)
    after(0.05, done.set)
    assert done.wait(20.0)
    wait_until(lambda: not hub_threads())
    assert [(name, type(error)) for name, error in reports(caplog)] == [
        ("rxslack.wire", LookupError)
    ]


def test_what_one_says_in_its_lines_of_the_log_the_next_does_not() -> None:
    seen: list[Any] = []

    def say() -> None:
        seen.append(dict(telemetry.FIELDS.get()))
        telemetry.fields_of_line(connection=1)

    after(0.0, say)
    after(0.05, say)
    wait_until(lambda: len(seen) == 2)
    assert seen == [{}, {}]


def test_another_hub_goes_on_when_one_fails(monkeypatch: pytest.MonkeyPatch) -> None:
    heard: list[Any] = []
    monkeypatch.setattr(threading, "excepthook", heard.append)
    done = threading.Event()
    after(0.5, done.set)
    left = after(LONG, list)
    look = Hub._look  # pyright: ignore[reportPrivateUsage] what fails is of its own

    def fail(*_: Any) -> bool:
        monkeypatch.setattr(Hub, "_look", look)
        raise LookupError("a mistake")

    monkeypatch.setattr(Hub, "_look", fail)
    after(0.0, list)
    assert done.wait(20.0)
    assert [one.exc_type for one in heard] == [LookupError]
    left.dispose()


def test_it_tells_when_no_other_hub_can_go_on(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def fail(_: threading.Thread) -> None:
        raise RuntimeError("can't start new thread")

    monkeypatch.setattr(threading.Thread, "start", fail)
    waits._Wait(0.0, list).give_up(LookupError("a mistake"))  # pyright: ignore[reportPrivateUsage] only the hub does
    assert [(name, type(error)) for name, error in reports(caplog)] == [
        ("rxslack.wire", RuntimeError)
    ]


def test_where_there_is_no_thread_it_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(_: threading.Thread) -> None:
        raise RuntimeError("can't start new thread")

    monkeypatch.setattr(threading.Thread, "start", fail)
    with pytest.raises(RuntimeError, match="new thread"):
        after(0.0, list)


def test_one_that_is_asked_while_it_acts_does_not_act_again() -> None:
    """As when the machine has slept: the hub asks all that it looks after."""
    acted: list[int] = []
    gate = threading.Event()

    def act() -> None:
        acted.append(1)
        gate.wait(20.0)

    wait = waits._Wait(0.0, act)  # pyright: ignore[reportPrivateUsage] only the hub has it
    join(wait)
    wait_until(lambda: acted)
    assert wait.hub is not None
    after(0.0, list)
    wait.hub.ask(wait)
    done = threading.Event()
    after(0.05, done.set)
    assert done.wait(20.0)
    gate.set()
    assert acted == [1]
