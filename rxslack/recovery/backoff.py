"""Pauses between attempts that spread many clients out and grow with the trouble."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from random import Random

from rxslack.errors import ConfigurationError

__all__ = ["CHANCE", "backoff"]

CHANCE = Random()
"""Our own, so that pauses never disturb a program that has seeded Python's."""


def backoff(
    first: float = 0.5,
    cap: float = 30.0,
    *,
    random: Callable[[float, float], float] = CHANCE.uniform,
) -> Iterator[float]:
    """
    Pauses for `reconnect`: full jitter under a ceiling that doubles; they never end.

    >>> from itertools import islice
    >>> list(islice(backoff(random=lambda low, high: high), 8))
    [0.5, 1.0, 2.0, 4.0, 8.0, 16.0, 30.0, 30.0]

    Args:
        first: The first ceiling, seconds.
        cap: The highest ceiling, seconds.
        random: Chooses a number between two others.

    Emits: seconds, each anywhere between 0 and its ceiling.
    Errors: ``ConfigurationError`` at once when the ceilings are not 0 < first <= cap.
    Source: aws.amazon.com/blogs/architecture/exponential-backoff-and-jitter, "Full Jitter".
    """
    if not 0 < first <= cap:
        raise ConfigurationError(f"backoff needs 0 < first <= cap, not {first!r} and {cap!r}")
    return jittered(first, cap, random)


def jittered(
    ceiling: float, cap: float, random: Callable[[float, float], float]
) -> Iterator[float]:
    """The endless part of `backoff`."""
    while True:
        yield random(0.0, ceiling)
        ceiling = min(ceiling * 2, cap)
