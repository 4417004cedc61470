"""The questions that are asked, in a file that outlives the process."""

from __future__ import annotations

import json
import os
import sqlite3
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

from rxslack.core.database import Database
from rxslack.errors import ConfigurationError, SlackError

__all__ = ["Ask", "AskStore"]

TABLES: Final = {
    "asks": "id TEXT PRIMARY KEY, item TEXT NOT NULL, asked REAL NOT NULL, channel TEXT NOT NULL, "
    "ts TEXT NOT NULL, shown TEXT NOT NULL, escalated TEXT NOT NULL, decision TEXT, user TEXT, "
    "decided REAL, told INTEGER NOT NULL"
}
COLUMNS: Final = "id, item, asked, channel, ts, shown, escalated, decision, user, decided, told"


@dataclass
class Ask:
    """
    One question.

    Attributes:
        id: of it.
        item: as it was given.
        asked: unix seconds.
        channel: where the card is.
        ts: of the card; "" before it is posted.
        shown: what the card shows: "", "open" or "decided".
        escalated: how far that is: "", "due" or "told".
        decision: the name of the button; None when time is up.
        user: who decided.
        decided: unix seconds; None while nobody has.
        told: whether the decision was emitted.
        refused: who has been told that the question is not theirs to answer.
    """

    id: str
    item: Any
    asked: float
    channel: str
    ts: str = ""
    shown: str = ""
    escalated: str = ""
    decision: str | None = None
    user: str | None = None
    decided: float | None = None
    told: bool = False
    refused: set[str] = field(default_factory=set[str])

    @property
    def is_open(self) -> bool:
        """Whether nobody has decided, and there is time."""
        return self.decided is None

    @property
    def is_over(self) -> bool:
        """Whether nothing is left to do."""
        return self.told and self.shown == "decided"


class AskStore:
    """
    The questions in a SQLite file; each change is on the disk before it returns.

    Args:
        path: of the file; made when there is none. It belongs to one `ask` of one process at a time.

    Errors: ``ConfigurationError`` when it cannot be used; ``SlackError``, from all methods, when it
        cannot be written.
    """

    def __init__(self, path: str | Path) -> None:
        try:
            self._file = Database(path, TABLES)
        except (OSError, sqlite3.Error) as error:
            raise ConfigurationError(
                f"the store {os.fspath(path)!r} cannot be used: {error}; give each `ask` a file of "
                "its own, and move one of another version away"
            ) from error

    def unfinished(self) -> list[Ask]:
        """The questions that are open, or whose end was not told or shown, in their order."""
        rows = self._file.read(
            f"SELECT {COLUMNS} FROM asks WHERE NOT (told AND shown = 'decided') ORDER BY asked, rowid"
        )
        return [Ask(row[0], json.loads(row[1]), *row[2:]) for row in rows]

    def find(self, id: str) -> tuple[str | None, str | None] | None:  # noqa: A002 - what it is
        """Who decided what of a question that is over; None when there is none of this id."""
        rows = self._file.read("SELECT decision, user FROM asks WHERE id = ?", (id,))
        return rows[0] if rows else None

    def add(self, ask: Ask) -> bool:
        """
        Keep a new question. Returns: whether there was none of this id.

        Errors: ``ConfigurationError`` for an item that JSON cannot hold.
        """
        try:
            item = json.dumps(ask.item, allow_nan=False)
        except (TypeError, ValueError, RecursionError) as error:
            raise ConfigurationError(
                f"the item cannot be kept in the store, which holds JSON: {error}"
            ) from error
        values = (ask.id, item, ask.asked, ask.channel, "", "", "", None, None, None, 0)
        marks = ", ".join("?" * len(values))
        return bool(
            self._write(f"INSERT OR IGNORE INTO asks ({COLUMNS}) VALUES ({marks})", *values)
        )

    def shown(self, ask: Ask) -> None:
        """Keep where the card is, what it shows, and how far the escalation is."""
        self._write(
            "UPDATE asks SET channel = ?, ts = ?, shown = ?, escalated = ? WHERE id = ?",
            *(ask.channel, ask.ts, ask.shown, ask.escalated, ask.id),
        )

    def decide(self, ask: Ask) -> None:
        """Keep a decision."""
        self._write(
            "UPDATE asks SET decision = ?, user = ?, decided = ? WHERE id = ?",
            *(ask.decision, ask.user, ask.decided, ask.id),
        )

    def told(self, ask: Ask) -> None:
        """The decision was emitted."""
        self._write("UPDATE asks SET told = 1 WHERE id = ?", ask.id)

    def drop(self, ask: Ask) -> None:
        """The question cannot be asked."""
        self._write("DELETE FROM asks WHERE id = ?", ask.id)

    def forget(self, before: float) -> None:
        """Forget questions that were decided before a time, unix seconds."""
        self._write("DELETE FROM asks WHERE decided < ? AND told AND shown = 'decided'", before)

    def close(self) -> None:
        """Let the file go."""
        self._file.close()

    def _write(self, statement: str, *values: object) -> int:
        try:
            return self._file.write((statement, values))
        except sqlite3.Error as error:
            raise SlackError(f"the store {self._file.name} cannot be written: {error}") from error
