"""The numbers of a process."""

from __future__ import annotations

import logging
import threading
from bisect import bisect_left
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from operator import itemgetter
from typing import Any, Final, NamedTuple

import reactivex
from reactivex import Observable, abc, operators as ops
from reactivex.scheduler import TimeoutScheduler
from reactivex.subject import ReplaySubject

from rxslack.core import telemetry
from rxslack.core.printable import printable
from rxslack.errors import ConfigurationError
from rxslack.events.items import as_mapping
from rxslack.metrics.backlogs import Backlogs
from rxslack.metrics.prometheus import exposition
from rxslack.metrics.table import BOUNDS, METRICS, QUEUE, Metric
from rxslack.sinks.delivery.sink import waiting_calls

__all__ = ["Measurement", "Metrics", "Times"]

log = logging.getLogger("rxslack.metrics")

Labels = tuple[str, ...]

MOST: Final = 1000  # combinations of labels of a metric; nobody's inventions may fill the memory
LONGEST: Final = 100  # characters of a label
OTHER: Final = "(other)"


class Measurement(NamedTuple):
    """
    One number at one moment.

    Attributes:
        name: of the metric, as Prometheus has it; of a histogram with `_count` or `_sum`.
        labels: by their names.
        value: the number.
    """

    name: str
    labels: Mapping[str, str]
    value: float


class Times:
    """What a histogram knows of one combination of labels."""

    def __init__(self, counts: list[int], total: float = 0.0) -> None:
        self.counts = counts  # in each bucket, the last one without a bound
        self.total = total

    def add(self, seconds: float) -> None:
        """One more."""
        self.counts[bisect_left(BOUNDS, seconds)] += 1
        self.total += seconds


