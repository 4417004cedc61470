"""The pages of a plot and of a description in a real browser."""

from __future__ import annotations

import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import reactivex
from reactivex import Subject, operators as ops

from rxslack import isolate
from rxslack.notebook import describe, plot
from rxslack.notebook.travel import travel
from rxslack.past.recording_file import RecordingFile
from tests.notebook.browsing import DRIVER, Stage, chromium, picture, put, until

pytest.importorskip("selenium.webdriver", reason="the extra `jupyter` is missing")
pytest.importorskip("bokeh", reason="the extra `notebook` is missing")
pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(DRIVER is None, reason="no chromedriver on this machine"),
]

DRAWN = "return document.querySelector('.plot')?.doc?.get_model_by_name(arguments[0])?.data.y.length ?? 0"
SPAN = "const range = document.querySelector('.plot').doc.roots()[0].x_range; return [range.start, range.end]"


@pytest.fixture(scope="module")
def browser(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Any]:
    with chromium(tmp_path_factory.mktemp("chromium")) as found:
        yield found


@pytest.mark.parametrize("dark", [False, True], ids=["light", "dark"])
def test_it_draws_lines_that_grow_and_zooms_into_them(browser: Any, dark: bool) -> None:
    action: Any = pytest.importorskip("selenium.webdriver.common.action_chains")
    source: Subject[Any] = Subject()
    shown = plot(source, "total", key="channel", title="by channel")
    begun = time.time() - 100

    def add(at: float, event: dict[str, Any]) -> None:
        put(shown, at, event)

    for second in range(100):
        for channel in range(3):
            for _ in range((second * (channel + 3)) % 7):
                add(begun + second, {"type": "message", "channel": f"C{channel}"})
    add(begun + 50, {"type": "rxslack.gap", "since": begun + 30, "until": begun + 45})

    def news() -> dict[str, Any]:
        return shown._news()  # pyright: ignore[reportPrivateUsage] - what a page gets

    stage = Stage(browser, "plot", news(), shown._answer, parts=shown._parts(), dark=dark)  # pyright: ignore[reportPrivateUsage] - as above
    until(lambda: browser.execute_script(DRAWN, "line 2") >= 100)
    stage.painted()
    picture(stage.one(".rxslack"), f"plot-{'dark' if dark else 'light'}")
    before = browser.execute_script(SPAN)
    plotted = stage.one(".plot")
    drag = action.ActionChains(browser)
    drag.move_to_element_with_offset(plotted, 0, 0).click_and_hold().move_by_offset(
        200, 10
    ).release().perform()
    stage.painted()
    zoomed = browser.execute_script(SPAN)
    assert 0 < zoomed[1] - zoomed[0] < (before[1] - before[0]) / 2
    add(begun + 101, {"type": "message", "channel": "C1"})
    stage.tell(news())
    assert browser.execute_script(SPAN) == zoomed  # whoever looks closely goes on to
    assert (
        browser.execute_script(
            "return performance.getEntriesByType('resource').filter((one) => one.name.startsWith('http')).length"
        )
        == 0
    )
    browser.execute_script("document.querySelector('button').click()")
    stage.serve()
    assert shown.wait(20)


LEGEND = """
const part = (name) => document.querySelector('.plot').doc.get_model_by_name(name);
return part('legend').items.filter((one) => one.visible).map((one) => [one.label.value, one.renderers[0].visible])
"""


def test_it_renames_lines_and_keeps_hidden_what_was_hidden(browser: Any) -> None:
    shown = plot(reactivex.never(), "total", key="channel")

    def say(channel: str, times: int) -> None:
        for _ in range(times):
            put(shown, 1764000000.0, {"type": "message", "channel": channel})

    def news() -> dict[str, Any]:
        return shown._news()  # pyright: ignore[reportPrivateUsage] - what a page gets

    stage = Stage(browser, "plot", news(), shown._answer, parts=shown._parts())  # pyright: ignore[reportPrivateUsage] - as above
    assert browser.execute_script(LEGEND) == []
    say("C2", 3)
    say("C3", 3)
    stage.tell(news())
    assert browser.execute_script(LEGEND) == [["C2", True], ["C3", True]]
    browser.execute_script(
        "document.querySelector('.plot').doc.get_model_by_name('item 0').renderers[0].visible = false"
    )
    say("C1", 3)
    stage.tell(news())
    assert browser.execute_script(LEGEND) == [["C1", True], ["C2", False], ["C3", True]]
    for number in range(4, 13):
        say(f"C{number}", 2)
    stage.tell(news())
    names = [name for name, _ in browser.execute_script(LEGEND)]
    assert (len(names), names[-1]) == (9, "others")
    stage.painted()
    shown.stop()


def test_it_draws_a_pipeline_with_what_went_through_it(browser: Any) -> None:
    def even(event: Any) -> bool:
        return bool(event.get("n", 0) % 2 == 0)

    def bad(event: Any) -> Any:
        return 1 // (event["n"] - 20)

    events: list[Any] = [{"type": "message", "n": n} for n in range(40)]
    gap: Any = {"type": "rxslack.gap", "since": 1.0, "until": 2.0}
    source: reactivex.Observable[Any] = reactivex.from_iterable([*events, gap])
    stream = source.pipe(ops.filter(even), ops.map(bad))
    description = describe(stream)
    stream.subscribe(on_error=lambda _: None)
    stage = Stage(browser, "describe", description.news(), lambda _: None)
    boxes = stage.texts(".stage")
    assert [box.split("\n")[0] for box in boxes] == ["from_iterable", "filter", "map"]
    assert "21 out" in boxes[0]
    assert "failed here" in boxes[2]
    stage.one(".stage.failed").click()
    stage.paint_anew()
    stage.painted()
    assert stage.one(".marbles").text.endswith("#  map")
    picture(stage.one(".rxslack"), "describe")


def test_it_slides_through_a_recording(browser: Any, tmp_path: Path) -> None:
    tape = RecordingFile(tmp_path / "monday.jsonl")
    for number in range(300):
        text = {} if number == 200 else {"text": f"<b>message</b> {number}"}
        tape.write({"type": "message", "channel": "C1", "user": "U1", **text})
    tape.close()

    def words(event: Any) -> int:
        return len(event["text"].split())

    past = travel(tmp_path / "monday.jsonl", isolate(ops.map(words)))
    stage = Stage(browser, "travel", past.news(), past.answer)
    keys: Any = pytest.importorskip("selenium.webdriver.common.keys").Keys
    for button, place in (("one event back", 299), ("to the failure before", 201)):
        stage.one(f"button[title='{button}']").click()
        stage.serve()
        assert f"event {place} of 300" in stage.texts(".bar")[0]
    assert "rxslack.failure 'text'" in stage.texts(".failed")[-1]
    stage.one("input[type=range]").send_keys(keys.ARROW_LEFT)
    stage.serve()
    stage.paint_anew()
    assert "event 200 of 300" in stage.texts(".bar")[0]
    assert "<b>message</b> 199" in stage.texts(".row")[0]
    picture(stage.one(".rxslack"), "travel")
