"""The costs are measured; no figure is asserted, for that would be a matter of the machine."""

from __future__ import annotations

import pytest

from tests.benchmarks.bulk import NAMES, bulk
from tests.benchmarks.costs import posting
from tests.benchmarks.operators import OPERATORS, operators


@pytest.mark.slow
def test_it_measures_a_post_in_the_clear_and_by_tls() -> None:
    plain, secure = posting(rounds=1)
    assert "rxslack" in plain
    assert "rxslack, by TLS" in secure


@pytest.mark.slow
def test_it_measures_much_at_once() -> None:
    found = dict(bulk(300, rounds=1))
    assert [*found] == [*NAMES]
    assert all("rxslack" in times for times in found.values())


@pytest.mark.slow
def test_it_measures_each_operator() -> None:
    assert [name for name, _ in operators(50, rounds=1)] == [*OPERATORS, "record"]
