"""From where a log is to the engine that keeps it: a path for SQLite, a URL for Redis."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Final, TypeAlias

from rxslack.core.printable import printable
from rxslack.errors import ConfigurationError
from rxslack.log.engine import Engine
from rxslack.log.inspection import Inspection
from rxslack.log.leases import Leases
from rxslack.log.marks import Marks
from rxslack.log.paces import SharedPaces
from rxslack.log.redis.engine import RedisEngine
from rxslack.log.redis.inspection import RedisInspection
from rxslack.log.redis.leases import RedisLeases
from rxslack.log.redis.marks import RedisMarks
from rxslack.log.redis.paces import RedisPaces
from rxslack.log.redis.server import RedisServer, shown
from rxslack.log.sqlite.engine import SqliteEngine
from rxslack.log.sqlite.file import SqliteFile, is_log
from rxslack.log.sqlite.inspection import SqliteInspection
from rxslack.log.sqlite.leases import SqliteLeases
from rxslack.log.sqlite.marks import SqliteMarks
from rxslack.log.sqlite.paces import SqlitePaces

__all__ = [
    "MAX_ENTRIES",
    "Where",
    "engine_at",
    "inspection_at",
    "is_shared",
    "leases_at",
    "marks_at",
    "paces_at",
    "place_at",
    "shown_where",
]

Where: TypeAlias = str | Path
"""``redis://…``, ``rediss://…`` or ``unix://…``, or the path of a file."""

MAX_ENTRIES: Final = 1_000_000  # some 825 MB in Redis

_URLS: Final = ("redis://", "rediss://", "unix://")


def is_url(where: object) -> bool:
    """Whether it names a server."""
    return isinstance(where, str) and where.startswith(_URLS)


def is_shared(where: Where) -> bool:
    """Whether it is a log, and not some other file, or none yet."""
    return is_url(where) or is_log(where)


def shown_where(where: Where) -> str:
    """For messages: no password is in it."""
    return shown(str(where)) if is_url(where) else printable(os.fspath(where))


def place_at(where: Where) -> RedisServer | SqliteFile:
    """
    The server, or the file, which is made when it is missing.

    Raises: ConfigurationError.
    """
    if is_url(where):
        return RedisServer(str(where))
    if isinstance(where, str) and "://" in where:
        raise ConfigurationError(
            f"{shown(where)} is no log; give a path, or a URL that begins with {', '.join(_URLS)}"
        )
    return SqliteFile(where)


def engine_at(where: Where, max_entries: int = MAX_ENTRIES) -> Engine:
    """
    The engine of a log.

    Raises: ConfigurationError.
    """
    if max_entries < 1:
        raise ConfigurationError(f"max_entries is {max_entries!r}; give 1 or more")
    place = place_at(where)
    if isinstance(place, RedisServer):
        return RedisEngine(place, max_entries)
    return SqliteEngine(place, max_entries)


def marks_at(where: Where) -> Marks:
    """
    The marks of the posts that answer a log's events.

    Raises: ConfigurationError.
    """
    place = place_at(where)
    return RedisMarks(place) if isinstance(place, RedisServer) else SqliteMarks(place)


def paces_at(where: Where) -> SharedPaces:
    """
    The paces that processes keep together.

    Raises: ConfigurationError.
    """
    place = place_at(where)
    return RedisPaces(place) if isinstance(place, RedisServer) else SqlitePaces(place)


def leases_at(where: Where) -> Leases:
    """
    Who holds which names.

    Raises: ConfigurationError.
    """
    place = place_at(where)
    return RedisLeases(place) if isinstance(place, RedisServer) else SqliteLeases(place)


def inspection_at(where: Where) -> Inspection:
    """
    A look into a log.

    Raises: ConfigurationError.
    """
    place = place_at(where)
    return RedisInspection(place) if isinstance(place, RedisServer) else SqliteInspection(place)
