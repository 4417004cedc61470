from __future__ import annotations

import subprocess
import sys
import threading
import time
from typing import Any

import pytest
from reactivex import operators as ops

from rxslack import ConfigurationError, concurrent, from_log, hold, is_failure
from rxslack.log.held_entries import HeldEntries
from rxslack.log.where import engine_at
from tests.background import ours, until
from tests.log.programs import Watcher, append, event, in_order


def test_readers_share_the_events_in_order(where: str) -> None:
    append(where, *(event(number, f"C{number % 20}") for number in range(1000)))
    merged: list[Any] = []
    lock = threading.Lock()

    def work(item: Any) -> None:
        with lock:
            merged.append(item)

    watchers = [
        Watcher(
            where, lambda log: log.pipe(concurrent(lambda e: e["channel"], work)), max_waiting=40
        )
        for _ in range(3)
    ]
    until(lambda: len(merged) >= 1000, 60.0)
    for watcher in watchers:
        watcher.subscription.dispose()
    assert len(merged) == 1000
    assert in_order(merged)


def test_an_event_comes_again_until_it_is_done(where: str) -> None:
    append(where, event(1), event(2))
    holds: list[Any] = []
    first = Watcher(where, lambda log: log.pipe(ops.do_action(lambda _: holds.append(hold()))))
    until(lambda: len(holds) == 2)
    holds[0].let_go()
    first.subscription.dispose()
    holds[1].give_back()
    second = Watcher(where)
    until(lambda: second.items)
    second.subscription.dispose()
    until(lambda: not [name for name in ours() if "log" in name])
    assert second.texts == ["2"]


def test_what_waits_in_a_lane_is_another_readers_at_once_when_this_one_is_disposed(
    where: str,
) -> None:
    append(where, *(event(number) for number in range(5)))
    go_on, begun = threading.Event(), threading.Event()

    def work(item: Any) -> Any:
        begun.set()
        go_on.wait(20.0)
        return item

    first = Watcher(
        where, lambda log: log.pipe(concurrent(lambda e: e["channel"], work)), lease=60.0
    )
    assert begun.wait(20.0)
    second = Watcher(where, lease=60.0)
    first.subscription.dispose()
    assert second.items == []  # the order: the first one is still being worked on
    go_on.set()
    until(lambda: len(second.items) == 5, 10.0)
    second.subscription.dispose()
    assert second.texts == [str(number) for number in range(5)]


def test_what_its_subscriber_raises_ends_it_and_the_event_is_anothers(where: str) -> None:
    append(where, event(1), event(2))

    def fail(_: Any) -> None:
        raise LookupError("a bug")

    first = Watcher(where, lambda log: log.pipe(ops.do_action(fail)))
    until(lambda: first.errors)
    assert isinstance(first.errors[0], LookupError)
    second = Watcher(where)
    until(lambda: len(second.items) == 2)
    second.subscription.dispose()
    assert second.texts == ["1", "2"]


