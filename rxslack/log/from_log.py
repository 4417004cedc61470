"""The source that reads a log."""

from __future__ import annotations

import atexit
import logging
import threading
from collections import Counter, deque
from collections.abc import Callable
from hashlib import blake2b
from time import monotonic, sleep
from typing import Any, Final, NamedTuple

from reactivex import Observable, abc
from reactivex.disposable import Disposable
from reactivex.scheduler import CurrentThreadScheduler

from rxslack.core.fork import Registry
from rxslack.core.printable import printable
from rxslack.core.telemetry import in_trace, trace_taken_from
from rxslack.core.unhandled import tell
from rxslack.errors import ConfigurationError, SlackError
from rxslack.events.items import failure
from rxslack.lanes.lanes import drop_lapsed
from rxslack.lanes.tracking import CURRENT, TrackedItem
from rxslack.log.engine import (
    LONGEST_WAIT,
    RETRY,
    Engine,
    GroupMissing,
    LogUnavailable,
    Reader,
    TakenEntry,
)
from rxslack.log.entries import item_of, key_of, place_of
from rxslack.log.held_entries import HeldEntries
from rxslack.log.outages import OutageWarnings
from rxslack.log.where import Where, engine_at, shown_where

__all__ = ["LoggedItem", "from_log", "readings"]

AT_ONCE: Final = 128  # entries that are taken at once
FLUSH: Final = 0.003  # seconds in which what is over gathers
LAST: Final = 0.3  # seconds for what is at work when the process ends

_log = logging.getLogger("rxslack.log")


def from_log(
    where: Where,
    *,
    group: str,
    since: float | None = None,
    lease: float = 5.0,
    attempts: int = 10,
    max_waiting: int = 256,
) -> Observable[Any]:
    """
    The events of a log, in order for a channel, each until it is done.

    >>> import tempfile
    >>> from pathlib import Path
    >>> where = Path(tempfile.mkdtemp(), "events.db")
    >>> events = from_log(where, group="answers")  # nothing is read before `subscribe`

    The readers of a group, in this process and in others, share the events: each event goes to one of them,
    those of a channel in the order in which they were appended, and the next only when those before it are done, or
    to the same reader. Each group gets all events.

    An event is done when `on_next` has returned and `concurrent`, every sink and every `hold` that took it is
    through with it. What a reader holds that is killed, or cut off, goes to another one when its `lease` is over;
    what it holds that is disposed, or stopped by SIGTERM, at once, but for calls that are under way. So an event may be
    handled twice, by one that was killed and by another: ``post_message(web, outbox=where)`` posts once all the
    same.

    An event that was being worked on as its reader died, `attempts` times, comes as an `rxslack.failure` item
    and is kept for `rxslack log … dead`; the channel goes on.

    Args:
        where: As for `to_log`.
        group: Its name; the readers of one name share the events.
        since: What a group begins with that is new: what was appended from then on, in unix seconds. None: all that
            the log still has.
        lease: Seconds after which what is held by a reader that is heard of no more goes to another one.
        attempts: How often an event is handed to readers that die of it.
        max_waiting: How many events may be held at once, those being worked on included.

    Emits: the items as `to_log` got them, on a thread of its own.
    Errors: what a subscriber's own `on_next` raises, after which that item is another reader's;
        ``ConfigurationError`` for an argument that cannot work, and for a login that is refused. A log that cannot be
        reached is waited for, with a warning.
    Completes: never by itself.
    Dispose: takes nothing more, and gives back within a second what is not being worked on.
    """
    if not group or any(letter.isspace() for letter in group):
        raise ConfigurationError(f"group is {group!r}; give a name without spaces")
    if not lease >= 1.0:
        raise ConfigurationError(f"lease is {lease!r}; give 1 second or more")
    if attempts < 1 or max_waiting < 1:
        raise ConfigurationError(
            f"attempts is {attempts!r} and max_waiting {max_waiting!r}; give 1 or more of each"
        )
    engine_at(where)  # what cannot work is found here, and a new file is known as a log

    def subscribe(
        observer: abc.ObserverBase[Any], _: abc.SchedulerBase | None = None
    ) -> abc.DisposableBase:
        engine = engine_at(where)
        held = HeldEntries(engine, group, lease)
        limits = _Limits(since, lease, attempts, max_waiting)
        reading = _Reading(observer, engine, held, limits, where)
        # Not before whoever subscribes here has the disposable, or an end at the first item disposes nothing.
        CurrentThreadScheduler.singleton().schedule(reading.start)
        return Disposable(reading.dispose)

    return Observable(subscribe)


