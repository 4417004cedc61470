"""What was accepted and is not sent yet, in a file that outlives the process."""

from __future__ import annotations

import ctypes
import json
import logging
import os
import sqlite3
import threading
from collections import deque
from collections.abc import Sequence
from pathlib import Path
from typing import Any, Final, cast

from rxslack.core.files import make_private
from rxslack.core.fork import Registry
from rxslack.errors import ConfigurationError, SlackError
from rxslack.sinks.delivery.calls import PendingCall
from rxslack.sinks.delivery.delivery import Kept, NoOutbox

__all__ = ["Outbox"]

logger = logging.getLogger("rxslack.outbox")

SCHEMA: Final = """
CREATE TABLE IF NOT EXISTS calls (
    row INTEGER PRIMARY KEY AUTOINCREMENT,
    method TEXT NOT NULL,
    lane TEXT NOT NULL,
    arguments TEXT NOT NULL,
    mark TEXT NOT NULL,
    accepted REAL NOT NULL,
    began REAL
)
"""


COLUMNS: Final = "row, method, lane, arguments, mark, accepted, began"


class Outbox(NoOutbox):
    """
    Calls in a SQLite file. Each step is on the disk before it returns.

    The file belongs to one sink of one process at a time, and to no child of it. It holds the texts
    of messages, so it is readable to its owner only, also when it was not before; it holds no token.

    When it cannot be written, as on a full disk, no new call is taken and no attempt begins. What is
    over by then is noted as soon as it can be; it is logged when that begins.

    Args:
        path: Of the file, which is made when it is missing.

    Errors: ``ConfigurationError`` when the file cannot be used, or somebody else uses it.
    Source: sqlite.org/wal.html, sqlite.org/pragma.html ("synchronous", "locking_mode").
    """

    def __init__(self, path: str | Path) -> None:
        self._lock = threading.Lock()
        # Rows of attempts under way: the file stays open for them after `close`, or a post that Slack
        # has carried out would be found open at the next start, and searched for.
        self._at_work: set[int] = set()
        # What could not be written yet. It is written before any attempt begins: an undo that came
        # behind the row's next "began" would let a crash post it twice.
        self._late = deque[tuple[str, int]]()
        self._troubled = False
        self._closing = False
        try:
            make_private(Path(path), "-wal", "-shm")
            self._file = opened(path)
        except (OSError, sqlite3.Error) as error:
            raise ConfigurationError(
                f"the outbox {os.fspath(path)!r} cannot be used: {error}; each sink needs a file "
                "of its own, and an outbox of another version is to be moved away"
            ) from error
        _boxes.add(self)

    def disown(self) -> None:
        """
        In a child of `fork()`: never close the file, not even at the end of the program.

        SQLite would write the log into the database and remove it, for it believes to hold the
        lock; what the parent accepts then would be gone. So the connection is leaked on purpose.
        Source: sqlite.org/howtocorrupt.html, section 2.6.
        """
        ctypes.pythonapi.Py_IncRef(ctypes.py_object(self._file))

    def keep(self, calls: Sequence[PendingCall], accepted: float) -> list[int | None]:
        """
        As `NoOutbox` says.

        Errors: ``ConfigurationError`` for arguments that are not JSON, or after `close`;
            ``SlackError`` when the file cannot be written.
        """
        texts = [as_json(call) for call in calls]
        with self._lock:
            if self._closing:
                raise ConfigurationError("the outbox is closed")
            try:
                return self._insert(calls, texts, accepted)
            except sqlite3.Error as error:
                raise unwritable(error) from error

    def begin(self, row: int | None, now: float) -> None:
        """As `NoOutbox` says."""
        if row is None:
            return
        with self._lock:
            try:
                self._catch_up()
                self._file.execute(
                    "UPDATE calls SET began = coalesce(began, ?) WHERE row = ?", (now, row)
                )
            except sqlite3.Error as error:
                self._warn(error)
                raise unwritable(error) from error
            self._troubled = False
            self._at_work.add(row)

    def rest(self, row: int | None) -> None:
        """The attempt is over, and left it open."""
        if row is not None:
            self._end(row, "")

    def undo(self, row: int | None) -> None:
        """The attempt was surely not carried out."""
        if row is not None:
            self._end(row, "UPDATE calls SET began = NULL WHERE row = ?")

    def forget(self, row: int | None) -> None:
        """The call is over."""
        if row is not None:
            self._end(row, "DELETE FROM calls WHERE row = ?")

    def left_behind(self) -> list[Kept]:
        """
        What an earlier process kept, in its order.

        Errors: ``ConfigurationError`` when the file cannot be read.
        """
        try:
            with self._lock:
                rows = self._file.execute(f"SELECT {COLUMNS} FROM calls ORDER BY row").fetchall()
        except sqlite3.Error as error:
            raise ConfigurationError(f"the outbox cannot be read: {error}") from error
        return [kept(*row) for row in rows]

    def close(self) -> None:
        """Let the file go, once the attempts that are under way are over."""
        with self._lock:
            self._closing = True
            self._close_if_idle()

    def _insert(
        self, calls: Sequence[PendingCall], texts: list[str], accepted: float
    ) -> list[int | None]:
        rows: list[int | None] = []
        with self._file:  # one transaction
            self._file.execute("BEGIN")
            for call, text in zip(calls, texts, strict=True):
                cursor = self._file.execute(
                    "INSERT INTO calls (method, lane, arguments, mark, accepted)"
                    " VALUES (?, ?, ?, ?, ?)",
                    (call.method, call.lane, text, call.mark, accepted),
                )
                rows.append(cursor.lastrowid)
        return rows

    def _end(self, row: int, statement: str) -> None:
        with self._lock:
            # After a close only attempts that were under way can still tell how they ended.
            if statement and not (self._closing and row not in self._at_work):
                self._late.append((statement, row))
                self._try_to_catch_up()
            self._at_work.discard(row)
            if self._closing:
                self._close_if_idle()

    def _catch_up(self) -> None:
        while self._late:
            statement, row = self._late[0]
            self._file.execute(statement, (row,))
            self._late.popleft()

    def _try_to_catch_up(self) -> None:
        try:
            self._catch_up()
        except sqlite3.Error as error:
            self._warn(error)

    def _warn(self, error: sqlite3.Error) -> None:
        if not (self._troubled or self._closing):
            self._troubled = True
            logger.warning("%s; nothing new is sent until it can be", unwritable(error))

    def _close_if_idle(self) -> None:
        if self._at_work:
            return
        self._try_to_catch_up()
        self._file.close()
        if self._late:
            logger.error(
                "the outbox could not note how %d calls ended; the next start takes them for open",
                len(self._late),
            )
            self._late.clear()


