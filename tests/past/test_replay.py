"""Playing a recording again."""

from __future__ import annotations

import logging
import threading
from collections import Counter
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

import pytest
import reactivex
from reactivex import Observable, operators as ops
from reactivex.scheduler import HistoricalScheduler
from reactivex.testing import TestScheduler

from rxslack.errors import ConfigurationError, ConnectionClosed
from rxslack.past.record import record
from rxslack.past.recorded_time import recorded_now
from rxslack.past.recording_file import RecordingFile
from rxslack.past.replay import replay
from rxslack.recovery.reconnect import reconnect
from rxslack.testing import Marbles, VirtualTime
from tests.reports import reports

Event = dict[str, Any]
EVENTS: dict[str, Any] = {name: {"type": name} for name in "abcdefgh"}


@pytest.fixture
def day(tmp_path: Path) -> Path:
    """Begins at 0, ends at 12."""
    marbles = Marbles()
    marbles.run(marbles.cold("-abc---(de)-f|", **EVENTS).pipe(record(tmp_path / "day.jsonl.gz")))
    return tmp_path / "day.jsonl.gz"


def types(events: list[dict[str, Any]]) -> str:
    return "".join(event["type"] for event in events)


def collect(stream: Observable[Any], timeout: float = 10.0) -> list[Any]:
    """What a stream emits, on whichever thread, until it completes."""
    found: list[Any] = []
    errors: list[Exception] = []
    ended = threading.Event()

    def fail(error: Exception) -> None:
        errors.append(error)
        ended.set()

    stream.subscribe(found.append, fail, ended.set)
    assert ended.wait(timeout)
    if errors:
        raise errors[0]
    return found


def test_it_emits_at_once_what_was_recorded(day: Path) -> None:
    found: list[dict[str, Any]] = []
    replay(day).subscribe(found.append)
    assert found == [EVENTS[name] for name in "abcdef"]


def test_it_keeps_the_times_under_virtual_time(marbles: Marbles, day: Path) -> None:
    seen = marbles.run(replay(day))
    assert seen == marbles.seen("-abc---(de)-f|", **EVENTS)


def test_it_plays_under_virtual_time_at_a_factor(marbles: Marbles, day: Path) -> None:
    assert marbles.run(replay(day, speed=0.5)) == marbles.seen(
        "--a-b-c-------(de)------f-|", **EVENTS
    )


@pytest.mark.parametrize("clock", [HistoricalScheduler(), TestScheduler(), VirtualTime()])
def test_it_plays_on_every_scheduler_of_virtual_time(clock: Any, day: Path) -> None:
    found: list[dict[str, Any]] = []
    replay(day, scheduler=clock).subscribe(found.append)
    assert found == []
    clock.start()
    assert types(found) == "abcdef"


def test_it_begins_where_the_recording_did(marbles: Marbles, tmp_path: Path) -> None:
    """So that windows of a live stream and of its replay begin at the same time."""
    source = marbles.cold("-----a-b-----c---|", **EVENTS)
    live = marbles.run(source.pipe(record(tmp_path / "day"), ops.buffer_with_time(4.0)))
    assert [types(batch) for batch in live.items] == ["", "ab", "", "c", ""]
    assert collect(replay(tmp_path / "day", ops.buffer_with_time(4.0))) == live.items


# --- the same at every speed ---------------------------------------------------------------------


def tag(name: str) -> Callable[[Event], Any]:
    return lambda event: (name, event["n"])


def tally(batch: list[Event]) -> Any:
    return Counter(str(event["type"]) for event in batch)


def size(window: Observable[Event]) -> Observable[Any]:
    return window.pipe(ops.count())


def soon(_: Event) -> Observable[Any]:
    return reactivex.timer(0.25)


def add_one(total: int, _: object) -> int:
    return total + 1


