"""Numbers and spans for OpenTelemetry; the extra `otel` brings its API."""

from __future__ import annotations

import time
from collections.abc import Callable, Generator, Iterable, Mapping
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from reactivex.disposable import Disposable

from rxslack.core import telemetry
from rxslack.errors import ConfigurationError
from rxslack.events.messages import channel_of
from rxslack.metrics.metrics import Metrics
from rxslack.metrics.table import METRICS, QUEUE, Metric
from rxslack.metrics.tracing import SPANS

if TYPE_CHECKING:
    from opentelemetry.metrics import CallbackOptions, MeterProvider, Observation
    from opentelemetry.trace import TracerProvider

__all__ = ["to_opentelemetry"]


def to_opentelemetry(
    metrics: Metrics,
    *,
    meter_provider: MeterProvider | None = None,
    tracer_provider: TracerProvider | None = None,
) -> Disposable:
    """
    Hand the numbers on to OpenTelemetry, and make spans of what is done for events.

    >>> from opentelemetry.sdk.trace import TracerProvider
    >>> with Metrics() as metrics:
    ...     handing_on = to_opentelemetry(metrics, tracer_provider=TracerProvider())
    ...     handing_on.dispose()

    The numbers have the names that Prometheus gets. An event behind `traced` has a span, "slack.message" for
    one, for as long as what is behind takes on its thread; each call to Slack's Web API has one, "slack
    chat.postMessage", which is a part of that of the event it is made for, whatever thread makes it.

    Args:
        metrics: The numbers.
        meter_provider: Where they go. Default: the one that is set for the process.
        tracer_provider: Where the spans go. Default: as well.

    Returns: what ends it when it is disposed.
    Errors: ``ConfigurationError`` where OpenTelemetry is not installed.
    Source: opentelemetry.io/docs/specs/otel (asynchronous instruments; span context).
    """
    try:
        from opentelemetry.metrics import get_meter
        from opentelemetry.trace import SpanKind, get_tracer
    except ImportError as error:
        raise ConfigurationError(
            "to_opentelemetry needs OpenTelemetry: pip install 'rxslack[otel]'"
        ) from error
    meter = get_meter("rxslack", meter_provider=meter_provider)
    tracer = get_tracer("rxslack", tracer_provider=tracer_provider)
    over: list[bool] = []

    for metric in (*METRICS.values(), QUEUE):
        if metric.kind != "histogram":
            make = (
                meter.create_observable_counter
                if metric.kind == "counter"
                else meter.create_observable_gauge
            )
            make(metric.name, [observing(metrics, metric, over)], description=metric.text)
    histograms = {
        name: meter.create_histogram(metric.name, unit="s", description=metric.text)
        for name, metric in METRICS.items()
        if metric.kind == "histogram"
    }

    class Handed(telemetry.TelemetryListener):
        """Times and calls, as they end."""

        carries = True

        def observe(self, name: str, labels: tuple[str, ...], value: float) -> None:
            if name in histograms:
                named = dict(zip(METRICS[name].labels, labels, strict=True))
                histograms[name].record(value, named)
            if name == "web_api":
                now = time.time_ns()
                method, outcome = labels
                span = tracer.start_span(
                    f"slack {method}",
                    kind=SpanKind.CLIENT,
                    attributes={"slack.method": method, "slack.outcome": outcome},
                    start_time=now - int(value * 1e9),
                )
                span.end(now)

    @contextmanager
    def span_of(event: Mapping[str, Any]) -> Generator[None]:
        named = {"slack.channel": channel_of(event), "slack.ts": event.get("ts")}
        attributes = {name: value for name, value in named.items() if isinstance(value, str)}
        kind = SpanKind.CONSUMER
        with tracer.start_as_current_span(
            f"slack.{event.get('type') or 'item'}", kind=kind, attributes=attributes
        ):
            yield

    handed = Handed()
    telemetry.add(handed)
    SPANS.append(span_of)

    def end() -> None:
        telemetry.remove(handed)
        if span_of in SPANS:
            SPANS.remove(span_of)
        over.append(True)

    return Disposable(end)


def observing(
    metrics: Metrics, metric: Metric, over: list[bool]
) -> Callable[[CallbackOptions], Iterable[Observation]]:
    """What OpenTelemetry asks for the numbers of a metric."""
    from opentelemetry.metrics import Observation

    def observe(_: CallbackOptions) -> Iterable[Observation]:
        if over:
            return []
        return [
            Observation(value, dict(zip(metric.labels, labels, strict=True)))
            for one, series in metrics.counted()
            if one is metric
            for labels, value in series.items()
        ]

    return observe
