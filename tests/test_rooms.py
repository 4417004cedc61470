"""Each room imports only from lower floors, and each public name is where it says it is."""

from __future__ import annotations

import ast
import importlib
import subprocess
import sys
from pathlib import Path

import pytest

import rxslack
from rxslack._homes import HOMES, home_of

ROOT = Path(rxslack.__file__).parent

FLOORS = [
    {"printable"},
    {"_homes", "bursts", "errors", "events", "masking", "private_files", "slack_clock"},
    {
        "decoding",
        "destinations",
        "failures",
        "forked",
        "settings",
        "protocol",
        "frames",
        "framing",
        "locking",
        "messages",
        "narrowing",
        "catalogue",
        "unheard",
    },
    {
        "dialing",
        "envelopes",
        "finishing",
        "lanes",
        "listening",
        "signatures",
        "uploading",
        "markup",
        "tape",
        "unknown",
        "event_table",
    },
    {"transport", "web"},
    {"pump", "operators", "bridge"},
    {"sources", "sinks"},
    {"simulator", "run", "notebook"},
    {"testing"},
    {"cli", "compat"},
]
FLOOR = {room: number for number, rooms in enumerate(FLOORS) for room in rooms}
ROOF = len(FLOORS)  # the package itself, which imports from anywhere

MODULES = sorted(path for path in ROOT.rglob("*.py") if "__pycache__" not in path.parts)
NAMES = [str(path.relative_to(ROOT.parent)) for path in MODULES]


def room_of(path: Path) -> str:
    return path.relative_to(ROOT).parts[0].removesuffix(".py")


def imported_rooms(path: Path) -> set[str]:
    """Every room of the package that a module names in an import, wherever in it."""
    rooms: set[str] = set()
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.ImportFrom):
            assert not node.level, f"{path}: imports are absolute"
            names = [f"{node.module}.{alias.name}" for alias in node.names]
        elif isinstance(node, ast.Import):
            names = [alias.name for alias in node.names]
        else:
            continue
        rooms.update(name.split(".")[1] for name in names if name.startswith("rxslack."))
    return rooms


@pytest.mark.parametrize("path", MODULES, ids=NAMES)
def test_it_imports_only_from_lower_floors(path: Path) -> None:
    room = room_of(path)
    floor = ROOF if room == "__init__" else FLOOR[room]
    others = imported_rooms(path) - {room}
    assert sorted(other for other in others if FLOOR.get(other, -1) >= floor) == []
    assert others <= FLOOR.keys() | set(rxslack.__all__)


def test_it_would_notice_an_import_from_above() -> None:
    assert {"rtm", "sources"} & imported_rooms(ROOT / "__init__.py")
    assert FLOOR["sources"] > FLOOR["operators"]


@pytest.mark.parametrize("path", MODULES, ids=NAMES)
def test_it_has_each_public_name_once(path: Path) -> None:
    parts = path.relative_to(ROOT.parent).with_suffix("").parts
    module = importlib.import_module(".".join(parts).removesuffix(".__init__"))
    names: list[str] = getattr(module, "__all__", [])
    assert len(set(names)) == len(names)  # ruff sees to their order
    assert [name for name in names if not hasattr(module, name)] == []


def test_it_exports_what_has_a_docstring() -> None:
    values = {name: getattr(rxslack, name) for name in rxslack.__all__}
    assert [name for name, value in values.items() if callable(value) and not value.__doc__] == []


def public_imports() -> dict[str, str]:
    """Each name that the package imports for type checkers, or at once, and its module."""
    tree = ast.parse((ROOT / "__init__.py").read_text())
    imports = [node for node in ast.walk(tree) if isinstance(node, ast.ImportFrom)]
    homes = {alias.name: str(node.module) for node in imports for alias in node.names}
    return {name: home for name, home in homes.items() if name in rxslack.__all__}


def test_it_finds_each_name_where_type_checkers_find_it() -> None:
    homes = public_imports()
    assert sorted(homes) == sorted(rxslack.__all__)
    late = {name: home for name, home in homes.items() if home != "rxslack.run"}
    assert {name: home_of(name) for name in late} == late
    assert sorted(name for names in HOMES.values() for name in names if name not in late) == []


def test_it_imports_only_what_is_asked_for() -> None:
    code = """
import sys, rxslack
before = {name for name in sys.modules if name.startswith("rxslack.")}
assert not before & {"rxslack.events", "rxslack.web", "rxslack.sources.rtm"}, before
import rxslack.cli, rxslack.simulator, rxslack.testing
assert callable(rxslack.run) and callable(rxslack.rtm)
assert not hasattr(rxslack, "no_such_name") and "rtm" in dir(rxslack)
"""
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert done.stderr == ""
