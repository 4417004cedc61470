"""
Measure rxslack beside other clients, and write the tables and the pictures down.

    pip install -e '.[speed,bench,notebook,test]' csp-adapter-slack
    python -m tests.benchmarks                     # prints
    python -m tests.benchmarks --only costs        # one chapter; may come repeatedly
    python -m tests.benchmarks --only floods --count 1000000 --client "rxslack, events alone" --client picows
    python -m tests.benchmarks --write             # results.md, the pictures, and the table in the guide, as well

`--quick` takes a minute in place of many and is for seeing that it works, not for figures.
"""

from __future__ import annotations

import argparse
import platform
import subprocess
import sys
from collections.abc import Callable, Iterator, Sequence
from datetime import date
from functools import partial
from pathlib import Path
from typing import Final, NamedTuple

from tests.benchmarks import connections as workspaces, costs, instructions, selective
from tests.benchmarks.crowd import CLIENTS as HOLDERS
from tests.benchmarks.pictures import Bars, drawn
from tests.benchmarks.runner import Bench, serving
from tests.benchmarks.tables import FLOODED, Effort, connections, floods, imports, latency, memory

__all__ = ["between_marks", "main", "write"]

_ROOT: Final = Path(__file__).parents[2]
_RESULTS: Final = Path(__file__).with_name("results.md")
_GUIDE: Final = _ROOT / "rxslack" / "guide" / "speed.py"
_PICTURES: Final = _ROOT / "tests" / "pictures"
_MARKS: Final = ("<!-- speed: written by tests/benchmarks -->\n", "<!-- end of speed -->\n")
_QUICK: Final = Effort(2_000, 1, 1, quick=True)

Tables = Callable[[Bench, Effort], Iterator[str]]


class Chapter(NamedTuple):
    """
    What is measured at one go.

    Attributes:
        title: what it is about; `{count}` stands for the events of a flood.
        tables: measures, and tells it line by line.
        pictures: of that.
    """

    title: str
    tables: Tables
    pictures: tuple[Bars, ...] = ()


def _many(_: Bench, effort: Effort) -> Iterator[str]:
    quick = effort.quick
    return workspaces.tables(
        [20] if quick else [1_000, 2_000],
        ["rxslack", "picows"] if quick else [*HOLDERS],
        workspaces.QUICK if quick else workspaces.Effort(),
        max(effort.rounds // 3, 1),  # each takes minutes
    )


def _selective(_: Bench, effort: Effort) -> Iterator[str]:
    if effort.quick:
        return selective.tables(effort.count, 1, ["type"])
    return selective.tables(2 * effort.count, effort.rounds + 2)


def _costs(_: Bench, effort: Effort) -> Iterator[str]:
    return costs.tables(*((300, 1) if effort.quick else (10_000, 7)))


def _instructions(_: Bench, effort: Effort) -> Iterator[str]:
    if effort.quick or not instructions.can_count():
        return iter(["Not counted here."])
    return instructions.tables(1_000)


CHAPTERS: Final = {
    "floods": Chapter(
        "{count:,} messages of about 600 bytes, in one go:",
        partial(floods, size="realistic"),
        (
            Bars(
                "speed-floods",
                "Events a CPU second, all decoded by orjson",
                "events per CPU second",
                where=frozenset({("JSON by", "orjson")}),
            ),
        ),
    ),
    "small": Chapter(
        "The same with messages of about 180 bytes:",
        partial(floods, size="small"),
    ),
    "selective": Chapter(
        "One event in two hundred is wanted:",
        _selective,
        (
            Bars(
                "speed-selective",
                "CPU time an event, ns, where one in two hundred is wanted",
                "ns an event",
                ("client", "decoder", "wanted"),
            ),
        ),
    ),
    "workspaces": Chapter(
        "Many workspaces in one process:",
        _many,
        (
            Bars(
                "speed-workspaces",
                "Events a CPU second, of many workspaces in one process",
                "flood: events a CPU s",
                ("client", "connections"),
            ),
        ),
    ),
    "latency": Chapter("Latency of single events:", latency),
    "connections": Chapter("Connections in one process:", connections),
    "memory": Chapter("Memory:", memory),
    "costs": Chapter(
        "Posts, much at once, and operators:",
        _costs,
        (
            Bars("speed-posting", "CPU time of a post, µs", "CPU, µs", ("who posts",)),
            Bars(
                "speed-operators",
                "CPU time an event, ns",
                "CPU, ns an event",
                ("operator",),
                without=frozenset({"by_thread, each message a thread"}),
            ),
        ),
    ),
    "instructions": Chapter("Instructions, in user space:", _instructions),
    "start": Chapter("Import:", imports),
}
_OF_FURTHER: Final = "floods"  # what is measured of interpreters after the first one


def main() -> None:
    """Measure what the command line asks for."""
    options = argparse.ArgumentParser(
        prog="python -m tests.benchmarks",
        description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    options.add_argument("--write", action="store_true", help="write results.md and the guide")
    options.add_argument("--quick", action="store_true", help="only see that it works")
    options.add_argument("--only", action="append", choices=[*CHAPTERS], help="a chapter")
    options.add_argument("--count", type=int, default=100_000, help="of events in a flood")
    options.add_argument(
        "--client",
        action="append",
        choices=sorted({name for name, _ in FLOODED}),
        help="in a flood; may come repeatedly",
    )
    options.add_argument("--rounds", type=int, default=3, help="of each flood; the best counts")
    options.add_argument("--seconds", type=int, default=5, help="of each wait for latency, idling")
    options.add_argument("--python", action="append", help="an interpreter; may come repeatedly")
    given = options.parse_args()
    if given.write and (given.quick or given.only or given.client):
        options.error("what is written down is all of it, and not in a hurry")
    effort = Effort(given.count, given.rounds, given.seconds, clients=given.client or ())
    effort = _QUICK if given.quick else effort
    names: Sequence[str] = given.only or [*CHAPTERS]
    lines: list[str] = []
    by_chapter: dict[str, list[str]] = {}
    for place, python in enumerate(given.python or [sys.executable]):
        with serving(python) as bench:
            for name, line in _book(bench, effort, [_OF_FURTHER] if place else names):
                print(line, flush=True)  # noqa: T201 this is a command
                lines.append(line)
                if not place:
                    by_chapter.setdefault(name, []).append(line)
    if given.write:
        write("".join(f"{line}\n" for line in lines))
        for name, told in by_chapter.items():
            for bars in CHAPTERS[name].pictures:
                (_PICTURES / f"{bars.name}.svg").write_text(drawn(bars, told))


def _book(bench: Bench, effort: Effort, names: Sequence[str]) -> Iterator[tuple[str, str]]:
    """All lines, each with its chapter; behind the first table, which the guide quotes, the pictures."""
    for place, name in enumerate(names):
        chapter = CHAPTERS[name]
        quoted = not place and len(names) > 1
        if quoted:
            yield name, _MARKS[0].strip()
        if not place:
            yield from ((name, _machine(bench.python)), (name, ""))
        yield from ((name, chapter.title.format(count=effort.count)), (name, ""))
        yield from ((name, line) for line in chapter.tables(bench, effort))
        yield name, ""
        if quoted:
            for bars in (bars for one in CHAPTERS.values() for bars in one.pictures):
                yield name, f"![{bars.title}](../../tests/pictures/{bars.name}.svg)"
                yield name, ""
            yield from ((name, _MARKS[1].strip()), (name, ""))


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
