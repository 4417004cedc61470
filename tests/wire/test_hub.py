"""One thread reads for all connections, and another takes over while user code is busy."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Generator, Sequence
from contextlib import contextmanager, suppress
from functools import partial
from typing import Any

import pytest

from rxslack.wire import hub
from tests.peer import PONG, TEXT, text
from tests.wire.rig import (
    Gate,
    Make,
    Rig,
    has_grown,
    held,
    hub_threads,
    is_open,
    soon,
    wait_until,
)


def say(one: Rig, words: str) -> None:
    """Let its peer say something, and wait until it was emitted."""
    one.peer.send(text(words))
    wait_until(lambda: one.emitted and one.emitted[-1] == words)


def has_ended(one: Rig) -> bool:
    return bool(one.ends) and not is_open(one.wire)


def test_two_threads_read_for_all(rig: Make) -> None:
    several = [rig() for _ in range(30)]
    for one in several:
        say(one, "Hello")
    assert len(hub_threads()) == 2
    for one in several[1:]:
        one.read_loop.stop()
    wait_until(lambda: all(one.ends for one in several[1:]))
    say(several[0], "still here")
    assert len(hub_threads()) == 2


def test_there_is_no_thread_without_a_connection_and_there_is_one_again(rig: Make) -> None:
    for _ in range(5):
        one = rig()
        say(one, "Hello")
        one.read_loop.stop()
        one.end()
        assert hub_threads() == []


def test_one_may_come_at_the_moment_when_the_last_one_goes(rig: Make) -> None:
    one, other = rig(), Rig()
    say(one, "Hello")
    takes_turn = one.read_loop.takes_turn
    coming = threading.Thread(target=other.start)

    def take(batch: Sequence[bytes]) -> bool:
        if not is_open(one.wire) and coming.ident is None:
            coming.start()
            coming.join(0.1)
        return takes_turn(batch)

    one.read_loop.takes_turn = take  # type: ignore[method-assign]  # of this one only
    one.read_loop.stop()
    wait_until(lambda: coming.ident is not None)
    say(other, "Hello")
    other.read_loop.stop()
    other.peer.leave()
    other.end()


def test_a_subscriber_that_is_busy_holds_up_nobody_else(rig: Make) -> None:
    busy, gate = held(rig, receipts=True)
    other = rig()
    say(other, "a")
    busy.peer.send(text("second"))
    wait_until(lambda: busy.received == [b"first", b"second"])
    say(other, "b")

    assert (busy.emitted, other.emitted) == (["first"], ["a", "b"])
    assert len(hub_threads()) == 3
    gate.open()
    wait_until(lambda: busy.emitted == ["first", "second"])
    wait_until(lambda: len(hub_threads()) == 2)
    say(other, "c")
    say(busy, "third")


def test_any_number_of_them_does_not(rig: Make) -> None:
    several = [held(rig) for _ in range(10)]
    other = rig()
    for words in ("a", "b", "c"):
        say(other, words)
    assert len(hub_threads()) == 12
    for busy, gate in several:
        busy.peer.send(text("second"))
        gate.open()
    for busy, _ in several:
        wait_until(partial(has_grown, busy.emitted, 1))
    wait_until(lambda: len(hub_threads()) == 2)
    assert [busy.emitted for busy, _ in several] == [["first", "second"]] * 10


def dawdle(_: Any) -> None:
    time.sleep(0.03)


def test_one_after_another_may_be_busy_for_ever(rig: Make) -> None:
    """Who has led, and was busy, stands by when he is not."""
    several = [rig(react=dawdle) for _ in range(3)]
    for number in range(20):
        for one in several:
            one.peer.send(text(f"{number}"))
    for one in several:
        wait_until(lambda: len(one.emitted) == 20)  # noqa: B023 it is called at once
        assert one.emitted == [f"{number}" for number in range(20)]
    wait_until(lambda: len(hub_threads()) == 2)


def test_whoever_was_slow_hands_the_lead_over_at_once_the_next_time(
    rig: Make, monkeypatch: pytest.MonkeyPatch
) -> None:
    gates = [Gate("first"), Gate("second")]

    def react(item: str) -> None:
        for gate in gates:
            gate(item)

    slow, other = rig(react=react), rig()
    slow.peer.send(text("first"))
    assert gates[0].reached.wait(20.0)
    say(other, "a")  # so another thread leads
    gates[0].open()
    wait_until(lambda: slow.read_loop.is_slow)
    monkeypatch.setattr(hub, "_STAND_BY_FOR", 1000.0)  # so nobody takes the lead for waiting
    slow.peer.send(text("second"))
    assert gates[1].reached.wait(20.0)
    say(other, "b")
    monkeypatch.undo()
    gates[1].open()
    wait_until(lambda: slow.emitted == ["first", "second"])
    say(slow, "third")
    wait_until(lambda: not slow.read_loop.is_slow)


@contextmanager
def flooding(one: Rig, data: bytes) -> Generator[None]:
    """Its peer says something without end, as fast as it is taken."""
    over = threading.Event()

    def say_it() -> None:
        with suppress(OSError):
            while not over.is_set():
                one.peer.send(data)

    def hear() -> None:
        for _ in one.peer.frames():
            pass

    threads = [threading.Thread(target=what) for what in (say_it, hear)]
    for thread in threads:
        thread.start()
    yield
    over.set()
    one.read_loop.stop()
    for thread in threads:
        thread.join()


FLOODS = {
    "pings": b"\x89\x7d" + b"p" * 125,
    "pongs": b"\x8a\x00",
    "empty fragments": b"\x00\x00",
    "messages": text("x"),
}


@pytest.mark.parametrize("name", FLOODS)
def test_a_flood_holds_up_nobody_else(rig: Make, name: str) -> None:
    one, other = rig(), rig(watch=soon)
    if name == "empty fragments":
        one.peer.send(b"\x01\x00")
    with flooding(one, FLOODS[name] * 1000):
        for words in ("a", "b", "c"):
            say(other, words)
            wait_until(partial(has_grown, other.watched, len(other.watched)))


def test_it_sends_what_could_not_leave_as_soon_as_the_peer_takes_it(rig: Make) -> None:
    one = rig()
    one.wire.send(*[b"x" * 60_000] * 6, wait=False)  # more than the system takes
    one.wire.ping(b"last", wait=False)
    one.read_loop.watch_now()
    assert [one.peer.frame() for _ in range(6)] == [(TEXT, b"x" * 60_000)] * 6
    assert one.peer.frame() == (9, b"last")
    one.peer.ping(b"1")
    assert one.peer.frame() == (PONG, b"1")


class Sleeper:
    """The clocks of a machine that sleeps: the monotonic one stands still; and of one that is only slow."""

    def __init__(self) -> None:
        self.slept = self.went_by = 0.0

    def monotonic(self) -> float:
        return time.monotonic() + self.went_by

    def time(self) -> float:
        return time.time() + self.went_by + self.slept


def test_it_looks_after_all_when_the_machine_has_slept(
    rig: Make, monkeypatch: pytest.MonkeyPatch
) -> None:
    clocks = Sleeper()
    monkeypatch.setattr(hub, "time", clocks)
    monkeypatch.setattr(hub, "_TICK", 0.01)
    several = [rig() for _ in range(3)]
    for one in several:
        say(one, "Hello")
    before = [len(one.watched) for one in several]
    clocks.slept = 4.0
    time.sleep(0.1)
    assert [len(one.watched) for one in several] == before
    clocks.slept += 6.0
    for one, count in zip(several, before, strict=True):
        wait_until(partial(has_grown, one.watched, count))


def test_it_takes_no_long_pause_between_two_looks_for_sleep(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    clocks = Sleeper()
    monkeypatch.setattr(hub, "time", clocks)
    alone = hub.Hub()
    member: Any = object()
    alone._members.add(member)  # pyright: ignore[reportPrivateUsage] only its threads ask
    compare: Callable[[float], object] = alone._compare_clocks  # pyright: ignore[reportPrivateUsage]
    asked = alone._asked  # pyright: ignore[reportPrivateUsage]
    try:
        compare(clocks.monotonic())
        clocks.went_by = 10.0
        compare(clocks.monotonic())
        assert not asked
        clocks.slept = 6.0
        compare(clocks.monotonic())
        assert [*asked] == [member]
    finally:
        alone.disown()


def test_a_socket_that_has_the_number_of_one_before_is_looked_after(rig: Make) -> None:
    first = rig()
    for number in range(20):
        one = rig()
        say(one, str(number))
        one.read_loop.stop()
        one.peer.leave()
        wait_until(partial(has_ended, one))
    say(first, "still here")


def test_whoever_was_busy_with_what_was_injected_leads_no_more(
    rig: Make, monkeypatch: pytest.MonkeyPatch
) -> None:
    heard: list[Any] = []
    monkeypatch.setattr(threading, "excepthook", heard.append)
    one, other = rig(), rig()
    for number in range(5):
        gate = Gate(f"busy {number}")
        one.also = gate
        one.read_loop.inject(f"busy {number}")
        assert gate.reached.wait(20.0)
        say(other, f"meanwhile {number}")
        gate.open()
        for each in (one, other):
            say(each, f"afterwards {number}")
    assert heard == []


def test_it_goes_on_alone_when_there_is_no_thread_to_stand_by(
    rig: Make, monkeypatch: pytest.MonkeyPatch
) -> None:
    start, refused = threading.Thread.start, threading.Event()

    def start_one(thread: threading.Thread) -> None:
        if hub_threads():
            refused.set()
            raise RuntimeError("can't start new thread")
        start(thread)

    monkeypatch.setattr(threading.Thread, "start", start_one)
    one = rig()
    for words in ("a", "b"):
        say(one, words)
    assert refused.is_set()
    assert len(hub_threads()) == 1
    monkeypatch.undo()
    gate = Gate("c")
    one.also = gate
    one.peer.send(text("c"))
    assert gate.reached.wait(20.0)
    one.peer.ping(b"1")
    assert one.peer.frame() == (PONG, b"1")
    gate.open()


def test_a_mistake_of_its_own_ends_all_streams_with_an_error(
    rig: Make, monkeypatch: pytest.MonkeyPatch
) -> None:
    heard: list[Any] = []
    monkeypatch.setattr(threading, "excepthook", heard.append)
    several = [rig() for _ in range(3)]
    for one in several:
        say(one, "Hello")

    def fail() -> int:
        raise LookupError("a mistake")

    monkeypatch.setattr(several[1].read_loop, "awaited", fail)
    several[1].read_loop.watch_now()
    for one in several:
        assert isinstance(one.error(), LookupError)
        assert one.open_at_end == [False]
    assert [one.exc_type for one in heard] == [LookupError]
    again = rig()
    say(again, "Hello")


def test_what_is_raised_where_the_end_is_told_ends_nothing_else(
    rig: Make, caplog: pytest.LogCaptureFixture
) -> None:
    one, other = rig(), rig()
    say(one, "Hello")
    told: Callable[[BaseException | None], object] = one._hear_end  # pyright: ignore[reportPrivateUsage]

    def fail(error: BaseException | None) -> None:
        told(error)
        raise LookupError("a bug")

    one.read_loop._on_end = fail  # pyright: ignore[reportPrivateUsage] who is told is given once
    one.read_loop.fail(ValueError("the end"))
    wait_until(lambda: "LookupError: a bug" in caplog.text)
    say(other, "Hello")
