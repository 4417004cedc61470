"""Numbers in time, by key: what a plot of a stream shows."""

from __future__ import annotations

from collections import Counter, deque
from collections.abc import Callable, Hashable, Mapping
from threading import Lock
from typing import Any, Final, Literal, NamedTuple, TypeAlias, cast

from rxslack.events.messages import channel_of, event_in, ts_of, user_of
from rxslack.notebook.spans import Spans
from rxslack.notebook.tally import BATCH

__all__ = ["LINES", "Key", "Line", "Points", "What"]

What: TypeAlias = Literal["rate", "count", "total", "lag"]
Key: TypeAlias = Literal["type", "channel", "user"] | Callable[[Any], Hashable] | None

MOST: Final = 600  # bins; they are widened when there are more
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

    def __init__(self, what: What, key: Key, window: float) -> None:
        self.what = what
        self.window = window
        self.gaps: deque[tuple[float, float]] = deque(maxlen=GAPS)
        self._key = key
        self._counts = Spans(MOST, REST)
        self._lags = Spans(MOST, REST)  # microseconds, added up
        self._lock = Lock()

    def taker(
        self, add: Callable[[Any], tuple[float, str]], failed: Callable[[Exception], object]
    ) -> Callable[[Any], None]:
        """
        What takes an item.

        Args:
            add: takes it first, and tells when it came and its type.
            failed: gets what the user's key raises.
        """
        # As in `Tally`, a closure.
        key, take_in, put, waiting = (
            self._key,
            self._take_in,
            self._counts.add,
            self._counts.waiting,
        )
        by_id, is_late, plain = key in ("channel", "user"), self.what == "lag", cast("Any", dict)

        def take(item: Any) -> None:
            at, kind = add(item)
            name: Any
            if by_id:
                name = item.get(key) if type(item) is plain else None
                if type(name) is not str:  # it is elsewhere, in few events
                    name = id_in(key, item)
            elif key is None:
                name = ""
            elif key == "type":
                name = kind
            else:
                try:
                    name = str(cast("Any", key)(item))
                except Exception as error:  # noqa: BLE001 - the user's key may raise anything
                    failed(error)
                    return
            put((at, name))
            if len(waiting) >= BATCH or is_late or kind == "rxslack.gap":
                take_in(at, item, kind, name)

        return take

    def _take_in(self, at: float, item: Any, kind: str, name: str) -> None:
        with self._lock:
            self._counts.count()
            if self.what == "lag":
                written = written_at(item)
                late = 0 if written is None else round(1e6 * (at - written))
                self._lags.add_amount(at, name, late)
            if kind == "rxslack.gap":
                self._note_gap(item)

    def lines(self, now: float) -> tuple[list[float], list[Line]]:
        """The times of the bins, in unix seconds, and a line for each key."""
        with self._lock:
            counts = self._counts
            counts.take_in()
            self._lags.take_in()
            if not counts.held:
                return [], []
            last = max(counts.last, int(now) // counts.width)
            spans = range(counts.first, min(last, counts.first + 2 * MOST) + 1)
            known = [key for key, _ in counts.totals.most_common() if key != REST]
            keys = sorted(known[:LINES])  # a line keeps its place while others overtake it
            if len(known) > LINES:
                keys.append(REST)
            lines = [Line(key, self._values(key, set(keys) - {REST}, spans)) for key in keys]
            return [float(span * counts.width) for span in spans], lines

    def _note_gap(self, item: Mapping[str, Any]) -> None:
        try:
            since, until = float(item["since"]), float(item["until"])
        except (KeyError, TypeError, ValueError, OverflowError):  # a recording may hold anything
            return
        if 0 <= since <= until <= 1e10:
            self.gaps.append((since, until))

    def _values(self, key: str, named: set[str], spans: range) -> list[float]:
        """One line."""

        def of(counted: Spans) -> list[float]:
            nothing = Counter[str]()
            held = (counted.held.get(span, nothing) for span in spans)
            if key != REST:
                return [float(one[key]) for one in held]
            return [float(one.total() - sum(one[other] for other in named)) for one in held]

        counts = of(self._counts)
        if self.what == "total":
            return running(counts)
        many = max(1, round(self.window / self._counts.width))
        sums = moving(counts, many)
        if self.what == "lag":
            return [
                lag / 1e6 / count if count else float("nan")
                for lag, count in zip(moving(of(self._lags), many), sums, strict=True)
            ]
        seconds = many * self._counts.width if self.what == "rate" else 1
        return [count / seconds for count in sums]


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


def id_in(key: object, item: Any) -> str:
    """A channel or a person, wherever an event has it."""
    event = event_in(item)
    return (channel_of(event) if key == "channel" else user_of(event)) or ""
