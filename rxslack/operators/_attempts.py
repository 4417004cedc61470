"""
One subscription to `reconnect`: attempt after attempt, and two at once while one takes over.

Three places, most of the time one of them filled:

    leader    its items are emitted
    follower  was opened because the leader will end; from its hello on, its items are held until
              the leader has ended, or has been quiet for a while: what the leader delivers comes
              first, so that order is kept, and what both deliver passes once
    fading    a leader that was overtaken; still read until Slack closes it
"""

from __future__ import annotations

import logging
import math
from collections.abc import Callable, Sequence
from functools import partial
from threading import Lock, RLock
from typing import Any, Final, Generic, TypeVar, cast

from reactivex import Observable, abc
from reactivex.disposable import (
    CompositeDisposable,
    Disposable,
    SerialDisposable,
    SingleAssignmentDisposable,
)
from reactivex.scheduler import CurrentThreadScheduler

from rxslack.bursts import BurstObserver, subscribe_in_bursts
from rxslack.envelopes import Envelopes
from rxslack.errors import ConfigurationError, TransportError, is_retryable
from rxslack.operators._alarm import Alarm
from rxslack.operators._hello import retirement
from rxslack.operators._overlap import (
    FAREWELLS,
    MESSAGES,
    Overlap,
    as_event,
    is_final,
    is_spread,
    message_ts,
    newest_ts,
)
from rxslack.operators._serial import Serial
from rxslack.operators._waits import Waits
from rxslack.operators.backoff import CHANCE

__all__ = ["Attempts"]

T = TypeVar("T")

log = logging.getLogger("rxslack.reconnect")

QUIET: Final = 1.0  # seconds without an item after which a leader that will end is overtaken
MEMORY: Final = 300.0  # seconds for which the new connection may lag behind what the old one had
PATIENCE: Final = 30.0  # seconds for which the old connection is read after the new one's hello
MAX_HELD: Final = 100_000  # items of the new connection that wait for the old one


