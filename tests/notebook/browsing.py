"""A real browser, and a page in it that holds one widget, without any notebook around."""

from __future__ import annotations

import os
import shutil
import time
from collections.abc import Callable, Generator
from contextlib import contextmanager
from importlib import import_module
from pathlib import Path
from typing import Any, TypeVar

import rxslack.notebook
from rxslack.notebook.widgets import page_of

__all__ = ["DRIVER", "Stage", "chromium", "picture", "put", "until"]

DRIVER = shutil.which("chromedriver")
PARTS = Path(rxslack.notebook.__file__).parent

T = TypeVar("T")


def until(
    ask: Callable[[], T], seconds: float = 120.0, *, said: Callable[[], object] = lambda: ""
) -> T:
    """What is asked for, once it is so; if it does not come, the failure has what is `said`."""
    deadline = time.monotonic() + seconds
    while not (answer := ask()):
        assert time.monotonic() < deadline, f"it did not come {said()}"
        time.sleep(0.1)
    return answer


@contextmanager
def chromium(folder: Path, *, dark: bool = False) -> Generator[Any]:
    """A browser without a screen."""
    webdriver: Any = import_module("selenium.webdriver")
    options = webdriver.ChromeOptions()
    for option in (
        "--headless",
        "--no-sandbox",
        "--disable-gpu",
        "--disable-dev-shm-usage",
        "--disable-background-networking",
        "--enable-precise-memory-info",
        "--js-flags=--expose-gc",
        "--window-size=1300,1000",
        f"--user-data-dir={folder}",
        *(["--blink-settings=preferredColorScheme=0"] if dark else []),
    ):
        options.add_argument(option)
    options.binary_location = shutil.which("chromium") or ""
    service: Any = import_module("selenium.webdriver.chrome.service")
    driver = webdriver.Chrome(options=options, service=service.Service(DRIVER))
    driver.set_script_timeout(120)
    # A page without the focus has no current notebook, and a window without a screen may not get it.
    driver.execute_cdp_cmd("Emulation.setFocusEmulationEnabled", {"enabled": True})
    try:
        yield driver
    finally:
        driver.quit()


def picture(thing: Any, name: str) -> None:
    """A picture for the guide, where `RXSLACK_SCREENSHOTS` names a folder: `tests/pictures`, for one."""
    if folder := os.environ.get("RXSLACK_SCREENSHOTS"):
        thing.screenshot(str(Path(folder) / f"{name}.png"))


class Stage:
    """
    A page with one widget, whose kernel is this test.

    Args:
        browser: shows it.
        name: of the module.
        news: what it is told first.
        answer: to what it asks.
    """

    def __init__(
        self,
        browser: Any,
        name: str,
        news: dict[str, Any],
        answer: Callable[[Any], dict[str, Any] | None],
        *,
        parts: dict[str, str] | None = None,
        dark: bool = False,
    ) -> None:
        self.browser = browser
        self._answer = answer
        browser.get("data:text/html,<title>stage</title><body></body>")
        browser.execute_async_script(
            _PAGE,
            page_of(name),
            (PARTS / "widgets.css").read_text(encoding="utf-8"),
            {"news": news, "parts": parts or {}},
            "#161616" if dark else "#ffffff",
            "#dddddd" if dark else "#222222",
        )

    def tell(self, news: dict[str, Any]) -> None:
        """As when the kernel sets the trait."""
        self.browser.execute_script("stage.set('news', arguments[0])", news)

    def serve(self) -> list[Any]:
        """Answer what was asked since the last time."""
        asked: list[Any] = self.browser.execute_script("return stage.asked.splice(0)")
        for message in asked:
            if (reply := self._answer(message)) is not None:
                self.browser.execute_script("stage.hear(arguments[0])", reply)
        return asked

    def one(self, css: str) -> Any:
        """The first element."""
        return self.browser.find_element("css selector", css)

    def texts(self, css: str) -> list[str]:
        """What stands in all such elements, as painted now."""
        self.painted()
        script = "return [...document.querySelectorAll(arguments[0])].map((one) => one.innerText)"
        found: list[str] = self.browser.execute_script(script, css)
        return found

    def paint_anew(self) -> None:
        """As when its cell is shown again."""
        self.browser.execute_async_script("paint().then(arguments[0])")

    def painted(self) -> None:
        """Wait for two frames."""
        self.browser.execute_async_script(
            "requestAnimationFrame(() => requestAnimationFrame(arguments[0]))"
        )


_PAGE = """
const [source, css, state, ground, ink, done] = arguments;
document.body.style.cssText = `background:${ground};color:${ink};font-family:sans-serif`;
const style = document.createElement("style");
style.textContent = css;
document.head.append(style);
const heard = {};
const model = {
  get: (key) => state[key],
  set(key, value) { state[key] = value; for (const each of heard[`change:${key}`] || []) each(); },
  save_changes() {},
  on(name, each) { (heard[name] ||= []).push(each); },
  off() {},
  send: (message) => stage.asked.push(message),
};
window.stage = { ...model, asked: [], hear: (m) => { for (const each of heard["msg:custom"] || []) each(m); } };
const el = document.createElement("div");
document.body.append(el);
import(URL.createObjectURL(new Blob([source], { type: "text/javascript" })))
  .then(async (module) => {
    const made = typeof module.default === "function" ? await module.default() : module.default;
    await made.initialize?.({ model });
    let view = null, leave = null;
    window.paint = async () => { // anew: as in a notebook, each view has a model object of its own, and takes its listeners along
      leave?.();
      view?.drop();
      el.replaceChildren();
      const own = [];
      const on = (name, each) => { own.push([name, each]); model.on(name, each); };
      const drop = () => { for (const [name, each] of own) heard[name] = heard[name].filter((one) => one !== each); };
      view = { ...model, on, drop };
      leave = await made.render({ model: view, el });
    };
    await paint();
    done();
  })
  .catch((error) => done(String(error)));
"""


def put(shown: Any, at: float, event: dict[str, Any]) -> None:
    """Let an event come at a time of ours."""

    def add(_: object) -> tuple[float, str]:
        return at, event["type"]

    shown._points.taker(add, shown._failed)(event)
