"""Small storms, each of a kind; the large ones are run by hand, see `__main__`."""

from __future__ import annotations

from typing import Any

import pytest

from tests.adversary.storm import KINDS, Plan, run

ALL = frozenset(KINDS)
SMALL: dict[str, Any] = {"messages": 150, "faults": 6, "pace": 1000.0}


@pytest.mark.parametrize(
    ("seed", "kinds"),
    [
        (1, set[str]()),
        (2, {"replacements"}),
        (3, {"refusals", "silent"}),
    ],
)
def test_it_holds_over_rtm(seed: int, kinds: set[str]) -> None:
    outcome = run(Plan(seed=seed, **SMALL, without=ALL - kinds))
    assert outcome.is_clean, f"{outcome.line()}\n{outcome.story}"
    assert outcome.gaps > 1


@pytest.mark.parametrize(("seed", "kinds"), [(1, {"replacements"}), (2, {"refusals", "silent"})])
def test_it_holds_over_socket_mode(seed: int, kinds: set[str]) -> None:
    outcome = run(Plan(seed=seed, mode="socket_mode", **SMALL, without=ALL - kinds))
    assert outcome.is_clean, f"{outcome.line()}\n{outcome.story}"
    assert outcome.gaps > 1
