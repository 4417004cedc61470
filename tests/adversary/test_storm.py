"""Small storms, each of a kind; the large ones are run by hand, see `__main__`."""

from __future__ import annotations

from typing import Any

import pytest

from tests.adversary.client import pipeline, prompt
from tests.adversary.slack import Mode
from tests.adversary.storm import KINDS, Plan, run

SMALL: dict[str, Any] = {"messages": 150, "faults": 6, "pace": 1000.0}


@pytest.mark.parametrize(
    ("mode", "connections", "kinds"),
    [
        ("rtm", 1, {"replacements", "disorder", "lag"}),
        ("rtm", 1, {"clock", "refusals", "threads", "silent"}),
        ("socket_mode", 1, {"replacements", "refusals", "threads", "disorder"}),
        ("socket_mode", 2, {"replacements", "disorder", "together"}),
    ],
)
def test_it_holds(mode: Mode, connections: int, kinds: set[str]) -> None:
    made = pipeline if "lag" in kinds else prompt
    without = frozenset(KINDS) - kinds
    outcome = run(
        Plan(seed=1, mode=mode, connections=connections, without=without, made=made, **SMALL)
    )
    assert outcome.is_clean, f"{outcome.line()}\n{outcome.story}"
