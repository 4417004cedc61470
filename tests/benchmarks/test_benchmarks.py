"""Floods, small enough to be tests; and the guide's figures are those that were measured."""

from __future__ import annotations

import sys
import threading
import time
from collections.abc import Iterator
from typing import Any

import pytest

import rxslack
from tests.benchmarks.__main__ import between_marks
from tests.benchmarks.clients import CLIENTS
from tests.benchmarks.runner import Bench, serving
from tests.benchmarks.scenario import FIRST, Scenario
from tests.benchmarks.tally import Tally


@pytest.fixture(scope="module")
def bench() -> Iterator[Bench]:
    with serving(sys.executable) as bench:
        yield bench


def web(bench: Bench, scenario: Scenario) -> rxslack.WebClient:
    base_url = f"http://127.0.0.1:{bench.port}{scenario.path()}api/"
    return rxslack.WebClient("xoxb-test", base_url=base_url)


class Seen:
    """The `ts` of all messages, and the error; `ended` is set by the last of them."""

    def __init__(self, count: int) -> None:
        self.ts: list[str] = []
        self.error: Exception | None = None
        self.ended = threading.Event()
        self._count = count

    def on_next(self, event: dict[str, Any]) -> None:
        if event["type"] == "message":
            self.ts.append(event["ts"])
            if len(self.ts) == self._count:
                self.ended.set()

    def on_error(self, error: Exception) -> None:
        self.error = error
        self.ended.set()


def numbers(count: int) -> list[str]:
    return [f"{FIRST + n}.000200" for n in range(count)]


@pytest.mark.parametrize("size", ["small", "realistic"])
def test_it_takes_a_flood_whole_in_order_and_nothing_twice(bench: Bench, size: Any) -> None:
    seen = Seen(20_000)
    stream = rxslack.rtm(web(bench, Scenario("flood", size, 20_000)))
    running = stream.subscribe(seen.on_next, seen.on_error)
    assert seen.ended.wait(30)
    running.dispose()
    assert seen.ts == numbers(20_000)


def test_it_makes_the_peer_wait_for_a_subscriber_that_is_slow(bench: Bench) -> None:
    seen = Seen(5_000)

    def on_next(event: dict[str, Any]) -> None:
        seen.on_next(event)
        if len(seen.ts) % 1_000 == 1:
            time.sleep(0.15)  # long enough for another thread to fill the buffer

    stream = rxslack.rtm(
        web(bench, Scenario("flood", "realistic", 5_000)), max_waiting_bytes=64 * 1024
    )
    running = stream.subscribe(on_next, seen.on_error)
    assert seen.ended.wait(30)
    running.dispose()
    assert (seen.error, seen.ts) == (None, numbers(5_000))


def test_it_fails_at_the_bound_when_told_to_after_what_has_come(bench: Bench) -> None:
    seen, status = Seen(5_000), rxslack.Status()

    def on_next(event: dict[str, Any]) -> None:
        seen.on_next(event)
        patience = time.monotonic() + 10
        while len(seen.ts) == 1 and status.now.waiting < 64 * 1024 and time.monotonic() < patience:
            time.sleep(0.01)

    stream = rxslack.rtm(
        web(bench, Scenario("flood", "realistic", 5_000)),
        max_waiting_bytes=64 * 1024,
        overflow="fail",
        status=status,
    )
    stream.subscribe(on_next, seen.on_error)
    assert seen.ended.wait(30)
    assert isinstance(seen.error, rxslack.BufferFull)
    assert numbers(len(seen.ts)) == seen.ts
    assert 64 * 1024 / 700 < len(seen.ts) < 5_000


@pytest.mark.slow
@pytest.mark.parametrize(
    "client", ["rxslack", "rxslack, stock operators", "rxslack, Socket Mode", "slack_sdk RTM v2"]
)
def test_it_measures_a_client(bench: Bench, client: str) -> None:
    kind: Any = "window" if client.startswith("slack_sdk") else "flood"
    scenario = Scenario(kind, "realistic", 500, 100, envelopes="Socket" in client)
    result = bench.measure(client, scenario)
    assert result is not None
    assert (result["seen"], result["errors"]) == (500, [])
    # slack_sdk's client confuses its frames now and then, which is measured as well.
    assert result["disorder"] == 0 or client.startswith("slack_sdk")
    assert result["cpu"] > 0


@pytest.mark.slow
def test_it_measures_lateness_and_idleness(bench: Bench) -> None:
    late = bench.measure("rxslack, events alone", Scenario("pace", "small", 100, 1_000))
    idle = bench.measure("rxslack, events alone", Scenario("idle", "small", 1, 0), connections=3)
    assert late is not None
    assert 0 < late["late"]["p50"] <= late["late"]["p99"]
    assert idle is not None
    assert (idle["seen"], idle["threads"]) == (3, 2)  # two threads for all


def test_it_leaves_out_a_client_that_is_not_there(
    bench: Bench, capsys: pytest.CaptureFixture[str]
) -> None:
    assert bench.measure("nobody's", Scenario()) is None
    assert "left out" in capsys.readouterr().err


def test_a_tally_notices_what_comes_twice_or_out_of_order() -> None:
    tally = Tally(Scenario(count=4))
    for ts in ("1", "2", "2", "1"):
        tally.look({"type": "message", "ts": ts})
    assert (tally.seen, tally.disorder) == (4, 2)


def test_the_guide_quotes_what_was_measured(pytestconfig: pytest.Config) -> None:
    guide = (pytestconfig.rootpath / "rxslack/guide/speed.py").read_text()
    results = (pytestconfig.rootpath / "tests/benchmarks/results.md").read_text()
    quoted = between_marks(guide)
    assert quoted == between_marks(results)
    assert all(f"| {client} |" in quoted for client in ("aiohttp", "rxslack", "slack_sdk RTM v2"))
    assert "aiohttp" in CLIENTS
