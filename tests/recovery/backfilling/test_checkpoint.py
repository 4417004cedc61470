"""What `backfill` remembers on disk, and a disk that does not play along."""

from __future__ import annotations

import sqlite3
import subprocess
import sys
from contextlib import closing
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from rxslack.errors import ConfigurationError
from rxslack.recovery.backfilling import checkpoint as _checkpoint
from rxslack.recovery.backfilling.checkpoint import Checkpoint, StoredState


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "seen.sqlite"


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    """The monotonic clock; and nobody waits for a lock."""
    now = [1000.0]
    monkeypatch.setattr(_checkpoint, "monotonic", lambda: now[0])
    monkeypatch.setattr(_checkpoint, "_BUSY", 0.0)
    return now


def remembered(path: Path) -> StoredState | None:
    checkpoint = Checkpoint(path)
    checkpoint.close()
    return checkpoint.load()


def test_it_remembers_what_was_delivered(path: Path) -> None:
    checkpoint = Checkpoint(path)
    assert checkpoint.load() is None
    checkpoint.note(10.5, "C1", "2.000100", None)
    checkpoint.note(11.5, "C1", "1.000100", "1.000000")
    checkpoint.set_floor("1.5")
    checkpoint.close()
    memory = remembered(path)
    assert memory == StoredState(
        11.5,
        "1.5",
        {"C1": "2.000100"},
        [("C1", "1.000000", "1.000100")],
        {"C1": ["1.000100", "2.000100"]},
    )


def test_it_remembers_the_last_of_what_came_out_of_order_and_what_came_twice_once(
    path: Path,
) -> None:
    checkpoint = Checkpoint(path)
    for ts in ("1.0", "3.0", "2.0", "3.0"):
        checkpoint.note(10.5, "C1", ts, None)
    checkpoint.note(10.5, "C2", "4.0", None)
    checkpoint.close()
    memory = remembered(path)
    assert memory is not None
    assert (memory.channels, memory.floor) == ({"C1": "3.0", "C2": "4.0"}, "4.0")
    assert memory.recent == {"C1": ["1.0", "2.0", "3.0"], "C2": ["4.0"]}


def test_it_remembers_that_the_program_ran_though_nothing_was_said(path: Path) -> None:
    checkpoint = Checkpoint(path)
    checkpoint.alive(10.5)
    checkpoint.alive(11.5)
    checkpoint.close()
    assert remembered(path) == StoredState(11.5, "", {}, [], {})


def test_it_remembers_from_where_on_channels_are_ahead_of_others(path: Path) -> None:
    checkpoint = Checkpoint(path)
    checkpoint.note(10.5, "C1", "2.0", None)
    checkpoint.set_floor("1.5")
    checkpoint.set_floor("0.5")
    memory = remembered(path)
    assert memory is not None
    assert memory.floor == "0.5"
    checkpoint.clear_floor()
    checkpoint.close()
    memory = remembered(path)
    assert memory is not None
    assert memory.floor == "2.0"


def test_it_forgets_what_was_said_in_a_channel_up_to_a_moment(path: Path) -> None:
    checkpoint = Checkpoint(path)
    for channel in ("C1", "C2"):
        for ts in ("1.0", "2.0", "3.0"):
            checkpoint.note(10.5, channel, ts, None)
    checkpoint.forget("C1", "2.0")
    checkpoint.close()
    memory = remembered(path)
    assert memory is not None
    assert memory.recent == {"C1": ["3.0"], "C2": ["1.0", "2.0", "3.0"]}
    assert memory.channels == {"C1": "3.0", "C2": "3.0"}


