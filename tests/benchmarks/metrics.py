"""
What `Metrics` costs in a flood: the same pipeline with it and without, in turns.

    python -m tests.benchmarks.metrics --rounds 10
"""

from __future__ import annotations

import argparse
import sys
from statistics import median

from tests.benchmarks.runner import cost, serving
from tests.benchmarks.scenario import Scenario

__all__ = ["main", "ratios"]

WITH, WITHOUT = "rxslack, with metrics", "rxslack"


def ratios(count: int, rounds: int) -> list[float]:
    """
    Events for the same CPU time, with metrics as a part of those without, one for each round.

    The order changes from round to round, so that what else the machine does falls on both.
    """
    found: list[float] = []
    scenario = Scenario(count=count)
    with serving(sys.executable) as bench:
        for number in range(rounds):
            pair = (WITH, WITHOUT) if number % 2 else (WITHOUT, WITH)
            results = {name: bench.measure(name, scenario, decoder="orjson") for name in pair}
            with_it, without = results[WITH], results[WITHOUT]
            if with_it is not None and without is not None:
                found.append(cost(without) / cost(with_it))
    return found


def main() -> None:
    """Measure, and print."""
    options = argparse.ArgumentParser(
        prog="python -m tests.benchmarks.metrics", description=__doc__
    )
    options.add_argument("--rounds", type=int, default=10)
    options.add_argument("--count", type=int, default=100_000)
    given = options.parse_args()
    found = sorted(ratios(given.count, given.rounds))
    each = ", ".join(f"{one:.3f}" for one in found)
    print(f"with metrics × without, by CPU time: median {median(found):.3f} ({each})")  # noqa: T201 a command


if __name__ == "__main__":
    main()
