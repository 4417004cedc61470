"""
Observables with fewer calls for each item than reactivex makes.

A call from one stage of a pipeline to the next costs about as much as looking at the item does. So
items come a few at a time to those who can take a *burst*, and to everybody else without the guard
that reactivex puts before each subscriber: the source itself emits nothing after the end.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, Protocol, TypeAlias, TypeVar

from reactivex import Observable, abc
from reactivex.disposable import CompositeDisposable, Disposable
from reactivex.internal import noop

__all__ = ["Burst", "BurstObserver", "Bursts", "Direct", "Each", "subscribe_in_bursts"]

T = TypeVar("T")
OnNext: TypeAlias = Callable[[Any], None]
Scheduler: TypeAlias = abc.SchedulerBase | None

Burst: TypeAlias = tuple[Sequence[Any], bool]
"""Items, in order, and whether they are plain; see `BurstObserver`."""


class BurstObserver(Protocol):
    """Takes bursts, as an observer takes items: one after the other, nothing after an error."""

    def on_items(self, items: Sequence[Any], plain: bool, /) -> None:
        """
        Some items, at least one. What it raises goes back to the source.

        Args:
            items: in order.
            plain: whether all of them are known to be dicts of the type "message" without a
                subtype, as nearly all items of a flood are.
        """
        ...

    def on_error(self, error: Exception, /) -> None:
        """The end."""
        ...

    def on_completed(self) -> None:
        """The end, in good order."""
        ...


class Direct(Observable[T]):
    """
    A cold source that calls the subscriber's `on_next` itself.

    Args:
        core: begins a subscription, as an Observable's own function does, for a subscriber's
            `on_next` and for an observer of its end. It emits nothing before it has returned, and
            nothing once its disposable was disposed, which every end does.
    """

    def __init__(
        self, core: Callable[[OnNext, abc.ObserverBase[T], Scheduler], abc.DisposableBase]
    ) -> None:
        super().__init__()
        self._core = core
        self.made_by: Callable[..., Any] = core  # for whoever shows a pipeline

    def subscribe(
        self,
        on_next: abc.ObserverBase[T] | abc.OnNext[T] | None = None,
        on_error: abc.OnError | None = None,
        on_completed: abc.OnCompleted | None = None,
        *,
        scheduler: Scheduler = None,
    ) -> abc.DisposableBase:
        """As of any Observable."""
        emit: Any = getattr(on_next, "on_next", on_next) or noop

        def subscribe(observer: abc.ObserverBase[T], inner: Scheduler = None) -> abc.DisposableBase:
            return self._core(emit, observer, inner)

        guarded = Observable[T](subscribe)
        return guarded.subscribe(on_next, on_error, on_completed, scheduler=scheduler)


class Bursts(Direct[T]):
    """
    A cold source of bursts.

    Args:
        subscribe: begins a subscription, as an Observable's own function does; emits nothing
            before it has returned, and nothing after its disposable was disposed but, at the
            most, the rest of the burst that is being taken.
    """

    def __init__(self, subscribe: Callable[[BurstObserver, Scheduler], abc.DisposableBase]) -> None:
        super().__init__(self._one_by_one)
        self._in_bursts = self.made_by = subscribe

    def subscribe_in_bursts(
        self, observer: BurstObserver, scheduler: Scheduler = None
    ) -> abc.DisposableBase:
        """Like `subscribe`; what goes wrong at once is the observer's error, too."""
        try:
            return self._in_bursts(observer, scheduler)
        except Exception as error:  # noqa: BLE001 `subscribe` takes any for an error of the stream
            observer.on_error(error)
            return Disposable()

    def _one_by_one(
        self, on_next: OnNext, observer: abc.ObserverBase[T], scheduler: Scheduler
    ) -> abc.DisposableBase:
        return Each(on_next, observer).follow(self, scheduler)


class Each:
    """
    Hands the items of a burst, one by one, to somebody who knows of none.

    Args:
        on_next: gets the items.
        observer: gets the end. From then on, also while it is being told, nothing is emitted.
    """

    def __init__(self, on_next: OnNext, observer: abc.ObserverBase[Any]) -> None:
        self.emit = on_next
        self.stopped = False
        self._observer = observer

    def follow(self, source: Bursts[Any], scheduler: Scheduler) -> abc.DisposableBase:
        """Subscribe to a source; what is disposed emits nothing any more, in no burst either."""
        subscription = source.subscribe_in_bursts(self, scheduler)
        return CompositeDisposable(Disposable(self._stop), subscription)

    def on_items(self, items: Sequence[Any], _: bool) -> None:
        """Hand over one after the other."""
        emit = self.emit
        for item in items:
            if self.stopped:  # perhaps by the item before
                return
            emit(item)

    def on_error(self, error: Exception) -> None:
        """The end."""
        self.stopped = True
        self._observer.on_error(error)

    def on_completed(self) -> None:
        """The end, in good order."""
        self.stopped = True
        self._observer.on_completed()

    def _stop(self) -> None:
        self.stopped = True


def subscribe_in_bursts(
    source: Observable[Any], observer: BurstObserver, scheduler: Scheduler
) -> abc.DisposableBase:
    """Subscribe to any source as if it emitted bursts; those of one that does not hold one item."""
    if isinstance(source, Bursts):
        bursts: Bursts[Any] = source
        return bursts.subscribe_in_bursts(observer, scheduler)
    return source.subscribe(
        lambda item: observer.on_items((item,), False),
        observer.on_error,
        observer.on_completed,
        scheduler=scheduler,
    )
