"""
A flood in a real JupyterLab: ``python -m tests.notebook.flooding``.

Two views of one notebook, `live` and `plot`, get 100,000 events in each second. It says what CPU time the kernel
needs for that beside the same pipeline without a view, in turns, all messages to the page included; how long the
page takes to answer what is pressed meanwhile; and what memory it has before and after.
"""

from __future__ import annotations

import json
import statistics
import tempfile
import time
from collections.abc import Callable
from itertools import cycle
from pathlib import Path
from typing import Any, Final

from tests.notebook.browsing import chromium, until
from tests.notebook.measure import say, write
from tests.notebook.servers import notebook_of, run_all, served

__all__ = ["main"]

EVENTS: Final = 100_000
ROUNDS: Final = 15  # of each, for the CPU time
SECONDS: Final = 20  # of a flood while somebody presses

CELLS: Final = (
    """
import json, threading, time
from pathlib import Path
from reactivex import Subject
import rxslack
from rxslack.notebook import plot
sources = {name: Subject() for name in ("nothing", "live", "plot")}
sources["nothing"].subscribe(lambda event: None)
""",
    'rxslack.live(sources["live"], title="flooded")',
    'plot(sources["plot"], key="channel", title="flooded")',
    """
def flood(*names):
    begun = time.monotonic()
    for name in names:
        typed = rxslack.replay("second.jsonl").pipe(rxslack.of_type(rxslack.MessageEvent))
        typed.subscribe(sources[name].on_next)
    time.sleep(max(0.0, begun + 1.0 - time.monotonic()))

def measure():
    cpu = {name: [] for name in sources}
    for _ in range(ROUNDS + 1):
        for name in sources:
            begun = time.process_time()
            flood(name)
            time.sleep(1.0)  # the last picture is painted meanwhile
            cpu[name].append(time.process_time() - begun)
    begun = time.process_time()
    time.sleep(4.0)
    idle = (time.process_time() - begun) / 2
    Path("cpu.json").write_text(json.dumps({"cpu": cpu, "idle": idle}))
    while not Path("press").exists():
        time.sleep(0.1)
    seconds = []
    for _ in range(SECONDS):
        begun = time.monotonic()
        flood("live", "plot")
        seconds.append(time.monotonic() - begun)
    Path("seconds.json").write_text(json.dumps(seconds))

threading.Thread(target=measure).start()
""",
)

PRESS: Final = """
const [view, find, act, seen, done] = arguments;
const one = view.querySelector(find), begun = performance.now();
if (act === "click") one.click();
else { one.value = act; one.dispatchEvent(new Event("input")); }
const look = () => {
  if (new RegExp(seen).test(view.innerText)) done(performance.now() - begun);
  else if (performance.now() - begun > 30000) done(-1);
  else requestAnimationFrame(look);
};
look();
"""  # milliseconds until something is seen after something is pressed

TURN: Final = """
const plot = document.querySelector(".plot"), range = plot.doc.roots()[0].x_range, before = range.end - range.start;
plot.scrollIntoView({ block: "center" });
window.turned = new Promise((done) => window.addEventListener("wheel", () => {
  const begun = performance.now();
  const look = () => {
    if (range.end - range.start !== before) done(performance.now() - begun);
    else if (performance.now() - begun > 30000) done(-1);
    else requestAnimationFrame(look);
  };
  look();
}, { capture: true, once: true }));
const { left, top, width, height } = plot.getBoundingClientRect();
return [left + width / 2, top + height / 2];
"""  # the same for the wheel over a plot; returns where that is

PRESSES: Final = (
    ("live", "pause", "button", "click", "go on"),
    ("live", "detail", ".row:not(.line)", "click", '"type": "'),
    ("live", "close", ".detail button[aria-label=close]", "click", '^(?![^]*"type": ")'),
    ("live", "filter", "input[type=search]", "zzz", "\\n0 shown of"),
    ("live", "all", "input[type=search]", "", "\\d\\d shown of"),
    ("live", "go on", "button", "click", "\\npause\\n"),
)

