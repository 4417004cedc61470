"""
A recording as a file: JSON lines, each with the time at which its event arrived.

    {"at":1764000000.25,"mark":"start"}
    {"at":1764000003.718281,"event":{"type":"message","channel":"C1","text":"Hello",...}}
    {"at":1764003600.0,"mark":"end"}

`at` is unix seconds and never runs backwards within one session; the marks say from when to when
somebody listened. A name that ends in `.gz` is compressed. What ends in the middle of a line, as
after a crash, is readable up to there, and may be appended to. One process writes at a time. The
file is its owner's alone: people's messages are in it.
"""

from __future__ import annotations

import itertools
import json
import logging
import os
import sys
import time
import zlib
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from threading import Lock
from typing import Any, BinaryIO, Final, Literal, TypeAlias, cast

from rxslack.core.files import Taken, create, open_locked
from rxslack.core.fork import Registry
from rxslack.core.json_text import HAS_ORJSON, each_to_json, loads, to_json
from rxslack.core.masking import each_masked, masked
from rxslack.core.printable import printable
from rxslack.errors import ConfigurationError, not_from

__all__ = ["LONGEST", "Line", "Problem", "RecordingFile", "as_json", "read_recording"]

Line: TypeAlias = tuple[float, dict[str, Any] | None]
"""When, and the event; None for a mark, at which nothing arrived."""
Problem: TypeAlias = Callable[[int, str], None]
"""Told of each line that is skipped: its number, from 1, and what is wrong with it."""

_log = logging.getLogger("rxslack.record")

LONGEST: Final = 16 * 1024 * 1024
"""Bytes of a line, as many as a frame may have; a longer one is not written, and not read."""

_FRAME: Final = 100  # bytes of a line around its event, at the most
_SKIPPED: Final = 256 * 1024 * 1024  # bytes of longer lines, after which the file is given up
_UNREADABLE: Final = 100_000  # lines in a row, after which the file is given up
_LATEST: Final = 1e10  # unix seconds, in the year 2286; with what is beyond, no clock can count
_CHUNK: Final = 256 * 1024  # bytes
_GZIP: Final = 31  # zlib's word for "with gzip's header and trailer"
_MAGIC: Final = b"\x1f\x8b"
_scan = json.JSONDecoder().raw_decode
_encode = json.JSONEncoder(separators=(",", ":"), default=repr).encode
_encode_wide = json.JSONEncoder(ensure_ascii=False, default=repr).encode


def as_json(event: Mapping[str, Any], *, wide: bool = False) -> str:
    """
    An event as one line of JSON, with stars for the secrets in it.

    What JSON has no word for, such as the exception in an `rxslack.failure`, is written as its
    `repr`. An event that is nested too deeply to be written is replaced by an
    `rxslack.unreadable` one, because whoever sends such a thing must end no stream by it.

    >>> as_json({"type": "message", "text": "use xoxb-test"})
    '{"type":"message","text":"use xoxb-***"}'

    Args:
        event: any event.
        wide: whether letters stay letters and spaces are put in, for people to read.

    Raises: TypeError or ValueError for an event that cannot be JSON at all.
    """
    encode = _encode_wide if wide else _encode
    try:
        return masked(encode(event))
    except RecursionError:
        return encode(_TOO_DEEP)


def _texts(events: Sequence[Mapping[str, Any]]) -> list[bytes]:
    """The same for some events, in UTF-8, none of which is too long."""
    try:
        texts = each_to_json(events)
    except RecursionError:
        texts = [_text(event) for event in events]
    texts = each_masked(texts)
    if max(map(len, texts)) > LONGEST - _FRAME:
        return [text if len(text) <= LONGEST - _FRAME else _too_long(text) for text in texts]
    return texts


def _text(event: Mapping[str, Any]) -> bytes:
    try:
        return to_json(event)
    except RecursionError:
        return to_json(_TOO_DEEP)


_TOO_DEEP: Final = {
    "type": "rxslack.unreadable",
    "data": "",
    "error": "an event that is nested too deeply to be written",
}


