"""
A thousand workspaces in one process: what it costs to hold and to read them, and what befalls them.

    pip install -e '.[speed,bench]'
    python -m tests.benchmarks.connections                  # 1,000 and 2,000; some minutes
    python -m tests.benchmarks.connections --count 500 --client rxslack --rounds 3

Each client is a process of its own, and takes turns with the others against one server, which is another
process. One after the other:

    open      every workspace connects; memory is what the process has grown by
    idle      nothing comes; long enough for pings, which only rxslack sends
    flood     every workspace gets its share at once, as fast as it takes it
    spread    events come one by one, 2,000 a second, each for the next workspace
    cut       all connections are cut off, and come back; then each gets some events again
    sleepers  as spread, while the subscribers of ten workspaces sleep: how late are the others' events?

Events are told from those sent: lost, and out of order. Websockets that a client opened for no reason of the
server's count as given up. A figure is the median of the rounds, and a count the most of them. `--quick` takes
half a minute and is for seeing that it works.
"""

from __future__ import annotations

import argparse
import gc
import json
import logging
import subprocess
import sys
import threading
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from statistics import median
from typing import Final
from urllib.request import urlopen

from tests.benchmarks.crowd import CLIENTS, Crowd, Stream
from tests.benchmarks.scenario import FIRST
from tests.benchmarks.workspace_server import allow_many_files, serve

__all__ = ["Effort", "main", "measure", "tables"]

_ROOT: Final = Path(__file__).parents[2]
_SLEEPERS: Final = 10
_RATE: Final = 2_000  # events a second, of all workspaces together
_AFTER_CUT: Final = 5  # events of each workspace
_PATIENCE: Final = 15.0  # seconds without an event after which the rest counts as lost
_LONGEST: Final = 600.0  # seconds for one client

Figures = dict[str, float]


@dataclass(frozen=True)
class Effort:
    """
    How much is measured.

    Attributes:
        flood: events, of all workspaces together.
        seconds: of the spread.
        idle: seconds; pings come after ten.
        nap: seconds that sleepers sleep.
    """

    flood: int = 200_000
    seconds: float = 15.0
    idle: float = 15.0
    nap: float = 10.0


QUICK: Final = Effort(2_000, 0.2, 0.2, 0.2)


class _Changes(logging.Handler):
    """What rxslack logs while no connection has a reason to change."""

    def __init__(self) -> None:
        super().__init__()
        self.lines: list[str] = []
        self.awaited = True
        for name in ("rxslack.reconnect", "rxslack.sources"):
            logger = logging.getLogger(name)
            logger.addHandler(self)
            logger.setLevel(logging.INFO)
            logger.propagate = False

    def emit(self, record: logging.LogRecord) -> None:
        if not self.awaited:
            self.lines.append(record.getMessage())


