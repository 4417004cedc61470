"""Two connections at once: how long the old one leads, and how long it is read at all."""

from __future__ import annotations

import logging
from collections.abc import Callable
from typing import Final, Generic, TypeVar

from reactivex import abc
from reactivex.disposable import SerialDisposable, SingleAssignmentDisposable

from rxslack.operators._attempt import Attempt
from rxslack.operators._places import Places
from rxslack.operators._relay import Relay
from rxslack.unheard import guarded

__all__ = ["Handover"]

T = TypeVar("T")

log = logging.getLogger("rxslack.reconnect")

QUIET: Final = 1.0  # seconds without an item after which a leader that will end is overtaken
PATIENCE: Final = 30.0  # seconds for which the old connection is read after the new one's hello


class Handover(Generic[T]):
    """
    Looks after two connections now and then, until one is left.

    Args:
        places: of the attempts.
        relay: of their items.
        clock: wakes it.
        time: unix seconds.
        leave: called with an old connection that Slack does not close.

    Attributes:
        timer: to be disposed in the end.
    """

    def __init__(
        self,
        places: Places[T],
        relay: Relay[T],
        clock: abc.SchedulerBase,
        time: Callable[[], float],
        leave: Callable[[Attempt[T]], object],
    ) -> None:
        self.timer = SerialDisposable()
        self._places = places
        self._relay = relay
        self._clock = clock
        self._time = time
        self._leave = leave
        self._due = guarded(self._look_now, log)

    def begin(self) -> None:
        """The new one has said hello."""
        self._watch(self._time() + PATIENCE)

    def _watch(self, limit: float) -> None:
        watching = SingleAssignmentDisposable()
        self.timer.disposable = watching

        until_limit = limit - self._time()
        pause = min(QUIET, until_limit) if until_limit > 0 else QUIET
        watching.disposable = self._clock.schedule_relative(pause, self._due, limit)

    def _look_now(self, _scheduler: abc.SchedulerBase, limit: float) -> None:
        if not self._look(limit):
            self._watch(limit)

    def _look(self, limit: float) -> bool:
        """Whether there is nothing more to look after."""
        old, leads = self._places.old()
        if old is None or self.timer.is_disposed:
            return True
        if self._time() >= limit and not self._is_retiring(old):
            self._leave(old)
            return True
        if leads:
            self._relay.overtake(old, quiet=QUIET)
        return False

    def _is_retiring(self, old: Attempt[T]) -> bool:
        """Whether it ends by itself: what it has acknowledged may wait behind slow user code."""
        if old.retire is None:
            return False
        old.retire()
        return True
