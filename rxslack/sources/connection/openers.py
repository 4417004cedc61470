"""The threads that open connections, of which there are a few at most, however many wait to be opened."""

from __future__ import annotations

import logging
import threading
from collections import deque
from collections.abc import Callable
from contextvars import Context
from typing import Final

from rxslack.core.fork import after_fork
from rxslack.core.unhandled import report

__all__ = ["Openers", "openers"]

_log = logging.getLogger("rxslack.sources")

_MOST: Final = 32  # threads at a time; more only get into each other's way


class Openers:
    """
    Does jobs that wait for Slack, in order, on threads that end when nothing is left to be done.

    A thread for each would wait for its turn, and wake in vain meanwhile: the more are opened at once, the
    more often.
    """

    def __init__(self) -> None:
        self.begin()

    def begin(self) -> None:
        """With nothing to do: at first, and in a child of `fork()`, where the threads are the parent's."""
        self._lock = threading.Lock()
        self._jobs: deque[Callable[[], object]] = deque()
        self._threads = 0

    def put(self, job: Callable[[], object]) -> None:
        """
        Have something done soon.

        Raises: RuntimeError when there is no thread to be had.
        """
        with self._lock:
            if self._threads < _MOST:
                threading.Thread(target=self._work, name="rxslack-opener", daemon=True).start()
                self._threads += 1
            self._jobs.append(job)

    def _work(self) -> None:
        while (job := self._next()) is not None:
            try:
                Context().run(job)  # what it sets for the lines of its log is its own
            except Exception as error:  # noqa: BLE001 nobody stands above, and the others must go on
                report(error, _log)

    def _next(self) -> Callable[[], object] | None:
        with self._lock:
            if self._jobs:
                return self._jobs.popleft()
            self._threads -= 1
            return None


openers: Final = Openers()
"""Those of this process."""

after_fork(openers.begin)
