"""Bursts, small enough to be tests; and the guide's figures are those that were measured."""

from __future__ import annotations

import pytest

from tests.benchmarks.acknowledgements import MODES, between_marks, measure


@pytest.mark.parametrize("name", MODES)
def test_it_acknowledges_a_burst_whole(name: str) -> None:
    figures = measure(name, 500)
    assert (figures.acknowledged, figures.again) == (500, 0)
    assert 0 < figures.median <= figures.slowest <= figures.seconds
    assert figures.cpu > 0


def test_the_guide_quotes_what_was_measured(pytestconfig: pytest.Config) -> None:
    guide = (pytestconfig.rootpath / "rxslack/guide/speed.py").read_text()
    results = (pytestconfig.rootpath / "tests/benchmarks/acknowledgements.md").read_text()
    quoted = between_marks(guide)
    assert quoted == between_marks(results)
    assert all(f"| {name} | 10,000 |" in quoted for name in MODES)
