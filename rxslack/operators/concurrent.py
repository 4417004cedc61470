"""The operator for work that takes its time: in order for a key, side by side over the keys."""

from __future__ import annotations

import math
import threading
from collections.abc import Awaitable, Callable, Coroutine, Hashable
from dataclasses import dataclass
from functools import partial
from typing import Any, Generic, Literal, TypeAlias, TypeVar, cast, get_args, overload

from reactivex import Observable, abc
from reactivex.disposable import CompositeDisposable, Disposable

from rxslack.core.operator import operator
from rxslack.errors import ConfigurationError, SlackError
from rxslack.events.items import failure, is_failure
from rxslack.events.types.rxslack_items import FailureEvent
from rxslack.lanes.coroutines import Coroutines, is_awaitable, running_loop
from rxslack.lanes.lanes import Lanes, Outcomes, Parked, Pause, lanes_on
from rxslack.lanes.paces import Budget, Pace, Paces
from rxslack.lanes.tracking import ItemHold, leave_undone

__all__ = ["concurrent"]

T = TypeVar("T")
R = TypeVar("R")

Overlap: TypeAlias = Literal["queue", "latest", "join"]


@overload
def concurrent(
    key: Callable[[T], Hashable],
    work: Callable[[T], Coroutine[Any, Any, R]],
    *,
    workers: int = ...,
    max_waiting: int = ...,
    overflow: Literal["wait", "fail"] = ...,
    overlap: Literal["queue", "latest"] = ...,
    scheduler: abc.SchedulerBase | None = ...,
) -> Callable[[Observable[T | FailureEvent]], Observable[R | FailureEvent]]: ...


@overload
def concurrent(
    key: Callable[[T], Hashable],
    work: Callable[[T], R],
    *,
    workers: int = ...,
    max_waiting: int = ...,
    overflow: Literal["wait", "fail"] = ...,
    overlap: Literal["queue", "latest"] = ...,
    scheduler: abc.SchedulerBase | None = ...,
) -> Callable[[Observable[T | FailureEvent]], Observable[R | FailureEvent]]: ...


@overload
def concurrent(
    key: Callable[[T], Hashable],
    work: Callable[[list[T]], Coroutine[Any, Any, R]],
    *,
    workers: int = ...,
    max_waiting: int = ...,
    overflow: Literal["wait", "fail"] = ...,
    overlap: Literal["join"],
    scheduler: abc.SchedulerBase | None = ...,
) -> Callable[[Observable[T | FailureEvent]], Observable[R | FailureEvent]]: ...


@overload
def concurrent(
    key: Callable[[T], Hashable],
    work: Callable[[list[T]], R],
    *,
    workers: int = ...,
    max_waiting: int = ...,
    overflow: Literal["wait", "fail"] = ...,
    overlap: Literal["join"],
    scheduler: abc.SchedulerBase | None = ...,
) -> Callable[[Observable[T | FailureEvent]], Observable[R | FailureEvent]]: ...


