"""What `ask` was given."""

from __future__ import annotations

from asyncio import AbstractEventLoop
from collections.abc import Awaitable, Callable, Collection, Mapping
from dataclasses import dataclass
from typing import Any, TypeAlias

from rxslack.errors import ConfigurationError
from rxslack.lanes.coroutines import result_of
from rxslack.sinks.asking.card import Card
from rxslack.sinks.asking.store import Ask

__all__ = ["Approvers", "QuestionOptions"]

Approvers: TypeAlias = Collection[str] | Callable[[str, Any], bool | Awaitable[bool]] | None
"""See `ask`."""


@dataclass(frozen=True, kw_only=True)
class QuestionOptions:
    """
    What `ask` was given; see there.

    Errors: ``ConfigurationError`` for what cannot work.
    """

    card: Card
    approvers: Approvers
    loop: AbstractEventLoop | None
    timeout: float | None
    escalate_after: float | None
    escalate_to: tuple[str, ...]
    refusal: str
    remember: float
    max_waiting: int

    def __post_init__(self) -> None:
        approvers = self.approvers
        if not (approvers is None or callable(approvers) or is_people(approvers)):
            raise ConfigurationError(
                f"approvers is {approvers!r}; give ids of users, or a function"
            )
        for name in ("timeout", "escalate_after"):
            seconds = getattr(self, name)
            if seconds is not None and not seconds > 0:
                raise ConfigurationError(f"{name} is {seconds!r}; give seconds, more than 0")
        if (self.escalate_after is None) != (not self.escalate_to):
            raise ConfigurationError("escalate_after and escalate_to belong together; give both")
        if self.max_waiting < 1 or not self.remember >= 0:
            raise ConfigurationError(
                "max_waiting must be at least 1, and remember 0 seconds or more, not "
                f"{self.max_waiting!r} and {self.remember!r}"
            )

    def may_decide(self, user: str, ask: Ask) -> bool:
        """Whether a question is somebody's to decide; raises what the user's own function does."""
        approvers = self.approvers
        if approvers is None or (ask.escalated and user in self.escalate_to):
            return True
        if callable(approvers):
            return result_of(approvers(user, ask.item), self.loop)
        return user in approvers


def is_people(value: object) -> bool:
    """Whether these are ids, and not one of them."""
    return isinstance(value, Collection) and not isinstance(value, (str, Mapping))
