"""Recordings as files: what is written, what a crash leaves, what is read."""

from __future__ import annotations

import gzip
import json
import math
import os
import subprocess
import sys
import zlib
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from rxslack.core.json_text import each_to_json, to_json
from rxslack.errors import ConfigurationError
from rxslack.past.recording_file import Line, RecordingFile, read_recording
from tests.odd import ODD

NAMES = ["day.jsonl", "day.jsonl.gz"]


def message(text: str) -> dict[str, Any]:
    return {"type": "message", "channel": "C1", "text": text}


def ignore(number: int, reason: str) -> None:
    """Skip a line quietly."""


def write(path: Path, *texts: str, **options: Any) -> None:
    tape = RecordingFile(path, clock=lambda: 100.0, **options)
    for text in texts:
        tape.write(message(text))
    tape.close()


def read(path: Path) -> tuple[list[str], list[tuple[int, str]]]:
    """The texts, and what was skipped."""
    problems: list[tuple[int, str]] = []
    lines = list(read_recording(path, lambda number, reason: problems.append((number, reason))))
    return [event["text"] for _, event in lines if event], problems


@pytest.mark.parametrize("name", NAMES)
def test_it_reads_what_was_written(tmp_path: Path, name: str) -> None:
    times = iter([100.0, 101.5, 101.25, 103.0])
    tape = RecordingFile(tmp_path / name, clock=lambda: next(times))
    tape.write(message("Grüße \ud83c, 🎉 \u202e"))
    tape.write(message("second"))
    tape.close()
    lines: list[Line] = list(read_recording(tmp_path / name, ignore))
    assert lines == [
        (100.0, None),
        (101.5, message("Grüße \ud83c, 🎉 \u202e")),
        (101.5, message("second")),  # the clock ran backwards, the recording does not
        (103.0, None),
    ]


def test_it_writes_json_lines(tmp_path: Path) -> None:
    write(tmp_path / "day.jsonl", "a\nb")
    assert [json.loads(line) for line in (tmp_path / "day.jsonl").read_text().splitlines()] == [
        {"at": 100.0, "mark": "start"},
        {"at": 100.0, "event": message("a\nb")},
        {"at": 100.0, "mark": "end"},
    ]


def test_it_compresses_by_suffix_and_reads_by_content(tmp_path: Path) -> None:
    write(tmp_path / "day.jsonl.gz", "a")
    with gzip.open(tmp_path / "day.jsonl.gz", "rt") as file:
        assert len(file.readlines()) == 3
    renamed = (tmp_path / "day.jsonl.gz").rename(tmp_path / "renamed")
    assert read(renamed) == (["a"], [])


@pytest.mark.parametrize("name", NAMES)
def test_it_appends(tmp_path: Path, name: str) -> None:
    write(tmp_path / name, "a")
    write(tmp_path / name, "b")
    assert read(tmp_path / name) == (["a", "b"], [])


@pytest.mark.parametrize("name", NAMES)
def test_it_begins_anew_when_told_to(tmp_path: Path, name: str) -> None:
    write(tmp_path / name, "a")
    write(tmp_path / name, "b", append=False)
    assert read(tmp_path / name) == (["b"], [])


def test_it_has_written_before_it_returns(tmp_path: Path) -> None:
    tape = RecordingFile(tmp_path / "day.jsonl")
    tape.write(message("a"))
    assert read(tmp_path / "day.jsonl") == (["a"], [])
    tape.close()


def test_it_has_written_what_was_flushed(tmp_path: Path) -> None:
    tape = RecordingFile(tmp_path / "day.jsonl.gz")
    tape.write(message("a"))
    tape.flush()
    tape.write(message("b"))
    assert read(tmp_path / "day.jsonl.gz") == (["a"], [])
    tape.close()


def test_it_skips_a_torn_last_line_and_says_so(tmp_path: Path) -> None:
    path = tmp_path / "day.jsonl"
    write(path, "a", "b")
    whole = path.read_bytes()
    path.write_bytes(whole[: whole.rindex(b"text") + 3])
    texts, problems = read(path)
    assert texts == ["a"]
    assert [number for number, _ in problems] == [3]