class Attempt(Generic[T]):
    """One subscription to the source."""

    def __init__(self, since: float) -> None:
        self.slot = SingleAssignmentDisposable()
        self.greeted = False
        self.leaving = False  # whether Slack has said that it will close it
        self.held: list[T] | None = None  # items that wait; None: nothing waits any more
        self.seen = -math.inf  # unix seconds when its last item came
        self.rested = since  # unix seconds when it was last dealt with, while there are two
        self.retire: Callable[[], object] | None = None  # ends it when it has emitted what it read


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
        self._places = Lock()  # around the three places; never held while others' code runs
        self._emitting = RLock()  # around each item, until the observer has dealt with it
        self._leader: Attempt[T] | None = None
        self._follower: Attempt[T] | None = None
        self._fading: Attempt[T] | None = None
        self._overlap: Overlap | None = None
        self._overlap_until = math.inf
        self._lost: tuple[float, str] | None = None  # since when, and why, there is a gap
        self._verdict: Exception | None = None  # a fatal error that waits for the leader's end
        self._last_ts = ""  # the highest `ts` of a message so far
        self._wait = SerialDisposable()  # for the next attempt
        self._watch = SerialDisposable()  # over two connections at once
        self._alarm = Alarm(clock, self._is_down)
        self._all = CompositeDisposable(self._wait, self._watch, self._alarm.timer)
        self._escaped: Exception | None = None

    def start(
        self, source: Observable[T], scheduler: abc.SchedulerBase | None
    ) -> abc.DisposableBase:
        self._source, self._scheduler = source, scheduler
        # On the trampoline the first attempt begins when all of the pipeline holds its disposables;
        # a source that emits inside `subscribe` can then be disposed, as by `take(1)`.
        CurrentThreadScheduler.singleton().schedule(self._due)
        return Disposable(self._all.dispose)

    # Opening

    def _due(self, _scheduler: abc.SchedulerBase, _state: object = None) -> None:
        self._steps.do(self._open)

    def _open(self) -> None:
        if self._all.is_disposed:
            return
        attempt = Attempt[T](self._time())
        with self._places:
            if self._leader is None:
                self._leader = attempt
            elif self._follower is not None:
                return  # asked for twice, when the leader changed as the new one was to be replaced
            else:
                self._follower = attempt
                self._overlap, self._overlap_until = Overlap(), math.inf
        self._all.add(attempt.slot)
        attempt.slot.disposable = subscribe_in_bursts(
            self._source, Bound(self, attempt), self._scheduler
        )

    def _open_in(self, seconds: float) -> None:
        waiting = SingleAssignmentDisposable()
        self._wait.disposable = waiting
        waiting.disposable = self._clock.schedule_relative(seconds, self._due)

    def _replace(self) -> None:
        """Slack will close the leader: open another connection beside it."""
        with self._places:
            needed = self._leader is not None and self._follower is None
        if self._all.is_disposed or not needed:
            return
        try:
            pause = self._waits.goodbye()
        except ConfigurationError as wrong:
            self._end(wrong)
            return
        if pause is not None:
            self._open_in(pause + CHANCE.uniform(0.0, self._stagger))

    # Items

    def on_items(self, attempt: Attempt[T], items: Sequence[Any], plain: bool) -> None:
        """Some items of an attempt, in order."""
        with self._emitting:
            if self._all.is_disposed:
                return
            attempt.seen = self._time()
            if self._overlap is None and (plain or isinstance(items, Envelopes)):
                # Nearly every item of a flood comes this way, so it is short. A connection that is
                # opened from here on cannot bring what the old one has brought by now.
                self._note(newest_ts(items, plain))
                self._emit(items, plain)
                return
            for item in items:
                if self._all.is_disposed:
                    return
                self._take(attempt, item)

    def _take(self, attempt: Attempt[T], item: Any) -> None:
        """What is no plain message, or comes while there are two connections."""
        kind = as_event(item).get("type")
        if kind == "hello":
            self._greet(attempt, item)
        elif attempt.held is None or is_spread(item):
            self._pass(attempt, item, kind)
        else:
            attempt.held.append(item)
            if len(attempt.held) > MAX_HELD:
                self._overtake()

    def _greet(self, attempt: Attempt[T], hello: T) -> None:
        with self._places:
            # A second hello: what is behind it replaces its connections itself.
            attempt.retire = None if attempt.greeted else retirement(hello)
            attempt.greeted = True
            overlapping = attempt is self._follower
            lost = None
            if attempt is self._leader:
                lost, self._lost = self._lost, None
        if overlapping:
            attempt.held = []
            self._watch_over(self._time() + PATIENCE)
        self._alarm.stands()
        self._waits.hello()
        self._deliver(attempt, hello)
        if lost is not None and not self._all.is_disposed:
            self._deliver(attempt, self._gap(lost, attempt.seen))

    def _gap(self, lost: tuple[float, str], until: float) -> T:
        since, reason = lost
        gap = {
            "type": "rxslack.gap",
            "since": since,
            "until": until,
            "last_ts": self._last_ts or None,
            "reason": reason,
        }
        # A source that says hello emits mappings; this is one.
        return cast("T", gap)

    def _pass(self, attempt: Attempt[T], item: T, kind: object) -> None:
        if self._overlap is None or self._is_news(self._overlap, attempt, item):
            if kind in MESSAGES:
                self._note(message_ts(item))
            self._deliver(attempt, item)
        if kind in FAREWELLS and not (attempt.leaving or is_final(item)):
            attempt.leaving = True
            if attempt is self._leader:
                self._steps.do(self._replace)

    def _is_news(self, overlap: Overlap, attempt: Attempt[T], item: T) -> bool:
        if self._time() > self._overlap_until:
            self._overlap = None
            return True
        with self._places:
            newest = self._follower or self._leader
        return overlap.passes(item, old=attempt is not newest)

    def _deliver(self, attempt: Attempt[T], item: T) -> None:
        attempt.seen = self._time()
        self._emit((item,), False)
        if self._overlap is not None:
            attempt.rested = self._time()

    def _emit(self, items: Sequence[Any], plain: bool) -> None:
        try:
            self._observer.on_items(items, plain)
        except Exception as error:  # noqa: BLE001 - a subscriber may raise anything
            self._refused(error)

    def _refused(self, error: Exception) -> None:
        """The observer raised this."""
        self._escaped = error
        if self._all.is_disposed:  # nobody is left to be told
            raise error
        self._all.dispose()
        self._observer.on_error(error)

    def _note(self, ts: object) -> None:
        if type(ts) is str and ts > self._last_ts:
            self._last_ts = ts

    def _release(self, attempt: Attempt[T]) -> None:
        """Emit what was held."""
        with self._emitting:
            held, attempt.held = attempt.held or [], None
            for item in held:
                if not self._all.is_disposed:
                    self._pass(attempt, item, as_event(item).get("type"))

    # Taking over

    def _watch_over(self, limit: float) -> None:
        """Look after two connections now and then, until one is left."""
        watching = SingleAssignmentDisposable()
        self._watch.disposable = watching

        def look(_scheduler: abc.SchedulerBase, _state: object = None) -> None:
            if not self._look(limit):
                self._watch_over(limit)

        until_limit = limit - self._time()
        pause = min(QUIET, until_limit) if until_limit > 0 else QUIET
        watching.disposable = self._clock.schedule_relative(pause, look)

    def _look(self, limit: float) -> bool:
        """Whether there is nothing more to look after."""
        with self._places:
            overlapping = self._follower is not None and self._follower.greeted
            old = self._leader if overlapping else self._fading
        if old is None or self._all.is_disposed:
            return True
        if self._time() >= limit and not self._is_retiring(old):
            self._steps.do(lambda: self._leave(old))
            return True
        # Not waited for: who holds it is in user code, and nobody is quiet then.
        if overlapping and self._emitting.acquire(blocking=False):
            try:
                if self._time() - old.rested > QUIET:
                    self._overtake()
            finally:
                self._emitting.release()
        return False

    def _is_retiring(self, old: Attempt[T]) -> bool:
        """Whether it ends by itself: what it has acknowledged may wait behind slow user code."""
        if old.retire is None:
            return False
        old.retire()
        return True

    def _overtake(self) -> None:
        """The old connection is not worth waiting for: the new one leads."""
        with self._places:
            new = self._follower
            if new is None or not new.greeted:
                return
            self._fading, self._leader, self._follower = self._leader, new, None
        self._release(new)

    def _leave(self, old: Attempt[T]) -> None:
        """Close an old connection that Slack does not close."""
        self._forget(old)
        self._vacate(old, None)

    # Endings

    def on_completed(self) -> None:
        """The source has no more."""
        self._all.dispose()
        self._observer.on_completed()

    def on_error(self, attempt: Attempt[T], error: Exception) -> None:
        """An attempt has ended."""
        if error is self._escaped:  # on its way up through a source that emits in `subscribe`
            raise error
        self._steps.do(lambda: self._ended(attempt, error))

    def _ended(self, attempt: Attempt[T], error: Exception) -> None:
        if self._all.is_disposed:
            return
        self._forget(attempt)
        with self._places:
            replacing = attempt is self._follower
            if not is_retryable(error) and not replacing:
                self._verdict = self._verdict or error
        if replacing:
            self._not_replaced(error)
        else:
            self._vacate(attempt, error)

    def _forget(self, attempt: Attempt[T]) -> None:
        self._all.remove(attempt.slot)  # disposes it

    def _not_replaced(self, error: Exception) -> None:
        """The replacement failed; the old connection is read on, and another one tried for."""
        with self._places:
            self._follower = self._overlap = None
            if not is_retryable(error):
                self._verdict = error
        if self._verdict is None:
            self._try_again(error, down=False)
        else:
            log.warning("no replacement: %s; the old connection is read until it ends", error)

    def _vacate(self, attempt: Attempt[T], error: Exception | None) -> None:
        """A leader, or a fading one, is gone: find out who leads now."""
        with self._places:
            if attempt is self._fading:
                self._fading = None
                self._end_overlap()
                if self._verdict is None:
                    return
            elif attempt is not self._leader:
                return
            else:
                heir = self._follower or self._fading
                overlapped = heir is not None and heir.greeted
                if attempt.greeted and not overlapped:
                    self._lost = (since(attempt, error), reason(error))
                self._leader = heir
                self._follower = self._fading = None
        self._succeed(error)

    def _succeed(self, error: Exception | None) -> None:
        leader = self._leader
        if self._verdict is not None:
            self._end(self._verdict)
        elif leader is None:
            if error is not None:
                self._try_again(error, down=True)
        elif leader.greeted:
            self._release(leader)
            self._end_overlap()
            if leader.leaving:
                self._replace()
        else:  # its replacement is on its way
            self._miss(error)

    def _end_overlap(self) -> None:
        """What the two have not both delivered yet may still come."""
        if self._overlap is not None:
            self._overlap.forget_fleeting()
            self._overlap_until = self._time() + MEMORY

    def _miss(self, error: Exception | None) -> None:
        """There is no connection now."""
        with self._places:
            if self._leader is not None and self._leader.greeted:
                return  # there is one again
            self._waits.lost()
        self._alarm.lost(f"after {type(error).__name__}: {error}" if error else reason(error))

    def _is_down(self) -> bool:
        """Whether there is none; a source that has no hello has one when anything came."""
        with self._places:
            leader = self._leader
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
    """Attempts, as the observer of one attempt."""

    def __init__(self, attempts: Attempts[T], attempt: Attempt[T]) -> None:
        self.on_items = partial(attempts.on_items, attempt)
        self.on_error = partial(attempts.on_error, attempt)
        self.on_completed = attempts.on_completed


def since(attempt: Attempt[Any], error: Exception | None) -> float:
    """Unix seconds from which on nothing was seen; items may have waited for slow user code."""
    last_byte = error.last_byte if isinstance(error, TransportError) else None
    return attempt.seen if last_byte is None else min(attempt.seen, last_byte)


def reason(error: Exception | None) -> str:
    """Why a connection ended, in words."""
    return "read long enough" if error is None else str(error)
