"""Numbers in Prometheus' text format."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Protocol

from rxslack.metrics.table import BOUNDS, Metric

__all__ = ["CONTENT_TYPE", "exposition"]

CONTENT_TYPE = "text/plain; version=0.0.4; charset=utf-8"


class BucketCounts(Protocol):
    """What is needed of a histogram."""

    counts: list[int]
    total: float


def exposition(
    counted: Iterable[tuple[Metric, Mapping[tuple[str, ...], float]]],
    timed: Iterable[tuple[Metric, Mapping[tuple[str, ...], BucketCounts]]],
) -> str:
    """
    All numbers.

    Source: prometheus.io/docs/instrumenting/exposition_formats, "Text-based format".
    """
    lines: list[str] = []
    for metric, series in counted:
        lines += head(metric)
        lines += [
            f"{metric.name}{braces(metric.labels, one)} {text(n)}" for one, n in series.items()
        ]
    for metric, histograms in timed:
        lines += head(metric)
        for one, times in histograms.items():
            lines += buckets(metric, one, times)
    return "\n".join([*lines, ""])


def head(metric: Metric) -> list[str]:
    """What a metric is."""
    return [f"# HELP {metric.name} {metric.text}", f"# TYPE {metric.name} {metric.kind}"]


def buckets(metric: Metric, labels: tuple[str, ...], times: BucketCounts) -> Iterator[str]:
    """The lines of a histogram: how many took so long at the most."""
    names, so_far = (*metric.labels, "le"), 0
    for bound, count in zip((*map(text, BOUNDS), "+Inf"), times.counts, strict=True):
        so_far += count
        yield f"{metric.name}_bucket{braces(names, (*labels, bound))} {so_far}"
    yield f"{metric.name}_sum{braces(metric.labels, labels)} {text(times.total)}"
    yield f"{metric.name}_count{braces(metric.labels, labels)} {so_far}"


def braces(names: Sequence[str], values: Sequence[str]) -> str:
    """
    Labels as they stand behind a name.

    >>> braces(["type"], ["hello"])
    '{type="hello"}'
    """
    if not names:
        return ""
    pairs = (f'{name}="{escaped(value)}"' for name, value in zip(names, values, strict=True))
    return "{" + ",".join(pairs) + "}"


def escaped(value: str) -> str:
    """A value between quotes."""
    return value.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n")


def text(number: float) -> str:
    """A number; a whole one without its point."""
    return str(int(number)) if number == int(number) else repr(number)
