"""Subscribing again after a lost connection."""

from __future__ import annotations

import gc
import inspect
import logging
import math
import threading
from collections.abc import Callable, Iterable, Iterator
from itertools import repeat
from typing import Any

import pytest
import reactivex
from reactivex import Observable, abc, operators as ops
from reactivex.disposable import Disposable
from reactivex.scheduler import ImmediateScheduler

from rxslack.errors import (
    AuthenticationError,
    ConfigurationError,
    ConnectionClosed,
    RateLimited,
)
from rxslack.events import ReactionAddedEvent
from rxslack.operators import of_type
from rxslack.recovery.reconnect import reconnect
from rxslack.testing import Marbles, VirtualTime
from rxslack.wire.bursts import BurstObserver, Bursts
from tests.wire.rig import hub_threads, wait_until

LOST = ConnectionClosed(1006)
FATAL = AuthenticationError("rtm.connect", "invalid_auth")
HELLO = {"type": "hello"}


@pytest.fixture
def quiet() -> Iterator[None]:
    """No log: pytest keeps each line, and would be what piles up."""
    log = logging.getLogger("rxslack.reconnect")
    log.disabled = True
    yield
    log.disabled = False


def failing(error: Exception) -> Observable[Any]:
    """A source that raises inside `subscribe`."""

    def subscribe(
        observer: abc.ObserverBase[Any], scheduler: abc.SchedulerBase | None = None
    ) -> abc.DisposableBase:
        raise error

    return Observable(subscribe)


def emitting(item: str) -> Observable[str]:
    """A source that emits inside `subscribe`."""

    def subscribe(
        observer: abc.ObserverBase[str], scheduler: abc.SchedulerBase | None = None
    ) -> abc.DisposableBase:
        observer.on_next(item)
        return Disposable()

    return Observable(subscribe)


# --- attempts -----------------------------------------------------------------------------------


def test_it_holds_one_connection_at_a_time(marbles: Marbles) -> None:
    source = marbles.cold("-a-#          ", LOST)
    opened = marbles.opened(
        "^--!          ",
        "     ^--!     ",
        "          ^--!",
    )
    expected = marbles.seen("-a----a----a-#", LOST)

    assert expected == marbles.run(source.pipe(reconnect(lambda: [2.0, 2.0])))
    assert opened == source.subscriptions


def test_it_disposes_the_old_attempt_before_it_opens_the_next(marbles: Marbles) -> None:
    said: list[str] = []

    def subscribe(
        observer: abc.ObserverBase[Any], scheduler: abc.SchedulerBase | None = None
    ) -> abc.DisposableBase:
        said.append("open")
        observer.on_error(LOST)  # before anybody holds the disposable
        said.append("return")
        return Disposable(lambda: said.append("dispose"))

    source: Observable[Any] = Observable(subscribe)
    marbles.run(source.pipe(reconnect(lambda: [0.0], scheduler=ImmediateScheduler())))
    assert said == ["open", "return", "dispose", "open", "return", "dispose"]


def test_it_passes_completion(marbles: Marbles) -> None:
    source = marbles.cold("-a-|")
    assert marbles.run(source.pipe(reconnect())) == marbles.seen("-a-|")
    assert source.subscriptions == marbles.opened("^--!")


@pytest.mark.parametrize("error", [FATAL, KeyError("text"), ConfigurationError("no")])
def test_it_passes_a_fatal_error_at_the_first_attempt(marbles: Marbles, error: Exception) -> None:
    source = marbles.cold("-a-#", error)
    assert marbles.run(source.pipe(reconnect())) == marbles.seen("-a-#", error)
    assert source.subscriptions == marbles.opened("^--!")


@pytest.mark.parametrize("error", [FATAL, KeyError("text")])
def test_it_passes_a_fatal_error_at_the_third_attempt(marbles: Marbles, error: Exception) -> None:
    attempts = iter([marbles.cold("-#", LOST), marbles.cold("-#", LOST), marbles.cold("-#", error)])
    source = reactivex.defer(lambda _: next(attempts))
    seen = marbles.run(source.pipe(reconnect(lambda: repeat(1.0))))
    assert seen == marbles.seen("-----#", error)


