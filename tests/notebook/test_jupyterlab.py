"""
Every notebook in a real JupyterLab and a real Notebook 7, looked at by a real browser.

Needs the extra `jupyter`, and chromium with its driver (Debian: `chromium`, `chromium-driver`).
`RXSLACK_SCREENSHOTS` names a folder that gets a picture of each notebook.
"""

from __future__ import annotations

import json
import os
import shutil
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.notebook.browsing import DRIVER, chromium, picture, until
from tests.notebook.servers import APPS, notebook_of, opened, run_all, run_cells, served

NOTEBOOKS = sorted((Path(__file__).parents[2] / "notebooks").glob("*.ipynb"))

pytest.importorskip("selenium.webdriver", reason="the extra `jupyter` is missing")
pytestmark = pytest.mark.skipif(DRIVER is None, reason="no chromedriver on this machine")

NASTY = r"""
import reactivex, rxslack
text = "<script>document.title = 'hacked'</script><b>bold</b> <@U1> *x* $a$ \\(b\\) \U0001f389 " \
       "\u05e9\u05dc\u05d5\u05dd \u202e &amp;"
event = {"type": "message", "channel": "C1", "user": text, "text": text}
view = rxslack.live(reactivex.concat(reactivex.of(event), reactivex.never()))
view
"""