@operator
def concurrent(
    source: Observable[T | FailureEvent],
    key: Callable[[T], Hashable],
    work: Callable[[Any], Coroutine[Any, Any, R] | R],
    *,
    workers: int = 8,
    max_waiting: int = 1000,
    overflow: Literal["wait", "fail"] = "wait",
    overlap: Overlap = "queue",
    scheduler: abc.SchedulerBase | None = None,
) -> Observable[R | FailureEvent]:
    """
    Map items by work that takes its time: in order for a key, side by side over the keys.

    >>> from rxslack.testing import Marbles
    >>> marbles = Marbles()
    >>> answered = concurrent(str.lower, str.upper, scheduler=marbles.scheduler)
    >>> marbles.run(marbles.cold("-a-(bc)|").pipe(answered)).marbles
    '-A-(BC)|'

    The work leaves the emitting thread, so a slow look-up in one channel holds up neither Slack's
    socket nor another channel. One item's exception becomes a failure item and the stream lives;
    failures that come in, from `isolate` or from a sink, are passed on. A subscriber to
    ``of_type(FailureEvent)`` behind it all sees every one of them.

    Args:
        source: Any stream.
        key: From an item what it must keep the order of: ``lambda e: e["channel"]``.
        work: From an item the result. Called on threads of this operator. One that is `async`, or
            returns an awaitable, goes on without a thread: on the event loop where the stream is
            subscribed to, if one is running there, else on one that rxslack keeps for the process.
        workers: The most items at work at once, each on a thread or as a task.
        max_waiting: How many items may be inside, those at work included.
        overflow: What happens to an item when so many are inside. "wait": the thread that emits waits
            for room, so a stream from Slack waits, too. "fail": the item is a failure.
        overlap: What becomes of an item while another one of its key is inside. "queue": it waits for
            its turn. "latest": the others are given up, as a newer question replaces an older one: those
            that wait are dropped, a coroutine is cancelled, a function's result is not emitted. "join":
            those that wait are worked on together; `work` is called with a list, of one or more.
        scheduler: Works on this scheduler instead of threads; for tests in virtual time. One too
            many then always fails.

    Emits: the results and ``{"type": "rxslack.failure", "item": …, "error": …}``, one at a time:
        in order for a key, in any order between keys. Completes when the source has and all of the
        work is over.
    Errors: the source's own error, after the work on what came before it; ``ConfigurationError``
        at the subscription for a number that cannot work.
    Dispose: disposes the source and drops what waits; coroutines are cancelled; other work that has
        begun ends by itself, and its result is not emitted.
    """

    def subscribe(
        observer: abc.ObserverBase[R | FailureEvent],
        inherited: abc.SchedulerBase | None = None,
    ) -> abc.DisposableBase:
        crew = Crew[T, R](
            observer,
            key,
            work,
            workers,
            max_waiting,
            waits=overflow == "wait",
            overlap=overlap,
            scheduler=scheduler,
        )
        upstream = source.subscribe(
            crew.take, crew.outcomes.on_error, crew.outcomes.on_completed, scheduler=inherited
        )
        return CompositeDisposable([upstream, Disposable(crew.dismiss)])

    if overflow not in ("wait", "fail"):
        raise ConfigurationError(f'overflow is {overflow!r}; give "wait" or "fail"')
    if overlap not in get_args(Overlap):
        raise ConfigurationError(f'overlap is {overlap!r}; give "queue", "latest" or "join"')
    return Observable(subscribe)


@dataclass(slots=True, eq=False)
class Task:
    """
    An item to work on, or a failure that only takes its turn.

    Attributes:
        item: what `work` is called with: an item, or a list of those that are joined.
        key: of the item.
        begun: whether it is at work, or was.
        given_up: whether a newer one has taken its place.
        ended: the result of its coroutine, or what that raised; None before.
        cancel: cancels that.
        hold: holds the items that are joined.
    """

    item: Any
    key: Hashable = None
    failed: FailureEvent | None = None
    begun: bool = False
    given_up: bool = False
    ended: tuple[Any, BaseException | None] | None = None
    cancel: Callable[[], None] | None = None
    hold: ItemHold | None = None