def test_it_retries_a_source_that_raises_inside_subscribe(marbles: Marbles) -> None:
    seen = marbles.run(failing(LOST).pipe(reconnect(lambda: [2.0, 3.0])))
    assert seen == marbles.seen("-----#", LOST)


def test_it_retries_a_source_that_fails_inside_subscribe(marbles: Marbles) -> None:
    source = marbles.cold("#", LOST)
    assert marbles.run(source.pipe(reconnect(lambda: [2.0]))) == marbles.seen("--#", LOST)
    assert source.subscriptions == marbles.opened("(^!)", "  (^!)")


def test_it_passes_the_error_when_there_are_no_pauses(marbles: Marbles) -> None:
    assert marbles.run(failing(LOST).pipe(reconnect(list[float]))) == marbles.seen("#", LOST)


def test_it_tells_its_source_what_its_subscriber_needs() -> None:
    observers: list[BurstObserver] = []

    def subscribe(
        observer: BurstObserver, scheduler: abc.SchedulerBase | None
    ) -> abc.DisposableBase:
        observers.append(observer)
        return Disposable()

    source: Observable[Any] = Bursts(subscribe)
    source.pipe(reconnect(), of_type(ReactionAddedEvent)).subscribe()
    wanted = observers[0].wish()
    assert wanted.may_be_in(b'{"type":"reaction_added"}')
    assert not wanted.may_be_in(b'{"type":"message"}')


# --- no recursion, no nesting -------------------------------------------------------------------


def depth_gauge(error: Exception, depths: list[int]) -> Observable[Any]:
    """A source that fails inside `subscribe` and notes how deep the stack is there."""

    def subscribe(
        observer: abc.ObserverBase[Any], scheduler: abc.SchedulerBase | None = None
    ) -> abc.DisposableBase:
        depths.append(stack_depth())
        observer.on_error(error)
        return Disposable()

    return Observable(subscribe)


def stack_depth() -> int:
    frame, depth = inspect.currentframe(), 0
    while frame is not None:
        frame, depth = frame.f_back, depth + 1
    return depth


@pytest.mark.slow
@pytest.mark.usefixtures("quiet")
def test_it_makes_100_000_attempts_and_is_disposed() -> None:
    clock = VirtualTime()
    depths: list[int] = []
    endless = depth_gauge(LOST, depths).pipe(reconnect(lambda: repeat(1.0)))
    held = endless.pipe(ops.take_while(lambda _: True)).subscribe(
        on_error=lambda _: None, scheduler=clock
    )
    stop_at = 100_000

    def watch(scheduler: abc.SchedulerBase, _state: object = None) -> abc.DisposableBase | None:
        if len(depths) < stop_at:
            return scheduler.schedule_relative(1.0, watch)
        held.dispose()
        return None

    clock.schedule(watch)
    clock.run_until(200_000.0)
    made = len(depths)
    assert stop_at <= made < stop_at + 3
    assert len(set(depths[1:])) == 1, "the stack grows with the attempts"


@pytest.mark.usefixtures("quiet")
def test_it_loops_when_the_scheduler_runs_pauses_inline() -> None:
    depths: list[int] = []
    seen: list[Exception] = []
    source = depth_gauge(LOST, depths)
    pauses: Callable[[], Iterable[float]] = lambda: repeat(0.0, 5_000)  # noqa: E731
    source.pipe(reconnect(pauses, scheduler=ImmediateScheduler())).subscribe(on_error=seen.append)
    assert (len(depths), seen) == (5_001, [LOST])
    assert len(set(depths)) == 1


@pytest.mark.slow
@pytest.mark.usefixtures("quiet")
def test_it_does_not_pile_up_objects() -> None:
    """What 2,000 attempts leave behind is not more than what 200 leave."""

    def objects_after(attempts: int) -> int:
        clock = VirtualTime()
        source = depth_gauge(LOST, [])
        held = source.pipe(reconnect(lambda: repeat(1.0))).subscribe(scheduler=clock)
        clock.run_until(float(attempts))
        gc.collect()
        count = len(gc.get_objects())
        held.dispose()
        return count

    objects_after(10)
    few, many = objects_after(200), objects_after(2_000)
    assert many - few < 200