class _Limits(NamedTuple):
    """See `from_log`."""

    since: float | None
    lease: float
    attempts: int
    max_waiting: int


class LoggedItem(TrackedItem):
    """
    An item of a log, on its way through a pipeline.

    Args:
        reading: Whose it is.
        reader: As which it was taken.
        entry: It.
        failed: Why it is emitted as a failure; "" when it is not.
    """

    def __init__(self, reading: _Reading, reader: Reader, entry: TakenEntry, failed: str) -> None:
        super().__init__()
        self._reading = reading
        self._numbers: Counter[str] | None = None
        self.reader = reader
        self.entry = entry
        self.failed = failed
        self.taken_away = False

    @property
    def where(self) -> Where:
        """The log."""
        return self._reading.where

    @property
    def lapsed(self) -> bool:
        """Whether it is another reader's by now, or is to be."""
        reading = self._reading
        return self.taken_away or reading.closed or not reading.held.is_held(self.reader)

    def mark(self, lane: str) -> str:
        """The next id for what is done about this item in a lane: the same, and in the same order, each time."""
        if self._numbers is None:
            self._numbers = Counter()
        self._numbers[lane] += 1
        item = item_of(self.entry.text)
        key, _ = key_of(item, place_of(item))
        what = f"{self.reader.group}\0{key}\0{lane}\0{self._numbers[lane]}"
        return blake2b(what.encode("utf-8", "surrogatepass"), digest_size=16).hexdigest()

    def over(self, *, done: bool) -> None:
        """Tell the engine, soon."""
        self._reading.over(self, done=done)


