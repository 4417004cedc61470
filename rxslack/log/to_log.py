"""What writes a stream into a log: an observer and an operator in one object."""

from __future__ import annotations

import atexit
import logging
import os
import threading
from collections import deque
from collections.abc import Callable
from time import monotonic
from typing import Any, Final, NamedTuple

from reactivex import Observable, abc
from reactivex.disposable import CompositeDisposable, Disposable, SingleAssignmentDisposable

from rxslack.core.finishing import Part
from rxslack.core.fork import Registry
from rxslack.core.telemetry import with_trace
from rxslack.errors import ConfigurationError, SlackError, not_from
from rxslack.events.items import failure
from rxslack.lanes.lanes import Outcomes
from rxslack.lanes.tracking import CURRENT, ItemHold
from rxslack.log.engine import RETRY, Engine, LogEntry, LogFull, LogUnavailable
from rxslack.log.entries import entry_of, is_logged
from rxslack.log.outages import OutageWarnings
from rxslack.log.where import MAX_ENTRIES, Where, engine_at, shown_where

__all__ = ["LogSink", "sinks", "to_log"]

BATCH: Final = 64  # entries at once
TIDY: Final = 5.0  # seconds between two attempts to make room
SLICE: Final = 0.25  # seconds; on Windows, Ctrl-C is noticed only between two waits
IDLE: Final = 0.5  # seconds that the thread without work stays

_log = logging.getLogger("rxslack.log")


class _Appending(NamedTuple):
    """An item on its way into the log; without an entry one that only takes its turn."""

    item: Any
    entry: LogEntry | None
    outcomes: Outcomes[Any] | None
    hold: ItemHold | None


