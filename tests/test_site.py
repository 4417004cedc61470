"""The site, built by its one command, and opened in a real browser."""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from html.parser import HTMLParser
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urldefrag, urlsplit

import pytest

from tests.site import NOTEBOOKS, PAGES

pytest.importorskip("nbconvert", reason="the extra `docs` is missing")
pytestmark = pytest.mark.slow

DRIVER = shutil.which("chromedriver")
LEAST = 300  # characters that a page has to say of its own


class Page(HTMLParser):
    """What a page links to, what in it can be linked to, and what it says beside its column at the left."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.links: list[str] = []
        self.places: set[str] = set()
        self.text = ""
        self._silent = 0
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        if given.get("id"):
            self.places.add(given["id"] or "")
        if tag == "a" and given.get("href"):
            self.links.append(given["href"] or "")
        self._silent += tag in ("script", "style", "nav")

    def handle_endtag(self, tag: str) -> None:
        self._silent -= tag in ("script", "style", "nav")

    def handle_data(self, data: str) -> None:
        if not self._silent:
            self.text += data


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("site")
    command = [sys.executable, "-m", "tests.site", str(folder)]
    done = subprocess.run(
        command, cwd=Path(__file__).parents[1], capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    assert done.stdout == f"{(folder / 'index.html').as_uri()}\n"
    return folder


@pytest.fixture(scope="module")
def pages(site: Path) -> dict[Path, Page]:
    return {path: Page(path.read_text(encoding="utf-8")) for path in site.rglob("*.html")}


def test_it_has_a_page_for_each_room_and_each_notebook(site: Path) -> None:
    names = {*(page.replace(".", "/") for page in PAGES), *(one.stem for one in NOTEBOOKS)}
    found = {str(path.relative_to(site).with_suffix("")) for path in site.rglob("*.html")}
    assert found == names | {"index"}
    assert len(NOTEBOOKS) >= 5


def test_it_has_no_page_without_content(site: Path, pages: dict[Path, Page]) -> None:
    del pages[site / "index.html"]  # which leads on to another
    assert {path.name for path, page in pages.items() if len(page.text.strip()) < LEAST} == set()


def test_it_begins_with_the_readme(site: Path, pages: dict[Path, Page]) -> None:
    assert "Your own workspace in five minutes" in pages[site / "rxslack.html"].text
    assert "data:image/png;base64," in (site / "rxslack.html").read_text("utf-8")


def test_it_shows_what_the_page_of_the_simulator_looks_like(site: Path) -> None:
    assert "data:image/png;base64," in (site / "rxslack/simulator/page.html").read_text("utf-8")


def test_it_shows_what_notebooks_look_like(site: Path) -> None:
    page = (site / "rxslack/guide/notebooks.html").read_text("utf-8")
    assert page.count("data:image/png;base64,") == 10


def test_it_has_no_link_that_leads_nowhere(pages: dict[Path, Page]) -> None:
    broken: list[tuple[str, str]] = []
    followed = 0
    for path, page in pages.items():
        for link in page.links:
            if urlsplit(link).scheme:
                continue
            target, place = urldefrag(link)
            there = pages.get((path.parent / unquote(target)).resolve() if target else path)
            followed += 1
            if there is None or (place and unquote(place) not in there.places):
                broken.append((path.name, link))
    assert broken == []
    assert followed > 500


@pytest.fixture
def browser(tmp_path: Path) -> Iterator[Any]:
    webdriver: Any = pytest.importorskip("selenium.webdriver", reason="selenium is missing")
    service: Any = pytest.importorskip("selenium.webdriver.chrome.service")
    options = webdriver.ChromeOptions()
    for option in ("--headless", "--no-sandbox", "--disable-gpu", f"--user-data-dir={tmp_path}"):
        options.add_argument(option)
    options.binary_location = shutil.which("chromium") or ""
    driver = webdriver.Chrome(options=options, service=service.Service(DRIVER))
    yield driver
    driver.quit()


def until(ask: Callable[[], Any], seconds: float = 60.0) -> Any:
    """What is asked for, once it is so."""
    deadline = time.monotonic() + seconds
    while not (answer := ask()):
        assert time.monotonic() < deadline, "it did not come"
        time.sleep(0.1)
    return answer


@pytest.mark.skipif(DRIVER is None, reason="no chromedriver on this machine")
def test_its_search_finds_what_somebody_types(site: Path, browser: Any) -> None:
    browser.get((site / "index.html").as_uri())
    box = until(lambda: browser.find_elements("css selector", "input[type=search]"))[0]
    box.send_keys("reconnect")

    def links() -> list[str]:
        found = browser.find_elements("css selector", "main a[href*='#']")
        return [one.get_attribute("href") for one in found]

    first = until(links)
    assert any(re.search(r"rxslack/recovery\.html#reconnect$", link) for link in first)
    browser.get(next(link for link in first if link.endswith("#reconnect")))
    assert "Subscribe again" in browser.find_element("id", "reconnect").text
