"""What came by: the last events, counts by type, how many a second, and how the connection is."""

from __future__ import annotations

import time
from collections import deque
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from itertools import count, islice, takewhile
from threading import Lock
from typing import Any, Final, TypeAlias, cast

from rxslack.core.masking import masked
from rxslack.notebook.rates import SECONDS, Rates
from rxslack.past.recorded_time import emitting

__all__ = ["Counted", "Kept", "Tally", "kind_of"]

LONGEST: Final = 100  # characters of a type
BATCH: Final = 64  # items whose types are counted together
FLOOD: Final = 1000  # items that are kept in a second, and at once; of more only a part is
LAST: Final = 16  # of a flood, before each look; more would not stay in a processor's cache

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

    An item costs a few appends on the thread that emits, and no lock. All are kept but for a flood: of that
    `FLOOD` a second, what tells of the connection and of failures, what somebody looks for, and the last few
    before each look.

    Args:
        keep: how many of the last events are kept; 0: none.
        clock: unix seconds, where no recording is replayed that has its own. Default: the system's.
        wake: is called when there is something new to look at.

    Attributes:
        add: takes one more item; returns when it came, in unix seconds, and its type.
        wanted: tells what is kept in a flood, too; None: nothing.
    """

    def __init__(
        self,
        keep: int,
        *,
        clock: Callable[[], float] = time.time,
        wake: Callable[[], object] = lambda: None,
    ) -> None:
        self._clock = clock
        self._wake = wake
        self._is_told = False  # whoever is woken, that there is something new
        self._lock = Lock()
        self._kept: deque[Kept] = deque(maxlen=keep)
        self._fresh: deque[Kept] = deque(maxlen=keep)  # since the last look
        self._last: deque[Kept] = deque(maxlen=LAST)  # of a flood since then, whatever they are
        self._may_keep = float(FLOOD)  # so many, until somebody looks
        self._looked = clock()
        self.wanted: Callable[[Any], bool] | None = None
        self._state = "waiting"
        self._error = ""
        self._over = False
        self._rates = Rates()
        self.add = self._adder()

    def _adder(self) -> Callable[[Any], tuple[float, str]]:  # noqa: C901 - a call costs as much as the rest
        # Called a hundred thousand times a second: a closure finds its things soonest.
        clock, wake, numbers, recorded = self._clock, self._wake, count(1), emitting
        keep, keep_last = self._fresh.append, self._last.append
        rates, count_it = self._rates, self._rates.add
        plain: Any = dict
        keeps = bool(self._kept.maxlen)

        def add(item: Any) -> tuple[float, str]:
            at = recorded.at
            if at is None:
                at = clock()
            elif rates.slides:
                rates.slides = False
            kind = item.get("type") if type(item) is plain else None
            if type(kind) is not str:
                kind = kind_of(item)
            is_notable = kind in NOTABLE
            if is_notable:
                self._note(kind, item)
            number = next(numbers)
            if not keeps:
                pass
            elif self._may_keep > 0:
                self._may_keep -= 1
                keep((number, at, item))
            else:
                one = (number, at, item)
                keep_last(one)
                if is_notable or ((wanted := self.wanted) is not None and wanted(item)):
                    keep(one)
            timed = (at, kind)
            count_it(timed)  # the last thing: whoever looks now has all that is counted
            if not number % BATCH:
                self._count()
            if not self._is_told:
                self._is_told = True
                wake()
            return timed

        return add

    def end(self, state: str, error: Exception | None = None) -> bool:
        """Nothing more will come; returns whether that is news."""
        with self._lock:
            self._look()
            news = not self._over
            if news:
                self._state, self._over = state, True
                if error is not None:
                    self._error = masked(f"{type(error).__name__}: {error}")
            return news

    def seen(self, rows: int | None = None) -> Counted:
        """All of it, as it is now; of the events so many, the newest first."""
        with self._lock:
            self._look()
            now, rates, state = self.now, self._rates, self._state
            return Counted(
                events=[(at, item) for _, at, item in islice(reversed(self._kept), rows)],
                total=rates.total,
                counts=rates.totals.most_common(),
                rate=rates.of_seconds(now, SECONDS),
                state="running" if state == "waiting" and rates.total else state,
                error=self._error,
                over=self._over,
                clock=now,
            )

    def kept_after(self, number: int) -> list[Kept]:
        """The kept events behind the one with that number, the newest first."""
        with self._lock:
            self._look()
            return list(takewhile(lambda kept: kept[0] > number, reversed(self._kept)))

    def in_time(self, kinds: Sequence[str]) -> tuple[int, int, dict[str, list[int]]]:
        """The width of the spans in seconds, and what `Rates.by_kind` says."""
        with self._lock:
            self._look()
            return self._rates.width, *self._rates.by_kind(self.now, kinds)

    @property
    def replayed(self) -> bool:
        """Whether the times are those of a recording."""
        return not self._rates.slides

    @property
    def now(self) -> float:
        """Unix seconds; of a replay those of the last event."""
        return self._rates.latest if self.replayed else self._clock()

    def _note(self, kind: str, item: Any) -> None:
        """It may tell how the connection is; what was under way when it ended is no news."""
        with self._lock:
            if kind in NEWS and not self._over:
                self._state = state_after(kind, item)

    def _count(self) -> None:
        with self._lock:
            self._rates.count()

    def _look(self) -> None:
        """Take all in for somebody who looks: the last ones are kept whatever came."""
        self._is_told = False  # before anything is looked at: what comes meanwhile is news
        self._rates.take_in()
        self._kept.extend(drained(self._fresh))
        if last := drained(self._last):
            while self._kept and self._kept[-1][0] >= last[0][0]:  # it was notable, or looked for
                self._kept.pop()
            self._kept.extend(last)
        now = self._clock()
        self._may_keep = min(self._may_keep + max(0.0, now - self._looked) * FLOOD, FLOOD)
        self._looked = now


def drained(kept: deque[Kept]) -> list[Kept]:
    """Take out all that is there; others may append meanwhile."""
    return [kept.popleft() for _ in range(len(kept))]


def kind_of(item: Any) -> str:
    """The type of an event; the class of anything else."""
    if isinstance(item, dict) or isinstance(item, Mapping):  # noqa: SIM101 - the first is faster
        kind = cast("Mapping[str, Any]", item).get("type", "(no type)")
        return kind[:LONGEST] if isinstance(kind, str) else f"({type(kind).__name__})"
    return type(item).__name__


NEWS: Final = frozenset({"hello", "goodbye", "disconnect", "rxslack.gap"})  # of the connection
NOTABLE: Final = NEWS | {"rxslack.failure"}  # is kept whatever else comes


def state_after(kind: str, item: Mapping[str, Any]) -> str:
    """How the connection is after an event about it."""
    if kind == "rxslack.gap":
        try:
            missing = float(item["until"]) - float(item["since"])
        except (KeyError, TypeError, ValueError, OverflowError):  # a recording may hold anything
            return "connected again, after a gap"
        return f"connected again, after a gap of {missing:.1f} s"
    return {"hello": "connected", "goodbye": "Slack said goodbye"}.get(kind, "Slack disconnects")
