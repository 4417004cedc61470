"""A/B: works in turns, in one process, by its CPU time; a machine that is slow for a while is slow for all."""

from __future__ import annotations

import gc
import statistics
from collections.abc import Callable, Mapping
from time import process_time
from typing import TypeAlias

__all__ = ["Work", "medians"]

Work: TypeAlias = Callable[[], object]


def medians(works: Mapping[str, Work], rounds: int) -> dict[str, float]:
    """
    Seconds of CPU time of each, the median of some rounds; one before them warms up.

    >>> [*medians({"a": list, "b": dict}, rounds=3)]
    ['a', 'b']
    """
    found: dict[str, list[float]] = {name: [] for name in works}
    gc.collect()
    gc.freeze()  # what the works are about is not theirs to look through
    for number in range(rounds + 1):
        for name, work in works.items():
            gc.collect()
            begun = process_time()
            work()
            if number:
                found[name].append(process_time() - begun)
    gc.unfreeze()
    return {name: statistics.median(times) for name, times in found.items()}
