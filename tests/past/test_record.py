"""Writing down what passes."""

from __future__ import annotations

import threading
from importlib import import_module
from pathlib import Path
from typing import Any

import pytest
import reactivex
from reactivex import Observable, Subject, abc, operators as ops
from reactivex.disposable import Disposable

from rxslack.errors import ConfigurationError
from rxslack.past.record import record
from rxslack.past.recording_file import RecordingFile, read_recording
from rxslack.testing import Marbles
from rxslack.wire.bursts import BurstObserver, Bursts, subscribe_in_bursts
from rxslack.wire.wishes import EVERYTHING, NOTHING, Wish
from tests.reports import reports

EVENTS: dict[str, Any] = {name: {"type": name} for name in "abc"}


@pytest.fixture(params=["day.jsonl", "day.jsonl.gz"])
def path(request: pytest.FixtureRequest, tmp_path: Path) -> Path:
    return tmp_path / str(request.param)


def unexpected(number: int, reason: str) -> None:
    raise AssertionError(f"line {number}: {reason}")


def recorded(path: Path) -> list[tuple[float, str]]:
    """When, and the type of the event; "|" for a mark."""
    lines = read_recording(path, unexpected)
    return [(at, event["type"] if event else "|") for at, event in lines]


def test_it_writes_each_event_with_its_time(marbles: Marbles, path: Path) -> None:
    source = marbles.cold("-a--b-|", **EVENTS)
    seen = marbles.run(source.pipe(record(path)))
    assert seen == marbles.seen("-a--b-|")
    assert recorded(path) == [(0, "|"), (1, "a"), (4, "b"), (6, "|")]


def test_it_closes_the_file_before_it_completes(path: Path) -> None:
    found: list[Any] = []
    source = reactivex.of({"type": "a"}).pipe(record(path))
    source.subscribe(on_completed=lambda: found.extend(recorded(path)))
    assert [what for _, what in found] == ["|", "a", "|"]


def test_it_closes_the_file_at_an_error(marbles: Marbles, path: Path) -> None:
    seen = marbles.run(marbles.cold("-a-#", **EVENTS).pipe(record(path)))
    assert seen == marbles.seen("-a-#")
    assert recorded(path)[-1] == (3, "|")


def test_it_closes_the_file_at_disposal(marbles: Marbles, path: Path) -> None:
    source = marbles.cold("-a-b-c", **EVENTS)
    marbles.run(source.pipe(record(path)), "^---!")
    assert source.subscriptions == marbles.opened("^---!")
    assert recorded(path) == [(0, "|"), (1, "a"), (3, "b"), (4, "|")]


def test_it_brings_a_compressed_file_up_to_date_within_a_second(
    marbles: Marbles, tmp_path: Path
) -> None:
    path = tmp_path / "day.jsonl.gz"
    found: list[Any] = []
    source = marbles.cold("-a-----b", **EVENTS).pipe(record(path))
    look = marbles.cold("---x").pipe(ops.do_action(lambda _: found.extend(recorded(path))))
    marbles.run(reactivex.merge(source, look))
    assert found == [(0, "|"), (1, "a")]


def test_it_appends_the_next_subscription(marbles: Marbles, path: Path) -> None:
    source = marbles.cold("a|", **EVENTS).pipe(record(path))
    marbles.watch(source)
    marbles.watch(source, "  ^")
    marbles.flush()
    assert recorded(path) == [(0, "|"), (0, "a"), (1, "|"), (2, "|"), (2, "a"), (3, "|")]


def test_it_refuses_a_second_writer(marbles: Marbles, path: Path) -> None:
    source = marbles.cold("-a-b|", **EVENTS).pipe(record(path))
    first, second = marbles.watch(source), marbles.watch(source, " ^")
    marbles.flush()
    assert first == marbles.seen("-a-b|")
    assert second == marbles.seen(" #", ConfigurationError)
    assert recorded(path) == [(0, "|"), (1, "a"), (3, "b"), (4, "|")]


def test_it_fails_when_the_file_cannot_be_opened(marbles: Marbles, tmp_path: Path) -> None:
    source = marbles.cold("a", **EVENTS)
    seen = marbles.run(source.pipe(record(tmp_path / "nowhere" / "day.jsonl")))
    assert seen == marbles.seen("#", FileNotFoundError)
    assert source.subscriptions == []


def test_it_fails_at_an_item_that_cannot_be_written(marbles: Marbles, path: Path) -> None:
    endless: dict[str, Any] = {"type": "message"}
    endless["self"] = endless
    source = marbles.cold("-a-x-b", a={"type": "a"}, x=endless)
    seen = marbles.run(source.pipe(record(path)))
    assert seen.items == [{"type": "a"}]
    assert isinstance(seen.error, ValueError)
    assert source.subscriptions == marbles.opened("^--!")
    assert recorded(path)[-1] == (3, "|")


