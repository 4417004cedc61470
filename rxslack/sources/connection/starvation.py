"""When this process gets no time for its connections, which from here looks like a peer that is silent."""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable
from typing import Final

__all__ = ["Starvation", "starvation"]

_EVERY: Final = 60.0  # seconds between two warnings


class Starvation:
    """
    Says that this process was starved, however many of its connections notice: once a minute at most.

    Args:
        log: where the warnings go.
        clock: seconds that only grow.
    """

    def __init__(self, log: logging.Logger, *, clock: Callable[[], float] = time.monotonic) -> None:
        self._log = log
        self._clock = clock
        self._lock = threading.Lock()
        self._next = clock()

    def note(self, seconds: float) -> None:
        """A connection was not looked after, or its bytes were not read, for so long."""
        with self._lock:
            now = self._clock()
            if now < self._next:
                return
            self._next = now + _EVERY
        self._log.warning(
            "this process had no time for its connections for %.0f s (%d threads): the silence is its "
            "own, and none of Slack's. Slack may give up on it: have fewer threads compute at once, or "
            "let another process do that",
            seconds,
            threading.active_count(),
        )


starvation = Starvation(logging.getLogger("rxslack.sources"))
"""The one of this process."""
