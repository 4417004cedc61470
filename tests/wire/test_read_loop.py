"""Messages go from the wire to one callback, in order, whatever that does and for how long."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import suppress
from functools import partial
from typing import Any

import pytest

from rxslack.errors import BufferFull, ConnectionClosed, FrameError, Silent
from rxslack.wire import hub, read_loop
from rxslack.wire.bursts import Burst
from tests.peer import PONG, close, text
from tests.wire.rig import (
    LONG,
    Closing,
    Gate,
    Make,
    Rig,
    has_grown,
    held,
    hub_threads,
    one_by_one,
    soon,
    wait_until,
)


def numbers(count: int) -> list[str]:
    return [f"{number}" for number in range(count)]


def test_it_emits_each_message_in_order(rig: Make) -> None:
    one = rig()
    one.peer.send(*map(text, numbers(50)))
    wait_until(lambda: len(one.emitted) == 50)
    one.peer.send(text("last"))
    wait_until(lambda: len(one.emitted) == 51)

    assert one.emitted == [*numbers(50), "last"]
    assert one.plain == [True] * 51
    assert one.read_loop.waiting() == 0


def test_it_emits_what_was_read_before_it_asks_for_more(rig: Make) -> None:
    order: list[str] = []

    def read(messages: Sequence[bytes]) -> Iterator[Burst]:
        for message in messages:
            order.append(f"read {message.decode()}")
            yield from one_by_one([message])

    one = rig(read=read, react=order.append)
    one.peer.send(text("a"), text("b"))
    wait_until(lambda: len(order) == 4)

    assert order == ["read a", "a", "read b", "b"]


def test_it_answers_pings_and_keeps_messages_while_the_reader_is_in_user_code(rig: Make) -> None:
    one, gate = held(rig, receipts=True)
    one.peer.ping(b"alive?")
    assert one.peer.frame() == (PONG, b"alive?")
    one.peer.send(*map(text, numbers(20)[:5]))
    wait_until(lambda: len(one.received) == 6)
    one.peer.send(*map(text, numbers(20)[5:]))
    wait_until(lambda: len(one.received) == 21)

    assert one.emitted == ["first"]
    wait_until(lambda: one.read_loop.waiting() == 20 * 64)
    gate.open()
    wait_until(lambda: len(one.emitted) == 21)
    one.peer.send(text("last"))
    wait_until(lambda: len(one.emitted) == 22)
    assert one.emitted == ["first", *numbers(20), "last"]
    assert one.received == [item.encode() for item in one.emitted]
    assert one.read_loop.waiting() == 0


def test_it_stands_in_each_time_that_the_reader_stays_away(rig: Make) -> None:
    gates = [Gate(number) for number in numbers(3)]

    def react(item: str) -> None:
        for gate in gates:
            gate(item)

    one = rig(react=react, receipts=True)
    for place, gate in enumerate(gates):
        one.peer.send(text(f"{place}"))
        assert gate.reached.wait(20.0)
        one.peer.ping(b"again")
        assert one.peer.frame() == (PONG, b"again")
        gate.open()
    wait_until(lambda: one.emitted == numbers(3))


def test_it_does_not_keep_a_process_alive(rig: Make) -> None:
    one = rig()
    wait_until(lambda: one.watched)
    assert {thread.daemon for thread in hub_threads()} == {True}


def test_it_reads_no_further_than_its_buffer_and_loses_nothing(rig: Make) -> None:
    one, gate = held(rig, max_waiting_bytes=100, receipts=True)
    one.peer.send(text("x" * 120))
    wait_until(lambda: one.read_loop.waiting() == 120)
    before = one.wire.alive
    one.peer.send(text("behind"))
    wait_until(lambda: one.wire.alive > before)  # the silence is ours

    assert one.received == [b"first", b"x" * 120]
    gate.open()
    wait_until(lambda: len(one.emitted) == 3)
    assert one.emitted == ["first", "x" * 120, "behind"]
    assert one.errors == []


def test_it_has_room_again_for_as_much_once_what_waits_is_emitted(rig: Make) -> None:
    second = Gate("second")
    one, first = held(rig, max_waiting_bytes=100, receipts=True)
    for gate, then in ((first, "second"), (second, "last")):
        one.peer.send(text("x" * 120))
        wait_until(lambda: one.read_loop.waiting() == 120)
        one.also = second
        gate.open()
        wait_until(lambda: one.read_loop.waiting() == 0)
        one.peer.send(text(then))
        assert then == "last" or second.reached.wait(20.0)
    wait_until(lambda: one.emitted[-1] == "last")


def test_it_reads_as_long_as_there_is_room(rig: Make) -> None:
    one, gate = held(rig, max_waiting_bytes=200, receipts=True)
    one.peer.send(text("x" * 136))
    wait_until(lambda: one.read_loop.waiting() == 136)
    one.peer.send(text("y"))
    wait_until(lambda: one.read_loop.waiting() == 200)
    before = one.wire.alive
    one.peer.send(text("z"))
    wait_until(lambda: one.wire.alive > before)

    assert one.read_loop.waiting() == 200
    gate.open()
    wait_until(lambda: len(one.emitted) == 4)


def test_it_counts_something_for_a_message_of_nothing(rig: Make) -> None:
    one, gate = held(rig, max_waiting_bytes=128, receipts=True)
    for size in (64, 128):
        one.peer.send(text(""))
        wait_until(lambda: one.read_loop.waiting() == size)  # noqa: B023 it is called at once
    before = one.wire.alive
    one.peer.send(text(""))
    wait_until(lambda: one.wire.alive > before)

    assert one.received == [b"first", b"", b""]
    gate.open()
    wait_until(lambda: len(one.emitted) == 4)


def test_it_fails_when_the_buffer_is_full_once_all_that_came_is_emitted(rig: Make) -> None:
    one, gate = held(rig, max_waiting_bytes=100, overflow="fail")
    one.peer.send(text("x" * 120))
    assert one.peer.goodbye() == 1000
    assert one.emitted == ["first"]
    gate.open()
    error = one.error()

    assert isinstance(error, BufferFull)
    assert error.args == BufferFull(100).args
    assert one.emitted == ["first", "x" * 120]


@pytest.mark.parametrize("code", [1000, 1001])
def test_it_ends_when_it_is_stopped_and_says_goodbye(rig: Make, code: int) -> None:
    one = rig()
    wait_until(lambda: one.watched)
    one.read_loop.stop(code)
    assert one.peer.goodbye() == code
    one.peer.send(close(code))
    assert one.peer.frame() is None
    one.end()

    assert one.errors == []


def test_it_says_goodbye_with_1000_when_nothing_else_is_said(rig: Make) -> None:
    one = rig()
    one.read_loop.stop()
    assert one.peer.goodbye() == 1000


def test_it_emits_nothing_after_it_was_stopped(rig: Make) -> None:
    """Neither the rest of a burst, nor what waits, nor what comes."""
    one, gate = held(rig, receipts=True)
    one.peer.send(text("waits"))
    wait_until(lambda: one.received == [b"first", b"waits"])
    one.read_loop.stop()
    one.peer.send(text("comes"))
    assert one.peer.goodbye() == 1000
    assert one.peer.frame() is None  # whatever user code does
    gate.open()
    one.end()

    assert one.emitted == ["first"]
    assert one.errors == []


def test_it_emits_nothing_of_a_burst_after_its_own_callback_stopped_it(rig: Make) -> None:
    one: Rig
    ready = threading.Event()

    def react(_: Any) -> None:
        ready.wait(20.0)
        one.read_loop.stop()

    one = rig(react=react)
    one.peer.send(text("a"), text("b"), text("c"))
    ready.set()
    one.end()

    assert one.emitted == ["a"]


def test_it_raises_what_it_is_failed_with_once_what_came_is_emitted(rig: Make) -> None:
    one, gate = held(rig, receipts=True)
    one.peer.send(text("waits"))
    wait_until(lambda: len(one.received) == 2)
    one.read_loop.fail(LookupError("the first"))
    one.read_loop.fail(LookupError("the second"))
    one.read_loop.inject("an item")
    gate.open()

    assert str(one.error()) == "the first"
    assert one.emitted == ["first", "waits", "an item"]
    assert one.read_loop.emit_error is None


def test_it_is_failed_while_it_waits_for_messages(rig: Make) -> None:
    one = rig()
    wait_until(lambda: one.watched)
    one.read_loop.fail(LookupError("it"))

    assert isinstance(one.error(), LookupError)
    assert one.peer.goodbye() == 1000


def test_it_emits_what_is_injected(rig: Make) -> None:
    one = rig()
    one.peer.send(text("a"))
    wait_until(lambda: one.emitted == ["a"])
    one.read_loop.inject({"type": "b"})
    wait_until(lambda: len(one.emitted) == 2)

    assert one.emitted == ["a", {"type": "b"}]
    assert one.plain == [True, False]
    assert one.read_loop.waiting() == 0


def test_it_hands_on_what_another_callback_shall_have(rig: Make) -> None:
    others: list[Any] = []
    one: Rig
    made = threading.Event()

    def emit_elsewhere(items: Sequence[Any], _: bool) -> None:
        others.extend(items)

    def react(_: Any) -> None:
        made.wait(20.0)
        one.read_loop.on_items = emit_elsewhere

    one = rig(react=react)
    one.peer.send(text("a"), text("b"))
    made.set()
    wait_until(lambda: others == ["b"])

    assert one.emitted == ["a"]


# --- what ends it ----------------------------------------------------------------------------------


@pytest.mark.parametrize("error", [LookupError("a bug"), SystemExit(3), KeyboardInterrupt()])
def test_it_raises_what_its_callback_raises(rig: Make, error: BaseException) -> None:
    def fail(_: Any) -> None:
        raise error

    one = rig(react=fail)
    one.peer.send(text("a"), text("b"))

    assert one.error() is error
    assert one.read_loop.emit_error is error
    assert one.emitted == ["a"]
    assert one.peer.goodbye() == 1000


def test_it_raises_what_its_reading_raises(rig: Make) -> None:
    def read(messages: Sequence[bytes]) -> Iterator[Burst]:
        yield from one_by_one(messages[:1])
        raise FrameError(1007, "no UTF-8")

    one = rig(read=read)
    one.peer.send(text("a"), text("b"))

    assert isinstance(one.error(), FrameError)
    assert one.read_loop.emit_error is None
    assert one.emitted == ["a"]
    assert one.peer.goodbye() == 1007


@pytest.mark.parametrize("away", [False, True])
def test_it_tells_the_peer_of_its_breach(rig: Make, away: bool) -> None:
    one, gate = held(rig)
    if not away:
        gate.open()
    one.peer.send(text("last"), b"\x83\x00")  # an opcode that there is none of
    assert one.peer.goodbye() == 1002
    gate.open()

    assert isinstance(one.error(), FrameError)
    assert one.emitted == ["first", "last"]


@pytest.mark.parametrize("away", [False, True])
@pytest.mark.parametrize(("last", "code"), [(close(4000), 4000), (b"", 1006)])
def test_it_ends_with_its_connection(rig: Make, last: bytes, code: int, away: bool) -> None:
    one, gate = held(rig)
    if not away:
        gate.open()
    one.peer.send(text("last"), last)
    one.peer.hang_up()
    said = one.peer.goodbye()
    gate.open()
    error = one.error()

    assert isinstance(error, ConnectionClosed)
    assert error.code == code
    assert said == (4000 if last else 1000)
    assert one.emitted == ["first", "last"]


def test_it_has_closed_the_wire_when_the_error_is_heard_of(rig: Make) -> None:
    """Without waiting for a peer that is gone."""
    one = rig()
    wait_until(lambda: one.watched)
    closing = Closing(one.wire)
    one.read_loop.fail(FrameError(1002, "nonsense"))

    assert isinstance(one.error(), FrameError)
    assert closing.calls == [1002]
    assert one.open_at_end == [False]


def test_it_leaves_the_peer_time_for_its_close_when_it_is_stopped(rig: Make) -> None:
    one = rig()
    wait_until(lambda: one.watched)
    closing, stopped = Closing(one.wire), time.monotonic()
    one.read_loop.stop()
    one.end()

    assert closing.calls == [1000]
    assert closing.began >= stopped + 0.05


def test_it_leaves_a_peer_that_has_failed_no_time(
    rig: Make, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(read_loop, "_CLOSE_WAIT", LONG)
    one = rig()
    wait_until(lambda: one.watched)
    one.read_loop.fail(FrameError(1002, "nonsense"))
    assert isinstance(one.error(), FrameError)


def test_it_may_be_stopped_before_it_has_begun() -> None:
    one = Rig()
    one.read_loop.stop()
    assert one.peer.goodbye() == 1000
    one.wire.close()
    one.peer.leave()


def test_what_is_read_comes_behind_what_was_injected_before() -> None:
    one = Rig()
    one.read_loop.inject("injected")
    assert one.read_loop.takes_turn([b"read"])
    one.read_loop.emit()
    assert one.emitted == ["injected", "read"]
    one.wire.close()
    one.peer.leave()


def test_it_reads_nothing_more_once_it_is_failed(rig: Make) -> None:
    one, gate = held(rig, receipts=True)
    one.read_loop.fail(ValueError("the end"))
    one.peer.send(text("too late"))
    other = rig()
    other.peer.send(text("Hello"))
    wait_until(lambda: other.emitted)  # the hub has looked at what came before
    other.read_loop.stop()
    gate.open()
    assert isinstance(one.error(), ValueError)
    assert one.emitted == ["first"]


def test_it_is_emitting_while_user_code_is_busy(rig: Make) -> None:
    one, gate = held(rig)
    assert one.read_loop.is_emitting()
    gate.open()
    wait_until(lambda: not one.read_loop.is_emitting())


def test_it_closes_the_wire_when_there_is_no_thread_to_be_had(
    rig: Make, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(_: threading.Thread) -> None:
        raise RuntimeError("can't start new thread")

    one = Rig()
    monkeypatch.setattr(threading.Thread, "start", refuse)
    with pytest.raises(RuntimeError, match="start new thread"):
        one.read_loop.begin()

    assert one.peer.goodbye() == 1000
    assert one.peer.frame() is None
    one.peer.leave()


# --- the clock -------------------------------------------------------------------------------------


def test_it_looks_again_when_the_watch_wants_it_to(rig: Make) -> None:
    one = rig(watch=soon)
    wait_until(lambda: len(one.watched) > 3)
    pauses = [after - before for before, after in zip(one.watched, one.watched[1:], strict=False)]

    assert min(pauses) >= 0.009


@pytest.mark.parametrize("away", [False, True])
def test_it_looks_as_often_as_the_watch_wants_it_to(rig: Make, away: bool) -> None:
    """Also once a message has come, which the stand-by has noticed."""
    one, gate = held(rig, watch=soon)
    if not away:
        gate.open()
    before = len(one.watched) + 30
    wait_until(partial(has_grown, one.watched, before))
    gate.open()


def test_it_looks_again_while_the_reader_is_in_user_code(rig: Make) -> None:
    one, gate = held(rig, watch=soon)
    before = len(one.watched)
    wait_until(lambda: len(one.watched) > before + 3)
    gate.open()


def test_it_sleeps_while_nothing_is_to_be_done(rig: Make) -> None:
    one = rig()
    wait_until(lambda: one.watched)
    one.read_loop.watch_now()
    wait_until(lambda: len(one.watched) >= 2)
    one.peer.send(text("a"))
    wait_until(lambda: one.emitted)

    assert len(one.watched) < 10


def test_it_sleeps_before_a_message_and_again_once_it_was_emitted(
    rig: Make, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(hub, "_STAND_BY_FOR", 0.001)
    one = rig()
    time.sleep(0.1)  # as long as a hundred looks
    one.peer.send(text("a"))
    wait_until(lambda: one.emitted)
    time.sleep(0.1)

    assert len(one.watched) < 10


def waits(
    one: Rig, monkeypatch: pytest.MonkeyPatch
) -> tuple[list[float | None], list[float | None]]:
    """How long the leader waits for sockets, and the stand-by for the leader, from here on."""
    of_leader: list[float | None] = []
    of_stand_by: list[float | None] = []
    looked_after_by = one.read_loop.hub
    assert looked_after_by is not None
    selector, ring = looked_after_by._selector, looked_after_by._ring  # pyright: ignore[reportPrivateUsage] nobody else asks
    select, wait = selector.select, ring.wait

    def select_noted(timeout: float | None = None) -> Any:
        of_leader.append(timeout)
        return select(timeout)

    def wait_noted(timeout: float | None = None) -> bool:
        of_stand_by.append(timeout)
        return wait(timeout)

    monkeypatch.setattr(selector, "select", select_noted)
    monkeypatch.setattr(ring, "wait", wait_noted)
    return of_leader, of_stand_by


def test_both_threads_sleep_while_nothing_comes(rig: Make, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(hub, "_STAND_BY_FOR", 0.001)
    one = rig()
    one.peer.send(text("a"))
    wait_until(lambda: one.emitted)
    leader, stand_by = waits(one, monkeypatch)
    for words in ("b", "c"):
        before = len(one.emitted)
        one.peer.send(text(words))
        wait_until(partial(has_grown, one.emitted, before))
    time.sleep(0.1)
    assert len(leader) < 20
    assert len(stand_by) < 20


def test_the_leader_sleeps_while_there_is_no_room_for_more(
    rig: Make, monkeypatch: pytest.MonkeyPatch
) -> None:
    one, gate = held(rig, max_waiting_bytes=100)
    one.peer.send(text("x" * 120))
    wait_until(lambda: one.read_loop.waiting() == 120)
    one.peer.send(text("behind"))
    leader, _ = waits(one, monkeypatch)
    time.sleep(0.1)
    assert len(leader) < 20
    gate.open()


@pytest.mark.parametrize("away", [False, True])
def test_it_looks_at_once_when_it_is_told_to(rig: Make, away: bool) -> None:
    one, gate = held(rig)
    if not away:
        gate.open()
    wait_until(lambda: one.watched)
    for _ in range(3):
        before = len(one.watched)
        one.read_loop.watch_now()
        wait_until(partial(has_grown, one.watched, before))
    gate.open()


@pytest.mark.parametrize("away", [False, True])
def test_it_ends_when_the_watch_gives_up(rig: Make, away: bool) -> None:
    given_up = threading.Event()

    def watch(now: float) -> float:
        if given_up.is_set():
            raise Silent(30.0)
        return now + 0.01

    one, gate = held(rig, watch=watch, receipts=True)
    if away:
        one.peer.send(text("waits"))
        wait_until(lambda: len(one.received) == 2)
    else:
        gate.open()
    given_up.set()
    assert one.peer.goodbye() == 1000
    gate.open()

    assert isinstance(one.error(), Silent)
    assert one.emitted == ["first", *(["waits"] if away else [])]


def test_it_waits_for_the_peers_goodbye_but_not_for_long(rig: Make) -> None:
    """A socket that is closed with bytes unread would take our CLOSE back."""
    one = rig()
    wait_until(lambda: one.watched)
    one.read_loop.stop()
    assert one.peer.goodbye() == 1000
    with suppress(OSError):
        one.peer.send(text("thrown away"))
    one.end()  # though the peer says nothing more

    assert one.emitted == []
    assert one.peer.frame() is None
