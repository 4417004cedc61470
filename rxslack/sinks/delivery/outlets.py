"""Where the outcome of an item goes: down the stream, or to the dead letters."""

from __future__ import annotations

import threading
from typing import Any, Protocol, TypeAlias

from reactivex import abc

from rxslack.core.unhandled import has_ended
from rxslack.events.failures import is_failure
from rxslack.events.types.rxslack_items import FailureEvent
from rxslack.lanes.lanes import Outcomes
from rxslack.sinks.dead_letters import DeadLetters

__all__ = ["LeftBehind", "Outcome", "Outlet", "Quiet", "Replies"]

Outcome: TypeAlias = dict[str, Any] | FailureEvent
"""Slack's reply, or the failure of an item."""


class Outlet(Protocol):
    """Told of each call twice: when it comes in and when it is over."""

    def accept(self) -> None:
        """A call came in. Returns at once."""

    def settle(self, outcome: Outcome) -> None:
        """A call is over. Called from any thread."""

    def skip(self) -> None:
        """A call is not made, because the one before it, of the same item, failed."""

    def drop(self, event: FailureEvent) -> None:
        """A call was dropped because the sink was closed."""


class Quiet:
    """
    The outlet of a plain observer: failures are dead letters, replies are let go.

    Args:
        letters: Where failures go.
    """

    def __init__(self, letters: DeadLetters) -> None:
        self._letters = letters

    def accept(self) -> None:
        """Nothing to keep."""

    def settle(self, outcome: Outcome) -> None:
        """Hand a failure on, or log it."""
        if is_failure(outcome):
            self._letters.tell(outcome)

    def skip(self) -> None:
        """Nothing to tell."""

    def drop(self, event: FailureEvent) -> None:
        """Hand it on; no line of the log for each, for who closes a sink is told the number."""
        self._letters.hand_on(event)


class Replies(Outcomes[Outcome]):
    """
    The outlet of one subscription to the operator: outcomes one at a time, then the end.

    Args:
        observer: Gets the outcomes, failures among them.
        letters: Gets the failures, too.
    """

    def __init__(self, observer: abc.ObserverBase[Outcome], letters: DeadLetters) -> None:
        super().__init__(observer)
        self._letters = letters

    def inherit(self, left_behind: LeftBehind) -> None:
        """Emit what became of earlier calls, in order, and what will become of them."""
        with self._emitting:
            for outcome in left_behind.go_to(self):
                self.accept()
                super().settle(outcome)  # the dead letters have been told of it

    def settle(self, outcome: Outcome) -> None:
        """Emit; then the end, when this was the last one."""
        if is_failure(outcome):
            # Whoever subscribed may have left, and then nobody would hear of it.
            tell = self._letters.tell if has_ended(self._observer) else self._letters.hand_on
            tell(outcome)
        super().settle(outcome)

    def drop(self, event: FailureEvent) -> None:
        """Emit the failure, where anybody listens; who closes a sink is told the number."""
        self._letters.hand_on(event)
        super().settle(event)


class LeftBehind:
    """
    The outlet of what an earlier process left behind: its outcomes go where the first others go.

    Until a stream comes they are kept for it, though failures are told at once.

    Args:
        quiet: Gets the failures until then, and all when no stream comes.
    """

    def __init__(self, quiet: Quiet) -> None:
        self._quiet = quiet
        self._lock = threading.Lock()
        self._outlet: Outlet | None = None
        self._pending = 0
        self._kept: list[Outcome] = []

    def accept(self) -> None:
        """One more was left behind; all are counted before any stream comes."""
        with self._lock:
            self._pending += 1

    def settle(self, outcome: Outcome) -> None:
        """Hand an outcome on, or keep it."""
        outlet = self._over(outcome)
        (outlet or self._quiet).settle(outcome)

    def skip(self) -> None:
        """Nothing to tell, but of the end of it."""
        outlet = self._over(None)
        (outlet or self._quiet).skip()

    def drop(self, event: FailureEvent) -> None:
        """The sink was closed."""
        outlet = self._over(event)
        (outlet or self._quiet).drop(event)

    def _over(self, outcome: Outcome | None) -> Outlet | None:
        with self._lock:
            self._pending -= 1
            if self._outlet is None and outcome is not None:
                self._kept.append(outcome)
            return self._outlet

    def go_to(self, outlet: Outlet) -> list[Outcome]:
        """Hand on from now on; what was kept, the first time."""
        with self._lock:
            if self._outlet is not None:
                return []
            self._outlet = outlet
            for _ in range(self._pending):
                outlet.accept()
            kept, self._kept = self._kept, []
        return kept