def busy(stream: Observable[Event], second: float = 1.0) -> Observable[Any]:
    """A pipeline full of time, and of ties: events and timers fall on the same moments."""

    def branches(events: Observable[Event]) -> Observable[Any]:
        return reactivex.merge(
            events.pipe(ops.debounce(second), ops.map(tag("calm"))),
            events.pipe(ops.buffer_with_time(2.0 * second), ops.map(tally)),
            events.pipe(ops.delay(0.5 * second), ops.map(tag("late"))),
            events.pipe(ops.window_with_time(3.0 * second, 1.5 * second), ops.flat_map(size)),
            events.pipe(ops.throttle_first(0.75 * second), ops.map(tag("first"))),
            events.pipe(ops.flat_map(soon), ops.scan(add_one, 0)),
        )

    return stream.pipe(ops.publish(branches))


@pytest.fixture
def busy_day(tmp_path: Path) -> Path:
    times = [0.0, *(number * 0.25 for number in range(1, 41) if number % 7), 10.25]
    ticks = iter(times)
    tape = RecordingFile(tmp_path / "busy.jsonl", clock=lambda: 1_764_000_000.0 + next(ticks))
    for number in range(len(times) - 2):
        tape.write({"type": "message" if number % 3 else "reaction_added", "n": number})
    tape.close()
    return tmp_path / "busy.jsonl"


def test_it_gives_the_same_at_once_at_a_factor_and_in_virtual_time(busy_day: Path) -> None:
    at_once = collect(replay(busy_day, busy))
    assert len(at_once) > 90
    assert collect(replay(busy_day, busy)) == at_once
    assert collect(replay(busy_day, busy, speed=100)) == at_once
    assert collect(replay(busy_day, busy, speed=20)) == at_once

    clock = VirtualTime()
    virtual: list[Any] = []
    replay(busy_day, busy).subscribe(virtual.append, scheduler=clock)
    clock.run_until(20.0)
    assert virtual == at_once

    clock = VirtualTime()
    behind: list[Any] = []
    busy(replay(busy_day)).subscribe(behind.append, scheduler=clock)
    clock.run_until(20.0)
    assert behind == at_once


def test_it_gives_the_same_as_the_live_stream(tmp_path: Path) -> None:
    """
    Live in virtual time, recorded on the way; then from the recording, at once.

    Where an event and a timer meet at one moment, a live stream may take either first; a little
    more than a second keeps them apart.
    """
    marbles = Marbles()
    values: dict[str, Any] = {
        name: {"type": "message", "n": place} for place, name in enumerate("abcdefgh")
    }
    source = marbles.cold("-ab--c-(def)-----g-h----|", **values)
    live = marbles.run(busy(source.pipe(record(tmp_path / "day")), 1.01))
    assert len(live.items) > 40
    pipeline = partial(busy, second=1.01)
    assert collect(replay(tmp_path / "day", pipeline)) == live.items
    assert collect(replay(tmp_path / "day", pipeline, speed=200)) == live.items


@pytest.mark.slow
def test_it_replays_a_day_of_debounces_without_keeping_cancelled_timers(tmp_path: Path) -> None:
    ticks = iter(range(100_000))
    tape = RecordingFile(tmp_path / "day", clock=lambda: next(ticks) / 1000)
    for number in range(20_000):
        tape.write({"type": "message", "n": number})
    tape.close()
    held: list[int] = []

    def look(scheduler: Any) -> None:
        held.append(len(scheduler._due))

    def watched(stream: Observable[Any]) -> Observable[Any]:
        def subscribe(observer: Any, scheduler: Any = None) -> Any:
            return stream.pipe(ops.do_action(lambda _: look(scheduler))).subscribe(
                observer, scheduler=scheduler
            )

        return Observable(subscribe)

    assert len(collect(replay(tmp_path / "day", ops.debounce(3600.0), watched))) == 1
    assert collect(replay(tmp_path / "day", watched, ops.debounce(3600.0)))
    assert max(held) <= 1001


def test_it_tells_the_time_of_the_recording(busy_day: Path) -> None:
    stamped = collect(replay(busy_day, ops.timestamp()))
    assert stamped[0].timestamp.timestamp() == 1_764_000_000.25


