"""
How soon nothing is left of a thousand coroutines once their subscription is disposed.

    python -m tests.benchmarks.disposal
"""

from __future__ import annotations

import asyncio
import sys
import threading
import time
from statistics import median

from reactivex import Subject

import rxslack

COROUTINES = 1000
ROUNDS = 5


def seconds_of_disposal() -> tuple[float, float]:
    """Until all are cancelled, and until their thread and loop are gone as well."""
    begun, cancelled = [0], [0]

    async def work(_: int) -> None:
        begun[0] += 1
        try:
            await asyncio.sleep(3600)
        finally:
            cancelled[0] += 1

    source = Subject[int]()
    at_once = rxslack.concurrent(lambda n: n, work, workers=COROUTINES, max_waiting=COROUTINES)
    before = set(threading.enumerate())
    subscription = source.pipe(at_once).subscribe()
    for number in range(COROUTINES):
        source.on_next(number)
    while begun[0] < COROUTINES:
        time.sleep(0.001)
    disposed = time.monotonic()
    subscription.dispose()
    while cancelled[0] < COROUTINES:
        time.sleep(0.001)
    all_cancelled = time.monotonic() - disposed
    while set(threading.enumerate()) - before:
        time.sleep(0.001)
    return all_cancelled, time.monotonic() - disposed


def main() -> None:
    """Print the seconds of some rounds."""
    rounds = [seconds_of_disposal() for _ in range(ROUNDS)]
    for what, seconds in zip(
        ("all cancelled", "no thread and no loop left"), zip(*rounds, strict=True), strict=True
    ):
        sys.stdout.write(f"{what}: median {median(seconds):.3f} s, most {max(seconds):.3f} s\n")


if __name__ == "__main__":
    main()