def _too_long(text: bytes) -> bytes:
    error = f"an event of {len(text):,} bytes, and {LONGEST:,} are recorded"
    return to_json({"type": "rxslack.unreadable", "data": "", "error": error})


def read_recording(path: str | os.PathLike[str], problem: Problem) -> Iterator[Line]:
    """
    The lines of a recording, in constant memory, and in a time that grows with the file only.

    A line of more than `LONGEST` bytes is skipped. Where 100,000 lines in a row cannot be read, or
    256 MiB were skipped in such long ones, the rest is given up: a small compressed file may hold
    any amount of that.

    Args:
        path: the file; whether it is compressed is seen from its first bytes.
        problem: told of each line that is skipped.

    Raises: OSError, when the file cannot be read.
    """
    number = unreadable = 0

    def damaged(reason: str) -> None:
        problem(number + 1, f"damaged from here on: {reason}")

    for number, text in enumerate(_lines(path, damaged), 1):
        line = _line_or_why(text)
        if not isinstance(line, str):
            unreadable = 0
            yield line
            continue
        if line:
            problem(number, line)
        unreadable += 1
        if unreadable >= _UNREADABLE:
            damaged(f"{unreadable:,} lines in a row cannot be read")
            return


def _line_or_why(data: bytes | None) -> Line | str:
    """One line, or why it is none; "" for an empty one, of which nothing is said."""
    if data is None:
        return f"longer than {LONGEST:,} bytes"
    if HAS_ORJSON:
        with suppress(ValueError):
            if (line := _line_of(loads(data))) is not None:
                return line
    text = data.decode("utf-8", "backslashreplace")
    try:
        line = _read_line(text)
    except (ValueError, RecursionError) as error:
        return f"not JSON, or not all of it: {str(error)[:80]}" if text.strip() else ""
    return "no line of a recording, which has `at`, a time, and `event`" if line is None else line


def _read_line(text: str) -> Line | None:
    """One line; None when it is JSON and yet no line of a recording."""
    # Half the time of json.loads, which skips white space on both ends first.
    record, end = _scan(text)
    if end != len(text):
        record = json.loads(text)
    return _line_of(record)


def _line_of(record: Any) -> Line | None:
    try:
        at, event = record["at"], record.get("event")
    except (AttributeError, KeyError, TypeError):
        return None
    if (
        isinstance(at, (int, float))
        and 0 <= at <= _LATEST  # also False for NaN
        and (isinstance(event, dict) or event is None)
    ):
        return at, cast("dict[str, Any] | None", event)
    return None


def _lines(path: str | os.PathLike[str], damaged: Callable[[str], None]) -> Iterator[bytes | None]:
    """The lines, the last one also when it is torn; None for one that is too long."""
    parts, size, skipped = list[bytes](), 0, 0  # of a line whose end is still to come
    for chunk in _chunks(path, damaged):
        whole, newline, tail = chunk.rpartition(b"\n")
        if not newline:
            parts.append(chunk)
            size += len(chunk)
            if size > LONGEST:
                parts.clear()
                skipped += len(chunk)
                if skipped > _SKIPPED:
                    damaged(f"lines of more than {LONGEST:,} bytes")
                    return
            continue
        if size > LONGEST:
            yield None
            _, newline, whole = whole.partition(b"\n")
        if newline:
            yield from b"".join((*parts, whole)).split(b"\n")
        parts, size = [tail], len(tail)
    if size > LONGEST:
        yield None
    elif size:
        yield b"".join(parts)


def _chunks(path: str | os.PathLike[str], damaged: Callable[[str], None]) -> Iterator[bytes]:
    with open(path, "rb") as file:
        head = file.read(2)
        file.seek(0)
        if head == _MAGIC:
            yield from _inflated(file, damaged)
        else:
            while chunk := file.read(_CHUNK):
                yield chunk


