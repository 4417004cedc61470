"""Numbers and spans for OpenTelemetry; the extra `otel` brings its API."""

from __future__ import annotations

import time
from collections.abc import Callable, Generator, Iterable, Mapping
from contextlib import AbstractContextManager, contextmanager
from typing import TYPE_CHECKING, Any

from reactivex.disposable import Disposable

from rxslack.core import telemetry
from rxslack.errors import ConfigurationError
from rxslack.events.messages import channel_of
from rxslack.metrics.metrics import Metrics
from rxslack.metrics.table import LOGS, METRICS, QUEUE, Metric
from rxslack.metrics.tracing import SPANS

if TYPE_CHECKING:
    from opentelemetry.metrics import CallbackOptions, Meter, MeterProvider, Observation
    from opentelemetry.trace import Tracer, TracerProvider

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
    chat.postMessage", which is a part of that of the event it is made for, whatever thread makes it. An entry of
    a log has the trace of its event with it, so that what `from_log` reads in another process is a part of it.

    Args:
        metrics: The numbers.
        meter_provider: Where they go. Default: the one that is set for the process.
        tracer_provider: Where the spans go. Default: as well.

    Returns: what ends it when it is disposed.
    Errors: ``ConfigurationError`` where OpenTelemetry is not installed.
    Source: opentelemetry.io/docs/specs/otel (asynchronous instruments; span context);
        w3.org/TR/trace-context (`traceparent`).
    """
    try:
        from opentelemetry.metrics import get_meter
        from opentelemetry.trace import get_tracer
    except ImportError as error:
        raise ConfigurationError(
            "to_opentelemetry needs OpenTelemetry: pip install 'rxslack[otel]'"
        ) from error
    meter = get_meter("rxslack", meter_provider=meter_provider)
    over: list[bool] = []
    observe_numbers(metrics, meter, over)
    listener = OpenTelemetryListener(meter, get_tracer("rxslack", tracer_provider=tracer_provider))
    telemetry.add(listener)
    SPANS.append(listener.span_of)

    def end() -> None:
        telemetry.remove(listener)
        if listener.span_of in SPANS:
            SPANS.remove(listener.span_of)
        over.append(True)

    return Disposable(end)


def observe_numbers(metrics: Metrics, meter: Meter, over: list[bool]) -> None:
    """
    Let OpenTelemetry ask for the counters and gauges.

    Args:
        metrics: Has them.
        meter: Asks.
        over: Not empty from the moment on from which it gets nothing any more.
    """
    for metric in (*METRICS.values(), QUEUE, *LOGS):
        if metric.kind != "histogram":
            make = (
                meter.create_observable_counter
                if metric.kind == "counter"
                else meter.create_observable_gauge
            )
            make(metric.name, [observing(metrics, metric, over)], description=metric.text)


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


class OpenTelemetryListener(telemetry.TelemetryListener):
    """
    Hands times on as they end, and makes spans of calls and of what is done for events.

    Args:
        meter: Gets the times.
        tracer: Makes the spans.
    """

    carries = True

    def __init__(self, meter: Meter, tracer: Tracer) -> None:
        from opentelemetry.trace.propagation.tracecontext import TraceContextTextMapPropagator

        self._tracer = tracer
        self._traces = TraceContextTextMapPropagator()
        self._histograms = {
            name: meter.create_histogram(metric.name, unit="s", description=metric.text)
            for name, metric in METRICS.items()
            if metric.kind == "histogram"
        }

    def observe(self, name: str, labels: tuple[str, ...], value: float) -> None:
        """As a `TelemetryListener` is told."""
        if name in self._histograms:
            named = dict(zip(METRICS[name].labels, labels, strict=True))
            self._histograms[name].record(value, named)
        if name == "web_api":
            self._trace_call(value, *labels)

    def _trace_call(self, seconds: float, method: str, outcome: str) -> None:
        from opentelemetry.trace import SpanKind

        now = time.time_ns()
        self._tracer.start_span(
            f"slack {method}",
            kind=SpanKind.CLIENT,
            attributes={"slack.method": method, "slack.outcome": outcome},
            start_time=now - int(seconds * 1e9),
        ).end(now)

    def span_of(self, event: Mapping[str, Any]) -> AbstractContextManager[object]:
        """Around what is done at once for an event."""
        from opentelemetry.trace import SpanKind

        named = {"slack.channel": channel_of(event), "slack.ts": event.get("ts")}
        return self._tracer.start_as_current_span(
            f"slack.{event.get('type') or 'item'}",
            kind=SpanKind.CONSUMER,
            attributes={name: value for name, value in named.items() if isinstance(value, str)},
        )

    def trace(self) -> str:
        """As a `TelemetryListener` is asked."""
        carrier: dict[str, str] = {}
        self._traces.inject(carrier)
        return carrier.get("traceparent", "")

    @contextmanager
    def going_on(self, trace: str) -> Generator[None]:
        """As a `TelemetryListener` is asked."""
        from opentelemetry.context import attach, detach

        token = attach(self._traces.extract({"traceparent": trace}))
        try:
            yield
        finally:
            detach(token)
