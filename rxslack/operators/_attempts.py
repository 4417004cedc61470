"""One subscription to `reconnect`: attempt after attempt, and two at once while one takes over."""

from __future__ import annotations

import logging
import math
from collections.abc import Callable
from functools import partial
from typing import Generic, TypeVar

from reactivex import Observable, abc
from reactivex.disposable import (
    CompositeDisposable,
    Disposable,
    SerialDisposable,
    SingleAssignmentDisposable,
)
from reactivex.scheduler import CurrentThreadScheduler

from rxslack.bursts import BurstObserver, subscribe_in_bursts
from rxslack.errors import ConfigurationError, is_retryable
from rxslack.operators._alarm import Alarm
from rxslack.operators._attempt import Attempt, reason
from rxslack.operators._handover import Handover
from rxslack.operators._places import Place, Places
from rxslack.operators._relay import Relay
from rxslack.operators._serial import Serial
from rxslack.operators._waits import Waits
from rxslack.operators.backoff import CHANCE
from rxslack.unheard import guarded

__all__ = ["Attempts"]

T = TypeVar("T")

log = logging.getLogger("rxslack.reconnect")


class Attempts(Generic[T]):
    """
    The connections of one subscriber.

    Args:
        observer: gets their items, one at a time.
        waits: how long to wait.
        clock: measures it.
        time: unix seconds.
        stagger: seconds; a replacement is opened at a random moment within them.
    """

    def __init__(
        self,
        observer: BurstObserver,
        waits: Waits,
        clock: abc.SchedulerBase,
        time: Callable[[], float],
        stagger: float,
    ) -> None:
        self._observer = observer
        self._waits = waits
        self._clock = clock
        self._time = time
        self._stagger = stagger
        self._steps = Serial()  # around everything that opens or ends an attempt
        self._verdict: Exception | None = None  # a fatal error that waits for the leader's end
        self._wait = SerialDisposable()  # for the next attempt
        self._all = CompositeDisposable(self._wait)
        self._places = Places[T]()
        self._relay = Relay[T](
            observer,
            self._places,
            self._all,
            time,
            on_hello=self._greeted,
            on_farewell=lambda: self._steps.do(self._replace),
        )
        self._handover = Handover[T](self._places, self._relay, clock, time, self._leave)
        self._alarm = Alarm(clock, self._is_down)
        self._all.add(self._handover.timer)
        self._all.add(self._alarm.timer)
        self._due = guarded(lambda *_: self._steps.do(self._open), log)

    def start(
        self, source: Observable[T], scheduler: abc.SchedulerBase | None
    ) -> abc.DisposableBase:
        self._source, self._scheduler = source, scheduler
        # On the trampoline the first attempt begins when all of the pipeline holds its disposables;
        # a source that emits inside `subscribe` can then be disposed, as by `take(1)`.
        CurrentThreadScheduler.singleton().schedule(self._due)
        return Disposable(self._all.dispose)

    # Opening

    def _open(self) -> None:
        if self._all.is_disposed:
            return
        attempt = Attempt[T](self._time())
        place = self._places.fill(attempt)
        if place is None:
            return  # asked for twice, when the leader changed as the new one was to be replaced
        if place == "follower":
            self._relay.begin_overlap()
        self._all.add(attempt.slot)
        attempt.slot.disposable = subscribe_in_bursts(
            self._source, Bound(self, self._relay, attempt), self._scheduler
        )

    def _open_in(self, seconds: float) -> None:
        waiting = SingleAssignmentDisposable()
        self._wait.disposable = waiting
        waiting.disposable = self._clock.schedule_relative(seconds, self._due)

    def _greeted(self, overlapping: bool) -> None:
        """An attempt stands."""
        if overlapping:
            self._handover.begin()
        self._alarm.stands()
        self._waits.hello()

    def _replace(self) -> None:
        """Slack will close the leader: open another connection beside it."""
        if self._all.is_disposed or not self._places.is_single():
            return
        try:
            pause = self._waits.goodbye()
        except ConfigurationError as wrong:
            self._end(wrong)
            return
        if pause is not None:
            self._open_in(pause + CHANCE.uniform(0.0, self._stagger))

    # Endings

    def on_completed(self) -> None:
        """The source has no more."""
        self._all.dispose()
        self._observer.on_completed()

    def on_error(self, attempt: Attempt[T], error: Exception) -> None:
        """An attempt has ended."""
        if error is self._relay.escaped:  # on its way up through a source that emits in `subscribe`
            raise error
        self._steps.do(lambda: self._ended(attempt, error))

    def _ended(self, attempt: Attempt[T], error: Exception) -> None:
        if self._all.is_disposed:
            return
        place = self._vacate(attempt, error)
        if place == "follower":
            self._not_replaced(error)
            return
        if not is_retryable(error):
            self._verdict = self._verdict or error
        self._vacated(place, error)

    def _leave(self, old: Attempt[T]) -> None:
        """Close an old connection that Slack does not close."""
        self._steps.do(lambda: self._vacated(self._vacate(old, None), None))

    def _vacate(self, attempt: Attempt[T], error: Exception | None) -> Place | None:
        self._all.remove(attempt.slot)  # disposes it
        return self._places.vacate(attempt, error)

    def _not_replaced(self, error: Exception) -> None:
        """The replacement failed; the old connection is read on, and another one tried for."""
        self._relay.drop_overlap()
        if not is_retryable(error):
            self._verdict = error
        if self._verdict is None:
            self._try_again(error, down=False)
        else:
            log.warning("no replacement: %s; the old connection is read until it ends", error)

    def _vacated(self, place: Place | None, error: Exception | None) -> None:
        """A leader, or a fading one, is gone: find out who leads now."""
        if place == "fading":
            self._relay.end_overlap()
        if place == "leader" or (place == "fading" and self._verdict is not None):
            self._succeed(error)

    def _succeed(self, error: Exception | None) -> None:
        leader = self._places.leader()
        if self._verdict is not None:
            self._end(self._verdict)
        elif leader is None:
            if error is not None:
                self._try_again(error, down=True)
        elif leader.greeted:
            self._relay.release(leader)
            self._relay.end_overlap()
            if leader.leaving:
                self._replace()
        else:  # its replacement is on its way
            self._miss(error)

    def _miss(self, error: Exception | None) -> None:
        """There is no connection now, or there is one again."""
        if self._places.unless_one_stands(self._waits.lost):
            self._alarm.lost(f"after {type(error).__name__}: {error}" if error else reason(error))

    def _is_down(self) -> bool:
        """Whether there is none; a source that has no hello has one when anything came."""
        leader = self._places.leader()
        return leader is None or not (leader.greeted or leader.seen > -math.inf)

    def _try_again(self, error: Exception, *, down: bool) -> None:
        if down:
            self._miss(error)
        try:
            pause = self._waits.after(error, down=down)
        except ConfigurationError as wrong:
            self._end(wrong)
            return
        if pause is not None:
            self._open_in(pause)
        elif down:
            self._end(error)

    def _end(self, error: Exception) -> None:
        self._all.dispose()
        self._observer.on_error(error)


class Bound(Generic[T]):
    """Attempts and their relay, as the observer of one attempt."""

    def __init__(self, attempts: Attempts[T], relay: Relay[T], attempt: Attempt[T]) -> None:
        self.on_items = partial(relay.on_items, attempt)
        self.on_error = partial(attempts.on_error, attempt)
        self.on_completed = attempts.on_completed
