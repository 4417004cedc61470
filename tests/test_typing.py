"""The programs in tests/typing, read by both type checkers as a user's would be."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

HERE = Path(__file__).parent / "typing"
MISTAKES = HERE / "mistakes.py"
Found = set[tuple[str, int]]


def marked(checker: str) -> Found:
    """The lines that say they are wrong."""
    lines = enumerate(MISTAKES.read_text(encoding="utf-8").splitlines(), start=1)
    return {("mistakes.py", n) for n, line in lines if re.search(f"# wrong(: {checker})?$", line)}


def by_pyright(folder: Path) -> Found:
    settings = {
        "include": [os.path.relpath(HERE, folder)],  # it takes no absolute path
        "typeCheckingMode": "strict",
        "pythonVersion": "3.11",
    }
    project = folder / "pyrightconfig.json"
    project.write_text(json.dumps(settings), encoding="utf-8")
    run = [sys.executable, "-m", "pyright", "--outputjson", "--pythonpath", sys.executable]
    done = subprocess.run([*run, "-p", str(project)], capture_output=True, text=True, check=False)
    answer = json.loads(done.stdout)
    return {
        (Path(one["file"]).name, one["range"]["start"]["line"] + 1)
        for one in answer["generalDiagnostics"]
        if one["severity"] == "error"
    }


def by_mypy(folder: Path) -> Found:
    run = [sys.executable, "-m", "mypy", "--strict", "--python-version=3.11", "--config-file="]
    where = [f"--cache-dir={HERE.parents[1] / '.mypy_cache' / 'typing'}", "--no-error-summary"]
    files = sorted(map(str, HERE.glob("*.py")))
    done = subprocess.run(
        [*run, *where, *files], capture_output=True, text=True, check=False, cwd=folder
    )
    found = re.findall(r"(\w+\.py):(\d+): error:", done.stdout)
    assert done.returncode in (0, 1), done.stdout + done.stderr
    return {(name, int(line)) for name, line in found}


CHECKERS: dict[str, Callable[[Path], Found]] = {"pyright": by_pyright, "mypy": by_mypy}


@pytest.mark.slow
@pytest.mark.parametrize("checker", CHECKERS)
def test_it_knows_the_types_and_finds_each_mistake(checker: str, tmp_path: Path) -> None:
    assert len(marked(checker)) > 10
    assert CHECKERS[checker](tmp_path) == marked(checker)
