"""What was delivered, remembered on disk, so that a restart leaves no gap."""

from __future__ import annotations

import logging
import math
import os
import sqlite3
from collections import deque
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from time import monotonic
from typing import Any, Final

from rxslack.core.database import use_wal
from rxslack.core.files import make_private
from rxslack.core.printable import printable
from rxslack.errors import ConfigurationError

__all__ = ["Checkpoint", "StoredState"]

_log = logging.getLogger("rxslack.backfill")

_TABLES: Final = """
CREATE TABLE IF NOT EXISTS channels (channel TEXT PRIMARY KEY, ts TEXT NOT NULL);
CREATE TABLE IF NOT EXISTS threads (
    channel TEXT, thread TEXT, ts TEXT NOT NULL, PRIMARY KEY (channel, thread));
CREATE TABLE IF NOT EXISTS recent (
    channel TEXT, ts TEXT, PRIMARY KEY (channel, ts)) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS facts (name TEXT PRIMARY KEY, value TEXT NOT NULL);
"""

_COLUMNS: Final = {
    "channels": ["channel", "ts"],
    "threads": ["channel", "thread", "ts"],
    "recent": ["channel", "ts"],
    "facts": ["name", "value"],
}
_OPENING: Final = 5.0  # seconds that another process may have the file when it is opened
_BUSY: Final = 0.2  # seconds that an event may wait for another process to let go of the file
_AGAIN: Final = 1.0  # seconds from one attempt to write to the next, after it has failed
_LATE: Final = 30_000  # statements that may wait for that: some 10 MB

_THREADS: Final = 50  # of a channel that are remembered
_FORGET: Final = """
DELETE FROM threads WHERE channel = ? AND thread IN (
    SELECT thread FROM threads WHERE channel = ? ORDER BY ts DESC LIMIT -1 OFFSET ?)
"""


_NEWER: Final = """
INSERT INTO channels VALUES (?, ?) ON CONFLICT DO UPDATE SET ts = excluded.ts WHERE excluded.ts > ts
"""


