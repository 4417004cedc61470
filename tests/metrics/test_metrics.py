"""`Metrics`: the numbers of a process, for Prometheus, OpenTelemetry, probes and streams."""

from __future__ import annotations

import io
import json
import logging
import threading
import urllib.error
import urllib.request
from typing import Any

import pytest
import reactivex
from opentelemetry.sdk.metrics import MeterProvider
from opentelemetry.sdk.metrics.export import InMemoryMetricReader
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import SimpleSpanProcessor
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter
from prometheus_client.parser import text_string_to_metric_families
from reactivex import Observable, Subject, operators as ops

import rxslack
from rxslack.core import telemetry
from rxslack.errors import ConfigurationError
from rxslack.metrics.health import HealthApp, address, serving
from rxslack.metrics.metrics import MOST, Metrics
from rxslack.simulator import Workspace
from rxslack.testing import Marbles


@pytest.fixture
def metrics() -> Any:
    with Metrics() as counted:
        yield counted


def answered(slack: Workspace, bot: rxslack.Sink) -> Observable[Any]:
    return rxslack.rtm(slack.web).pipe(
        rxslack.reconnect(),
        rxslack.of_type(rxslack.MessageEvent),
        rxslack.not_from_me(slack.web),
        rxslack.traced(),
        ops.map(rxslack.reply("On my way")),
        bot,
    )


def test_it_counts_what_a_bot_does(slack: Workspace, metrics: Metrics) -> None:
    """Its numbers are those of the simulator's account."""
    with rxslack.post_message(slack.web) as bot, answered(slack, bot).subscribe():
        slack.wait_until(lambda: metrics.value("rxslack_connections_open") == 1)
        for number in range(5):
            slack.say("general", "alice", str(number))
        slack.wait_until(lambda: len(slack.messages("general")) == 10)
        slack.wait_until(lambda: metrics.value("rxslack_deliveries_total", outcome="done") == 5)
        slack.wait_until(
            lambda: metrics.value("rxslack_events_total", type="message") >= 10
        )  # its own as well
    slack.wait_until(lambda: metrics.value("rxslack_connections_open") == 0)
    posts = len(slack.calls("chat.postMessage"))
    assert metrics.value("rxslack_web_api_seconds_count", method="chat.postMessage") == posts == 5
    assert metrics.value("rxslack_connections_ended_total", cause="disposed") == 1
    assert metrics.value("rxslack_events_total", type="hello") == 1
    assert metrics.value("rxslack_event_lag_seconds_count") >= 1
    assert metrics.value("rxslack_delivery_seconds_count", method="chat.postMessage") == 5


def test_it_counts_reconnects_gaps_and_retries(slack: Workspace, metrics: Metrics) -> None:
    hellos: list[Any] = []
    events = rxslack.rtm(slack.web).pipe(rxslack.reconnect(lambda: [0.0] * 9))
    with (
        events.pipe(rxslack.backfill(slack.web, settle=0.0)).subscribe(hellos.append),
        rxslack.post_message(slack.web) as sink,
    ):
        slack.wait_until(lambda: metrics.value("rxslack_connections_open") == 1)
        slack.connections[0].cut()
        slack.wait_until(lambda: metrics.value("rxslack_gaps_total") == 1)
        slack.wait_until(lambda: metrics.value("rxslack_connections_open") == 1)
        with slack.faults.rate_limit("chat.postMessage", retry_after=1, times=1):
            sink.on_next({"channel": slack.channel_id("general"), "text": "Hi"})
            assert sink.drain(30.0) == 0
    slack.wait_until(lambda: metrics.value("rxslack_connections_open") == 0)
    ended = [one for one in metrics.now if one.name == "rxslack_connections_ended_total"]
    assert sorted(one.labels["cause"] for one in ended) == ["ConnectionClosed", "disposed"]
    assert metrics.value("rxslack_retries_total", method="chat.postMessage") == 1
    assert metrics.value("rxslack_web_api_seconds_count", outcome="ratelimited") == 1