class _Reading:
    """
    One subscription. A thread takes and emits, another renews the lease and tells what is over.

    Args:
        observer: Gets the items.
        engine: Where they are from.
        held: What is taken.
        limits, where: See `from_log`.
    """

    def __init__(
        self,
        observer: abc.ObserverBase[Any],
        engine: Engine,
        held: HeldEntries,
        limits: _Limits,
        where: Where,
    ) -> None:
        self.held = held
        self.closed = False
        self._observer = observer
        self._engine = engine
        self._limits = limits
        self.where = where
        self._where = shown_where(where)
        self._reader = threading.Thread(target=self._read, name="rxslack-from_log", daemon=True)
        self._changed = threading.Condition()
        self._is_due = False  # something is over, and not told yet
        self._is_reading = True
        self._is_left = False  # whether the subscriber ended it in its own `on_next`
        self._has_joined = False
        self._outage = OutageWarnings("it is tried again until it can be")
        readings.add(self)

    def start(self, *_: object) -> None:
        """Begin."""
        if self.closed:
            return
        self._reader.start()
        threading.Thread(target=self._keep, name="rxslack-from_log-lease", daemon=True).start()

    def dispose(self) -> None:
        """Take nothing more, and give back what is not at work. What is keeps its lease until it is over."""
        if not self.closed:
            self._is_left = threading.current_thread() is self._reader
            self.closed = True
            self.held.close()
            drop_lapsed()
            with self._changed:
                self._is_due = True
                self._changed.notify_all()

    def finish(self, deadline: float) -> None:
        """The process ends: wait for what is at work, no longer than that, and give all back."""
        while (self.held.count or self.held.owes) and monotonic() < deadline:
            with self._changed:
                self._changed.notify_all()
                self._changed.wait(FLUSH)
        try:
            self.held.flush(ends=True)
        except LogUnavailable as error:
            _log.warning("%s; what this process held is others' when its lease is over", error)

    def over(self, item: LoggedItem, *, done: bool) -> None:
        """Nobody has an item any more; on any thread."""
        entry = item.entry
        if not (done or (self.closed and not self._is_left)):
            entry = entry._replace(attempt=entry.attempt + 1)  # somebody tried, so it counts
        self.held.over(item.reader, entry, done=done, failed=item.failed)
        if not self._is_due:
            with self._changed:
                self._is_due = True
                self._changed.notify_all()

    # The thread that reads

    def _read(self) -> None:
        try:
            while not self.closed:
                self._step()
        except BaseException as error:  # noqa: BLE001 - a subscriber may raise anything
            try:
                self.dispose()
            finally:  # also where there is no thread to be had that drops what waits
                tell(self._observer, error, _log)
        finally:
            with self._changed:
                self._is_reading = False
                self._changed.notify_all()

    def _step(self) -> None:
        """Take some entries and emit them, or wait for some."""
        try:
            self._lapse()
            self.held.flush()
            room = min(AT_ONCE, self._limits.max_waiting - self.held.count)
            if room < 1:
                with self._changed:
                    self._changed.wait(LONGEST_WAIT)
                return
            reader, taken = self.held.take(room)
            if not taken:
                self._engine.wait(LONGEST_WAIT)
        except GroupMissing:
            self._attempt(self._join)
        except LogUnavailable as error:
            self._warn(error)
        else:
            self._outage.end()
            self._emit_all(reader, taken)

    def _emit_all(self, reader: Reader, taken: list[TakenEntry]) -> None:
        waiting = deque(taken)
        try:
            while waiting and not self.closed:
                self._emit(reader, waiting.popleft())
        finally:
            for entry in waiting:  # nobody has tried these
                self.held.over(reader, entry, done=False)

    def _emit(self, reader: Reader, entry: TakenEntry) -> None:
        item, trace, failed = self._item(entry)
        tracked = LoggedItem(self, reader, entry, failed)
        if tracked.lapsed:
            tracked.leave_undone()
            tracked.let_go()
            return
        token = CURRENT.set((tracked,))
        try:
            in_trace(trace, self._observer.on_next, item)
            if self._is_left:  # perhaps because of it
                tracked.leave_undone()
        except BaseException:
            tracked.leave_undone()
            raise
        finally:
            CURRENT.reset(token)
            tracked.let_go()

    def _item(self, entry: TakenEntry) -> tuple[Any, str, str]:
        """What is emitted for an entry, the trace that it belongs to, and why it is a failure."""
        try:
            item = item_of(entry.text)
        except ValueError as error:
            text = entry.text.decode("utf-8", "replace")
            return failure(text, error), "", f"no JSON: {error}"
        trace = trace_taken_from(item)
        if entry.attempt <= self._limits.attempts:
            return item, trace, ""
        reason = f"its reader died, or gave it back, {self._limits.attempts} times while it had this item"
        return failure(item, SlackError(reason)), trace, reason

    def _join(self) -> None:
        is_new = self._engine.join(self.held.reader, self._limits.since)
        group = printable(self.held.reader.group)
        if is_new and self._has_joined:
            _log.error(
                "the log %s has lost its data: the group %s begins anew, and what was in the log is "
                "gone. See to it that the server keeps an append-only file",
                self._where,
                group,
            )
        elif is_new:
            _log.info("the group %s is new in the log %s", group, self._where)
        self._has_joined = True

    # The thread that keeps the lease

    def _keep(self) -> None:
        renewed = monotonic()
        while self._is_reading or self.held.count or self.held.owes:
            with self._changed:
                if not self._is_due:
                    self._changed.wait(max(renewed + self._limits.lease / 4 - monotonic(), 0.0))
                gathers, self._is_due = self._is_due and not self.closed, False
            if gathers:
                sleep(FLUSH)
            self._lapse()
            if self._attempt(self.held.flush):
                with self._changed:
                    self._changed.notify_all()  # there is room
            elif self.closed and not self.held.count:
                return  # the lease will tell
            if monotonic() - renewed >= self._limits.lease / 4:
                renewed = monotonic()
                self._attempt(lambda: self.held.take(0))

    def _lapse(self) -> None:
        if self.held.lapse():
            _log.warning(
                "the lease on entries of the log %s was not renewed in time: other readers take "
                "them, and nothing more is begun about them here",
                self._where,
            )
            drop_lapsed()

    def _attempt(self, action: Callable[[], object]) -> bool:
        try:
            action()
        except LogUnavailable as error:
            if not isinstance(error, GroupMissing):
                self._warn(error)
            return False
        return True

    def _warn(self, error: LogUnavailable) -> None:
        self._outage.warn(error)
        with self._changed:
            if not self.closed:
                self._changed.wait(RETRY)


readings = Registry[_Reading]()
"""Those that are under way; what is disposed of says so."""


@atexit.register
def _dispose_all() -> None:
    deadline = monotonic() + LAST
    open_readings = readings.members()
    for reading in open_readings:
        reading.dispose()
    for reading in open_readings:
        reading.finish(deadline)
