"""One connection for many subscribers, in virtual time where time is the question."""

from __future__ import annotations

import math
import threading
from collections.abc import Callable
from typing import Any

import pytest
import reactivex
from reactivex import Observable, Subject, abc, operators as ops
from reactivex.disposable import Disposable

from rxslack.errors import ConfigurationError
from rxslack.operators.picking import containing, in_channel
from rxslack.operators.shared import Sharing, shared
from rxslack.recovery.reconnect import reconnect
from rxslack.testing import Marbles
from rxslack.wire.bursts import BurstObserver, Bursts, subscribe_in_bursts
from rxslack.wire.wishes import EVERYTHING, Wish
from tests.reports import reports

BROKEN = ValueError("the source broke")


class Bug(Exception):
    """What user code raises."""


class Signal(BaseException):
    """As KeyboardInterrupt is, by which pytest itself would end."""


def raising(error: BaseException) -> Callable[..., None]:
    def fail(*_: object) -> None:
        raise error

    return fail


class Source:
    """A stream that is emitted by hand, and counts its subscriptions."""

    def __init__(self) -> None:
        self.subject: Subject[Any] = Subject()
        self.begun = 0
        self.ended = 0
        self.schedulers: list[object] = []
        self.stream: Observable[Any] = Observable(self._subscribe)

    def _subscribe(
        self, observer: abc.ObserverBase[Any], scheduler: abc.SchedulerBase | None = None
    ) -> abc.DisposableBase:
        self.begun += 1
        self.schedulers.append(scheduler)
        subscription = self.subject.subscribe(observer)

        def leave() -> None:
            self.ended += 1
            subscription.dispose()

        return Disposable(leave)


@pytest.fixture
def source() -> Source:
    return Source()


def test_it_subscribes_once_for_all(marbles: Marbles) -> None:
    source = marbles.cold("-a-b-c-d-|")
    stream = shared(source)
    seen = [
        marbles.watch(stream, "^         "),
        marbles.watch(stream, "  ^       "),
        marbles.watch(stream, "    ^-!   "),
    ]
    marbles.flush()
    assert seen == [
        marbles.seen("-a-b-c-d-|"),
        marbles.seen("---b-c-d-|"),
        marbles.seen("-----c"),
    ]
    assert source.subscriptions == marbles.opened("^--------!")


def test_it_leaves_the_stream_with_the_last_subscriber(marbles: Marbles) -> None:
    source = marbles.cold("-a-b-c-d-|")
    stream = shared(source)
    seen = [marbles.watch(stream, "^-!   "), marbles.watch(stream, " ^--!")]
    marbles.flush()
    assert seen == [marbles.seen("-a"), marbles.seen("-a-b")]
    assert source.subscriptions == marbles.opened("^---!")


def test_it_begins_afresh_when_all_have_left(marbles: Marbles) -> None:
    source = marbles.cold("-a-b-c-d-|")
    stream = shared(source)
    seen = [marbles.watch(stream, "^-!   "), marbles.watch(stream, "   ^-!")]
    marbles.flush()
    assert seen == [marbles.seen("-a"), marbles.seen("----a")]
    assert source.subscriptions == marbles.opened("^-!", "   ^-!")


@pytest.mark.parametrize("end", ["|", "#"])
def test_it_begins_afresh_after_the_end(marbles: Marbles, end: str) -> None:
    source = marbles.cold(f"-a{end}", BROKEN)
    stream = shared(source)
    seen = [marbles.watch(stream, "^     "), marbles.watch(stream, "   ^  ")]
    marbles.flush()
    assert seen == [
        marbles.seen(f"-a{end}", BROKEN),
        marbles.seen(f"----a{end}", BROKEN),
    ]
    assert source.subscriptions == marbles.opened("^-!", "   ^-!")


def test_it_is_kept_for_a_while_after_the_last_has_left(marbles: Marbles) -> None:
    source = marbles.cold("-a-b-c-d-e-f-g-h")
    stream = shared(source, linger=3.0, scheduler=marbles.scheduler)
    seen = [
        marbles.watch(stream, "^-!          "),
        marbles.watch(stream, "    ^-!      "),
        marbles.watch(stream, "          ^-!"),
    ]
    marbles.flush()
    assert seen == [marbles.seen("-a"), marbles.seen("-----c"), marbles.seen("-----------a")]
    # Three seconds after the second has left; the third is subscribed afresh.
    assert source.subscriptions == marbles.opened("^--------!", "          ^----!")


def test_it_goes_on_for_those_who_stay(marbles: Marbles) -> None:
    source = marbles.cold("-a-b-c-d-|")
    stream = shared(source, linger=2.0, scheduler=marbles.scheduler)
    marbles.watch(stream, "^-!")
    seen = marbles.watch(stream, "^")
    marbles.flush()
    assert seen == marbles.seen("-a-b-c-d-|")
    assert source.subscriptions == marbles.opened("^--------!")