# --- dispose ------------------------------------------------------------------------------------


def test_it_stops_the_attempt_when_disposed(marbles: Marbles) -> None:
    source = marbles.cold("-a-----#", LOST)
    assert marbles.run(source.pipe(reconnect()), "^---!") == marbles.seen("-a")
    assert source.subscriptions == marbles.opened("^---!")


def test_it_stops_waiting_when_disposed(marbles: Marbles) -> None:
    source = marbles.cold("-#", LOST)
    assert marbles.run(source.pipe(reconnect(lambda: [5.0])), "^--!") == marbles.seen("")
    assert source.subscriptions == marbles.opened("^!")


def test_it_is_disposed_from_within_on_next(marbles: Marbles) -> None:
    source = marbles.cold("a-#", LOST)
    assert marbles.run(source.pipe(reconnect(), ops.take(1))) == marbles.seen("(a|)")
    assert source.subscriptions == marbles.opened("(^!)")


def test_it_stops_when_the_subscriber_ends_inside_subscribe() -> None:
    """The source goes on emitting, and fails, though nobody listens any more."""
    opened: list[int] = []

    def subscribe(
        observer: abc.ObserverBase[str], scheduler: abc.SchedulerBase | None = None
    ) -> abc.DisposableBase:
        opened.append(1)
        observer.on_next("a")
        observer.on_error(LOST)
        return Disposable()

    source: Observable[str] = Observable(subscribe)
    endless = reconnect(lambda: repeat(0.0), scheduler=ImmediateScheduler())
    seen: list[str] = []
    source.pipe(endless, ops.take(1)).subscribe(seen.append)
    assert (seen, opened) == (["a"], [1])


# --- subscribers --------------------------------------------------------------------------------


def test_it_serves_two_subscribers_apart(marbles: Marbles) -> None:
    source = marbles.cold("-a#", LOST)
    stream = source.pipe(reconnect(lambda: [1.0]))
    one, other = marbles.watch(stream), marbles.watch(stream, " ^")
    marbles.flush()
    assert one == marbles.seen("-a--a#", LOST)
    assert other == marbles.seen("--a--a#", LOST)


def test_it_takes_and_passes_on_the_scheduler_of_the_subscriber(marbles: Marbles) -> None:
    lost = reactivex.timer(2.0).pipe(ops.flat_map(lambda _: failing(LOST)))
    assert marbles.run(lost.pipe(reconnect(lambda: [3.0]))) == marbles.seen("-------#", LOST)


def test_it_prefers_the_scheduler_that_it_was_given(marbles: Marbles) -> None:
    other = VirtualTime()
    seen: list[Exception] = []
    stream = failing(LOST).pipe(reconnect(lambda: [3.0], scheduler=other))
    stream.subscribe(on_error=seen.append, scheduler=marbles.scheduler)
    marbles.flush()
    assert seen == []
    other.run_until(3.0)
    assert seen == [LOST]


def test_it_waits_on_timer_threads_when_nobody_gives_a_scheduler() -> None:
    ended = threading.Event()
    failing(LOST).pipe(reconnect(lambda: [0.01, 0.0])).subscribe(on_error=lambda _: ended.set())
    assert ended.wait(5)


@pytest.mark.parametrize("error", [KeyError("text"), ConnectionClosed(1000)])
@pytest.mark.parametrize("source", ["-a", "a"], ids=["later", "inside subscribe"])
def test_it_gives_a_subscribers_exception_to_that_subscriber(
    marbles: Marbles, source: str, error: Exception
) -> None:
    cold = marbles.cold(source)
    got: list[Exception] = []

    def bad(_item: object) -> None:
        raise error

    cold.pipe(reconnect()).subscribe(bad, got.append, scheduler=marbles.scheduler)
    marbles.flush()
    assert got == [error]
    assert len(cold.subscriptions) == 1
    assert cold.subscriptions[0].closed is not None


@pytest.mark.parametrize("map_first", [False, True], ids=["bare", "behind map"])
def test_it_lets_an_exception_travel_that_nobody_takes(map_first: bool) -> None:
    def bad(_item: object) -> None:
        raise LOST

    stream = emitting("a").pipe(reconnect())
    with pytest.raises(ConnectionClosed):
        stream.pipe(ops.map(bad)).subscribe() if map_first else stream.subscribe(bad)


