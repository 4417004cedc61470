"""Envelopes that nobody answered by hand: counted, and said now and then."""

from __future__ import annotations

import logging
import threading
import time
from collections import Counter
from collections.abc import Callable, Sequence
from typing import Final

from rxslack.core.printable import printable
from rxslack.sources.status import Status

__all__ = ["Unanswered"]

_EVERY: Final = 60.0  # seconds between two warnings


class Unanswered:
    """
    Counts the envelopes that were acknowledged without the answer that was to come by hand.

    The first are a warning at once, those after it one a minute at the most, and the last ones
    when the stream ends.

    Args:
        deadline: seconds that they waited.
        log: where the warnings go.
        status: counts them, too.
        clock: seconds that only grow.
    """

    def __init__(
        self,
        deadline: float,
        log: logging.Logger,
        *,
        status: Status | None = None,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._deadline = deadline
        self._log = log
        self._status = status
        self._clock = clock
        self._lock = threading.Lock()
        self._unsaid: Counter[str] = Counter()
        self._total = 0
        self._next = clock()

    def count(self, kinds: Sequence[str]) -> None:
        """Some more, of these types of envelope."""
        with self._lock:
            self._unsaid.update(kinds)
            self._total += len(kinds)
        if self._status is not None:
            self._status.unanswered(len(kinds))
        if self._clock() >= self._next:
            self.report()

    def report(self) -> None:
        """Say what was not said yet."""
        with self._lock:
            unsaid, self._unsaid = self._unsaid, Counter()
            self._next = self._clock() + _EVERY
            total = self._total
        if unsaid:
            self._log.warning(
                "acknowledged without an answer, because none came by hand within %s s: %s; %d so "
                'far. Answer each, with acknowledgement(), or give the type the mode "on_receipt"',
                self._deadline,
                ", ".join(f"{printable(kind)} ({count})" for kind, count in unsaid.most_common()),
                total,
            )