class _Bench:
    """One client and its workspaces, in a process that has done nothing yet."""

    def __init__(self, client: str, port: int, count: int) -> None:
        self.crowd = Crowd(count)
        self._client = CLIENTS[client]
        self._port = port
        self._next = FIRST
        self._lost = 0
        self._cut = 0
        self.changes = _Changes()

    def run(self, effort: Effort) -> Iterator[tuple[str, float]]:
        """All figures, as they come."""
        count = len(self.crowd.streams)
        yield from self._open(count)
        yield "threads", threading.active_count()
        cpu, wall = time.process_time(), time.monotonic()
        time.sleep(effort.idle)
        yield "idle", (time.process_time() - cpu) / (time.monotonic() - wall)
        each = max(effort.flood // count, 1)
        cpu, wall = time.process_time(), time.monotonic()
        self._take("flood", each)
        yield "flood", each * count / (time.process_time() - cpu)
        yield "flood wall", time.monotonic() - wall
        yield "busy bytes", self._grown() / count
        each = max(int(effort.seconds * _RATE) // count, 1)
        cpu = time.process_time()
        late = self._take("spread", each, _RATE)
        yield "spread", (time.process_time() - cpu) / (each * count)
        yield from (("p50", _percentile(late, 50)), ("p99", _percentile(late, 99)))
        yield "back", self._come_back()
        yield from self._beside_sleepers(effort)
        yield "lost", self._lost
        yield "disorder", sum(stream.disorder for stream in self.crowd.streams)
        yield "given up", self._do("count") - count - self._cut
        yield "errors", len(self.crowd.errors)

    def _open(self, count: int) -> Iterator[tuple[str, float]]:
        # What only the first one costs, such as imports, is no part of the figures.
        self.crowd.expect(0, self.crowd.streams[:1])
        self._client(self._port, self.crowd, [0])
        self._insist("the first connection")
        self._before = 0.0
        self._before = self._grown()
        self.crowd.expect(0, self.crowd.streams[1:])
        cpu, wall = time.process_time(), time.monotonic()
        self._client(self._port, self.crowd, range(1, count))
        self._insist("the connections")
        yield "open", time.monotonic() - wall
        yield "open cpu", (time.process_time() - cpu) / (count - 1)
        time.sleep(1.0)  # what follows a handshake has settled
        self.changes.awaited = False
        yield "bytes", self._grown() / (count - 1)

    def _insist(self, what: str) -> None:
        if not self.crowd.wait(60.0):
            standing = sum(stream.hellos > 0 for stream in self.crowd.streams)
            raise TimeoutError(f"{what}: {standing} of {len(self.crowd.streams)} stand")

    def _grown(self) -> float:
        gc.collect()
        status = Path("/proc/self/status").read_text()
        return 1024 * int(status.partition("VmRSS:")[2].split()[0]) - self._before

    def _take(
        self, what: str, each: int, *rate: int, aside: Sequence[Stream] = (), patience: float = 0.0
    ) -> list[int]:
        """Ask for messages and await them; how late they were, but for some of the workspaces."""
        late: list[int] = []
        for stream in self.crowd.streams:
            stream.late = late if rate else None
        for stream in aside:
            stream.late = None
        before = sum(stream.seen for stream in self.crowd.streams)
        self.crowd.expect(each)
        self._do(what, self._next, each, *rate)
        self._next += each
        self.crowd.wait(_PATIENCE + patience)
        came = sum(stream.seen for stream in self.crowd.streams) - before
        self._lost += each * len(self.crowd.streams) - came
        return late

    def _come_back(self) -> float:
        count = len(self.crowd.streams)
        self.crowd.expect(0)
        wall = time.monotonic()
        self.changes.awaited = True
        self._do("cut")
        self.crowd.wait(60.0)
        seconds = time.monotonic() - wall
        self.changes.awaited = False
        self._cut = count
        self._take("flood", _AFTER_CUT)
        return seconds

    def _beside_sleepers(self, effort: Effort) -> Iterator[tuple[str, float]]:
        # One loop for all that user code is called in cannot but sleep with it.
        if self._client is not CLIENTS["rxslack"]:
            return
        count = len(self.crowd.streams)
        sleepers = self.crowd.streams[:: max(count // _SLEEPERS, 1)][:_SLEEPERS]
        for stream in sleepers:
            stream.nap = effort.nap
        each = max(int(effort.nap * _RATE) // count, 2)
        late = self._take("spread", each, _RATE, aside=sleepers, patience=effort.nap)
        yield "asleep p99", _percentile(late, 99)
        yield "asleep worst", max(late, default=0) / 1e9

    def _do(self, what: str, *numbers: int) -> int:
        path = "/".join(map(str, (what, *numbers)))
        with urlopen(f"http://127.0.0.1:{self._port}/do/{path}") as answer:
            return int(answer.read())


def _percentile(late: list[int], percent: int) -> float:
    """Seconds."""
    late = sorted(late)
    return late[(len(late) - 1) * percent // 100] / 1e9 if late else 0.0


def measure(client: str, count: int, effort: Effort) -> Figures:
    """One client against a server of its own, each in a process of its own."""
    numbers = [effort.flood, effort.seconds, effort.idle, effort.nap]
    with serve() as port:
        command = [sys.executable, "-m", "tests.benchmarks.connections", "--one", client, str(port)]
        command += [str(count), *map(str, numbers)]
        done = subprocess.run(
            command, stdout=subprocess.PIPE, text=True, cwd=_ROOT, timeout=_LONGEST, check=True
        )
    figures: Figures = json.loads(done.stdout)
    return figures


def _measure_here(client: str, port: str, count: str, *numbers: str) -> None:
    allow_many_files()
    flood, *seconds = numbers
    bench = _Bench(client, int(port), int(count))
    figures = dict(bench.run(Effort(int(flood), *map(float, seconds))))
    for error in bench.crowd.errors[:3]:
        sys.stderr.write(f"{client}: a stream ended, {error}\n")
    for line in bench.changes.lines[:5]:
        sys.stderr.write(f"{client}, for no reason of the server's: {line}\n")
    print(json.dumps(figures), flush=True)  # noqa: T201 the caller reads it
    __import__("os")._exit(0)  # whatever threads a client leaves behind


# Tables


_HEAD: Final = (
    "connections | client | threads | open: s | open: CPU, ms each | kB each | kB each, after the flood "
    "| idle: % of a core | flood: events a CPU s | × picows | spread: CPU, µs an event | p50, ms | p99, ms "
    "| back after a cut, s | beside sleepers: p99, ms | worst, ms | lost | out of order | given up"
)
_COUNTS: Final = ("lost", "disorder", "given up", "errors", "asleep worst", "back")


def tables(
    counts: Sequence[int], clients: Sequence[str], effort: Effort, rounds: int
) -> Iterator[str]:
    """A row of each client and number of connections."""
    yield f"| {_HEAD} |"
    yield "|" + "---|" * len(_HEAD.split("|"))
    for count in counts:
        found: dict[str, list[Figures]] = {client: [] for client in clients}
        for _ in range(rounds):
            for client in clients:
                try:
                    found[client].append(measure(client, count, effort))
                except (subprocess.CalledProcessError, subprocess.TimeoutExpired) as error:
                    sys.stderr.write(f"{client}, {count} connections: left out, {error}\n")
        figures = {client: _together(some) for client, some in found.items() if some}
        for client, of_client in figures.items():
            yield f"| {count:,} | {client} | {' | '.join(_cells(of_client, figures))} |"


def _together(rounds: Sequence[Figures]) -> Figures:
    return {
        name: (max if name in _COUNTS else median)([figures[name] for figures in rounds])
        for name in rounds[0]
    }


def _cells(found: Figures, all_found: dict[str, Figures]) -> list[str]:
    beside = all_found.get("picows", {}).get("flood")
    asleep = [f"{1e3 * found[name]:.1f}" if name in found else "" for name in _ASLEEP]
    return [
        f"{found['threads']:.0f}",
        f"{found['open']:.2f}",
        f"{1e3 * found['open cpu']:.2f}",
        f"{found['bytes'] / 1024:.0f}",
        f"{found['busy bytes'] / 1024:.0f}",
        f"{100 * found['idle']:.1f}",
        f"{found['flood']:,.0f}",
        f"{found['flood'] / beside:.2f}" if beside else "",
        f"{1e6 * found['spread']:.0f}",
        f"{1e3 * found['p50']:.1f}",
        f"{1e3 * found['p99']:.1f}",
        f"{found['back']:.1f}",
        *asleep,
        *(f"{found[name]:.0f}" for name in ("lost", "disorder", "given up")),
    ]


_ASLEEP: Final = ("asleep p99", "asleep worst")


def main() -> None:
    """Measure what the command line asks for."""
    options = argparse.ArgumentParser(
        prog="python -m tests.benchmarks.connections",
        description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    options.add_argument("--count", type=int, action="append", help="may come repeatedly")
    options.add_argument("--client", action="append", choices=[*CLIENTS], help="the same")
    options.add_argument("--rounds", type=int, default=1)
    options.add_argument("--quick", action="store_true", help="only see that it works")
    options.add_argument("--one", nargs=7, help=argparse.SUPPRESS)
    given = options.parse_args()
    if given.one:
        _measure_here(*given.one)
    counts = given.count or ([20] if given.quick else [1_000, 2_000])
    effort = QUICK if given.quick else Effort()
    for line in tables(counts, given.client or [*CLIENTS], effort, given.rounds):
        print(line, flush=True)  # noqa: T201 this is a command


if __name__ == "__main__":
    main()