@dataclass(frozen=True)
class StoredState:
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
    A small SQLite file, its owner's alone. Guarded by its owner's lock; writes survive the end of the process.

    What cannot be written, because the disk is full or another process has locked the file, is kept
    in memory and written as soon as that works, at the latest when the file is closed. Both is
    logged: after a crash in between, what was delivered then is delivered once more.

    Args:
        path: of the file; made when there is none.

    Raises: ConfigurationError when it cannot be used.
    """

    def __init__(self, path: str | os.PathLike[str]) -> None:
        self._name = printable(os.fspath(path))
        self._rows: deque[tuple[str, tuple[Any, ...]]] = deque(maxlen=_LATE)
        self._facts: dict[str, str | None] = {}  # None: to be deleted
        self._failing = False
        self._next = -math.inf  # monotonic seconds before which no further attempt is made
        try:
            self._db = _opened(path)
        except (OSError, sqlite3.Error) as error:
            raise self._useless(str(error)) from error
        try:
            self._memory = self._load()
        except (sqlite3.Error, ValueError) as error:
            self._db.close()
            raise self._useless(str(error)) from error

    def load(self) -> StoredState | None:
        """What the file knew when it was opened; None when nothing had been delivered yet."""
        return self._memory

    def note(self, at: float, channel: str, ts: str, thread: str | None) -> None:
        """A message was delivered."""
        self._facts["at"] = str(at)
        if _is_time(ts) and channel.isascii():  # as all of Slack's; else it could not be read again
            self._rows.append((_NEWER, (channel, ts)))
            self._rows.append(("INSERT OR IGNORE INTO recent VALUES (?, ?)", (channel, ts)))
            self._note_answer(channel, ts, thread)
        self._write()

    def _note_answer(self, channel: str, ts: str, thread: str | None) -> None:
        if _is_time(thread):
            self._rows.append(("REPLACE INTO threads VALUES (?, ?, ?)", (channel, thread, ts)))
            self._rows.append((_FORGET, (channel, channel, _THREADS)))

    def forget(self, channel: str, floor: str) -> None:
        """What was said in a channel up to a `ts` need not be recognised any more."""
        self._rows.append(("DELETE FROM recent WHERE channel = ? AND ts <= ?", (channel, floor)))
        self._write()

    def alive(self, at: float) -> None:
        """Something else was delivered."""
        self._facts["at"] = str(at)
        self._write()

    def set_floor(self, floor: str) -> None:
        """From here on, until `clear_floor`, channels may be ahead of others."""
        self._facts["floor"] = floor
        self._write()

    def clear_floor(self) -> None:
        """All channels have been dealt with."""
        self._facts["floor"] = None
        self._write()

    def close(self) -> None:
        """Close the file."""
        # The last chance, whenever the next attempt would be due.
        if self._failing:
            self._next = -math.inf
            self._write()
        if self._failing:
            _log.error(
                "the checkpoint %s could not be written to the last: what was delivered since is "
                "delivered once more after the next start",
                self._name,
            )
        with suppress(sqlite3.Error):  # what was committed is there
            self._db.close()

    def _write(self) -> None:
        # Each attempt may wait for another process. One a second keeps the events going.
        if self._failing and monotonic() < self._next:
            return
        try:
            self._write_all()
        except sqlite3.Error as error:
            with suppress(sqlite3.Error):
                self._db.rollback()
            self._next = monotonic() + _AGAIN
            self._say_failing(error)
            return
        is_all = len(self._rows) < _LATE  # else the oldest had to go
        self._rows.clear()
        self._facts.clear()
        if self._failing:
            self._failing = False
            missing = "nothing is" if is_all else "the oldest of what was delivered meanwhile is"
            _log.warning("the checkpoint %s is written again; %s missing", self._name, missing)

    def _write_all(self) -> None:
        # Takes the lock for writing at once, so a busy file fails here, and not in the middle.
        self._db.execute("BEGIN IMMEDIATE")
        for statement, values in self._rows:
            self._db.execute(statement, values)
        for name, value in self._facts.items():
            if value is None:
                self._db.execute("DELETE FROM facts WHERE name = ?", (name,))
            else:
                self._db.execute("REPLACE INTO facts VALUES (?, ?)", (name, value))
        self._db.execute("COMMIT")

    def _say_failing(self, error: sqlite3.Error) -> None:
        if not self._failing:
            self._failing = True
            _log.warning(
                "the checkpoint %s cannot be written: %s; what is delivered is remembered, and "
                "written as soon as it can be; should the program crash before, it is delivered "
                "once more",
                self._name,
                error,
            )

    def _load(self) -> StoredState | None:
        facts = dict(self._db.execute("SELECT name, value FROM facts").fetchall())
        channels = dict(self._db.execute("SELECT channel, ts FROM channels").fetchall())
        threads = self._db.execute("SELECT channel, thread, ts FROM threads ORDER BY ts").fetchall()
        recent: dict[str, list[str]] = {}
        for channel, ts in self._db.execute("SELECT channel, ts FROM recent").fetchall():
            recent.setdefault(channel, []).append(_time(ts))
        for ts in (*channels.values(), *(ts for _, _, ts in threads)):
            _time(ts)
        if (at := facts.get("at")) is None:
            return None
        # While a gap is being filled, some channels are ahead of others. Then the file has a floor
        # up to which all were dealt with.
        floor = _time(facts["floor"]) if "floor" in facts else max(channels.values(), default="")
        return StoredState(float(_time(at)), floor, channels, threads, recent)

    def _useless(self, why: str) -> ConfigurationError:
        return ConfigurationError(
            f"the checkpoint {self._name} cannot be used: {why}; give each stream a file of its "
            "own; move away what is damaged or from another version, and what was said since it "
            "was written is not filled"
        )


def _time(text: object) -> str:
    """A `ts`, or unix seconds. Raises ValueError for all else."""
    if not _is_time(text):
        raise ValueError(f"{text!r} in it is no time")
    return str(text)


def _is_time(text: object) -> bool:
    return isinstance(text, str) and text.isascii() and text.replace(".", "", 1).isdigit()


def _opened(path: str | os.PathLike[str]) -> sqlite3.Connection:
    make_private(Path(path))
    db = sqlite3.connect(path, timeout=_OPENING, isolation_level=None, check_same_thread=False)
    try:
        use_wal(db, _OPENING)
        # A commit then is a write, not a wait for the disk: safe from kill, not from lightning.
        db.execute("PRAGMA synchronous=NORMAL")
        db.executescript(_TABLES)
        _check(db)
        db.execute(f"PRAGMA busy_timeout = {int(_BUSY * 1000)}")
    except sqlite3.Error:
        db.close()
        raise
    return db


def _check(db: sqlite3.Connection) -> None:
    """Whether the tables are those of this version."""
    for table, columns in _COLUMNS.items():
        found = [row[1] for row in db.execute(f"PRAGMA table_info({table})")]
        if found != columns:
            raise sqlite3.DatabaseError(f"its table {table} is one of another version")
