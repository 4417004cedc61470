"""The simulator's modules import each other in one direction, type checkers' imports included."""

from __future__ import annotations

import ast
from graphlib import CycleError, TopologicalSorter
from pathlib import Path

import pytest

from rxslack import simulator

ROOT = Path(simulator.__file__).parent
FLOORS = (
    "options",
    "authority",
    "team",
    "faults",
    "sockets",
    "state",
    "beginnings",
    "autosave",
    "methods",
    "http",
    "odd_events",
    "rare_events",
    "actions",
    "observations",
    "interactions",
    "page",
    "workspace",
    "chatter",
    "__init__",
)


def name_of(path: Path) -> str:
    parts = path.relative_to(ROOT.parents[1]).with_suffix("").parts
    return ".".join(parts).removesuffix(".__init__")


MODULES = {name_of(path): path for path in sorted(ROOT.rglob("*.py"))}


def imported(path: Path) -> set[str]:
    """The simulator's modules that a module imports, wherever in it."""
    found: set[str] = set()
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.ImportFrom):
            for alias in node.names:
                full = f"{node.module}.{alias.name}"
                found.add(full if full in MODULES else str(node.module))
        elif isinstance(node, ast.Import):
            found.update(alias.name for alias in node.names)
    return found & MODULES.keys()


def floor_of(module: str) -> int:
    inside = module.removeprefix("rxslack.simulator").strip(".").split(".")[0]
    return FLOORS.index(inside or "__init__")


def test_it_has_a_floor_for_each_module() -> None:
    assert {floor_of(module) for module in MODULES} == {*range(len(FLOORS))}


def test_it_has_no_circle_of_imports() -> None:
    graph = {module: imported(path) for module, path in MODULES.items()}
    try:
        order = [*TopologicalSorter(graph).static_order()]
    except CycleError as error:
        pytest.fail(" imports ".join(reversed(error.args[1])))
    assert len(order) == len(MODULES)


@pytest.mark.parametrize("module", MODULES)
def test_it_imports_only_from_lower_floors(module: str) -> None:
    others = [other for other in imported(MODULES[module]) if floor_of(other) != floor_of(module)]
    assert sorted(other for other in others if floor_of(other) > floor_of(module)) == []
