"""Latencies beside workspaces in trouble are measured; here only that they can be."""

from __future__ import annotations

from tests.benchmarks.workspaces import measure


def test_it_measures_the_others_in_peace_and_in_trouble() -> None:
    ((peace, trouble),) = measure(14, 1)
    assert len(peace) == len(trouble) == 4
