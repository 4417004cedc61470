"""How far a command has come, in one line of stderr."""

from __future__ import annotations

import sys
import time
from collections.abc import Callable
from typing import Final, TextIO

__all__ = ["ProgressLine"]

PAUSE: Final = 0.5  # seconds between two looks of the line


class ProgressLine:
    """
    Counts, and rewrites one line where somebody watches; the sum stands there in the end.

    Args:
        verb: what was done with the events, "recorded".
        stream: a terminal, or anything else, which gets the last line only.
        clock: seconds.
    """

    def __init__(
        self,
        verb: str,
        *,
        stream: TextIO | None = None,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._verb = verb
        self._stream = stream or sys.stderr
        self._clock = clock
        self._watched = self._stream.isatty()
        self._count = 0
        self._begun = clock()
        self._next = self._begun + PAUSE

    def add(self) -> None:
        """One more event."""
        self._count += 1
        if self._watched and self._clock() >= self._next:
            self._next = self._clock() + PAUSE
            self._stream.write(f"\r{self}\x1b[K")
            self._stream.flush()

    def __str__(self) -> str:
        seconds = self._clock() - self._begun
        return f"{self._count:,} events {self._verb} in {seconds:.1f} s"

    def __enter__(self) -> ProgressLine:
        return self

    def __exit__(self, *_: object) -> None:
        start = "\r" if self._watched else ""
        end = "\x1b[K\n" if self._watched else "\n"
        self._stream.write(f"{start}{self}{end}")
        self._stream.flush()
