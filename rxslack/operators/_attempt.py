"""What `reconnect` knows of one subscription to its source, and of how it ended."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

from reactivex.disposable import SingleAssignmentDisposable

from rxslack.errors import TransportError

__all__ = ["Attempt", "Loss", "loss_of", "reason"]

T = TypeVar("T")


class Attempt(Generic[T]):
    """One subscription to the source."""

    def __init__(self, since: float) -> None:
        self.slot = SingleAssignmentDisposable()
        self.greeted = False
        self.leaving = False  # whether Slack has said that it will close it
        self.held: list[T] | None = None  # items that wait; None: nothing waits any more
        self.seen = -math.inf  # unix seconds when its last item came
        self.rested = since  # unix seconds when it was last dealt with, while there are two
        self.retire: Callable[[], object] | None = None  # ends it when it has emitted what it read


@dataclass(frozen=True)
class Loss:
    """
    The end of a connection that nobody took over from.

    Args:
        since: unix seconds from which on nothing was seen.
        reason: in words.
    """

    since: float
    reason: str


def loss_of(attempt: Attempt[Any], error: Exception | None) -> Loss:
    """What is lost with an attempt; its items may have waited for slow user code."""
    last_byte = error.last_byte if isinstance(error, TransportError) else None
    since = attempt.seen if last_byte is None else min(attempt.seen, last_byte)
    return Loss(since, reason(error))


def reason(error: Exception | None) -> str:
    """Why a connection ended, in words."""
    return "read long enough" if error is None else str(error)
