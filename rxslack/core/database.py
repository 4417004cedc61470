"""A SQLite file that one object of one process has to itself; and what files that are shared need, too."""

from __future__ import annotations

import ctypes
import os
import sqlite3
import threading
import time
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, Final, Literal, TypeAlias

from rxslack.core.files import make_private
from rxslack.core.fork import Registry
from rxslack.core.printable import printable

__all__ = ["Database", "Statement", "use_wal"]

_AGAIN: Final = 0.01  # seconds between two attempts

Statement: TypeAlias = tuple[str, Sequence[Any]]
"""SQL, and the values for it."""


class Database:
    """
    A few tables in a file that is readable to its owner only. Safe from any thread.

    Whoever makes it translates `OSError` and `sqlite3.Error`, which all of its methods may raise.

    >>> import tempfile
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     db = Database(f"{folder}/a.db", {"words": "word TEXT PRIMARY KEY, times INTEGER"})
    ...     db.write(("INSERT INTO words VALUES (?, ?)", ("hello", 2)))
    ...     db.read("SELECT * FROM words")
    ...     db.close()
    1
    [('hello', 2)]

    Args:
        path: Of the file, which is made when it is missing.
        tables: The columns of each table, as SQL has them.
        synchronous: "FULL": what was written is safe from the end of the machine, too. "NORMAL": from
            that of the process, and much faster.

    Source: sqlite.org/wal.html, sqlite.org/pragma.html ("synchronous", "locking_mode").
    """

    def __init__(
        self,
        path: str | os.PathLike[str],
        tables: Mapping[str, str],
        *,
        synchronous: Literal["FULL", "NORMAL"] = "FULL",
    ) -> None:
        self.name = printable(os.fspath(path))
        self._lock = threading.Lock()
        make_private(Path(path))
        self._file = _opened(path, tables, synchronous)
        _databases.add(self)

    def disown(self) -> None:
        """
        In a child of `fork()`: never close the file, not even at the end of the program.

        SQLite would write the log into the database and remove it, for it believes to hold the
        lock; what the parent writes then would be gone. So the connection is leaked on purpose.
        Source: sqlite.org/howtocorrupt.html, section 2.6.
        """
        ctypes.pythonapi.Py_IncRef(ctypes.py_object(self._file))

    def write(self, *statements: Statement) -> int:
        """Change something, all or nothing. Returns: how many rows the last statement changed."""
        with self._lock:
            self._file.execute("BEGIN IMMEDIATE")
            try:
                changed = 0
                for statement, values in statements:
                    changed = self._file.execute(statement, values).rowcount
                self._file.execute("COMMIT")
            except BaseException:
                if self._file.in_transaction:
                    self._file.execute("ROLLBACK")
                raise
            return changed

    def read(self, statement: str, values: Sequence[Any] = ()) -> list[tuple[Any, ...]]:
        """The rows that a question finds."""
        with self._lock:
            return self._file.execute(statement, values).fetchall()

    def close(self) -> None:
        """Let the file go. Again does nothing."""
        with self._lock:
            self._file.close()


_databases = Registry[Database](Database.disown)


def _opened(
    path: str | os.PathLike[str], tables: Mapping[str, str], synchronous: str
) -> sqlite3.Connection:
    file = sqlite3.connect(path, timeout=1.0, isolation_level=None, check_same_thread=False)
    try:
        file.execute("PRAGMA locking_mode = EXCLUSIVE")
        file.execute("PRAGMA journal_mode = WAL")
        file.execute(f"PRAGMA synchronous = {synchronous}")
        # Even an empty transaction that writes takes the lock, which then stays.
        file.execute("BEGIN IMMEDIATE")
        for table, columns in tables.items():
            file.execute(f"CREATE TABLE IF NOT EXISTS {table} ({columns})")
            _check(file, table, columns)
        file.execute("COMMIT")
    except sqlite3.Error:
        file.close()
        raise
    return file


def _check(file: sqlite3.Connection, table: str, columns: str) -> None:
    """Whether a table that was there is one of this version."""
    found = file.execute("SELECT sql FROM sqlite_master WHERE name = ?", (table,)).fetchone()[0]
    if found != f"CREATE TABLE {table} ({columns})":
        raise sqlite3.DatabaseError(f"its table {table} is one of another version")


def use_wal(file: sqlite3.Connection, patience: float) -> None:
    """
    Put a file into WAL mode, also when another process does so at the same moment.

    SQLite's own time-out does not do for that: a second lock is asked for while a first one is held, and where both
    could wait for each other SQLite refuses at once.

    Args:
        file: that may be shared.
        patience: seconds in which it is tried again.

    Raises: sqlite3.Error.
    Source: sqlite.org/c3ref/busy_handler.html.
    """
    end = time.monotonic() + patience
    while True:
        try:
            file.execute("PRAGMA journal_mode = WAL")
        except sqlite3.OperationalError as error:
            is_busy = error.sqlite_errorcode & 0xFF == sqlite3.SQLITE_BUSY
            if not is_busy or time.monotonic() >= end:
                raise
            time.sleep(_AGAIN)  # nobody tells when the other is done
        else:
            return