def test_it_remembers_the_threads_that_were_answered_last(
    path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(_checkpoint, "_THREADS", 2)
    checkpoint = Checkpoint(path)
    for channel, ts, thread in (
        *(("C1", "5.0", "1.0"), ("C1", "6.0", "2.0"), ("C2", "4.0", "1.0")),
        *(("C1", "7.0", "1.0"), ("C1", "8.0", "3.0")),
    ):
        checkpoint.note(10.5, channel, ts, thread)
    checkpoint.close()
    memory = remembered(path)
    assert memory is not None
    assert memory.threads == [("C2", "1.0", "4.0"), ("C1", "1.0", "7.0"), ("C1", "3.0", "8.0")]


@pytest.mark.parametrize(
    ("channel", "ts"), [("C1", "soon"), ("C1", "-1.0"), ("C1", ""), ("\ud83c", "3.0")]
)
def test_it_does_not_remember_what_it_could_not_read_again(
    path: Path, channel: str, ts: str
) -> None:
    checkpoint = Checkpoint(path)
    checkpoint.note(10.5, "C1", "2.000100", None)
    checkpoint.note(11.5, channel, ts, None)
    checkpoint.close()
    memory = remembered(path)
    assert memory == StoredState(11.5, "2.000100", {"C1": "2.000100"}, [], {"C1": ["2.000100"]})


@pytest.mark.parametrize("thread", ["soon", {}, 7.5])
def test_it_does_not_remember_a_thread_that_is_none(path: Path, thread: Any) -> None:
    checkpoint = Checkpoint(path)
    checkpoint.note(11.5, "C1", "2.000100", thread)
    checkpoint.close()
    memory = remembered(path)
    assert memory is not None
    assert (memory.channels, memory.threads) == ({"C1": "2.000100"}, [])


def test_it_survives_a_kill(path: Path) -> None:
    program = f"""
import os
from rxslack.recovery.backfilling.checkpoint import Checkpoint
Checkpoint({str(path)!r}).note(10.5, "C1", "2.000100", None)
os._exit(9)
"""
    subprocess.run([sys.executable, "-c", program], timeout=30.0)
    memory = remembered(path)
    assert memory is not None
    assert memory.channels == {"C1": "2.000100"}


def damaged(path: Path, *statements: str) -> None:
    checkpoint = Checkpoint(path)
    checkpoint.note(10.5, "C1", "2.000100", "1.000100")
    checkpoint.close()
    with closing(sqlite3.connect(path)) as db:
        for statement in statements:
            db.execute(statement)
        db.commit()


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE facts SET value = 'yesterday'",
        "UPDATE facts SET value = 'nan'",
        "UPDATE channels SET ts = x'00ff'",
        "UPDATE threads SET ts = '1.0.0'",
        "UPDATE recent SET ts = '-1'",
        "INSERT INTO facts VALUES ('floor', 'low')",
        "ALTER TABLE channels RENAME COLUMN ts TO last",
        "ALTER TABLE threads ADD COLUMN mood TEXT",
    ],
)
def test_it_refuses_what_it_cannot_read(path: Path, statement: str) -> None:
    damaged(path, statement)
    before = path.read_bytes()
    with pytest.raises(ConfigurationError, match=r"seen\.sqlite cannot be used: .*; give each"):
        Checkpoint(path)
    assert path.read_bytes() == before


@pytest.mark.parametrize(
    ("statement", "why"),
    [
        ("UPDATE facts SET value = 'yesterday'", "'yesterday' in it is no time"),
        ("ALTER TABLE threads ADD COLUMN mood TEXT", "its table threads is one of another version"),
    ],
)
def test_it_says_what_it_cannot_read_and_what_to_do(path: Path, statement: str, why: str) -> None:
    damaged(path, statement)
    with pytest.raises(ConfigurationError) as caught:
        Checkpoint(path)
    assert str(caught.value) == (
        f"the checkpoint {path} cannot be used: {why}; give each stream a file of its own; move "
        "away what is damaged or from another version, and what was said since it was written is "
        "not filled"
    )


def test_it_says_what_the_database_says(path: Path) -> None:
    path.mkdir()
    with pytest.raises(ConfigurationError, match="cannot be used: unable to open database file;"):
        Checkpoint(path)


@pytest.mark.parametrize("size", [16, 100, 3000, 5000])
def test_it_refuses_a_file_that_was_cut(path: Path, size: int) -> None:
    damaged(path)
    path.write_bytes(path.read_bytes()[:size])
    with pytest.raises(ConfigurationError, match=r"seen\.sqlite cannot be used"):
        Checkpoint(path)


def test_it_takes_a_file_of_before_it_knew_of_recent_messages(path: Path) -> None:
    damaged(path, "DROP TABLE recent")
    memory = remembered(path)
    assert memory is not None
    assert (memory.channels, memory.recent) == ({"C1": "2.000100"}, {})


