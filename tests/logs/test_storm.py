"""A small storm of each kind; `python -m tests.logs` has large ones."""

from __future__ import annotations

import pytest

from tests.log.servers import is_there
from tests.logs.storm import StormPlan, storm


@pytest.mark.slow
@pytest.mark.parametrize("engine", ["sqlite", "redis"])
def test_nothing_is_lost_doubled_or_out_of_order_whoever_is_killed(engine: str) -> None:
    if engine == "redis" and not is_there():
        pytest.skip("needs redis-server: apt-get install redis-server")
    result = storm(StormPlan(engine=engine, seed=11, messages=1500, rate=150.0, patience=120.0))
    assert result.is_clean, f"{result.line()}\n{result.story}"