def torn_gzip(path: Path) -> bytes:
    """As a crash leaves it: no end of the stream, and half a line."""
    write(path, "a", "b")
    lines = gzip.decompress(path.read_bytes())
    deflater = zlib.compressobj(6, zlib.DEFLATED, 31)
    torn = deflater.compress(lines[: lines.rindex(b"text")]) + deflater.flush(zlib.Z_SYNC_FLUSH)
    path.write_bytes(torn)
    return torn


def test_it_reads_a_torn_gzip_file_up_to_its_end(tmp_path: Path) -> None:
    torn_gzip(tmp_path / "day.jsonl.gz")
    texts, problems = read(tmp_path / "day.jsonl.gz")
    assert texts == ["a"]
    assert [number for number, _ in problems] == [3]


def test_it_reads_a_gzip_file_cut_anywhere(tmp_path: Path) -> None:
    path = tmp_path / "day.jsonl.gz"
    write(path, *map(str, range(50)))
    whole = path.read_bytes()
    for length in range(len(whole)):
        path.write_bytes(whole[:length])
        texts, problems = read(path)
        assert texts == [str(number) for number in range(len(texts))]
        assert len(problems) <= 1


@pytest.mark.parametrize("name", NAMES)
def test_it_appends_to_what_a_crash_left(tmp_path: Path, name: str) -> None:
    path = tmp_path / name
    if path.suffix == ".gz":
        torn_gzip(path)
    else:
        write(path, "a", "b")
        whole = path.read_bytes()
        path.write_bytes(whole[: whole.rindex(b"text")])
    write(path, "c")
    texts, problems = read(path)
    assert texts == ["a", "c"]
    assert len(problems) == 1
    assert [one.name for one in tmp_path.iterdir()] == [name]


def test_it_appends_to_an_empty_file(tmp_path: Path) -> None:
    (tmp_path / "day.jsonl.gz").touch()
    write(tmp_path / "day.jsonl.gz", "a")
    assert read(tmp_path / "day.jsonl.gz") == (["a"], [])


@pytest.mark.parametrize("name", NAMES)
def test_it_is_written_by_one_process_at_a_time(tmp_path: Path, name: str) -> None:
    path = tmp_path / name
    program = f"from rxslack.past.recording_file import RecordingFile; RecordingFile({str(path)!r}).close()"
    command = [sys.executable, "-c", program]
    tape = RecordingFile(path, clock=lambda: 100.0)
    tape.write(message("a"))
    tape.flush()
    assert read(path)[0] == ["a"]  # whoever reads it leaves the lock alone
    refused = subprocess.run(command, capture_output=True, text=True, timeout=30.0)
    assert f"{name} is being recorded by another process" in refused.stderr
    tape.write(message("b"))
    tape.close()
    assert read(path) == (["a", "b"], [])
    subprocess.run(command, check=True, timeout=30.0)
    assert read(path) == (["a", "b"], [])


def test_it_is_locked_also_after_it_was_mended(tmp_path: Path) -> None:
    path = tmp_path / "day.jsonl.gz"
    torn_gzip(path)
    tape = RecordingFile(path, clock=lambda: 100.0)
    with pytest.raises(ConfigurationError, match="being recorded"):
        RecordingFile(path)
    tape.close()
    RecordingFile(path).close()


@pytest.mark.parametrize("name", NAMES)
def test_it_does_not_begin_anew_what_another_one_writes(tmp_path: Path, name: str) -> None:
    tape = RecordingFile(tmp_path / name, clock=lambda: 100.0)
    tape.write(message("a"))
    with pytest.raises(ConfigurationError):
        RecordingFile(tmp_path / name, append=False)
    tape.close()
    assert read(tmp_path / name) == (["a"], [])


def test_it_says_where_a_gzip_file_is_damaged(tmp_path: Path) -> None:
    path = tmp_path / "day.jsonl.gz"
    write(path, "a")
    path.write_bytes(path.read_bytes() + b"\x00" * 512)
    texts, problems = read(path)
    assert texts == ["a"]
    assert problems[0][0] == 4
    assert "damaged" in problems[0][1]


