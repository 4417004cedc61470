"""What was delivered, remembered on disk, so that a restart leaves no gap."""

from __future__ import annotations

import os
import sqlite3
from dataclasses import dataclass, field
from typing import Final

from rxslack.errors import ConfigurationError

__all__ = ["Checkpoint", "Memory"]

_TABLES: Final = """
CREATE TABLE IF NOT EXISTS channels (channel TEXT PRIMARY KEY, ts TEXT NOT NULL);
CREATE TABLE IF NOT EXISTS threads (
    channel TEXT, thread TEXT, ts TEXT NOT NULL, PRIMARY KEY (channel, thread));
CREATE TABLE IF NOT EXISTS recent (
    channel TEXT, ts TEXT, PRIMARY KEY (channel, ts)) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS facts (name TEXT PRIMARY KEY, value TEXT NOT NULL);
"""

_THREADS: Final = 50  # of a channel that are remembered
_FORGET: Final = """
DELETE FROM threads WHERE channel = ? AND thread IN (
    SELECT thread FROM threads WHERE channel = ? ORDER BY ts DESC LIMIT -1 OFFSET ?)
"""


@dataclass(frozen=True)
class Memory:
    """
    What a file knew when it was opened.

    Args:
        at: unix seconds when something was last delivered.
        floor: a `ts` up to which every channel had been dealt with; "" when nothing is known.
        channels: the `ts` of the last message of each channel.
        threads: (channel, thread_ts, `ts` of the last answer), the one that rested longest first.
        recent: the `ts` of the messages of each channel that would be recognised.
    """

    at: float
    floor: str
    channels: dict[str, str] = field(default_factory=dict[str, str])
    threads: list[tuple[str, str, str]] = field(default_factory=list[tuple[str, str, str]])
    recent: dict[str, list[str]] = field(default_factory=dict[str, list[str]])


class Checkpoint:
    """
    A small SQLite file. Guarded by its owner's lock; writes survive the end of the process.

    Args:
        path: of the file; made when there is none.

    Raises: ConfigurationError when it cannot be used.
    """

    def __init__(self, path: str | os.PathLike[str]) -> None:
        try:
            self._db = _opened(path)
        except sqlite3.Error as error:
            raise ConfigurationError(f"the checkpoint {path!s} cannot be used: {error}") from error

    def load(self) -> Memory | None:
        """What the file knows; None when nothing has been delivered yet."""
        at = self._fact("at")
        if at is None:
            return None
        channels = dict(self._db.execute("SELECT channel, ts FROM channels").fetchall())
        floor = self._fact("floor") or max(channels.values(), default="")
        threads = self._db.execute("SELECT channel, thread, ts FROM threads ORDER BY ts").fetchall()
        recent: dict[str, list[str]] = {}
        for channel, ts in self._db.execute("SELECT channel, ts FROM recent").fetchall():
            recent.setdefault(channel, []).append(ts)
        return Memory(float(at), floor, channels, threads, recent)

    def note(self, at: float, channel: str, ts: str, thread: str | None) -> None:
        """A message was delivered."""
        self._db.execute("BEGIN")
        self._set("at", str(at))
        self._db.execute(
            "INSERT INTO channels VALUES (?, ?) "
            "ON CONFLICT DO UPDATE SET ts = excluded.ts WHERE excluded.ts > ts",
            (channel, ts),
        )
        self._db.execute("INSERT OR IGNORE INTO recent VALUES (?, ?)", (channel, ts))
        if thread is not None:
            self._db.execute("REPLACE INTO threads VALUES (?, ?, ?)", (channel, thread, ts))
            self._db.execute(_FORGET, (channel, channel, _THREADS))
        self._db.execute("COMMIT")

    def forget(self, channel: str, floor: str) -> None:
        """What was said in a channel up to a `ts` need not be recognised any more."""
        self._db.execute("DELETE FROM recent WHERE channel = ? AND ts <= ?", (channel, floor))

    def alive(self, at: float) -> None:
        """Something else was delivered."""
        self._set("at", str(at))

    def hold(self, floor: str) -> None:
        """From here on, until `let_go`, channels may be ahead of others."""
        self._set("floor", floor)

    def let_go(self) -> None:
        """All channels have been dealt with."""
        self._db.execute("DELETE FROM facts WHERE name = 'floor'")

    def close(self) -> None:
        """Close the file."""
        self._db.close()

    def _fact(self, name: str) -> str | None:
        row = self._db.execute("SELECT value FROM facts WHERE name = ?", (name,)).fetchone()
        return None if row is None else str(row[0])

    def _set(self, name: str, value: str) -> None:
        self._db.execute("REPLACE INTO facts VALUES (?, ?)", (name, value))


def _opened(path: str | os.PathLike[str]) -> sqlite3.Connection:
    db = sqlite3.connect(path, isolation_level=None, check_same_thread=False)
    try:
        db.execute("PRAGMA journal_mode=WAL")
        # A commit then is a write, not a wait for the disk: safe from kill, not from lightning.
        db.execute("PRAGMA synchronous=NORMAL")
        db.executescript(_TABLES)
    except sqlite3.Error:
        db.close()
        raise
    return db
