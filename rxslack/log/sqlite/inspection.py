"""A look into a log in a file."""

from __future__ import annotations

from rxslack.log.entries import item_of
from rxslack.log.inspection import DeadEntry, GroupSnapshot, LogSnapshot
from rxslack.log.sqlite.file import SqliteFile

__all__ = ["SqliteInspection"]


class SqliteInspection:
    """As `Inspection` says."""

    def __init__(self, file: SqliteFile) -> None:
        self._file = file

    def look(self) -> LogSnapshot:
        """As `Inspection` says."""
        with self._file.look() as file:
            (entries,) = file.execute("SELECT count FROM counts WHERE name = 'entries'").fetchone()
            names = file.execute("SELECT DISTINCT grp FROM parts ORDER BY grp").fetchall()
        return LogSnapshot(entries=entries, groups=tuple(self._group(name) for (name,) in names))

    def _group(self, name: str) -> GroupSnapshot:
        with self._file.look() as file:
            lag, first = file.execute(
                "SELECT count(*), min(at) FROM parts JOIN entries ON entries.part = parts.part"
                " WHERE grp = ? AND id > given",
                (name,),
            ).fetchone()
            pending, earliest = file.execute(
                "SELECT count(*), min(at) FROM pending JOIN entries ON entries.id = pending.id"
                " WHERE grp = ?",
                (name,),
            ).fetchone()
            held = file.execute(
                "SELECT holder, count(*) FROM parts WHERE grp = ? AND holder NOT NULL GROUP BY holder",
                (name,),
            ).fetchall()
            (dead,) = file.execute("SELECT count(*) FROM dead WHERE grp = ?", (name,)).fetchone()
        oldest = min((at for at in (first, earliest) if at is not None), default=None)
        return GroupSnapshot(
            name=name, lag=lag, pending=pending, oldest=oldest, held=dict(held), dead=dead
        )

    def dead(self, group: str) -> list[DeadEntry]:
        """As `Inspection` says."""
        with self._file.look() as file:
            found = file.execute(
                "SELECT at, reason, text FROM dead WHERE grp = ? ORDER BY row", (group,)
            ).fetchall()
        return [DeadEntry(at, reason, item_of(text)) for at, reason, text in found]

    def replay(self, group: str, since: float) -> None:
        """As `Inspection` says."""
        with self._file.change() as file:
            file.execute(
                "UPDATE parts SET given = min(given, (SELECT coalesce(max(id), 0) FROM entries"
                " WHERE at < ?)) WHERE grp = ?",
                (since, group),
            )

    def forget(self, group: str) -> None:
        """As `Inspection` says."""
        with self._file.change() as file:
            for table in ("parts", "pending", "dead"):
                file.execute(f"DELETE FROM {table} WHERE grp = ?", (group,))
