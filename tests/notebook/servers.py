"""JupyterLab, and Notebook 7, which is made of its parts, with notebooks that a browser can open."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
from collections.abc import Generator
from contextlib import contextmanager
from importlib import import_module
from pathlib import Path
from typing import Any

from tests.notebook.browsing import until

__all__ = ["APPS", "notebook_of", "opened", "run_all", "run_cells", "served"]

APPS = ("jupyterlab", "notebook")
_TRAITS = {"jupyterlab": "LabApp", "notebook": "JupyterNotebookApp"}
_PATHS = {"jupyterlab": "lab/tree", "notebook": "notebooks"}


@contextmanager
def served(app: str, folder: Path, settings: Path) -> Generator[str]:
    """
    A server over a folder of notebooks; yields the address that their names are put behind.

    Args:
        app: one of `APPS`.
        folder: of the notebooks.
        settings: a folder for those of the application.
    """
    # It would ask the network for news otherwise, and the reader for leave to.
    (settings / "overrides.json").write_text(
        '{"@jupyterlab/apputils-extension:notification": '
        '{"fetchNews": "false", "checkForUpdates": false}}'
    )
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    trait = _TRAITS[app]
    command = [
        *(sys.executable, "-m", app, "--no-browser", "--allow-root"),
        *(f"--port={port}", "--ip=127.0.0.1", "--IdentityProvider.token="),
        *(f"--notebook-dir={folder}", f"--{trait}.expose_app_in_browser=True"),
        f"--{trait}.app_settings_dir={settings}",
    ]
    environment = {**os.environ, "JUPYTER_CONFIG_DIR": str(folder / ".config")}
    with subprocess.Popen(
        command, env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    ) as server:

        def is_up() -> bool:
            assert server.poll() is None, f"{app} does not start"
            with socket.socket() as probe:
                return probe.connect_ex(("127.0.0.1", port)) == 0

        try:
            until(is_up)
            yield f"http://127.0.0.1:{port}/{_PATHS[app]}/"
        finally:
            server.terminate()


def notebook_of(*cells: str) -> str:
    """A notebook of these cells, as its file has it."""
    nbformat: Any = import_module("nbformat")
    metadata = {"kernelspec": {"name": "python3", "display_name": "Python 3", "language": "python"}}
    made = [nbformat.v4.new_code_cell(cell) for cell in cells]
    return str(nbformat.writes(nbformat.v4.new_notebook(cells=made, metadata=metadata)))


def opened(browser: Any, address: str) -> None:
    """Open a notebook in a fresh workspace, wait for its kernel, and clear what it has of earlier runs."""
    browser.get(f"{address}?reset")
    kernel = (
        "const panel = window.jupyterapp?.shell.currentWidget;"
        "return panel?.sessionContext?.session?.kernel?.status === 'idle'"
    )
    until(lambda: browser.execute_script(kernel))
    browser.execute_script("window.jupyterapp.commands.execute('notebook:clear-all-cell-outputs')")


def run_all(browser: Any, address: str) -> None:
    """Open a notebook, and run all of its cells."""
    opened(browser, address)
    browser.execute_script("window.jupyterapp.commands.execute('notebook:run-all-cells')")


def run_cells(browser: Any, cells: range) -> None:
    """Run these cells of the open notebook, by number, from 0 on."""
    browser.execute_script(
        "const [first, last] = arguments, notebook = window.jupyterapp.shell.currentWidget.content;"
        "notebook.deselectAll();"
        "notebook.activeCellIndex = first;"
        "notebook.extendContiguousSelectionTo(last);"
        "window.jupyterapp.commands.execute('notebook:run-cell')",
        cells[0],
        cells[-1],
    )
