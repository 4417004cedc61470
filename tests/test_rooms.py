"""Each room imports only from lower floors, and each public name is where it says it is."""

from __future__ import annotations

import ast
import importlib
import subprocess
import sys
from graphlib import CycleError, TopologicalSorter
from pathlib import Path
from types import ModuleType

import pytest

import rxslack

ROOT = Path(rxslack.__file__).parent

FLOORS = (
    "core",
    "errors",
    "events",
    "lanes",
    "log",
    "web",
    "wire",
    "recovery",
    "past",
    "operators",
    "sources",
    "sinks",
    "metrics",
    "running",
    "notebook",
    "simulator",
    "testing",
    "compat",
    "cli",
    "guide",
    "__main__",
)
FLOOR = {room: number for number, room in enumerate(FLOORS)}

ROOF = ROOT / "__init__.py"  # imports from anywhere
MODULES = sorted(path for path in ROOT.rglob("*.py") if "__pycache__" not in path.parts)
NAMES = [str(path.relative_to(ROOT.parent)) for path in MODULES]


def room_of(path: Path) -> str:
    return path.relative_to(ROOT).parts[0].removesuffix(".py")


def name_of(path: Path) -> str:
    parts = path.relative_to(ROOT.parent).with_suffix("").parts
    return ".".join(parts).removesuffix(".__init__")


def floor_of(module: str) -> int:
    return FLOOR[module.split(".")[1]]


def exported(module: ModuleType) -> list[str]:
    return getattr(module, "__all__", [])


def imported(path: Path) -> set[str]:
    """What of the package a module names in an import, wherever in it."""
    found: set[str] = set()
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.ImportFrom):
            assert not node.level, f"{path}: imports are absolute"
            found.update(f"{node.module}.{alias.name}" for alias in node.names)
        elif isinstance(node, ast.Import):
            found.update(alias.name for alias in node.names)
    found.discard("rxslack.__version__")  # which stands at the top, and needs no room
    return {name for name in found if name.startswith("rxslack.")}


def test_it_has_a_floor_for_every_room() -> None:
    assert {room_of(path) for path in MODULES} == {*FLOORS, "__init__"}


@pytest.mark.parametrize("path", [path for path in MODULES if path != ROOF], ids=name_of)
def test_it_imports_only_from_lower_floors(path: Path) -> None:
    room = room_of(path)
    others = {name.split(".")[1] for name in imported(path)} - {room}
    assert sorted(other for other in others if FLOOR[other] >= FLOOR[room]) == []


def test_it_has_no_circle_of_imports() -> None:
    """Those of type checkers included. The top, which imports a room when it is asked for, is none."""
    modules = {name_of(path): path for path in MODULES if path != ROOF}

    def module_of(name: str) -> str:
        return name if name in modules else name.rpartition(".")[0]

    graph = {
        module: {module_of(name) for name in imported(path)} & modules.keys()
        for module, path in modules.items()
    }
    try:
        order = [*TopologicalSorter(graph).static_order()]
    except CycleError as error:
        pytest.fail(" imports ".join(reversed(error.args[1])))
    assert len(order) == len(modules)


def test_it_would_notice_an_import_from_above() -> None:
    assert any(name.startswith("rxslack.sources") for name in imported(ROOF))
    assert FLOOR["sources"] > FLOOR["operators"]


@pytest.mark.parametrize("path", MODULES, ids=NAMES)
def test_it_has_each_public_name_once(path: Path) -> None:
    module = importlib.import_module(name_of(path))
    names = exported(module)
    assert len(set(names)) == len(names)  # ruff sees to their order
    assert [name for name in names if not hasattr(module, name)] == []


# Class names that two modules have, and why.
ALIKE = {
    "Bot": "the simulator's own, and Slack's JSON for it",
    "Channel": "the simulator's own, and Slack's JSON for it",
    "Connection": "a websocket of the simulator's, and what `reconnect` asks of one",
    "File": "the simulator's own, and Slack's JSON for it",
    "RTMClient": "slack_sdk has two of this name, too",
    "Team": "the simulator's own, and Slack's JSON for it",
    "View": "a modal of Slack's, and the view of a notebook",
    "WebClient": "slack_sdk's has this name, too",
}


def test_it_calls_no_two_classes_alike_without_a_reason() -> None:
    modules: dict[str, list[str]] = {}
    for path in MODULES:
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.ClassDef):
                modules.setdefault(node.name, []).append(name_of(path))
    assert {name for name, where in modules.items() if len(where) > 1} == ALIKE.keys()


def test_it_exports_what_has_a_docstring() -> None:
    values = {name: getattr(rxslack, name) for name in rxslack.__all__}
    assert [name for name, value in values.items() if callable(value) and not value.__doc__] == []


def test_it_offers_all_that_its_rooms_do() -> None:
    """Type checkers read the rooms' lists; a running program reads the package's."""
    offered: dict[str, str] = vars(rxslack)["_ROOMS"]
    in_part = {"rxslack.events", "rxslack.notebook"}  # the others are asked of the room itself
    for room in in_part:
        assert set(offered[room].split()) <= set(exported(importlib.import_module(room)))
    for room in offered.keys() - in_part:
        below = [other for other in offered if floor_of(other) < floor_of(room)]
        again = {name for other in below for name in offered[other].split()}
        public = set(exported(importlib.import_module(room)))
        assert set(offered[room].split()) == public - again  # each name once, at its lowest room


# The packages that import a name's file when the name is asked for.
LAZY = [path for path in MODULES if "\nlazy_names(" in path.read_text()]


def read_by_checkers(path: Path) -> dict[str, list[str]]:
    """The public names that a package imports for type checkers only, by module."""
    (block,) = [node for node in ast.parse(path.read_text()).body if isinstance(node, ast.If)]
    found: dict[str, list[str]] = {}
    for node in block.body:
        assert isinstance(node, ast.ImportFrom)
        assert node.module
        names = [alias.name for alias in node.names]
        if names == ["*"]:
            names = exported(importlib.import_module(node.module))
        found.setdefault(node.module, []).extend(names)
    return found


@pytest.mark.parametrize("path", [path for path in LAZY if path != ROOF], ids=name_of)
def test_it_shows_type_checkers_the_names_that_a_program_gets(path: Path) -> None:
    room, seen = importlib.import_module(name_of(path)), read_by_checkers(path)
    assert sorted(name for names in seen.values() for name in names) == exported(room)
    for module, names in seen.items():
        home = importlib.import_module(module)
        assert [name for name in names if getattr(room, name) is not getattr(home, name)] == []


@pytest.mark.parametrize("path", LAZY, ids=name_of)
def test_it_lists_its_names_before_they_are_imported(path: Path) -> None:
    code = f"""
import pydoc, sys
import {name_of(path)} as room
files = {{name for name in sys.modules if name.startswith("rxslack.")}}
assert set(room.__all__) <= set(dir(room))
assert not hasattr(room, "no_such_name")
assert files == {{name for name in sys.modules if name.startswith("rxslack.")}}
from {name_of(path)} import *
assert [name for name in room.__all__ if globals()[name] is not getattr(room, name)] == []
assert room.__all__[0] in pydoc.render_doc(room)
"""
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert done.stderr == ""
