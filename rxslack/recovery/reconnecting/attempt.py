"""What `reconnect` knows of one subscription to its source, and of how it ended."""

from __future__ import annotations

import math
from itertools import count
from typing import Generic, TypeVar

from reactivex.disposable import SingleAssignmentDisposable

from rxslack.recovery.reconnecting.connection import Connection
from rxslack.recovery.reconnecting.coverage import Span

__all__ = ["Attempt", "reason"]

T = TypeVar("T")

_numbers = count(1)


class Attempt(Generic[T]):
    """
    One subscription to the source. Its instants are of the clock of `reconnect`.

    Args:
        since: the instant at which it was opened.
    """

    def __init__(self, since: float) -> None:
        self.number = next(_numbers)  # of no other one
        self.slot = SingleAssignmentDisposable()
        self.span: Span | None = None  # what it covers; None before its hello
        self.connection: Connection | None = None  # None: it cannot be asked, nor be retired
        self.leaving = False  # whether Slack has said that it will close it
        self.held: list[T] | None = None  # items that wait; None: nothing waits any more
        self.seen = -math.inf  # the instant at which its last item came
        self.rested = since  # the instant at which it was last dealt with, while there are two
        self.until = math.inf  # the instant up to which it is read beside a newer one
        self.ending: str | None = None  # why it has ended, in words

    @property
    def greeted(self) -> bool:
        """Whether it has said hello."""
        return self.span is not None

    @property
    def stands(self) -> bool:
        """Whether it has said hello, and has not ended."""
        return self.span is not None and self.ending is None


def reason(error: Exception | None) -> str:
    """Why a connection ended, in words."""
    return "read long enough" if error is None else str(error)
