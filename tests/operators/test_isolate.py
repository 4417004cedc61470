"""What becomes of an exception in the operators: an item; and of all others: what they were."""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import Any

import pytest
import reactivex
from reactivex import Observable, Subject, abc, operators as ops
from reactivex.disposable import Disposable

from rxslack.events.items import is_failure
from rxslack.operators.isolate import isolate
from rxslack.testing import Marbles

Step = Callable[[Observable[Any]], Observable[Any]]

BROKEN = ValueError("the source broke")


class Bug(Exception):
    """What user code raises."""


def stumble(item: Any) -> Any:
    if isinstance(item, BaseException):
        raise item
    return item


def inverse(item: Any) -> Any:
    return 1 // int(item)


def quarter(item: Any) -> Any:
    return str(4 // int(item))


def add(total: Any, item: Any) -> Any:
    return total + int(item)


STUMBLING = ops.map(stumble)


class Heard(abc.ObserverBase[Any]):
    """A subscriber that writes down what it hears; failures as pairs of item and error."""

    def __init__(self, react: Callable[[Any], object] = id) -> None:
        self.all: list[Any] = []
        self._react = react

    def on_next(self, value: Any) -> None:
        self.all.append((value["item"], value["error"]) if is_failure(value) else value)
        self._react(value)

    def on_error(self, error: Exception) -> None:
        self.all.append(error)

    def on_completed(self) -> None:
        self.all.append("end")


def raw(on_next: Callable[[abc.ObserverBase[Any], Any], None]) -> Step:
    """An operator that lets what it raises travel, as one written by hand may."""

    def operator(source: Observable[Any]) -> Observable[Any]:
        def subscribe(observer: abc.ObserverBase[Any], _: Any = None) -> abc.DisposableBase:
            return source.subscribe(
                lambda item: on_next(observer, item), observer.on_error, observer.on_completed
            )

        return Observable(subscribe)

    return operator


def at_once(notify: Callable[[abc.ObserverBase[Any]], None]) -> Observable[Any]:
    """A stream that ends while it is subscribed to, whatever the scheduler."""

    def subscribe(observer: abc.ObserverBase[Any], _: Any = None) -> abc.DisposableBase:
        notify(observer)
        return Disposable()

    return Observable(subscribe)


def fail_at_once(observer: abc.ObserverBase[Any]) -> None:
    observer.on_error(BROKEN)


FAILING = at_once(fail_at_once)
EMPTY = at_once(lambda observer: observer.on_completed())


def test_it_makes_an_item_of_an_exception_and_goes_on(marbles: Marbles) -> None:
    source = marbles.cold("-4-0-2-|")
    seen = marbles.run(source.pipe(isolate(ops.map(quarter))))
    assert seen.marbles == "-1-A-2-|"
    failed = seen.moments[1].value
    assert (failed["type"], failed["item"]) == ("rxslack.failure", "0")
    assert isinstance(failed["error"], ZeroDivisionError)
    assert "uncertain" not in failed
    assert source.subscriptions == marbles.opened("^------!")


def test_it_runs_several_operators_in_order(marbles: Marbles) -> None:
    def mark(number: str) -> Callable[[Any], Any]:
        return lambda item: item + number

    steps = isolate(ops.map(mark("1")), ops.map(mark("2")))
    seen = marbles.run(marbles.cold("-a-|").pipe(steps))
    assert [moment.value for moment in seen.moments[:-1]] == ["a12"]


@pytest.mark.parametrize("step", [STUMBLING, raw(lambda o, item: o.on_next(stumble(item)))])
def test_it_names_the_item_at_fault(step: Step) -> None:
    heard, bug, other = Heard(), Bug(), Bug()
    reactivex.of(1, bug, other, 2).pipe(isolate(step)).subscribe(heard)
    assert heard.all == [1, (bug, bug), (other, other), 2, "end"]


def test_it_names_the_outer_item_after_one_that_came_in_between() -> None:
    """The subscriber feeds the stream; then the operator stumbles over the first item."""
    source: Subject[Any] = Subject()
    bug = Bug()

    def late(observer: abc.ObserverBase[Any], item: Any) -> None:
        observer.on_next(item)
        if item == "outer":
            raise bug

    def feed(item: Any) -> None:
        if item == "outer":
            source.on_next("inner")

    heard = Heard(feed)
    source.pipe(isolate(raw(late))).subscribe(heard)
    source.on_next("outer")
    assert heard.all == ["outer", "inner", ("outer", bug)]


def test_it_names_no_item_when_the_error_comes_later(marbles: Marbles) -> None:
    def late(item: Any) -> Observable[Any]:
        return marbles.cold("-#", BROKEN) if item == "b" else reactivex.just(item)

    seen = marbles.run(marbles.cold("-a-b---c-|").pipe(isolate(ops.flat_map(late))))
    assert seen.marbles == "-a--A--c-|"
    assert seen.moments[1].value == {"type": "rxslack.failure", "item": None, "error": BROKEN}


def test_it_names_no_item_when_the_error_comes_from_another_thread() -> None:
    """An item is at work then, but on another thread."""
    source, errors = Subject[Any](), Subject[Any]()
    bug = Bug()

    def work(item: Any) -> Any:
        thread = threading.Thread(target=errors.on_error, args=(bug,))
        thread.start()
        thread.join(5.0)
        return item

    heard = Heard()
    source.pipe(isolate(ops.map(work), ops.merge(errors))).subscribe(heard)
    source.on_next(1)
    assert heard.all[0] == (None, bug)


def test_it_names_no_item_once_that_is_done() -> None:
    source, errors = Subject[Any](), Subject[Any]()
    heard, bug = Heard(), Bug()
    source.pipe(isolate(ops.merge(errors))).subscribe(heard)
    source.on_next(1)
    errors.on_error(bug)
    assert heard.all[:2] == [1, (None, bug)]


def test_it_keeps_the_memory_of_operators_until_they_fail(marbles: Marbles) -> None:
    seen = marbles.run(marbles.cold("-1-2-x-1-2-|").pipe(isolate(ops.scan(add, 0))))
    values = [moment.value for moment in seen.moments[:-1]]
    assert [*values[:2], *values[3:]] == [1, 3, 1, 3]
    assert (values[2]["item"], type(values[2]["error"])) == ("x", ValueError)


def test_it_drops_what_the_operators_were_busy_with(marbles: Marbles) -> None:
    """The `a` is still on its way when the operators fail."""

    def slow(item: Any) -> Observable[Any]:
        return reactivex.throw(BROKEN) if item == "x" else marbles.cold("--y|")

    seen = marbles.run(marbles.cold("-ax-b----|").pipe(isolate(ops.flat_map(slow))))
    assert seen.marbles == "--A---y--|"


# The ends of the source


def test_it_hands_on_the_end_of_the_source(marbles: Marbles) -> None:
    source = marbles.cold("-a-#", BROKEN)
    assert marbles.run(source.pipe(isolate(STUMBLING))) == marbles.seen("-a-#", BROKEN)


def test_it_lets_the_error_of_the_source_go_through_the_operators(marbles: Marbles) -> None:
    source = marbles.cold("-a-#", BROKEN)
    seen = marbles.run(source.pipe(isolate(ops.catch(marbles.cold("b-|")))))
    assert seen == marbles.seen("-a-b-|")


def test_it_makes_no_item_of_what_operators_make_of_the_source_s_error() -> None:
    def worse(error: Exception, _: object) -> Observable[Any]:
        return reactivex.throw(Bug(str(error)))

    heard = Heard()
    reactivex.throw(BROKEN).pipe(isolate(ops.catch(worse))).subscribe(heard)
    assert [str(one) for one in heard.all] == ["the source broke"]
    assert isinstance(heard.all[0], Bug)


def test_it_makes_an_item_of_an_error_at_the_completion_and_completes() -> None:
    heard = Heard()
    reactivex.empty().pipe(isolate(ops.last())).subscribe(heard)
    (item, error), end = heard.all
    assert (item, end) == (None, "end")
    assert "no elements" in str(error)


def test_it_completes_when_the_operators_do(marbles: Marbles) -> None:
    source = marbles.cold("-a-b-c-|")
    assert marbles.run(source.pipe(isolate(ops.take(2)))) == marbles.seen("-a-(b|)")
    assert source.subscriptions == marbles.opened("^--!")


def test_it_subscribes_to_no_source_when_the_operators_end_at_once(marbles: Marbles) -> None:
    source = marbles.cold("-a-|")
    seen = marbles.run(source.pipe(isolate(lambda _: EMPTY)))
    assert seen == marbles.seen("|")
    assert source.subscriptions == marbles.opened()


# The subscribing


@pytest.mark.parametrize("how", ["raises", "errs"])
def test_it_fails_when_the_operators_cannot_be_subscribed_to(marbles: Marbles, how: str) -> None:
    def broken(_: Observable[Any]) -> Observable[Any]:
        if how == "errs":
            return FAILING
        raise BROKEN

    source = marbles.cold("-a-|")
    assert marbles.run(source.pipe(isolate(broken))) == marbles.seen("#", BROKEN)
    assert source.subscriptions == marbles.opened()


@pytest.mark.parametrize("how", ["raises", "errs"])
def test_it_fails_when_the_operators_cannot_be_subscribed_to_again(
    marbles: Marbles, how: str
) -> None:
    begun: list[str] = []

    def once(source: Observable[Any]) -> Observable[Any]:
        begun.append(how)
        if len(begun) == 1:
            return source.pipe(ops.map(inverse))
        if how == "errs":
            return FAILING
        raise BROKEN

    source = marbles.cold("-0-a-|")
    seen = marbles.run(source.pipe(isolate(once)))
    assert (seen.marbles, len(begun)) == ("-(A#)", 2)
    assert seen.moments[-1].value is BROKEN
    assert source.subscriptions == marbles.opened("^!")


def test_it_begins_no_operators_for_whoever_has_left(marbles: Marbles) -> None:
    begun: list[str] = []

    def counted(source: Observable[Any]) -> Observable[Any]:
        begun.append("again")
        return source.pipe(ops.map(inverse))

    source = marbles.cold("-0-1-|")
    seen = marbles.run(source.pipe(isolate(counted), ops.take(1)))
    assert (seen.marbles, begun) == ("-(A|)", ["again"])
    assert source.subscriptions == marbles.opened("^!")


def test_it_begins_no_operators_after_a_disposal() -> None:
    """Nor does it when the disposal comes from within, and the operators fail behind it."""
    source, begun = Subject[Any](), list[str]()

    def counted(stream: Observable[Any]) -> Observable[Any]:
        begun.append("again")
        return stream.pipe(STUMBLING)

    heard = Heard(lambda _: subscription.dispose())
    subscription = source.pipe(isolate(counted)).subscribe(heard)
    bug = Bug()
    source.on_next(bug)
    source.on_next(1)
    assert (heard.all, begun, source.observers) == ([(bug, bug)], ["again"], [])


def test_it_passes_the_scheduler_on(marbles: Marbles) -> None:
    schedulers: list[object] = []

    def subscribe(_: abc.ObserverBase[Any], scheduler: Any = None) -> abc.DisposableBase:
        schedulers.append(scheduler)
        return Disposable()

    inner: Observable[Any] = Observable(subscribe)
    Observable[Any](subscribe).pipe(isolate(lambda _: inner)).subscribe(scheduler=marbles.scheduler)
    assert schedulers == [marbles.scheduler] * 2


def test_it_serves_two_subscribers_apart() -> None:
    source: Subject[Any] = Subject()
    stream = source.pipe(isolate(ops.scan(add, 0)))
    first, second = Heard(), Heard()
    stream.subscribe(first)
    source.on_next(1)
    stream.subscribe(second)
    source.on_next(2)
    assert (first.all, second.all) == ([1, 3], [2])


def test_it_disposes_the_source_then_the_operators() -> None:
    order: list[str] = []

    def noted(name: str) -> Callable[[Observable[Any]], Observable[Any]]:
        return ops.finally_action(lambda: order.append(name))

    stream = reactivex.never().pipe(noted("source"), isolate(noted("operators")))
    stream.subscribe().dispose()
    assert order == ["source", "operators"]


# What the subscriber behind raises


def feeding(step: Step, react: Callable[[Any], object]) -> tuple[Subject[Any], Heard]:
    source, heard = Subject[Any](), Heard(react)
    source.pipe(isolate(step)).subscribe(heard)
    return source, heard


INSIDE: list[Step] = [
    STUMBLING,
    ops.flat_map(lambda item: reactivex.just(stumble(item))),
    ops.flat_map(lambda item: reactivex.of(stumble(item))),  # which catches what is raised
    raw(lambda observer, item: observer.on_next(stumble(item))),
]


@pytest.mark.parametrize("step", INSIDE, ids=["map", "just", "of", "raw"])
def test_it_lets_what_the_subscriber_raises_travel(step: Step) -> None:
    bug, other = Bug(), Bug()

    def fail(item: Any) -> None:
        if item == 1:
            raise bug

    source, heard = feeding(step, fail)
    with pytest.raises(Bug) as raised:
        source.on_next(1)
    assert raised.value is bug
    assert heard.all == [1]
    assert other is not bug


@pytest.mark.parametrize("step", [INSIDE[0], INSIDE[1], INSIDE[3]], ids=["map", "just", "raw"])
def test_it_goes_on_behind_a_subscriber_that_has_raised(step: Step) -> None:
    """And takes the same exception for the operators' once it is they who raise it."""
    bug = Bug()

    def fail(item: Any) -> None:
        if item == 1:
            raise bug

    source, heard = feeding(step, fail)
    with pytest.raises(Bug):
        source.on_next(1)
    source.on_next(2)
    source.on_next(bug)
    source.on_next(3)
    assert heard.all == [1, 2, (bug, bug), 3]


def test_it_goes_on_behind_a_subscriber_that_raises_at_a_failure() -> None:
    bug, worse = Bug(), Bug()

    def fail(item: Any) -> None:
        if isinstance(item, dict):
            raise worse

    source, heard = feeding(STUMBLING, fail)
    with pytest.raises(Bug) as raised:
        source.on_next(bug)
    source.on_next(2)
    assert raised.value is worse
    assert heard.all == [(bug, bug), 2]


@pytest.mark.parametrize("error", [SystemExit(3), KeyboardInterrupt(), GeneratorExit()])
def test_it_isolates_nothing_that_is_to_end_the_program(error: BaseException) -> None:
    source, heard = feeding(STUMBLING, id)
    with pytest.raises(type(error)):
        source.on_next(error)
    source.on_next(1)
    assert heard.all == [1]
