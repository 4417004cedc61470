"""
Recordings and exports that are damaged, or made to do harm: `replay`, `export` and `record` read them.

A finding is what is raised and does not arrive at `on_error`, an error that does not name the file,
an end that does not come, an event that `rxslack tail` could not print, and much time or memory.
"""

from __future__ import annotations

import gzip
import io
import json
import logging
import sys
import time
import zipfile
from collections.abc import Callable, Generator
from contextlib import contextmanager
from pathlib import Path
from random import Random
from tempfile import TemporaryDirectory
from typing import Any, Final, TypeAlias

from reactivex import Observable

from rxslack import export, replay
from rxslack.cli.lines import as_line
from rxslack.core.printable import printable
from rxslack.errors import ConfigurationError
from rxslack.past.recording_file import RecordingFile, read_recording
from tests.fuzz.bytes_at_random import mutated
from tests.fuzz.finding import Finding, Step

__all__ = ["fuzzer"]

Maker: TypeAlias = Callable[[Random], bytes]

_SECONDS: Final = 10.0  # of the processor's, for a step; a thousandth is common
_MEMORY: Final = 500  # MiB that a step may add to what the process took at the most
_ODD: Final = (
    *('{"type":"message","text":"\\ud83d"}', '{"type":[]}', "[]", "null", "{}", '{"a":' * 3000),
    *("[" * 3000, "9" * 5000, "NaN", "-1e999", '"\\u001b[2J"', "\x00", "\u2028", ""),
)
_TIMES: Final = ("1764000000.5", "1", "NaN", "1e308", "-1", "true", '"1"', "9" * 400, "null")
_STAMPS: Final = ('"1.0"', '"1764000000.000100"', '""', '"x"', '"\u00b2"', "5", "null", '"-1.9"')
_NAMES: Final = (
    *("general/2026-11-24.json", "general/2026-11-25.json", "random/2026-11-24.json"),
    *("channels.json", "dms.json", "../x/2026-11-24.json", "/2026-11-24.json", "a\\b/\x1b.json"),
)
_FILLERS: Final = ("", " ", "\n", ",", "\x00", "[],", "a")


@contextmanager
def fuzzer() -> Generator[Step]:
    """A folder for the files of all steps, and silence about the lines that are skipped."""
    loggers = [logging.getLogger(f"rxslack.{name}") for name in ("replay", "export", "record")]
    for logger in loggers:
        logger.setLevel(logging.CRITICAL)
    try:
        with TemporaryDirectory() as folder:
            yield lambda random: _step(random, Path(folder))
    finally:
        for logger in loggers:
            logger.setLevel(logging.NOTSET)


def _step(random: Random, folder: Path) -> None:
    """One file, and all that reads such a file."""
    is_recording = random.random() < 0.5
    data = (_recording if is_recording else _export)(random)
    if random.random() < 0.7:
        data = mutated(random, data)
    path = folder / ("day.jsonl.gz" if is_recording else "export.zip")
    path.write_bytes(data)
    begun, memory = time.process_time(), _peak()
    if is_recording:
        _read(path, replay(path), data)
        _append(path, data)
    else:
        _read(path, export(path), data)
    if (seconds := time.process_time() - begun) > _SECONDS:
        raise Finding(f"{len(data)} bytes took {seconds:.1f} s", data)
    if (grown := _peak() - memory) > _MEMORY:
        raise Finding(f"{len(data)} bytes took {grown} MiB", data)


def _read(path: Path, source: Observable[Any], data: bytes) -> None:
    """All of it, each event as `rxslack tail` prints it."""
    errors, ends = list[Exception](), list[None]()
    try:
        source.subscribe(_print, errors.append, lambda: ends.append(None))
    except Exception as raised:
        raise Finding(f"raised, and not told to on_error: {raised!r}", data) from raised
    if len(errors) + len(ends) != 1:
        raise Finding(f"{len(errors)} errors and {len(ends)} completions", data)
    for error in errors:
        if not isinstance(error, ConfigurationError):
            raise Finding(f"no clear error: {error!r}", data) from error
        named = path.name in str(error) or ".json is broken" in str(error)
        if not named and "no export" not in str(error):
            raise Finding(f"an error that names no file: {error}", data)


def _print(event: Any) -> None:
    line = as_line(event)
    json.loads(line)
    if printable(line, lines=True) != line:
        raise ValueError(f"a line that drives a terminal: {line!r}")


def _append(path: Path, data: bytes) -> None:
    """Go on behind it, as `record` does; what was appended can be read."""
    try:
        tape = RecordingFile(path)
    except ConfigurationError:
        return
    tape.write({"type": "appended"})
    tape.close()
    reasons = list[str]()
    last = None
    for _, event in read_recording(path, lambda _, reason: reasons.append(reason)):
        last = event or last
    if last != {"type": "appended"} and not any("damaged" in reason for reason in reasons):
        raise Finding("what was appended cannot be read", data)


def _recording(random: Random) -> bytes:
    """Some lines, compressed or not."""
    lines = [
        f'{{"at":{random.choice(_TIMES[:2] * 4 + _TIMES)},"event":{_event(random)}}}'
        if random.random() < 0.8
        else random.choice(_ODD)
        for _ in range(random.randint(0, 20))
    ]
    lines.insert(random.randint(0, len(lines)), _filler(random))
    data = "\n".join(lines).encode("utf-8", "surrogatepass")
    parts = [data] if random.random() < 0.5 else [data[: len(data) // 2], data[len(data) // 2 :]]
    return b"".join(map(gzip.compress, parts)) if random.random() < 0.7 else data


def _export(random: Random) -> bytes:
    """A zip with some days, some of them odd."""
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", random.choice((zipfile.ZIP_DEFLATED, 0))) as archive:
        for name in random.sample(_NAMES, random.randint(0, len(_NAMES))):
            info = zipfile.ZipInfo(name)
            info.compress_type = archive.compression
            info.external_attr = random.choice((0o600, 0o600, 0o120777)) << 16
            items = ",".join(_event(random) for _ in range(random.randint(0, 20)))
            text = f"[{items}{_filler(random)}]" if random.random() < 0.9 else random.choice(_ODD)
            archive.writestr(info, text.encode("utf-8", "surrogatepass"))
    return file.getvalue()


def _event(random: Random) -> str:
    if random.random() < 0.2:
        return random.choice(_ODD)
    stamp, channel = random.choice(_STAMPS), random.choice(('"C1"', "[]", '"general"', "{}"))
    more = random.choice(("", f',"text":{json.dumps(random.choice(_ODD))}', ',"blocks":[{}]'))
    return f'{{"type":"message","ts":{stamp},"id":{channel},"name":"general"{more}}}'


def _filler(random: Random) -> str:
    """Mostly a little; now and then very much of what compresses well."""
    size = 20_000_000 if random.random() < 0.003 else random.randint(0, 300)
    return random.choice(_FILLERS) * size


def _peak() -> int:
    """MiB that this process took at the most; 0 where nobody tells."""
    if sys.platform == "win32":
        return 0
    import resource

    unit = 2**20 if sys.platform == "darwin" else 2**10
    return int(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss) // unit
