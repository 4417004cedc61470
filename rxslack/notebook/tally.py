"""What came by: the last events, counts by type, how many a second, and how the connection is."""

from __future__ import annotations

import time
from collections import Counter, deque
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from threading import Lock
from typing import Any, Final, cast

from rxslack.core.masking import masked

__all__ = ["Counted", "Tally"]

SECONDS: Final = 60  # that the picture of the rate goes back
MOST: Final = 1000  # types that are counted one by one; nobody's inventions may fill the memory
LONGEST: Final = 100  # characters of a type
REST: Final = "(further types)"


@dataclass(frozen=True, slots=True)
class Counted:
    """
    What had come by at one moment.

    Attributes:
        events: the last ones, newest first, each with its arrival in unix seconds.
        total: how many there were.
        counts: how many of each type, most frequent first.
        rate: how many in each of the last sixty seconds, oldest first.
        state: how the connection is, in words.
        error: what the stream failed with, in words; "" while it has not.
        over: whether nothing more will come.
    """

    events: Sequence[tuple[float, Any]]
    total: int
    counts: Sequence[tuple[str, int]]
    rate: Sequence[int]
    state: str
    error: str
    over: bool


class Tally:
    """
    Counts; cheap enough for a hundred thousand events a second, and safe from many threads.

    Args:
        keep: how many of the last events are kept.
        clock: unix seconds.
    """

    def __init__(self, keep: int, *, clock: Callable[[], float] = time.time) -> None:
        self._clock = clock
        self._lock = Lock()
        self._last: deque[tuple[float, Any]] = deque(maxlen=keep)
        self._counts: Counter[str] = Counter()
        self._total = 0
        self._seconds: Counter[int] = Counter()
        self._second = 0
        self._state = "waiting"
        self._error = ""
        self._over = False

    def add(self, item: Any) -> None:
        """One more."""
        now = self._clock()
        kind = kind_of(item)
        with self._lock:
            self._total += 1
            is_new = kind not in self._counts
            self._counts[REST if is_new and len(self._counts) >= MOST else kind] += 1
            self._last.append((now, item))
            if int(now) != self._second:
                self._second = int(now)
                self._forget()
            self._seconds[self._second] += 1
            if kind in ("hello", "goodbye", "disconnect", "rxslack.gap"):
                self._state = state_after(kind, item)
            elif self._state == "waiting":
                self._state = "running"

    def end(self, state: str, error: Exception | None = None) -> bool:
        """Nothing more will come; returns whether that is news."""
        with self._lock:
            news = not self._over
            if news:
                self._state, self._over = state, True
                if error is not None:
                    self._error = masked(f"{type(error).__name__}: {error}")
            return news

    def seen(self) -> Counted:
        """All of it, as it is now."""
        now = int(self._clock())
        with self._lock:
            self._forget()
            return Counted(
                events=list(reversed(self._last)),
                total=self._total,
                counts=self._counts.most_common(),
                rate=[self._seconds[now - back] for back in range(SECONDS - 1, -1, -1)],
                state=self._state,
                error=self._error,
                over=self._over,
            )

    def _forget(self) -> None:
        oldest = self._second - SECONDS
        for second in [second for second in self._seconds if second < oldest]:
            del self._seconds[second]


def kind_of(item: Any) -> str:
    """The type of an event; the class of anything else."""
    if isinstance(item, Mapping):
        kind = cast("Mapping[str, Any]", item).get("type", "(no type)")
        return kind[:LONGEST] if isinstance(kind, str) else f"({type(kind).__name__})"
    return type(item).__name__


def state_after(kind: str, item: Mapping[str, Any]) -> str:
    """How the connection is after an event about it."""
    if kind == "rxslack.gap":
        try:
            missing = float(item["until"]) - float(item["since"])
        except (KeyError, TypeError, ValueError, OverflowError):  # a recording may hold anything
            return "connected again, after a gap"
        return f"connected again, after a gap of {missing:.1f} s"
    return {"hello": "connected", "goodbye": "Slack said goodbye"}.get(kind, "Slack disconnects")
