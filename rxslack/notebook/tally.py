"""What came by: the last events, counts by type, how many a second, and how the connection is."""

from __future__ import annotations

import time
from collections import Counter, deque
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from itertools import islice, takewhile
from threading import Lock
from typing import Any, Final, TypeAlias, cast

from rxslack.core.masking import masked
from rxslack.notebook.rates import SECONDS, Rates
from rxslack.past.recorded_time import emitting

__all__ = ["Counted", "Kept", "Tally", "kind_of"]

MOST: Final = 1000  # types that are counted one by one; nobody's inventions may fill the memory
LONGEST: Final = 100  # characters of a type
REST: Final = "(further types)"
BATCH: Final = 64  # items that are counted together; more would not stay in a processor's cache
FLOOD: Final = 5000  # items a second; of more than that only a part is kept
SPARED: Final = (
    8  # of a batch that are kept in a flood: memory that a pipeline alone does not touch
)

Kept: TypeAlias = tuple[int, float, Any]
"""A number, from 1; the arrival in unix seconds; and the event."""


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
        clock: what time it is, in unix seconds: that of the recording where one is replayed.
    """

    events: Sequence[tuple[float, Any]]
    total: int
    counts: Sequence[tuple[str, int]]
    rate: Sequence[int]
    state: str
    error: str
    over: bool
    clock: float


class Tally:
    """
    Counts; cheap enough for a hundred thousand events a second, and safe from many threads.

    An item costs an append on the thread that emits; counting is done for many at once. In a flood all are
    counted, and a part is kept: `SPARED` of `BATCH`.

    Args:
        keep: how many of the last events are kept.
        clock: unix seconds. Default: those of the recording that is replayed, else the system's.
        also: gets what is counted, a few at a time, each with its arrival.
    """

    def __init__(
        self,
        keep: int,
        *,
        clock: Callable[[], float] | None = None,
        also: Callable[[Sequence[tuple[float, Any]]], object] | None = None,
    ) -> None:
        self._clock = clock
        self._also = also
        self._lock = Lock()
        self._fresh: deque[tuple[float, Any]] = deque()  # not counted yet
        self._kept: deque[Kept] = deque(maxlen=keep)
        self._batch_at = 0.0  # when the last one was counted, by the monotonic clock
        self.wanted: Callable[[Any], bool] | None = None  # is kept in a flood, too
        self._counts: Counter[str] = Counter()
        self._total = 0
        self._state = "waiting"
        self._error = ""
        self._over = False
        self._replayed = False  # whether the times are those of a recording
        self._latest = 0.0
        self.rates = Rates()

    def add(self, item: Any) -> None:
        """One more."""
        if self._clock is not None:
            at = self._clock()
        elif (recorded := emitting.at) is None:
            at = time.time()
        else:
            at, self._replayed = recorded, True
        fresh = self._fresh
        fresh.append((at, item))
        if len(fresh) >= BATCH:
            with self._lock:
                self._count()

    def end(self, state: str, error: Exception | None = None) -> bool:
        """Nothing more will come; returns whether that is news."""
        with self._lock:
            self._count()
            news = not self._over
            if news:
                self._state, self._over = state, True
                if error is not None:
                    self._error = masked(f"{type(error).__name__}: {error}")
            return news

    def seen(self, rows: int | None = None) -> Counted:
        """All of it, as it is now; of the events so many, the newest first."""
        with self._lock:
            self._count()
            now = self.now
            return Counted(
                events=[(at, item) for _, at, item in islice(reversed(self._kept), rows)],
                total=self._total,
                counts=self._counts.most_common(),
                rate=self.rates.of_seconds(now, SECONDS),
                state=self._state,
                error=self._error,
                over=self._over,
                clock=now,
            )

    def kept_after(self, number: int) -> list[Kept]:
        """The kept events behind the one with that number, the newest first."""
        with self._lock:
            self._count()
            return list(takewhile(lambda kept: kept[0] > number, reversed(self._kept)))

    @property
    def replayed(self) -> bool:
        """Whether the times are those of a recording."""
        return self._replayed

    @property
    def now(self) -> float:
        """Unix seconds; of a replay those of the last event."""
        if self._replayed:
            return self._latest
        return self._clock() if self._clock is not None else time.time()

    def _count(self) -> None:
        """Take the fresh ones in; others may append meanwhile."""
        fresh, known = self._fresh, self._counts
        batch = [fresh.popleft() for _ in range(len(fresh))]
        if not batch:
            return
        items: list[Any] = [item for _, item in batch]
        kinds: list[str] = [quick_kind_of(item) for item in items]
        distinct = set(kinds)
        if not distinct <= known.keys():
            kinds = self._with_new(kinds)
        if not self._over:  # what was under way when it ended is counted, and no news
            self._state = "running" if self._state == "waiting" else self._state
            for item in items if not distinct.isdisjoint(NEWS) else ():
                if (kind := kind_of(item)) in NEWS:
                    self._state = state_after(kind, item)
        known.update(kinds)
        self._keep(batch)
        self._total += len(batch)
        self._latest = batch[-1][0]
        self.rates.add([at for at, _ in batch], kinds, sliding=not self._replayed)
        if self._also is not None:
            self._also(batch)

    def _keep(self, batch: list[tuple[float, Any]]) -> None:
        """Keep them; of a flood the last of each batch, and what somebody looks for."""
        now = time.monotonic()
        took, self._batch_at = now - self._batch_at, now
        first, spared = self._total + 1, 0
        if len(batch) >= BATCH and took * FLOOD < len(batch):
            spared = len(batch) - SPARED
            wanted = self.wanted
            if wanted is not None:
                self._kept.extend(
                    (first + place, at, item)
                    for place, (at, item) in enumerate(batch[:spared])
                    if wanted(item)
                )
        self._kept.extend(
            (first + place, at, item)
            for place, (at, item) in enumerate(batch[spared:] if spared else batch, spared)
        )

    def _with_new(self, kinds: list[str]) -> list[str]:
        """The types, short, and those beyond so many as one."""
        known, found = self._counts, list[str]()
        for kind in kinds:
            kind = kind[:LONGEST]
            if kind not in known:
                if len(known) >= MOST:
                    kind = REST
                known[kind] += 0
            found.append(kind)
        return found


def quick_kind_of(item: Any) -> str:
    """The same as `kind_of`, but that a long type is not cut; for nearly all items sooner."""
    if type(item) is dict:
        kind = cast("dict[str, Any]", item).get("type")
        if type(kind) is str:
            return kind
    return kind_of(item)


def kind_of(item: Any) -> str:
    """The type of an event; the class of anything else."""
    if isinstance(item, dict) or isinstance(item, Mapping):  # noqa: SIM101 - the first is faster
        kind = cast("Mapping[str, Any]", item).get("type", "(no type)")
        return kind[:LONGEST] if isinstance(kind, str) else f"({type(kind).__name__})"
    return type(item).__name__


NEWS: Final = frozenset({"hello", "goodbye", "disconnect", "rxslack.gap"})  # of the connection


def state_after(kind: str, item: Mapping[str, Any]) -> str:
    """How the connection is after an event about it."""
    if kind == "rxslack.gap":
        try:
            missing = float(item["until"]) - float(item["since"])
        except (KeyError, TypeError, ValueError, OverflowError):  # a recording may hold anything
            return "connected again, after a gap"
        return f"connected again, after a gap of {missing:.1f} s"
    return {"hello": "connected", "goodbye": "Slack said goodbye"}.get(kind, "Slack disconnects")
