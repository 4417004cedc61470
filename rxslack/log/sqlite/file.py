"""The file of a log: its tables, and the connections to it."""

from __future__ import annotations

import ctypes
import os
import sqlite3
import threading
import weakref
from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path
from time import monotonic
from typing import Final

from rxslack.core.database import use_wal
from rxslack.core.files import make_private
from rxslack.core.fork import Registry
from rxslack.core.printable import printable
from rxslack.errors import ConfigurationError
from rxslack.log.engine import LogFull, LogUnavailable

__all__ = ["SqliteFile", "alive", "is_log"]

APPLICATION: Final = 0x72786C67  # "rxlg", which tells a log from an outbox
VERSION: Final = 1
PATIENCE: Final = 30.0  # seconds that SQLite waits for another process' transaction

SCHEMA: Final = """
CREATE TABLE IF NOT EXISTS entries (
    id INTEGER PRIMARY KEY AUTOINCREMENT, part INTEGER NOT NULL, at REAL NOT NULL, text BLOB NOT NULL
);
CREATE INDEX IF NOT EXISTS entries_of_part ON entries (part, id);
CREATE TABLE IF NOT EXISTS keys (key TEXT PRIMARY KEY, until REAL NOT NULL) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS counts (name TEXT PRIMARY KEY, count INTEGER NOT NULL) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS heads (part INTEGER PRIMARY KEY, last INTEGER NOT NULL);
CREATE TABLE IF NOT EXISTS readers (name TEXT PRIMARY KEY, until REAL NOT NULL, lease REAL NOT NULL)
    WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS parts (
    grp TEXT NOT NULL, part INTEGER NOT NULL, given INTEGER NOT NULL, holder TEXT, since REAL NOT NULL,
    PRIMARY KEY (grp, part)
) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS pending (
    grp TEXT NOT NULL, part INTEGER NOT NULL, id INTEGER NOT NULL, tries INTEGER NOT NULL,
    PRIMARY KEY (grp, part, id)
) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS dead (
    row INTEGER PRIMARY KEY AUTOINCREMENT, grp TEXT NOT NULL, part INTEGER NOT NULL, id INTEGER NOT NULL,
    at REAL NOT NULL, reason TEXT NOT NULL, text BLOB NOT NULL
);
CREATE TABLE IF NOT EXISTS marks (
    mark TEXT PRIMARY KEY, at REAL NOT NULL, began REAL NOT NULL, reply TEXT
) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS paces (key TEXT PRIMARY KEY, rested REAL NOT NULL, until REAL NOT NULL) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS members (spread TEXT NOT NULL, member TEXT NOT NULL, until REAL NOT NULL,
    PRIMARY KEY (spread, member)) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS leases (
    spread TEXT NOT NULL, name TEXT NOT NULL, holder TEXT NOT NULL, former TEXT NOT NULL, offered INTEGER NOT NULL,
    PRIMARY KEY (spread, name)
) WITHOUT ROWID;
INSERT OR IGNORE INTO counts VALUES ('entries', 0);
"""


def is_log(path: str | Path) -> bool:
    """Whether a file that is there is a log; read without SQLite, which would lock it."""
    try:
        with open(path, "rb") as file:
            header = file.read(72)
    except OSError:
        return False
    return header[68:72] == APPLICATION.to_bytes(4, "big")


class SqliteFile:
    """
    A log's file, made when it is missing, for its owner only.

    Two connections: what is appended, and what says that a post has begun, is on the disk before it returns;
    what was taken and done only is in the file, for if the machine fails it is done again.

    Args:
        path: Of the file.

    Raises: ConfigurationError when it cannot be used, or is something else.
    Source: sqlite.org/wal.html, sqlite.org/pragma.html ("application_id", "synchronous").
    """

    def __init__(self, path: str | Path) -> None:
        self.where = printable(os.fspath(path))
        self._path = Path(path)
        try:
            make_private(self._path)
            self._start()
        except (OSError, sqlite3.Error) as error:
            raise ConfigurationError(f"the log {self.where} cannot be used: {error}") from error
        _files.add(self)

    def _start(self) -> None:
        self._lock, self._durable_lock = threading.RLock(), threading.RLock()
        first = self._open()
        try:
            self._make(first)
            first.execute("PRAGMA synchronous = FULL")
            second = self._open()
        except BaseException:
            first.close()
            raise
        second.execute("PRAGMA synchronous = NORMAL")
        self._durable, self._fast = first, second
        # Whoever used it last does not know that: it is closed when nobody can use it any more.
        self._closing = weakref.finalize(self, _close, first, second)
        self._closing.atexit = False  # threads may still use it

    def _open(self) -> sqlite3.Connection:
        return sqlite3.connect(
            self._path, timeout=PATIENCE, isolation_level=None, check_same_thread=False
        )

    def _make(self, file: sqlite3.Connection) -> None:
        file.execute("BEGIN IMMEDIATE")
        try:
            (made_for,) = file.execute("PRAGMA application_id").fetchone()
            (tables,) = file.execute("SELECT count(*) FROM sqlite_master").fetchone()
            self._refuse_others(tables, made_for)
            if not tables:
                # Before it is in WAL mode, so that it is found in the file itself.
                file.execute(f"PRAGMA application_id = {APPLICATION}")
                for statement in SCHEMA.split(";\n"):
                    file.execute(statement)
            file.execute("COMMIT")
        except BaseException:
            file.execute("ROLLBACK")
            raise
        use_wal(file, PATIENCE)

    def _refuse_others(self, tables: int, made_for: int) -> None:
        if tables and made_for != APPLICATION:
            raise ConfigurationError(
                f"{self.where} is no log but another database; give another path"
            )

    def disown(self) -> None:
        """
        In a child of `fork()`: open it anew, and never close what was the parent's.

        Source: sqlite.org/howtocorrupt.html, section 2.6.
        """
        for connection in (self._durable, self._fast):
            ctypes.pythonapi.Py_IncRef(ctypes.py_object(connection))
        self._closing.detach()
        self._start()

    @contextmanager
    def change(self, *, durable: bool = False) -> Generator[sqlite3.Connection]:
        """
        A transaction that may write.

        Raises: LogUnavailable, LogFull; nothing has been written then.
        """
        lock = self._durable_lock if durable else self._lock
        with lock:
            file = self._durable if durable else self._fast
            try:
                file.execute("BEGIN IMMEDIATE")
                try:
                    yield file
                    file.execute("COMMIT")
                except BaseException:
                    if file.in_transaction:
                        file.execute("ROLLBACK")
                    raise
            except sqlite3.Error as error:
                raise self._ours(error) from error

    @contextmanager
    def look(self) -> Generator[sqlite3.Connection]:
        """
        For reading.

        Raises: LogUnavailable.
        """
        with self._lock:
            try:
                yield self._fast
            except sqlite3.Error as error:
                raise self._ours(error) from error

    def _ours(self, error: sqlite3.Error) -> LogUnavailable:
        if error.sqlite_errorcode == sqlite3.SQLITE_FULL:
            return LogFull(self.where, "the disk is full")
        return LogUnavailable(self.where, str(error))


_files = Registry[SqliteFile](SqliteFile.disown)


def _close(*connections: sqlite3.Connection) -> None:
    for connection in connections:
        connection.close()


def alive(until: float, lease: float) -> bool:
    """
    Whether a lease holds, by the clock that all processes of a machine share.

    After a restart of the machine it begins anew, so what ends too late is from before that.
    """
    now = monotonic()
    return now < until <= now + lease