HEAP: Final = "gc(); return performance.memory.usedJSHeapSize / 1e6"


def pressed(browser: Any, is_over: Callable[[], bool]) -> dict[str, list[float]]:
    """Press all there is, again and again; the milliseconds of each kind."""
    took: dict[str, list[float]] = {name: [] for name in (*(one[1] for one in PRESSES), "zoom")}
    deltas = cycle((-120, 120))
    while not is_over():
        for kind, name, find, act, seen in PRESSES:
            view = browser.find_element("css selector", f".rxslack.{kind}")
            took[name].append(browser.execute_async_script(PRESS, view, find, act, seen))
        x, y = browser.execute_script(TURN)
        wheel = {"type": "mouseWheel", "x": x, "y": y, "deltaX": 0, "deltaY": next(deltas)}
        browser.execute_cdp_cmd("Input.dispatchMouseEvent", wheel)
        took["zoom"].append(browser.execute_async_script("turned.then(arguments[0])"))
    return took


def main() -> None:
    """Measure, and say what was found."""
    with tempfile.TemporaryDirectory() as place:
        folder, settings, profile = (Path(place, name) for name in ("lab", "settings", "chromium"))
        for one in (folder, settings, profile):
            one.mkdir()
        recording, lines = write(folder, EVENTS, 1 / EVENTS)
        recording.rename(folder / "second.jsonl")
        lines.unlink()
        cells = [CELLS[0] + f"ROUNDS, SECONDS = {ROUNDS}, {SECONDS}", *CELLS[1:]]
        (folder / "flood.ipynb").write_text(notebook_of(*cells))
        with served("jupyterlab", folder, settings) as address, chromium(profile) as browser:
            run_all(browser, f"{address}flood.ipynb")
            until(
                lambda: browser.find_elements("css selector", ".rxslack.plotted canvas, .bk-Figure")
            )
            until((folder / "cpu.json").exists)
            tell_cpu(json.loads((folder / "cpu.json").read_text()))
            before = browser.execute_script(HEAP)
            (folder / "press").touch()
            time.sleep(1.0)
            took = pressed(browser, (folder / "seconds.json").exists)
            after = browser.execute_script(HEAP)
            elements = browser.execute_script(
                "return document.querySelectorAll('.rxslack *').length"
            )
            text = browser.find_element("css selector", ".rxslack.live").text
        tell_presses(took)
        seconds = json.loads((folder / "seconds.json").read_text())
        say(
            f"page: {before:.0f} MB of JavaScript before, {after:.0f} MB after; {elements} elements in the views"
        )
        say(f"a second of the flood into both took {statistics.median(seconds):.2f} s")
        total = (ROUNDS + 1 + SECONDS) * EVENTS
        assert f"{total:,} events" in text, text


def tell_cpu(found: dict[str, Any]) -> None:
    """Beside nothing, without what two views need while nothing comes."""
    cpu: dict[str, list[float]] = {name: each[1:] for name, each in found["cpu"].items()}
    nothing = statistics.median(cpu["nothing"])
    say(f"two views without a flood: {found['idle']:.3f} s of CPU in two seconds")
    for name, each in cpu.items():
        ratios = sorted(one / other for one, other in zip(each, cpu["nothing"], strict=True))
        say(
            f"{name:8} {statistics.median(each):5.2f} s of the kernel's CPU for {EVENTS:,} events, "
            f"{statistics.median(each) / nothing:4.2f} x nothing (rounds {ratios[0]:4.2f} to {ratios[-1]:4.2f})"
        )


def tell_presses(took: dict[str, list[float]]) -> None:
    """The milliseconds of each kind of press."""
    for name, each in took.items():
        assert min(each) >= 0, f"{name} was not answered"
        ordered = sorted(each)
        most = ordered[-1]
        say(
            f"{name:8} {statistics.median(each):4.0f} ms, 95 in 100 within "
            f"{ordered[int(0.95 * (len(ordered) - 1))]:4.0f} ms, all {len(each)} within {most:4.0f} ms"
        )


if __name__ == "__main__":
    main()
