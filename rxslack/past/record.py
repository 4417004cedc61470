"""The operator that writes down what passes."""

from __future__ import annotations

import logging
import os
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from threading import Lock
from typing import Any, Final, TypeVar

from reactivex import Observable, abc
from reactivex.disposable import CompositeDisposable, Disposable, SerialDisposable
from reactivex.scheduler import TimeoutScheduler

from rxslack.core.clocks import seconds_by
from rxslack.core.operator import operator
from rxslack.core.serialized import Serial
from rxslack.core.unhandled import guarded, report
from rxslack.errors import ConfigurationError
from rxslack.past.recording_file import RecordingFile
from rxslack.wire.bursts import BurstObserver, Bursts, Each, subscribe_in_bursts
from rxslack.wire.wishes import EVERYTHING, Wish

__all__ = ["record"]

_log = logging.getLogger("rxslack.record")

E = TypeVar("E", bound=Mapping[str, Any])

FLUSH: Final = 1.0  # seconds for which a compressed file may lag behind


@operator
def record(
    source: Observable[E],
    path: str | os.PathLike[str],
    *,
    append: bool = True,
    scheduler: abc.SchedulerBase | None = None,
) -> Observable[E]:
    """
    Write every event into a file, with the time of its arrival, and pass it on.

    >>> import tempfile
    >>> from rxslack.past.replay import replay
    >>> from rxslack.testing import Marbles
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     day, marbles = f"{folder}/monday.jsonl.gz", Marbles()
    ...     source = marbles.cold("-h---m-|", h={"type": "hello"}, m={"type": "message"})
    ...     seen = marbles.run(source.pipe(record(day)))
    ...     again = Marbles()
    ...     again.run(replay(day, scheduler=again.scheduler)).marbles
    '-A---B-|'

    The file holds JSON lines, ``{"at": 1764000003.7, "event": {…}}``; `replay` plays it again.
    Tokens, tickets, webhooks and the like are masked in it. What was written outlives the process
    however that ends; of a compressed file, what was written more than a second ago.

    Args:
        source: Any stream of events, or of other dicts.
        path: The file; a name that ends in ``.gz`` is compressed.
        append: Go on behind what the file holds, also when a crash left it torn. False begins
            anew.
        scheduler: Its clock tells the times. Default: the subscriber's, else the system's.

    Emits: the events of the source, unchanged, each after it was written. What Slack sent together is
        written together, so of who takes no more the file may hold some more than it has taken.
    Errors: ``OSError`` when the file cannot be written, or no longer, as on a full disk: it can be
        read up to there. ``TypeError`` or ``ValueError`` for an item that cannot be JSON.
        ``ConfigurationError`` while another subscription, or another process, records into the
        same file: share the stream, or dispose of the other one; also when the file to append to
        is no recording. The source's own error.
    Dispose: disposes the source, then closes the file; so do completion and error, before they are
        passed on. ``rxslack.record`` logs what cannot be written then.
    Source: jsonlines.org; RFC 1952 (gzip).
    """

    def in_bursts(
        observer: BurstObserver, subscriber: abc.SchedulerBase | None
    ) -> abc.DisposableBase:
        clock = scheduler or subscriber or TimeoutScheduler.singleton()
        try:
            recorder = Recorder(Path(path), append, clock, observer)
        except (OSError, ConfigurationError) as error:
            observer.on_error(error)
            return Disposable()
        recorder.upstream.disposable = subscribe_in_bursts(source, recorder, subscriber)
        return CompositeDisposable([recorder.upstream, Disposable(recorder.close)])

    def subscribe(
        observer: abc.ObserverBase[E], subscriber: abc.SchedulerBase | None = None
    ) -> abc.DisposableBase:
        return in_bursts(Each(observer.on_next, observer), subscriber)

    return Bursts(in_bursts) if isinstance(source, Bursts) else Observable(subscribe)


class Recorder:
    """One subscription: what the source says, and what the timer finds out, one after the other."""

    def __init__(
        self, path: Path, append: bool, clock: abc.SchedulerBase, observer: BurstObserver
    ) -> None:
        self.upstream = SerialDisposable()
        self._observer = observer
        self._steps = Serial()
        self._over = False
        self._recording = Recording(path, append, clock, self._fail)

    def on_items(self, items: Sequence[Any], plain: bool) -> None:
        """Write them, then pass them on."""
        self._steps.do(lambda: self._record(items, plain))

    def on_error(self, error: Exception) -> None:
        """Close the file, then pass the end on."""
        self._steps.do(lambda: self._end(error))

    def on_completed(self) -> None:
        """The same, in good order."""
        self._steps.do(lambda: self._end(None))

    def wish(self) -> Wish:
        """Whatever comes is written."""
        return EVERYTHING

    def close(self) -> None:
        """Close the file; nobody listens any more."""
        try:
            self._recording.close()
        except OSError as error:
            report(error, _log)

    def _record(self, items: Sequence[Any], plain: bool) -> None:
        try:
            self._recording.write(items)
        except (TypeError, ValueError) as error:  # and none of them was written
            if len(items) == 1:
                self._fail(error)
                return
            for item in items:
                if not self._over:
                    self._record((item,), plain)
        except OSError as error:
            self._fail(error)
        else:
            self._observer.on_items(items, plain)

    def _fail(self, error: Exception) -> None:
        self._over = True
        self.upstream.dispose()
        self.on_error(error)

    def _end(self, error: Exception | None) -> None:
        try:
            self._recording.close()
        except OSError as trouble:  # the disk is full
            error = error or trouble
        if error is None:
            self._observer.on_completed()
        else:
            self._observer.on_error(error)


class Recording:
    """One subscription's hold on one file, which nobody else in this process has meanwhile."""

    taken: Final[set[Path]] = set()
    lock: Final = Lock()

    def __init__(
        self,
        path: Path,
        append: bool,
        clock: abc.SchedulerBase,
        failed: Callable[[Exception], object],
    ) -> None:
        self._failed = failed  # is told of what goes wrong between two writes
        self._path = path.resolve()
        self._clock = clock
        self._late = SerialDisposable()  # the timer that brings a compressed file up to date
        self._timed = path.suffix != ".gz"
        self._take()
        try:
            self._file = RecordingFile(path, append=append, clock=seconds_by(clock))
        except (OSError, ConfigurationError):
            self._leave()
            raise

    def write(self, events: Sequence[Mapping[str, Any]]) -> None:
        """Write, and see to it that the file itself has it before long."""
        self._file.write(*events)
        if not self._timed:
            self._timed = True
            self._late.disposable = self._clock.schedule_relative(FLUSH, guarded(self._flush, _log))

    def close(self) -> None:
        """Close the file and let others have it."""
        self._late.dispose()
        try:
            self._file.close()
        finally:
            self._leave()

    def _flush(self, *_: object) -> None:
        self._timed = False
        try:
            self._file.flush()
        except OSError as error:
            self._failed(error)

    def _take(self) -> None:
        with self.lock:
            if self._path in self.taken:
                raise ConfigurationError(
                    f"{self._path.name} is being recorded already; dispose of that subscription, "
                    "or put shared() behind record() and subscribe to that as often as you like"
                )
            self.taken.add(self._path)

    def _leave(self) -> None:
        with self.lock:
            self.taken.discard(self._path)
