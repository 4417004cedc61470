"""A log on Redis, or Valkey: a stream for each partition."""

from __future__ import annotations

import time
from collections.abc import Sequence
from typing import Any

from rxslack.log.engine import (
    LOOK,
    PARTITION_BATCH,
    PARTITIONS,
    GroupMissing,
    LogEntry,
    LogFull,
    Reader,
    TakenEntry,
)
from rxslack.log.redis.scripts import APPEND, BURY, DONE, JOIN, TAKE, TIDY
from rxslack.log.redis.server import RedisServer

__all__ = ["RedisEngine"]


class RedisEngine:
    """
    As `Engine` says.

    Args:
        server: Where it is.
        max_entries: How many it holds.
    """

    def __init__(self, server: RedisServer, max_entries: int) -> None:
        self._server = server
        self._max_entries = max_entries
        self._looked = 0.0
        self._heard = "0"

    def append(self, entries: Sequence[LogEntry]) -> int:
        """As `Engine` says."""
        lines = "".join(
            [f"{one.partition} {one.remember * 1000:.0f} {one.key}\n" for one in entries]
        )
        texts = [one.text for one in entries]
        new: int = self._server.run(APPEND, self._max_entries, lines, *texts)
        if new < 0:
            raise LogFull(
                self._server.where, f"{self._max_entries} entries are in it (max_entries)"
            )
        return new

    def take(self, reader: Reader, most: int) -> list[TakenEntry]:
        """As `Engine` says."""
        now = time.monotonic()
        look = now - self._looked >= LOOK and most > 0
        if look:
            self._looked = now
        lease = int(reader.lease * 1000)
        found: Any = self._server.run(
            TAKE, reader.group, reader.name, lease, most, PARTITION_BATCH, int(look)
        )
        if found == -1:
            raise GroupMissing(self._server.where, f"it knows no group {reader.group!r}")
        if not found:
            return []
        lines = found[0].decode().splitlines()
        return [_taken(line, text) for line, text in zip(lines, found[1:], strict=True)]

    def done(
        self,
        reader: Reader,
        done: Sequence[TakenEntry],
        back: Sequence[TakenEntry],
        free: Sequence[int],
    ) -> int:
        """As `Engine` says."""
        acknowledged: int = self._server.run(
            DONE,
            reader.group,
            reader.name,
            " ".join([f"{one.partition} {one.id}" for one in done]),
            " ".join([f"{one.partition} {one.id} {one.attempt - 1}" for one in back]),
            " ".join(map(str, free)),
        )
        return acknowledged

    def join(self, reader: Reader, since: float | None) -> bool:
        """As `Engine` says."""
        begin = "0" if since is None else f"{max(int(since * 1000) - 1, 0)}-0"
        return bool(self._server.run(JOIN, reader.group, begin, PARTITIONS))

    def wait(self, seconds: float) -> None:
        """As `Engine` says."""
        bell = f"{self._server.prefix}:bell"
        block = max(int(seconds * 1000), 1)
        rung: Any = self._server.command(
            "XREAD", "COUNT", 1, "BLOCK", block, "STREAMS", bell, self._heard
        )
        if rung:
            ((_, entries),) = rung
            self._heard = entries[-1][0].decode()

    def tidy(self, keep: float, *, needed: bool = False) -> int:
        """As `Engine` says."""
        gone: int = self._server.run(TIDY, PARTITIONS, int(keep * 1000), int(needed))
        return gone

    def bury(self, reader: Reader, entry: TakenEntry, reason: str) -> None:
        """As `Engine` says."""
        self._server.run(BURY, reader.group, entry.partition, entry.id, reason, entry.text)


def _taken(line: str, text: bytes) -> TakenEntry:
    partition, entry_id, attempt = line.split(" ")
    return TakenEntry(int(partition), entry_id, int(attempt), text)
