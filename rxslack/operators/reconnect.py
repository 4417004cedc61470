"""The retry operator: a lost connection is replaced by a new one."""

from __future__ import annotations

import logging
import math
from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import datetime
from typing import Any, Generic, TypeVar, cast

from reactivex import Observable, abc
from reactivex.disposable import SerialDisposable, SingleAssignmentDisposable
from reactivex.scheduler import CurrentThreadScheduler, TimeoutScheduler

from rxslack.errors import ConfigurationError, RateLimited, is_retryable
from rxslack.operators._serial import Serial
from rxslack.operators.backoff import backoff

__all__ = ["reconnect"]

T = TypeVar("T")
Pauses = Callable[[], Iterable[float]]

log = logging.getLogger("rxslack.reconnect")
LONG_OUTAGE = 30.0  # seconds after which a retry is worth a warning


def reconnect(
    pauses: Pauses = backoff,
    *,
    stable: float = 10.0,
    scheduler: abc.SchedulerBase | None = None,
) -> Callable[[Observable[T]], Observable[T]]:
    """
    Subscribe again after a retryable error.

    >>> from rxslack.errors import ConnectionClosed
    >>> from rxslack.testing import diagram
    >>> diagram("-a-#", reconnect(lambda: [2.0, 3.0]), error=ConnectionClosed(1006))
    '-a----a-----a-#'

    Put it right behind the source: an error that arises between the two counts as a lost
    connection when it is a retryable `SlackError`. One attempt is disposed before the next is
    opened. Each retry is a line of the logger ``rxslack.reconnect``, a warning when no hello has
    come yet or the outage lasts longer than 30 s.

    Args:
        pauses: Makes an iterator of seconds to wait, one for each attempt. It is called for the
            first loss, and afresh once a connection has lived `stable` seconds after its hello
            (an item that is a mapping with ``type`` "hello"). Default: `backoff`, full jitter
            under 0.5 s doubling to 30 s, without end.
        stable: Seconds after a hello from which on a connection has proved itself.
        scheduler: Measures the pauses. Default: the subscriber's, else timer threads.

    Emits: the items of every attempt, unchanged, in order.
    Errors: a fatal error and whatever is not a `SlackError`, at once and unchanged; the last
        error, when the pauses have come to their end; ``ConfigurationError`` when `pauses`
        raises, or yields something else than seconds; what the subscriber's own `on_next`
        raises, which never looks like a lost connection.
    Dispose: ends the attempt, or the wait for the next.
    Source: docs.slack.dev/apis/web-api/rate-limits: ``Retry-After`` is the least that is waited.
    """
    if not callable(pauses):
        raise ConfigurationError("pauses must be a function: reconnect(lambda: [1.0, 5.0])")
    if not is_seconds(stable):
        raise ConfigurationError(f"stable must be a number of seconds, not {stable!r}")

    def piped(source: Observable[T]) -> Observable[T]:
        def subscribe(
            observer: abc.ObserverBase[T], subscriber: abc.SchedulerBase | None = None
        ) -> abc.DisposableBase:
            clock = scheduler or subscriber or TimeoutScheduler.singleton()
            attempts = Attempts(observer, Waits(pauses, stable, clock), clock)
            return attempts.start(lambda *to: source.subscribe(*to, scheduler=subscriber))

        return Observable(subscribe)

    return piped


