"""What the log costs beside bare loops over redis-py, in one run: client CPU, latency, and an idle worker."""

from __future__ import annotations

import json
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import redis

from rxslack import from_log, to_log
from tests.log.servers import Server
from tests.logs.processes import cpu

__all__ = ["speed"]

BATCH_IN, BATCH_OUT = 64, 32


def events(count: int, channels: int = 100) -> list[dict[str, Any]]:
    """Messages as Slack sends them, some 400 bytes each."""
    return [
        {
            "type": "message",
            "channel": f"C0{number % channels:09d}",
            "user": "U0123456789",
            "text": f"Hello {number}, " + "what a lovely day it is " * 5,
            "ts": f"17123{number:05d}.000100",
            "event_ts": f"17123{number:05d}.000100",
            "team": "T0123456789",
            "client_msg_id": f"0b5c7f1e-0000-4000-8000-{number:012d}",
            "blocks": [{"type": "rich_text", "block_id": "abc", "elements": []}],
        }
        for number in range(count)
    ]


def codec() -> tuple[Callable[[Any], bytes], Callable[[bytes], Any]]:
    """The fastest there is, for both."""
    try:
        import orjson
    except ImportError:
        return (lambda item: json.dumps(item).encode()), json.loads
    return orjson.dumps, orjson.loads


def bare_appends(server: Server, items: list[dict[str, Any]]) -> float:
    """XADD in pipelines."""
    dumps, _ = codec()
    client: Any = redis.Redis(port=server.port)
    began = time.process_time()
    for first in range(0, len(items), BATCH_IN):
        pipeline = client.pipeline(transaction=False)
        for item in items[first : first + BATCH_IN]:
            pipeline.xadd("bare", {"e": dumps(item)})
        pipeline.execute()
    return time.process_time() - began


def our_appends(where: str, items: list[dict[str, Any]]) -> float:
    """`to_log`."""
    with to_log(where, drain=600.0) as log:
        began = time.process_time()
        for item in items:
            log.on_next(item)
        log.drain(600.0)
        return time.process_time() - began


def bare_takes(server: Server, count: int) -> float:
    """XREADGROUP and XACK."""
    _, loads = codec()
    client: Any = redis.Redis(port=server.port)
    client.xgroup_create("bare", "g", "0")
    began, taken = time.process_time(), 0
    while taken < count:
        ((_, entries),) = client.xreadgroup("g", "c", {"bare": ">"}, count=BATCH_OUT)
        for _, fields in entries:
            loads(fields[b"e"])
        client.xack("bare", "g", *(entry for entry, _ in entries))
        taken += len(entries)
    return time.process_time() - began


def our_takes(where: str, count: int) -> float:
    """`from_log`, to a subscriber that does nothing."""
    all_there, taken = threading.Event(), 0

    def take(_: Any) -> None:
        nonlocal taken
        taken += 1
        if taken == count:
            all_there.set()

    began = time.process_time()
    subscription = from_log(where, group="g").subscribe(take)
    all_there.wait(600.0)
    spent = time.process_time() - began
    subscription.dispose()
    return spent


def speed(count: int, rounds: int, seconds: float) -> bool:
    """Measure, and print; whether all is as it should be."""
    items = events(count)
    appends: list[tuple[float, float]] = []
    takes: list[tuple[float, float]] = []
    with tempfile.TemporaryDirectory() as folder:
        server = Server(Path(folder)).start()
        client: Any = redis.Redis(port=server.port)
        try:
            for number in range(rounds):
                client.flushall()
                where = f"{server.url}?name=r{number}"
                appends.append((our_appends(where, items), bare_appends(server, items)))
                takes.append((our_takes(where, count), bare_takes(server, count)))
            client.flushall()
            late = latency(server.url, seconds)
            idle = idle_cost(server.url, seconds)
        finally:
            server.kill()
    held = report("appends", count, appends) & report("takes", count, takes)
    print(f"at 1,000 a second: p50 {late[0] * 1e3:.1f} ms, p99 {late[1] * 1e3:.1f} ms")  # noqa: T201
    print(f"an idle worker: {idle:.2%} of a core")  # noqa: T201
    return held and late[0] <= 0.010 and idle <= 0.005


def report(what: str, count: int, pairs: list[tuple[float, float]]) -> bool:
    """Entries a CPU second, ours and bare; the best of each, for whatever disturbs only slows down."""
    ours, bare = (count / min(pair[place] for pair in pairs) for place in (0, 1))
    print(f"{what} a client CPU second: {ours:,.0f}; bare {bare:,.0f}; ratio {ours / bare:.2f}")  # noqa: T201
    return ours / bare >= 0.8


SAYING = """
import sys, time
from rxslack import to_log
where, seconds = sys.argv[1], float(sys.argv[2])
with to_log(where, drain=60.0) as log:
    began = time.time() + 1.0
    for number in range(int(seconds * 1000)):
        pause = began + number / 1000 - time.time()
        if pause > 0:
            time.sleep(pause)
        log.on_next({"type": "message", "channel": f"C{number % 100}", "ts": str(number), "at": time.time()})
"""

IDLE = """
import sys, time
from rxslack import from_log
from_log(sys.argv[1], group="g").subscribe(print)
time.sleep(600)
"""


def latency(where: str, seconds: float) -> tuple[float, float]:
    """From `on_next` of one process to `on_next` in another, at 1,000 a second: p50 and p99."""
    waited: list[float] = []
    subscription = from_log(where, group="g").subscribe(
        lambda item: waited.append(time.time() - item["at"])
    )
    subprocess.run([sys.executable, "-c", SAYING, where, str(seconds)], check=True)
    deadline = time.monotonic() + 30.0
    while len(waited) < int(seconds * 1000) and time.monotonic() < deadline:
        time.sleep(0.05)
    subscription.dispose()
    cuts = statistics.quantiles(waited, n=100)
    return cuts[49], cuts[98]


def idle_cost(where: str, seconds: float) -> float:
    """Of a core, by a worker that has nothing to do."""
    worker = subprocess.Popen([sys.executable, "-c", IDLE, where])
    try:
        time.sleep(4.0)
        before = cpu(worker.pid)
        time.sleep(seconds)
        return (cpu(worker.pid) - before) / seconds
    finally:
        worker.kill()
        worker.wait()
