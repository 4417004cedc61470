"""Marbles: streams drawn as strings, run in virtual time, compared with what was expected."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from reactivex import Observable, abc
from reactivex.disposable import CompositeDisposable, Disposable, SerialDisposable

from rxslack.testing.notation import parse
from rxslack.testing.records import Moment, Seen, Subscription
from rxslack.testing.virtual_time import VirtualTime

__all__ = ["ColdSource", "HotSource", "Marbles", "Source", "diagram"]

ERROR = Exception("error")  # what "#" stands for when nothing else is said


class Marbles:
    """
    One virtual clock, the streams on it, and what became of them.

    >>> marbles = Marbles()
    >>> source = marbles.cold("-a-b-|")
    >>> marbles.run(source.map(str.upper)) == marbles.seen("-A-B-|")
    True
    >>> source.subscriptions == marbles.opened("^----!")
    True

    The notation is described in `rxslack.testing.notation`. A character stands for itself, a
    string, until a keyword gives it a value; it then keeps that value on these marbles.

    Args:
        horizon: The frame at which a run ends when a stream does not.
    """

    def __init__(self, *, horizon: float = 1000.0) -> None:
        self.scheduler = VirtualTime()
        self.horizon = horizon
        self.over = False
        self._names: dict[str, Any] = {}
        self._hot: list[HotSource] = []
        self._watchers = CompositeDisposable()

    def cold(self, marbles: str, error: Exception = ERROR, **values: Any) -> ColdSource:
        """A stream that plays from its beginning for each subscriber, frame 0 in `subscribe`."""
        return ColdSource(self, self._moments(marbles, error, values))

    def hot(self, marbles: str, error: Exception = ERROR, **values: Any) -> HotSource:
        """A stream that plays once, from frame 0, whoever listens."""
        source = HotSource(self, self._moments(marbles, error, values))
        self._hot.append(source)
        return source

    def seen(self, marbles: str, error: Exception | type[Exception] = ERROR, **values: Any) -> Seen:
        """
        What is expected.

        An error equals one of its class and arguments, or of the class given.
        """
        return Seen(self._moments(marbles, error, values), self._names)

    def opened(self, *marbles: str) -> list[Subscription]:
        """The subscriptions expected of a source, one string each: ``^--!``."""
        return [Subscription.parse(one) for one in marbles]

    def run(self, observable: Observable[Any], during: str = "^") -> Seen:
        """
        Subscribe with the virtual scheduler, let time pass, and return what was seen.

        Args:
            observable: The stream under test.
            during: When to subscribe and when to dispose, as a subscription: ``  ^---!``.
        """
        seen = self.watch(observable, during)
        self.flush()
        return seen

    def watch(self, observable: Observable[Any], during: str = "^") -> Seen:
        """As `run`, but time stands still until `flush`; for several subscribers in one run."""
        seen = Seen([], self._names)
        watcher = Watcher(self, seen.moments)
        self._watchers.add(watcher.subscribe_to(observable, Subscription.parse(during)))
        return seen

    def flush(self) -> None:
        """
        Let all of the time pass, once.

        Errors: whatever the streams raise instead of notifying, and ``RuntimeError`` when time
            has passed before: more subscribers in one run are `watch`ed.
        """
        if self.over:
            raise RuntimeError(
                "time has passed; use new Marbles, or watch() several before flush()"
            )
        for source in self._hot:
            source.schedule()
        try:
            self.scheduler.run_until(self.horizon)
        finally:
            self.over = True
            self._watchers.dispose()

    def _moments(
        self, marbles: str, error: Exception | type[Exception], values: dict[str, Any]
    ) -> list[Moment]:
        self._names.update(values)
        return [self._moment(frame, character, error) for frame, character in parse(marbles)]

    def _moment(self, frame: int, character: str, error: object) -> Moment:
        if character == "#":
            return Moment(frame, "error", error)
        if character == "|":
            return Moment(frame, "end")
        return Moment(frame, "item", self._names.get(character, character))


class Watcher:
    """The subscriber of a run: writes down every notification with its frame."""

    def __init__(self, marbles: Marbles, moments: list[Moment]) -> None:
        self._marbles = marbles
        self._moments = moments

    def subscribe_to(self, observable: Observable[Any], during: Subscription) -> abc.DisposableBase:
        """Put the subscription, and its end if it has one, on the clock."""
        slot = SerialDisposable()
        clock = self._marbles.scheduler

        def subscribe() -> None:
            slot.disposable = observable.subscribe(
                self._item, self._error, self._end, scheduler=clock
            )

        at(clock, during.opened, subscribe)
        if during.closed is not None:
            at(clock, during.closed, slot.dispose)
        return slot

    def _item(self, item: Any) -> None:
        self._moments.append(Moment(self._marbles.scheduler.frame, "item", item))

    def _error(self, error: Exception) -> None:
        self._moments.append(Moment(self._marbles.scheduler.frame, "error", error))

    def _end(self) -> None:
        self._moments.append(Moment(self._marbles.scheduler.frame, "end"))


class Source(Observable[Any]):
    """A stream of marbles that writes down its subscriptions."""

    def __init__(self, marbles: Marbles, moments: list[Moment]) -> None:
        super().__init__()
        self.subscriptions: list[Subscription] = []
        self._marbles = marbles
        self._moments = moments

    def _opened(self) -> abc.DisposableBase:
        place = len(self.subscriptions)
        frame = self._marbles.scheduler.frame
        self.subscriptions.append(Subscription(frame))

        def close() -> None:
            # What falls away when time is over has not been closed by anybody.
            if not self._marbles.over:
                self.subscriptions[place] = Subscription(frame, self._marbles.scheduler.frame)

        return Disposable(close)


class ColdSource(Source):
    """See `Marbles.cold`."""

    def _subscribe_core(
        self,
        observer: abc.ObserverBase[Any],
        scheduler: abc.SchedulerBase | None = None,  # noqa: ARG002 - marbles have their own clock
    ) -> abc.DisposableBase:
        held = CompositeDisposable([self._opened()])
        for moment in self._moments:
            if moment.frame == 0:
                moment.accept(observer)
            else:
                held.add(after(self._marbles.scheduler, moment, observer))
        return held


class HotSource(Source):
    """See `Marbles.hot`."""

    def __init__(self, marbles: Marbles, moments: list[Moment]) -> None:
        super().__init__(marbles, moments)
        self._observers: list[abc.ObserverBase[Any]] = []

    def schedule(self) -> None:
        """Put the marbles on the clock, behind the subscriptions of the same frame."""
        for moment in self._moments:
            at(self._marbles.scheduler, moment.frame, self._emitter(moment))

    def _emitter(self, moment: Moment) -> Callable[[], None]:
        def emit() -> None:
            for observer in list(self._observers):
                moment.accept(observer)

        return emit

    def _subscribe_core(
        self,
        observer: abc.ObserverBase[Any],
        scheduler: abc.SchedulerBase | None = None,  # noqa: ARG002 - marbles have their own clock
    ) -> abc.DisposableBase:
        self._observers.append(observer)
        leave = Disposable(lambda: self._observers.remove(observer))
        return CompositeDisposable([self._opened(), leave])


def at(clock: VirtualTime, frame: float, action: Callable[[], None]) -> abc.DisposableBase:
    """Do something at a frame of the clock."""

    def due(_scheduler: abc.SchedulerBase, _state: object = None) -> None:
        action()

    return clock.schedule_absolute(float(frame), due)


def after(
    clock: VirtualTime, moment: Moment, observer: abc.ObserverBase[Any]
) -> abc.DisposableBase:
    """Notify an observer when as much time has passed as the moment's frame says."""
    return at(clock, clock.frame + moment.frame, lambda: moment.accept(observer))


def diagram(
    marbles: str,
    operator: Callable[[Observable[Any]], Observable[Any]],
    error: Exception = ERROR,
    **values: Any,
) -> str:
    """
    Draw what an operator makes of a stream; for docstrings, where it is a doctest.

    >>> from reactivex import operators as ops
    >>> diagram("-a-b-----c-|", ops.delay(2.0))
    '---a-b-----c-|'

    Args:
        marbles: The source, a cold one.
        operator: What is put behind the source.
        error: What ``#`` stands for in the source.
        values: What the characters stand for, in the source as in the picture. A value that
            has no name and is no character is drawn as A, B, C and so on.
    """
    table = Marbles(horizon=60.0)
    return table.run(table.cold(marbles, error, **values).pipe(operator)).marbles
