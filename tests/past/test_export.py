"""Slack's export as a source."""

from __future__ import annotations

import io
import json
import stat
import sys
import tracemalloc
import zipfile
from collections.abc import Generator
from importlib import import_module
from pathlib import Path
from typing import Any

import pytest
from reactivex import operators as ops

from rxslack import MessageEvent, of_type
from rxslack.errors import ConfigurationError
from rxslack.past.export import export, nearly_in_order, parsed

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

    peaks: list[int] = []
    for _ in range(3):  # what threads of other tests ask for is traced, too
        tracemalloc.start()
        export(path).subscribe(add)
        peaks.append(tracemalloc.get_traced_memory()[1])
        tracemalloc.stop()
    assert count == 3 * 20_000
    assert min(peaks) < 3_000_000  # five files of 2.6 MB each


def test_it_holds_one_day_at_a_time(tmp_path: Path) -> None:
    peaks: list[int] = []
    for days in (1, 3):
        files = {
            f"c{channel}/2026-11-{day:02d}.json": [
                said(f"17640{day:02d}{number:03d}.{channel:06d}", f"{number}")
                for number in range(500)
            ]
            for channel in range(4)
            for day in range(1, days + 1)
        }
        path = make(tmp_path / f"{days}", files)
        of_these: list[int] = []
        for _ in range(3):  # what threads of other tests ask for is traced, too
            tracemalloc.start()
            export(path).subscribe()
            of_these.append(tracemalloc.get_traced_memory()[1])
            tracemalloc.stop()
        peaks.append(min(of_these))
    one, three = peaks
    assert three < 1.3 * one


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


def test_it_emits_what_comes_before_the_break_in_a_large_file(tmp_path: Path) -> None:
    path = make(
        tmp_path, {"random/2026-11-24.json": [said(f"1764000000.{n:06d}") for n in range(300)]}
    )
    large = json.dumps([said(f"1764000001.{n:06d}", "x" * 3000) for n in range(300)])
    (path / "general").mkdir()
    (path / "general" / "2026-11-24.json").write_text(large[:-9])
    seen, failed = list[Any](), list[Exception]()
    export(path).subscribe(seen.append, failed.append)
    assert len(seen) == 300 + 299 - 100  # which wait for what may be out of order
    assert isinstance(failed[0], ConfigurationError)


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


class Counted(io.StringIO):
    """Counts how often it is read from."""

    reads = 0

    def read(self, size: int | None = -1) -> str:
        self.reads += 1
        return super().read(size)


def test_it_looks_at_a_large_message_only_a_few_times() -> None:
    text = Counted(json.dumps([said("1.0", "x" * 3_000_000), said("2.0")] * 2))
    assert [message["ts"] for message, _ in parsed(text)] == ["1.0", "2.0"] * 2
    assert text.reads < 30  # and not once for each of its pieces


def test_it_refuses_a_message_without_end(tmp_path: Path) -> None:
    path = tmp_path / "export.zip"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        with archive.open("general/2026-11-24.json", "w") as file:
            file.write(b'[{"ts":"1.0","text":"')
            for _ in range(20):
                file.write(b"a" * 1_000_000)
        archive.writestr("channels.json", "[]")
    with pytest.raises(ConfigurationError, match=r"2026-11-24\.json is broken: a message of more"):
        read(path)


@pytest.mark.parametrize("filler", [" ", ",", "\n"])
def test_it_holds_nothing_of_what_is_between_messages(filler: str) -> None:
    begun = tracemalloc.is_tracing()
    text = io.StringIO("[" + filler * 3_000_000 + "{}]" + filler * 3_000_000)
    tracemalloc.start()
    assert [message for message, _ in parsed(text)] == [{}]
    _, peak = tracemalloc.get_traced_memory()
    if not begun:
        tracemalloc.stop()
    assert peak < 1_000_000


def test_it_holds_only_so_much_of_what_may_be_out_of_order() -> None:
    """A hundred messages, but not of four million characters each."""
    taken = 0

    def large() -> Generator[tuple[dict[str, Any], int]]:
        nonlocal taken
        for number in range(50):
            taken += 1
            yield said(f"{number}.0"), 500_000

    found = iter(nearly_in_order(large(), "C1", "general/2026-11-24.json"))
    next(found)
    assert taken <= 3
    assert len([*found]) == 49


def test_it_holds_only_so_much_of_a_day(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(import_module("rxslack.past.export"), "_HELD", 500)
    with pytest.raises(ConfigurationError, match="the files of that day hold more than 500 bytes"):
        read(make(tmp_path, {f"c{n}/2026-11-24.json": [said("1.0")] for n in range(10)}))


@pytest.mark.skipif(sys.platform == "win32", reason="links need rights there")
def test_it_reads_nothing_that_is_outside(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    path = make(tmp_path / "export", {"general/2026-11-23.json": [said("1.0")]})
    outside = make(tmp_path / "outside", {"general/2026-11-24.json": [said("2.0", "outside")]})
    (path / "general" / "2026-11-24.json").symlink_to(outside / "general" / "2026-11-24.json")
    (path / "random").symlink_to(outside / "general")
    assert [message["ts"] for message in read(path)] == ["1.0"]
    assert "general/2026-11-24.json" in caplog.text


def test_it_reads_no_link_in_a_zip_and_nothing_that_leads_out_of_it(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    link = zipfile.ZipInfo("general/2026-11-25.json")
    link.external_attr = (stat.S_IFLNK | 0o777) << 16
    with zipfile.ZipFile(tmp_path / "export.zip", "w") as archive:
        for name in ("../x/2026-11-24.json", "/etc/2026-11-24.json", "a/../../b/2026-11-24.json"):
            archive.writestr(name, json.dumps([said("2.0")]))
        archive.writestr(link, "/etc/passwd")
        archive.writestr("general/2026-11-23.json", json.dumps([said("1.0")]))
    assert [message["ts"] for message in read(tmp_path / "export.zip")] == ["1.0"]
    assert "4 files are not read" in caplog.text


def test_it_takes_odd_channels(tmp_path: Path) -> None:
    channels = [{"name": ["a"], "id": {"x": 1}}, {"id": 5}, {"name": "general", "id": "C1"}]
    files = {"channels.json": channels, "general/2026-11-24.json": [said("1.0")]}
    assert read(make(tmp_path, files))[0]["channel"] == "C1"


def test_it_tells_of_every_zip_that_it_cannot_read(tmp_path: Path) -> None:
    """Whichever of Python's errors it is; each byte of what leads to the files is changed."""
    path = zipped(make(tmp_path / "export", {"g/2026-11-24.json": [said("1.0")]}), tmp_path / "z")
    whole = path.read_bytes()
    for place in range(whole.index(b"PK\x01\x02"), len(whole)):
        path.write_bytes(whole[:place] + bytes([whole[place] ^ 0xFF]) + whole[place + 1 :])
        failed = list[Exception]()
        export(path).subscribe(on_error=failed.append)
        assert all(isinstance(error, ConfigurationError) for error in failed), (place, failed)