def _inflated(file: BinaryIO, damaged: Callable[[str], None]) -> Iterator[bytes]:
    """What a gzip file holds, its members one after the other, up to where it is torn."""
    # Not `gzip`, which passes over zeros behind a member, as a crash leaves them on some disks, and
    # cannot tell a header that is none from one that is torn.
    inflater, data = zlib.decompressobj(_GZIP), b""
    while data or (data := file.read(_CHUNK)):
        if inflater.eof:
            inflater = zlib.decompressobj(_GZIP)
        try:
            chunk = inflater.decompress(data, _CHUNK)
        except zlib.error as error:
            damaged(str(error))
            return
        data = inflater.unused_data if inflater.eof else inflater.unconsumed_tail
        if chunk:
            yield chunk
    if not inflater.eof and (chunk := inflater.flush()):
        yield chunk


class RecordingFile:
    """
    A recording that is being written. Safe from many threads.

    A plain file has each line the moment it was written; a compressed one within `flush` seconds,
    when somebody calls `flush` then. What cannot be written, as on a full disk, ends it: the file
    is closed, and can be read up to there.

    Args:
        path: the file. What a crash left half written at its end is put in order first.
        append: go on behind what is there; else begin anew.
        clock: unix seconds.

    Raises: OSError, when the file cannot be written; ConfigurationError while another process
        writes into it, or when it holds something else than a recording.
    """

    def __init__(
        self,
        path: str | os.PathLike[str],
        *,
        append: bool = True,
        clock: Callable[[], float] = time.time,
    ) -> None:
        self.path = Path(path)
        self._clock = clock
        self._lock = Lock()
        self._last = float("-inf")
        self._closed = self._inherited = False
        self._deflater = _deflater() if self.path.suffix == ".gz" else None
        self._file = _taken(self.path)
        try:
            before = self._begin(append)
            self._size = os.fstat(self._file.fileno()).st_size
            self._put(before)
            self._mark("start")
        except BaseException:
            self._file.close()
            raise
        _written.add(self)

    def _begin(self, append: bool) -> bytes:
        """Make the file fit to be written to; returns what has to come first."""
        if not self.path.is_file():
            return b""  # a pipe, or the terminal
        if not append:
            if self.path.is_symlink():
                raise ConfigurationError(
                    f"{self.path.name} is a symbolic link, and what it leads to would be emptied; "
                    "give the name of the file itself to begin it anew"
                )
            self._file.truncate(0)
            return b""
        _check(self.path)
        if self.path.suffix != ".gz":
            return _line_end(self.path)
        if not _is_whole(self.path):
            self._mend()
        return b""

    def _mend(self) -> None:
        path = self.path.resolve()
        mended, damage = _mended(path)
        if sys.platform == "win32":  # where nobody can rename a file that is open
            self._file.close()
        if damage:
            _keep(path, damage)
        mended.replace(path)
        self._file.close()
        self._file = _taken(self.path)

    def write(self, *events: Mapping[str, Any]) -> None:
        """
        Append events, with the time of now, all by one write; after `close` nothing happens.

        Raises: what `as_json` raises, and then none of them is written; OSError; ConfigurationError in a child
            of `fork()`.
        """
        if not events:
            return
        texts = _texts(events)
        with self._lock:
            if self._inherited:
                raise not_from(f"the recording {self.path.name}")
            if not self._closed:
                head = f'{{"at":{self._now()!r},"event":'.encode()
                self._put(b"%b%b}\n" % (head, (b"}\n" + head).join(texts)))

    def flush(self) -> None:
        """Bring what is compressed, and kept so far, into the file. Raises OSError."""
        with self._lock:
            if self._deflater and not self._closed:
                self._save(self._deflater.flush(zlib.Z_SYNC_FLUSH))

    def close(self) -> None:
        """Say when it ended, and close the file; more than once does no harm. Raises OSError."""
        with self._lock:
            if self._closed:
                return
            try:
                self._mark("end")
                if self._deflater:
                    self._save(self._deflater.flush())
            finally:
                self._end()

    def disown(self) -> None:
        """In a child of `fork()`: what is written here would go between the parent's lines."""
        self._lock = Lock()  # as it was, it may be held by a thread that is not here
        self._inherited = True
        self._end()

    def _end(self) -> None:
        self._closed = True
        self._file.close()
        _written.discard(self)

    def _mark(self, mark: Literal["start", "end"]) -> None:
        self._put(f'{{"at":{self._now()!r},"mark":"{mark}"}}\n'.encode())

    def _now(self) -> float:
        self._last = max(self._last, round(self._clock(), 6))
        return self._last

    def _put(self, line: bytes) -> None:
        data = self._deflater.compress(line) if self._deflater else line
        if data:
            self._save(data)

    def _save(self, data: bytes) -> None:
        try:
            _write(self._file, data)
        except OSError as error:
            if not self._deflater:  # of what is compressed, each byte may still tell something
                with suppress(OSError):
                    self._file.truncate(self._size)  # half a line is no line
            self._end()
            why = f"{error.strerror}; the recording ends here, and can be read up to here"
            raise OSError(error.errno, why, str(self.path)) from error
        self._size += len(data)


