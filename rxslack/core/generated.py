"""A generator as a stream."""

from __future__ import annotations

import logging
from collections.abc import Callable, Generator
from contextlib import closing
from threading import Event
from typing import Any, Final, Protocol, TypeVar

from reactivex import Observable, abc
from reactivex.disposable import Disposable
from reactivex.scheduler import CurrentThreadScheduler

from rxslack.core.unhandled import AnyObserver, guarded, has_ended

__all__ = ["from_generator", "generate"]

T = TypeVar("T")

_END: Final[Any] = object()


def from_generator(make: Callable[[Event], Generator[T]], log: logging.Logger) -> Observable[T]:
    """
    What a generator yields, each item read when the one before was dealt with.

    Args:
        make: A generator for each subscription, which is closed in the end. The event is set when
            nobody listens any more.
        log: Gets what the observer raises when it has ended and cannot be told.

    Emits: inside `subscribe`, or on the subscriber's scheduler.
    Errors: what the generator raises, and what the observer's own `on_next` does.
    Dispose: nothing more is read.
    """

    def subscribe(
        observer: abc.ObserverBase[T], scheduler: abc.SchedulerBase | None = None
    ) -> abc.DisposableBase:
        return generate(make, observer.on_next, observer, scheduler, log)

    return Observable(subscribe)


class _Observer(AnyObserver, Protocol):
    """Of items, or of bursts."""

    def on_completed(self) -> None:
        """The end, in good order."""
        ...


def generate(
    make: Callable[[Event], Generator[T]],
    emit: Callable[[T], object],
    observer: _Observer,
    scheduler: abc.SchedulerBase | None,
    log: logging.Logger,
) -> abc.DisposableBase:
    """
    One subscription to `from_generator`, or to a source of bursts that are yielded so.

    Args:
        make: of `from_generator`.
        emit: takes what is yielded.
        observer: takes the end.
        scheduler: the subscriber's.
        log: of `from_generator`.
    """
    over = Event()

    def read(*_: object) -> None:
        with closing(make(over)) as items:
            _emit_all(items, emit, observer, over)

    # On the trampoline, so that `take(3)` behind it finds something to dispose of.
    (scheduler or CurrentThreadScheduler.singleton()).schedule(guarded(read, log))
    return Disposable(over.set)


def _emit_all(
    items: Generator[T], emit: Callable[[T], object], observer: _Observer, over: Event
) -> None:
    while not over.is_set():
        try:
            item = next(items, _END)
        except Exception as error:  # noqa: BLE001 - a file, or a user's callback, may raise anything
            observer.on_error(error)
            return
        if item is _END:
            observer.on_completed()
            return
        try:
            emit(item)
        except Exception as error:
            if has_ended(observer):
                raise
            observer.on_error(error)
            return
