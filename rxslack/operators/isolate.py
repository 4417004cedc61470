"""The operator that keeps one event's exception from ending the stream."""

from __future__ import annotations

from collections.abc import Callable
from threading import get_ident
from typing import Any, Literal, TypeVar, overload

from reactivex import Observable, abc, compose
from reactivex.disposable import CompositeDisposable, SerialDisposable, SingleAssignmentDisposable

from rxslack.core.operator import composed
from rxslack.core.serial_subject import SerialSubject
from rxslack.core.unhandled import has_ended
from rxslack.events.items import failure
from rxslack.events.types.rxslack_items import FailureEvent

__all__ = ["isolate"]

A = TypeVar("A")
B = TypeVar("B")
C = TypeVar("C")
D = TypeVar("D")
E = TypeVar("E")
F = TypeVar("F")
G = TypeVar("G")
H = TypeVar("H")
Step = Callable[[Observable[A]], Observable[B]]


@overload
def isolate(a: Step[A, B], /) -> Step[A, B | FailureEvent]: ...
@overload
def isolate(a: Step[A, B], b: Step[B, C], /) -> Step[A, C | FailureEvent]: ...
@overload
def isolate(a: Step[A, B], b: Step[B, C], c: Step[C, D], /) -> Step[A, D | FailureEvent]: ...
@overload
def isolate(
    a: Step[A, B], b: Step[B, C], c: Step[C, D], d: Step[D, E], /
) -> Step[A, E | FailureEvent]: ...
@overload
def isolate(
    a: Step[A, B], b: Step[B, C], c: Step[C, D], d: Step[D, E], e: Step[E, F], /
) -> Step[A, F | FailureEvent]: ...
@overload
def isolate(
    a: Step[A, B], b: Step[B, C], c: Step[C, D], d: Step[D, E], e: Step[E, F], f: Step[F, G], /
) -> Step[A, G | FailureEvent]: ...
@overload
def isolate(
    a: Step[A, B],
    b: Step[B, C],
    c: Step[C, D],
    d: Step[D, E],
    e: Step[E, F],
    f: Step[F, G],
    g: Step[G, H],
    /,
) -> Step[A, H | FailureEvent]: ...
@composed
def isolate(*operators: Callable[[Any], Any]) -> Callable[[Observable[Any]], Observable[Any]]:
    """
    Run operators so that one event's exception becomes a failure item and the stream lives.

    >>> from reactivex import operators as ops
    >>> from rxslack.testing import diagram
    >>> diagram("-4-0-2-|", isolate(ops.map(lambda n: str(4 // int(n)))))
    '-1-A-2-|'

    A is ``{"type": "rxslack.failure", "item": "0", "error": ZeroDivisionError(…)}``.

    Operators with a memory (`scan`, `distinct_until_changed`, …) keep it from item to item; after
    a failure they are subscribed afresh and begin anew, and what they were still busy with
    (a `delay`, the inner streams of a `flat_map`) is dropped.

    Args:
        operators: One to seven, as for `pipe`; more are composed first.

    Emits: what the operators emit, and a `FailureEvent` for each error that comes out of them.
        Its `item` is the one at fault; None when the error came later, from a timer of theirs or
        another thread.
    Errors: the source's own, after it went through the operators; what happens while the operators
        are being subscribed, which no item is to blame for. An exception raised by the
        subscriber behind is not isolated: it travels on as it would have without.
    Dispose: disposes the source, then the operators.
    Source: github.com/slackapi/python-slack-sdk/issues/611, a bot that an exception made deaf.
    """

    def piped(source: Observable[Any]) -> Observable[Any]:
        def subscribe(
            observer: abc.ObserverBase[Any], scheduler: abc.SchedulerBase | None = None
        ) -> abc.DisposableBase:
            return Isolation(observer, compose(*operators), scheduler).start(source)

        return Observable(subscribe)

    return piped


class Isolation:
    """One subscription to `isolate`: a subject before the operators, renewed after each failure."""

    def __init__(
        self,
        observer: abc.ObserverBase[Any],
        operators: Callable[[Observable[Any]], Observable[Any]],
        scheduler: abc.SchedulerBase | None,
    ) -> None:
        self._observer = observer
        self._operators = operators
        self._scheduler = scheduler
        self._slot = SerialDisposable()  # the operators as subscribed now
        self._subject = SerialSubject[Any]()
        self._working: tuple[int, Any] | None = None  # thread, and the item that it works on
        self._escaped: Exception | None = None  # the subscriber's own, on its way up
        self._opening = False
        self._source: Literal["alive", "failed", "completed"] = "alive"

    def start(self, source: Observable[Any]) -> abc.DisposableBase:
        upstream = SingleAssignmentDisposable()
        self._open()
        if not has_ended(self._observer):
            upstream.disposable = source.subscribe(
                self._push, self._source_failed, self._source_completed, scheduler=self._scheduler
            )
        return CompositeDisposable([upstream, self._slot])

    def _open(self) -> None:
        self._subject = SerialSubject[Any]()
        place = SingleAssignmentDisposable()
        self._slot.disposable = place
        self._opening = True
        try:
            place.disposable = self._operators(self._subject).subscribe(
                self._emit, self._failed, self._observer.on_completed, scheduler=self._scheduler
            )
        finally:
            self._opening = False

    def _push(self, item: Any) -> None:
        before, self._working = self._working, (get_ident(), item)
        self._escaped = None
        try:
            self._subject.on_next(item)
        except Exception as error:  # noqa: BLE001 - an operator may let anything travel
            if not self._travels(error):
                self._failed(error)
        finally:
            self._working = before
        self._let_travel()

    def _travels(self, error: Exception) -> bool:
        return error is self._escaped

    def _let_travel(self) -> None:
        if self._escaped is not None:
            raise self._escaped

    def _source_failed(self, error: Exception) -> None:
        self._source = "failed"
        self._subject.on_error(error)

    def _source_completed(self) -> None:
        self._source = "completed"
        self._subject.on_completed()

    def _emit(self, item: Any) -> None:
        try:
            self._observer.on_next(item)
        except Exception as error:
            self._escaped = error
            raise

    def _failed(self, error: Exception) -> None:
        if self._travels(error):  # caught by an operator that emits inside `subscribe`
            raise error
        if self._opening or self._source == "failed":
            self._observer.on_error(error)
            return
        try:
            self._emit(failure(self._item_at_work(), error))
        finally:
            self._go_on()

    def _item_at_work(self) -> Any:
        thread, item = self._working or (None, None)
        return item if thread == get_ident() else None

    def _go_on(self) -> None:
        if self._source == "completed":
            self._observer.on_completed()
        elif not has_ended(self._observer):
            try:
                self._open()
            except Exception as error:  # noqa: BLE001 - no item is to blame, so the stream ends
                self._observer.on_error(error)