_boxes = Registry[Outbox](Outbox.disown)


def opened(path: str | Path) -> sqlite3.Connection:
    """The file as a database that nobody else can open meanwhile."""
    file = sqlite3.connect(path, timeout=1.0, isolation_level=None, check_same_thread=False)
    try:
        file.execute("PRAGMA locking_mode = EXCLUSIVE")
        file.execute("PRAGMA journal_mode = WAL")
        file.execute("PRAGMA synchronous = FULL")
        file.execute(SCHEMA)
        file.execute(f"SELECT {COLUMNS} FROM calls LIMIT 0")  # those of another version have others
        # Even an empty change takes the lock, which then stays.
        file.execute("DELETE FROM calls WHERE row < 0")
    except sqlite3.Error:
        file.close()
        raise
    return file


def unwritable(error: sqlite3.Error) -> SlackError:
    """What SQLite said, as an error of ours."""
    return SlackError(f"the outbox cannot be written: {error}")


def kept(
    row: int, method: str, lane: str, text: str, mark: str, accepted: float, began: float | None
) -> Kept:
    """A call as it is found in the file."""
    try:
        arguments: Any = json.loads(text)
    except (TypeError, ValueError, RecursionError) as error:
        arguments, damage = None, f"{type(error).__name__}: no JSON"
    else:
        damage = "" if isinstance(arguments, dict) else "no object"
    fields = {} if damage else cast("dict[str, Any]", arguments)
    return Kept(row, PendingCall(method, lane, fields, mark), accepted, began, damage)


def as_json(call: PendingCall) -> str:
    """
    The arguments of a call as they are kept.

    Errors: ``ConfigurationError`` when JSON cannot hold them.
    """
    arguments: dict[str, Any] = dict(call.arguments)
    try:
        return json.dumps(arguments, allow_nan=False)
    except (TypeError, ValueError, RecursionError) as error:
        raise ConfigurationError(
            f"the item cannot be kept in the outbox, which holds JSON: {error}"
        ) from error
