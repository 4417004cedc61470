"""
`rxslack run` inside of OpenTelemetry's SDK, as `opentelemetry-instrument` starts it; its spans go to a file.

    python tests/desk_storm_service.py SPANS run desk:pipeline --otel
"""

from __future__ import annotations

import faulthandler
import sys
from pathlib import Path

from opentelemetry.sdk.trace import ReadableSpan, TracerProvider
from opentelemetry.sdk.trace.export import ConsoleSpanExporter, SimpleSpanProcessor
from opentelemetry.trace import set_tracer_provider

from rxslack.cli import main


def line_of(span: ReadableSpan) -> str:
    text: str = span.to_json(indent=None)
    return text + "\n"


if __name__ == "__main__":
    faulthandler.enable()  # SIGABRT asks what each thread is at
    with Path(sys.argv[1]).open("a") as file:
        tracers = TracerProvider()
        spans = ConsoleSpanExporter(out=file, formatter=line_of)
        tracers.add_span_processor(SimpleSpanProcessor(spans))
        set_tracer_provider(tracers)
        sys.exit(main(sys.argv[2:]))