def test_it_lets_it_travel_later_too(marbles: Marbles) -> None:
    def bad(_item: object) -> None:
        raise LOST

    marbles.cold("-a").pipe(reconnect(), ops.map(bad)).subscribe(scheduler=marbles.scheduler)
    with pytest.raises(ConnectionClosed):
        marbles.flush()


# --- pauses -------------------------------------------------------------------------------------


def counted(
    pauses: Callable[[], Iterable[float]], calls: list[int]
) -> Callable[[], Iterable[float]]:
    def made() -> Iterable[float]:
        calls.append(1)
        return pauses()

    return made


@pytest.mark.parametrize(
    ("source", "calls"),
    [
        ("h---------#", 2),  # lived ten seconds after its hello
        ("h--------#", 1),  # nine
        ("-----------------h-#", 1),  # nineteen, two of them after the hello
        ("------------#", 1),  # no hello at all
        ("h---------h#", 1),  # a second hello, so a new connection, which lived one second
    ],
)
def test_it_asks_for_fresh_pauses_after_a_stable_connection(
    marbles: Marbles, source: str, calls: int
) -> None:
    attempts = iter([marbles.cold("#", LOST), marbles.cold(source, LOST, h=HELLO)])
    stream = reactivex.defer(lambda _: next(attempts, reactivex.never()))
    made: list[int] = []
    marbles.run(stream.pipe(reconnect(counted(lambda: [1.0, 1.0], made))))
    assert len(made) == calls


def test_it_counts_the_end_of_pauses_afresh_after_a_stable_connection(marbles: Marbles) -> None:
    source = marbles.cold("h--#", LOST, h=HELLO)
    stream = source.pipe(reconnect(lambda: [1.0], stable=3.0), ops.filter(lambda i: i == HELLO))
    seen = marbles.run(stream, "^" + "-" * 20 + "!")
    assert seen == marbles.seen("h---h---h---h---h---h")


def test_it_waits_at_least_as_long_as_slack_asks(marbles: Marbles) -> None:
    limited = failing(RateLimited("rtm.connect", 5.0))
    assert marbles.run(limited.pipe(reconnect(lambda: [1.0]))).moments[0].frame == 5.0


def test_it_waits_longer_than_slack_asks_when_its_pause_is_longer(marbles: Marbles) -> None:
    limited = failing(RateLimited("rtm.connect", 5.0))
    assert marbles.run(limited.pipe(reconnect(lambda: [7.0]))).moments[0].frame == 7.0


def test_it_waits_a_default_when_slack_does_not_say_how_long(marbles: Marbles) -> None:
    limited = failing(RateLimited("rtm.connect"))
    seen = marbles.run(limited.pipe(reconnect(lambda: [1.0])))
    assert seen.moments[0].frame == RateLimited.default_pause


@pytest.mark.parametrize("pause", [-1.0, math.nan, math.inf, "1", None, True + 1j], ids=repr)
def test_it_fails_on_a_pause_that_is_no_number_of_seconds(marbles: Marbles, pause: Any) -> None:
    seen = marbles.run(failing(LOST).pipe(reconnect(lambda: iter([pause]))))
    assert seen == marbles.seen("#", ConfigurationError)
    assert "seconds" in str(seen.error)


def raising() -> Iterator[float]:
    raise KeyError("pause")
    yield 1.0


def no_iterable() -> Any:
    return 5


def refusing() -> Iterator[float]:
    raise OSError("no pauses today")


@pytest.mark.parametrize("pauses", [raising, no_iterable, refusing])
def test_it_fails_when_the_pauses_raise(
    marbles: Marbles, pauses: Callable[[], Iterable[float]]
) -> None:
    seen = marbles.run(failing(LOST).pipe(reconnect(pauses)))
    assert seen == marbles.seen("#", ConfigurationError)
    assert seen.error.__cause__ is not None


@pytest.mark.parametrize("name", ["stable", "stagger"])
@pytest.mark.parametrize("seconds", [-1.0, math.nan, "10"])
def test_it_refuses_arguments_at_once(name: str, seconds: Any) -> None:
    wrong: dict[str, Any] = {name: seconds}
    with pytest.raises(ConfigurationError, match=f"^{name} must be a number of seconds, not "):
        reconnect(**wrong)


