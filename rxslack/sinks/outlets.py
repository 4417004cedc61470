"""Where the outcome of an item goes: down the stream, or to the dead letters."""

from __future__ import annotations

from typing import Any, Protocol, TypeAlias

from reactivex import abc

from rxslack.events.rxslack_items import FailureEvent
from rxslack.failures import is_failure
from rxslack.lanes.outcomes import Outcomes
from rxslack.sinks.dead_letters import DeadLetters

__all__ = ["Outcome", "Outlet", "Quiet", "Replies"]

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

    def settle(self, outcome: Outcome) -> None:
        """Emit; then the end, when this was the last one."""
        if is_failure(outcome):
            self._letters.hand_on(outcome)
        super().settle(outcome)

    def drop(self, event: FailureEvent) -> None:
        """Emit the failure: nothing is lost silently."""
        self.settle(event)
