"""Slack's export as a source."""

from __future__ import annotations

import io
import json
import logging
import os
import re
import zipfile
import zlib
from collections.abc import Generator, Iterable
from contextlib import ExitStack
from heapq import heappop, heappush, merge
from pathlib import Path
from typing import IO, Any, Final, cast

from reactivex import Observable, abc
from reactivex.disposable import Disposable
from reactivex.scheduler import CurrentThreadScheduler

from rxslack.errors import ConfigurationError
from rxslack.sources._pour import pour
from rxslack.sources.history import order
from rxslack.unheard import guarded

__all__ = ["export"]

Message = dict[str, Any]

_log = logging.getLogger("rxslack.export")

_DAY: Final = re.compile(r"(?P<folder>[^/]+)/(?P<day>\d{4}-\d\d-\d\d)\.json$")
_CATALOGUES: Final = ("channels.json", "groups.json", "mpims.json", "dms.json")
_SMALL: Final = 256 * 1024  # bytes; what is larger is read piece by piece
_CHUNK: Final = 64 * 1024  # characters
_DISORDER: Final = 100  # messages of a file that may stand before their time
_BROKEN: Final = (
    ValueError,  # no JSON
    RuntimeError,  # JSON nested too deeply; encrypted; a compression that Python does not know
    EOFError,
    zipfile.BadZipFile,
    zlib.error,
)


def export(path: str | os.PathLike[str]) -> Observable[Message]:
    """
    The messages of a Slack export, in order of `ts` over all channels, as events.

    >>> import tempfile
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     (Path(folder) / "general").mkdir()
    ...     _ = (Path(folder) / "channels.json").write_text('[{"id": "C1", "name": "general"}]')
    ...     day = Path(folder) / "general" / "2026-11-24.json"
    ...     _ = day.write_text('[{"type": "message", "text": "Hello", "ts": "1.0"}]')
    ...     export(folder).run()
    {'type': 'message', 'text': 'Hello', 'ts': '1.0', 'channel': 'C1'}

    Memory does not grow with the export: the days are read one after the other, the channels of a
    day side by side, and a large file piece by piece.

    Args:
        path: The zip file that Slack sent, or the folder that came out of it.

    Emits: messages as the live stream has them, with their `channel`, replies in threads among
        them, inside `subscribe`.
    Errors: ``OSError`` when it cannot be read; ``ConfigurationError`` when it is no export, or a
        file in it is broken, which it names; what the subscriber's own `on_next` raises.
    Completes: after the last message.
    Dispose: stops the reading.
    Source: slack.com/help/articles/220556107 ("How to read Slack data exports").
    """

    def subscribe(
        observer: abc.ObserverBase[Message], scheduler: abc.SchedulerBase | None = None
    ) -> abc.DisposableBase:
        gone: list[bool] = []

        def everything() -> Generator[Message]:
            with opened(Path(path)) as archive:
                yield from messages(archive)

        def read(*_: object) -> None:
            pour(everything(), observer, lambda: gone)

        # On the trampoline, so that `take(3)` behind it finds something to dispose of.
        (scheduler or CurrentThreadScheduler.singleton()).schedule(guarded(read, _log))
        return Disposable(lambda: gone.append(True))

    return Observable(subscribe)


class Folder:
    """An export that was unpacked."""

    def __init__(self, path: Path) -> None:
        self._path = path

    def __enter__(self) -> Folder:
        return self

    def __exit__(self, *_: object) -> None:
        """Nothing is open."""

    def names(self) -> Iterable[str]:
        """Of all its files, with slashes."""
        files = (file for file in self._path.rglob("*.json") if file.is_file())
        return (file.relative_to(self._path).as_posix() for file in files)

    def open(self, name: str) -> IO[bytes]:
        """One of them."""
        return (self._path / name).open("rb")


