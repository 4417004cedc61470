"""
The items of the attempts, on their way to the subscriber: one at a time, in order, each once.

All that emits holds one lock until the subscriber has dealt with the item; for the others see the room.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from operator import itemgetter
from threading import RLock
from typing import Any, Final, Generic, TypeVar, cast

from reactivex.disposable import CompositeDisposable

from rxslack.core import telemetry
from rxslack.core.unhandled import pass_on
from rxslack.events.items import (
    GOODBYES,
    MESSAGES,
    is_final,
    is_spread,
    kind_of,
    message_ts,
)
from rxslack.recovery.reconnecting.attempts import Attempt, Connection, Roles, connection_of
from rxslack.recovery.reconnecting.coverage import Coverage, Gap, Span
from rxslack.recovery.reconnecting.duplicates import Duplicates
from rxslack.web.slack_clock import SlackClock
from rxslack.wire.bursts import BurstObserver
from rxslack.wire.envelopes import Envelopes
from rxslack.wire.wishes import EVERYTHING, Wish

__all__ = ["Emitter"]

T = TypeVar("T")

MAX_PENDING: Final = 100_000  # items of the new connection that wait for the old one

_UNPROVEN: Final = "the old connection gave no answer after the new one's hello"


class Emitter(Generic[T]):
    """
    Hands items over.

    Args:
        observer: gets them, and what itself raises.
        roles: of the attempts.
        coverage: tells of gaps.
        everything: what ends with the subscription; nothing is emitted once it is disposed.
        clock: what time it is, for sources that do not know what time it is at Slack.
        now: the instant.
        on_hello: called before a hello is emitted.
        on_goodbye: called after the current one's first item that says that Slack will close it.

    Attributes:
        observer_error: what the observer raised.
    """

    def __init__(
        self,
        observer: BurstObserver,
        roles: Roles[T],
        coverage: Coverage,
        everything: CompositeDisposable,
        *,
        clock: SlackClock,
        now: Callable[[], float],
        on_hello: Callable[[], object],
        on_goodbye: Callable[[], object],
    ) -> None:
        self.observer_error: BaseException | None = None
        self._observer = observer
        self._roles = roles
        self._coverage = coverage
        self._all = everything
        self._clock = clock
        self._now = now
        self._on_hello = on_hello
        self._on_goodbye = on_goodbye
        self._emitting = RLock()  # around each item, until the observer has dealt with it
        self._duplicates: Duplicates | None = None  # None: only one connection delivers
        self._last_ts = ""  # the highest `ts` of a message so far

    def on_items(self, attempt: Attempt[T], items: Sequence[Any], plain: bool) -> None:
        """Some items of an attempt, in order."""
        with self._emitting:
            if self._all.is_disposed:
                return
            attempt.last_item = self._now()
            if self._duplicates is None and (plain or isinstance(items, Envelopes)):
                # Nearly every item of a flood comes this way, so it is short. A connection that is
                # opened from here on cannot bring what the old one has brought by now.
                self._note(_newest_ts(items, plain))
                self._emit(items, plain)
                return
            for item in items:
                if self._all.is_disposed:
                    return
                self._handle(attempt, item)

    def wish(self) -> Wish:
        """What the subscriber needs; while two connections overlap, each item tells which of them lives."""
        return self._observer.wish() if self._duplicates is None else EVERYTHING

    def _handle(self, attempt: Attempt[T], item: Any) -> None:
        """What is no plain message, or comes while there are several connections."""
        kind = kind_of(item)
        if kind == "hello":
            self._handle_hello(attempt, item)
        # Slack gives an envelope of Socket Mode to one connection only. The current one cannot
        # deliver it first, so there is nothing to wait for.
        elif attempt.pending is None or is_spread(item):
            self._pass(attempt, item, kind)
        else:
            # A replacement's items wait. What the current connection still delivers was said before
            # them, or is the same: emitted first, it keeps the order, and shows what is a
            # duplicate.
            attempt.pending.append(item)
            current = self._roles.current()
            # Memory is bounded. At the bound the order is given up, not an item.
            if len(attempt.pending) > MAX_PENDING and current is not None:
                self._hand_over(current, _UNPROVEN)

    # Hellos and gaps

    def _handle_hello(self, attempt: Attempt[T], hello: T) -> None:
        connection, gap = connection_of(hello), None
        if attempt.span is None:
            attempt.connection = connection
            if self._roles.is_replacement(attempt):
                attempt.pending = []
            if self._duplicates is not None:
                self._duplicates.greet()
            attempt.span = self._span(attempt, connection)
            # The other connections are asked now: only an answer to a question that was asked after
            # this hello proves that they overlap with it.
            gap = self._coverage.stands(attempt.span)
        else:  # what is behind a second hello replaces its connections itself
            attempt.connection = attempt.span.ask = None
            attempt.span.complete_to = lambda: self._clock.at(attempt.last_item)
        # The outage ends with the hello, not when the subscriber has dealt with it.
        self._on_hello()
        self._deliver(attempt, hello)
        # The gap ends where this connection's items begin, so it is told before the first of them.
        self._emit_gap(gap)

    def _span(self, attempt: Attempt[T], connection: Connection | None) -> Span:
        if connection is None:
            return Span(self._clock.latest(), lambda: self._clock.at(attempt.last_item))
        # The beginning is taken at the latest and the end, below, at the earliest that the clocks
        # allow: their error makes a gap longer, never shorter.
        self._set_clock(connection)

        def complete_to() -> float:
            self._set_clock(connection)
            # Not the time of the last item: a pong, too, tells that nothing more was said before
            # it.
            return connection.clock.at(connection.heard())

        return Span(connection.clock.latest(), complete_to, connection.probe)

    def _set_clock(self, connection: Connection) -> None:
        """Slack's own time is in the messages, too, also in those that nobody needs."""
        self._note(connection.last_ts())
        if self._last_ts:
            connection.clock.heard_ts(self._last_ts)

    def _emit_gap(self, gap: Gap | None) -> None:
        if gap is None or self._all.is_disposed:
            return
        item = {
            "type": "rxslack.gap",
            "since": gap.since,
            "until": gap.until,
            "last_ts": self._last_ts or None,
            "reason": gap.reason,
        }
        telemetry.count("gaps")
        telemetry.count("gap_seconds", by=gap.until - gap.since)
        # A source that says hello emits mappings; this is one.
        self._emit((cast("T", item),), False)

    # One after the other

    def _pass(self, attempt: Attempt[T], item: T, kind: str) -> None:
        if self._duplicates is None or self._is_news(self._duplicates, attempt, item):
            if kind in MESSAGES:
                self._note(message_ts(item))
            self._deliver(attempt, item)
        if kind in GOODBYES and not (attempt.closing or is_final(item)):
            attempt.closing = True
            # One that was overtaken has been replaced already.
            if attempt is self._roles.current():
                self._on_goodbye()

    def _is_news(self, duplicates: Duplicates, attempt: Attempt[T], item: T) -> bool:
        now = self._now()
        if duplicates.is_over(now):
            self._duplicates = None
            return True
        return duplicates.passes(item, by=attempt.number, now=now)

    def _deliver(self, attempt: Attempt[T], item: T) -> None:
        attempt.last_item = self._now()
        self._emit((item,), False)
        # Counted from the end of user code: only then can the connection show that it has more.
        if self._duplicates is not None:
            attempt.last_active = self._now()

    def _emit(self, items: Sequence[Any], plain: bool) -> None:
        try:
            self._observer.on_items(items, plain)
        except BaseException as error:  # noqa: BLE001 - a subscriber may raise anything
            self._observer_raised(error)

    def _observer_raised(self, error: BaseException) -> None:
        """The observer raised this."""
        self.observer_error = error
        if self._all.is_disposed:  # nobody is left to be told
            raise error
        # Nothing may be emitted after an error, so everything ends before the observer is told.
        self._all.dispose()
        pass_on(self._observer, error)

    def _note(self, ts: object) -> None:
        if type(ts) is str and ts > self._last_ts:
            self._last_ts = ts

    # Several connections

    def begin_overlap(self) -> None:
        """From now on another one may deliver what the first one does."""
        # Without the lock, which user code may hold: no connection opened from here on can bring
        # what is being emitted now.
        duplicates = self._duplicates = self._duplicates or Duplicates()
        duplicates.begin()

    def settle_overlap(self) -> None:
        """Somebody has ended: if there is one left, what was not delivered by both may still come."""
        duplicates = self._duplicates
        if duplicates is not None and not self._roles.has_several_open():
            duplicates.end(self._now())

    def on_end(self, old: Attempt[T], why: str) -> None:
        """A connection has ended, the current one or an older one: go on with the next, and emit the gap."""
        with self._emitting:
            # The gap lies before what the next connection has brought, so it is emitted before
            # that.
            if old.span is not None:
                self._emit_gap(self._coverage.ended(old.span, why))
            if old is self._roles.current():
                self._hand_over(old, why)
            self._roles.remove(old)

    def overtake(self, longest_idle: Callable[[], float | None]) -> None:
        """
        Make the replacement the current connection, when the current one has been idle for too long.

        Args:
            longest_idle: seconds that it may be; None: however long. Asked under the lock, so that no
                hello comes between the answer and what is done about it.
        """
        # Not waited for: whoever holds the lock is emitting an item, so nobody is idle.
        if self._emitting.acquire(blocking=False):
            try:
                current, longest = self._roles.current(), longest_idle()
                if current is None or longest is None:
                    return
                if self._now() - current.last_active > longest:
                    self._hand_over(current, _UNPROVEN)
            finally:
                self._emitting.release()

    def _hand_over(self, before: Attempt[T], why: str) -> None:
        """
        Emit the pending items of the replacements, up to one that has not ended, which is then current.

        What was said between two of them, and may have come over neither, is said before that.
        """
        # Several replacements may have come and gone while the current connection lived on, and the
        # items of each of them are still pending.
        while (after := self._roles.replacement()) is not None:
            if after.end_reason is None:
                self._roles.make_current(after)
            # Of what was said between the two, neither may have brought everything. The gap item
            # says so, unless they are proved to overlap.
            if before.span is not None and after.span is not None:
                self._emit_gap(self._coverage.join(after.span, before.span, why))
            self._emit_pending(after)
            if after.end_reason is None or after.span is None:
                return
            self._roles.remove(after)
            self._emit_gap(self._coverage.ended(after.span, after.end_reason))
            before, why = after, after.end_reason

    def _emit_pending(self, attempt: Attempt[T]) -> None:
        held, attempt.pending = attempt.pending or [], None
        for item in held:
            if not self._all.is_disposed:
                self._pass(attempt, item, kind_of(item))


def _newest_ts(items: Sequence[dict[str, Any]], plain: bool) -> str | None:
    """
    The highest `ts` of messages, also of those in envelopes; see `BurstObserver` for `plain`.

    >>> _newest_ts([{"type": "message", "ts": "2.1"}, {"type": "message", "ts": None}], True)
    '2.1'
    """
    messages = items
    if isinstance(items, Envelopes):
        messages, plain = items.events, items.plain
    if plain:
        try:
            return max(map(_ts_of, messages))
        except (KeyError, TypeError):  # not all of them have one
            pass
    return max(filter(None, map(message_ts, messages)), default=None)


_ts_of: Callable[[Any], str] = itemgetter("ts")
