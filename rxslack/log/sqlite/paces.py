"""Shared paces in a file."""

from __future__ import annotations

import sqlite3
import time
from collections.abc import Sequence

from rxslack.log.paces import Limit
from rxslack.log.sqlite.file import SqliteFile

__all__ = ["SqlitePaces"]


class SqlitePaces:
    """As `SharedPaces` says. A clock that was set back makes nobody wait longer than an empty bucket does."""

    def __init__(self, file: SqliteFile) -> None:
        self._file = file

    def reserve(self, limits: Sequence[Limit]) -> float:
        """As `SharedPaces` says."""
        with self._file.change() as file:
            now = time.time()
            found = [(limit, *_state(file, limit, now)) for limit in limits]
            wait = max(
                max(rested - (limit.burst - 1) / limit.rate, until) - now
                for limit, rested, until in found
            )
            if wait > 1e-6:
                return wait
            file.executemany(
                "INSERT OR REPLACE INTO paces VALUES (?, ?, ?)",
                [
                    (limit.key, max(rested, now) + 1 / limit.rate, until)
                    for limit, rested, until in found
                ],
            )
        return 0.0

    def hold(self, limit: Limit, seconds: float) -> None:
        """As `SharedPaces` says."""
        with self._file.change() as file:
            now = time.time()
            rested, until = _state(file, limit, now)
            # After it one goes, and the others at the rate.
            until = max(until, now + seconds)
            rested = max(rested, until + (limit.burst - 1) / limit.rate)
            file.execute(
                "INSERT OR REPLACE INTO paces VALUES (?, ?, ?)", (limit.key, rested, until)
            )


def _state(file: sqlite3.Connection, limit: Limit, now: float) -> tuple[float, float]:
    found = file.execute("SELECT rested, until FROM paces WHERE key = ?", (limit.key,)).fetchone()
    rested, until = found or (0.0, 0.0)
    return min(rested, max(until, now) + limit.burst / limit.rate), until
