"""A recording as a source: yesterday, as if it happened now."""

from __future__ import annotations

import logging
import math
import os
import threading
import time
from collections.abc import Callable, Generator
from typing import Any, Final

from reactivex import Observable, Subject, abc, compose
from reactivex.disposable import Disposable, MultipleAssignmentDisposable
from reactivex.scheduler import CurrentThreadScheduler, VirtualTimeScheduler

from rxslack.core.printable import printable
from rxslack.core.unhandled import has_ended, pass_on, report
from rxslack.errors import ConfigurationError
from rxslack.past.recorded_time import RecordedTime, emitting
from rxslack.past.recording_file import Line, read_recording

__all__ = ["replay"]

_log = logging.getLogger("rxslack.replay")

_SLICE: Final = 0.25  # seconds; on Windows, Ctrl-C is noticed only between two waits

Operators = Callable[[Observable[dict[str, Any]]], Observable[Any]]


def replay(
    path: str | os.PathLike[str],
    *operators: Callable[[Any], Any],
    speed: float = math.inf,
    until: float | None = None,
    scheduler: abc.SchedulerBase | None = None,
) -> Observable[Any]:
    """
    Play a recording again: at once, in real time, at a factor, or in virtual time.

    >>> import tempfile
    >>> from reactivex import operators as ops
    >>> from rxslack.past.record import record
    >>> from rxslack.testing import Marbles
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     day, marbles = f"{folder}/monday.jsonl", Marbles()
    ...     source = marbles.cold("-abc---d-|", **{name: {"type": name} for name in "abcd"})
    ...     seen = marbles.run(source.pipe(record(day)))
    ...     calm = replay(day, ops.debounce(2.0), ops.map(lambda event: event["type"]))
    ...     calm.pipe(ops.to_list()).run()
    ['c', 'd']

    Operators that are given here run in the recording's own time: `debounce(60.0)` means sixty
    recorded seconds at any speed, windows begin when the recording did, and the result is the same
    to the last item at every speed. A day of them takes a second at once. Operators in a `pipe`
    behind it run, as always, in the time of whoever subscribes.

    Args:
        path: A file that `record` wrote, compressed or not.
        operators: For `pipe`, to run in recorded time.
        speed: 1 plays in real time, 100 a hundred times as fast. Infinity, the default, plays at
            once, before `subscribe` returns. Whatever the speed, the replay's own thread emits.
        until: The moment after which nothing is played, in unix seconds: how a state was at that time.
            Default: the end.
        scheduler: Plays on it: under a virtual-time scheduler as recorded (or at a finite
            `speed`), with the first session's start at that scheduler's now. Default: the
            subscriber's, if it is one of virtual time.

    Emits: the events as they were recorded, in order; secrets are masked in them, and what JSON
        had no word for is text.
    Errors: ``OSError`` when the file cannot be read; ``ConfigurationError`` for a file of which no
        line can, and at once for a speed that is none. A line that cannot be read is skipped: ``rxslack.replay`` logs a warning
        with its number, and how many there were.
    Completes: when the recording ends, be it completed, disposed or torn then, or at `until`.
    Dispose: stops the reading, and the wait for the next event.
    Source: none; rxslack's own format, described in `rxslack.past.recording_file`.
    """
    if not speed > 0:
        raise ConfigurationError(f"speed must be a number above 0, or infinity, not {speed!r}")
    pipeline: Operators | None = compose(*operators) if operators else None

    def subscribe(
        observer: abc.ObserverBase[Any], subscriber: abc.SchedulerBase | None = None
    ) -> abc.DisposableBase:
        given = subscriber if isinstance(subscriber, VirtualTimeScheduler) else None
        if clock := scheduler or given:
            events = _scheduled(path, clock, speed, until)
            piped = pipeline(events) if pipeline else events
            return piped.subscribe(observer, scheduler=clock)
        return _Replaying(_Lines(path, until), observer, pipeline, speed).start()

    return Observable(subscribe)


def _scheduled(
    path: str | os.PathLike[str],
    clock: abc.SchedulerBase,
    speed: float,
    until: float | None,
) -> Observable[dict[str, Any]]:
    """The events on somebody's scheduler."""

    def subscribe(
        observer: abc.ObserverBase[dict[str, Any]], _: abc.SchedulerBase | None = None
    ) -> abc.DisposableBase:
        lines = _Lines(path, until)
        return _Scheduled(lines, observer, clock, 1.0 if math.isinf(speed) else speed).start()

    return Observable(subscribe)


class _Scheduled:
    """One subscription on a scheduler: one action for each time at which something arrived."""

    def __init__(
        self,
        lines: _Lines,
        observer: abc.ObserverBase[dict[str, Any]],
        clock: abc.SchedulerBase,
        speed: float,
    ) -> None:
        self._lines = lines
        self._observer = observer
        self._clock = clock
        self._speed = speed
        self._begun = clock.to_seconds(clock.now)
        self._slot = MultipleAssignmentDisposable()

    def start(self) -> abc.DisposableBase:
        self._go_on(None)
        return self._slot

    def _go_on(self, line: Line | None) -> None:
        """Emit a line and what came with it, and schedule the one behind."""
        try:
            following = self._emit_from(line) if line else self._lines.next()
        except (OSError, ConfigurationError) as error:
            if has_ended(self._observer):  # it is the subscriber's, or an operator's
                raise
            self._observer.on_error(error)
            return
        if self._slot.is_disposed:
            self._lines.close()
        elif following is None:
            self._observer.on_completed()
        else:
            seconds = (following[0] - self._lines.start) / self._speed
            when = round(self._begun + seconds, 6)
            self._slot.disposable = self._clock.schedule_absolute(when, self._due, following)

    def _emit_from(self, line: Line | None) -> Line | None:
        at = line[0] if line else None
        before, emitting.at = emitting.at, at
        try:
            while line and line[0] == at and not self._slot.is_disposed:
                if line[1] is not None:
                    self._observer.on_next(line[1])
                line = self._lines.next()
        finally:  # the thread is somebody else's
            emitting.at = before
        return line

    def _due(self, _: abc.SchedulerBase, line: Line | None = None) -> None:
        self._go_on(line)


