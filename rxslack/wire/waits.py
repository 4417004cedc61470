"""Waits that are deadlines of the hub, so that a thousand of them need no thread of their own."""

from __future__ import annotations

import logging
import math
from collections.abc import Callable, Sequence
from contextvars import Context
from time import monotonic
from typing import TypeVar

from reactivex import abc, typing
from reactivex.disposable import CompositeDisposable, Disposable, SingleAssignmentDisposable
from reactivex.scheduler import TimeoutScheduler

from rxslack.core.unhandled import report
from rxslack.wire.hub import Hub, join

__all__ = ["HubScheduler"]

_log = logging.getLogger("rxslack.wire")

S = TypeVar("S")


class HubScheduler(TimeoutScheduler):
    """
    What reactivex's `TimeoutScheduler` is, without a thread for each wait.

    Of a connection that is lost two things wait: the next attempt, and a warning. Where a thousand were lost at once,
    two threads for each made coming back dearer by half; `python -m tests.benchmarks.connections` measures it.
    An action that takes long holds up no other: it is user code to the hub.
    """

    def schedule(
        self, action: abc.ScheduledAction[S], state: S | None = None
    ) -> abc.DisposableBase:
        """As of any scheduler."""
        return self.schedule_relative(0.0, action, state)

    def schedule_relative(
        self, duetime: typing.RelativeTime, action: abc.ScheduledAction[S], state: S | None = None
    ) -> abc.DisposableBase:
        """
        As of any scheduler.

        Raises: RuntimeError when there is no thread to be had.
        """
        result = SingleAssignmentDisposable()

        def act() -> None:
            result.disposable = self.invoke_action(action, state)

        wait = _Wait(monotonic() + self.to_seconds(duetime), act)
        join(wait)
        return CompositeDisposable(result, Disposable(wait.cancel))


class _Wait:
    """
    A `Member` of the hub that has no socket.

    Args:
        end: the instant at which to act.
        act: what to do then.
    """

    def __init__(self, end: float, act: Callable[[], object]) -> None:
        self.hub: Hub | None = None
        self.descriptor = -1
        self.registered = 0
        self.due = math.inf
        self.is_slow = False
        self._end = end
        self._act: Callable[[], object] | None = act
        self._taken: Callable[[], object] | None = None  # for `emit`
        self._is_due = False

    def cancel(self) -> None:
        """Do nothing, unless it is being done, or is done."""
        if self._act is not None:
            self._act = None
            if self.hub is not None:
                self.hub.ask(self)  # to forget it

    def awaited(self) -> int:
        """Nothing: there is no socket."""
        return 0

    def read(self) -> Sequence[bytes]:
        """Not called."""
        return ()

    def send_due(self) -> None:
        """Not called."""

    def look(self, now: float) -> float:
        """As of a `Member`."""
        self._is_due = now >= self._end
        return math.inf if self._is_over() else self._end

    def close_if_over(self) -> bool:
        """As of a `Member`."""
        return self._is_over()

    def takes_turn(self, batch: Sequence[bytes]) -> bool:  # noqa: ARG002 nothing has come
        """As of a `Member`."""
        act = self._act
        if act is None or not self._is_due:
            return False
        self._act, self._taken = None, act
        return True

    def emit(self) -> None:
        """As of a `Member`."""
        act, self._taken = self._taken, None
        if act is not None:
            Context().run(act)  # what it sets for the lines of its log is its own

    def give_up(self, error: Exception) -> None:  # noqa: ARG002 the hub has reported it
        """As of a `Member`: another hub goes on."""
        self.due = math.inf
        try:
            join(self)
        except RuntimeError as lost:  # no thread to be had; the others must hear of the end, too
            report(lost, _log)

    def _is_over(self) -> bool:
        return self._is_due or self._act is None
