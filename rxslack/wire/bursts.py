"""
Observables with fewer calls for each item than reactivex makes.

A call from one stage of a pipeline to the next costs about as much as looking at the item does. So
items come a few at a time to those who can take a *burst*, and to everybody else without the guard
that reactivex puts before each subscriber: the source itself emits nothing after the end.

What rxslack's own operators keep, and make, right behind a source of bursts is done in one loop over the
burst: a call or two for an item, in place of seven. And a source may ask its subscriber what is of use at all: a
`Wish`, see `wishes`. Only conditions in front of the first function of a user's have a say in that.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import reduce
from typing import Any, NamedTuple, Protocol, TypeAlias, TypeVar

from reactivex import Observable, abc, operators as ops
from reactivex.disposable import CompositeDisposable, Disposable
from reactivex.internal import noop

from rxslack.wire.wishes import EVERYTHING, Wish

__all__ = [
    "Burst",
    "BurstObserver",
    "Bursts",
    "Condition",
    "Direct",
    "Each",
    "Sifted",
    "kept",
    "never",
    "subscribe_in_bursts",
    "turned",
]

T = TypeVar("T")
OnNext: TypeAlias = Callable[[Any], None]
Scheduler: TypeAlias = abc.SchedulerBase | None
Check: TypeAlias = Callable[[Any], bool]


class Condition(NamedTuple):
    """
    What has to be true of an item.

    Args:
        of_any: tells so of any item; changes nothing.
        of_plain: says the same of plain messages, see `BurstObserver`; None: nothing is simpler for them.
        wish: what is necessary for it in the bytes of a frame.
        foreign: whether it is a user's function, which may raise, and change the item.
    """

    of_any: Check
    of_plain: Check | None = None
    wish: Wish = EVERYTHING
    foreign: bool = False


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

    def wish(self) -> Wish:
        """What is of use here, for as long as nobody asks again; what is not may be left out."""
        ...


class Direct(Observable[T]):
    """
    A cold source that calls the subscriber's `on_next` itself, and may do the work of rxslack's operators.

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

    def keep(self, *conditions: Condition) -> Observable[T] | None:
        """The items that meet all conditions; None if that is left to `ops.filter`."""

    def turn(self, mapper: Callable[[Any], Any]) -> Observable[Any] | None:
        """What a function makes of the items; None if that is left to `ops.map`."""


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

    def keep(self, *conditions: Condition) -> Observable[T]:
        """The items that meet all conditions."""
        return Sifted(self, self, conditions, None)

    def turn(self, mapper: Callable[[Any], Any]) -> Observable[Any]:
        """What a function makes of the items."""
        return Sifted(self, self, (), mapper)

    def _one_by_one(
        self, on_next: OnNext, observer: abc.ObserverBase[T], scheduler: Scheduler
    ) -> abc.DisposableBase:
        return Each(on_next, observer).follow(self, scheduler)


class Sifted(Direct[T]):
    """
    What conditions leave of a source of bursts, and what a function makes of that.

    One item is asked about, made and emitted before the next is looked at.

    Args:
        source: what the last condition, or the mapper, was put behind.
        bursts: of the items.
        conditions: all of which an item has to meet.
        mapper: what it raises ends the stream, as what a condition raises does.
    """

    def __init__(
        self,
        source: Observable[Any],
        bursts: Bursts[Any],
        conditions: tuple[Condition, ...],
        mapper: Callable[[Any], T] | None,
    ) -> None:
        super().__init__(self._sift)
        self.source = source
        self.conditions = conditions
        self.mapper = mapper
        self._bursts = bursts

    def keep(self, *conditions: Condition) -> Observable[T] | None:
        """The items that meet these conditions as well, unless they are made already."""
        if self.mapper is not None:
            return None
        return Sifted(self, self._bursts, self.conditions + conditions, None)

    def turn(self, mapper: Callable[[Any], Any]) -> Observable[Any] | None:
        """What a function makes of the items, unless they are made already."""
        if self.mapper is not None:
            return None
        return Sifted(self, self._bursts, self.conditions, mapper)

    def _sift(
        self, on_next: OnNext, observer: abc.ObserverBase[T], scheduler: Scheduler
    ) -> abc.DisposableBase:
        sieve = _Sieve(on_next, observer, self.conditions, self.mapper)
        return sieve.follow(self._bursts, scheduler)


