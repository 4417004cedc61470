"""A log in a SQLite file, for the processes of one machine."""

from __future__ import annotations

import sqlite3
import threading
import time
from collections.abc import Sequence
from typing import Final

from rxslack.log.engine import (
    PARTITION_BATCH,
    PARTITIONS,
    GroupMissing,
    LogEntry,
    LogFull,
    Reader,
    TakenEntry,
)
from rxslack.log.marks import REMEMBERED
from rxslack.log.sqlite.file import SqliteFile, alive

__all__ = ["SqliteEngine"]

SHORTEST, LONGEST = 0.001, 0.02  # seconds between two looks at whether the file has changed
FORGET: Final = 10.0  # seconds between two looks for keys that are too old


class SqliteEngine:
    """
    As `Engine` says.

    Args:
        file: Where it is.
        max_entries: How many it holds.
    """

    def __init__(self, file: SqliteFile, max_entries: int) -> None:
        self._file = file
        self._max_entries = max_entries
        self._version = -1
        self._rung = threading.Event()  # by this process, whose own changes have no version
        self._renewed: dict[str, float] = {}
        self._forgot = 0.0

    def append(self, entries: Sequence[LogEntry]) -> int:
        """As `Engine` says."""
        now = time.time()
        with self._file.change(durable=True) as file:
            (count,) = file.execute("SELECT count FROM counts WHERE name = 'entries'").fetchone()
            if count + len(entries) > self._max_entries:
                raise LogFull(
                    self._file.where, f"{self._max_entries} entries are in it (max_entries)"
                )
            self._forget_keys(file, now)
            new = [entry for entry in entries if _is_new(file, entry, now)]
            heads: dict[int, int | None] = {}
            for entry in new:
                cursor = file.execute(
                    "INSERT INTO entries (part, at, text) VALUES (?, ?, ?)",
                    (entry.partition, now, entry.text),
                )
                heads[entry.partition] = cursor.lastrowid
            file.executemany("INSERT OR REPLACE INTO heads VALUES (?, ?)", heads.items())
            file.execute("UPDATE counts SET count = count + ? WHERE name = 'entries'", (len(new),))
        self._rung.set()
        return len(new)

    def _forget_keys(self, file: sqlite3.Connection, now: float) -> None:
        if now - self._forgot > FORGET:
            self._forgot = now
            file.execute("DELETE FROM keys WHERE until < ?", (now,))

    def take(self, reader: Reader, most: int) -> list[TakenEntry]:
        """As `Engine` says."""
        # A look first, for a transaction that may write keeps others waiting.
        if not self._is_to_write(reader, most):
            return []
        taken: list[TakenEntry] = []
        with self._file.change() as file:
            now = time.monotonic()
            file.execute(
                "INSERT OR REPLACE INTO readers VALUES (?, ?, ?)",
                (reader.name, now + reader.lease, reader.lease),
            )
            if not _has_group(file, reader.group):
                raise GroupMissing(self._file.where, f"it knows no group {reader.group!r}")
            for part, given, holder, since in _parts(file, reader.group):
                if len(taken) >= most:
                    break
                if _may_take(file, reader.name, reader.lease, holder, since, now):
                    room = min(PARTITION_BATCH, most - len(taken))
                    taken += _taken(file, reader, part, given, room, now, holder)
        self._renewed[reader.name] = now
        return taken

    def _is_to_write(self, reader: Reader, most: int) -> bool:
        now = time.monotonic()
        if now - self._renewed.get(reader.name, 0.0) > reader.lease / 5 or not most:
            return True
        with self._file.look() as file:
            return any(
                _may_take(file, reader.name, reader.lease, holder, since, now)
                for _, __, holder, since in _parts(file, reader.group)
            )

    def done(
        self,
        reader: Reader,
        done: Sequence[TakenEntry],
        back: Sequence[TakenEntry],
        free: Sequence[int],
    ) -> int:
        """As `Engine` says."""
        group = reader.group
        with self._file.change() as file:
            held = {
                part
                for (part,) in file.execute(
                    "SELECT part FROM parts WHERE grp = ? AND holder = ?", (group, reader.name)
                )
            }
            own = [(group, one.partition, int(one.id)) for one in done if one.partition in held]
            file.executemany("DELETE FROM pending WHERE grp = ? AND part = ? AND id = ?", own)
            file.executemany(
                "UPDATE pending SET tries = ? WHERE grp = ? AND part = ? AND id = ?",
                [
                    (one.attempt - 1, group, one.partition, int(one.id))
                    for one in back
                    if one.partition in held
                ],
            )
            file.executemany(
                "UPDATE parts SET holder = NULL WHERE grp = ? AND part = ?",
                [(group, part) for part in free if part in held],
            )
        self._rung.set()
        return len(own)

    def join(self, reader: Reader, since: float | None) -> bool:
        """As `Engine` says."""
        with self._file.change() as file:
            if _has_group(file, reader.group):
                return False
            given = 0
            if since is not None:
                (given,) = file.execute(
                    "SELECT coalesce(max(id), 0) FROM entries WHERE at < ?", (since,)
                ).fetchone()
            file.executemany(
                "INSERT INTO parts VALUES (?, ?, ?, NULL, 0)",
                [(reader.group, part, given) for part in range(PARTITIONS)],
            )
        return True

    def wait(self, seconds: float) -> None:
        """As `Engine` says."""
        deadline, pause = time.monotonic() + seconds, SHORTEST
        while True:
            with self._file.look() as file:
                (version,) = file.execute("PRAGMA data_version").fetchone()
            if version != self._version:
                self._version = version
                return
            left = deadline - time.monotonic()
            if left <= 0:
                return
            if self._rung.wait(min(pause, left)):
                self._rung.clear()
                return
            pause = min(pause * 1.5, LONGEST)

    def tidy(self, keep: float, *, needed: bool = False) -> int:
        """As `Engine` says."""
        old = time.time() + 1.0 if needed else time.time() - keep
        with self._file.change() as file:
            if file.execute("SELECT 1 FROM parts LIMIT 1").fetchone() is None:
                return 0
            gone = file.execute(
                """
                DELETE FROM entries WHERE at < ? AND id <= (
                    SELECT min(given) FROM parts WHERE parts.part = entries.part
                ) AND NOT EXISTS (
                    SELECT 1 FROM pending WHERE pending.part = entries.part AND pending.id = entries.id
                )
                """,
                (old,),
            ).rowcount
            file.execute("UPDATE counts SET count = count - ? WHERE name = 'entries'", (gone,))
            file.execute("DELETE FROM marks WHERE at < ?", (time.time() - REMEMBERED,))
            file.execute(
                "DELETE FROM readers WHERE name NOT IN (SELECT holder FROM parts WHERE holder NOT NULL)"
                " AND until < ?",
                (time.monotonic(),),
            )
        return gone

    def bury(self, reader: Reader, entry: TakenEntry, reason: str) -> None:
        """As `Engine` says."""
        with self._file.change(durable=True) as file:
            file.execute(
                "INSERT INTO dead (grp, part, id, at, reason, text) VALUES (?, ?, ?, ?, ?, ?)",
                (reader.group, entry.partition, int(entry.id), time.time(), reason, entry.text),
            )