def test_it_goes_on_while_another_process_has_locked_the_file(
    path: Path, clock: list[float], caplog: pytest.LogCaptureFixture
) -> None:
    checkpoint = Checkpoint(path)
    with closing(sqlite3.connect(path, isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        checkpoint.set_floor("0.5")
        checkpoint.note(10.5, "C1", "2.000100", None)
        other.execute("COMMIT")
    checkpoint.note(11.5, "C2", "3.000100", "1.000100")  # it does not try again at every message
    assert len(caplog.messages) == 1
    clock[0] += 1.0
    checkpoint.clear_floor()
    assert ["cannot be written" in line for line in caplog.messages] == [True, False]
    assert "is written again" in caplog.messages[1]
    with closing(sqlite3.connect(path)) as db:
        assert db.execute("SELECT * FROM channels").fetchall() == [
            ("C1", "2.000100"),
            ("C2", "3.000100"),
        ]
    checkpoint.close()
    memory = remembered(path)
    assert memory is not None
    assert (memory.at, memory.floor) == (11.5, "3.000100")
    assert len(caplog.messages) == 2


def test_it_says_what_a_crash_would_cost_and_when_that_is_over(
    path: Path, clock: list[float], caplog: pytest.LogCaptureFixture
) -> None:
    checkpoint = Checkpoint(path)
    with closing(sqlite3.connect(path, isolation_level=None)) as other:
        for _ in range(2):
            other.execute("BEGIN IMMEDIATE")
            checkpoint.alive(10.5)
            other.execute("COMMIT")
            clock[0] += 1.0
            checkpoint.alive(11.5)
    checkpoint.close()
    assert caplog.messages == 2 * [
        f"the checkpoint {path} cannot be written: database is locked; what is delivered is "
        "remembered, and written as soon as it can be; should the program crash before, it is "
        "delivered once more",
        f"the checkpoint {path} is written again; nothing is missing",
    ]


def test_it_lets_an_event_wait_for_another_process_for_a_fifth_of_a_second(
    path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Not for longer; and no commit waits for the disk."""
    opened: list[sqlite3.Connection] = []
    connect = sqlite3.connect

    def spied(*args: Any, **options: Any) -> sqlite3.Connection:
        opened.append(connect(*args, **options))
        return opened[-1]

    monkeypatch.setattr(sqlite3, "connect", spied)
    checkpoint = Checkpoint(path)
    settings = ("busy_timeout", "synchronous", "journal_mode")
    values = [opened[0].execute(f"PRAGMA {name}").fetchone()[0] for name in settings]
    assert values == [200, 1, "wal"]
    checkpoint.close()


def test_it_writes_what_waits_when_it_is_closed(
    path: Path, clock: list[float], caplog: pytest.LogCaptureFixture
) -> None:
    assert clock == [1000.0]  # which does not go on
    checkpoint = Checkpoint(path)
    with closing(sqlite3.connect(path, isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        checkpoint.note(10.5, "C1", "2.000100", None)
    checkpoint.close()
    memory = remembered(path)
    assert memory is not None
    assert memory.channels == {"C1": "2.000100"}
    assert "is written again" in caplog.messages[-1]


def test_it_goes_on_though_nothing_can_be_rolled_back_nor_closed(
    path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    class Broken(sqlite3.Connection):
        def rollback(self) -> None:
            raise sqlite3.OperationalError("disk I/O error")

        def close(self) -> None:
            super().close()
            raise sqlite3.OperationalError("disk I/O error")

    monkeypatch.setattr(sqlite3, "connect", partial(sqlite3.connect, factory=Broken))
    monkeypatch.setattr(_checkpoint, "_BUSY", 0.0)
    checkpoint = Checkpoint(path)
    monkeypatch.undo()
    with closing(sqlite3.connect(path, isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        checkpoint.alive(10.5)
    checkpoint.close()
    assert len(caplog.messages) == 2
    memory = remembered(path)
    assert memory is not None
    assert memory.at == 10.5


@pytest.mark.usefixtures("clock")
def test_it_says_what_it_could_not_write_to_the_last(
    path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    checkpoint = Checkpoint(path)
    with closing(sqlite3.connect(path, isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        checkpoint.note(10.5, "C1", "2.000100", None)
        checkpoint.close()
    assert [record.levelname for record in caplog.records] == ["WARNING", "ERROR"]
    assert caplog.messages[-1] == (
        f"the checkpoint {path} could not be written to the last: what was delivered since is "
        "delivered once more after the next start"
    )
    assert remembered(path) is None


@pytest.mark.usefixtures("clock")
def test_it_keeps_no_more_than_so_much_in_memory(
    path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    """The newest; and that channels may be ahead of others it never forgets."""
    monkeypatch.setattr(_checkpoint, "_LATE", 4)
    checkpoint = Checkpoint(path)
    with closing(sqlite3.connect(path, isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        checkpoint.set_floor("0.5")
        for number in range(1, 6):
            checkpoint.note(10.5, f"C{number}", f"{number}.0", None)
    checkpoint.close()
    memory = remembered(path)
    assert memory is not None
    assert (memory.floor, memory.channels) == ("0.5", {"C4": "4.0", "C5": "5.0"})
    assert caplog.messages[-1] == (
        f"the checkpoint {path} is written again; "
        "the oldest of what was delivered meanwhile is missing"
    )


@pytest.mark.skipif(sys.platform == "win32", reason="it has no limits of that kind")
def test_it_goes_on_when_the_disk_is_full(path: Path) -> None:
    """In small: no file may grow any more, and then it may again."""
    program = f"""
import logging, resource, signal
from rxslack.recovery.backfilling import checkpoint as _checkpoint
now = [0.0]
_checkpoint.monotonic = lambda: now[0]
logging.basicConfig(format="%(message)s")
signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
checkpoint = _checkpoint.Checkpoint({str(path)!r})
soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
resource.setrlimit(resource.RLIMIT_FSIZE, (1000, hard))
for number in range(1, 1001):
    now[0] += 0.01
    checkpoint.note(float(number), f"C{{number}}", f"{{number}}.0", None)
resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))
checkpoint.close()
"""
    done = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, timeout=30.0, check=True
    )
    lines = done.stderr.splitlines()
    assert ["cannot be written" in line for line in lines] == [True, False]
    memory = remembered(path)
    assert memory is not None
    assert (memory.at, len(memory.channels), len(memory.recent)) == (1000.0, 1000, 1000)
