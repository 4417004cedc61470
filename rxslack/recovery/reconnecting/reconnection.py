"""One subscription to `reconnect`: attempt after attempt, and several at once while one takes over."""

from __future__ import annotations

import logging
import math
from collections.abc import Callable
from functools import partial
from time import monotonic, time
from typing import Generic, TypeVar

from reactivex import Observable, abc
from reactivex.disposable import (
    CompositeDisposable,
    Disposable,
    SerialDisposable,
    SingleAssignmentDisposable,
)
from reactivex.scheduler import CurrentThreadScheduler, TimeoutScheduler

from rxslack.core.serialized import Serial
from rxslack.core.unhandled import guarded
from rxslack.errors import ConfigurationError, is_retryable
from rxslack.recovery.backoff import CHANCE, Alarm, Pauses, PauseSequence
from rxslack.recovery.reconnecting.attempts import Attempt, Roles, reason
from rxslack.recovery.reconnecting.coverage import Coverage
from rxslack.recovery.reconnecting.emitter import Emitter
from rxslack.recovery.reconnecting.handover_timer import HandoverTimer
from rxslack.web.slack_clock import SlackClock
from rxslack.wire.bursts import BurstObserver, Bursts, subscribe_in_bursts
from rxslack.wire.waits import HubScheduler

__all__ = ["reconnect"]

T = TypeVar("T")

log = logging.getLogger("rxslack.reconnect")


def reconnect(
    pauses: Pauses,
    coverage: Callable[[], Coverage],
    *,
    stable: float,
    stagger: float,
    scheduler: abc.SchedulerBase | None = None,
) -> Callable[[Observable[T]], Observable[T]]:
    """
    The operator, its arguments being checked.

    Args:
        pauses: as of the operator that users call.
        coverage: makes one for a subscription, or gives the one of several that stand in for each other.
        stable: as of the operator.
        stagger: as of the operator.
        scheduler: as of the operator.
    """

    def piped(source: Observable[T]) -> Observable[T]:
        def subscribe(
            observer: BurstObserver, subscriber: abc.SchedulerBase | None
        ) -> abc.DisposableBase:
            clock = scheduler or subscriber or HubScheduler.singleton()
            now, unix = clocks_of(clock)
            reconnection = Reconnection[T](
                observer,
                PauseSequence(pauses, stable, now),
                coverage(),
                clock,
                now=now,
                unix=unix,
                stagger=stagger,
            )
            return reconnection.start(source, subscriber)

        return Bursts(subscribe)

    return piped


def clocks_of(clock: abc.SchedulerBase) -> tuple[Callable[[], float], Callable[[], float]]:
    """
    The instant and unix seconds, for what a scheduler measures.

    The scheduler's own `now` is the wall clock, which may step; its timers do not heed that.
    """
    if isinstance(clock, TimeoutScheduler):
        return monotonic, time

    def now() -> float:
        return clock.now.timestamp()

    return now, now


