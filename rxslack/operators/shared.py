"""One connection for many subscribers."""

from __future__ import annotations

import logging
import math
from collections.abc import Callable, Sequence
from functools import partial
from threading import Lock
from typing import Any, Generic, TypeVar

from reactivex import Observable, abc
from reactivex.disposable import Disposable, SerialDisposable, SingleAssignmentDisposable
from reactivex.scheduler import TimeoutScheduler

from rxslack.core.finishing import Pipeline
from rxslack.core.fork import Registry
from rxslack.core.operator import check_stream
from rxslack.core.unhandled import guarded, passes_by, report, tell
from rxslack.errors import ConfigurationError
from rxslack.wire.bursts import BurstObserver, Bursts, subscribe_in_bursts
from rxslack.wire.wishes import Wish, either

__all__ = ["shared"]

T = TypeVar("T")

log = logging.getLogger("rxslack.shared")


def shared(
    stream: Observable[T], linger: float = 0.0, *, scheduler: abc.SchedulerBase | None = None
) -> Observable[T]:
    """
    Make one subscription serve many subscribers.

    >>> from rxslack.testing import Marbles
    >>> marbles = Marbles()
    >>> source = marbles.cold("-a-b-c-d")
    >>> stream = shared(source, linger=3.0)
    >>> marbles.watch(stream, "^--!"), marbles.watch(stream, "    ^--!")
    (<seen >, <seen >)
    >>> marbles.flush()
    >>> source.subscriptions  # kept in between, and for three seconds after the last has left
    ['^---------!']

    The first subscriber subscribes to the stream; a later one sees what is read from then on. After
    an error or the end the next subscriber begins afresh, so `reconnect` works on both sides of it:
    ``shared(rtm(web).pipe(reconnect()))`` is the usual order.

    Args:
        stream: Any stream, cold ones above all.
        linger: Seconds for which the subscription is kept after the last subscriber has left,
            as when a notebook's cell is run again.
        scheduler: Measures them. Default: that of the subscriber who came first, else a timer
            thread.

    Emits: the items of the stream, to each subscriber, on the thread of the stream.
    Errors: the stream's own, to each subscriber; what a subscriber's own `on_next` raises, to that
        one alone. What nobody takes is logged as an error by ``rxslack.shared``. Raises
        ``ConfigurationError`` when `linger` is no number of seconds.
    Dispose: the subscriber leaves; the last one ends the stream, after `linger`. Safe from any
        thread, and from within `on_next`.
    Source: docs.slack.dev/apis/events-api/using-socket-mode: each connection gets a part of the
        events only, so two pipelines need one connection, not two.
    """
    check_stream("shared", stream, "shared(stream)")
    if not (math.isfinite(linger) and linger >= 0):
        raise ConfigurationError(f"linger must be seconds, 0 or more, not {linger!r}")
    return Bursts(Sharing(stream, linger, scheduler).subscribe)


class Sharing(Generic[T]):
    """The state of one shared stream: at most one connection that takes subscribers."""

    def __init__(
        self, stream: Observable[T], linger: float, scheduler: abc.SchedulerBase | None
    ) -> None:
        self._stream = stream
        self._linger = linger
        self._scheduler = scheduler
        self._lock = Lock()  # never held while anybody else's code runs
        self._connection: SharedSubscription[T] | None = None
        _all.add(self)

    def disown(self) -> None:
        """In a child of `fork()`: the connection is the parent's, and the next subscriber comes first."""
        self._lock = Lock()
        self._connection = None

    def subscribe(
        self, observer: BurstObserver, scheduler: abc.SchedulerBase | None = None
    ) -> abc.DisposableBase:
        with self._lock:
            fresh = self._connection is None
            connection = self._connection or SharedSubscription[T](scheduler)
            self._connection = connection
            connection.observers = (*connection.observers, observer)
            leaving, connection.leaving = connection.leaving, None
        if leaving is not None:
            leaving.dispose()
        if fresh:
            self._connect(connection)
        else:
            connection.sinks.join_again()
        return Disposable(lambda: self._leave(connection, observer))

    def _connect(self, connection: SharedSubscription[T]) -> None:
        with connection.sinks.here():
            connection.slot.disposable = subscribe_in_bursts(
                self._stream, SharedObserver(connection, self.end), connection.scheduler
            )

    def end(self, connection: SharedSubscription[T], error: Exception | None) -> None:
        with self._lock:
            observers, connection.observers = connection.observers, ()
            leaving, connection.leaving = connection.leaving, None
            if self._connection is connection:
                self._connection = None
        if leaving is not None:
            leaving.dispose()
        connection.slot.dispose()
        unheard = {id(trouble): trouble for one in observers if (trouble := notify(one, error))}
        for trouble in unheard.values():  # once, however many did not take it
            report(trouble, log)

    def _leave(self, connection: SharedSubscription[T], observer: BurstObserver) -> None:
        with self._lock:
            before = connection.observers
            connection.observers = tuple(one for one in before if one is not observer)
            last = bool(before) and not connection.observers
            if last and self._linger:
                connection.leaving = leaving = SingleAssignmentDisposable()
            elif last:
                leaving = None
                self._connection = None
            else:
                return
        if leaving is None:
            connection.slot.dispose()
        else:
            self._close_later(connection, leaving)

    def _close_later(
        self, connection: SharedSubscription[T], leaving: SingleAssignmentDisposable
    ) -> None:
        def due(_scheduler: abc.SchedulerBase, _state: object = None) -> None:
            with self._lock:
                if connection.leaving is not leaving:
                    return
                if self._connection is connection:
                    self._connection = None
            connection.slot.dispose()

        clock = self._scheduler or connection.scheduler or TimeoutScheduler.singleton()
        leaving.disposable = clock.schedule_relative(self._linger, guarded(due, log))


_all = Registry[Sharing[Any]](Sharing[Any].disown)


class SharedSubscription(Generic[T]):
    """One subscription to the stream, and who listens to it."""

    def __init__(self, scheduler: abc.SchedulerBase | None) -> None:
        self.scheduler = scheduler
        self.slot = SerialDisposable()
        self.sinks = Pipeline()  # which belong to the pipelines of all who subscribe
        self.observers: tuple[BurstObserver, ...] = ()
        self.leaving: SingleAssignmentDisposable | None = None  # the timer, when nobody listens


class SharedObserver(Generic[T]):
    """
    Stands between the stream and all who listen.

    Args:
        connection: whose subscribers get the items.
        end: is told of the end.
    """

    def __init__(
        self,
        connection: SharedSubscription[T],
        end: Callable[[SharedSubscription[T], Exception | None], None],
    ) -> None:
        self._connection = connection
        self.on_error = partial(end, connection)
        self.on_completed = partial(end, connection, None)

    def on_items(self, items: Sequence[T], plain: bool, /) -> None:
        """Each item to each subscriber, also to those who come while an item is dealt with."""
        for item in items:
            for observer in self._connection.observers:
                try:
                    observer.on_items((item,), plain)
                except BaseException as error:  # noqa: BLE001 - a subscriber may raise anything
                    tell(observer, error, log)  # it leaves by that

    def wish(self) -> Wish:
        """What one of the subscribers needs."""
        return either(one.wish() for one in self._connection.observers)


def notify(observer: BurstObserver, error: Exception | None) -> BaseException | None:
    """Tell one subscriber of the end; what it raises has nothing to do with the others."""
    try:
        if error is None:
            observer.on_completed()
        else:
            observer.on_error(error)
    except BaseException as trouble:
        if passes_by(trouble):
            raise
        return trouble
    return None
