"""
Change the code in small ways, and say which changes its tests do not notice.

    pip install -e '.[mutants]'
    python -m tests.mutants                    # all parts; takes long
    python -m tests.mutants shared isolate     # some
    python -m tests.mutants --children 4       # on four cores

Works on a copy, with mutmut (mutmut.readthedocs.io). For each module it prints how many changes were
noticed, and those that were not, but for the ones in `equivalent.py`.
"""

from __future__ import annotations

import argparse
import json
import os
import re
import shutil
import subprocess
import sys
import tempfile
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Final

from tests.mutants.equivalent import EQUIVALENT
from tests.mutants.parts import PARTS, Part

__all__ = ["main", "settings"]

_ROOT: Final = Path(__file__).parents[2]
_COPIED: Final = ("rxslack", "tests", "pyproject.toml", "README.md", "LICENSE")
_RESULT: Final = re.compile(r"^\s*(?P<name>rxslack\.\S+): (?P<what>.+)$", re.MULTILINE)
_NOTICED: Final = ("killed", "timeout", "segfault", "caught by type check")


def main() -> None:
    """Try the parts that the command line names."""
    options = argparse.ArgumentParser(prog="python -m tests.mutants", description=__doc__)
    options.add_argument("parts", nargs="*", help=f"of {', '.join(PARTS)}; all when none is named")
    options.add_argument("--children", type=int, default=1, help="how many processes at once")
    given = options.parse_args()
    if unknown := {*given.parts} - {*PARTS}:
        options.error(f"there is no part {', '.join(sorted(unknown))}")
    for name in given.parts or PARTS:
        with tempfile.TemporaryDirectory(prefix="mutants-") as folder:
            for line in _account(name, PARTS[name], Path(folder), given.children):
                print(line, flush=True)  # noqa: T201 this is a command


def settings(part: Part) -> str:
    """What mutmut has to know, as a table for pyproject.toml; JSON's lists are TOML's, too."""
    modules = [f"rxslack/{name}" for name in part.modules]
    tests = [f"tests/{name}" for name in part.tests if (_ROOT / "tests" / name).exists()]
    return (
        "\n[tool.mutmut]\n"
        'source_paths = ["rxslack"]\n'
        f"only_mutate = {json.dumps(modules)}\n"
        'also_copy = ["tests", "README.md", "LICENSE"]\n'
        f"pytest_add_cli_args_test_selection = {json.dumps(tests)}\n"
    )


def _account(title: str, part: Part, folder: Path, children: int) -> Iterator[str]:
    for name in _COPIED:
        source = _ROOT / name
        if source.is_dir():
            shutil.copytree(source, folder / name, ignore=shutil.ignore_patterns("__pycache__"))
        else:
            shutil.copy(source, folder)
    with (folder / "pyproject.toml").open("a") as file:
        file.write(settings(part))
    (folder / "mutants").mkdir()  # Python remembers of a folder that is not there that it is not
    run = _mutmut(folder, "run", "--max-children", str(children))
    results = {
        match["name"]: match["what"]
        for match in _RESULT.finditer(_mutmut(folder, "results", "--all", "true"))
    }
    if not results or {*results.values()} == {"not checked"}:  # as when the tests fail as they are
        sys.exit(f"{title}: nothing was tried\n{run[-2000:]}")
    left = {name: what for name, what in results.items() if what not in _NOTICED}
    diffs = {name: _mutmut(folder, "show", name) for name in left}
    known = {name for name in left if _key(name, diffs[name]) in EQUIVALENT}
    totals = Counter(_module(name) for name in results if name not in known)
    missed = Counter(_module(name) for name in left if name not in known)
    for module, total in sorted(totals.items()):
        noticed = total - missed[module]
        yield f"{title}: {module}: {noticed} of {total} noticed, {noticed / total:.0%}"
    for name in left:
        if name not in known:
            yield f"\n{diffs[name].strip()}"


def _mutmut(folder: Path, *arguments: str) -> str:
    path = os.pathsep.join([str(folder / "mutants"), str(folder)])
    done = subprocess.run(
        [sys.executable, "-m", "mutmut", *arguments],
        cwd=folder,
        env={**os.environ, "PYTHONPATH": path},
        capture_output=True,
        text=True,
        check=False,
    )
    return done.stdout + done.stderr


def _module(name: str) -> str:
    return name.rpartition(".")[0]


def _key(name: str, diff: str) -> tuple[str, str, str]:
    """The module, the function and the line that came in, as `EQUIVALENT` has them."""
    place, _, mangled = name.rpartition(".")
    function = mangled.rpartition("__mutmut_")[0].removeprefix("x_").removeprefix("xǁ")
    added = [line[1:].strip() for line in diff.splitlines() if re.match(r"\+(?!\+\+)", line)]
    return place.rpartition(".")[2], function.replace("ǁ", "."), " ".join(added)


if __name__ == "__main__":
    main()
