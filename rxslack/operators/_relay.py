"""The items of the attempts, on their way to the subscriber: one at a time, in order, each once."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from threading import RLock
from typing import Any, Final, Generic, TypeVar, cast

from reactivex.disposable import CompositeDisposable

from rxslack.bursts import BurstObserver
from rxslack.envelopes import Envelopes
from rxslack.operators._attempt import Attempt, Loss
from rxslack.operators._items import (
    FAREWELLS,
    MESSAGES,
    as_event,
    is_final,
    is_spread,
    message_ts,
    newest_ts,
)
from rxslack.operators._overlap import Overlap
from rxslack.operators._places import Places
from rxslack.unheard import pass_on

__all__ = ["Relay"]

T = TypeVar("T")

MEMORY: Final = 300.0  # seconds for which the new connection may lag behind what the old one had
MAX_HELD: Final = 100_000  # items of the new connection that wait for the old one


class Relay(Generic[T]):
    """
    Hands items over.

    Args:
        observer: gets them, and what itself raises.
        places: of the attempts.
        everything: what ends with the subscription; nothing is emitted once it is disposed.
        time: unix seconds.
        on_hello: called before a hello is emitted, with whether there are two connections now.
        on_farewell: called after the leader's first item that says that Slack will close it.

    Attributes:
        escaped: what the observer raised.
    """

    def __init__(
        self,
        observer: BurstObserver,
        places: Places[T],
        everything: CompositeDisposable,
        time: Callable[[], float],
        *,
        on_hello: Callable[[bool], object],
        on_farewell: Callable[[], object],
    ) -> None:
        self.escaped: BaseException | None = None
        self._observer = observer
        self._places = places
        self._all = everything
        self._time = time
        self._on_hello = on_hello
        self._on_farewell = on_farewell
        self._emitting = RLock()  # around each item, until the observer has dealt with it
        self._overlap: Overlap | None = None
        self._last_ts = ""  # the highest `ts` of a message so far

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
        overlapping, loss = self._places.greet(attempt, hello)
        if overlapping:
            attempt.held = []
        self._on_hello(overlapping)
        self._deliver(attempt, hello)
        if loss is not None and not self._all.is_disposed:
            self._deliver(attempt, self._gap(loss, attempt.seen))

    def _gap(self, loss: Loss, until: float) -> T:
        gap = {
            "type": "rxslack.gap",
            "since": loss.since,
            "until": until,
            "last_ts": self._last_ts or None,
            "reason": loss.reason,
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
            if attempt is self._places.leader():
                self._on_farewell()

    def _is_news(self, overlap: Overlap, attempt: Attempt[T], item: T) -> bool:
        if self._time() > overlap.until:
            self._overlap = None
            return True
        return overlap.passes(item, old=attempt is not self._places.newest())

    def _deliver(self, attempt: Attempt[T], item: T) -> None:
        attempt.seen = self._time()
        self._emit((item,), False)
        if self._overlap is not None:
            attempt.rested = self._time()

    def _emit(self, items: Sequence[Any], plain: bool) -> None:
        try:
            self._observer.on_items(items, plain)
        except BaseException as error:  # noqa: BLE001 - a subscriber may raise anything
            self._refused(error)

    def _refused(self, error: BaseException) -> None:
        """The observer raised this."""
        self.escaped = error
        if self._all.is_disposed:  # nobody is left to be told
            raise error
        self._all.dispose()
        pass_on(self._observer, error)

    def _note(self, ts: object) -> None:
        if type(ts) is str and ts > self._last_ts:
            self._last_ts = ts

    # Two connections

    def begin_overlap(self) -> None:
        """From now on a second one may deliver what the first one does."""
        self._overlap = Overlap()

    def end_overlap(self) -> None:
        """One of the two has ended: what they have not both delivered yet may still come."""
        if self._overlap is not None:
            self._overlap.end(self._time() + MEMORY)

    def drop_overlap(self) -> None:
        """There will be no second one."""
        self._overlap = None

    def release(self, attempt: Attempt[T]) -> None:
        """Emit what was held."""
        with self._emitting:
            held, attempt.held = attempt.held or [], None
            for item in held:
                if not self._all.is_disposed:
                    self._pass(attempt, item, as_event(item).get("type"))

    def overtake(self, old: Attempt[T], *, quiet: float) -> None:
        """Let the new one lead, when the old one has delivered nothing for so many seconds."""
        # Not waited for: who holds it is in user code, and nobody is quiet then.
        if self._emitting.acquire(blocking=False):
            try:
                if self._time() - old.rested > quiet:
                    self._overtake()
            finally:
                self._emitting.release()

    def _overtake(self) -> None:
        new = self._places.overtake()
        if new is not None:
            self.release(new)
