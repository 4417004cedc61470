"""
Instructions instead of seconds: the same on a machine that is busy, and from one run to the next.

They are counted by valgrind's callgrind, in user space; a program runs some fifty times as long under it, but
only while they are counted. It is asked from inside, by `vgdb`, which comes with it.

    python -m tests.benchmarks.instructions                # of each operator, and of much at once
    python -m tests.benchmarks.instructions --only record  # of what has that in its name
"""

from __future__ import annotations

import argparse
import gc
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Final

from tests.benchmarks.bulk import working
from tests.benchmarks.interleaved import Work
from tests.benchmarks.operators import stages

__all__ = ["can_count", "counted", "main", "tables", "under_valgrind"]

_ROOT: Final = Path(__file__).parents[2]
_OUT: Final = "CALLGRIND_OUT"  # where callgrind writes: of the environment of what it runs
_TOTAL: Final = re.compile(r"^totals: (\d+)", re.MULTILINE)


def can_count() -> bool:
    """Whether valgrind is there."""
    return shutil.which("valgrind") is not None and shutil.which("vgdb") is not None


def under_valgrind(arguments: Sequence[str]) -> Iterator[str]:
    """What `python -m …` prints line by line, in a process whose instructions `counted` can count."""
    with TemporaryDirectory() as folder:
        out = f"{folder}/counts"
        command = ["valgrind", "-q", "--vgdb=yes", "--tool=callgrind", "--instr-atstart=no"]
        command += [f"--callgrind-out-file={out}", sys.executable, "-m", *arguments]
        environment = {**os.environ, "PYTHONHASHSEED": "0", _OUT: out}
        with subprocess.Popen(
            command, stdout=subprocess.PIPE, text=True, cwd=_ROOT, env=environment
        ) as process:
            assert process.stdout is not None
            yield from (line.rstrip("\n") for line in process.stdout)
        if process.returncode:
            raise RuntimeError(f"{arguments} ended with {process.returncode}")


def counted(works: Mapping[str, Work]) -> Iterator[tuple[str, int]]:
    """Instructions of each, once; it has run before. Only inside `under_valgrind`."""
    _ask("instrumentation", "on")
    asking = min(_count("", _nothing) for _ in range(3))
    for name, work in works.items():
        _ask("instrumentation", "off")
        work()
        gc.collect()
        _ask("instrumentation", "on")
        yield name, _count(name, work) - asking
    _ask("instrumentation", "off")


def _count(name: str, work: Work) -> int:
    out = Path(os.environ[_OUT])
    before = {*out.parent.iterdir()}
    _ask("zero")
    work()
    _ask("dump", name.replace(" ", "_"))
    (dump,) = {*out.parent.iterdir()} - before
    found = _TOTAL.search(dump.read_text())
    dump.unlink()
    assert found is not None
    return int(found[1])


def _nothing() -> None:
    """What remains is the asking."""


def _ask(*words: str) -> None:
    subprocess.run(["vgdb", f"--pid={os.getpid()}", "-c", *words], capture_output=True, check=True)


def main() -> None:
    """Count what the command line asks for."""
    options = argparse.ArgumentParser(prog="python -m tests.benchmarks.instructions")
    options.add_argument("--only", default="", help="what the name has to contain")
    options.add_argument("--count", type=int, default=1000, help="events")
    given = options.parse_args()
    for line in tables(given.count, given.only):
        print(line, flush=True)  # noqa: T201 this is a command


def tables(count: int, only: str = "") -> Iterator[str]:
    """The instructions of an event, of each whose name has that in it."""
    if _OUT not in os.environ:
        arguments = ["tests.benchmarks.instructions", f"--only={only}", f"--count={count}"]
        yield from under_valgrind(arguments)
        return
    yield from ("| what | instructions an event |", "|---|---|")
    for name, instructions in _found(count, only):
        yield f"| {name} | {instructions:,.0f} |"


def _found(count: int, only: str) -> Iterator[tuple[str, float]]:
    with stages(count) as works:
        alone = dict(counted({"": works[""]}))[""]
        chosen = {name: work for name, work in works.items() if name and only in name}
        for name, instructions in counted(chosen):
            yield name, (instructions - alone) / count
    with working(count) as all_works:
        for kind, by_name in all_works.items():
            chosen = {f"{kind}, {name}": work for name, work in by_name.items() if only in kind}
            for name, instructions in counted(chosen):
                yield name, instructions / count


if __name__ == "__main__":
    main()