class Metrics(telemetry.TelemetryListener):
    """
    Numbers of all that rxslack does in this process, from now on.

    >>> with Metrics() as metrics:
    ...     telemetry.count("gaps")
    ...     metrics.value("rxslack_gaps_total")
    1.0

    See `rxslack.metrics` for which there are. Connections that stood before it are not counted. Several
    may be there at once; `close`, or the end of a `with`, ends the counting. Safe from any thread.

    Args:
        every: Seconds between two items of `changes`.
        scheduler: Measures those. Default: the subscriber's, else a timer.
    """

    def __init__(self, *, every: float = 10.0, scheduler: abc.SchedulerBase | None = None) -> None:
        if not every > 0:
            raise ConfigurationError(f"every is {every!r}; give seconds, more than 0")
        self._every = every
        self._scheduler = scheduler
        self._closing = ReplaySubject[bool](1)
        self._lock = threading.Lock()
        self._counts: dict[str, dict[Labels, float]] = {}
        self._times: dict[str, dict[Labels, Times]] = {}
        self._backlogs = Backlogs()
        telemetry.add(self)

    def close(self) -> None:
        """Count no more. What was counted stays, and `changes` completes."""
        telemetry.remove(self)
        self._closing.on_next(True)

    def __enter__(self) -> Metrics:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    @property
    def now(self) -> list[Measurement]:
        """All numbers, as they are."""
        found = [
            Measurement(metric.name, dict(zip(metric.labels, labels, strict=True)), value)
            for metric, series in self.counted()
            for labels, value in series.items()
        ]
        for metric, histograms in self.timed():
            for labels, times in histograms.items():
                named = dict(zip(metric.labels, labels, strict=True))
                found.append(Measurement(f"{metric.name}_count", named, sum(times.counts)))
                found.append(Measurement(f"{metric.name}_sum", named, times.total))
        return found

    def value(self, name: str, **labels: str) -> float:
        """
        A number: the sum of all that have these labels.

        Args:
            name: of the metric, as in a `Measurement`.
            labels: that are looked for.
        """
        return sum(
            (
                reading.value
                for reading in self.now
                if reading.name == name and labels.items() <= reading.labels.items()
            ),
            0.0,
        )

    @property
    def changes(self) -> Observable[list[Measurement]]:
        """
        The numbers that have changed since the last item, every `every` seconds.

        Emits: at the first time all that are not 0; nothing while nothing changes. Completes when the metrics
            are closed, after a last look.
        """

        def subscribe(
            observer: abc.ObserverBase[list[Measurement]],
            scheduler: abc.SchedulerBase | None = None,
        ) -> abc.DisposableBase:
            clock = self._scheduler or scheduler or TimeoutScheduler.singleton()
            before: dict[tuple[str, Labels], float] = {}

            def changed(_: int) -> list[Measurement]:
                news: list[Measurement] = []
                for one in self.now:
                    key = (one.name, tuple(one.labels.values()))
                    if before.get(key, 0.0) != one.value:
                        before[key] = one.value
                        news.append(one)
                return news

            every = reactivex.interval(self._every, scheduler=clock)
            ticks = reactivex.concat(every.pipe(ops.take_until(self._closing)), reactivex.of(0))
            lists: Observable[list[Measurement]] = ticks.pipe(ops.map(changed), ops.filter(bool))
            return lists.subscribe(observer)

        return Observable(subscribe)

    def prometheus(self) -> str:
        """
        The numbers in Prometheus' text format.

        Source: prometheus.io/docs/instrumenting/exposition_formats.
        """
        return exposition(self.counted(), self.timed())

    def counted(self) -> list[tuple[Metric, dict[Labels, float]]]:
        """The counters and gauges, by their labels."""
        telemetry.tell_all()
        with self._lock:
            found = [(METRICS[name], dict(series)) for name, series in self._counts.items()]
        waiting: dict[Labels, float] = {
            (printable(name),): float(left) for name, left in waiting_calls().items()
        }
        return [*found, (QUEUE, waiting), *self._backlogs.series()]

    def readable_logs(self) -> int:
        """How many of the logs that this process reads can be reached."""
        return self._backlogs.readable()

    def timed(self) -> list[tuple[Metric, dict[Labels, Times]]]:
        """The histograms, by their labels."""
        with self._lock:
            return [
                (METRICS[name], {one: Times([*t.counts], t.total) for one, t in series.items()})
                for name, series in self._times.items()
            ]

    def mixed(self, events: Sequence[Any]) -> None:
        """As a `TelemetryListener` is told."""
        for kind, times in Counter(map(type_of, events)).items():
            self.count("events", (kind,), times)

    def plain(self, count: int) -> None:
        """As a `TelemetryListener` is told."""
        self.count("events", ("message",), count)

    def sample(self, event: Any, now: Callable[[], float]) -> None:
        """As a `TelemetryListener` is told."""
        if (ts := ts_in(event)) is not None:
            self.observe("lag", (), max(now() - ts, 0.0))

    def count(self, name: str, labels: Labels, by: float) -> None:
        """As a `TelemetryListener` is told."""
        with self._lock:
            series = self._counts.setdefault(name, {})
            labels = bounded(labels, series)
            series[labels] = series.get(labels, 0.0) + by

    def observe(self, name: str, labels: Labels, value: float) -> None:
        """As a `TelemetryListener` is told."""
        with self._lock:
            series = self._times.setdefault(name, {})
            labels = bounded(labels, series)
            times = series.get(labels)
            if times is None:
                times = series[labels] = Times([0] * (len(BOUNDS) + 1))
            times.add(value)


def bounded(labels: Labels, known: Mapping[Labels, object]) -> Labels:
    """The labels, or those that stand for all that are too many or too long."""
    if labels in known:
        return labels
    short = tuple(printable(label)[:LONGEST] for label in labels)
    return short if short in known or len(known) < MOST else (OTHER,) * len(labels)


type_getter = itemgetter("type")


def type_of(event: Any) -> str:
    """The type of an event; rxslack's word where there is none."""
    try:
        kind = type_getter(event)
    except (KeyError, TypeError, IndexError):
        return OTHER
    return kind if isinstance(kind, str) else OTHER


def ts_in(event: Any) -> float | None:
    """When Slack says that an event happened, in unix seconds."""
    fields = as_mapping(event)
    text = fields.get("event_ts") or fields.get("ts")
    try:
        return float(text) if isinstance(text, str) else None
    except ValueError:
        return None
