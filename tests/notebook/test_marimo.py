"""Streams in marimo: the notebook run as a program, and looked at in a real browser."""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import reactivex

from rxslack.errors import ConfigurationError
from rxslack.notebook import follow
from tests.notebook.browsing import DRIVER, chromium, picture, until

pytest.importorskip("marimo", reason="the extra `jupyter` is missing")

NOTEBOOK = Path(__file__).parents[2] / "notebooks" / "8-reactive-cells.py"


def test_it_says_that_it_works_in_marimo_only() -> None:
    with pytest.raises(ConfigurationError, match="in a cell of marimo's"):
        follow(reactivex.never())


@pytest.mark.slow
def test_its_notebook_runs_as_a_program() -> None:
    done = subprocess.run(
        [sys.executable, str(NOTEBOOK)], capture_output=True, text=True, check=False, timeout=300
    )
    assert (done.returncode, done.stderr) == (0, "")


@pytest.mark.slow
def test_its_notebook_is_one_of_marimos() -> None:
    command = [sys.executable, "-m", "marimo", "check", "--strict", str(NOTEBOOK)]
    done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=300)
    assert done.returncode == 0, done.stdout + done.stderr


@pytest.fixture
def server(tmp_path: Path) -> Iterator[str]:
    """The address of the notebook, as its readers see it."""
    shutil.copy(NOTEBOOK, tmp_path / "notebook.py")
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    command = [sys.executable, "-m", "marimo", "-q", "-y", "run", str(tmp_path / "notebook.py")]
    options = ["--headless", "--no-token", "--host=127.0.0.1", f"--port={port}"]
    environment = {**os.environ, "XDG_CONFIG_HOME": str(tmp_path), "MARIMO_SKIP_UPDATE_CHECK": "1"}
    with subprocess.Popen(
        [*command, *options], env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    ) as process:

        def is_up() -> bool:
            with socket.socket() as probe:
                return probe.connect_ex(("127.0.0.1", port)) == 0

        until(is_up)
        yield f"http://127.0.0.1:{port}"
        process.terminate()


# Widgets live in shadow roots here.
TEXTS = """
const found = [];
const look = (root) => {
  for (const one of root.querySelectorAll('*')) {
    if (one.matches(arguments[0])) found.push(one.innerText);
    if (one.shadowRoot) look(one.shadowRoot);
  }
};
look(document);
return found;
"""


@pytest.mark.slow
@pytest.mark.skipif(DRIVER is None, reason="no chromedriver on this machine")
def test_it_runs_the_cells_that_depend_on_a_stream_again(server: str, tmp_path: Path) -> None:
    with chromium(tmp_path / "chromium") as browser:
        browser.get(server)
        seen: set[str] = set()

        def latest_has_changed() -> bool:
            for text in browser.execute_script(TEXTS, "p, span.paragraph"):
                if text.startswith("The latest message:"):
                    seen.add(text)
            return len(seen) >= 3

        until(latest_has_changed)
        until(lambda: browser.execute_script(TEXTS, ".rxslack.live .row"))
        until(lambda: browser.execute_script(TEXTS, ".rxslack.plotted .plot"))
        picture(browser.find_element("css selector", "body"), "marimo")
        shown: Any = browser.execute_script(TEXTS, ".rxslack.plotted .trace")
        assert [text for text in shown if text] == []