_written = Registry[RecordingFile](RecordingFile.disown)


def _taken(path: Path) -> BinaryIO:
    try:
        return open_locked(path)
    except Taken as taken:
        raise ConfigurationError(
            f"{path.name} is being recorded by another process; record into a file of its own, "
            "or end that process"
        ) from taken


def _deflater() -> Any:
    return zlib.compressobj(6, zlib.DEFLATED, _GZIP)


def _write(file: Any, data: bytes) -> None:
    """Write all of it; an unbuffered file may take less at a time."""
    view = memoryview(data)[file.write(data) :]
    while view:
        view = view[file.write(view) :]


def _check(path: Path) -> None:
    """Append to nothing but a recording: another file would be spoilt, or what is appended lost."""
    with path.open("rb") as file:
        head = file.read(4096)
    compressed = head.startswith(_MAGIC)
    if compressed and path.suffix != ".gz":
        why = "it is compressed, which the name has to tell (.gz)"
    elif head.strip() and not compressed and not head.lstrip().startswith(b"{"):
        why = "it does not begin with JSON"
    else:
        return
    raise ConfigurationError(
        f"{path.name} is no recording that can be appended to: {why}; record into another file, or "
        "begin this one anew (append=False)"
    )


def _line_end(path: Path) -> bytes:
    """What a plain file lacks at its end."""
    with path.open("rb") as file:
        size = file.seek(0, os.SEEK_END)
        file.seek(max(size - 1, 0))
        return b"" if file.read(1) in (b"", b"\n") else b"\n"


def _is_whole(path: Path) -> bool:
    """Whether a gzip file ends where one of its members does."""
    inflater, data = zlib.decompressobj(_GZIP), b""
    with path.open("rb") as file:
        if not file.read(1):
            return True
        file.seek(0)
        while data or (data := file.read(_CHUNK)):
            if inflater.eof:
                inflater = zlib.decompressobj(_GZIP)
            try:
                inflater.decompress(data, _CHUNK)
            except zlib.error:
                return False
            data = inflater.unused_data if inflater.eof else inflater.unconsumed_tail
    return inflater.eof


def _mended(path: Path) -> tuple[Path, str]:
    """A new file with what can be read of a torn gzip file; and the damage, if it is more than that."""
    mended = path.with_name(f"{path.name}.mending")
    damages = [""]
    mended.unlink(missing_ok=True)  # of a crash amid mending; of a link, not what it leads to
    try:
        with open(create(mended), "wb") as file:
            _copy(path, file, damages.append)
    except BaseException:
        mended.unlink(missing_ok=True)  # the disk is full, perhaps because of it
        raise
    return mended, damages[-1]


def _copy(path: Path, file: BinaryIO, damaged: Callable[[str], None]) -> None:
    deflater, last = _deflater(), b"\n"
    for chunk in _chunks(path, damaged):
        file.write(deflater.compress(chunk))
        last = chunk[-1:]
    if last != b"\n":
        file.write(deflater.compress(b"\n"))
    file.write(deflater.flush())


def _keep(path: Path, damage: str) -> None:
    """Leave a file that is more than torn to whoever can make something of what is behind that."""
    names = (path.with_name(f"{path.name}.damaged-{number}") for number in itertools.count(1))
    kept = next(name for name in names if not os.path.lexists(name))
    path.rename(kept)
    _log.warning(
        "%s was damaged (%s): it goes on with what could be read of it; as it was it is kept as %s",
        printable(path.name),
        damage,
        printable(kept.name),
    )
