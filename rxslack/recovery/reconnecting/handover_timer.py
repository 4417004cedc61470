"""Several connections at once: how long an old one goes first, and how long it is read at all."""

from __future__ import annotations

import logging
import math
import time
from collections.abc import Callable
from typing import Final, Generic, TypeVar

from reactivex import abc
from reactivex.disposable import SerialDisposable, SingleAssignmentDisposable

from rxslack.core.unhandled import guarded
from rxslack.recovery.reconnecting.attempts import Attempt, Roles
from rxslack.recovery.reconnecting.emitter import Emitter

__all__ = ["IDLE", "Handover", "HandoverTimer"]

T = TypeVar("T")

log = logging.getLogger("rxslack.reconnect")

IDLE: Final = (
    1.0  # seconds without an item after which a current connection that will end is overtaken
)
PROOF: Final = 2.0  # seconds after a hello in which the old one may still prove that it lives
PATIENCE: Final = 30.0  # seconds for which the old connection is read after the new one's hello


class HandoverTimer(Generic[T]):
    """
    Looks after several connections now and then, until one is left.

    Args:
        roles: of the attempts.
        emitter: of their items.
        clock: wakes it.
        now: the instant; of a clock that never steps.
        leave: called with an old connection that Slack does not close.

    Attributes:
        timer: to be disposed in the end.
    """

    def __init__(
        self,
        roles: Roles[T],
        emitter: Emitter[T],
        clock: abc.SchedulerBase,
        now: Callable[[], float],
        leave: Callable[[Attempt[T]], object],
    ) -> None:
        self.timer = SerialDisposable()
        self._roles = roles
        self._emitter = emitter
        self._clock = clock
        self._now = now
        self._end_old = leave
        self._proof_by = -math.inf
        self._due = guarded(self._check_now, log)

    def begin(self) -> None:
        """Another one has said hello."""
        now = self._now()
        old = self._roles.superseded()
        if not old:
            return
        # Each hello asks the older connections again, so each gives them time to answer.
        self._proof_by = now + PROOF
        for one in old:
            one.read_until = min(one.read_until, now + PATIENCE)
        self._schedule_check(now)

    def _schedule_check(self, now: float) -> None:
        watching = SingleAssignmentDisposable()
        self.timer.disposable = watching

        left = min((one.read_until - now for one in self._roles.superseded()), default=IDLE)
        # Soon enough for what comes first: an idle current connection, or an old one that was read
        # for long enough.
        pause = min(IDLE, left) if left > 0 else IDLE
        watching.disposable = self._clock.schedule_relative(pause, self._due)

    def _check_now(self, _scheduler: abc.SchedulerBase, _state: object = None) -> None:
        if not self.timer.is_disposed and self._check():
            self._schedule_check(self._now())

    def _check(self) -> bool:
        """Whether there is more to look after."""
        now = self._now()
        for one in self._roles.superseded():
            if now >= one.read_until:
                self._end(one)
        self._emitter.overtake(self._longest_idle)
        return bool(self._roles.superseded()) or self._roles.replacement() is not None

    def _longest_idle(self) -> float | None:
        """Seconds without an item after which the current connection is overtaken; None: not yet."""
        now, newer = self._now(), self._roles.replacement()
        if newer is None or newer.span is None:
            return None
        # Overtaking before the overlap is proved costs a gap item, so there is time for the proof.
        if not newer.span.joined and now < self._proof_by:
            return None
        # A replacement that has ended brings nothing more. What waits of it must not wait for ever
        # beside a busy current connection, which has long delivered the same.
        waits = newer.end_reason is None or now < self._proof_by - PROOF + PATIENCE
        return IDLE if waits else -math.inf

    def _end(self, old: Attempt[T]) -> None:
        """Let it emit what it has read: what it has acknowledged may wait behind slow user code."""
        if old.connection is None:
            self._end_old(old)
        else:
            old.connection.retire()


class Handover:
    """
    The time after a goodbye or a hello in which live events may be late: as it looks to whoever reads the stream.

    Else what was said comes within a moment, or never. But after a goodbye the connection may be dead
    without anybody knowing it; and from its hello on, what the next one brings is held back until the old
    one has ended, or has been idle for long enough. Messages of history that were emitted meanwhile, as
    they had not come, would be ahead of live ones that were said before them: of answers that history was
    not asked for.

    Attributes:
        began: the instant (of `time.monotonic`) of the first of them.
        ends: the instant at which nothing is held back any more.
    """

    def __init__(self) -> None:
        self.began = self.ends = -math.inf

    def is_on(self) -> bool:
        """Whether live events may be held back."""
        return time.monotonic() < self.ends

    def note(self) -> None:
        """There is a goodbye, or a hello."""
        if not self.is_on():
            self.began = time.monotonic()
        self.ends = time.monotonic() + PROOF + IDLE
