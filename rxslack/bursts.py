"""
An Observable whose items come a few at a time, for those who can take them so.

A call from one stage of a pipeline to the next costs about as much as looking at the item does;
who takes a burst is called once for all of it. To everybody else it is an Observable like any other.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, Protocol, TypeVar

from reactivex import Observable, abc
from reactivex.disposable import Disposable

__all__ = ["BurstObserver", "Bursts"]

T = TypeVar("T")


class BurstObserver(Protocol):
    """Takes bursts, as an observer takes items: one after the other, nothing after an error."""

    def on_items(self, items: Sequence[Any], /) -> None:
        """Some items, at least one. What it raises goes back to the source."""
        ...

    def on_error(self, error: Exception, /) -> None:
        """The end."""
        ...

    def on_completed(self) -> None:
        """The end, in good order."""
        ...


class Bursts(Observable[T]):
    """
    A cold source of bursts.

    Args:
        subscribe: begins a subscription, as an Observable's own function does; emits nothing
            before it has returned, and nothing after its disposable was disposed but, at the
            most, the rest of the burst that is being taken.
    """

    def __init__(
        self,
        subscribe: Callable[[BurstObserver, abc.SchedulerBase | None], abc.DisposableBase],
    ) -> None:
        def one_by_one(
            observer: abc.ObserverBase[T], scheduler: abc.SchedulerBase | None = None
        ) -> abc.DisposableBase:
            return subscribe(_OneByOne(observer), scheduler)

        super().__init__(one_by_one)
        self._in_bursts = subscribe

    def subscribe_in_bursts(
        self, observer: BurstObserver, scheduler: abc.SchedulerBase | None = None
    ) -> abc.DisposableBase:
        """Like `subscribe`; what goes wrong at once is the observer's error, too."""
        try:
            return self._in_bursts(observer, scheduler)
        except Exception as error:  # noqa: BLE001 `subscribe` takes any for an error of the stream
            observer.on_error(error)
            return Disposable()


class _OneByOne:
    """Hands the items of a burst to an observer that knows of none."""

    def __init__(self, observer: abc.ObserverBase[Any]) -> None:
        self._on_next = observer.on_next  # does nothing any more once it was disposed
        self.on_error = observer.on_error
        self.on_completed = observer.on_completed

    def on_items(self, items: Sequence[Any]) -> None:
        for item in items:
            self._on_next(item)
