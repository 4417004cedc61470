"""How a file is put into WAL mode that others use at the same moment."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Generator
from pathlib import Path
from types import ModuleType

import pytest

from rxslack.core import database
from rxslack.core.database import use_wal
from rxslack.log.sqlite import file
from rxslack.log.sqlite.file import APPLICATION, SCHEMA, SqliteFile
from rxslack.recovery.backfilling import checkpoint
from rxslack.recovery.backfilling.checkpoint import Checkpoint


class Sleeper:
    """The time, which goes on while somebody sleeps."""

    def __init__(self) -> None:
        self.now = 0.0
        self.meanwhile: Callable[[], object] = bool

    def monotonic(self) -> float:
        return self.now

    def sleep(self, seconds: float) -> None:
        self.now += seconds
        self.meanwhile()


@pytest.fixture
def sleeper(monkeypatch: pytest.MonkeyPatch) -> Sleeper:
    sleeper = Sleeper()
    monkeypatch.setattr(database, "time", sleeper)
    return sleeper


@pytest.fixture
def other(tmp_path: Path) -> Generator[sqlite3.Connection]:
    """Another process, which has made the file, and has not put it into WAL mode yet."""
    other = sqlite3.connect(tmp_path / "shared.db", isolation_level=None)
    other.executescript(f"PRAGMA application_id = {APPLICATION}; {SCHEMA}")
    yield other
    other.close()


def mode_of(path: Path) -> str:
    file = sqlite3.connect(path)
    (mode,) = file.execute("PRAGMA journal_mode").fetchone()
    file.close()
    return str(mode)


def open_checkpoint(path: Path) -> None:
    Checkpoint(path).close()


@pytest.mark.parametrize("place", [(file, SqliteFile), (checkpoint, open_checkpoint)])
def test_it_waits_for_another_process(
    tmp_path: Path,
    other: sqlite3.Connection,
    sleeper: Sleeper,
    monkeypatch: pytest.MonkeyPatch,
    place: tuple[ModuleType, Callable[[Path], object]],
) -> None:
    module, opening = place

    def after_the_other(file: sqlite3.Connection, patience: float) -> None:
        other.execute("BEGIN IMMEDIATE")
        use_wal(file, patience)

    monkeypatch.setattr(module, "use_wal", after_the_other)
    sleeper.meanwhile = other.close
    opening(tmp_path / "shared.db")

    assert 0.0 < sleeper.now < 1.0
    assert mode_of(tmp_path / "shared.db") == "wal"


def test_its_patience_has_an_end(
    tmp_path: Path, other: sqlite3.Connection, sleeper: Sleeper
) -> None:
    other.execute("BEGIN IMMEDIATE")
    file = sqlite3.connect(tmp_path / "shared.db")
    with pytest.raises(sqlite3.OperationalError, match="locked"):
        use_wal(file, 2.0)
    file.close()

    assert 2.0 <= sleeper.now < 2.1


def test_it_does_not_wait_for_what_no_other_process_can_mend(
    tmp_path: Path, sleeper: Sleeper
) -> None:
    (tmp_path / "shared.db").touch()
    file = sqlite3.connect(f"file:{tmp_path}/shared.db?mode=ro", uri=True)
    with pytest.raises(sqlite3.OperationalError, match="readonly"):
        use_wal(file, 2.0)
    file.close()

    assert sleeper.now == 0.0