def test_it_refuses_pauses_that_are_no_function() -> None:
    wrong: Any = [1.0, 2.0]
    with pytest.raises(ConfigurationError, match=r"^pauses must be a function: reconnect\(lambda"):
        reconnect(wrong)


# --- the log ------------------------------------------------------------------------------------


def test_it_logs_each_change(marbles: Marbles, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.INFO, "rxslack.reconnect")
    attempts = iter(
        [
            marbles.cold("#", LOST),
            marbles.cold("h-#", LOST, h=HELLO),
            marbles.cold("#", LOST),
            marbles.cold("#", LOST),
            marbles.cold("h", h=HELLO),
        ]
    )
    source = reactivex.defer(lambda _: next(attempts))
    marbles.run(source.pipe(reconnect(lambda: [2.0, 40.0, 300.0, 1.0])))

    closed = "after ConnectionClosed: the websocket: closed by the peer without a CLOSE frame"
    assert [(r.levelname, r.getMessage()) for r in caplog.records] == [
        ("WARNING", f"attempt 2 in 2.0 s, {closed}"),  # no hello yet
        ("INFO", "connected again, at attempt 2, after 2.0 s without a connection"),
        ("INFO", f"attempt 3 in 40.0 s, {closed}"),
        ("WARNING", f"no connection for 30 s, {closed}"),
        ("WARNING", f"attempt 4 in 300.0 s, {closed}"),  # forty seconds without a connection
        ("ERROR", f"no connection for 300 s, {closed}"),
        ("ERROR", f"attempt 5 in 1.0 s, {closed}"),  # more than five minutes
        ("WARNING", "connected again, at attempt 5, after 341.0 s without a connection"),
    ]


class Lines(logging.Handler):
    """The lines of a logger with the virtual moments in which they were written."""

    def __init__(self, marbles: Marbles) -> None:
        super().__init__(logging.WARNING)
        self._clock = marbles.scheduler
        self.found: list[tuple[float, str, str]] = []

    def emit(self, record: logging.LogRecord) -> None:
        moment = self._clock.now.timestamp()
        self.found.append((moment, record.levelname, record.getMessage().split(",")[0]))


@pytest.fixture
def lines(marbles: Marbles) -> Iterator[Lines]:
    handler, logger = Lines(marbles), logging.getLogger("rxslack.reconnect")
    logger.addHandler(handler)
    yield handler
    logger.removeHandler(handler)


def in_turn(*sources: Observable[Any]) -> Observable[Any]:
    left = iter(sources)
    return reactivex.defer(lambda _: next(left, reactivex.never()))


def test_it_says_when_an_outage_has_become_long_whatever_the_pauses(
    marbles: Marbles, lines: Lines
) -> None:
    source = in_turn(marbles.cold("h----#", LOST, h=HELLO), marbles.cold("h", h=HELLO))
    marbles.run(source.pipe(reconnect(lambda: [600.0])))
    assert lines.found == [
        (35.0, "WARNING", "no connection for 30 s"),
        (305.0, "ERROR", "no connection for 300 s"),
        (605.0, "WARNING", "connected again"),
    ]


def test_it_counts_an_outage_from_its_first_loss(marbles: Marbles, lines: Lines) -> None:
    refused = marbles.cold("#", LOST)
    source = in_turn(
        *(marbles.cold("h#", LOST, h=HELLO), refused, refused, marbles.cold("h", h=HELLO))
    )
    marbles.run(source.pipe(reconnect(lambda: repeat(11.0))))
    assert lines.found[0] == (31.0, "WARNING", "no connection for 30 s")


def test_it_says_nothing_of_outages_that_end_in_time(marbles: Marbles, lines: Lines) -> None:
    source = marbles.cold("h-#", LOST, h=HELLO)
    marbles.run(source.pipe(reconnect(lambda: repeat(29.0))))
    assert lines.found == []