class Burst(Bursts[dict[str, Any]]):
    """A source of bursts that says nothing until it is told to."""

    def __init__(self) -> None:
        super().__init__(self._follow)

    def _follow(self, observer: BurstObserver, _: Any) -> abc.DisposableBase:
        self.observer = observer
        return Disposable()


class Taken:
    """What takes bursts keeps them."""

    def __init__(self) -> None:
        self.bursts: list[Any] = []
        self.errors: list[Exception] = []
        self.on_error = self.errors.append

    def on_items(self, items: Any, plain: bool) -> None:
        self.bursts.append((items, plain))

    def on_completed(self) -> None:
        self.bursts.append("|")

    def wish(self) -> Wish:
        return NOTHING


def test_it_writes_a_burst_at_once_and_passes_it_on_as_one(path: Path) -> None:
    source, taken = Burst(), Taken()
    subscribe_in_bursts(source.pipe(record(path)), taken, None)
    assert source.observer.wish() == EVERYTHING
    source.observer.on_items([EVENTS["a"], EVENTS["b"]], True)
    source.observer.on_items([EVENTS["c"]], False)
    source.observer.on_completed()
    assert taken.bursts == [([EVENTS["a"], EVENTS["b"]], True), ([EVENTS["c"]], False), "|"]
    lines = recorded(path)
    assert [what for _, what in lines] == ["|", "a", "b", "c", "|"]
    assert lines[1][0] == lines[2][0]  # a burst comes at one moment


def test_it_writes_what_comes_before_an_item_that_cannot_be_written(path: Path) -> None:
    endless: dict[str, Any] = {"type": "message"}
    endless["self"] = endless
    source, taken = Burst(), Taken()
    subscribe_in_bursts(source.pipe(record(path)), taken, None)
    source.observer.on_items([EVENTS["a"], EVENTS["b"], endless, EVENTS["c"]], True)
    assert [items for items, _ in taken.bursts] == [(EVENTS["a"],), (EVENTS["b"],)]
    assert [type(error) for error in taken.errors] == [ValueError]
    assert [what for _, what in recorded(path)] == ["|", "a", "b", "|"]


def test_it_refuses_a_second_process(marbles: Marbles, path: Path) -> None:
    elsewhere = RecordingFile(path)  # whose lock is the same whichever process has it
    source = marbles.cold("-a|", **EVENTS)
    assert marbles.run(source.pipe(record(path))) == marbles.seen("#", ConfigurationError)
    assert source.subscriptions == []
    elsewhere.close()
    assert reactivex.of({"type": "a"}).pipe(record(path)).run() == {"type": "a"}  # free again


class Full(RecordingFile):
    """A disk that is full as soon as something is flushed, and at the end."""

    def flush(self) -> None:
        raise OSError(28, "No space left on device")

    def close(self) -> None:
        super().close()
        self.flush()


def test_it_fails_when_what_it_keeps_back_cannot_be_written(
    marbles: Marbles, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(import_module("rxslack.past.record"), "RecordingFile", Full)
    source = marbles.cold("-a-----b", **EVENTS)
    seen = marbles.run(source.pipe(record(tmp_path / "day.jsonl.gz")))
    assert seen == marbles.seen("-a#", OSError)
    assert source.subscriptions == marbles.opened("^-!")


def test_it_logs_what_it_cannot_write_when_it_is_disposed(
    path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(import_module("rxslack.past.record"), "RecordingFile", Full)
    reactivex.never().pipe(record(path)).subscribe().dispose()
    [(logger, error)] = reports(caplog)
    assert (logger, str(error)) == ("rxslack.record", "[Errno 28] No space left on device")


def test_it_passes_on_what_the_subscriber_raises(path: Path) -> None:
    def bad(_: object) -> None:
        raise KeyError("text")

    with pytest.raises(KeyError):
        reactivex.of({"type": "a"}).pipe(record(path)).subscribe(bad)


def test_it_survives_a_source_that_fails_inside_subscribe(path: Path) -> None:
    def subscribe(_: abc.ObserverBase[Any], __: Any = None) -> abc.DisposableBase:
        raise OSError("no")

    errors: list[Exception] = []
    Observable(subscribe).pipe(record(path)).subscribe(on_error=errors.append)
    assert [str(error) for error in errors] == ["no"]
    Observable(subscribe).pipe(record(path)).subscribe(on_error=errors.append)
    assert [str(error) for error in errors] == ["no", "no"]  # the file is free again


def test_it_may_be_disposed_while_another_thread_emits(path: Path) -> None:
    subject: Subject[dict[str, Any]] = Subject()
    subscription = subject.pipe(record(path)).subscribe()

    def emit() -> None:
        for number in range(20_000):
            subject.on_next({"type": str(number)})

    emitting = threading.Thread(target=emit)
    emitting.start()
    subscription.dispose()
    emitting.join()
    whats = [what for _, what in recorded(path)]
    assert whats == ["|", *map(str, range(len(whats) - 2)), "|"]