class Zip(Folder):
    """An export as it came."""

    def __init__(self, path: Path) -> None:
        super().__init__(path)
        self._zip = zipfile.ZipFile(path)

    def __exit__(self, *_: object) -> None:
        self._zip.close()

    def names(self) -> Iterable[str]:
        """Of all its files."""
        return self._zip.namelist()

    def open(self, name: str) -> IO[bytes]:
        """One of them; several may be open at once."""
        return self._zip.open(name)


def opened(path: Path) -> Folder:
    """The export, whichever it is."""
    if path.is_dir():
        return Folder(path)
    try:
        return Zip(path)
    except zipfile.BadZipFile as error:
        raise ConfigurationError(f"{path.name} is no export: neither a zip nor a folder") from error


def messages(archive: Folder) -> Generator[Message]:
    """Day by day, and the channels of a day merged."""
    names = list(archive.names())
    days: dict[str, list[tuple[str, str]]] = {}
    for name in names:
        if found := _DAY.search(name):
            days.setdefault(found["day"], []).append((found["folder"], name))
    if not days:
        raise ConfigurationError("no export: no files such as general/2026-11-24.json in it")
    ids = channel_ids(archive, names)
    for day in sorted(days):
        with ExitStack() as stack:
            files = [
                in_order(items(archive, name, stack), ids.get(folder, folder), name)
                for folder, name in sorted(days[day])
            ]
            yield from merge(*files, key=lambda message: order(message["ts"]))


def channel_ids(archive: Folder, names: Iterable[str]) -> dict[str, str]:
    """From the names of folders to the ids of channels."""
    ids: dict[str, str] = {}
    for name in names:
        if name.rpartition("/")[2] in _CATALOGUES and not _DAY.search(name):
            with ExitStack() as stack:
                for channel in items(archive, name, stack):
                    ids[str(channel.get("name") or channel.get("id"))] = str(channel.get("id"))
    return ids


def in_order(found: Iterable[Message], channel: str, name: str) -> Generator[Message]:
    """The messages of one file, sorted as far as they stand near their place."""
    waiting: list[tuple[tuple[int, int], int, Message]] = []
    for number, message in enumerate(found):
        if not isinstance(message.get("ts"), str):
            continue
        try:
            place = order(message["ts"])
        except ValueError as error:
            raise broken(name, f"a message has the ts {message['ts'][:40]!r}") from error
        event = {"type": "message", **message, "channel": channel}
        heappush(waiting, (place, number, event))
        if len(waiting) > _DISORDER:
            yield heappop(waiting)[2]
    while waiting:
        yield heappop(waiting)[2]


def items(archive: Folder, name: str, stack: ExitStack) -> Generator[Message]:
    """The objects of a JSON list, one after the other, the file never whole in memory."""
    try:
        with archive.open(name) as file:
            head = file.read(_SMALL)
            if len(head) < _SMALL:  # most are so small, and need not stay open
                text: IO[str] = io.StringIO(head.decode("utf-8", "replace"))
            else:
                again = io.TextIOWrapper(archive.open(name), "utf-8", "replace")
                text = stack.enter_context(again)
        yield from parsed(text)
    except _BROKEN as error:
        raise broken(name, str(error) or type(error).__name__) from error


def broken(name: str, why: str) -> ConfigurationError:
    """What a damaged file is told as."""
    return ConfigurationError(
        f"{name} is broken: {why}; mend or remove that file, or download the export again"
    )


def parsed(text: IO[str]) -> Generator[Message]:
    """The objects in a JSON list."""
    scan = json.JSONDecoder().raw_decode
    buffer, begun, end = "", False, False
    while not end:
        more = text.read(_CHUNK)
        end = not more
        buffer = (buffer + more).lstrip(" \t\r\n,")
        if not begun and buffer:
            if buffer[0] != "[":
                raise ValueError("not a list")
            begun, buffer = True, buffer[1:].lstrip(" \t\r\n,")
        while buffer and buffer[0] != "]":
            try:
                item, stop = scan(buffer)
            except ValueError:
                if end:
                    raise
                break  # the rest of it is still to come
            buffer = buffer[stop:].lstrip(" \t\r\n,")
            if isinstance(item, dict):
                yield cast("Message", item)
