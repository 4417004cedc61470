"""The command `rxslack log`, on a file."""

from __future__ import annotations

import json
import time
from pathlib import Path

import pytest
from reactivex import operators as ops

from rxslack.cli import main
from rxslack.cli.log import moment
from tests.background import until
from tests.log.programs import Watcher, append, event


@pytest.fixture
def log(tmp_path: Path) -> str:
    where = str(tmp_path / "events.db")
    append(where, *(event(number) for number in range(3)))
    return where


def done(where: str) -> None:
    watcher = Watcher(where, attempts=1)
    until(lambda: len(watcher.items) == 3)
    time.sleep(0.1)
    watcher.subscription.dispose()


def test_it_says_how_each_group_fares(log: str, capsys: pytest.CaptureFixture[str]) -> None:
    done(log)
    assert main(["log", log]) == 0
    assert capsys.readouterr().out == "3 entries\ng: 0 to be taken, 0 not done; 0 dead\n"
    append(log, event(4))
    assert main(["log", log]) == 0
    assert "g: 1 to be taken, 0 not done, the oldest 0 s old" in capsys.readouterr().out


def test_it_replays_from_a_time(log: str, capsys: pytest.CaptureFixture[str]) -> None:
    done(log)
    assert main(["log", log, "--replay", "g", "--since", "1h"]) == 0
    assert "begins again" in capsys.readouterr().out
    done(log)


def test_it_prints_what_is_dead(log: str, capsys: pytest.CaptureFixture[str]) -> None:
    def fail(_: object) -> None:
        raise LookupError("a bug")

    broken = Watcher(log, lambda stream: stream.pipe(ops.do_action(fail)), attempts=1)
    until(lambda: broken.errors)
    done(log)
    assert main(["log", log, "--dead", "g"]) == 0
    line = json.loads(capsys.readouterr().out)
    assert line["item"] == event(0)
    assert "1 times" in line["reason"]


def test_it_forgets_a_group(log: str, capsys: pytest.CaptureFixture[str]) -> None:
    done(log)
    assert main(["log", log, "--forget", "g"]) == 0
    assert main(["log", log]) == 0
    assert capsys.readouterr().out == "g is forgotten\n3 entries\n"


@pytest.mark.parametrize("arguments", [["--dead", "h"], ["--replay", "g"], ["--forget", "h"]])
def test_it_says_what_is_wrong(
    log: str, arguments: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    done(log)
    assert main(["log", log, *arguments]) == 1
    assert capsys.readouterr().err.startswith("rxslack: ")


def test_a_time_may_be_how_long_ago() -> None:
    assert abs(time.time() - 7200 - moment("2h")) < 5
