"""What metrics cost is measured; here only that it can be."""

from __future__ import annotations

from tests.benchmarks.metrics import ratios


def test_it_measures_a_flood_with_metrics_beside_one_without() -> None:
    (ratio,) = ratios(2_000, 1)
    assert ratio > 0