class Attempts(Generic[T]):
    """One subscription to `reconnect`: attempt, wait, attempt."""

    def __init__(
        self, observer: abc.ObserverBase[T], waits: Waits, clock: abc.SchedulerBase
    ) -> None:
        self._observer = observer
        self._emit: Callable[[Any], None] = observer.on_next
        self._waits = waits
        self._clock = clock
        self._steps = Serial()
        self._slot = SerialDisposable()  # the attempt, or the wait for the next
        self._escaped: Exception | None = None

    def start(self, connect: Callable[..., abc.DisposableBase]) -> abc.DisposableBase:
        self._connect = connect
        # On the trampoline the first attempt begins when all of the pipeline holds its disposables;
        # a source that emits inside `subscribe` can then be disposed, as by `take(1)`.
        CurrentThreadScheduler.singleton().schedule(self._due)
        return self._slot

    def _open(self) -> None:
        attempt = SingleAssignmentDisposable()
        self._slot.disposable = attempt
        if not self._slot.is_disposed:
            attempt.disposable = self._connect(
                self._on_next, self._on_error, self._observer.on_completed
            )

    def _on_next(self, item: Any) -> None:
        event: dict[str, Any] = item
        # Nearly every item is a plain dict, and one look at it costs less than a call.
        if event.get("type") == "hello" if type(item) is dict else is_hello(item):
            self._waits.hello()
        try:
            self._emit(item)
        except Exception as error:
            self._escaped = error
            if self._slot.is_disposed:  # nobody is left to be told
                raise
            self._slot.dispose()
            self._observer.on_error(error)

    def _on_error(self, error: Exception) -> None:
        if error is self._escaped:  # on its way up through a source that emits in `subscribe`
            raise error
        self._steps.do(lambda: self._lost(error))

    def _lost(self, error: Exception) -> None:
        if self._slot.is_disposed:
            return
        if not is_retryable(error):
            self._observer.on_error(error)
            return
        try:
            pause = self._waits.after(error)
        except ConfigurationError as wrong:
            self._observer.on_error(wrong)
            return
        if pause is None:
            self._observer.on_error(error)
        else:
            self._wait(pause)

    def _wait(self, pause: float) -> None:
        waiting = SingleAssignmentDisposable()
        self._slot.disposable = waiting  # ends the old attempt
        waiting.disposable = self._clock.schedule_relative(pause, self._due)

    def _due(self, _scheduler: abc.SchedulerBase, _state: object = None) -> None:
        self._steps.do(self._open)


class Waits:
    """How long to wait after each loss, and what to say about it."""

    def __init__(self, pauses: Pauses, stable: float, clock: abc.SchedulerBase) -> None:
        self._pauses = pauses
        self._stable = stable
        self._clock = clock
        self._iterator: Iterator[float] | None = None
        self._attempt = 1
        self._greeted = False  # whether a hello ever came
        self._hello: datetime | None = None  # of this attempt
        self._down: datetime | None = None  # since the first loss after the last hello

    def hello(self) -> None:
        """A connection stands."""
        self._hello = self._clock.now
        self._greeted = True
        self._down = None

    def after(self, error: Exception) -> float | None:
        """Seconds until the next attempt; None when there shall be none."""
        now = self._clock.now
        if self._hello and (now - self._hello).total_seconds() >= self._stable:
            self._iterator = None
            self._attempt = 1
        self._hello = None
        self._down = self._down or now
        pause = self._next_pause()
        if pause is not None:
            pause = max(pause, least_pause(error))
            self._attempt += 1
            self._say(error, pause, (now - self._down).total_seconds())
        return pause

    def _next_pause(self) -> float | None:
        try:
            if self._iterator is None:
                self._iterator = iter(self._pauses())
            pause = next(self._iterator)
        except StopIteration:
            return None
        except Exception as error:
            raise ConfigurationError(f"the pauses of reconnect() raised {error!r}") from error
        if not is_seconds(pause):
            raise ConfigurationError(
                f"the pauses of reconnect() must be seconds, 0 or more, not {pause!r}"
            )
        return pause

    def _say(self, error: Exception, pause: float, outage: float) -> None:
        worrying = not self._greeted or outage > LONG_OUTAGE
        log.log(
            logging.WARNING if worrying else logging.INFO,
            "attempt %d in %.1f s, after %s: %s",
            self._attempt,
            pause,
            type(error).__name__,
            error,
        )


def least_pause(error: Exception) -> float:
    """Seconds that Slack asks for, 0 when it does not ask."""
    if not isinstance(error, RateLimited):
        return 0.0
    return RateLimited.default_pause if error.retry_after is None else error.retry_after


def is_hello(item: object) -> bool:
    """Whether this item says that a connection stands."""
    if not isinstance(item, Mapping):
        return False
    return bool(cast("Mapping[str, Any]", item).get("type") == "hello")


def is_seconds(value: Any) -> bool:
    """Whether this is a finite number, 0 or more."""
    return isinstance(value, int | float) and math.isfinite(value) and value >= 0
