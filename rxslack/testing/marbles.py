"""Marbles: streams drawn as strings, run in virtual time, compared with what was expected."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any, Literal

from reactivex import Observable, abc
from reactivex.disposable import CompositeDisposable, Disposable, SerialDisposable
from reactivex.testing import TestScheduler

from rxslack.testing.notation import parse
from rxslack.testing.records import Moment, Seen, Subscription

__all__ = ["ColdSource", "HotSource", "Marbles", "Source", "VirtualTime", "diagram"]


class VirtualTime(TestScheduler):
    """
    Virtual seconds, counted from 0 and called frames.

    reactivex's `TestScheduler.start()` moves the clock on after 100 actions at one time, and
    never ends with an infinite stream; `run_until` does neither.
    """

    @property
    def frame(self) -> float:
        """Virtual seconds since the beginning, to the microsecond."""
        return round(self.to_seconds(self.now), 6)

    def run_until(self, frame: float) -> None:
        """
        Do all that is due up to a time, that time included.

        Args:
            frame: Virtual seconds since the beginning.

        Errors: whatever an action raises; the clock stays where it happened, and may run on.
        """
        try:
            self.advance_to(frame)
        finally:
            self.stop()


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
        seen, window, clock = Seen([], self._names), Subscription.parse(during), self.scheduler
        slot = SerialDisposable()

        def note(kind: Literal["item", "error", "end"], value: Any = None) -> None:
            seen.moments.append(Moment(clock.frame, kind, value))

        def subscribe() -> None:
            slot.disposable = observable.subscribe(
                partial(note, "item"), partial(note, "error"), partial(note, "end"), scheduler=clock
            )

        at(clock, window.opened, subscribe)
        if window.closed is not None:
            at(clock, window.closed, slot.dispose)
        self._watchers.add(slot)
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
                clock = self._marbles.scheduler
                held.add(at(clock, clock.frame + moment.frame, partial(moment.accept, observer)))
        return held


class HotSource(Source):
    """See `Marbles.hot`."""

    def __init__(self, marbles: Marbles, moments: list[Moment]) -> None:
        super().__init__(marbles, moments)
        self._observers: list[abc.ObserverBase[Any]] = []

    def schedule(self) -> None:
        """Put the marbles on the clock, behind the subscriptions of the same frame."""
        for moment in self._moments:
            at(self._marbles.scheduler, moment.frame, partial(self._emit, moment))

    def _emit(self, moment: Moment) -> None:
        for observer in list(self._observers):
            moment.accept(observer)

    def _subscribe_core(
        self,
        observer: abc.ObserverBase[Any],
        scheduler: abc.SchedulerBase | None = None,  # noqa: ARG002 - marbles have their own clock
    ) -> abc.DisposableBase:
        self._observers.append(observer)
        leave = Disposable(lambda: self._observers.remove(observer))
        return CompositeDisposable([self._opened(), leave])


def at(clock: VirtualTime, frame: float, action: Callable[[], object]) -> abc.DisposableBase:
    """Do something at a frame of the clock."""

    def due(_scheduler: abc.SchedulerBase, _state: object = None) -> None:
        action()

    return clock.schedule_absolute(float(frame), due)


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
