"""What every notebook that knows anywidget is given: one module for each widget."""

from __future__ import annotations

import re
import shutil
import subprocess
from pathlib import Path

import pytest

from rxslack.notebook.widgets import page_of

NAMES = ("live", "plot", "describe", "travel")


@pytest.mark.parametrize("name", NAMES)
def test_it_is_one_module_that_needs_no_other(name: str, tmp_path: Path) -> None:
    page = page_of(name)
    assert len(re.findall(r"^export\b", page, re.MULTILINE)) == page.count("\nexport default ") == 1
    assert not re.search(r"^\s*import\b(?!\()|\brequire\(|https?://(?!\|)", page, re.MULTILINE)
    if shutil.which("node") is None:
        pytest.skip("there is no node to parse it with")
    module = tmp_path / f"{name}.mjs"
    module.write_text(page, encoding="utf-8")
    subprocess.run(["node", "--check", str(module)], check=True)


@pytest.mark.parametrize("name", NAMES)
def test_it_asks_its_model_for_what_every_host_has(name: str) -> None:
    """And no host for what only that one has. Source: anywidget.dev/en/afm."""
    page = page_of(name)
    assert set(re.findall(r"\bmodel\.(\w+)", page)) <= {"get", "on", "off", "send"}
    assert not re.search(
        r"\b(jupyterapp|Jupyter|JupyterLab|IPython|acquireVsCodeApi|require)\b\.", page
    )
