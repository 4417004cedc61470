"""The file of a log, and its connections."""

from __future__ import annotations

import gc
import os
import sqlite3
from pathlib import Path

import pytest

from rxslack.log.sqlite.file import SqliteFile


@pytest.mark.filterwarnings("ignore::ResourceWarning")  # of what other tests have left
def test_it_is_closed_when_nobody_uses_it_any_more(tmp_path: Path) -> None:
    file = SqliteFile(tmp_path / "events.db")
    with file.look() as connection:
        assert connection.execute("SELECT 1").fetchone() == (1,)
    del file
    gc.collect()
    with pytest.raises(sqlite3.ProgrammingError, match="closed"):
        connection.execute("SELECT 1")


@pytest.mark.skipif(not hasattr(os, "fork"), reason="this system has no fork")
@pytest.mark.filterwarnings("ignore:.*fork:DeprecationWarning")
def test_a_child_opens_it_anew_and_closes_nothing_of_its_parents(tmp_path: Path) -> None:
    file = SqliteFile(tmp_path / "events.db")
    with file.look() as parents:
        pass
    child = os.fork()
    if not child:
        status = 1
        try:
            with file.look() as own:
                status = 2 * (own is parents)
            del file
            gc.collect()
            parents.execute("SELECT 1")
        except sqlite3.Error:
            status = 3
        finally:
            os._exit(status)
    assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 0