def test_it_waits_in_real_time(tmp_path: Path) -> None:
    ticks = iter([0.0, 0.2, 0.4])
    tape = RecordingFile(tmp_path / "day", clock=lambda: next(ticks))
    tape.write({"type": "message"})
    tape.close()
    timed = replay(tmp_path / "day", speed=1).pipe(ops.time_interval())
    assert collect(timed)[0].interval.total_seconds() >= 0.19


def test_it_finishes_what_the_operators_have_begun(day: Path) -> None:
    assert types(collect(replay(day, ops.delay(1000.0)))) == "abcdef"


# --- on which thread, and how it ends ------------------------------------------------------------


@pytest.mark.parametrize("operators", [(), (ops.as_observable(),)])
def test_it_stops_reading_when_enough_was_taken(
    day: Path, operators: tuple[Callable[[Any], Any], ...]
) -> None:
    passed: list[Any] = []
    stream = replay(day, *operators).pipe(ops.do_action(passed.append), ops.take(2))
    assert types(collect(stream)) == "ab"
    assert types(passed) == "ab"


@pytest.mark.parametrize("speed", [float("inf"), 1000.0])
def test_it_leaves_the_trampoline_to_the_operators(day: Path, speed: float) -> None:
    """What an operator does on the current thread comes before the next event, as when live."""
    order: list[str] = []

    def upper(event: Event) -> Observable[str]:
        order.append(event["type"])
        return reactivex.of(event["type"].upper())

    collect(replay(day, speed=speed).pipe(ops.flat_map(upper), ops.do_action(order.append)))
    assert "".join(order) == "aAbBcCdDeEfF"


def test_it_takes_operators_that_begin_on_the_trampoline(day: Path) -> None:
    assert types(collect(replay(day, reconnect()))) == "abcdef"


@pytest.mark.parametrize("operators", [(), (ops.as_observable(),)])
def test_it_returns_what_the_subscriber_raises(
    day: Path, operators: tuple[Callable[[Any], Any], ...]
) -> None:
    def bad(_: object) -> None:
        raise KeyError("text")

    errors: list[Exception] = []
    replay(day, *operators).subscribe(bad, errors.append)
    assert [repr(error) for error in errors] == ["KeyError('text')"]
    with pytest.raises(KeyError):
        replay(day, *operators).subscribe(bad)


def test_it_returns_what_an_operator_raises(day: Path) -> None:
    def bad(_: Event) -> int:
        return 1 // 0

    with pytest.raises(ZeroDivisionError):
        collect(replay(day, ops.map(bad)))


@pytest.mark.parametrize("operators", [(), (ops.as_observable(),)])
def test_it_can_be_disposed_while_it_waits(
    day: Path, operators: tuple[Callable[[Any], Any], ...]
) -> None:
    subscription = replay(day, *operators, speed=0.001).subscribe()
    threads = [one for one in threading.enumerate() if one.name == "rxslack-replay"]
    assert threads
    subscription.dispose()
    for thread in threads:
        thread.join(5.0)
        assert not thread.is_alive()


def test_it_reads_anew_for_each_subscriber(day: Path) -> None:
    stream = replay(day)
    assert collect(stream) == collect(stream)


def test_it_fails_when_there_is_no_file(marbles: Marbles, tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError):
        collect(replay(tmp_path / "none"))
    with pytest.raises(FileNotFoundError):
        collect(replay(tmp_path / "none", speed=2))
    assert marbles.run(replay(tmp_path / "none")) == marbles.seen("#", FileNotFoundError)


def test_it_completes_where_there_is_nothing(marbles: Marbles, tmp_path: Path) -> None:
    (tmp_path / "day").touch()
    assert collect(replay(tmp_path / "day")) == []
    assert collect(replay(tmp_path / "day", ops.map(str))) == []
    assert marbles.run(replay(tmp_path / "day")) == marbles.seen("|")


