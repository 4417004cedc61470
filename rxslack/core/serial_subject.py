"""A subject for those who emit one item after the other."""

from __future__ import annotations

from typing import TypeVar

from reactivex import Subject, abc

__all__ = ["SerialSubject"]

T = TypeVar("T")


class SerialSubject(Subject[T]):
    """
    A Subject whose `on_next` takes no lock, which makes most of what an item costs there.

    Whoever calls it does so from one thread at a time, and not after the end.

    >>> subject = SerialSubject()
    >>> with subject.subscribe(print):
    ...     subject.on_next("Hello")
    Hello
    """

    def on_next(self, value: T) -> None:
        """To everybody who listens at this moment."""
        for observer in tuple(self.observers):
            observer.on_next(value)

    def follow(
        self, observer: abc.ObserverBase[T], scheduler: abc.SchedulerBase | None = None
    ) -> abc.DisposableBase:
        """What `subscribe` does, for an observer that is guarded already: that costs much less."""
        return self._subscribe_core(observer, scheduler)