def test_it_begins_afresh_in_a_child_of_fork(source: Source) -> None:
    """The connection is the parent's; what a fork does is tried in `tests/test_forked.py`."""
    sharing = Sharing[Any](source.stream, 0.0, None)
    stream, seen = Bursts[Any](sharing.subscribe), list[Any]()
    stream.subscribe()
    sharing.disown()
    stream.subscribe(seen.append)
    source.subject.on_next(1)
    assert (source.begun, seen) == (2, [1])


def test_it_takes_the_linger_from_the_first_subscriber_s_clock(marbles: Marbles) -> None:
    source = marbles.cold("-a-b-c-d-e-f-g-h")
    stream = shared(source, linger=3.0)
    first = stream.subscribe(scheduler=marbles.scheduler)
    first.dispose()
    marbles.flush()
    assert source.subscriptions == marbles.opened("^--!")


def test_it_prefers_its_own_clock(marbles: Marbles) -> None:
    """The subscriber's stands still."""
    source = marbles.cold("-a-b-c-d-e-f-g-h")
    stream = shared(source, linger=3.0, scheduler=marbles.scheduler)
    stream.subscribe(scheduler=Marbles().scheduler).dispose()
    marbles.flush()
    assert source.subscriptions == marbles.opened("^--!")


def test_it_lingers_by_a_timer_thread_when_nobody_has_a_clock(source: Source) -> None:
    shared(source.stream, linger=1.0).subscribe().dispose()
    assert source.ended == 0
    for thread in threading.enumerate():
        if isinstance(thread, threading.Timer):
            thread.join(30.0)
    assert (source.begun, source.ended) == (1, 1)


def test_it_subscribes_with_the_first_subscriber_s_clock(marbles: Marbles, source: Source) -> None:
    stream = shared(source.stream)
    stream.subscribe(scheduler=marbles.scheduler)
    stream.subscribe(scheduler=Marbles().scheduler)
    assert source.schedulers == [marbles.scheduler]


def test_it_ends_at_once_without_a_linger(source: Source) -> None:
    subscription = shared(source.stream).subscribe()
    assert (source.begun, source.ended) == (1, 0)
    subscription.dispose()
    assert (source.begun, source.ended) == (1, 1)


def test_it_lets_a_subscriber_leave_twice(source: Source) -> None:
    """Whoever has left is not counted again, also when it was the last one."""
    stream = shared(source.stream)
    first, second = stream.subscribe(), stream.subscribe()
    first.dispose()
    first.dispose()
    assert source.ended == 0
    second.dispose()
    assert source.ended == 1
    third = stream.subscribe()
    second.dispose()
    assert (source.begun, source.ended) == (2, 1)
    third.dispose()
    assert source.ended == 2


@pytest.mark.parametrize("end", ["error", "completion"])
def test_it_forgets_the_timer_at_the_end(marbles: Marbles, source: Source, end: str) -> None:
    stream = shared(source.stream, linger=3.0, scheduler=marbles.scheduler)
    stream.subscribe().dispose()
    if end == "error":
        source.subject.on_error(BROKEN)
    else:
        source.subject.on_completed()
    assert source.ended == 1
    source.subject = Subject()
    seen: list[Any] = []
    stream.subscribe(seen.append)
    marbles.flush()  # the old timer has nothing to say about the new subscription
    source.subject.on_next("later")
    assert (seen, source.begun, source.ended) == (["later"], 2, 1)


def test_it_cancels_the_timer_when_somebody_comes_back(marbles: Marbles, source: Source) -> None:
    stream = shared(source.stream, linger=3.0, scheduler=marbles.scheduler)
    stream.subscribe().dispose()
    stream.subscribe()
    marbles.flush()
    assert (source.begun, source.ended) == (1, 0)


def test_it_takes_a_stream_that_ends_inside_subscribe() -> None:
    stream = shared(reactivex.of(1, 2))
    for _ in range(2):
        seen: list[Any] = []
        stream.pipe(ops.materialize(), ops.map(str)).subscribe(seen.append)
        assert seen == ["OnNext(1.0)", "OnNext(2.0)", "OnCompleted()"]


def test_it_can_be_left_inside_on_next(source: Source) -> None:
    seen: list[Any] = []
    shared(source.stream).pipe(ops.take(2)).subscribe(seen.append)
    for number in range(4):
        source.subject.on_next(number)
    assert (seen, source.ended) == ([0, 1], 1)


