"""A real Chromium that looks at the page, for the tests and for what is measured."""

from __future__ import annotations

import os
import shutil
import time
from collections.abc import Callable, Generator
from contextlib import contextmanager
from importlib import import_module
from pathlib import Path
from typing import Any, TypeVar

from rxslack.simulator import Workspace

__all__ = ["DRIVER", "Chromium", "chromium"]

DRIVER = shutil.which("chromedriver")

T = TypeVar("T")


class Chromium:
    """
    The browser, and what people do in it.

    `RXSLACK_SCREENSHOTS` names a folder that gets the pictures.
    """

    def __init__(self, driver: Any) -> None:
        self.driver = driver
        self.keys: Any = import_module("selenium.webdriver.common.keys").Keys

    def open(self, slack: Workspace, *, dark: bool = False) -> None:
        """Look at a workspace, with nothing left of an earlier one."""
        self.driver.get("about:blank")
        scheme = {"name": "prefers-color-scheme", "value": "dark" if dark else "light"}
        self.driver.execute_cdp_cmd("Emulation.setEmulatedMedia", {"features": [scheme]})
        self.driver.get(slack.page_url)
        self.until(lambda: self.find(".sidebar [aria-current=page]"))

    def run(self, script: str, *arguments: Any) -> Any:
        return self.driver.execute_script(script, *arguments)

    def find(self, css: str) -> list[Any]:
        found: list[Any] = self.driver.find_elements("css selector", css)
        return found

    def one(self, css: str) -> Any:
        """The only one, once it is there and seen."""
        return self.until(lambda: [node for node in self.find(css) if node.is_displayed()])[0]

    def named(self, name: str, within: str = "body") -> Any:
        """The button of that name."""
        script = (
            "const all = document.querySelectorAll(arguments[1] + ' button, ' + arguments[1] + ' summary');"
            "return [...all].find(b => b.checkVisibility() &&"
            " (b.getAttribute('aria-label') ?? b.innerText).trim().startsWith(arguments[0]))"
        )
        return self.until(lambda: self.run(script, name, within))

    def press(self, name: str, within: str = "body") -> None:
        """Press the button of that name, wherever it is scrolled to."""
        self.run("arguments[0].click()", self.named(name, within))

    def type(self, text: str, css: str = "#write") -> None:
        """Type, and send it."""
        self.one(css).send_keys(text, self.keys.ENTER)

    def text(self, css: str) -> str:
        """What can be read there."""
        script = (
            "return [...document.querySelectorAll(arguments[0])].map(n => n.innerText).join('\\n')"
        )
        return str(self.run(script, css))

    def reads(self, wanted: str, css: str = ".center .messages") -> None:
        """Wait until that can be read there."""
        self.until(lambda: wanted in self.text(css), lambda: self.text(css))

    def until(
        self,
        ask: Callable[[], T],
        told: Callable[[], object] = lambda: "",
        seconds: float = 60.0,
    ) -> T:
        """What is asked for, once it is so."""
        deadline = time.monotonic() + seconds
        while not (answer := ask()):
            assert time.monotonic() < deadline, f"it did not come; there is {told()}"
            time.sleep(0.02)
        return answer

    def picture(self, name: str) -> None:
        if folder := os.environ.get("RXSLACK_SCREENSHOTS"):
            self.driver.save_screenshot(str(Path(folder) / f"{name}.png"))

    def complaints(self) -> list[str]:
        """What the console has, of errors of the page's own."""
        return [line["message"] for line in self.driver.get_log("browser")]


@contextmanager
def chromium(folder: Path) -> Generator[Chromium]:
    """Start one, with its profile in a folder."""
    webdriver: Any = import_module("selenium.webdriver")
    options = webdriver.ChromeOptions()
    for option in (
        "--headless",
        "--no-sandbox",
        "--disable-gpu",
        "--disable-background-networking",
        "--enable-precise-memory-info",
        "--js-flags=--expose-gc",
        "--window-size=1500,950",
        f"--user-data-dir={folder}",
    ):
        options.add_argument(option)
    options.binary_location = shutil.which("chromium") or ""
    options.set_capability("goog:loggingPrefs", {"browser": "ALL"})
    service: Any = import_module("selenium.webdriver.chrome.service")
    driver = webdriver.Chrome(options=options, service=service.Service(DRIVER))
    # A window without a screen may not get the focus.
    driver.execute_cdp_cmd("Emulation.setFocusEmulationEnabled", {"enabled": True})
    try:
        yield Chromium(driver)
    finally:
        driver.quit()