class LogSink(abc.ObserverBase[Any]):
    """
    An observer, `stream.subscribe(sink)`, and an operator, `stream.pipe(sink)`; made by `to_log`.

    Args:
        where, remember, max_entries, max_waiting, keep, drain: See `to_log`.

    Attributes:
        where: The log.
    """

    def __init__(
        self,
        where: Where,
        *,
        remember: float,
        max_entries: int,
        max_waiting: int,
        keep: float,
        drain: float,
    ) -> None:
        for name, value in (("remember", remember), ("max_waiting", max_waiting)):
            if not value > 0:
                raise ConfigurationError(f"{name} is {value!r}; give a number above 0")
        if not (keep >= 0 and drain >= 0):
            raise ConfigurationError(
                f"keep is {keep!r} and drain {drain!r}; give seconds, 0 or more"
            )
        self.where = where
        self._where = shown_where(where)
        self._engine: Engine = engine_at(where, max_entries)
        self._remember = remember
        self._max_waiting = max_waiting
        self._keep = keep
        self._drain_seconds = drain
        self._process = os.getpid()
        self._changed = threading.Condition()
        self._waiting = deque[_Appending]()
        self._at_work = 0
        self._running = False
        self._is_away = False
        self._closed = False
        self._outage = OutageWarnings("what comes waits until it can be appended")
        self._tidied = 0.0
        sinks.add(self)

    def __call__(self, source: Observable[Any]) -> Observable[Any]:
        """The operator; see `to_log`."""

        def subscribe(
            observer: abc.ObserverBase[Any], scheduler: abc.SchedulerBase | None = None
        ) -> abc.DisposableBase:
            outcomes = Outcomes[Any](observer)
            upstream = SingleAssignmentDisposable()

            def stop() -> None:
                upstream.dispose()
                outcomes.on_completed()

            def accept(item: Any) -> None:
                for check in part.checks:
                    check()
                outcomes.accept()
                self._accept(item, outcomes)

            part = Part(self, stop=stop, wait=outcomes.wait)
            part.join()
            upstream.disposable = source.subscribe(
                accept, outcomes.on_error, outcomes.on_completed, scheduler=scheduler
            )
            return CompositeDisposable(upstream, Disposable(part.leave))

        return Observable(subscribe)

    @property
    def closed(self) -> bool:
        """Whether nothing is appended any more."""
        return self._closed

    @property
    def left(self) -> int:
        """How many items are not in the log yet."""
        return len(self._waiting) + self._at_work

    def on_next(self, value: Any) -> None:
        """Take an item. Returns at once, but where too many wait."""
        self._accept(value, None)

    def on_error(self, error: Exception) -> None:
        """The stream failed: the error is raised. What came before is appended."""
        raise error

    def on_completed(self) -> None:
        """The stream completed. What came before is appended; `drain` waits for it."""

    def drain(self, timeout: float | None = None) -> int:
        """
        Wait until all that was accepted is in the log.

        Args:
            timeout: The longest wait, in seconds; None waits as long as it takes.

        Returns: how many items are left.
        """
        deadline = None if timeout is None else monotonic() + timeout
        with self._changed:
            while self.left and not self._closed:
                rest = SLICE if deadline is None else min(SLICE, deadline - monotonic())
                if rest <= 0:
                    break
                self._changed.wait(rest)
            return self.left

    def close(self) -> int:
        """Append nothing more; how many items are dropped. Those that are tracked are left undone."""
        with self._changed:
            self._closed = True
            dropped = [*self._waiting]
            self._waiting.clear()
            self._changed.notify_all()
        for one in dropped:
            if one.hold is not None:
                one.hold.give_back()
            if one.outcomes is not None:
                one.outcomes.skip()
        return len(dropped)

    def dispose(self) -> None:
        """Wait for what is left, as long as `drain` says, then `close`."""
        self.drain(self._drain_seconds)
        if left := self.close():
            _log.warning(
                "%d items were not in the log %s in time, and are dropped", left, self._where
            )

    def __enter__(self) -> LogSink:
        return self

    def __exit__(self, *_: object) -> None:
        self.dispose()

    def _accept(self, item: Any, outcomes: Outcomes[Any] | None) -> None:
        if os.getpid() != self._process:
            raise not_from("this sink")
        entry: LogEntry | None = None
        try:
            entry = entry_of(with_trace(item), self._remember) if is_logged(item) else None
        except SlackError as error:
            item = failure(item, error)
            if outcomes is None:
                _log.error("an item was not appended: %s", error)  # nobody else hears of it
        if entry is None and outcomes is None:
            return
        hold = ItemHold() if CURRENT.get() else None
        appending = _Appending(item, entry, outcomes, hold)
        with self._changed:
            while self._has_to_wait() and not self._closed:
                self._changed.wait(SLICE)
            if not self._closed:
                self._waiting.append(appending)
                self._wake()
                return
        if hold is not None:
            hold.give_back()
        if outcomes is not None:
            outcomes.skip()

    def _has_to_wait(self) -> bool:
        # While nothing can be appended nothing more is taken, for who emits may note it as dealt with.
        return len(self._waiting) >= (1 if self._is_away else self._max_waiting)

    def _wake(self) -> None:
        if not self._running:
            self._running = True
            threading.Thread(target=self._run, name="rxslack-to_log", daemon=True).start()
        elif len(self._waiting) == 1:
            self._changed.notify_all()

    def _run(self) -> None:
        while batch := self._next():
            try:
                if self._append([one.entry for one in batch if one.entry is not None]):
                    self._tell(batch)
                else:
                    _give_back(batch)
            finally:
                with self._changed:
                    self._at_work = 0
                    self._changed.notify_all()
            self._tidy()

    def _next(self) -> list[_Appending]:
        """The next items; none when this thread has nothing to do for a while, and ends."""
        with self._changed:
            if not self._waiting and not self._closed:
                self._changed.wait(IDLE)
            batch = [self._waiting.popleft() for _ in range(min(BATCH, len(self._waiting)))]
            self._at_work = len(batch)
            self._running = bool(batch)
            if batch and len(self._waiting) <= self._max_waiting // 2:
                self._changed.notify_all()  # there is room, for more than one
            return batch

    def _append(self, entries: list[LogEntry]) -> bool:
        """Append, however long it takes; whether that was done before the sink was closed."""
        while entries:
            try:
                self._engine.append(entries)
            except LogUnavailable as error:
                self._is_away = True
                self._outage.warn(error)
                if isinstance(error, LogFull):
                    self._make_room()
                with self._changed:
                    if self._closed or self._changed.wait_for(lambda: self._closed, RETRY):
                        return False
            else:
                self._is_away = False
                self._outage.end()
                break
        return True

    def _make_room(self) -> None:
        self._attempt(lambda: self._engine.tidy(self._keep, needed=True))

    def _tidy(self) -> None:
        if monotonic() - self._tidied > TIDY:
            self._tidied = monotonic()
            self._attempt(lambda: self._engine.tidy(self._keep))

    def _attempt(self, action: Callable[[], object]) -> None:
        try:
            action()
        except LogUnavailable as error:
            _log.info("%s", error)

    def _tell(self, batch: list[_Appending]) -> None:
        for one in batch:
            if one.outcomes is not None:
                token = CURRENT.set(() if one.hold is None else one.hold.items)
                try:
                    one.outcomes.settle(one.item)
                finally:
                    CURRENT.reset(token)
            if one.hold is not None:
                one.hold.let_go()


