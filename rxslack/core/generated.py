"""A generator as a stream."""

from __future__ import annotations

import logging
from collections.abc import Callable, Generator
from contextlib import closing
from threading import Event
from typing import Any, Final, TypeVar

from reactivex import Observable, abc
from reactivex.disposable import Disposable
from reactivex.scheduler import CurrentThreadScheduler

from rxslack.core.unhandled import guarded, has_ended

__all__ = ["from_generator"]

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
        over = Event()

        def read(*_: object) -> None:
            with closing(make(over)) as items:
                _emit_all(items, observer, over)

        # On the trampoline, so that `take(3)` behind it finds something to dispose of.
        (scheduler or CurrentThreadScheduler.singleton()).schedule(guarded(read, log))
        return Disposable(over.set)

    return Observable(subscribe)


def _emit_all(items: Generator[T], observer: abc.ObserverBase[T], over: Event) -> None:
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
            observer.on_next(item)
        except Exception as error:
            if has_ended(observer):
                raise
            observer.on_error(error)
            return