class Crew(Generic[T, R]):
    """One subscription to `concurrent`."""

    def __init__(
        self,
        observer: abc.ObserverBase[R | FailureEvent],
        key: Callable[[T], Hashable],
        work: Callable[[Any], R | Awaitable[R]],
        workers: int,
        max_waiting: int,
        *,
        waits: bool,
        overlap: Overlap,
        scheduler: abc.SchedulerBase | None,
    ) -> None:
        self.outcomes = Outcomes[R | FailureEvent](observer)
        self._key = key
        self._do = work
        self._waits = waits and scheduler is None
        self._overlap = overlap
        self._lock = threading.Lock()  # guards the tasks; taken inside no other, and holds none
        self._inside: dict[Hashable, list[Task]] = {}  # of each key, when they may overlap
        self._at_once = Pace(math.inf)
        # In virtual time this thread waits for each, so they need a loop that runs elsewhere.
        self._coroutines = Coroutines(running_loop() if scheduler is None else None)
        self._lanes: Lanes[Hashable, Task] = lanes_on(
            scheduler,
            self._work,
            workers=workers,
            name="concurrent",
            paces=self._paces,
            dropped=self._let_go,
            max_waiting=max_waiting,
            budget=Budget(),
        )

    def take(self, item: T | FailureEvent) -> None:
        """An item came in."""
        self.outcomes.accept()
        if is_failure(item):
            self._pass_on(item, item)
        else:
            self._put(cast("T", item))

    def dismiss(self) -> None:
        """Nobody listens any more."""
        self._lanes.close()
        self._coroutines.close()

    def _put(self, item: T) -> None:
        try:
            key = self._key(item)
        except Exception as error:  # noqa: BLE001 - the user's function failed for this item
            self._pass_on(item, failure(item, error))
            return
        task = self._admitted(item, key)
        if task is not None and not self._lanes.put((key,), task, wait=self._waits, hold=task.hold):
            self._over(task)
            full = SlackError("too many items wait, and the policy is to fail")
            self._pass_on(item, failure(task.item, full))

    def _admitted(self, item: T, key: Hashable) -> Task | None:
        """A task for the item; None when one that waits takes it along."""
        if self._overlap == "queue":
            return Task(item)
        joins = self._overlap == "join"
        task = Task([item] if joins else item, key)
        with self._lock:
            others = self._inside.setdefault(key, [])
            if joins and others and not others[-1].begun:
                others[-1].item.append(item)
                if others[-1].hold is not None:
                    others[-1].hold.add()
                self.outcomes.skip()  # the others' outcome is its own
                return None
            for other in others if self._overlap == "latest" else ():
                other.given_up = True
                if other.cancel is not None:
                    other.cancel()
            task.hold = ItemHold() if joins else None
            others.append(task)
        return task

    def _over(self, task: Task) -> None:
        with self._lock:
            others = self._inside.get(task.key, [])
            if task in others:
                others.remove(task)
                if not others:
                    del self._inside[task.key]

    def _paces(self, _: object, __: object) -> Paces:
        return Paces(self._at_once, self._at_once)

    def _pass_on(self, item: Any, event: FailureEvent) -> None:
        """A failure takes its turn among the results, on the threads that emit them."""
        if not self._lanes.put(None, Task(item, failed=event), force=True):
            self.outcomes.skip()

    def _work(self, task: Task, _: int) -> Pause:
        if task.failed is not None:
            self.outcomes.settle(task.failed)
            return None
        with self._lock:
            task.begun = True
        try:
            result = None if task.given_up else self._result(task)
        except Exception as error:  # noqa: BLE001 - the user's function failed for this item
            self._end(task, failure(task.item, error))
            return None
        except BaseException as error:  # noqa: BLE001 - it would end the thread without a word
            if not (self._lanes.closed or task.given_up):  # else it was cancelled by this operator
                self.outcomes.fail(error)
            self._end(task, None)
            return None
        if task.ended is None and is_awaitable(result):
            awaitable = cast("Awaitable[R]", result)
            return Parked(partial(self._await, task, awaitable))
        self._end(task, cast("R", result))
        return None

    def _end(self, task: Task, outcome: R | FailureEvent | None) -> None:
        self._over(task)
        if self._lanes.closed or task.given_up:
            self.outcomes.skip()
        else:
            self.outcomes.settle(cast("R | FailureEvent", outcome))
        if self._lanes.closed:
            leave_undone()  # what it came to reached nobody, or ended the stream

    def _result(self, task: Task) -> R | Awaitable[R]:
        if task.ended is None:
            return self._do(task.item)
        value, error = task.ended
        if error is not None:
            raise error
        return cast("R", value)

    def _await(self, task: Task, result: Awaitable[R], resume: Callable[[], None]) -> None:
        """A coroutine goes on without a thread; its result is emitted on one, which may wait there."""

        def done(value: R, error: BaseException | None) -> None:
            task.ended = value, error
            resume()

        cancel = self._coroutines.start(result, done)
        with self._lock:
            task.cancel = cancel
            if task.given_up:
                cancel()

    def _let_go(self, _: Task) -> None:
        self.outcomes.skip()
