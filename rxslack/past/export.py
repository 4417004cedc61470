"""Slack's export as a source."""

from __future__ import annotations

import io
import json
import logging
import lzma
import os
import re
import stat
import struct
import zipfile
import zlib
from collections.abc import Callable, Generator, Iterable
from contextlib import ExitStack
from heapq import heappop, heappush, merge
from itertools import islice
from operator import itemgetter
from pathlib import Path
from threading import Event
from typing import IO, Any, Final, TypeAlias, cast

from reactivex import Observable

from rxslack.core.json_text import read_json
from rxslack.core.printable import printable
from rxslack.errors import ConfigurationError
from rxslack.past.generated import from_pieces
from rxslack.past.order import micros_of_all, order

__all__ = ["export"]

Message = dict[str, Any]

_log = logging.getLogger("rxslack.export")

_DAY: Final = re.compile(r"(?P<folder>[^/]+)/(?P<day>\d{4}-\d\d-\d\d)\.json$")
_CATALOGUES: Final = ("channels.json", "groups.json", "mpims.json", "dms.json")
_SMALL: Final = 256 * 1024  # bytes; what is larger is read piece by piece
_HELD: Final = 512 * 1024 * 1024  # bytes of the small files of a day, all together
_AT_ONCE: Final = 16 * 1024 * 1024  # bytes of these that are decoded whole, which is faster
_BURST: Final = 100  # messages that are emitted together
_CHUNK: Final = 64 * 1024  # characters
_LONGEST: Final = 4 * 1024 * 1024  # characters of a message; Slack's own have some thousands
_DISORDER: Final = 100  # messages of a file that may stand before their time
_WAITING: Final = 1024 * 1024  # characters of these
_BETWEEN: Final = re.compile(r"[ \t\r\n,]*")
_BROKEN: Final = (
    ValueError,  # no JSON
    RuntimeError,  # JSON nested too deeply; encrypted; a compression that Python does not know
    EOFError,
    OverflowError,
    struct.error,
    zipfile.BadZipFile,
    lzma.LZMAError,
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
    day side by side, and a large file piece by piece. A message may have four million characters.
    Only what is inside the export is read: symbolic links, and names that lead out of it, are
    passed over, which ``rxslack.export`` logs.

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

    def everything(_: Event) -> Generator[list[Message]]:
        with opened(Path(path)) as archive:
            yield from messages(archive)

    return from_pieces(everything, _log)


class Folder:
    """An export that was unpacked."""

    def __init__(self, path: Path) -> None:
        self._path = path

    def __enter__(self) -> Folder:
        return self

    def __exit__(self, *_: object) -> None:
        """Nothing is open."""

    def names(self) -> Iterable[tuple[str, bool]]:
        """Of all its files, with slashes; and whether it is inside."""
        root = self._path.resolve()
        for file in self._path.rglob("*.json"):
            if file.is_file():
                name = file.relative_to(self._path)
                yield name.as_posix(), file.resolve() == root / name

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

    def names(self) -> Iterable[tuple[str, bool]]:
        """Of all its files; and whether it is inside."""
        for info in self._zip.infolist():
            is_link = stat.S_ISLNK(info.external_attr >> 16)
            leads_out = info.filename.startswith("/") or ".." in info.filename.split("/")
            yield info.filename, not is_link and not leads_out

    def open(self, name: str) -> IO[bytes]:
        """One of them; several may be open at once."""
        try:
            return self._zip.open(name)
        except OSError as error:  # an offset in it that leads nowhere
            raise zipfile.BadZipFile(str(error)) from error


def opened(path: Path) -> Folder:
    """The export, whichever it is."""
    if path.is_dir():
        return Folder(path)
    with path.open("rb"):
        pass  # what is wrong with the path itself is an OSError that names it
    try:
        return Zip(path)
    except (*_BROKEN, OSError) as error:
        raise ConfigurationError(
            f"{path.name} is no export: neither a folder nor a zip that can be read ({error}); "
            "download it again"
        ) from error


class Opened(ExitStack):
    """
    The files of one day.

    Attributes:
        held: how many bytes of small ones are in memory.
    """

    held = 0


def messages(archive: Folder) -> Generator[list[Message]]:
    """Day by day, and the channels of a day merged; some at a time."""
    names = list(inside(archive))
    days: dict[str, list[tuple[str, str]]] = {}
    for name in names:
        if found := _DAY.search(name):
            days.setdefault(found["day"], []).append((found["folder"], name))
    if not days:
        raise ConfigurationError("no export: no files such as general/2026-11-24.json in it")
    folders = {folder for files in days.values() for folder, _ in files}
    ids = channel_ids(archive, names, folders)
    for day in sorted(days):
        yield from of_day(archive, sorted(days[day]), ids)


def of_day(
    archive: Folder, files: Iterable[tuple[str, str]], ids: dict[str, str]
) -> Generator[list[Message]]:
    """The messages of one day; nothing of it is held when the next one is read."""
    with Opened() as stack:
        places: list[int] = []
        events: list[Message] = []
        piece_by_piece: list[Generator[Placed]] = []
        for folder, name in files:
            some, channel = items(archive, name, stack), ids.get(folder, folder)
            if isinstance(some, list):
                these = events_of(some, channel)
                places += places_of(these, name)
                events += these
            else:
                piece_by_piece.append(nearly_in_order(some, channel, name))
        # Numbers, not pairs, are sorted: one more object for each message is felt.
        in_order = sorted(range(len(places)), key=places.__getitem__)
        whole = map(events.__getitem__, in_order)
        if piece_by_piece:
            placed = zip(map(places.__getitem__, in_order), whole, strict=True)
            for _, event in merge(placed, *piece_by_piece, key=_PLACE):
                yield [event]  # for what is behind it may be broken
        else:
            while some := list(islice(whole, _BURST)):
                yield some


def inside(archive: Folder) -> Generator[str]:
    """The names of what is in an export, and not reached by a link or by a way out of it."""
    left_out = list[str]()
    for name, is_inside in archive.names():
        if is_inside:
            yield name
        else:
            left_out.append(name)
    if left_out:
        _log.warning(
            "%d files are not read, because they are links, or lead out of the export: %s, …",
            len(left_out),
            printable(left_out[0]),
        )


def channel_ids(archive: Folder, names: Iterable[str], folders: set[str]) -> dict[str, str]:
    """From the names of folders to the ids of channels."""
    ids: dict[str, str] = {}
    for name in names:
        if name.rpartition("/")[2] in _CATALOGUES and not _DAY.search(name):
            with Opened() as stack:
                found = items(archive, name, stack)
                channels = found if isinstance(found, list) else (one for one, _ in found)
                for channel in channels:
                    own, folder = channel.get("id"), channel.get("name") or channel.get("id")
                    if isinstance(own, str) and isinstance(folder, str) and folder in folders:
                        ids[folder] = own
    return ids


Placed: TypeAlias = tuple[int, Message]
"""A message behind what it is sorted by."""

_PLACE: Final[Callable[[Placed], int]] = itemgetter(0)


def events_of(found: list[Message], channel: str) -> list[Message]:
    """The messages of one file, as they stand there, as the live stream would have them."""
    return [event_of(message, channel) for message in found if has_ts(message)]


def places_of(events: list[Message], name: str) -> Iterable[int]:
    """What the messages of one file are sorted by."""
    digits = micros_of_all([event["ts"] for event in events])
    return map(int, digits.split("\n")) if digits else [place_of(one, name) for one in events]


def has_ts(message: Message) -> bool:
    """Whether it has a time."""
    return isinstance(message.get("ts"), str)


def place_of(message: Message, name: str) -> int:
    """What a message of a file is sorted by."""
    try:
        return order(message["ts"])
    except ValueError as error:
        raise broken(name, f"a message has the ts {message['ts'][:40]!r}") from error


def event_of(message: Message, channel: str) -> Message:
    """The same as the live stream would have it."""
    if "type" not in message:
        return {"type": "message", **message, "channel": channel}
    message["channel"] = channel
    return message


def nearly_in_order(
    found: Iterable[tuple[Message, int]], channel: str, name: str
) -> Generator[Placed]:
    """Sorted with a bounded number of them in memory."""
    waiting: list[tuple[int, int, Message, int]] = []
    size = 0
    for number, (message, length) in enumerate(found):
        if not has_ts(message):
            continue
        heappush(waiting, (place_of(message, name), number, event_of(message, channel), length))
        size += length
        while len(waiting) > _DISORDER or (size > _WAITING and len(waiting) > 1):
            place, _, event, length = heappop(waiting)
            size -= length
            yield place, event
    while waiting:
        place, _, event, _ = heappop(waiting)
        yield place, event


def items(
    archive: Folder, name: str, stack: Opened
) -> list[Message] | Generator[tuple[Message, int]]:
    """
    What is in a JSON list: all at once, if that is little; else the objects, one after the other.

    Each of these comes with how many characters it had.
    """
    try:
        with archive.open(name) as file:
            head = file.read(_SMALL)
        if len(head) < _SMALL:  # most are so small, and need not stay open
            stack.held += len(head)
            if stack.held > _HELD:
                raise ValueError(f"the files of that day hold more than {_HELD:,} bytes")
            if stack.held <= _AT_ONCE and (whole := as_list(head)) is not None:
                return whole
            return told_of(parsed(io.StringIO(head.decode("utf-8", "replace"))), name)
        again = io.TextIOWrapper(archive.open(name), "utf-8", "replace")
        return told_of(parsed(stack.enter_context(again)), name)
    except _BROKEN as error:
        raise broken(name, str(error) or type(error).__name__) from error


def as_list(text: bytes) -> list[Message] | None:
    """The objects in a JSON list; None for what has to be looked at more closely."""
    try:
        value: Any = read_json(text)
    except (ValueError, RecursionError):
        return None
    return [one for one in _listed(value) if isinstance(one, dict)] if type(value) is list else None


def _listed(value: Any) -> Iterable[Any]:
    return cast("Iterable[Any]", value)


def told_of(found: Generator[tuple[Message, int]], name: str) -> Generator[tuple[Message, int]]:
    """The same, and what is wrong with it told with the name of the file."""
    try:
        yield from found
    except _BROKEN as error:
        raise broken(name, str(error) or type(error).__name__) from error


def broken(name: str, why: str) -> ConfigurationError:
    """What a damaged file is told as."""
    return ConfigurationError(
        f"{name} is broken: {why}; mend or remove that file, or download the export again"
    )


def parsed(text: IO[str]) -> Generator[tuple[Message, int]]:
    """The objects in a JSON list, and how many characters each had."""
    scan = json.JSONDecoder().raw_decode
    buffer, begun, end = "", False, False
    while not end:
        # Twice as much each time, or a large message would be looked at again for each piece.
        more = text.read(max(_CHUNK, len(buffer)))
        end = not more
        buffer += more
        place = after_spaces(buffer, 0)
        if not begun and place < len(buffer):
            if buffer[place] != "[":
                raise ValueError("not a list")
            begun, place = True, after_spaces(buffer, place + 1)
        while place < len(buffer):
            if buffer[place] == "]":
                read_out(text)
                return
            try:
                item, stop = scan(buffer, place)
            except ValueError:
                if end:
                    raise
                if len(buffer) - place > _LONGEST:
                    raise ValueError(f"a message of more than {_LONGEST:,} characters") from None
                break  # the rest of it is still to come
            if isinstance(item, dict):
                yield cast("Message", item), stop - place
            place = after_spaces(buffer, stop)
        buffer = buffer[place:]


def after_spaces(buffer: str, place: int) -> int:
    """Where the next item of a list begins."""
    found = _BETWEEN.match(buffer, place)
    return found.end() if found else place


def read_out(text: IO[str]) -> None:
    """Read to the end: only there a zip is found to be damaged."""
    while text.read(_CHUNK):
        pass