def test_it_reports_the_lines_that_it_skips(
    day: Path, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    torn = tmp_path / "torn.jsonl"
    torn.write_text('{"at":1,"event":{"type":"a"}}\nxx\n{"at":2,"event":{"type":"b"}}\n{"at":3,"ev')
    with caplog.at_level(logging.WARNING, "rxslack.replay"):
        assert types(collect(replay(torn))) == "ab"
    assert "line 2 is skipped" in caplog.messages[0]
    assert "2 lines were skipped" in caplog.messages[1]


@pytest.mark.parametrize("content", [b"Dear diary,\n\nnothing.", b"\x1f\x8bnothing", b"[]\n" * 9])
def test_it_fails_at_what_is_no_recording(marbles: Marbles, tmp_path: Path, content: bytes) -> None:
    """Of a compressed file, nothing can be inflated."""
    path = tmp_path / "day"
    path.write_bytes(content)
    with pytest.raises(ConfigurationError, match="day is no recording"):
        collect(replay(path))
    assert marbles.run(replay(path)) == marbles.seen("#", ConfigurationError)


def test_it_goes_on_into_a_second_session_whose_clock_is_behind(tmp_path: Path) -> None:
    ticks = iter([1000.0, 1001.0, 1002.0, 500.0, 501.0, 502.0])
    for _ in range(2):
        tape = RecordingFile(tmp_path / "day", clock=lambda: next(ticks))
        tape.write({"type": "a"})
        tape.close()
    assert types(collect(replay(tmp_path / "day", ops.delay(0.5)))) == "aa"


@pytest.mark.parametrize("speed", [0, -1.0, float("nan")])
def test_it_refuses_a_speed_that_is_none(day: Path, speed: float) -> None:
    with pytest.raises(ConfigurationError, match="speed"):
        replay(day, speed=speed)


def test_it_can_be_followed_by_reconnect(marbles: Marbles, day: Path) -> None:
    lost = marbles.cold("-#", ConnectionClosed(1006))
    stream = reactivex.concat(replay(day), lost).pipe(reconnect(lambda: [1.0]), ops.take(7))
    assert marbles.run(stream) == marbles.seen("-abc---(de)-f---(a|)", **EVENTS)


@pytest.mark.parametrize("error", [KeyError("mine"), SystemExit("mine")])
@pytest.mark.parametrize("behind", ["an operator", "nothing"])
def test_it_raises_or_logs_what_nobody_takes(
    day: Path, caplog: pytest.LogCaptureFixture, error: BaseException, behind: str
) -> None:
    def fail(_: object) -> None:
        raise error

    def subscribe(stream: Observable[Any]) -> None:
        stream = stream.pipe(ops.map(fail)) if behind == "an operator" else stream
        stream.subscribe(fail)

    with pytest.raises(type(error), match="mine"):
        subscribe(replay(day))
    assert reports(caplog) == []
    subscribe(replay(day, speed=1e6))
    for thread in threading.enumerate():
        if thread.name == "rxslack-replay":
            thread.join(5.0)
    assert reports(caplog) == [("rxslack.replay", error)]


def test_it_raises_in_virtual_time_what_nobody_takes(day: Path) -> None:
    def fail(_: object) -> None:
        raise OSError("mine")

    clock = TestScheduler()
    replay(day, scheduler=clock).pipe(ops.map(fail)).subscribe()
    with pytest.raises(OSError, match="mine"):
        clock.start()


def test_it_tells_which_time_it_replays(day: Path) -> None:
    """To whoever asks on its thread; behind its own operators the time at which they emit."""

    def times(*operators: Any) -> list[float | None]:
        seen = list[float | None]()
        replay(day, *operators).pipe(ops.do_action(lambda _: seen.append(recorded_now()))).run()
        return seen

    assert times() == [1, 2, 3, 7, 7, 12]
    assert times(ops.debounce(2.0)) == [5, 9, 12]
    assert recorded_now() is None


def test_it_tells_which_time_it_replays_on_somebodys_scheduler(day: Path) -> None:
    seen, clock = list[float | None](), VirtualTime()
    replay(day, scheduler=clock).subscribe(lambda _: seen.append(recorded_now()))
    clock.start()
    assert seen == [1, 2, 3, 7, 7, 12]
    assert recorded_now() is None
