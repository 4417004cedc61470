"""How a stream fares: to be asked, and to be watched."""

from __future__ import annotations

import logging
import threading
import time
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal, NamedTuple

from reactivex import Observable, abc
from reactivex.subject import BehaviorSubject

from rxslack.core.serialized import Serial
from rxslack.core.unhandled import tell

__all__ = ["Phase", "Snapshot", "Status", "Watched"]

log = logging.getLogger("rxslack.status")

Phase = Literal["idle", "connecting", "connected", "lost"]


@dataclass(frozen=True, kw_only=True)
class Snapshot:
    """
    The state of a stream at one moment.

    Args:
        phase: "idle" before the first attempt and after the disposal, "connecting" from the
            question for a URL to hello, "connected", "lost" between two attempts.
        since: unix seconds from which on it has been so.
        attempt: how many attempts there were since the last hello; 0 while connected.
        connection: number of the connection that stands, or was opened last, in this process.
        team: id of the workspace; "" as long as it is not known.
        last_frame: unix seconds when the last byte came; None before the first.
        waiting: bytes that wait for user code.
        cause: what ended the last connection, in words; "" when nothing has.
        unanswered: how many envelopes of Socket Mode were acknowledged without an answer so far,
            because none came by hand in time; see `socket_mode`.
        left_out: how many frames were not decoded so far, because no subscriber needed them.
    """

    phase: Phase = "idle"
    since: float = 0.0
    attempt: int = 0
    connection: int = 0
    team: str = ""
    last_frame: float | None = None
    waiting: int = 0
    cause: str = ""
    unanswered: int = 0
    left_out: int = 0


class Watched(NamedTuple):
    """What a connection lets a `Status` see of it while it stands; as in a `Snapshot`."""

    last_frame: Callable[[], float]
    waiting: Callable[[], int]
    left_out: Callable[[], int] = int


class Status:
    """
    The state of one stream: ``rtm(web, status=status)``.

    Two connections of a handover count as one: "connected" as long as one of them stands. Safe
    from any thread.

    >>> Status().now.phase
    'idle'

    Args:
        clock: unix seconds.
    """

    def __init__(self, *, clock: Callable[[], float] = time.time) -> None:
        self._clock = clock
        self._lock = threading.Lock()
        self._said = BehaviorSubject(Snapshot(since=clock()))
        self._untold: deque[Snapshot] = deque()
        self._telling = Serial()
        self._opening: set[int] = set()
        self._open: dict[int, Watched] = {}
        self._latest = Snapshot(since=clock())
        self._unanswered = 0
        self._left_out = 0  # over connections that have ended

    @property
    def now(self) -> Snapshot:
        """How it is at this moment, to the last byte."""
        with self._lock:
            return self._filled(self._latest)

    @property
    def changes(self) -> Observable[Snapshot]:
        """
        The state now, and again after each change of phase, connection or cause.

        Emits: one after the other, in the order of the changes, on the thread of a connection,
            which waits: be quick, or use `ops.observe_on`.
        Errors: what a subscriber's own `on_next` raises, to that one alone.
        """

        def subscribe(
            observer: abc.ObserverBase[Snapshot], scheduler: abc.SchedulerBase | None = None
        ) -> abc.DisposableBase:
            def on_next(now: Snapshot) -> None:
                try:
                    observer.on_next(now)
                except BaseException as error:  # noqa: BLE001 - it is nothing to the connection
                    tell(observer, error, log)

            return self._said.subscribe(on_next, scheduler=scheduler)

        return Observable(subscribe)

    def opening(self, connection: int) -> None:
        """A connection begins to be opened."""
        with self._lock:
            self._opening.add(connection)
            latest = self._latest
            attempt = 1 if latest.phase == "connected" else latest.attempt + 1
            standing = connection if not self._open else latest.connection
            self._change(attempt=0 if self._open else attempt, connection=standing)
        self._tell()

    def stands(self, connection: int, team: str, watched: Watched) -> None:
        """Its hello has come."""
        with self._lock:
            self._opening.discard(connection)
            self._open[connection] = watched
            self._change(attempt=0, connection=connection, team=team)
        self._tell()

    def ended(self, connection: int, cause: str) -> None:
        """It has ended; "" for the cause when it was disposed."""
        with self._lock:
            gone = self._open.get(connection)
            frame = gone.last_frame() if gone else self._latest.last_frame
            self._opening.discard(connection)
            self._open.pop(connection, None)
            self._left_out += gone.left_out() if gone else 0
            self._change(cause=cause or self._latest.cause, last_frame=frame, idle=not cause)
        self._tell()

    def unanswered(self, count: int) -> None:
        """So many more envelopes have got no answer; that is no change to be told of."""
        with self._lock:
            self._unanswered += count

    def _change(
        self,
        *,
        attempt: int | None = None,
        connection: int | None = None,
        team: str | None = None,
        cause: str | None = None,
        last_frame: float | None = None,
        idle: bool = False,
    ) -> None:
        before, phase = self._latest, self._phase(idle)
        self._latest = Snapshot(
            phase=phase,
            since=before.since if phase == before.phase else self._clock(),
            attempt=before.attempt if attempt is None else attempt,
            connection=before.connection if connection is None else connection,
            team=before.team if team is None else team,
            last_frame=before.last_frame if last_frame is None else last_frame,
            cause=before.cause if cause is None else cause,
        )
        self._untold.append(self._filled(self._latest))

    def _phase(self, idle: bool) -> Phase:
        if self._open:
            return "connected"
        if self._opening:
            return "connecting"
        return "idle" if idle else "lost"

    def _filled(self, latest: Snapshot) -> Snapshot:
        frames = [one.last_frame() for one in self._open.values()]
        return Snapshot(
            phase=latest.phase,
            since=latest.since,
            attempt=latest.attempt,
            connection=latest.connection,
            team=latest.team,
            last_frame=max(frames, default=latest.last_frame),
            waiting=sum(one.waiting() for one in self._open.values()),
            cause=latest.cause,
            unanswered=self._unanswered,
            left_out=self._left_out + sum(one.left_out() for one in self._open.values()),
        )

    def _tell(self) -> None:
        # Never while the lock is held; and connections, of which there may be several, change
        # side by side: what changes while somebody is being told is told after that.
        self._telling.do(lambda: self._said.on_next(self._untold.popleft()))
