"""The numbers of the logs that a process reads and writes."""

from __future__ import annotations

import threading
from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from opentelemetry.sdk.metrics import MeterProvider
from opentelemetry.sdk.metrics.export import InMemoryMetricReader

import rxslack
from rxslack.core import telemetry
from rxslack.errors import SlackError
from rxslack.log.engine import Reader
from rxslack.log.where import engine_at
from rxslack.metrics.backlogs import EVERY, Backlogs, label_of
from rxslack.metrics.health import HealthApp
from rxslack.metrics.metrics import Metrics
from rxslack.metrics.table import LOG_LAG

NOWHERE = "redis://user:secret@127.0.0.1:1/0"  # nobody listens there


@pytest.fixture
def where(tmp_path: Path) -> Path:
    return tmp_path / "events.db"


@pytest.fixture
def metrics() -> Generator[Metrics]:
    with Metrics() as counted:
        yield counted


def message(number: int) -> dict[str, Any]:
    return {"type": "message", "channel": "C1", "user": "U1", "text": "Hi", "ts": f"{number}.1"}


def put(log: rxslack.LogSink, *numbers: int) -> None:
    for number in numbers:
        log.on_next(message(number))
    assert log.drain(30.0) == 0


@contextmanager
def busy_reader(where: Path) -> Generator[threading.Event]:
    """One that takes one event at a time, and is at work on the first until it is told to go on."""
    begun, go_on = threading.Event(), threading.Event()

    def work(_: object) -> None:
        begun.set()
        assert go_on.wait(60.0)

    with rxslack.from_log(where, group="answers", max_waiting=1).subscribe(work):
        assert begun.wait(60.0)
        try:
            yield go_on
        finally:
            go_on.set()


def test_it_counts_what_waits_in_a_log(where: Path, metrics: Metrics) -> None:
    with rxslack.to_log(where) as log:
        put(log, 1, 2, 3)
        with busy_reader(where):
            named = {"log": str(where), "group": "answers"}
            assert metrics.value("rxslack_log_lag_entries", **named) == 2
            assert metrics.value("rxslack_log_pending_entries", **named) == 1
            assert 0 < metrics.value("rxslack_log_oldest_seconds", **named) < 60
            assert metrics.value("rxslack_log_entries", log=str(where)) == 3
            assert ',group="answers"} 2\n' in metrics.prometheus()


def test_it_counts_entries_that_were_given_up(where: Path, metrics: Metrics) -> None:
    engine, reader = engine_at(where), Reader("answers", "me", 60.0)
    with rxslack.to_log(where) as log:
        put(log, 1)
        engine.join(reader, None)
        (entry,) = engine.take(reader, 1)
        engine.bury(reader, entry, "it is poison")
        engine.done(reader, [entry], [], [entry.partition])
        assert metrics.value("rxslack_log_dead_entries") == 1
        assert metrics.value("rxslack_log_oldest_seconds", group="answers") == 0


def test_it_hands_them_on_to_opentelemetry(where: Path, metrics: Metrics) -> None:
    reader = InMemoryMetricReader()
    meters = MeterProvider([reader])
    with rxslack.to_opentelemetry(metrics, meter_provider=meters), rxslack.to_log(where) as log:
        put(log, 1, 2)
        data: Any = reader.get_metrics_data()
    found = {m.name: m.data for m in data.resource_metrics[0].scope_metrics[0].metrics}
    assert found["rxslack_log_entries"].data_points[0].value == 2
    meters.shutdown()


def test_it_says_nothing_of_a_log_that_is_not_in_use(where: Path) -> None:
    clock = [0.0]
    backlogs = Backlogs(lambda: clock[0])
    with rxslack.to_log(where) as log:
        put(log, 1)
        assert label_of(where) in str(backlogs.series())
    clock[0] += EVERY
    assert label_of(where) not in str(backlogs.series())


def test_it_looks_no_more_often_than_it_says(where: Path) -> None:
    clock = [0.0]
    backlogs = Backlogs(lambda: clock[0])

    def lag() -> float:
        return dict(backlogs.series())[LOG_LAG][str(where), "answers"]

    with rxslack.to_log(where) as log:
        put(log, 1, 2)
        with busy_reader(where):
            assert lag() == 1
            put(log, 3)
            clock[0] += EVERY - 0.1
            assert lag() == 1
            clock[0] += 0.1
            assert lag() == 2


def test_it_gives_what_it_has_seen_while_somebody_looks(
    where: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    looking, go_on = threading.Event(), threading.Event()

    def slow(_: rxslack.LogStatus) -> rxslack.LogSnapshot:
        looking.set()
        assert go_on.wait(60.0)
        raise SlackError("it does not answer")

    monkeypatch.setattr(rxslack.LogStatus, "now", property(slow))
    backlogs = Backlogs()
    with rxslack.to_log(where):
        other = threading.Thread(target=backlogs.series)
        other.start()
        assert looking.wait(60.0)
        assert backlogs.series() == []
        go_on.set()
        other.join()
        assert str(where) in str(backlogs.series())


def test_it_says_that_a_log_cannot_be_reached(metrics: Metrics) -> None:
    with rxslack.to_log(NOWHERE, drain=0.0):
        assert 'rxslack_log_up{log="redis://127.0.0.1:1/0"} 0' in metrics.prometheus()
        assert "secret" not in metrics.prometheus()
        assert metrics.value("rxslack_log_entries") == 0


def ready() -> tuple[bool, int]:
    """Whether a process is, and how many logs it reads; seen for the first time."""
    with Metrics() as metrics:
        is_ready, numbers = HealthApp(metrics).ready()
    return is_ready, numbers["logs"]


def test_who_reads_a_log_is_ready_without_a_connection(where: Path) -> None:
    with rxslack.to_log(where) as log:
        put(log, 1)
        assert ready() == (False, 0)  # it only writes
        with busy_reader(where):
            assert ready() == (True, 1)
        assert ready() == (False, 0)


def test_who_has_lost_its_connection_is_not_ready_because_it_reads_a_log(
    where: Path, metrics: Metrics
) -> None:
    with rxslack.to_log(where) as log:
        put(log, 1)
        with busy_reader(where):
            assert HealthApp(metrics).ready()[0]
            telemetry.count("connections_ended", "rtm", "Silent")
            assert not HealthApp(metrics).ready()[0]


def test_who_reads_a_log_that_cannot_be_reached_is_not_ready() -> None:
    with rxslack.from_log(NOWHERE, group="answers").subscribe():
        assert ready() == (False, 0)
