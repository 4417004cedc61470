"""Runs one client after another, each in a process of its own, against one server."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Generator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Final, Literal

from tests.benchmarks.scenario import Scenario

__all__ = ["Bench", "Decoder", "Result", "cost", "serving"]

Decoder = Literal["json", "orjson"]
_ROOT: Final = Path(__file__).parents[2]
_LONGEST: Final = 60.0  # seconds for one measurement

Result = dict[str, Any]


class Bench:
    """
    What it takes to measure.

    Args:
        port: of the server.
        python: the interpreter of the clients.
    """

    def __init__(self, port: str, python: str) -> None:
        self.port = port
        self.python = python

    def measure(
        self, client: str, scenario: Scenario, *, decoder: Decoder = "json", connections: int = 1
    ) -> Result | None:
        """What it cost, see `measure`; None when the client is not installed or hangs."""
        words = [client, self.port, scenario.path(), str(connections), decoder]
        try:
            done = self._run(["-m", "tests.benchmarks.measure", *words])
        except subprocess.TimeoutExpired:
            sys.stderr.write(f"{client}, {connections} connections: came to no end\n")
            return None
        if done.returncode:
            reason = done.stderr.strip().rpartition("\n")[2]
            sys.stderr.write(f"{client}: left out, {reason}\n")
            return None
        result: Result = json.loads(done.stdout)
        return result

    def _run(self, arguments: Sequence[str]) -> subprocess.CompletedProcess[str]:
        command = [self.python, *arguments]
        return subprocess.run(
            command, capture_output=True, text=True, timeout=_LONGEST, check=False
        )


def cost(result: Result) -> float:
    """CPU seconds an event."""
    return float(result["cpu"]) / max(int(result["seen"]), 1)


@contextmanager
def serving(python: str) -> Generator[Bench]:
    """A server in a process of its own."""
    command = [python, "-m", "tests.benchmarks.server"]
    with subprocess.Popen(
        command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, cwd=_ROOT
    ) as server:
        assert server.stdout is not None
        yield Bench(server.stdout.readline().strip(), python)
        assert server.stdin is not None
        server.stdin.close()
