"""
Much at once: exports, histories, recordings and frames, each beside a bare loop that does the least.

Side by side means in turns, in one process, by its CPU time; the medians are what is told.
"""

from __future__ import annotations

import json
import tempfile
import threading
import zipfile
from collections.abc import Callable, Generator, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any, Final, TypeAlias

import reactivex
from reactivex import Observable, abc
from reactivex.disposable import Disposable

import rxslack
from rxslack import notebook, past
from rxslack.core.json_text import loads
from rxslack.wire.bursts import BurstObserver, Bursts
from tests.benchmarks.canned import Canned
from tests.benchmarks.interleaved import Work, medians
from tests.benchmarks.scenario import FIRST, Scenario, template

__all__ = ["NAMES", "Stage", "bulk", "emitting", "messages", "working"]

NAMES: Final = ("export", "history", "record", "replay", "to_frame")
_PAGE: Final = 200  # messages
_CHANNELS: Final = 10
_A_DAY: Final = 100  # messages of a channel

Json = dict[str, Any]
Stage: TypeAlias = Callable[[Observable[Any]], Observable[Any]]


_TOGETHER: Final = 20  # events that come by one read, as in a flood


def emitting(found: list[Json], stage: Stage) -> Work:
    """What a stage makes of a source that emits once it is subscribed to, some events by one read."""
    observers: list[BurstObserver] = []

    def subscribe(observer: BurstObserver, _: abc.SchedulerBase | None) -> abc.DisposableBase:
        observers.append(observer)
        return Disposable()

    def work() -> None:
        with stage(Bursts(subscribe)).subscribe(_ignored):
            observer = observers.pop()
            for start in range(0, len(found), _TOGETHER):
                observer.on_items(found[start : start + _TOGETHER], True)

    return work


def messages(count: int) -> list[Json]:
    """Messages of about 600 bytes, in order."""
    ready = template(Scenario()).decode().replace('"sent":"%016d"', '"sent":""')
    return [json.loads(ready % ((FIRST + number,) * 2)) for number in range(count)]


def bulk(count: int, rounds: int) -> Iterator[tuple[str, dict[str, float]]]:
    """For each kind of work, seconds of CPU a message by the name of who did it."""
    with working(count) as all_works:
        for name, works in all_works.items():
            yield name, {who: cpu / count for who, cpu in medians(works, rounds).items()}


@contextmanager
def working(count: int) -> Generator[dict[str, dict[str, Work]]]:
    """For each kind of work who does it, with so many messages."""
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        found = messages(count)
        yield {
            "export": _exports(folder, found),
            "history": _histories(stack, found),
            "record": _recordings(folder, found),
            "replay": _replays(folder),
            "to_frame": _frames(found),
        }


def _exports(folder: Path, found: list[Json]) -> dict[str, Work]:
    path = folder / "export.zip"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        channels = [{"id": f"C{one}", "name": f"channel-{one}"} for one in range(_CHANNELS)]
        archive.writestr("channels.json", json.dumps(channels))
        for number, start in enumerate(range(0, len(found), _CHANNELS * _A_DAY)):
            day = f"2026-{1 + number // 28 % 12:02}-{1 + number % 28:02}.json"
            for one in range(_CHANNELS):
                part = found[start + one : start + _CHANNELS * _A_DAY : _CHANNELS]
                archive.writestr(f"channel-{one}/{day}", json.dumps(part, indent=4))

    def bare() -> None:
        with zipfile.ZipFile(path) as archive:
            for name in archive.namelist():
                for _ in loads(archive.read(name)):
                    pass

    return {"rxslack": lambda: _drained(past.export(path)), "zipfile and a decoder": bare}


def _drained(stream: reactivex.Observable[Any]) -> None:
    over, errors = threading.Event(), list[Exception]()

    def failed(error: Exception) -> None:
        errors.append(error)
        over.set()

    stream.subscribe(_ignored, failed, over.set)
    over.wait()
    if errors:
        raise errors[0]


def _ignored(_: object) -> None:
    """What a subscriber does is not measured."""


def _histories(stack: ExitStack, found: list[Json]) -> dict[str, Work]:
    pages: list[bytes] = []
    newest = found[::-1]
    for start in range(0, len(newest), _PAGE):
        more = {"next_cursor": str(start)} if start + _PAGE < len(newest) else {}
        page = {"ok": True, "messages": newest[start : start + _PAGE], "response_metadata": more}
        pages.append(json.dumps(page).encode())
    slack = stack.enter_context(Canned(pages))
    web = stack.enter_context(rxslack.WebClient("xoxb-test", base_url=slack.base_url))

    def ours() -> None:
        _drained(past.history(web, "C1", per_minute=1e9))

    works: dict[str, Work] = {"rxslack": ours, "http.client and a decoder": slack.bare(len(pages))}
    try:
        from slack_sdk import WebClient
    except ImportError:
        return works
    theirs: Any = WebClient("xoxb-test", base_url=slack.base_url)

    def sdk() -> None:
        for page in theirs.conversations_history(channel="C1", limit=_PAGE):
            for _ in page["messages"]:
                pass

    return {**works, "slack_sdk": sdk}


def _recordings(folder: Path, found: list[Json]) -> dict[str, Work]:
    path = folder / "recording.jsonl"
    in_bursts = emitting(found, rxslack.record(path, append=False))

    def one_by_one() -> None:
        _drained(reactivex.from_iterable(found).pipe(rxslack.record(path, append=False)))

    def written(dump: Callable[[Any], bytes]) -> Work:
        def work() -> None:
            with (folder / "bare.jsonl").open("wb", buffering=0) as file:
                for message in found:
                    file.write(dump(message) + b"\n")

        return work

    works = {"rxslack": in_bursts, "rxslack, one by one": one_by_one}
    works |= {"json": written(lambda one: json.dumps(one).encode())}
    try:
        from orjson import dumps
    except ImportError:
        return works
    return {**works, "orjson": written(dumps)}


def _replays(folder: Path) -> dict[str, Work]:
    path = folder / "recording.jsonl"

    def bare() -> None:
        with path.open("rb") as file:
            for line in file:
                loads(line)

    return {
        "rxslack": lambda: _drained(rxslack.replay(path, speed=float("inf"))),
        "a decoder": bare,
    }


def _frames(found: list[Json]) -> dict[str, Work]:
    try:
        import pandas
    except ImportError:
        return {}

    def bare() -> None:
        frame: Any = pandas.DataFrame(found)
        frame["time"] = pandas.to_datetime(frame["ts"].astype(float), unit="s", utc=True)

    def ours() -> None:
        notebook.to_frame(found)

    return {"rxslack": ours, "pandas": bare}