def test_it_keeps_what_is_behind_a_damage(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    """It cannot be read, and perhaps mended; what a crash left torn has nothing behind that."""
    path, contents = tmp_path / "day.jsonl.gz", list[bytes]()
    for number in range(2):
        write(path, f"{number}")
        contents.append(path.read_bytes() + b"damage" * 100)
        path.write_bytes(contents[-1])
    write(path, "c")
    assert read(path) == (["0", "1", "c"], [])
    kept = [tmp_path / f"day.jsonl.gz.damaged-{number}" for number in (1, 2)]
    assert [one.read_bytes() for one in kept] == contents
    assert "is kept as day.jsonl.gz.damaged-2" in caplog.messages[-1]
    assert len(list(tmp_path.iterdir())) == 3


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("day.jsonl", gzip.compress(b'{"at":1,"mark":"start"}\n')),
        ("day.jsonl", b"Dear diary\n"),
        ("day.jsonl.gz", b"PK\x03\x04"),
        ("day.jsonl", b"\x00" * 5000),
    ],
    ids=["compressed", "text", "zip", "zeros"],
)
def test_it_appends_to_nothing_but_a_recording(tmp_path: Path, name: str, content: bytes) -> None:
    path = tmp_path / name
    path.write_bytes(content)
    with pytest.raises(ConfigurationError, match=rf"{name} is no recording .*append=False"):
        RecordingFile(path)
    assert path.read_bytes() == content
    write(path, "a", append=False)
    assert read(path) == (["a"], [])


@pytest.mark.skipif(sys.platform == "win32", reason="it has no limits of that kind")
@pytest.mark.parametrize("name", NAMES)
def test_it_ends_where_the_disk_is_full(tmp_path: Path, name: str) -> None:
    """Readable up to the line before, and nothing is lost without an error."""
    program = f"""
import random, resource, signal
from rxslack.past.recording_file import RecordingFile
signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
resource.setrlimit(resource.RLIMIT_FSIZE, (5000, 5000))
tape, said = RecordingFile({str(tmp_path / name)!r}), 0
try:
    while True:
        tape.write({{"text": str(said), "pad": random.randbytes(100).hex()}})
        tape.flush()
        said += 1
except OSError as error:
    print(said, error)
tape.write({{"text": "late"}})
tape.flush()
tape.close()
"""
    done = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, timeout=30.0, check=True
    )
    said, _, error = done.stdout.partition(" ")
    assert int(said) > 10
    assert "the recording ends here, and can be read up to here" in error
    assert str(tmp_path / name) in error
    texts, problems = read(tmp_path / name)
    assert texts == [f"{number}" for number in range(int(said))]
    assert problems == [] or name.endswith(".gz")  # of which half a line may be there
    write(tmp_path / name, "more")
    assert read(tmp_path / name) == ([*texts, "more"], problems)


@pytest.mark.skipif(sys.platform == "win32", reason="it has no limits of that kind")
def test_it_keeps_what_there_was_room_for_of_a_compressed_file(tmp_path: Path) -> None:
    program = f"""
import resource, signal
from rxslack.past.recording_file import RecordingFile
signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
resource.setrlimit(resource.RLIMIT_FSIZE, (5000, 5000))
tape = RecordingFile({str(tmp_path / "day.jsonl.gz")!r})
try:
    for number in range(10_000):
        tape.write({{"text": str(number)}})
    tape.flush()
except OSError:
    print("told")
"""
    done = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, timeout=30.0, check=True
    )
    assert done.stdout == b"told\n"
    texts, _ = read(tmp_path / "day.jsonl.gz")
    assert texts == [f"{number}" for number in range(len(texts))]
    assert len(texts) > 100


@pytest.mark.skipif(sys.platform == "win32", reason="it has no limits of that kind")
def test_it_leaves_a_torn_file_alone_that_it_has_no_room_to_mend(tmp_path: Path) -> None:
    path = tmp_path / "day.jsonl.gz"
    before = torn_gzip(path)
    program = f"""
import resource, signal
from rxslack.past.recording_file import RecordingFile
signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
resource.setrlimit(resource.RLIMIT_FSIZE, (5, 5))
try:
    RecordingFile({str(path)!r})
except OSError as error:
    print("told")
"""
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, timeout=30.0)
    assert done.stdout == b"told\n"
    assert [one.read_bytes() for one in tmp_path.iterdir()] == [before]


