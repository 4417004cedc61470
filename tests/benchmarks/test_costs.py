"""The costs are measured; no time is asserted, for that would be a matter of the machine."""

from __future__ import annotations

import pytest

from tests.benchmarks.bulk import NAMES, bulk
from tests.benchmarks.costs import posting
from tests.benchmarks.operators import OPERATORS, operators
from tests.benchmarks.sinks import sinks


@pytest.mark.slow
def test_it_measures_a_post_in_the_clear_and_by_tls() -> None:
    plain, secure = posting(rounds=1)
    assert "rxslack" in plain
    assert "rxslack, by TLS" in secure


@pytest.mark.slow
def test_it_measures_what_a_sink_adds_and_counts_the_writes_of_an_outbox() -> None:
    writes = {name: cost.writes for name, cost in sinks(rounds=1).items()}
    # Accepted, begun and over; where several threads wait for the disk, they share a write.
    assert writes["outbox, one by one"] == 3
    assert 1 <= writes["outbox, 100 to 10 channels"] <= 3
    assert not any(count for name, count in writes.items() if "outbox" not in name)


@pytest.mark.slow
def test_it_measures_much_at_once() -> None:
    found = dict(bulk(300, rounds=1))
    assert [*found] == [*NAMES]
    assert all("rxslack" in times for times in found.values())


@pytest.mark.slow
def test_it_measures_each_operator() -> None:
    assert [name for name, _ in operators(50, rounds=1)] == [*OPERATORS, "record"]