@pytest.fixture(scope="module", params=APPS)
def lab(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The address of a server over copies of the notebooks."""
    pytest.importorskip(request.param, reason="the extra `jupyter` is missing")
    folder = tmp_path_factory.mktemp("lab")
    for notebook in NOTEBOOKS:
        shutil.copy(notebook, folder)
    (folder / "nasty.ipynb").write_text(notebook_of(NASTY))
    with served(request.param, folder, tmp_path_factory.mktemp("settings")) as address:
        yield address


@pytest.fixture(scope="module")
def browser(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Any]:
    with chromium(tmp_path_factory.mktemp("chromium")) as driver:
        yield driver


LIVE = """
for (const cell of document.querySelectorAll('.jp-CodeCell')) {
    const view = cell.querySelector('.jp-OutputArea .rxslack.live .row');
    const prompt = cell.querySelector('.jp-InputPrompt').innerText;
    if (view && /\\d/.test(prompt)) {
        view.scrollIntoView({block: 'center'});
        return view.closest('.rxslack').innerText;
    }
}
return ''
"""  # the first live view whose cell has ended: its prompt has a number by then


def screenshot(browser: Any, name: str) -> None:
    if os.environ.get("RXSLACK_SCREENSHOTS"):
        time.sleep(2.0)  # for a fuller picture
        picture(browser.find_element("css selector", ".jp-NotebookPanel-notebook"), name)


PRESS = """
const [find, act, seen, done] = arguments;
const view = document.querySelector('.rxslack.live'), begun = performance.now();
const one = view.querySelector(find);
if (act === 'click') one.click();
else { one.value = act; one.dispatchEvent(new Event('input')); }
const look = () => {
  if (new RegExp(seen).test(view.innerText)) done(performance.now() - begun);
  else if (performance.now() - begun > 30000) done(-1);
  else requestAnimationFrame(look);
};
look();
"""  # how long it takes until something is seen after something is pressed, in milliseconds


def test_it_answers_what_is_pressed_in_light_and_in_dark(lab: str, browser: Any) -> None:
    run_all(browser, f"{lab}{NOTEBOOKS[0].name}")
    until(lambda: browser.execute_script(LIVE))
    # An event, and not only a line about the connection: while the view is paused, none comes.
    event = "return document.querySelector('.rxslack.live').querySelector('.row:not(.line)')"
    until(lambda: browser.execute_script(event))
    took = {
        "pause": browser.execute_async_script(PRESS, "button", "click", "go on"),
        "detail": browser.execute_async_script(PRESS, ".row:not(.line)", "click", '"type": "'),
        "filter": browser.execute_async_script(PRESS, "input[type=search]", "zzz", "\\n0 shown of"),
        "all": browser.execute_async_script(PRESS, "input[type=search]", "", "[1-9] shown of"),
        "go on": browser.execute_async_script(PRESS, "button", "click", "\\npause\\n"),
    }
    print({name: f"{ms:.0f} ms" for name, ms in took.items()})  # noqa: T201 - shown by `pytest -s`
    assert min(took.values()) >= 0
    app = "jupyterlab" if "/lab/" in lab else "notebook"
    for theme in ("JupyterLab Dark", "JupyterLab Light"):
        browser.execute_async_script(
            "const [theme, done] = arguments;"
            "window.jupyterapp.commands.execute('apputils:change-theme', { theme }).then(() => done())",
            theme,
        )
        screenshot(browser, f"{app}-{theme.split()[1].lower()}")


def parts_of(notebook: Path) -> tuple[range, range, range]:
    """The cells as far as the first that leaves a live view behind, as far as the next code, and the rest."""
    cells = json.loads(notebook.read_text(encoding="utf-8"))["cells"]
    code = {n: "".join(one["source"]) for n, one in enumerate(cells) if one["cell_type"] == "code"}
    view = next(n for n, source in code.items() if "= rxslack.live(" in source)
    following = next(n for n in code if n > view)
    return range(view + 1), range(view + 1, following + 1), range(following + 1, len(cells))


VIEW = """
const cell = window.jupyterapp.shell.currentWidget.content.widgets[arguments[0]].node;
const view = cell.querySelector('.jp-OutputArea .rxslack.live');
if (!view || !/\\d/.test(cell.querySelector('.jp-InputPrompt').innerText)) return '';
view.scrollIntoView({block: 'center'});
return view.innerText
"""  # the live view of a cell that has ended

ANSWERED = """
const done = arguments[0];
const painted = () => requestAnimationFrame(() => requestAnimationFrame(done));
window.jupyterapp.shell.currentWidget.sessionContext.session.kernel
    .requestExecute({code: '', silent: true}).done.then(painted, painted)
"""  # what a view asks once it is there has been answered: that changes it, too, but only once

ERRORS = (
    "return document.querySelectorAll('[data-mime-type*=\"application/vnd.jupyter.error\"]').length"
)

THROUGH = """
const panel = window.jupyterapp.shell.currentWidget;
const cells = panel.content.widgets.filter((cell) => cell.model.type === 'code');
return panel.sessionContext.session.kernel.status === 'idle'
    && cells.every((cell) => cell.model.executionCount)
"""  # whether all cells have run; between two of them a kernel is idle, too


@pytest.mark.parametrize("notebook", NOTEBOOKS, ids=lambda notebook: notebook.stem)
def test_it_goes_on_changing_after_its_cell_has_ended(
    lab: str, browser: Any, notebook: Path
) -> None:
    """The next cell runs once the view has been read: in some notebooks nothing else changes it."""
    before, following, rest = parts_of(notebook)

    def text() -> Any:
        return browser.execute_script(VIEW, before[-1])

    opened(browser, f"{lab}{notebook.name}")
    run_cells(browser, before)
    until(text)
    browser.execute_async_script(ANSWERED)
    first = until(text)
    run_cells(browser, following)
    until(lambda: text() not in ("", first), said=lambda: f"after\n{first}")
    run_cells(browser, rest)
    if "/lab/" in lab:
        screenshot(browser, notebook.stem)
    until(lambda: browser.execute_script(THROUGH) or browser.execute_script(ERRORS))
    assert browser.execute_script(ERRORS) == 0


def test_it_shows_text_as_text(lab: str, browser: Any) -> None:
    run_all(browser, f"{lab}nasty.ipynb")
    text = until(lambda: browser.execute_script(LIVE))
    screenshot(browser, "nasty")
    assert "<script>document.title = 'hacked'</script><b>bold</b> @U1 x $a$ \\(b\\) 🎉" in text
    assert "שלום" in text
    assert "&amp;" in text
    assert "hacked" not in browser.title
    inside = "return document.querySelectorAll('.rxslack script, .rxslack mjx-container, .rxslack .detail b').length"
    assert browser.execute_script(inside) == 0