sinks = Registry[LogSink]()
"""Those that there are; what is closed says so."""


@atexit.register
def _dispose_all() -> None:
    for sink in sinks.members():
        sink.dispose()


def _give_back(batch: list[_Appending]) -> None:
    for one in batch:
        if one.hold is not None:
            one.hold.give_back()
        if one.outcomes is not None:
            one.outcomes.skip()


def to_log(
    where: Where,
    *,
    remember: float = 600.0,
    max_entries: int = MAX_ENTRIES,
    max_waiting: int = 1000,
    keep: float = 3600.0,
    drain: float = 10.0,
) -> LogSink:
    """
    Append each event to a log that outlives the process, once, in order for a channel.

    >>> import tempfile, reactivex
    >>> from pathlib import Path
    >>> where = Path(tempfile.mkdtemp(), "events.db")
    >>> event = {"type": "message", "channel": "C1", "ts": "7.1", "text": "Hello"}
    >>> with to_log(where) as log:
    ...     subscription = reactivex.of(event, event).subscribe(log)

    An observer, ``stream.subscribe(to_log(where))``, and an operator that emits what it has appended. Several
    processes may hear the same events and append to the same log: an event that is in it, from whichever
    of them, is not appended again. So two that listen over RTM need no leader, and one more in a
    rolling deploy does no harm. What belongs to a connection (`hello`, …), typing, presence and rxslack's own
    items are not appended.

    An item of ``socket_mode(app, acknowledge="when_done", deadline=None)`` is acknowledged when it is in the log,
    and not before. While the log cannot be reached, or is full, the thread that emits waits, and Slack with it.

    Args:
        where: The path of a file, for the processes of one machine, or ``redis://host:6379/0`` (Redis from 7 on,
            or Valkey; ``pip install 'rxslack[redis]'``), ``?name=…`` for one of several logs on a server.
        remember: Seconds for which an event is known when it comes again, from another process or from Slack.
        max_entries: How many entries the log may hold, some 0.8 KB each. What nobody has read is never removed:
            when so many are in it, appending waits.
        max_waiting: How many items may wait to be appended while others are; `backfill`, which takes them for
            delivered, asks Slack again for the last ten seconds of them.
        keep: Seconds for which entries stay that every group is through with, for `rxslack log … replay`, as long
            as there is room.
        drain: Seconds that `dispose` waits for what is left.

    Emits: as an operator every item, those that are not appended too, in order, once those before it and it
        are in the log; what is no JSON as an `rxslack.failure` item. On a thread of its own.
    Errors: the source's own error, after what came before it; ``ConfigurationError`` at once for an argument that
        cannot work. A log that cannot be reached is waited for, with a warning.
    Dispose: what was accepted is still appended.
    """
    return LogSink(
        where,
        remember=remember,
        max_entries=max_entries,
        max_waiting=max_waiting,
        keep=keep,
        drain=drain,
    )