@pytest.mark.skipif(not hasattr(os, "fork"), reason="there is no fork")
@pytest.mark.parametrize("name", NAMES)
def test_it_is_not_written_by_a_child_of_fork(tmp_path: Path, name: str) -> None:
    program = f"""
import os, sys
from rxslack.past.recording_file import RecordingFile
tape = RecordingFile({str(tmp_path / name)!r})
tape.write({{"text": "a"}})
pid = os.fork()
if not pid:
    try:
        tape.write({{"text": "child"}})
    except ValueError as error:
        print(error, flush=True)
    tape.flush()
    tape.close()
    sys.exit(0)
assert os.waitpid(pid, 0)[1] == 0
tape.write({{"text": "b"}})
tape.close()
"""
    done = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, timeout=30.0, check=True
    )
    assert "belongs to the process that forked this one" in done.stdout
    assert read(tmp_path / name) == (["a", "b"], [])


@pytest.mark.parametrize(
    "line",
    ["[1]", '"text"', "1", "{}", '{"at":1}x', '{"at":"1","event":{}}', '{"at":1,"event":[]}'],
)
def test_it_skips_what_is_no_line_of_a_recording(tmp_path: Path, line: str) -> None:
    path = tmp_path / "day.jsonl"
    path.write_text(f'{line}\n\n  \n{{"at":1,"event":{{"text":"a"}}}} \r\n')
    texts, problems = read(path)
    assert texts == ["a"]
    assert [number for number, _ in problems] == [1]


def test_it_keeps_secrets_out(tmp_path: Path) -> None:
    write(tmp_path / "day.jsonl", "my token is xoxb-test")
    assert b"xoxb-test" not in (tmp_path / "day.jsonl").read_bytes()


def test_it_writes_what_json_has_no_word_for(tmp_path: Path) -> None:
    tape = RecordingFile(tmp_path / "day.jsonl")
    tape.write({"type": "rxslack.failure", "item": None, "error": KeyError("text")})
    tape.close()
    events = [event for _, event in read_recording(tmp_path / "day.jsonl", ignore) if event]
    assert events == [{"type": "rxslack.failure", "item": None, "error": "KeyError('text')"}]


@pytest.mark.parametrize("name", NAMES)
def test_it_lets_go_of_what_comes_after_the_end(tmp_path: Path, name: str) -> None:
    tape = RecordingFile(tmp_path / name)
    tape.close()
    tape.write(message("late"))
    tape.flush()
    tape.close()
    assert read(tmp_path / name) == ([], [])


def test_it_reads_lines_longer_than_a_chunk(tmp_path: Path) -> None:
    long = "ä" * 300_000
    write(tmp_path / "day.jsonl.gz", "a", long, "b")
    assert read(tmp_path / "day.jsonl.gz") == (["a", long, "b"], [])


@pytest.mark.parametrize("name", ODD)
def test_it_goes_on_after_an_odd_event(tmp_path: Path, name: str) -> None:
    tape = RecordingFile(tmp_path / "day.jsonl")
    tape.write(ODD[name])
    tape.write(message("after"))
    tape.close()
    events = [event for _, event in read_recording(tmp_path / "day.jsonl", ignore) if event]
    assert [event.get("text") for event in events][1:] == ["after"]
    assert events[0] == ODD[name] or events[0]["type"] == "rxslack.unreadable"


