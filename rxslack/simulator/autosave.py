"""A workspace that is kept in a file while it runs, so that not even a crash loses more than seconds of it."""

from __future__ import annotations

import logging
from collections.abc import Callable
from pathlib import Path
from threading import Event, Thread
from time import monotonic

from rxslack.simulator.beginnings import write
from rxslack.simulator.team.feed import Changes

__all__ = ["Autosave"]

logger = logging.getLogger("rxslack.simulator")

_REST = 10  # times as long as a save took, at least, nothing is saved: a large workspace is kept more rarely
_LOOK = 0.5  # seconds between two looks for changes, and so the longest that an end waits


class Autosave:
    """
    Saves after changes, on a thread of its own, until `close`.

    A save that fails is logged, and tried again after the next change; the last one, in `close`, raises.

    Args:
        path: of the file.
        text: what is to be in it now.
        changes: of the workspace.
        every: seconds from one save to the next, at least.
    """

    def __init__(
        self, path: Path, text: Callable[[], str], changes: Changes, *, every: float
    ) -> None:
        self._path = path
        self._text = text
        self._changes = changes
        self._every = every
        self._kept = ""
        self._closed = Event()
        self._thread = Thread(target=self._run, name="rxslack-autosave", daemon=True)
        self._thread.start()

    def close(self) -> None:
        """Save a last time. Again does nothing. Raises: OSError."""
        if self._closed.is_set():
            return
        self._closed.set()
        self._thread.join()
        self._save()

    def _run(self) -> None:
        seen, pause = -1, 0.0
        while not self._closed.wait(pause):
            pause, before = 0.0, self._changes.count
            if before == seen:
                self._changes.wait(seen, _LOOK)
                continue
            seen, began = before, monotonic()
            try:
                self._save()
            except OSError:
                logger.exception("the workspace could not be saved; it is tried again")
            pause = max(self._every, _REST * (monotonic() - began))

    def _save(self) -> None:
        text = self._text()
        if text != self._kept:
            write(self._path, text)
            self._kept = text
