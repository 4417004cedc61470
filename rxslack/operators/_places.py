"""
Who leads.

Three places, most of the time one of them filled:

    leader    its items are emitted
    follower  was opened because the leader will end; from its hello on, its items are held until
              the leader has ended, or has been quiet for a while: what the leader delivers comes
              first, so that order is kept, and what both deliver passes once
    fading    a leader that was overtaken; still read until Slack closes it
"""

from __future__ import annotations

from collections.abc import Callable
from threading import Lock
from typing import Generic, Literal, TypeAlias, TypeVar

from rxslack.operators._attempt import Attempt, Loss, loss_of
from rxslack.operators._hello import retirement

__all__ = ["Place", "Places"]

T = TypeVar("T")

Place: TypeAlias = Literal["leader", "follower", "fading"]


class Places(Generic[T]):
    """The places of one subscriber's attempts; safe from any thread."""

    def __init__(self) -> None:
        self._lock = Lock()  # never held while others' code runs
        self._leader: Attempt[T] | None = None
        self._follower: Attempt[T] | None = None
        self._fading: Attempt[T] | None = None
        self._loss: Loss | None = None  # the gap that the leader's hello will end

    def fill(self, attempt: Attempt[T]) -> Place | None:
        """Give a new attempt its place; None when there is none left for it."""
        with self._lock:
            if self._leader is None:
                self._leader = attempt
                return "leader"
            if self._follower is None:
                self._follower = attempt
                return "follower"
            return None

    def greet(self, attempt: Attempt[T], hello: T) -> tuple[bool, Loss | None]:
        """An attempt's hello has come: whether there are two now, and the gap that ends with it."""
        with self._lock:
            # A second hello: what is behind it replaces its connections itself.
            attempt.retire = None if attempt.greeted else retirement(hello)
            attempt.greeted = True
            loss = None
            if attempt is self._leader:
                loss, self._loss = self._loss, None
            return attempt is self._follower, loss

    def overtake(self) -> Attempt[T] | None:
        """Let the follower lead, if it stands; returns it."""
        with self._lock:
            new = self._follower
            if new is None or not new.greeted:
                return None
            self._fading, self._leader, self._follower = self._leader, new, None
            return new

    def vacate(self, attempt: Attempt[T], error: Exception | None) -> Place | None:
        """Take an attempt that has ended out of its place; None when it was overtaken long ago."""
        with self._lock:
            if attempt is self._follower:
                self._follower = None
                return "follower"
            if attempt is self._fading:
                self._fading = None
                return "fading"
            if attempt is not self._leader:
                return None
            heir = self._follower or self._fading
            overlapped = heir is not None and heir.greeted
            if attempt.greeted and not overlapped:
                self._loss = loss_of(attempt, error)
            self._leader, self._follower, self._fading = heir, None, None
            return "leader"

    def leader(self) -> Attempt[T] | None:
        """Who leads."""
        return self._leader

    def newest(self) -> Attempt[T] | None:
        """Who was opened last."""
        with self._lock:
            return self._follower or self._leader

    def is_single(self) -> bool:
        """Whether somebody leads and nobody follows."""
        with self._lock:
            return self._leader is not None and self._follower is None

    def old(self) -> tuple[Attempt[T] | None, bool]:
        """The older of two that stand, if there are two, and whether it leads still."""
        with self._lock:
            overlapping = self._follower is not None and self._follower.greeted
            return (self._leader if overlapping else self._fading), overlapping

    def unless_one_stands(self, do: Callable[[], object]) -> bool:
        """Do this before a hello can come, unless it has; whether it was done."""
        with self._lock:
            if self._leader is not None and self._leader.greeted:
                return False
            do()
            return True