def test_it_says_what_fails(slack: Workspace, metrics: Metrics) -> None:
    with rxslack.post_message(slack.web) as sink:
        sink.on_next({"channel": "C0", "text": "Hi"})
        sink.drain(30.0)
        sink.on_next({"channel": "C0"})
    named = {"method": "chat.postMessage", "outcome": "channel_not_found"}
    assert metrics.value("rxslack_deliveries_total", **named) == 1


def test_it_counts_nothing_when_it_is_closed() -> None:
    with Metrics() as metrics:
        telemetry.count("gaps")
    telemetry.count("gaps")
    assert metrics.value("rxslack_gaps_total") == 1


def test_its_memory_is_bounded(metrics: Metrics) -> None:
    for number in range(MOST + 50):
        telemetry.count("retries", "m", f"{number}")
    telemetry.count("retries", "m" * 500, "x")
    series = dict(metrics.counted()[0][1])
    assert len(series) == MOST + 1
    assert series["(other)", "(other)"] == 51


def test_it_counts_the_types_of_a_burst(metrics: Metrics) -> None:
    passed: list[Any] = []
    take = telemetry.counting(lambda items, plain: passed.append((items, plain)), lambda: 10.0)
    mixed: list[Any] = [{"type": "hello"}, {"type": 7}, {}, {"type": "message", "ts": "8.5"}]
    take(mixed, False)
    take([{"type": "message", "ts": "9.0"}] * 3, True)
    assert passed[0] == (mixed, False)
    assert metrics.value("rxslack_events_total", type="message") == 4
    assert metrics.value("rxslack_events_total", type="(other)") == 2
    assert metrics.value("rxslack_event_lag_seconds_sum") == 1.5  # of one of the two


def test_its_changes_are_items(marbles: Marbles) -> None:
    with Metrics(every=2.0, scheduler=marbles.scheduler) as metrics:
        ticks = marbles.hot("-a---b-", a=1, b=2)
        ticks.subscribe(lambda number: telemetry.count("gaps", by=number))
        marbles.watch(ticks)
        seen = marbles.run(metrics.changes, "^-------!")
    assert [(m.frame, [one.value for one in m.value]) for m in seen.moments] == [(2, [1]), (6, [3])]


def test_its_changes_end_with_it(marbles: Marbles) -> None:
    metrics = Metrics(every=2.0, scheduler=marbles.scheduler)
    ticks = marbles.hot("---x-|")
    ticks.subscribe(lambda _: telemetry.count("gaps"), on_completed=metrics.close)
    marbles.watch(ticks)
    seen = marbles.run(metrics.changes, "^---------!")
    assert [m.frame for m in seen.moments] == [4, 5]
    assert [one.value for one in seen.moments[0].value] == [1]
    after: list[object] = []
    metrics.changes.subscribe(after.append, on_completed=lambda: after.append("|"))
    assert [len(after), after[-1]] == [2, "|"]


def test_prometheus_reads_what_it_writes(metrics: Metrics) -> None:
    telemetry.count("events", 'a "b"\\', by=3)
    telemetry.observe("web_api", "auth.test", "ok", value=0.02)
    telemetry.observe("web_api", "auth.test", "ok", value=1000.0)
    read = {f.name: f for f in text_string_to_metric_families(metrics.prometheus())}
    (events,) = read["rxslack_events"].samples
    assert (events.labels, events.value) == ({"type": 'a "b"\\'}, 3.0)
    samples = {
        (s.name, s.labels.get("le")): s.value for s in read["rxslack_web_api_seconds"].samples
    }
    assert samples["rxslack_web_api_seconds_bucket", "0.01"] == 0
    assert samples["rxslack_web_api_seconds_bucket", "0.025"] == 1
    assert samples["rxslack_web_api_seconds_bucket", "+Inf"] == 2
    assert samples["rxslack_web_api_seconds_count", None] == 2


