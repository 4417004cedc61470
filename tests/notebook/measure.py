"""
What notebooks cost: ``python -m tests.notebook.measure explore|flood|loads [COUNT]``.

``explore`` reads a recording beside pandas, which reads the same messages as JSON lines; ``flood`` sends events,
which came within a second, into `live` and `plot` that are there already, beside a subscriber that does nothing;
``loads`` says what the page of a plot loads. What is compared is run in turns: those who read each in a process of
its own, a view and nothing in one process. Times are of the CPU, because a machine may be busy.
"""

from __future__ import annotations

import gc
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
VIEWS: Final = ("live", "live widget", "plot", "plot widget")
ROUNDS: Final = 7


def say(line: str) -> None:
    """This is a command."""
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()


def message(number: int, pick: random.Random, every: float = 3.0) -> dict[str, Any]:
    """A message as Slack sends it, with its blocks; one comes every so many seconds."""
    text = " ".join(pick.choices(WORDS, k=pick.randrange(4, 24)))
    element = {"type": "rich_text_section", "elements": [{"type": "text", "text": text}]}
    made: dict[str, Any] = {
        "type": "message",
        "channel": f"C{pick.randrange(200):08d}",
        "user": f"U{pick.randrange(2000):08d}",
        "text": text,
        "ts": f"{BEGIN + number * every:.6f}",
        "team": "T00000001",
        "client_msg_id": f"{pick.getrandbits(128):032x}",
        "blocks": [{"type": "rich_text", "block_id": "b", "elements": [element]}],
    }
    if number and pick.random() < 0.3:
        made["thread_ts"] = f"{BEGIN + (number - pick.randrange(1, 50)) * every:.6f}"
    return made


def write(folder: Path, count: int, every: float = 3.0) -> tuple[Path, Path]:
    """The same messages as a recording, and as lines of JSON for pandas."""
    pick = random.Random(1)
    recording, lines = folder / "year.jsonl", folder / "lines.jsonl"
    with recording.open("w") as first, lines.open("w") as second:
        for number in range(count):
            text = json.dumps(message(number, pick, every), separators=(",", ":"))
            first.write(f'{{"at":{BEGIN + number * every:.6f},"event":{text}}}\n')
            second.write(f"{text}\n")
    return recording, lines


def peak() -> float:
    """Megabytes that the process had at most."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def one(what: str, path: str) -> dict[str, float]:
    """One measurement of who reads, in this process."""
    for library in ("pandas", "pyarrow", "numpy"):
        import_module(library)
    before, cpu, wall = peak(), time.process_time(), time.perf_counter()
    (_explore if what == "explore" else _pandas)(path)
    found = {"cpu": time.process_time() - cpu, "wall": time.perf_counter() - wall}
    return {**found, "MB": peak(), "MB before": before}


def beside_nothing(what: str, path: str) -> dict[str, list[float]]:
    """The CPU seconds of floods into new views, and of as many into nothing, in turns, in this process."""
    _flood(what, f"{path}.short")()  # what is imported once is no cost of a flood
    found: dict[str, list[float]] = {"view": [], "nothing": []}
    for _ in range(ROUNDS):
        for name, seconds in found.items():
            run = _flood(what if name == "view" else name, path)
            gc.collect()
            begun = time.process_time()
            run()
            seconds.append(time.process_time() - begun)
    return found


def _explore(path: str) -> None:
    from rxslack.notebook import explore

    found = explore(path)
    assert len(found.frame)


def _pandas(path: str) -> None:
    pandas: Any = import_module("pandas")
    assert len(pandas.read_json(path, lines=True))


def _flood(what: str, path: str) -> Callable[[], None]:
    """Make a view, or nothing; returns what sends it a recording as fast as it can be read, typed."""
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
        view._widget = widgets.made(what.split()[0], view._news(), nothing, view._parts())
        if what.startswith("live"):
            view._page.answer({"ask": "ready", "page": "p", "wanted": {}})

    def run() -> None:
        replay(path).pipe(of_type(MessageEvent)).subscribe(source)
        if view is not None:
            assert view.wait(60)

    return run


def in_process(*arguments: str) -> Any:
    """What a measurement says that is run in a process of its own."""
    sys.stderr.write(f"{arguments[1]} …\n")
    command = [sys.executable, "-m", "tests.notebook.measure", *arguments]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    return json.loads(done.stdout)


def compare(paths: dict[str, str]) -> None:
    """Run those who read, and say what they needed."""
    found = {name: in_process("one", name, path) for name, path in paths.items()}
    first = found["pandas"]["cpu"]
    for name, run in found.items():
        say(
            f"{name:12} {run['wall']:6.1f} s wall  {run['cpu']:6.1f} s cpu "
            f"({run['cpu'] / first:4.2f} x pandas)  {run['MB']:6.0f} MB at most, "
            f"{run['MB'] - run['MB before']:6.0f} of them its own"
        )


def floods(path: str) -> None:
    """Say what views need beside a subscriber that does nothing."""
    for name in VIEWS:
        found: dict[str, list[float]] = in_process("flood", name, path)
        view, nothing = (statistics.median(found[key]) for key in ("view", "nothing"))
        pairs = zip(found["view"], found["nothing"], strict=True)
        ratios = sorted(one / other for one, other in pairs)
        say(
            f"{name:12} {view:5.2f} s cpu, {view / nothing:4.2f} x the {nothing:5.2f} s of nothing "
            f"(medians of {ROUNDS}; the rounds from {ratios[0]:4.2f} to {ratios[-1]:4.2f} x)"
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
    elif what == "flood" and rest and rest[0] in VIEWS:
        say(json.dumps(beside_nothing(rest[0], rest[1])))
    elif what == "loads":
        loads()
    elif what == "explore":
        count = int(rest[0]) if rest else 1_000_000
        with tempfile.TemporaryDirectory() as folder:
            recording, lines = write(Path(folder), count)
            say(f"{count:,} messages, {recording.stat().st_size / 1e6:.0f} MB")
            compare({"explore": str(recording), "pandas": str(lines)})
    else:
        count = int(rest[0]) if rest else 100_000
        with tempfile.TemporaryDirectory() as folder:
            recording, _ = write(Path(folder), 1000)
            recording.rename(f"{recording}.short")
            write(Path(folder), count, 1 / count)
            floods(str(recording))


if __name__ == "__main__":
    main(sys.argv[1:])
