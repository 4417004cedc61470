"""Leases in a file."""

from __future__ import annotations

import math
import sqlite3
from collections import Counter
from collections.abc import Sequence
from time import monotonic

from rxslack.log.leases import Share
from rxslack.log.sqlite.file import SqliteFile

__all__ = ["SqliteLeases"]


class SqliteLeases:
    """As `Leases` says. An outage is none: there is no server that could be away."""

    def __init__(self, file: SqliteFile) -> None:
        self._file = file

    def renew(
        self, spread: str, member: str, lease: float, names: Sequence[str], ready: Sequence[str]
    ) -> Share:
        """As `Leases` says."""
        with self._file.change() as file:
            now = monotonic()
            file.execute(
                "DELETE FROM members WHERE spread = ? AND NOT (until > ? AND until <= ?)",
                (spread, now, now + lease),
            )
            file.execute(
                "INSERT OR REPLACE INTO members VALUES (?, ?, ?)", (spread, member, now + lease)
            )
            file.executemany(
                "UPDATE leases SET former = '' WHERE spread = ? AND name = ? AND holder = ?",
                [(spread, name, member) for name in ready],
            )
            return _Sharing(file, spread, member, names).share()

    def leave(self, spread: str, member: str) -> None:
        """As `Leases` says."""
        with self._file.change() as file:
            file.execute("DELETE FROM members WHERE spread = ? AND member = ?", (spread, member))
            file.execute("DELETE FROM leases WHERE spread = ? AND holder = ?", (spread, member))


class _Sharing:
    """One renewal, inside a transaction."""

    def __init__(
        self, file: sqlite3.Connection, spread: str, member: str, names: Sequence[str]
    ) -> None:
        self._file = file
        self._spread = spread
        self._me = member
        self._names = names
        members = file.execute("SELECT member FROM members WHERE spread = ?", (spread,)).fetchall()
        self._has = Counter[str]({one: 0 for (one,) in members})
        self._holder: dict[str, str] = {}
        self._former: dict[str, str] = {}
        self._offered: set[str] = set()
        known = set(names)
        for name, holder, former, offered in file.execute(
            "SELECT name, holder, former, offered FROM leases WHERE spread = ?", (spread,)
        ):
            if name in known and holder in self._has:
                self._holder[name], self._former[name] = holder, former
                self._has[holder] += 1
                if offered:
                    self._offered.add(name)

    def share(self) -> Share:
        """Take, and offer."""
        least = len(self._names) // len(self._has)
        most = math.ceil(len(self._names) / len(self._has))
        for name in [name for name in self._names if name not in self._holder]:
            if self._has[self._me] < most:
                self._take(name, "")
        for name in [name for name in self._offered if self._holder[name] != self._me]:
            own, holder = self._has[self._me], self._holder[name]
            if own < least or (own < most and self._has[holder] > most):
                self._has[holder] -= 1
                self._take(name, holder)
        self._offer(least, most)
        held = [name for name in self._names if self._holder.get(name) == self._me]
        handing = [name for name in self._names if self._former.get(name) == self._me]
        return Share(frozenset(held), frozenset(handing) - frozenset(held))

    def _take(self, name: str, former: str) -> None:
        self._holder[name], self._former[name] = self._me, former
        self._has[self._me] += 1
        self._offered.discard(name)
        self._file.execute(
            "INSERT OR REPLACE INTO leases VALUES (?, ?, ?, ?, 0)",
            (self._spread, name, self._me, former),
        )

    def _offer(self, least: int, most: int) -> None:
        own = self._has[self._me]
        surplus = max(own - most, 0)
        if not surplus and own > least and min(self._has.values()) < least:
            surplus = 1
        mine = sorted(name for name, holder in self._holder.items() if holder == self._me)
        offered = sorted(mine, key=lambda name: name not in self._offered)[:surplus]
        self._file.executemany(
            "UPDATE leases SET offered = ? WHERE spread = ? AND name = ?",
            [
                (name in offered, self._spread, name)
                for name in {*offered, *self._offered} & {*mine}
            ],
        )