def _is_new(file: sqlite3.Connection, entry: LogEntry, now: float) -> bool:
    """Whether no key like it is remembered; it is from now on."""
    return bool(
        file.execute(
            "INSERT INTO keys VALUES (?, ?) ON CONFLICT (key) DO UPDATE SET until = excluded.until"
            " WHERE keys.until < ?",
            (entry.key, now + entry.remember, now),
        ).rowcount
    )


def _has_group(file: sqlite3.Connection, group: str) -> bool:
    return file.execute("SELECT 1 FROM parts WHERE grp = ?", (group,)).fetchone() is not None


_Part = tuple[int, int, str | None, float]


def _parts(file: sqlite3.Connection, group: str) -> list[_Part]:
    """The partitions that have something to take, those that have waited for longest first."""
    return file.execute(
        """
        SELECT parts.part, given, holder, since FROM parts JOIN heads ON heads.part = parts.part
        WHERE grp = ? AND (last > given OR EXISTS (
            SELECT 1 FROM pending WHERE pending.grp = parts.grp AND pending.part = parts.part
        )) ORDER BY given
        """,
        (group,),
    ).fetchall()


def _may_take(
    file: sqlite3.Connection,
    name: str,
    lease: float,
    holder: str | None,
    since: float,
    now: float,
) -> bool:
    if holder is None:
        return True
    if holder == name:  # not for ever, or another reader would never get a turn
        return 0 <= now - since < lease
    found = file.execute("SELECT until, lease FROM readers WHERE name = ?", (holder,)).fetchone()
    return found is None or not alive(*found)


def _taken(
    file: sqlite3.Connection,
    reader: Reader,
    part: int,
    given: int,
    most: int,
    now: float,
    holder: str | None,
) -> list[TakenEntry]:
    group, since = reader.group, now
    if holder != reader.name:
        # What was left behind has to be done before the reader gets more.
        left = file.execute(
            "SELECT pending.id, tries, text FROM pending JOIN entries ON entries.id = pending.id"
            " WHERE grp = ? AND pending.part = ? ORDER BY pending.id LIMIT ?",
            (group, part, most),
        ).fetchall()
        if left:
            file.executemany(
                "UPDATE pending SET tries = ? WHERE grp = ? AND part = ? AND id = ?",
                [(tries + 1, group, part, entry) for entry, tries, _ in left],
            )
            file.execute(
                "UPDATE parts SET holder = ?, since = -1e18 WHERE grp = ? AND part = ?",
                (reader.name, group, part),
            )
            return [TakenEntry(part, str(entry), tries + 1, text) for entry, tries, text in left]
        file.execute("UPDATE parts SET since = ? WHERE grp = ? AND part = ?", (since, group, part))
    found = file.execute(
        "SELECT id, text FROM entries WHERE part = ? AND id > ? ORDER BY id LIMIT ?",
        (part, given, most),
    ).fetchall()
    if found:
        file.executemany(
            "INSERT OR REPLACE INTO pending VALUES (?, ?, ?, 1)",
            [(group, part, entry) for entry, _ in found],
        )
        file.execute(
            "UPDATE parts SET holder = ?, given = ? WHERE grp = ? AND part = ?",
            (reader.name, found[-1][0], group, part),
        )
    return [TakenEntry(part, str(entry), 1, text) for entry, text in found]