def test_it_can_be_left_while_a_stream_emits_inside_subscribe() -> None:
    seen: list[Any] = []
    shared(reactivex.range(5)).pipe(ops.take(2)).subscribe(seen.append)
    assert seen == [0, 1]


def test_it_takes_a_subscriber_inside_on_next(source: Source) -> None:
    stream, seen = shared(source.stream), list[Any]()

    def join(item: Any) -> None:
        if item == 0:
            stream.subscribe(seen.append)

    stream.subscribe(join)
    for number in range(3):
        source.subject.on_next(number)
    assert (seen, source.begun) == ([1, 2], 1)


# What subscribers raise


def test_it_gives_what_a_subscriber_raises_to_that_one_alone(
    source: Source, caplog: pytest.LogCaptureFixture
) -> None:
    stream, error = shared(source.stream), Bug()
    seen, errors, others = list[Any](), list[Any](), list[Any]()
    stream.subscribe(raising(error), errors.append)
    stream.subscribe(seen.append, others.append)
    source.subject.on_next(1)
    source.subject.on_next(2)
    assert (seen, errors, others) == ([1, 2], [error], [])
    assert (source.begun, source.ended) == (1, 0)
    assert reports(caplog) == []


def test_it_ends_the_stream_when_the_only_subscriber_raises(source: Source) -> None:
    errors: list[Exception] = []
    shared(source.stream).subscribe(raising(Bug()), errors.append)
    source.subject.on_next(1)
    assert (source.begun, source.ended) == (1, 1)


@pytest.mark.parametrize("behind", ["an operator", "nothing"])
@pytest.mark.parametrize("error", [Bug(), TimeoutError()])
def test_it_logs_once_what_nobody_takes(
    source: Source, caplog: pytest.LogCaptureFixture, behind: str, error: Exception
) -> None:
    stream, seen = shared(source.stream), list[Any]()
    if behind == "nothing":
        stream.subscribe(raising(error))
    else:
        stream.pipe(ops.map(raising(error))).subscribe()
    stream.subscribe(seen.append)
    source.subject.on_next(1)
    source.subject.on_next(2)
    assert reports(caplog) == [("rxslack.shared", error)]
    assert seen == [1, 2]


def test_it_logs_what_is_raised_behind_a_disposal(
    source: Source, caplog: pytest.LogCaptureFixture
) -> None:
    errors, error = list[Any](), Bug()

    def leave(_: object) -> None:
        subscription.dispose()
        raise error

    subscription = shared(source.stream).subscribe(leave, errors.append)
    source.subject.on_next(1)
    assert (errors, reports(caplog)) == ([], [("rxslack.shared", error)])
    assert source.ended == 1


def test_it_tells_on_error_of_what_would_end_a_thread(
    source: Source, caplog: pytest.LogCaptureFixture
) -> None:
    stream, seen, errors = shared(source.stream), list[Any](), list[Any]()
    error = SystemExit(3)
    stream.subscribe(raising(error), errors.append)
    stream.subscribe(raising(error))
    stream.subscribe(seen.append)
    thread = threading.Thread(target=source.subject.on_next, args=(1,))
    thread.start()
    thread.join(5.0)
    assert (seen, errors) == ([1], [error])
    assert reports(caplog) == [("rxslack.shared", error)]


@pytest.mark.parametrize("end", ["an item", "an error", "the completion"])
def test_it_lets_a_signal_travel_on_the_main_thread(
    source: Source, caplog: pytest.LogCaptureFixture, end: str
) -> None:
    stop = raising(Signal())
    shared(source.stream).subscribe(stop, stop, stop)
    with pytest.raises(Signal):
        {
            "an item": lambda: source.subject.on_next(1),
            "an error": lambda: source.subject.on_error(BROKEN),
            "the completion": source.subject.on_completed,
        }[end]()
    assert reports(caplog) == []


def test_it_logs_once_an_end_that_several_do_not_take(
    source: Source, caplog: pytest.LogCaptureFixture
) -> None:
    stream, errors = shared(source.stream), list[Any]()
    stream.subscribe()
    stream.subscribe()
    stream.subscribe(on_error=errors.append)
    source.subject.on_error(BROKEN)
    assert (errors, reports(caplog)) == ([BROKEN], [("rxslack.shared", BROKEN)])


@pytest.mark.parametrize("end", ["error", "completion"])
def test_it_logs_what_each_raises_at_the_end(
    source: Source, caplog: pytest.LogCaptureFixture, end: str
) -> None:
    stream, heard = shared(source.stream), list[Any]()
    bugs = [Bug("first"), Bug("second")]
    for bug in bugs:
        stream.subscribe(on_error=raising(bug), on_completed=raising(bug))
    stream.subscribe(on_error=heard.append, on_completed=lambda: heard.append("end"))
    if end == "error":
        source.subject.on_error(BROKEN)
    else:
        source.subject.on_completed()
    assert heard == [BROKEN if end == "error" else "end"]
    assert reports(caplog) == [("rxslack.shared", bug) for bug in bugs]


