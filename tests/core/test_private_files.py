"""Recordings, checkpoints and outboxes: their owner's alone."""

from __future__ import annotations

import gzip
import os
import stat
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from rxslack.core.files import make_private
from rxslack.errors import ConfigurationError
from rxslack.past.recording_file import RecordingFile
from rxslack.recovery.backfilling.checkpoint import Checkpoint
from rxslack.sinks.delivery.outbox import Outbox

pytestmark = pytest.mark.skipif(os.name == "nt", reason="Windows has no such modes")


def record(path: Path) -> None:
    tape = RecordingFile(path)
    tape.write({"type": "message"})
    tape.close()


def remember(path: Path) -> None:
    checkpoint = Checkpoint(path)
    checkpoint.note(10.0, "C1", "1.0", None)
    assert modes(path) <= {0o600}  # those of SQLite's companions, too
    checkpoint.close()


def keep(path: Path) -> None:
    Outbox(path).close()


WRITERS = pytest.mark.parametrize(
    ("name", "write"),
    [("day.jsonl", record), ("day.jsonl.gz", record), ("seen.db", remember), ("out.db", keep)],
)


def modes(path: Path) -> set[int]:
    """Of the files beside it, links and folders left out."""
    found = [file.lstat().st_mode for file in path.parent.iterdir()]
    return {stat.S_IMODE(mode) for mode in found if stat.S_ISREG(mode)}


@WRITERS
def test_it_makes_files_that_only_their_owner_reads(
    tmp_path: Path, name: str, write: Callable[[Path], None]
) -> None:
    before = os.umask(0)
    try:
        write(tmp_path / name)
    finally:
        os.umask(before)
    assert modes(tmp_path / name) == {0o600}


@WRITERS
def test_it_narrows_a_file_that_others_may_read(
    tmp_path: Path, name: str, write: Callable[[Path], None]
) -> None:
    write(tmp_path / name)
    (tmp_path / name).chmod(0o664)
    write(tmp_path / name)
    assert modes(tmp_path / name) == {0o600}


def test_it_narrows_what_sqlite_left_beside_a_file(tmp_path: Path) -> None:
    for name in ("out.db", "out.db-wal", "out.db-shm"):
        (tmp_path / name).touch()
        (tmp_path / name).chmod(0o644)
    make_private(tmp_path / "out.db")
    assert modes(tmp_path / "out.db") == {0o600}


@WRITERS
def test_it_makes_nothing_behind_a_symbolic_link(
    tmp_path: Path, name: str, write: Callable[[Path], None]
) -> None:
    (tmp_path / name).symlink_to(tmp_path / "elsewhere")
    with pytest.raises((OSError, ConfigurationError), match="symbolic link"):
        write(tmp_path / name)
    assert not (tmp_path / "elsewhere").exists()


@WRITERS
def test_it_goes_on_in_a_file_that_its_owner_has_linked(
    tmp_path: Path, name: str, write: Callable[[Path], None]
) -> None:
    (tmp_path / "real").mkdir()
    write(tmp_path / "real" / name)
    (tmp_path / name).symlink_to(tmp_path / "real" / name)
    write(tmp_path / name)
    assert (tmp_path / name).is_symlink()
    assert modes(tmp_path / "real" / name) == {0o600}


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no such owners")
@WRITERS
def test_it_follows_no_link_that_another_user_made(
    tmp_path: Path,
    name: str,
    write: Callable[[Path], None],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    victim = tmp_path / "victim"
    victim.write_bytes(b"")
    (tmp_path / name).symlink_to(victim)
    me = os.geteuid()
    monkeypatch.setattr(os, "geteuid", lambda: me + 1)
    with pytest.raises((OSError, ConfigurationError), match="another user"):
        write(tmp_path / name)
    assert victim.read_bytes() == b""


@WRITERS
def test_it_says_when_it_cannot_narrow_a_file(
    tmp_path: Path,
    name: str,
    write: Callable[[Path], None],
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
) -> None:
    write(tmp_path / name)
    (tmp_path / name).chmod(0o640)

    def refuse(*_: object) -> None:
        raise PermissionError(1, "Operation not permitted")

    monkeypatch.setattr(Path, "chmod", refuse)
    write_all_the_same = suppress_modes(write)
    write_all_the_same(tmp_path / name)
    assert any(f"{name} can be read by others" in line for line in caplog.messages)


def suppress_modes(write: Callable[[Path], None]) -> Callable[[Path], None]:
    """Without a look at the modes meanwhile."""
    return (lambda path: Checkpoint(path).close()) if write is remember else write


def test_it_empties_nothing_behind_a_symbolic_link(tmp_path: Path) -> None:
    victim = tmp_path / "victim"
    victim.write_text("precious")
    (tmp_path / "day.jsonl").symlink_to(victim)
    with pytest.raises(ConfigurationError, match="symbolic link"):
        RecordingFile(tmp_path / "day.jsonl", append=False)
    assert victim.read_text() == "precious"


def test_it_mends_a_torn_file_whatever_lies_in_the_way(tmp_path: Path) -> None:
    path, victim = tmp_path / "day.jsonl.gz", tmp_path / "victim"
    record(path)
    path.write_bytes(path.read_bytes()[:-6])
    victim.write_text("precious")
    victim.chmod(0o600)
    (tmp_path / "day.jsonl.gz.mending").symlink_to(victim)
    record(path)
    assert victim.read_text() == "precious"
    assert not path.is_symlink()
    assert modes(path) == {0o600}
    assert gzip.decompress(path.read_bytes()).count(b'"event"') == 2
    assert sorted(file.name for file in tmp_path.iterdir()) == ["day.jsonl.gz", "victim"]


def test_it_leaves_sqlites_locks_alone(tmp_path: Path) -> None:
    """Closing a file a second time would end those that the process has on it."""
    path = tmp_path / "out.db"
    box = Outbox(path)
    make_private(path)
    with pytest.raises(ConfigurationError):
        Outbox(path)
    program = f"from rxslack.sinks.delivery.outbox import Outbox; Outbox({os.fspath(path)!r})"
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True)
    assert "locked" in done.stderr
    box.close()