def get(port: int, path: str, method: str = "GET") -> tuple[int, str]:
    request = urllib.request.Request(f"http://127.0.0.1:{port}{path}", method=method)
    try:
        with urllib.request.urlopen(request, timeout=60) as answer:
            return answer.status, answer.read().decode()
    except urllib.error.HTTPError as error:
        with error:
            return error.code, error.read().decode()


def test_it_serves_numbers_and_health(metrics: Metrics) -> None:
    with serving("127.0.0.1:0", HealthApp(metrics)) as port:
        assert get(port, "/health") == (200, '{"ok": true}\n')
        assert get(port, "/ready")[0] == 503
        telemetry.count("connections_open", "rtm")
        assert json.loads(get(port, "/ready")[1]) == {
            "ok": True,
            "connections": 1,
            "logs": 0,
            "waiting": 0,
        }
        status, text = get(port, "/metrics")
        assert (status, 'rxslack_connections_open{protocol="rtm"} 1' in text) == (200, True)
        assert get(port, "/other")[0] == 404
        assert get(port, "/metrics", "POST")[0] == 405
        assert get(port, "/metrics", "HEAD") == (200, "")


def test_it_is_not_ready_while_much_waits(slack: Workspace, metrics: Metrics) -> None:
    app = HealthApp(metrics, max_waiting=1, connections=False)
    with slack.faults.hold("chat.postMessage"), rxslack.post_message(slack.web, drain=0.0) as sink:
        for _ in range(3):
            assert app.ready()[0] == (sink.left < 2)
            sink.on_next({"channel": slack.channel_id("general"), "text": "Hi"})
        assert app.ready() == (False, {"connections": 0, "logs": 0, "waiting": 3})


def test_run_serves_while_it_runs() -> None:
    over, ports = Subject[int](), list[int]()

    def look(_: object) -> None:
        port = int(str(caught.records[-1].args[0]))  # type: ignore[index]  # it says its port
        ports.append(get(port, "/health")[0])

    logger = logging.getLogger("rxslack.health")
    caught = Caught()
    logger.addHandler(caught)
    logger.setLevel("INFO")

    def end() -> None:
        over.on_next(1)
        over.on_completed()

    threading.Timer(0.2, end).start()
    try:
        assert rxslack.run(over, look, serve="127.0.0.1:0") == 0
    finally:
        logger.removeHandler(caught)
        logger.setLevel("NOTSET")
    assert ports == [200]


class Caught(logging.Handler):
    def __init__(self) -> None:
        super().__init__()
        self.records: list[logging.LogRecord] = []

    def emit(self, record: logging.LogRecord) -> None:
        self.records.append(record)


@pytest.mark.parametrize("serve", ["9090", ":x", ":70000", ""])
def test_it_refuses_what_is_no_address(serve: str) -> None:
    with pytest.raises(ConfigurationError):
        address(serve)


def test_it_says_that_a_port_is_taken(metrics: Metrics) -> None:
    with (
        serving("127.0.0.1:0", HealthApp(metrics)) as port,
        pytest.raises(ConfigurationError, match="cannot serve"),
    ):
        rxslack.run(Subject[int](), serve=f"127.0.0.1:{port}")


def id_of(span: Any) -> int:
    return int(span.context.span_id)


def parent_of(span: Any) -> int:
    return int(span.parent.span_id)


def channel_in(event: dict[str, Any]) -> str:
    return str(event["channel"])


