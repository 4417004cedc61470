"""
One client, one scenario, one process: run it and print what it cost, as JSON.

    python -m tests.benchmarks.measure CLIENT PORT SCENARIO-PATH CONNECTIONS DECODER
"""

from __future__ import annotations

import json
import sys
import threading
import time
from pathlib import Path
from typing import Any

__all__ = ["main"]


def main(name: str, port: str, path: str, connections: str, decoder: str) -> dict[str, Any]:
    """Measure, in this process, which has done nothing yet."""
    if decoder == "json":
        vars(sys)["modules"]["orjson"] = None  # as where it is not installed
    from tests.benchmarks.clients import CLIENTS
    from tests.benchmarks.scenario import Scenario, parse
    from tests.benchmarks.tally import Tally

    if decoder == "json":
        loads: Any = json.loads
    else:
        from orjson import loads
    scenario = parse(path)
    threads = threading.active_count()
    # Imports and whatever else only the first connection pays are no part of the figures.
    first = Scenario("flood", "small", 1, envelopes=scenario.envelopes)
    warm = Tally(first)
    stop = CLIENTS[name](f"http://127.0.0.1:{port}{first.path()}", warm, loads)
    warm.wait()
    stop()
    time.sleep(1.0)  # until its threads are gone
    tallies = [Tally(scenario) for _ in range(int(connections))]
    memory = _memory("VmRSS")
    cpu, wall = time.process_time(), time.perf_counter()
    stops = [CLIENTS[name](f"http://127.0.0.1:{port}{path}", tally, loads) for tally in tallies]
    for tally in tallies:
        tally.wait()
    if scenario.kind == "idle":
        time.sleep(2.0)  # what follows a handshake has settled
        cpu, wall = time.process_time(), time.perf_counter()
        time.sleep(scenario.rate)
    result: dict[str, Any] = {
        "cpu": time.process_time() - cpu,
        "wall": time.perf_counter() - wall,
        "threads": threading.active_count() - threads,
        "memory": _memory("VmRSS") - memory,
        "peak": _memory("VmHWM"),
        "seen": sum(tally.seen for tally in tallies),
        "disorder": sum(tally.disorder for tally in tallies),
        "errors": [repr(tally.error) for tally in tallies if tally.error],
        "late": _percentiles([ns for tally in tallies for ns in tally.late]),
    }
    for stop in stops:
        stop()
    return result


def _memory(key: str) -> int:
    """Bytes of this process's memory, now (VmRSS) or at the most (VmHWM)."""
    status = Path("/proc/self/status").read_text()
    return 1024 * int(status.partition(f"{key}:")[2].split()[0])


def _percentiles(late: list[int]) -> dict[str, float]:
    """Microseconds; the first tenth, in which a client warms up, left out."""
    late = sorted(late[len(late) // 10 :])
    return {f"p{p}": late[len(late) * p // 100] / 1000 for p in (50, 99)} if late else {}


if __name__ == "__main__":
    print(json.dumps(main(*sys.argv[1:])))  # noqa: T201 the caller reads it
    sys.stdout.flush()
    __import__("os")._exit(0)  # whatever threads a client leaves behind
