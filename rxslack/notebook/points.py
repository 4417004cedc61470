"""Numbers in time, by key: what a plot of a stream shows."""

from __future__ import annotations

from collections import Counter, deque
from collections.abc import Callable, Hashable, Mapping, Sequence
from functools import partial
from threading import Lock
from typing import Any, Final, Literal, NamedTuple, TypeAlias, cast

from rxslack.events.messages import channel_of, event_in, ts_of, user_of
from rxslack.notebook.rates import WIDTHS
from rxslack.notebook.tally import kind_of

__all__ = ["Line", "Points", "What", "key_function"]

What: TypeAlias = Literal["rate", "count", "total", "lag"]
Key: TypeAlias = Literal["type", "channel", "user"] | Callable[[Any], Hashable] | None

MOST: Final = 600  # bins; they are widened when there are more
KEYS: Final = 1000  # that are told apart
LINES: Final = 8  # of the most frequent keys; the others are one more
GAPS: Final = 100
REST: Final = "others"


class Line(NamedTuple):
    """
    One line of a plot.

    Attributes:
        name: of its key; "" for everything.
        values: one for each bin.
    """

    name: str
    values: list[float]


class Bin:
    """What was in one span of time, by key."""

    __slots__ = ("counts", "lags")

    def __init__(self) -> None:
        self.counts: Counter[str] = Counter()
        self.lags: dict[str, float] = {}  # seconds, added up

    def take(self, other: Bin) -> None:
        """Add another."""
        self.counts.update(other.counts)
        for key, lag in other.lags.items():
            self.lags[key] = self.lags.get(key, 0.0) + lag


class Points:
    """
    Counts in bins, which are widened as they become many: memory does not grow with the stream.

    Args:
        what: "rate", items a second in a moving window; "count", items in it; "total", items so far; "lag",
            seconds from when something was written to when it came, the mean in the window.
        key: what has a line of its own; None: everything is one.
        window: seconds.

    Attributes:
        gaps: from when to when nobody was connected, unix seconds.
    """

    def __init__(self, what: What, key: Callable[[Any], str] | None, window: float) -> None:
        self.what = what
        self.window = window
        self.width = 1
        self.gaps: deque[tuple[float, float]] = deque(maxlen=GAPS)
        self._key = key
        self._bins: dict[int, Bin] = {}
        self._keys: Counter[str] = Counter()
        self._lock = Lock()

    def take(self, batch: Sequence[tuple[float, Any]]) -> None:
        """Some more, each with its arrival; what the user's key raises is raised here."""
        gaps = [item for _, item in batch if kind_of(item) == "rxslack.gap"]
        keys = [""] * len(batch) if self._key is None else [self._key(item) for _, item in batch]
        with self._lock:
            for gap in gaps:
                self._note_gap(gap)
            if len(self._keys) + len(set(keys)) > KEYS:
                keys = [key if key in self._keys else REST for key in keys]
            self._keys.update(keys)
            self._put(batch, keys)
            self._widen()

    def lines(self, now: float) -> tuple[list[float], list[Line]]:
        """The times of the bins, in unix seconds, and a line for each key."""
        with self._lock:
            if not self._bins:
                return [], []
            first, last = min(self._bins), max(max(self._bins), int(now) // self.width)
            last = min(last, first + 2 * MOST)
            spans = range(first, last + 1)
            known = [key for key, _ in self._keys.most_common() if key != REST]
            keys = sorted(known[:LINES])  # a line keeps its place while others overtake it
            if len(known) > LINES:
                keys.append(REST)
            lines = [Line(key, self._values(key, set(keys) - {REST}, spans)) for key in keys]
        return [float(span * self.width) for span in spans], lines

    def _put(self, batch: Sequence[tuple[float, Any]], keys: list[str]) -> None:
        first, last = (int(at) // self.width for at in (batch[0][0], batch[-1][0]))
        if first == last and self.what != "lag":  # nearly always
            self._bin(first).counts.update(keys)
            return
        for (at, item), key in zip(batch, keys, strict=True):
            held = self._bin(int(at) // self.width)
            held.counts[key] += 1
            if self.what == "lag" and (written := written_at(item)) is not None:
                held.lags[key] = held.lags.get(key, 0.0) + at - written

    def _bin(self, span: int) -> Bin:
        held = self._bins.get(span)
        if held is None:
            held = self._bins[span] = Bin()
        return held

    def _note_gap(self, item: Mapping[str, Any]) -> None:
        try:
            since, until = float(item["since"]), float(item["until"])
        except (KeyError, TypeError, ValueError, OverflowError):  # a recording may hold anything
            return
        if 0 <= since <= until <= 1e10:
            self.gaps.append((since, until))

    def _values(self, key: str, named: set[str], spans: range) -> list[float]:
        """One line."""

        def of(counted: Mapping[str, float]) -> float:
            if key != REST:
                return counted.get(key, 0)
            return sum(number for other, number in counted.items() if other not in named)

        nothing = Bin()
        bins = [self._bins.get(span, nothing) for span in spans]
        counts = [of(one.counts) for one in bins]
        if self.what == "total":
            return running(counts)
        many = max(1, round(self.window / self.width))
        sums = moving(counts, many)
        if self.what == "lag":
            lags = moving([of(one.lags) for one in bins], many)
            return [
                lag / count if count else float("nan")
                for lag, count in zip(lags, sums, strict=True)
            ]
        seconds = many * self.width if self.what == "rate" else 1
        return [count / seconds for count in sums]

    def _widen(self) -> None:
        while max(self._bins) - min(self._bins) >= MOST and self.width < WIDTHS[-1]:
            wider = next(width for width in WIDTHS if width > self.width)
            merged: dict[int, Bin] = {}
            for span, held in self._bins.items():
                merged.setdefault(span * self.width // wider, Bin()).take(held)
            self.width, self._bins = wider, merged
        oldest = max(self._bins) - 2 * MOST
        for span in [span for span in self._bins if span < oldest]:
            del self._bins[span]


def running(numbers: list[float]) -> list[float]:
    """Their sum so far."""
    total, found = 0.0, list[float]()
    for number in numbers:
        total += number
        found.append(total)
    return found


def moving(numbers: list[float], many: int) -> list[float]:
    """The sum of so many up to each."""
    so_far = [0.0, *running(numbers)]
    return [so_far[place + 1] - so_far[max(0, place + 1 - many)] for place in range(len(numbers))]


def written_at(item: Any) -> float | None:
    """When an event happened, by Slack's clock, in unix seconds."""
    event = event_in(item)
    ts = event.get("event_ts") or event.get("ts") or ts_of(event)
    try:
        found = float(cast("Any", ts))
    except (TypeError, ValueError, OverflowError):
        return None
    return found if 0 <= found <= 1e10 else None


def id_of(key: str, look: Callable[[Mapping[str, Any]], str | None], item: Any) -> str:
    """The id that an event has under a key, as most have; else wherever it keeps it."""
    if type(item) is dict:
        fields = cast("dict[str, Any]", item)
        if type(found := fields.get(key)) is str:
            return found
    return look(event_in(cast("Any", item))) or ""


def key_function(key: Key) -> Callable[[Any], str] | None:
    """What a line is made for."""
    if key is None:
        return None
    if key == "type":
        return kind_of
    if key == "channel":
        return partial(id_of, "channel", channel_of)
    if key == "user":
        return partial(id_of, "user", user_of)
    return lambda item: str(key(item))[:100]