class Reconnection(Generic[T]):
    """
    The connections of one subscriber.

    Args:
        observer: gets their items, one at a time.
        pauses: how long to wait.
        coverage: tells of gaps; also of other subscribers, where one stands in for another.
        clock: measures the waits.
        now: the instant; of a clock that never steps.
        unix: seconds, for sources that do not know what time it is at Slack.
        stagger: seconds; a replacement is opened at a random moment within them.
    """

    def __init__(
        self,
        observer: BurstObserver,
        pauses: PauseSequence,
        coverage: Coverage,
        clock: abc.SchedulerBase,
        *,
        now: Callable[[], float],
        unix: Callable[[], float],
        stagger: float,
    ) -> None:
        self._observer = observer
        self._pauses = pauses
        self._clock = clock
        self._now = now
        self._stagger = stagger
        self._serial = Serial()  # around everything that opens or ends an attempt
        self._fatal_error: Exception | None = None  # waits for the end of the current one
        self._wait = SerialDisposable()  # for the next attempt
        self._all = CompositeDisposable(self._wait)
        self._roles = Roles[T]()
        self._emitter = Emitter[T](
            observer,
            self._roles,
            coverage,
            self._all,
            clock=SlackClock(now, unix),
            now=now,
            on_hello=self._greeted,
            on_goodbye=lambda: self._do(self._open_replacement),
        )
        self._handover_timer = HandoverTimer[T](
            self._roles, self._emitter, clock, now, self._end_old
        )
        self._alarm = Alarm(clock, self._is_down)
        self._all.add(self._handover_timer.timer)
        self._all.add(self._alarm.timer)
        self._due = guarded(lambda *_: self._serial.do(self._open), log)

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
        attempt = Attempt[T](self._now())
        if not self._roles.add(attempt):
            return
        # Before the subscription: from its first item on both may bring the same.
        if self._roles.has_several_open():
            self._emitter.begin_overlap()
        self._all.add(attempt.subscription)
        attempt.subscription.disposable = subscribe_in_bursts(
            self._source, AttemptObserver(self, self._emitter, attempt), self._scheduler
        )

    def _open_in(self, seconds: float) -> None:
        waiting = SingleAssignmentDisposable()
        self._wait.disposable = waiting
        waiting.disposable = self._clock.schedule_relative(seconds, self._due)

    def _greeted(self) -> None:
        """An attempt stands."""
        self._handover_timer.begin()
        self._alarm.stands()
        self._pauses.hello()

    def _open_replacement(self) -> None:
        """Slack will close the current one: open another connection beside it."""
        if self._all.is_disposed or not self._roles.lacks_replacement():
            return
        try:
            pause = self._pauses.goodbye()
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
        if (
            error is self._emitter.observer_error
        ):  # on its way up through a source that emits in `subscribe`
            raise error
        self._do(lambda: self._ended(attempt, error))

    def _end_old(self, old: Attempt[T]) -> None:
        """Close an old connection that Slack does not close."""

        def step() -> None:
            # The newer one may have ended by the time that it is done; then this one is read on.
            if old in self._roles.superseded():
                self._ended(old, None)

        self._do(step)

    def _do(self, step: Callable[[], object]) -> None:
        """
        Do a step, now or behind the one that another thread is at.

        It is then done on that thread, which may be in the user's call of `subscribe`: what it
        raises is logged there, for it would end the wrong one, and only now and then.
        """
        self._serial.do(guarded(step, log))

    def _ended(self, attempt: Attempt[T], error: Exception | None) -> None:
        # It may be told twice: when it is ended here its source says so as well.
        if self._all.is_disposed or attempt.end_reason is not None:
            return
        was_current, follows = attempt is self._roles.current(), self._roles.is_replacement(attempt)
        attempt.end_reason = reason(error)
        self._all.remove(attempt.subscription)  # disposes it
        # It cannot answer any more, and must not be believed because it was never asked.
        if attempt.span is not None:
            attempt.span.end()
        if follows and error is not None:  # a replacement is never old
            self._not_replaced(attempt, error)
            return
        # It ends the stream once the current connection is gone; what that one still brings is
        # emitted.
        if error is not None and not is_retryable(error):
            self._fatal_error = self._fatal_error or error
        self._emitter.on_end(attempt, attempt.end_reason)
        self._emitter.settle_overlap()
        if was_current:
            self._after_current(error)

    def _not_replaced(self, attempt: Attempt[T], error: Exception) -> None:
        """The replacement failed; the old connection is read on, and another one tried for."""
        # Its pending items are still to be emitted when the current connection ends.
        if not attempt.said_hello:  # else what it has brought is held still
            self._roles.remove(attempt)
        self._emitter.settle_overlap()
        current = self._roles.current()
        if current is not None:
            # Nothing takes its place for now, so it is read for as long as it lives.
            current.read_until = math.inf
        if not is_retryable(error):
            self._fatal_error = error
        if self._fatal_error is None:
            self._try_again(error, down=False)
        else:
            log.warning("no replacement: %s; the old connection is read until it ends", error)

    def _after_current(self, error: Exception | None) -> None:
        """The current one is gone; another one is current now, or none."""
        current = self._roles.current()
        if self._all.is_disposed:  # by what was emitted meanwhile
            return
        if self._fatal_error is not None:
            self._end(self._fatal_error)
        elif current is not None and current.said_hello:
            # Slack will close this one, too, so it needs a replacement of its own.
            if current.closing:
                self._open_replacement()
        elif error is not None:  # else a newer one stands
            if current is None:
                self._try_again(error, down=True)
            else:  # the replacement is on its way
                self._note_outage(error)

    def _note_outage(self, error: Exception) -> None:
        """There is no connection now, or there is one again."""
        if self._roles.if_none_open(self._pauses.lost):
            self._alarm.lost(f"after {type(error).__name__}: {error}")

    def _is_down(self) -> bool:
        """Whether there is none; a source that has no hello has one when anything came."""
        current = self._roles.current()
        return current is None or not (current.said_hello or current.last_item > -math.inf)

    def _try_again(self, error: Exception, *, down: bool) -> None:
        if down:
            self._note_outage(error)
        try:
            pause = self._pauses.after(error)
        except ConfigurationError as wrong:
            self._end(wrong)
            return
        if pause is not None:
            self._open_in(pause)
        # The pauses have come to their end. That ends the stream only when no connection is left.
        elif down:
            self._end(error)

    def _end(self, error: Exception) -> None:
        self._all.dispose()
        self._observer.on_error(error)


class AttemptObserver(Generic[T]):
    """The observer of one attempt."""

    def __init__(
        self, reconnection: Reconnection[T], emitter: Emitter[T], attempt: Attempt[T]
    ) -> None:
        self.on_items = partial(emitter.on_items, attempt)
        self.on_error = partial(reconnection.on_error, attempt)
        self.on_completed = reconnection.on_completed
        self.wish = emitter.wish