def test_it_skips_a_line_that_is_too_long(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("rxslack.past.recording_file.LONGEST", 1000)
    monkeypatch.setattr("rxslack.past.recording_file._CHUNK", 100)
    path = tmp_path / "day.jsonl.gz"
    lines = [
        b'{"at":1,"event":{"text":"%b"}}' % text for text in (b"a", b"x" * 1200, b"b", b"y" * 2000)
    ]
    for end in (b"\n", b""):
        path.write_bytes(gzip.compress(b"\n".join(lines) + end))
        texts, problems = read(path)
        assert texts == ["a", "b"]
        assert problems == [(2, "longer than 1,000 bytes"), (4, "longer than 1,000 bytes")]


def test_it_gives_up_where_nothing_but_one_line_comes(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("rxslack.past.recording_file.LONGEST", 1000)
    monkeypatch.setattr("rxslack.past.recording_file._SKIPPED", 5000)
    monkeypatch.setattr("rxslack.past.recording_file._CHUNK", 100)
    path = tmp_path / "day.jsonl.gz"
    path.write_bytes(gzip.compress(b'{"at":1,"event":{"text":"a"}}\n' + b"\0" * 100_000 + b"\n"))
    texts, problems = read(path)
    assert texts == ["a"]
    assert problems == [(2, "damaged from here on: lines of more than 1,000 bytes")]


@pytest.mark.parametrize("line", [b"", b"[]", b"x"])
def test_it_gives_up_where_no_line_can_be_read(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, line: bytes
) -> None:
    monkeypatch.setattr("rxslack.past.recording_file._UNREADABLE", 1000)
    path = tmp_path / "day.jsonl.gz"
    good = b'{"at":1,"event":{"text":"a"}}\n'
    path.write_bytes(
        gzip.compress(good + (line + b"\n") * 999 + good + (line + b"\n") * 1000 + good)
    )
    texts, problems = read(path)
    assert texts == ["a", "a"]
    assert problems[-1][1] == "damaged from here on: 1,000 lines in a row cannot be read"


def test_it_replaces_an_event_that_could_not_be_read_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("rxslack.past.recording_file.LONGEST", 1000)
    write(tmp_path / "day.jsonl", "a")
    tape = RecordingFile(tmp_path / "day.jsonl")
    tape.write(message("x" * 1000))
    tape.close()
    found = [event for _, event in read_recording(tmp_path / "day.jsonl", ignore) if event]
    assert [event["type"] for event in found] == ["message", "rxslack.unreadable"]
    assert "and 1,000 are recorded" in found[1]["error"]


@pytest.mark.parametrize("at", ["NaN", "Infinity", "-Infinity", "-1", "1e308", "9" * 400, "1e11"])
def test_it_skips_a_time_that_no_clock_has(tmp_path: Path, at: str) -> None:
    path = tmp_path / "day.jsonl"
    path.write_text(f'{{"at":{at},"event":{{}}}}\n{{"at":1,"event":{{"text":"a"}}}}\n')
    assert read(path)[0] == ["a"]
    assert [number for number, _ in read(path)[1]] == [1]


UNUSUAL: list[dict[Any, Any]] = [
    {"text": "Grüße 👋 \u007f \x00 \ud800", "n": 1.5},
    {"nothing": None, "no": math.nan, "far": math.inf},
    {"large": 2**80, "when": datetime(2026, 11, 30, tzinfo=UTC), "error": ValueError("no")},
    {1: "a", None: "b", "tuple": (1, 2), "set": {1}},
]


def by_the_standard_library(event: dict[Any, Any]) -> bytes:
    """In ASCII where half a surrogate pair is in it, which UTF-8 has no bytes for."""
    wide, ascii_only = (
        json.JSONEncoder(separators=(",", ":"), default=repr, ensure_ascii=narrow).encode(event)
        for narrow in (False, True)
    )
    return ascii_only.encode() if "\ud800" in wide else wide.encode()


@pytest.mark.parametrize("with_orjson", [True, False])
@pytest.mark.parametrize("event", UNUSUAL, ids=["text", "nothing", "large", "keys"])
def test_it_writes_the_same_bytes_with_and_without_orjson(
    event: dict[Any, Any], with_orjson: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    if not with_orjson:
        monkeypatch.setattr("rxslack.core.json_text._dumps", None)
    ordinary = {"type": "message", "list": [1, "a", True], "text": "Grüße"}
    plain = b'{"type":"message","list":[1,"a",true],"text":"Gr\xc3\xbc\xc3\x9fe"}'
    assert to_json(event) == by_the_standard_library(event)
    assert each_to_json([ordinary, event]) == [plain, by_the_standard_library(event)]
    assert each_to_json([ordinary, ordinary]) == [plain, plain]
