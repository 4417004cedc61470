"""Slack's time stamps: strings that look like numbers, and name a message in its channel."""

from __future__ import annotations

import re
from collections.abc import Callable

__all__ = ["Stamps", "micros"]

_NUMBER = re.compile(r"(\d{1,12})(?:\.(\d*))?")


class Stamps:
    """
    A channel's sequence of `ts`: unique, increasing, near the clock. Not thread-safe.

    Args:
        clock: unix time in seconds.

    >>> stamps = Stamps(lambda: 1712345678.5)
    >>> stamps.next(), stamps.next()
    ('1712345678.500000', '1712345678.500001')
    """

    def __init__(self, clock: Callable[[], float]) -> None:
        self._clock = clock
        self._last = -1

    def next(self) -> str:
        """The next `ts`."""
        self._last = max(int(self._clock() * 1_000_000), self._last + 1)
        return f"{self._last // 1_000_000}.{self._last % 1_000_000:06d}"


def micros(ts: str) -> int:
    """
    A `ts` as a whole number of microseconds, exact where a float is not.

    Raises: ValueError.

    >>> micros("1712345678.000200"), micros("0"), micros("1712345678.5")
    (1712345678000200, 0, 1712345678500000)
    """
    match = _NUMBER.fullmatch(ts)
    if match is None:
        raise ValueError(f"not a ts: {ts!r}")
    return int(match[1]) * 1_000_000 + int(f"{match[2] or '':0<6}"[:6])
