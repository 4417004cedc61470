"""Slack's export as a source."""

from __future__ import annotations

import json
import tracemalloc
import zipfile
from pathlib import Path
from typing import Any

import pytest
from reactivex import operators as ops

from rxslack import MessageEvent, of_type
from rxslack.errors import ConfigurationError
from rxslack.sources.export import export

CHANNELS = [{"id": "C1", "name": "general"}, {"id": "C2", "name": "random"}]


def said(ts: str, text: str = "Hello") -> dict[str, Any]:
    return {"type": "message", "user": "U1", "text": text, "ts": ts}


def make(folder: Path, files: dict[str, Any]) -> Path:
    for name, content in {"channels.json": CHANNELS, "users.json": [], **files}.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(json.dumps(content, indent=4))
    return folder


def zipped(folder: Path, path: Path) -> Path:
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for file in folder.rglob("*.json"):
            archive.write(file, file.relative_to(folder))
    return path


def read(path: Path) -> list[Any]:
    found: Any = export(path).pipe(ops.to_list()).run()
    return list(found)


FILES = {
    "general/2026-11-23.json": [said("1764000001.000100"), said("1764000003.000100")],
    "general/2026-11-24.json": [said("1764090003.000200"), said("1764090003.000100")],
    "random/2026-11-23.json": [said("1764000002.000100"), said("1764000002.000200")],
    "random/2026-11-24.json": [said("1764090001.000100")],
    "dms.json": [{"id": "D1", "members": ["U1", "U2"]}],
    "D1/2026-11-24.json": [said("1764090002.000100")],
}


@pytest.mark.parametrize("form", ["folder", "zip"])
def test_it_is_in_order_over_all_channels(tmp_path: Path, form: str) -> None:
    path = make(tmp_path / "export", FILES)
    path = zipped(path, tmp_path / "export.zip") if form == "zip" else path
    assert [(event["ts"][7:], event["channel"]) for event in read(path)] == [
        ("001.000100", "C1"),
        ("002.000100", "C2"),
        ("002.000200", "C2"),
        ("003.000100", "C1"),
        ("001.000100", "C2"),
        ("002.000100", "D1"),
        ("003.000100", "C1"),
        ("003.000200", "C1"),
    ]


def test_it_gives_events_as_the_live_stream_does(tmp_path: Path) -> None:
    path = make(tmp_path, {"general/2026-11-24.json": [said("1.0", "Grüße 🎉"), {"no": "ts"}]})
    assert export(path).pipe(of_type(MessageEvent)).run()["text"] == "Grüße 🎉"


def test_it_reads_large_files_in_constant_memory(tmp_path: Path) -> None:
    texts = ["x" * 500 + str(number) for number in range(4000)]
    day = [said(f"1764000000.{number:06d}", text) for number, text in enumerate(texts)]
    path = make(tmp_path, {f"general/2026-11-{n:02d}.json": day for n in range(1, 6)})
    count = 0

    def add(event: dict[str, Any]) -> None:
        nonlocal count
        assert event["text"] == texts[count % 4000]
        count += 1

    tracemalloc.start()
    export(path).subscribe(add)
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert count == 20_000
    assert peak < 3_000_000  # five files of 2.6 MB each


def test_it_stops_reading_when_enough_was_taken(tmp_path: Path) -> None:
    path = make(tmp_path, {"general/2026-11-23.json": [said("1.0")]})
    (path / "general" / "2026-11-24.json").write_text("broken")
    found: list[Any] = []
    export(path).pipe(ops.take(1)).subscribe(found.append)
    assert len(found) == 1


@pytest.mark.parametrize("content", ["{}", "nothing", '[{"ts": "1.0"}, {"ts'])
def test_it_says_which_file_is_broken(tmp_path: Path, content: str) -> None:
    path = make(tmp_path, {})
    (path / "general").mkdir()
    (path / "general" / "2026-11-24.json").write_text(content)
    with pytest.raises(ConfigurationError, match=r"general/2026-11-24\.json is broken"):
        read(path)


def test_it_says_which_file_of_a_zip_is_broken(tmp_path: Path) -> None:
    """At each byte of it; whichever of zipfile's and zlib's errors that leads to."""
    texts = [said(f"{number}.0", f"{number * 7919}") for number in range(40)]
    files = {"general/2026-11-23.json": texts[:1], "general/2026-11-24.json": texts}
    path = zipped(make(tmp_path / "export", files), tmp_path / "export.zip")
    with zipfile.ZipFile(path) as archive:
        start = archive.getinfo("general/2026-11-24.json").header_offset
        size = archive.getinfo("general/2026-11-24.json").compress_size
    whole, kinds = path.read_bytes(), set[str]()
    for place in range(start + 60, start + size, 7):
        path.write_bytes(whole[:place] + bytes([whole[place] ^ 0xFF]) + whole[place + 1 :])
        seen, failed = list[Any](), list[Exception]()
        export(path).subscribe(seen.append, failed.append)
        assert [event["text"] for event in seen[:1]] == ["0"]
        [error] = failed
        assert isinstance(error, ConfigurationError)
        assert str(error).startswith("general/2026-11-24.json is broken: ")
        kinds.add(type(error.__cause__).__name__)
    assert {"BadZipFile", "error"} <= kinds


@pytest.mark.parametrize("ts", ["yesterday", "1.x", "9" * 5000])
def test_it_says_which_message_has_no_time(tmp_path: Path, ts: str) -> None:
    path = make(tmp_path, {"general/2026-11-24.json": [said("1.0"), said(ts)]})
    with pytest.raises(ConfigurationError, match=rf"2026-11-24\.json is broken.* '{ts[:9]}"):
        read(path)


def test_it_says_what_is_no_export(tmp_path: Path) -> None:
    (tmp_path / "text.zip").write_text("text")
    with pytest.raises(ConfigurationError, match="neither"):
        read(tmp_path / "text.zip")
    with pytest.raises(ConfigurationError, match="no export"):
        read(make(tmp_path / "empty", {}))
    with pytest.raises(FileNotFoundError):
        read(tmp_path / "none.zip")


@pytest.mark.parametrize("error", [OSError("mine"), KeyError("mine")])
def test_it_gives_what_a_subscriber_raises_to_its_on_error(
    tmp_path: Path, error: Exception
) -> None:
    stream = export(make(tmp_path, FILES))
    errors: list[Exception] = []

    def fail(_: object) -> None:
        raise error

    stream.subscribe(fail, errors.append)
    assert errors == [error]
    for unheard in (stream, stream.pipe(ops.map(fail))):
        with pytest.raises(type(error), match="mine"):
            unheard.subscribe(fail)
