"""
What notebooks cost: ``python -m tests.notebook.measure explore|flood|loads [COUNT]``.

``explore`` reads a recording beside pandas, which reads the same messages as JSON lines; ``flood`` sends events
into `live` and `plot` beside a subscriber that does nothing; ``loads`` says what the page of a plot loads. What is
compared is run in turns, each in a process of its own; times are of the CPU, because a machine may be busy.
"""

from __future__ import annotations

import json
import random
import resource
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from importlib import import_module
from pathlib import Path
from typing import Any, Final

from reactivex import Subject

__all__ = ["main"]

WORDS: Final = [
    "deploy",
    "lunch",
    "the",
    "a",
    "build",
    "is",
    "green",
    "red",
    "who",
    "knows",
    "why",
    "it",
    "works",
    "again",
    "on",
    "friday",
    "please",
]
BEGIN: Final = 1764000000.0


def say(line: str) -> None:
    """This is a command."""
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()


def message(number: int, pick: random.Random) -> dict[str, Any]:
    """A message as Slack sends it, with its blocks."""
    text = " ".join(pick.choices(WORDS, k=pick.randrange(4, 24)))
    element = {"type": "rich_text_section", "elements": [{"type": "text", "text": text}]}
    made: dict[str, Any] = {
        "type": "message",
        "channel": f"C{pick.randrange(200):08d}",
        "user": f"U{pick.randrange(2000):08d}",
        "text": text,
        "ts": f"{BEGIN + number * 3:.6f}",
        "team": "T00000001",
        "client_msg_id": f"{pick.getrandbits(128):032x}",
        "blocks": [{"type": "rich_text", "block_id": "b", "elements": [element]}],
    }
    if number and pick.random() < 0.3:
        made["thread_ts"] = f"{BEGIN + (number - pick.randrange(1, 50)) * 3:.6f}"
    return made


def write(folder: Path, count: int) -> tuple[Path, Path]:
    """The same messages as a recording, and as lines of JSON for pandas."""
    pick = random.Random(1)
    recording, lines = folder / "year.jsonl", folder / "lines.jsonl"
    with recording.open("w") as first, lines.open("w") as second:
        for number in range(count):
            text = json.dumps(message(number, pick), separators=(",", ":"))
            first.write(f'{{"at":{BEGIN + number * 3},"event":{text}}}\n')
            second.write(f"{text}\n")
    return recording, lines


def peak() -> float:
    """Megabytes that the process had at most."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def one(what: str, path: str) -> dict[str, float]:
    """One measurement, in this process."""

    def run() -> None:
        if what in ("explore", "pandas"):
            (_explore if what == "explore" else _pandas)(path)
        else:
            _flood(what, path)

    for library in ("pandas", "pyarrow", "numpy"):
        if what in ("explore", "pandas"):
            import_module(library)
    if what not in ("explore", "pandas"):
        _flood(what, f"{path}.short")  # what is imported once is no cost of a flood
    before, cpu, wall = peak(), time.process_time(), time.perf_counter()
    run()
    found = {"cpu": time.process_time() - cpu, "wall": time.perf_counter() - wall}
    return {**found, "MB": peak(), "MB before": before}


def _explore(path: str) -> None:
    from rxslack.notebook import explore

    found = explore(path)
    assert len(found.frame)


def _pandas(path: str) -> None:
    pandas: Any = import_module("pandas")
    assert len(pandas.read_json(path, lines=True))


def _flood(what: str, path: str) -> None:
    """A recording as fast as it can be read, typed, into a view, or into nothing."""
    from rxslack import MessageEvent, of_type, replay
    from rxslack.notebook import live, plot

    class Nowhere:
        def show(self, bundle: dict[str, Any], id: str) -> None:  # noqa: A002 - Jupyter's word
            """As a notebook that nobody looks at."""

        update = show

    def nothing(_: object) -> None:
        """As a page that asks nothing."""

    source: Subject[Any] = Subject()
    view: Any = None
    if what.startswith("live"):
        view = live(source, display=Nowhere())
    elif what.startswith("plot"):
        view = plot(source, key="channel", display=Nowhere())
    else:
        source.subscribe(nothing)
    if what.endswith("widget"):
        widgets: Any = import_module("rxslack.notebook.widgets")
        view._widget = widgets.made(what.split()[0], view._news(), nothing)
        if what.startswith("live"):
            view._page.answer({"ask": "ready", "page": "p", "wanted": {}})
    replay(path).pipe(of_type(MessageEvent)).subscribe(source)
    if view is not None:
        view.wait(60)


def compare(names: list[str], paths: dict[str, str], times: int) -> None:
    """Run them in turns, and print the medians."""
    found: dict[str, list[dict[str, float]]] = {name: [] for name in names}
    for _ in range(times):
        for name in names:
            sys.stderr.write(f"{name} …\n")
            command = [
                sys.executable,
                "-m",
                "tests.notebook.measure",
                "one",
                name,
                paths.get(name, ""),
            ]
            done = subprocess.run(command, capture_output=True, text=True, check=True)
            found[name].append(json.loads(done.stdout))
    first = statistics.median(run["cpu"] for run in found[names[-1]])
    for name, runs in found.items():
        middle = {key: statistics.median(run[key] for run in runs) for key in runs[0]}
        say(
            f"{name:12} {middle['wall']:6.1f} s wall  {middle['cpu']:6.1f} s cpu "
            f"({middle['cpu'] / first:4.2f} x {names[-1]})  {middle['MB']:6.0f} MB at most, "
            f"{middle['MB'] - middle['MB before']:6.0f} of them its own"
        )


def loads() -> None:
    """What a notebook loads for a plot, of the libraries that could draw it."""
    parts: dict[str, Callable[[], Path]] = {
        "bokeh": lambda: (
            Path(import_module("bokeh").__file__ or "").parent / "server/static/js/bokeh.min.js"
        ),
        "plotly": lambda: (
            Path(import_module("plotly").__file__ or "").parent / "package_data/widgetbundle.js"
        ),
    }
    for name, path in parts.items():
        try:
            say(f"{name:8} {path().stat().st_size / 1e6:5.2f} MB of JavaScript")
        except (ImportError, FileNotFoundError):
            say(f"{name:8} is not installed")


def main(arguments: list[str]) -> None:
    """Measure what is asked for."""
    what, *rest = arguments
    if what == "one":
        say(json.dumps(one(rest[0], rest[1])))
    elif what == "loads":
        loads()
    elif what == "explore":
        count = int(rest[0]) if rest else 1_000_000
        with tempfile.TemporaryDirectory() as folder:
            recording, lines = write(Path(folder), count)
            say(f"{count:,} messages, {recording.stat().st_size / 1e6:.0f} MB")
            compare(["explore", "pandas"], {"explore": str(recording), "pandas": str(lines)}, 1)
    else:
        count = int(rest[0]) if rest else 100_000
        names = ["live", "live widget", "plot", "plot widget", "nothing"]
        with tempfile.TemporaryDirectory() as folder:
            recording, _ = write(Path(folder), 1000)
            recording.rename(f"{recording}.short")
            write(Path(folder), count)
            compare(names, dict.fromkeys(names, str(recording)), 3)


if __name__ == "__main__":
    main(sys.argv[1:])