def test_it_logs_what_the_end_of_a_linger_raises(
    source: Source, caplog: pytest.LogCaptureFixture
) -> None:
    """As by a `finally_action` in front of it, on the timer's thread."""
    error = Bug()
    stream = source.stream.pipe(ops.finally_action(raising(error)))
    shared(stream, linger=0.01).subscribe().dispose()
    for thread in threading.enumerate():
        if isinstance(thread, threading.Timer):
            thread.join(5.0)
    assert reports(caplog) == [("rxslack.shared", error)]


@pytest.mark.parametrize("linger", [-1.0, math.inf, math.nan])
def test_it_refuses_what_is_no_time(linger: float) -> None:
    with pytest.raises(ConfigurationError, match=r"linger must be seconds, 0 or more, not "):
        shared(reactivex.never(), linger)


# Many threads


def test_it_takes_subscribers_from_many_threads(source: Source) -> None:
    stream = shared(source.stream)
    held = stream.subscribe()
    start = threading.Barrier(8)

    def come_and_go() -> None:
        start.wait(5.0)
        for _ in range(50):
            stream.subscribe().dispose()

    threads = [threading.Thread(target=come_and_go) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(10.0)
    assert (source.begun, source.ended) == (1, 0)
    held.dispose()
    assert source.ended == 1


def test_it_says_what_to_write_where_it_gets_no_stream() -> None:
    nothing: Any = None
    said = r"^shared works on a stream, not on NoneType: write shared\(stream\)$"
    with pytest.raises(TypeError, match=said):
        shared(nothing)


class Plain:
    """A subscriber that takes bursts, and notes which of them are plain."""

    def __init__(self) -> None:
        self.taken: list[tuple[Any, bool]] = []

    def on_items(self, items: Any, plain: bool) -> None:
        self.taken.append((items, plain))

    def on_error(self, error: Exception) -> None:
        raise error

    def on_completed(self) -> None:
        """Not told."""

    def wish(self) -> Wish:
        return EVERYTHING


def test_it_passes_on_whether_items_are_plain() -> None:
    observers: list[BurstObserver] = []

    def subscribe(observer: BurstObserver, _: object) -> abc.DisposableBase:
        observers.append(observer)
        return Disposable()

    taker = Plain()
    subscribe_in_bursts(shared(Bursts[Any](subscribe)), taker, None)
    observers[0].on_items(("a", "b"), True)
    observers[0].on_items(("c",), False)
    assert taker.taken == [(("a",), True), (("b",), True), (("c",), False)]


def test_it_wants_what_one_of_its_subscribers_wants() -> None:
    observers: list[BurstObserver] = []

    def subscribe(observer: BurstObserver, _: object) -> abc.DisposableBase:
        observers.append(observer)
        return Disposable()

    stream = shared(Bursts[Any](subscribe))
    deploys = containing("deploy", ignore_case=False)
    subscriptions = [stream.pipe(one).subscribe() for one in (deploys, in_channel("C1"))]
    (observer,) = observers
    frames = b"message deploy", b'"C1"', b"message"
    assert [observer.wish().may_be_in(frame) for frame in frames] == [False, True, False]
    assert observer.wish().may_be_in(b'"message" deploy')
    subscriptions.pop().dispose()
    assert not observer.wish().may_be_in(b'"C1"')
    stream.subscribe()
    assert observer.wish() is EVERYTHING


def test_all_branches_of_a_pipeline_listen_before_it_connects() -> None:
    """`reconnect` opens when all of the subscription stands, so no branch misses what comes first."""
    order: list[str] = []

    def connect(observer: abc.ObserverBase[Any], _: Any = None) -> abc.DisposableBase:
        order.append("connected")
        observer.on_next({"type": "message"})
        return Disposable()

    stream = shared(Observable(connect).pipe(reconnect()))
    inner = shared(stream.pipe(ops.do_action(lambda _: order.append("heard"))))

    def branch(name: str, of: Observable[Any]) -> Observable[Any]:
        def subscribe(observer: abc.ObserverBase[Any], scheduler: Any = None) -> Any:
            order.append(name)
            return of.subscribe(lambda _: order.append(f"{name} heard"), scheduler=scheduler)

        return Observable(subscribe)

    branches = [branch("a", inner), branch("b", inner), branch("c", stream)]
    with reactivex.merge(*branches).subscribe():
        pass
    assert order == ["a", "b", "c", "connected", "heard", "a heard", "b heard", "c heard"]
