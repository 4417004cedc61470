"""The events of a past, from wherever they are, and how far the reading is."""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Generator, Iterable, Iterator
from contextlib import contextmanager
from importlib import import_module
from itertools import islice
from pathlib import Path
from typing import Any, Final, TypeAlias, cast

from reactivex import Observable, operators as ops

from rxslack.core.json_text import read_json
from rxslack.core.printable import printable
from rxslack.errors import ConfigurationError
from rxslack.notebook.messages_table import MessagesTable
from rxslack.notebook.names import Names, name_of_profile
from rxslack.notebook.widgets import notebook
from rxslack.past.export import export, opened
from rxslack.past.recording_file import read_recording

__all__ = ["Progress", "events_at", "progress_line", "read_into"]

BATCH: Final = 5000  # events that are put into the table together
LOOK: Final = 50  # events of a stream between two looks at the clock; a page of a history has more
EVERY: Final = 0.5  # seconds between two lines about the progress

Progress: TypeAlias = Callable[[int, float], object]
"""Gets the number of events so far, and the seconds."""


def events_at(where: Any, names: Names) -> Iterable[Any]:
    """The events, from wherever they are."""
    if isinstance(where, Observable):
        stream: Iterable[Any] = cast("Any", where)  # `in_batches` takes it
        return stream
    if not isinstance(where, (str, os.PathLike)):
        return cast("Iterable[Any]", where)
    path = Path(cast("str", where))
    if path.is_dir() or path.suffix == ".zip":
        learn_of_export(path, names)
        return cast("Iterable[Any]", export(path))
    return recorded(path)


def recorded(path: Path) -> Generator[Any]:
    """The events of a recording."""
    problems: list[str] = []
    lines = 0
    for _, event in read_recording(
        path, lambda _, reason: problems.append(reason) if len(problems) < 1 else None
    ):
        lines += 1
        if event is not None:
            yield event
    if problems and not lines:
        raise ConfigurationError(
            f"{printable(path.name)} is neither a recording nor an export: {problems[0]}"
        )


def read_into(table: MessagesTable, events: Any, tell: Progress) -> int:
    """Put the events into the table, and say now and then how far that is; returns how many there were."""
    begun, total = time.monotonic(), 0
    batch: list[Any] = []

    def take(event: Any) -> None:
        nonlocal total
        total += 1
        batch.append(event)
        if total % LOOK == 0:
            tell(total, time.monotonic() - begun)
            if len(batch) >= BATCH:
                table.take(batch)
                batch.clear()

    if isinstance(events, Observable):
        stream: Observable[Any] = cast("Any", events)
        # `run` keeps the last item, and wants one.
        stream.pipe(ops.do_action(take), ops.ignore_elements(), ops.default_if_empty(None)).run()
        table.take(batch)
    else:
        rest: Iterator[Any] = iter(events)
        while batch := list(islice(rest, BATCH)):
            table.take(batch)
            total += len(batch)
            tell(total, time.monotonic() - begun)
    tell(total, time.monotonic() - begun)
    return total


def learn_of_export(path: Path, names: Names) -> None:
    """The names in an export's own lists."""
    with opened(path) as archive:
        listed = {name for name, is_inside in archive.names() if is_inside}
        for name in listed & {"users.json", "channels.json", "groups.json"}:
            with archive.open(name) as file:
                try:
                    found: Any = read_json(file.read())
                except (ValueError, RecursionError):
                    continue  # names are no messages: ids have to do
            for one in cast("Any", found if isinstance(found, list) else []):
                if isinstance(one, dict):
                    learn_one(cast("dict[str, Any]", one), name == "users.json", names)


def learn_one(one: dict[str, Any], is_user: bool, names: Names) -> None:
    """One person, or one channel."""
    profile: Any = one.get("profile")
    told = name_of_profile(cast("dict[str, Any]", profile)) if isinstance(profile, dict) else ""
    name = told or one.get("name")
    if isinstance(one.get("id"), str) and isinstance(name, str):
        names.learn({"user" if is_user else "channel": {"id": one["id"], "name": name}})


@contextmanager
def progress_line(progress: Progress | None) -> Generator[Progress]:
    """Says how far it is, now and then and at the end: to whoever asked, else in the notebook."""
    shown: Any = None
    if progress is None and notebook() == "jupyter":
        shown = import_module("IPython.display").display("reading …", display_id=True)
    told, last = (0, 0.0), time.monotonic()

    def say(end: str) -> None:
        count, seconds = told
        if progress is not None:
            progress(count, seconds)
        elif shown is not None:
            pace = count / max(seconds, 0.001)
            shown.update(f"{count:,} events in {seconds:.0f} s, {pace:,.0f} a second{end}")

    def tell(count: int, seconds: float) -> None:
        nonlocal told, last
        told = (count, seconds)
        if (now := time.monotonic()) - last >= EVERY:
            last = now
            say(" …")

    yield tell
    say("")
