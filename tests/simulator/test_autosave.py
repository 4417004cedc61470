"""What is kept while a workspace runs."""

from __future__ import annotations

import json
import logging
from pathlib import Path

import pytest

from rxslack.simulator import Workspace


def test_it_saves_after_changes_and_at_the_end(tmp_path: Path) -> None:
    path = tmp_path / "kept.json"
    with Workspace() as slack:
        slack.autosave(path, every=0.0)
        slack.wait_until(path.exists)
        slack.say("general", "alice", "First")
        slack.wait_until(lambda: "First" in path.read_text())
    with Workspace() as slack:
        slack.autosave(path, every=3600.0)
        slack.say("general", "alice", "Last")
    assert "Last" in path.read_text()


def test_it_is_whole_at_any_time(tmp_path: Path) -> None:
    path = tmp_path / "kept.json"
    with Workspace() as slack:
        slack.autosave(path, every=0.0)
        for number in range(30):
            slack.say("general", "alice", f"Number {number}")
            if path.exists():
                json.loads(path.read_text())
    assert "Number 29" in path.read_text()


def test_it_says_that_it_cannot_save_and_tries_again(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.ERROR, "rxslack.simulator")
    folder = tmp_path / "later"
    with Workspace() as slack:
        slack.autosave(folder / "kept.json", every=0.0)
        slack.wait_until(lambda: "could not be saved" in caplog.text)
        folder.mkdir()
        slack.say("general", "alice", "Hello")
        slack.wait_until((folder / "kept.json").exists)


def test_it_raises_when_the_end_cannot_be_kept(tmp_path: Path) -> None:
    slack = Workspace()
    slack.autosave(tmp_path / "none" / "kept.json", every=3600.0)
    with pytest.raises(FileNotFoundError):
        slack.close()
    slack.close()
