"""Many connections are measured; no figure is asserted, for that would be a matter of the machine."""

from __future__ import annotations

from tests.benchmarks.connections import QUICK, measure


def test_it_counts_what_every_workspace_gets() -> None:
    found = measure("rxslack", 12, QUICK)
    counts = [found[name] for name in ("lost", "disorder", "given up", "errors")]
    assert counts == [0, 0, 0, 0]
    assert found["flood"] > 0
    assert found["asleep worst"] > 0
