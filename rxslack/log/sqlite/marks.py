"""Marks in a file."""

from __future__ import annotations

import json
import time
from typing import Any

from rxslack.log.marks import REMEMBERED, EntryFence, Known
from rxslack.log.sqlite.file import SqliteFile, alive

__all__ = ["SqliteMarks"]


class SqliteMarks:
    """As `Marks` says."""

    def __init__(self, file: SqliteFile) -> None:
        self._file = file

    def begin(self, mark: str, note: str, fence: EntryFence | None) -> Known | bool:
        """As `Marks` says."""
        with self._file.change(durable=True) as file:
            if fence is not None:
                found = file.execute(
                    "SELECT until, lease FROM parts JOIN readers ON readers.name = holder"
                    " WHERE grp = ? AND part = ? AND holder = ?",
                    (fence.group, fence.entry.partition, fence.reader),
                ).fetchone()
                if found is None or not alive(*found):
                    return False
            now = time.time()
            file.execute("DELETE FROM marks WHERE mark = ? AND at < ?", (mark, now - REMEMBERED))
            known = file.execute(
                "SELECT began, reply FROM marks WHERE mark = ?", (mark,)
            ).fetchone()
            if known is None:
                file.execute("INSERT INTO marks VALUES (?, ?, ?, NULL)", (mark, now, float(note)))
                return True
        began, reply = known
        return Known(began, repr(began), None if reply is None else json.loads(reply))

    def finish(self, mark: str, note: str, reply: dict[str, Any]) -> None:
        """As `Marks` says."""
        with self._file.change(durable=True) as file:
            file.execute(
                "INSERT OR REPLACE INTO marks VALUES (?, ?, ?, ?)",
                (mark, time.time(), float(note), json.dumps(reply)),
            )

    def undo(self, mark: str, note: str) -> None:
        """As `Marks` says."""
        with self._file.change(durable=True) as file:
            file.execute(
                "DELETE FROM marks WHERE mark = ? AND began = ? AND reply IS NULL",
                (mark, float(note)),
            )
