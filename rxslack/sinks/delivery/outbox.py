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
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final, Literal, TypeAlias, cast

from rxslack.core.files import make_private
from rxslack.core.fork import Registry
from rxslack.errors import ConfigurationError, SlackError
from rxslack.sinks.delivery.calls import PendingCall
from rxslack.sinks.delivery.delivery import Begun, Kept, NoOutbox

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


Statement: TypeAlias = tuple[str, tuple[Any, ...]]


@dataclass(slots=True, eq=False)
class OutboxStep:
    """
    What a thread waits for to be on the disk.

    Attributes:
        kind: calls that are new, an attempt that begins, or one that is over.
        statements: what is to be written.
        row: of the attempt.
        rows: those that were added.
        error: why it was not written.
        done: whether the thread needs to wait no longer.
    """

    kind: Literal["keep", "begin", "end"]
    statements: list[Statement]
    row: int | None = None
    rows: list[int | None] = field(default_factory=lambda: list[int | None]())
    error: Exception | None = None
    done: bool = False


UNFIT: Final = (
    ValueError,
    OverflowError,
)  # by which a text that is no Unicode, or a number, is refused
COLUMNS: Final = "row, method, lane, arguments, mark, accepted, began"


class Outbox(NoOutbox):
    """
    Calls in a SQLite file.

    Each step is on the disk before it returns; those of several threads at once go there together.

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
        # What threads wait for to be on the disk, in order. Whoever gets the lock writes all of it.
        self._queue = deque[OutboxStep]()
        # Rows of attempts under way: the file stays open for them after `close`, or a post that Slack
        # has carried out would be found open at the next start, and searched for.
        self._at_work: set[int] = set()
        # What could not be written yet. It is written before any attempt begins: an undo that came
        # behind the row's next "began" would let a crash post it twice.
        self._late = deque[Statement]()
        self._troubled = False
        self._closing = False
        try:
            make_private(Path(path))
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
        insert = (
            "INSERT INTO calls (method, lane, arguments, mark, accepted) VALUES (?, ?, ?, ?, ?)"
        )
        rows = [(call.method, call.lane, as_json(call), call.mark, accepted) for call in calls]
        return self._write(OutboxStep("keep", [(insert, row) for row in rows]))

    def begin(self, row: int | None, now: float) -> Begun | None:
        """As `NoOutbox` says: nobody else has the file, so nobody else has begun."""
        if row is not None:
            update = "UPDATE calls SET began = coalesce(began, ?) WHERE row = ?"
            self._write(OutboxStep("begin", [(update, (now, row))], row))
        return None

    def rest(self, row: int | None) -> None:
        """The attempt is over, and left it open."""
        if row is not None:
            self._write(OutboxStep("end", [], row))

    def undo(self, row: int | None) -> None:
        """The attempt was surely not carried out."""
        if row is not None:
            self._write(
                OutboxStep("end", [("UPDATE calls SET began = NULL WHERE row = ?", (row,))], row)
            )

    def forget(self, row: int | None) -> None:
        """The call is over."""
        if row is not None:
            self._write(OutboxStep("end", [("DELETE FROM calls WHERE row = ?", (row,))], row))

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
            self._write_queued()
            self._closing = True
            self._close_if_idle()

    def _write(self, step: OutboxStep) -> list[int | None]:
        """
        Write a step, together with those for which other threads wait: the disk is what takes time.

        Returns: the rows that were added.
        """
        self._queue.append(step)
        with self._lock:
            if not step.done:
                self._write_queued()
        if step.error is not None:
            raise step.error
        return step.rows

    def _write_queued(self) -> None:
        steps: list[OutboxStep] = []
        while self._queue:
            steps.append(self._queue.popleft())
        for step in steps:
            self._refuse_after_close(step)
        if not self._write_together(steps):
            for step in steps:
                self._write_alone(step)
        for step in steps:
            self._note(step)
        if self._closing:
            self._close_if_idle()

    def _refuse_after_close(self, step: OutboxStep) -> None:
        if not self._closing:
            return
        if step.kind == "keep":
            step.error = ConfigurationError("the outbox is closed")
            step.statements = []
        # After a close only attempts that were under way can still tell how they ended.
        elif step.kind == "end" and step.row not in self._at_work:
            step.statements = []

    def _write_together(self, steps: list[OutboxStep]) -> bool:
        """All of them or none; whether it was possible."""
        count = len(self._late) + sum(len(step.statements) for step in steps)
        try:
            with self._file:  # which ends a transaction, well or badly
                if count > 1:
                    self._file.execute("BEGIN")
                for statement in self._late:
                    self._file.execute(*statement)
                for step in steps:
                    self._execute(step)
        except (sqlite3.Error, *UNFIT):
            return False
        self._late.clear()
        self._troubled = self._troubled and not count
        return True

    def _write_alone(self, step: OutboxStep) -> None:
        try:
            if step.kind == "end":
                self._late.extend(step.statements)
            if step.kind != "keep":
                self._catch_up()
            if step.kind != "end":
                with self._file:
                    self._file.execute("BEGIN")
                    self._execute(step)
        except sqlite3.Error as error:
            if step.kind != "keep":
                self._warn(error)
            if step.kind != "end":
                step.error = step.error or unwritable(error)
        except UNFIT as error:
            step.error = error
        else:
            self._troubled = self._troubled and step.kind != "begin"

    def _execute(self, step: OutboxStep) -> None:
        step.rows = [self._file.execute(*statement).lastrowid for statement in step.statements]

    def _note(self, step: OutboxStep) -> None:
        step.done = True
        if step.row is None:
            return
        if step.kind == "end":
            self._at_work.discard(step.row)
        elif step.error is None:
            self._at_work.add(step.row)

    def _catch_up(self) -> None:
        while self._late:
            self._file.execute(*self._late[0])
            self._late.popleft()

    def _warn(self, error: sqlite3.Error) -> None:
        if not (self._troubled or self._closing):
            self._troubled = True
            logger.warning("%s; nothing new is sent until it can be", unwritable(error))

    def _close_if_idle(self) -> None:
        if self._at_work:
            return
        try:
            self._catch_up()
        except sqlite3.Error as error:
            self._warn(error)
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
