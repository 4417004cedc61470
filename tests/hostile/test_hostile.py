"""What the command calls beyond a limit, and, slowly, that nothing is."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from rxslack.errors import TimedOut
from tests.hostile.__main__ import beyond, measure
from tests.hostile.cases import CASES
from tests.hostile.client import Measured

CASE = replace(
    CASES["dripping-handshake"], memory=1000, error=TimedOut, within=2.0, free_within=1.0
)
HELD = Measured(1000, "TimedOut", "the websocket: no answer", True, 2.0, 1.0)


@pytest.mark.parametrize(
    ("excess", "changes"),
    [
        ([], {}),
        (["memory"], {"grown": 1001}),
        (["time"], {"seconds": 2.1}),
        (["no TimedOut"], {"error": "TransportError"}),
        (["no TimedOut"], {"error": "", "retryable": False}),
        (["not retryable"], {"retryable": False}),
        (["disposal"], {"freed": 1.1}),
        (["disposal"], {"freed": None}),
    ],
)
def test_it_names_what_is_beyond_its_limit(excess: list[str], changes: dict[str, Any]) -> None:
    assert [*beyond(CASE, replace(HELD, **changes))] == excess


def test_it_asks_for_no_disposal_where_none_was_tried() -> None:
    assert [*beyond(replace(CASE, dispose_after=None), replace(HELD, freed=None))] == []


@pytest.mark.slow
@pytest.mark.parametrize("name", CASES)
def test_it_holds(name: str) -> None:
    """One scheme of each; `python -m tests.hostile` runs them all."""
    measured = measure(name, CASES[name].schemes[0])
    assert [*beyond(CASES[name], measured)] == [], measured