def test_a_call_is_part_of_the_span_of_its_event(slack: Workspace, metrics: Metrics) -> None:
    """Through `concurrent` and the lanes of the sink, on threads of their own."""
    exporter, reader = InMemorySpanExporter(), InMemoryMetricReader()
    tracers = TracerProvider()
    tracers.add_span_processor(SimpleSpanProcessor(exporter))
    meters = MeterProvider([reader])
    events = Subject[Any]()
    with rxslack.to_opentelemetry(metrics, meter_provider=meters, tracer_provider=tracers):
        with rxslack.post_message(slack.web) as sink:
            answer: Any = rxslack.reply("Yes")
            answers = events.pipe(rxslack.traced(), rxslack.concurrent(channel_in, answer))
            answers.subscribe(sink)
            said = [slack.say("general", "alice", "Hi") for _ in range(2)]
            for message in said:
                events.on_next(message)
            slack.wait_until(lambda: len(slack.messages("general")) == 4)
        telemetry.count("gaps", by=4)
        data: Any = reader.get_metrics_data()
    spans = exporter.get_finished_spans()
    of_events = {id_of(s): s for s in spans if s.name == "slack.message"}
    calls = [s for s in spans if s.name == "slack chat.postMessage"]
    assert [(s.attributes or {})["slack.ts"] for s in of_events.values()] == [
        message["ts"] for message in said
    ]
    assert sorted(parent_of(s) for s in calls) == sorted(of_events)
    found = {m.name: m.data for m in data.resource_metrics[0].scope_metrics[0].metrics}
    assert found["rxslack_gaps_total"].data_points[0].value == 4
    (point,) = found["rxslack_web_api_seconds"].data_points
    assert (point.count, point.attributes["outcome"]) == (2, "ok")
    tracers.shutdown()
    meters.shutdown()


def test_it_names_the_extra_that_is_missing(metrics: Metrics, monkeypatch: Any) -> None:
    import sys

    monkeypatch.setitem(sys.modules, "opentelemetry.metrics", None)
    with pytest.raises(ConfigurationError, match=r"rxslack\[otel\]"):
        rxslack.to_opentelemetry(metrics)


@pytest.mark.parametrize("form", ["json", "text"])
def test_lines_say_which_event_they_are_about(slack: Workspace, form: Any) -> None:
    written = io.StringIO()
    handler = rxslack.log_lines(form=form, to=written, level="DEBUG")
    try:
        with rxslack.post_message(slack.web) as sink:
            event: Any = {"type": "message", "channel": "C0", "ts": "7.1", "text": "Hi"}
            answers = reactivex.of(event).pipe(rxslack.traced(), ops.map(rxslack.reply("Yes")))
            answers.subscribe(sink)
            sink.drain(30.0)
        with rxslack.rtm(slack.web).subscribe():
            slack.wait_until(lambda: "stands" in written.getvalue())
    finally:
        logging.getLogger().removeHandler(handler)
        logging.getLogger().setLevel("WARNING")
    lines = written.getvalue().splitlines()
    (failed,) = [line for line in lines if "channel_not_found" in line and "ERROR" in line]
    (stands,) = [line for line in lines if "stands" in line]
    if form == "text":
        assert failed.endswith("[channel=C0 event=message 7.1]")
        assert f"team={slack.team_id} connection=" in stands
    else:
        assert json.loads(failed)["event"] == "message 7.1"
        assert json.loads(stands)["team"] == slack.team_id


def test_it_writes_an_exception_into_its_line() -> None:
    written = io.StringIO()
    handler = rxslack.log_lines(form="json", to=written)
    try:
        _ = 1 / 0
    except ZeroDivisionError:
        logging.getLogger("mybot").exception("xoxb-%s", "1")
    finally:
        logging.getLogger().removeHandler(handler)
        logging.getLogger().setLevel("WARNING")
    assert "ZeroDivisionError" in json.loads(written.getvalue())["exception"]


def test_it_refuses_options_that_cannot_work(metrics: Metrics) -> None:
    for wrong in (
        lambda: Metrics(every=0.0),
        lambda: HealthApp(metrics, max_waiting=-1),
        lambda: rxslack.log_lines(form="xml"),  # type: ignore[arg-type]  # the mistake
    ):
        with pytest.raises(ConfigurationError):
            wrong()
