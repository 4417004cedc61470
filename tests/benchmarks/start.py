"""
What the start of a program costs: the imports of the README's first program beside those of its dependencies.

    python -m tests.benchmarks.start
    python -m tests.benchmarks.start --rounds 50 --python python3.13

Each round starts a fresh process for each of the programs below, one after the other, so that all of them meet the
same weather; the medians count. Where valgrind is found, instructions are counted as well, which no other work on
the machine changes. Modules are read as bytecode, as from an installed package.
"""

from __future__ import annotations

import argparse
import ast
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory
from typing import Final

__all__ = ["PROGRAMS", "first_program", "main", "table"]

_ROOT: Final = Path(__file__).parents[2]
_COLLECTED: Final = re.compile(r"Collected : (\d+)")


def first_program() -> str:
    """The imports of the README's first program, and the names of rxslack's that it asks for."""
    readme = (_ROOT / "README.md").read_text(encoding="utf-8")
    program = ast.parse(readme.partition("\n```python\n")[2].partition("\n```\n")[0])
    imports = [
        ast.unparse(node) for node in program.body if isinstance(node, ast.Import | ast.ImportFrom)
    ]
    names = {
        ast.unparse(node)
        for node in ast.walk(program)
        if isinstance(node, ast.Attribute) and ast.unparse(node.value) == "rxslack"
    }
    return "\n".join([*imports, *sorted(names)])


PROGRAMS: Final = {
    "Python alone": "pass",
    "the three dependencies": "import reactivex, websocket, requests",
    "rxslack": "import rxslack",
    "the names of the README's first program": first_program(),
}


def main() -> None:
    """Print the table."""
    options = argparse.ArgumentParser(prog="python -m tests.benchmarks.start", description=__doc__)
    options.add_argument("--rounds", type=int, default=20, help="processes of each kind")
    options.add_argument("--python", default=sys.executable, help="the interpreter")
    given = options.parse_args()
    for line in table(given.python, given.rounds):
        print(line, flush=True)  # noqa: T201 this is a command


def table(python: str, rounds: int, *, counting: bool = True) -> Iterator[str]:
    """
    What each program costs, beyond Python alone, and as a multiple of the dependencies.

    Args:
        python: The interpreter.
        rounds: How many processes of each kind; an additional one of each writes the bytecode.
        counting: Whether instructions are counted, where that can be done; it takes longer than all else.
    """
    with TemporaryDirectory() as cache:
        environment = {**os.environ, "PYTHONPATH": str(_ROOT), "PYTHONPYCACHEPREFIX": cache}
        environment.pop("PYTHONDONTWRITEBYTECODE", None)
        commands = [[python, "-c", program] for program in PROGRAMS.values()]
        costs = [[_cpu(command, environment) for command in commands] for _ in range(rounds + 1)]
        seconds = [median(column) for column in zip(*costs[1:], strict=True)]
        instructions = [
            _instructions(command, environment) if counting else None for command in commands
        ]
    yield "| | CPU, ms | × the dependencies | instructions, millions | × the dependencies |"
    yield "|---|---|---|---|---|"
    for row, name in enumerate(PROGRAMS):
        cells = [f"{1e3 * seconds[row]:.0f}", _ratio(seconds, row)]
        counted = instructions[row]
        cells += (
            ["", ""] if counted is None else [f"{counted / 1e6:.0f}", _ratio(instructions, row)]
        )
        yield f"| {' | '.join([name, *cells])} |"


def _ratio(costs: Sequence[float | None], row: int) -> str:
    alone, dependencies, cost = costs[0], costs[1], costs[row]
    if not row or alone is None or dependencies is None or cost is None:
        return ""
    return f"{(cost - alone) / (dependencies - alone):.2f}"


def _cpu(command: list[str], environment: dict[str, str]) -> float:
    """CPU seconds of a process, the system's for it included."""
    process = os.posix_spawnp(command[0], command, environment)
    _, status, used = os.wait4(process, 0)
    if status:
        raise RuntimeError(f"{command} ended with {os.waitstatus_to_exitcode(status)}")
    return used.ru_utime + used.ru_stime


def _instructions(command: Sequence[str], environment: dict[str, str]) -> int | None:
    """Instructions of a process; None where nobody can count them."""
    valgrind = shutil.which("valgrind")
    if valgrind is None:
        return None
    counting = [valgrind, "--tool=callgrind", "--callgrind-out-file=/dev/null"]
    done = subprocess.run(
        [*counting, *command],
        env={**environment, "PYTHONHASHSEED": "0"},
        capture_output=True,
        text=True,
        check=True,
    )
    found = _COLLECTED.search(done.stderr)
    return int(found[1]) if found else None


if __name__ == "__main__":
    main()
