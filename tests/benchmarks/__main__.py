"""
Measure rxslack beside other clients, and write the tables down.

    pip install -e '.[speed,bench]'
    python -m tests.benchmarks            # prints
    python -m tests.benchmarks --write    # results.md, and the table in the guide, as well

`--quick` takes a minute in place of many and is for seeing that it works, not for figures.
"""

from __future__ import annotations

import argparse
import platform
import subprocess
import sys
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Final

from tests.benchmarks.runner import Bench, serving
from tests.benchmarks.tables import Effort, connections, floods, imports, latency, memory

__all__ = ["between_marks", "main", "write"]

_RESULTS: Final = Path(__file__).with_name("results.md")
_GUIDE: Final = Path(__file__).parents[2] / "rxslack" / "guide" / "speed.py"
_MARKS: Final = ("<!-- speed: written by tests/benchmarks -->\n", "<!-- end of speed -->\n")


def main() -> None:
    """Measure what the command line asks for."""
    options = argparse.ArgumentParser(prog="python -m tests.benchmarks", description=__doc__)
    options.add_argument("--write", action="store_true", help="write results.md and the guide")
    options.add_argument("--quick", action="store_true", help="only see that it works")
    options.add_argument("--floods", action="store_true", help="only the first table")
    options.add_argument("--rounds", type=int, default=3, help="of each flood; the best counts")
    options.add_argument("--seconds", type=int, default=5, help="of each wait for latency, idling")
    options.add_argument("--python", action="append", help="an interpreter; may come repeatedly")
    given = options.parse_args()
    effort = Effort(2_000, 1, 1) if given.quick else Effort(100_000, given.rounds, given.seconds)
    lines: list[str] = []
    for python in given.python or [sys.executable]:
        with serving(python) as bench:
            for line in _chapter(bench, effort, short=given.floods or bool(lines)):
                print(line, flush=True)  # noqa: T201 this is a command
                lines.append(line)
    if given.write:
        write("".join(f"{line}\n" for line in lines))


def _chapter(bench: Bench, effort: Effort, *, short: bool) -> Iterator[str]:
    """All tables for the first interpreter; of further ones only the main one."""
    yield from ("" if short else _MARKS[0].strip(), _machine(bench.python), "")
    yield f"{effort.count:,} messages of about 600 bytes, in one go:"
    yield from ("", *floods(bench, effort, "realistic"), "")
    if short:
        return
    yield from (_MARKS[1].strip(), "")
    yield from ("The same with messages of about 180 bytes:", "")
    yield from (*floods(bench, effort, "small"), "")
    yield from ("Latency of single events:", "", *latency(bench, effort), "")
    yield from ("Connections in one process:", "", *connections(bench, effort), "")
    yield from ("Memory:", "", *memory(bench, effort), "")
    yield from ("Import:", "", *imports(bench, effort), "")


def _machine(python: str) -> str:
    asked = [
        python,
        "-c",
        "import platform as p; print(p.python_implementation(), p.python_version())",
    ]
    version = subprocess.run(asked, capture_output=True, text=True, check=True).stdout.strip()
    return f"{version}, {_processor()}, {platform.system()}, {date.today():%B %Y}; loopback."


def _processor() -> str:
    try:
        lines = Path("/proc/cpuinfo").read_text().splitlines()
    except OSError:
        return platform.processor()
    names = [line.partition(": ")[2] for line in lines if line.startswith("model name")]
    return f"{len(names)} × {names[0]}" if names else platform.machine()


def between_marks(text: str) -> str:
    """The part of a text that the guide quotes."""
    return text.partition(_MARKS[0])[2].partition(_MARKS[1])[0]


def write(text: str) -> None:
    """Keep the tables, and quote the first of them in the guide."""
    _RESULTS.write_text(text)
    guide = _GUIDE.read_text()
    if _MARKS[0] in guide:
        before, _, rest = guide.partition(_MARKS[0])
        after = rest.partition(_MARKS[1])[2]
        _GUIDE.write_text(f"{before}{_MARKS[0]}{between_marks(text)}{_MARKS[1]}{after}")


if __name__ == "__main__":
    main()
