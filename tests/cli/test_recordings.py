"""`rxslack record` and `rxslack replay`."""

from __future__ import annotations

import io
import json
import signal
import subprocess
import sys
from collections.abc import Generator
from pathlib import Path

import pytest
import reactivex

from rxslack.cli import main
from rxslack.cli.lines import ProgressLine
from rxslack.core.printable import printable
from rxslack.past.record import record as record_into
from rxslack.past.recording_file import read_recording
from tests.odd import ODD

LINES = '{"type": "hello"}\n\n{"type": "message", "text": "Hello xoxb-test"}\nnothing\n[1]\n'


def record(path: Path, monkeypatch: pytest.MonkeyPatch, *options: str) -> None:
    monkeypatch.setattr(sys, "stdin", io.StringIO(LINES))
    assert main(["record", str(path), "--stdin", *options]) == 0


@pytest.mark.parametrize("name", ["day.jsonl", "day.jsonl.gz"])
def test_it_replays_what_came_through_a_pipe(
    tmp_path: Path,
    name: str,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    record(tmp_path / name, monkeypatch)
    assert "4 events recorded" in capsys.readouterr().err
    assert main(["replay", str(tmp_path / name)]) == 0
    out, err = capsys.readouterr()
    events = [json.loads(line) for line in out.splitlines()]
    assert [event["type"] for event in events] == [
        "hello",
        "message",
        "rxslack.unreadable",
        "rxslack.unreadable",
    ]
    assert events[1]["text"] == "Hello xoxb-***"
    assert "4 events replayed" in err


def test_it_appends_unless_told_to_begin_anew(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "day.jsonl"
    for options, expected in (((), 4), ((), 8), (("--anew",), 4)):
        record(path, monkeypatch, *options)
        capsys.readouterr()
        main(["replay", str(path)])
        assert len(capsys.readouterr().out.splitlines()) == expected


def test_it_replays_what_is_wanted_at_a_speed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    record(tmp_path / "day", monkeypatch)
    capsys.readouterr()
    options = ["--speed", "1000", "--type", "message", "--match", "Hello"]
    assert main(["replay", str(tmp_path / "day"), *options]) == 0
    assert len(capsys.readouterr().out.splitlines()) == 1


@pytest.mark.parametrize("speed", ["0", "-1", "fast", "nan"])
def test_it_refuses_a_speed_that_is_none(speed: str, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        main(["replay", "day", f"--speed={speed}"])
    assert ended.value.code == 2
    assert "not a number above 0" in capsys.readouterr().err


def test_it_says_that_there_is_no_file(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["replay", "no such file"]) == 1
    assert "No such file" in capsys.readouterr().err


@pytest.mark.skipif(sys.platform == "win32", reason="Windows sends no SIGINT to one process")
def test_it_records_a_workspace_until_ctrl_c(tmp_path: Path) -> None:
    path = tmp_path / "day.jsonl"
    program = "import sys; from rxslack.cli import main; sys.exit(main(sys.argv[1:]))"
    command = [sys.executable, "-c", program, "record", str(path), "--simulate"]
    with subprocess.Popen(command, stderr=subprocess.PIPE, text=True) as process:
        while not (path.exists() and '"hello"' in path.read_text()):
            assert process.poll() is None
        process.send_signal(signal.SIGINT)
        _, err = process.communicate(timeout=20.0)
    assert process.returncode == 0
    assert "recorded in" in err
    lines = list(read_recording(path, lambda number, reason: pytest.fail(f"{number}: {reason}")))
    assert lines[0][1] is None
    assert lines[1][1] == {**(lines[1][1] or {}), "type": "hello"}
    assert lines[-1][1] is None  # the mark of the end


def ignore(number: int, reason: str) -> None:
    """Skip a line quietly."""


@pytest.mark.parametrize("suffix", ["", ".gz"])
def test_it_prints_the_odd_events_of_a_recording(
    tmp_path: Path, suffix: str, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / f"day.jsonl{suffix}"
    reactivex.from_iterable(ODD.values()).pipe(record_into(path)).run()
    assert main(["replay", str(path)]) == 0
    out = capsys.readouterr().out
    assert printable(out, lines=True) == out
    assert len([json.loads(line) for line in out.splitlines()]) == len(ODD)


def test_it_records_whatever_comes_through_a_pipe(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """JSON that is nested too deeply, and bytes that are not UTF-8."""
    pipe = io.BytesIO(
        b"[" * 200_000 + b'\n{"type": "message", "text": "\xff"}\n{"type": "after"}\n'
    )
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(pipe, "ascii"))
    assert main(["record", str(tmp_path / "day.jsonl"), "--stdin"]) == 0
    found = [event for _, event in read_recording(tmp_path / "day.jsonl", ignore) if event]
    assert [event["type"] for event in found] == [
        "rxslack.unreadable",
        "rxslack.unreadable",
        "after",
    ]


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


def test_it_rewrites_one_line_where_somebody_watches() -> None:
    now, screen = 0.0, Terminal()
    with ProgressLine("replayed", stream=screen, clock=lambda: now) as progress:
        for _ in range(1000):
            progress.add()
            now += 0.001
    assert screen.getvalue().count("\r") == 2
    assert screen.getvalue().endswith("1,000 events replayed in 1.0 s\x1b[K\n")


LONG = "".join(
    f'{{"at":{at}.5,"event":{{"type":"message","text":"{at}"}}}}\n' for at in range(300_000)
)


@pytest.fixture
def replaying(tmp_path: Path) -> Generator[subprocess.Popen[str]]:
    """The command at a recording that takes it some seconds, as far as its first line."""
    path = tmp_path / "long.jsonl"
    path.write_text(LONG)
    command = [sys.executable, "-m", "rxslack", "replay", str(path)]
    with subprocess.Popen(
        command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    ) as process:
        assert process.stdout is not None
        process.stdout.readline()
        yield process
        process.kill()


def replayed(process: subprocess.Popen[str]) -> int:
    assert process.stderr is not None
    process.wait(timeout=30)
    return int(process.stderr.read().split()[0].replace(",", ""))


def test_it_ends_a_replay_at_once_when_the_reader_has_seen_enough(
    replaying: subprocess.Popen[str],
) -> None:
    assert replaying.stdout is not None
    replaying.stdout.close()
    assert replayed(replaying) < 100_000
    assert replaying.returncode == 0


@pytest.mark.skipif(sys.platform == "win32", reason="Windows sends no SIGINT to one process")
def test_it_ends_a_replay_at_once_on_ctrl_c(replaying: subprocess.Popen[str]) -> None:
    assert replaying.stdout is not None
    replaying.send_signal(signal.SIGINT)
    replaying.stdout.read()  # or else the pipe would be full, and the command wait for its reader
    assert replayed(replaying) < 100_000
    assert replaying.returncode == 0


def test_it_says_that_a_file_is_no_recording(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "letter").write_text("Dear all,\n")
    assert main(["replay", str(tmp_path / "letter")]) == 1
    assert "letter is no recording" in capsys.readouterr().err