class Each:
    """
    Hands the items of a burst, one by one, to somebody who knows of none.

    Args:
        on_next: gets the items.
        observer: gets the end. From then on, also while it is being told, nothing is emitted.
    """

    def __init__(self, on_next: OnNext, observer: abc.ObserverBase[Any]) -> None:
        self.emit = on_next
        self.is_stopped = False
        self._observer = observer

    def follow(self, source: Bursts[Any], scheduler: Scheduler) -> abc.DisposableBase:
        """Subscribe to a source; what is disposed emits nothing any more, in no burst either."""
        subscription = source.subscribe_in_bursts(self, scheduler)
        return CompositeDisposable(Disposable(self._stop), subscription)

    def on_items(self, items: Sequence[Any], _: bool, /) -> None:
        """Hand over one after the other."""
        emit = self.emit
        for item in items:
            if self.is_stopped:  # perhaps by the item before
                return
            emit(item)

    def on_error(self, error: Exception) -> None:
        """The end."""
        self.is_stopped = True
        self._observer.on_error(error)

    def on_completed(self) -> None:
        """The end, in good order."""
        self.is_stopped = True
        self._observer.on_completed()

    def wish(self) -> Wish:
        """Whatever comes: nobody knows what the subscriber does with it."""
        return EVERYTHING

    def _stop(self) -> None:
        self.is_stopped = True


class _Sieve(Each):
    """The loop of `Sifted`."""

    def __init__(
        self,
        on_next: OnNext,
        observer: abc.ObserverBase[Any],
        conditions: tuple[Condition, ...],
        mapper: Callable[[Any], Any] | None,
    ) -> None:
        super().__init__(on_next, observer)
        self._of_any = _in_two([one.of_any for one in conditions])
        self._of_plain = _in_two(_for_plain(conditions))
        self._mapper = mapper
        self._wish = _wish_of(conditions)

    def wish(self) -> Wish:
        """What the conditions need."""
        return self._wish

    def on_items(self, items: Sequence[Any], plain: bool, /) -> None:
        """Ask about one after the other."""
        # Of plain messages the type is known, so what conditions ask of it is left out.
        first, second = self._of_plain if plain else self._of_any
        if first is never:
            return
        emit, mapper = self.emit, self._mapper
        for item in items:
            # User code may dispose at any item, and must not see the rest of the burst.
            if self.is_stopped:  # perhaps by what stands behind it, at the item before
                return
            try:
                if first is not None and not first(item):
                    continue
                if second is not None and not second(item):
                    continue
                made = item if mapper is None else mapper(item)
            except Exception as error:  # noqa: BLE001 a user's function may raise anything
                self.on_error(error)
                return
            emit(made)


def _for_plain(conditions: tuple[Condition, ...]) -> list[Check]:
    """What to ask of a plain message."""
    checks: list[Check] = []
    untouched = True
    for one in conditions:
        checks.append(one.of_plain if one.of_plain is not None and untouched else one.of_any)
        untouched = untouched and not one.foreign
    return checks


def _wish_of(conditions: tuple[Condition, ...]) -> Wish:
    """What all conditions need that are asked before the first function of a user's."""
    needed = EVERYTHING
    for one in conditions:
        if one.foreign:
            break
        needed &= one.wish
    return needed


def _in_two(checks: list[Check]) -> tuple[Check | None, Check | None]:
    """The first of some checks, and the others as one; hardly any loop has more than two."""
    if not checks:
        return None, None
    return checks[0], reduce(_both, checks[1:]) if len(checks) > 1 else None


def _both(check: Check, other: Check) -> Check:
    return lambda item: check(item) and other(item)


def never(_: Any) -> bool:
    """The condition that no item meets; where it comes first, no item is asked about."""
    return False


def kept(source: Observable[T], *conditions: Condition) -> Observable[T]:
    """`ops.filter` by all of some conditions, in the loop over the burst where there is one."""
    found = source.keep(*conditions) if isinstance(source, Direct) else None
    if found is not None:
        return found
    return ops.filter(reduce(_both, [one.of_any for one in conditions]))(source)


def turned(source: Observable[Any], mapper: Callable[[Any], T]) -> Observable[T]:
    """`ops.map`, in the loop over the burst where there is one."""
    found = source.turn(mapper) if isinstance(source, Direct) else None
    return ops.map(mapper)(source) if found is None else found


def subscribe_in_bursts(
    source: Observable[Any], observer: BurstObserver, scheduler: Scheduler
) -> abc.DisposableBase:
    """Subscribe to any source as if it emitted bursts; those of one that does not hold one item."""
    if isinstance(source, Bursts):
        bursts: Bursts[Any] = source
        return bursts.subscribe_in_bursts(observer, scheduler)
    # What emits no bursts asks nobody.
    return source.subscribe(
        lambda item: observer.on_items((item,), False),
        observer.on_error,
        observer.on_completed,
        scheduler=scheduler,
    )