class _Lines:
    """
    The lines of a recording, in order of time whatever the sessions' clocks said.

    Attributes:
        start: when the recording begins, unix seconds; known once a line was read.
    """

    def __init__(self, path: str | os.PathLike[str], until: float | None) -> None:
        self.start = 0.0
        self._until = math.inf if until is None else until
        self._path = path
        self._name = printable(os.fsdecode(path))
        self._skipped = 0
        self._lines = self._read()

    def next(self) -> Line | None:
        """The next line; None at the end."""
        return next(self._lines, None)

    def close(self) -> None:
        """Close the file."""
        self._lines.close()

    def __iter__(self) -> Generator[Line]:
        return self._lines

    def _read(self) -> Generator[Line]:
        latest: float | None = None
        for at, event in read_recording(self._path, self._problem):
            if latest is None:
                latest = self.start = at
            elif at > latest:
                latest = at
            if latest > self._until:
                return
            yield latest, event
        if latest is None and self._skipped:
            raise ConfigurationError(
                f"{self._name} is no recording: not one of its lines can be read"
            )
        if self._skipped > 1:
            _log.warning("%s: %d lines were skipped", self._name, self._skipped)

    def _problem(self, number: int, reason: str) -> None:
        self._skipped += 1
        if self._skipped == 1:
            _log.warning("%s: line %d is skipped: %s", self._name, number, printable(reason))


class _Replaying:
    """One subscription that keeps its own time."""

    def __init__(
        self,
        lines: _Lines,
        observer: abc.ObserverBase[Any],
        pipeline: Operators | None,
        speed: float,
    ) -> None:
        self._lines = lines
        self._observer = observer
        self._pipeline = pipeline
        self._speed = speed
        self._disposed = threading.Event()
        self._escaped: BaseException | None = None
        self._thread = threading.Thread(target=self._play, name="rxslack-replay", daemon=True)

    def start(self) -> abc.DisposableBase:
        at_once = math.isinf(self._speed)
        # On the trampoline, so that `take(3)` behind it finds something to dispose of.
        CurrentThreadScheduler.singleton().schedule(self._play_and_wait if at_once else self._go)
        return Disposable(self._disposed.set)

    def _go(self, _: abc.SchedulerBase, __: object = None) -> None:
        self._thread.start()

    def _play_and_wait(self, _: abc.SchedulerBase, __: object = None) -> None:
        # Not on this thread: its trampoline is busy, and what operators put there would wait for
        # the end of the recording.
        self._thread.start()
        try:
            while self._thread.is_alive():
                self._thread.join(_SLICE)
        finally:
            self._disposed.set()
        if self._escaped is not None:
            raise self._escaped

    def _play(self) -> None:
        lines = self._lines
        try:
            first = lines.next()
            if self._pipeline is None and math.isinf(self._speed):
                self._emit_all(lines, first)
            else:
                self._keep_time(lines, first)
        except BaseException as error:  # noqa: BLE001 - what a subscriber raises goes to its on_error
            self._fail(error)
        finally:
            lines.close()

    def _fail(self, error: BaseException) -> None:
        """Tell the subscriber; what it does not take goes to who waits in `subscribe`, or is logged."""
        if not self._disposed.is_set():
            try:
                pass_on(self._observer, error)
            except BaseException as unheard:  # noqa: BLE001 - a subscriber may raise anything
                error = unheard
            else:
                return
        if math.isinf(self._speed):
            self._escaped = error
        else:
            report(error, _log)

    def _emit_all(self, lines: _Lines, first: Line | None) -> None:
        """All of it, without a look at the clock."""
        emit, is_disposed, current = self._observer.on_next, self._disposed.is_set, emitting
        if first and first[1] is not None:
            current.at = first[0]
            emit(first[1])
        for at, event in lines:
            if is_disposed():
                return
            if event is not None:
                current.at = at
                emit(event)
        if not is_disposed():
            self._observer.on_completed()

    def _keep_time(self, lines: _Lines, line: Line | None) -> None:
        begun = time.monotonic()
        clock = RecordedTime(lines.start, lambda due: self._wait(begun, due - lines.start))
        source: Subject[dict[str, Any]] = Subject()
        piped = self._pipeline(source) if self._pipeline else source
        held = piped.subscribe(self._observer, scheduler=clock)
        try:
            while line and self._comes(clock, line[0]):
                if line[1] is not None:
                    emitting.at = line[0]
                    source.on_next(line[1])
                line = lines.next()
            if line is None and not self._disposed.is_set():
                source.on_completed()
                clock.finish()
        finally:
            if self._disposed.is_set():
                held.dispose()

    def _comes(self, clock: RecordedTime, at: float) -> bool:
        if at == clock.time:  # what arrived together is emitted together
            return not self._disposed.is_set()
        return clock.set(at)

    def _wait(self, begun: float, passed: float) -> bool:
        """Wait for a time, counted from the recording's start; whether somebody listens still."""
        if not math.isinf(self._speed):
            while (rest := begun + passed / self._speed - time.monotonic()) > 0:
                if self._disposed.wait(min(rest, 3600.0)):
                    break
        return not self._disposed.is_set()