def test_it_counts_each_outage_for_itself(marbles: Marbles, lines: Lines) -> None:
    source = in_turn(marbles.cold("h#", LOST, h=HELLO), marbles.cold("h--#", LOST, h=HELLO))
    marbles.run(source.pipe(reconnect(lambda: [20.0, 600.0])), "^" + "-" * 99 + "!")
    assert lines.found == [(54.0, "WARNING", "no connection for 30 s")]


def test_it_says_nothing_of_a_source_that_has_no_hello(marbles: Marbles, lines: Lines) -> None:
    source = in_turn(marbles.cold("a#", LOST), marbles.cold("a"))
    marbles.run(source.pipe(reconnect(lambda: [1.0])))
    assert [line for line in lines.found if "no connection" in line[2]] == []


def test_it_says_that_a_replacement_does_not_come(
    marbles: Marbles, lines: Lines, caplog: pytest.LogCaptureFixture
) -> None:
    """The old connection has ended, and the one that was to take over is still being opened."""
    events: dict[str, Any] = {"h": HELLO, "g": {"type": "goodbye"}}
    old = marbles.cold("h----------g--#", LOST, **events)
    source = in_turn(old, marbles.cold("-" * 50 + "h", **events))
    marbles.run(source.pipe(reconnect()))
    assert lines.found == [
        (44.0, "WARNING", "no connection for 30 s"),
        (61.0, "WARNING", "connected again"),
    ]
    why = f"after ConnectionClosed: {LOST}"
    assert caplog.messages[0] == f"no connection for 30 s, {why}"


def test_it_says_nothing_after_its_disposal(marbles: Marbles, lines: Lines) -> None:
    source = marbles.cold("h#", LOST, h=HELLO)
    marbles.run(source.pipe(reconnect(lambda: [600.0])), "^---------!")
    assert lines.found == []


def test_it_logs_what_nobody_takes_on_a_timer_thread(caplog: pytest.LogCaptureFixture) -> None:
    """The second attempt emits inside `subscribe`, for a subscriber that fails."""
    clock = VirtualTime()

    def bad(_: str) -> None:
        raise KeyError("a bug")

    stream = in_turn(failing(LOST), emitting("a")).pipe(reconnect(lambda: [1.0]))
    stream.subscribe(bad, scheduler=clock)
    timer = threading.Thread(target=clock.run_until, args=(2.0,))
    timer.start()
    timer.join(5.0)
    found = [record for record in caplog.records if "a bug" in record.getMessage()]
    assert [(record.name, record.levelname) for record in found] == [("rxslack.reconnect", "ERROR")]


def test_it_logs_what_nobody_takes_of_what_another_thread_said_while_it_subscribed(
    caplog: pytest.LogCaptureFixture,
) -> None:
    """It is of no use to who subscribes, and the other thread has gone on."""

    def subscribe(
        observer: abc.ObserverBase[Any], scheduler: abc.SchedulerBase | None = None
    ) -> abc.DisposableBase:
        reader = threading.Thread(target=observer.on_error, args=(FATAL,))
        reader.start()
        reader.join(5.0)
        return Disposable()

    def bad(_: Exception) -> None:
        raise KeyError("a bug")

    Observable[Any](subscribe).pipe(reconnect()).subscribe(on_error=bad)
    assert [(record.name, record.levelname) for record in caplog.records] == [
        ("rxslack.reconnect", "ERROR")
    ]
    assert "a bug" in caplog.text


def test_it_leaves_no_timer_behind() -> None:
    wait_until(lambda: not hub_threads())  # or one that is about to end does for this
    before = {*threading.enumerate()}
    held = reactivex.throw(LOST).pipe(reconnect(lambda: repeat(60.0))).subscribe()
    waiting = [one for one in threading.enumerate() if one not in before]
    assert len(waiting) == 1  # for the next attempt, and for the alarm
    held.dispose()
    for one in waiting:
        one.join(5.0)
        assert not one.is_alive()


def test_no_thread_waits_for_each_of_those_that_are_lost_together() -> None:
    before = threading.active_count()
    lost = [reactivex.throw(LOST).pipe(reconnect(lambda: repeat(60.0))) for _ in range(100)]
    held = [one.subscribe() for one in lost]
    assert threading.active_count() <= before + 2
    for one in held:
        one.dispose()
