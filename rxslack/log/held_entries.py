"""What a reader has taken and is not done yet: its lease, and what it owes the engine."""

from __future__ import annotations

import os
import threading
import time
from collections import Counter
from typing import Final
from uuid import uuid4

from rxslack.log.engine import Engine, LogUnavailable, Reader, TakenEntry

__all__ = ["HeldEntries"]

FENCE: Final = 0.9  # of a lease; the rest is for clocks that do not run alike

# A laptop's sleep counts, as it does for the engine.
_CLOCK: Final = getattr(time, "CLOCK_BOOTTIME", None)


def now() -> float:
    """Seconds that only grow."""
    return time.monotonic() if _CLOCK is None else time.clock_gettime(_CLOCK)


class HeldEntries:
    """
    The entries of one subscription. Safe from any thread.

    A lease that was not renewed in time, because this process was stopped or the engine was away, ends all that
    was taken under it: from then on the reader has another name, and takes anew.

    Locks: one is held while the engine is asked, so that what is free when that is told is free; inside it, or
    alone, the other one, for the lists.

    Args:
        engine: Where they are from.
        group: Whose they are.
        lease: Seconds.
    """

    def __init__(self, engine: Engine, group: str, lease: float) -> None:
        self._engine = engine
        self._asking = threading.Lock()
        self._lock = threading.Lock()
        self._lease = lease
        self._group = group
        self._until = 0.0
        self._closed = False
        self._taken: dict[tuple[int, str], TakenEntry] = {}  # what is not over
        self._open: Counter[int] = Counter()  # how many of these, of each partition
        self._done: list[TakenEntry] = []
        self._back: list[TakenEntry] = []
        self._dead: list[tuple[TakenEntry, str]] = []
        self._free: set[int] = set()
        self.reader = self._named()

    def _named(self) -> Reader:
        return Reader(self._group, f"{os.getpid()}-{uuid4().hex[:12]}", self._lease)

    @property
    def count(self) -> int:
        """How many are not over."""
        return len(self._taken)

    @property
    def owes(self) -> bool:
        """Whether there is something to tell the engine."""
        return bool(self._free or self._done or self._back or self._dead)

    def is_held(self, reader: Reader) -> bool:
        """Whether what was taken under that name is still this process' own."""
        return reader is self.reader and now() < self._until

    def take(self, most: int) -> tuple[Reader, list[TakenEntry]]:
        """
        Take some more, and renew the lease; with `most` 0 that alone.

        Returns: as which reader, and what.
        Raises: LogUnavailable.
        """
        with self._asking:
            reader, began = self.reader, now()
            taken = self._engine.take(reader, 0 if self._closed else most)
            with self._lock:
                # What has lapsed must not come back to life: an item may have been dropped for it, and the one
                # behind it would overtake it. Whoever looks next takes what was taken just now.
                if reader is not self.reader or self._has_ended():
                    return reader, []
                self._until = began + self._lease * FENCE
                for entry in taken:
                    self._taken[entry.partition, entry.id] = entry
                    self._open[entry.partition] += 1
                return reader, taken

    def _has_ended(self) -> bool:
        return bool(self._until) and now() >= self._until

    def lapse(self) -> bool:
        """Give up what is held if the lease has ended; whether something was."""
        with self._lock:
            if not self._has_ended():
                return False
            held = bool(self._taken or self.owes)
            self.reader = self._named()
            self._until = 0.0
            self._taken.clear()
            self._open.clear()
            self._done, self._back, self._dead, self._free = [], [], [], set()
            return held

    def over(self, reader: Reader, entry: TakenEntry, *, done: bool, failed: str = "") -> None:
        """
        One is over.

        Args:
            reader: As which it was taken.
            entry: It.
            done: Whether it is done; else it is given back.
            failed: Why it is kept as dead; "" when it is not.
        """
        with self._lock:
            if reader is not self.reader or not self._taken.pop((entry.partition, entry.id), None):
                return
            (self._done if done else self._back).append(entry)
            if done and failed:
                self._dead.append((entry, failed))
            self._open[entry.partition] -= 1
            if not self._open[entry.partition]:
                del self._open[entry.partition]
                self._free.add(entry.partition)

    def close(self) -> None:
        """Take nothing more, also where that is about to be done; what is held keeps its lease."""
        self._closed = True

    def flush(self, *, ends: bool = False) -> None:
        """
        Tell the engine what is over.

        Args:
            ends: The process does, so what is not over is given back, too.

        Raises: LogUnavailable; what was to be told is told the next time.
        """
        if not (self.owes or ends):
            return
        with self._asking:
            with self._lock:
                if ends:
                    self._back += self._taken.values()
                    self._free.update(self._open)
                    self._taken.clear()
                    self._open.clear()
                reader, done, back, dead = self.reader, self._done, self._back, self._dead
                free = [one for one in self._free if one not in self._open]
                self._done, self._back, self._dead, self._free = [], [], [], set()
            if not (done or back or dead or free):
                return
            try:
                while dead:
                    self._engine.bury(reader, *dead[-1])
                    dead.pop()
                self._engine.done(reader, done, back, free)
            except LogUnavailable:
                with self._lock:
                    if reader is self.reader:
                        self._done, self._back = done + self._done, back + self._back
                        self._dead += dead
                        self._free.update(free)
                raise
