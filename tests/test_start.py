"""How little is imported before a program begins; tests/benchmarks/start.py measures what that costs."""

from __future__ import annotations

import subprocess
import sys

import pytest

from tests.benchmarks.start import first_program

# What the first program does without: what few programs need, and what is slow to import.
OTHERS = [
    "rxslack.events.catalogue",
    "rxslack.events.table",
    "rxslack.events.types.apps",
    "rxslack.events.types.union",
    "rxslack.notebook",
    "rxslack.operators.directory",
    "rxslack.operators.enriched",
    "rxslack.operators.grouping",
    "rxslack.operators.predicates",
    "rxslack.operators.shared",
    "rxslack.past",
    "rxslack.recovery.backfilling",
    "rxslack.simulator",
    "rxslack.sinks.delivery.outbox",
    "rxslack.sinks.keeping",
    "rxslack.sinks.streaming",
    "rxslack.sources.http_events",
    "rxslack.sources.rtm",
    "rxslack.sources.workspaces",
    "rxslack.testing",
    "rxslack.web.serving",
]


def modules_after(program: str) -> set[str]:
    """What is imported then, where orjson is not installed."""
    code = f"import sys\nsys.modules['orjson'] = None\n{program}\nprint(*sys.modules)"
    run = [sys.executable, "-c", code]
    return {*subprocess.run(run, capture_output=True, text=True, check=True).stdout.split()}


@pytest.fixture(scope="module")
def imported() -> set[str]:
    return modules_after(first_program())


def test_it_takes_the_first_program_from_the_readme() -> None:
    assert "import rxslack" in first_program()
    assert "rxslack.post_message" in first_program()


def test_it_imports_of_rxslack_what_the_first_program_uses(imported: set[str]) -> None:
    assert {"rxslack.sinks.post_message", "rxslack.sources.socket_mode"} <= imported
    assert [name for name in OTHERS if name in imported] == []


def test_it_imports_nothing_else_that_its_dependencies_do_not(imported: set[str]) -> None:
    dependencies = "import reactivex, websocket, requests; from reactivex import operators"
    more = imported - modules_after(dependencies)
    # What other things that are installed, such as orjson or brotli, bring along differs.
    known = ("rxslack", "reactivex", "dataclasses")
    assert sorted(name for name in more if name.split(".")[0] not in known) == []


def test_it_imports_next_to_nothing_before_a_name_is_asked_for() -> None:
    imported = modules_after("import rxslack")
    assert {name for name in imported if name.startswith("rxslack.")} == {
        "rxslack.core",
        "rxslack.core.lazy_names",
    }
    assert "reactivex" not in imported