@pytest.mark.filterwarnings("ignore::pytest.PytestUnhandledThreadExceptionWarning")
def test_it_ends_by_an_error_also_where_there_are_no_more_threads_to_be_had(
    where: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Else the process goes on, keeps its leases, and reads nothing."""
    append(where, event(1))

    def no_thread(*_: Any) -> None:
        raise RuntimeError("can't start new thread")

    monkeypatch.setattr(sys.modules["rxslack.log.from_log"], "drop_lapsed", no_thread)
    errors: list[Exception] = []
    from_log(where, group="g").subscribe(no_thread, errors.append)
    until(lambda: errors)
    until(lambda: not ours())  # or its traceback would be found by the next test


def test_an_event_that_nobody_survives_is_a_failure_and_the_channel_goes_on(where: str) -> None:
    append(where, event(1), event(2))

    def fail_at_first(item: Any) -> None:
        if item.get("text") == "1":
            raise LookupError("a bug")

    def errors_of(watcher: Watcher) -> Any:
        return lambda: watcher.errors

    for _ in range(3):
        broken = Watcher(where, lambda log: log.pipe(ops.do_action(fail_at_first)), attempts=3)
        until(errors_of(broken))
    last = Watcher(where, lambda log: log.pipe(ops.do_action(fail_at_first)), attempts=3)
    until(lambda: len(last.items) == 2)
    last.subscription.dispose()
    assert is_failure(last.items[0])
    assert last.items[0]["item"] == event(1)
    assert last.texts[1:] == ["2"]


def test_it_holds_no_more_than_it_may(where: str) -> None:
    append(where, *(event(number, f"C{number}") for number in range(50)))
    holds: list[Any] = []
    watcher = Watcher(
        where, lambda log: log.pipe(ops.do_action(lambda _: holds.append(hold()))), max_waiting=10
    )
    until(lambda: len(holds) == 10)
    for _ in range(40):
        holds.pop().let_go()
        until(lambda: len(holds) == 10)
    watcher.subscription.dispose()
    for held in holds:
        held.let_go()
    assert len(watcher.items) == 50


def test_its_threads_end_with_it(where: str) -> None:
    watcher = Watcher(where)
    until(ours)
    watcher.subscription.dispose()
    until(lambda: not [name for name in ours() if "from_log" in name])


KILLED = """
import sys, time
import rxslack
where = sys.argv[1]

def take(item):
    rxslack.hold()
    print(item["text"], flush=True)

rxslack.from_log(where, group="g", lease=1.0).subscribe(take)
time.sleep(60.0)
"""


def test_what_a_process_held_that_was_killed_is_anothers_after_its_lease(where: str) -> None:
    append(where, event(1), event(2))
    killed = subprocess.Popen(
        [sys.executable, "-c", KILLED, where], stdout=subprocess.PIPE, text=True
    )
    assert killed.stdout is not None
    assert [killed.stdout.readline(), killed.stdout.readline()] == ["1\n", "2\n"]
    killed.kill()
    killed.wait()
    killed.stdout.close()
    watcher = Watcher(where, lease=1.0)
    until(lambda: len(watcher.items) == 2)
    watcher.subscription.dispose()
    assert watcher.texts == ["1", "2"]


def test_a_lease_that_was_not_renewed_ends_what_is_held(
    where: str, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    """As after a SIGSTOP: what waits is dropped, and comes again to whoever takes it then."""
    append(where, *(event(number) for number in range(3)))
    go_on, begun, worked = threading.Event(), threading.Event(), list[str]()

    def work(item: Any) -> Any:
        begun.set()
        go_on.wait(20.0)
        worked.append(item["text"])
        return item

    stopped = threading.Event()
    real = time.clock_gettime

    def later(clock: int) -> float:
        return real(clock) + 8.0 * stopped.is_set()

    monkeypatch.setattr(time, "clock_gettime", later)
    watcher = Watcher(
        where, lambda log: log.pipe(concurrent(lambda e: e["channel"], work)), lease=5.0
    )
    assert begun.wait(20.0)
    stopped.set()
    until(lambda: "not renewed in time" in caplog.text)
    go_on.set()
    until(lambda: len(watcher.items) >= 3)
    watcher.subscription.dispose()


@pytest.mark.parametrize(
    "options",
    [{"group": ""}, {"group": "a b"}, {"lease": 0.5}, {"attempts": 0}, {"max_waiting": 0}],
)
def test_what_cannot_work_is_refused(tmp_path: Any, options: dict[str, Any]) -> None:
    given: dict[str, Any] = {"group": "g", **options}
    with pytest.raises(ConfigurationError, match=next(iter(options))):
        from_log(tmp_path / "events.db", **given)


def test_a_lease_that_has_ended_is_not_revived_by_a_late_answer(
    where: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Else an item that was dropped in between would be overtaken by the one behind it."""
    append(where, event(1), event(2))
    clock, engine = [1000.0], engine_at(where)

    def at(_: int) -> float:
        return clock[0]

    monkeypatch.setattr(time, "clock_gettime", at)
    held = HeldEntries(engine, "g", lease=5.0)
    engine.join(held.reader, None)
    reader, taken = held.take(10)
    assert len(taken) == 2
    assert held.is_held(reader)
    clock[0] += 5.0
    assert not held.is_held(reader)
    assert held.take(0)[1] == []
    assert not held.is_held(reader)
    assert held.lapse()
    assert held.reader is not reader


def test_nothing_is_taken_any_more_once_it_is_closed(where: str) -> None:
    """A reader that ends would take again what it has just given back, and hold it until its lease is over."""
    append(where, event(1), event(2))
    engine = engine_at(where)
    held, other = (
        HeldEntries(engine, "g", lease=60.0),
        HeldEntries(engine_at(where), "g", lease=60.0),
    )
    engine.join(held.reader, None)
    assert len(held.take(10)[1]) == 2
    held.close()
    held.flush(ends=True)
    assert held.take(10)[1] == []
    assert [one.attempt for one in other.take(10)[1]] == [1, 1]
