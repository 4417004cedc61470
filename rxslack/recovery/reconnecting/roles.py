"""
Who leads.

A row of attempts, the one opened first at its head, most of the time one long:

    fading    were leaders, and have been overtaken; read until Slack closes them
    leader    its items are emitted
    following were opened because the leader will end; from its hello on, the items of such a one
              are held until the leader has ended, or has been quiet for a while: what the leader
              delivers comes first, so that order is kept, and what both deliver passes once. One
              that has ended stays in the row for as long as items of it are held.

Of the following ones one at the most has not ended. When a leader ends and nobody can take its
place at once, the last of the fading ones leads again.
"""

from __future__ import annotations

from collections.abc import Callable
from threading import Lock
from typing import Generic, TypeVar

from rxslack.recovery.reconnecting.attempt import Attempt

__all__ = ["Roles"]

T = TypeVar("T")


class Roles(Generic[T]):
    """The row of one subscriber; safe from any thread. Its lock is never held while others' code runs."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._row: list[Attempt[T]] = []
        self._leader: Attempt[T] | None = None

    def admit(self, attempt: Attempt[T]) -> bool:
        """
        Put a new attempt at the end of the row, if there is a place for it.

        There is none beside a leader that is not about to end, or that is followed already: when a
        connection and its replacement end at the same moment, two timers may want to open another.
        """
        with self._lock:
            if self._leader is not None and (not self._leader.leaving or self._follows()):
                return False
            self._row.append(attempt)
            self._leader = self._leader or attempt
            return True

    def leader(self) -> Attempt[T] | None:
        """Who leads."""
        return self._leader

    def is_single(self) -> bool:
        """Whether somebody leads and nobody follows."""
        with self._lock:
            return self._leader is not None and not self._follows()

    def is_overlap(self) -> bool:
        """Whether there are several that have not ended."""
        with self._lock:
            return sum(one.ending is None for one in self._row) > 1

    def follows(self, attempt: Attempt[T]) -> bool:
        """Whether an attempt stands behind the leader."""
        with self._lock:
            return attempt in self._behind()

    def next(self) -> Attempt[T] | None:
        """The first behind the leader, if it has said hello; it may have ended."""
        with self._lock:
            behind = self._behind()
            return behind[0] if behind and behind[0].greeted else None

    def lead(self, attempt: Attempt[T]) -> None:
        """Let another one lead; those before it fade."""
        with self._lock:
            self._leader = attempt

    def remove(self, attempt: Attempt[T]) -> None:
        """Take one out of the row; if it led, who comes after it leads, or the last that faded."""
        with self._lock:
            if attempt not in self._row:
                return
            at = self._row.index(attempt)
            self._row.remove(attempt)
            if attempt is self._leader:
                self._leader = self._heir(at)

    def old(self) -> list[Attempt[T]]:
        """Those that have not ended, and have said hello before one that stands."""
        with self._lock:
            standing = [one for one in self._row if one.stands]
            return standing[:-1]

    def unless_one_stands(self, do: Callable[[], object]) -> bool:
        """Do this before a hello can come, unless it has; whether it was done."""
        with self._lock:
            if any(one.stands for one in self._row):
                return False
            do()
            return True

    def _behind(self) -> list[Attempt[T]]:
        if self._leader is None:
            return []
        return self._row[self._row.index(self._leader) + 1 :]

    def _follows(self) -> bool:
        return any(one.ending is None for one in self._behind())

    def _heir(self, at: int) -> Attempt[T] | None:
        for one in [*reversed(self._row[:at]), *self._row[at:]]:
            if one.ending is None:
                return one
        return None
