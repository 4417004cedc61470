"""Spans from an event to its answer, through lanes and through a log, as OpenTelemetry has them."""

from __future__ import annotations

import json
from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from opentelemetry.sdk.metrics import MeterProvider
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import SimpleSpanProcessor
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter
from reactivex import Subject, operators as ops

import rxslack
from rxslack.core.telemetry import TRACE
from rxslack.log.engine import Reader
from rxslack.log.where import engine_at
from rxslack.metrics.metrics import Metrics
from rxslack.simulator import Workspace

EVENT = {"type": "message", "channel": "C1", "user": "U1", "text": "Hi", "ts": "7.1"}


@pytest.fixture
def where(tmp_path: Path) -> Path:
    return tmp_path / "events.db"


@contextmanager
def traced_process() -> Generator[InMemorySpanExporter]:
    """A process of a service, as far as its spans show: one begins when another one is over."""
    exporter, tracers = InMemorySpanExporter(), TracerProvider()
    tracers.add_span_processor(SimpleSpanProcessor(exporter))
    with (
        Metrics() as metrics,
        rxslack.to_opentelemetry(
            metrics, meter_provider=MeterProvider([]), tracer_provider=tracers
        ),
    ):
        yield exporter
    tracers.shutdown()


def put(where: Path, item: dict[str, Any], *operators: Any) -> None:
    """Write an item into a log, through operators."""
    heard = Subject[Any]()
    with rxslack.to_log(where) as log, heard.pipe(*operators).subscribe(log):
        heard.on_next(item)


def entry_in(where: Path) -> dict[str, Any]:
    """The entry in a log, as it stands there."""
    engine, reader = engine_at(where), Reader("look", "me", 60.0)
    engine.join(reader, None)
    (entry,) = engine.take(reader, 9)
    found: dict[str, Any] = json.loads(entry.text)
    return found


def named(spans: InMemorySpanExporter, name: str) -> Any:
    (found,) = (one for one in spans.get_finished_spans() if one.name == name)
    return found


def channel_in(event: dict[str, Any]) -> str:
    return str(event["channel"])


def test_a_trace_goes_on_in_the_process_that_reads_the_log(slack: Workspace, where: Path) -> None:
    said = slack.say("general", "alice", "Hi")
    with traced_process() as ingest:
        put(where, said, rxslack.traced())
    with traced_process() as answering, rxslack.post_message(slack.web) as sink:
        answers = rxslack.from_log(where, group="answers").pipe(
            rxslack.traced(), rxslack.concurrent(channel_in, rxslack.reply("Yes"))
        )
        with answers.subscribe(sink):
            slack.wait_until(lambda: len(slack.messages("general")) == 2)
            sink.drain()
    heard = named(ingest, "slack.message")
    handled, posted = named(answering, "slack.message"), named(answering, "slack chat.postMessage")
    assert (handled.parent.span_id, handled.parent.is_remote) == (heard.context.span_id, True)
    assert posted.parent.span_id == handled.context.span_id
    assert posted.context.trace_id == heard.context.trace_id


def test_a_call_belongs_to_the_trace_of_its_event_without_a_span_of_it(
    slack: Workspace, where: Path
) -> None:
    said = slack.say("general", "alice", "Hi")
    with traced_process() as ingest:
        put(where, said, rxslack.traced())
    with traced_process() as answering, rxslack.post_message(slack.web) as sink:
        answers = rxslack.from_log(where, group="answers")
        with answers.subscribe(lambda event: sink.on_next(rxslack.reply("Yes")(event))):
            slack.wait_until(lambda: len(slack.messages("general")) == 2)
            sink.drain()
    posted = named(answering, "slack chat.postMessage")
    assert posted.parent.span_id == named(ingest, "slack.message").context.span_id


def test_nobody_sees_what_an_entry_has_beside_its_item(where: Path) -> None:
    with traced_process():
        put(where, EVENT, rxslack.traced())
    assert entry_in(where)[TRACE].startswith("00-")
    events = rxslack.from_log(where, group="answers")
    assert events.pipe(ops.first()).run() == EVENT


def test_an_entry_is_as_it_was_where_nobody_traces(where: Path) -> None:
    put(where, EVENT, rxslack.traced())
    assert entry_in(where) == EVENT


def test_an_entry_is_as_it_was_where_there_is_no_span(where: Path) -> None:
    with traced_process():
        put(where, EVENT)
    assert entry_in(where) == EVENT


def test_an_event_that_is_traced_twice_is_appended_once(where: Path) -> None:
    """Two that listen each have a trace of their own; what has no id is known by the rest of it."""
    for event in (EVENT, {"type": "team_rename", "name": "Ours"}):
        for _ in range(2):
            with traced_process():
                put(where, event, rxslack.traced())
    assert rxslack.LogStatus(where).now.entries == 2
