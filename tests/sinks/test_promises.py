"""
What the sink promises, against a Slack that limits and fails: once, in order, as fast as allowed.

The threads are real and the time is not: a virtual clock moves on whenever every thread waits.
"""

from __future__ import annotations

import heapq
import itertools
import logging
import math
import random
import threading
from collections import defaultdict
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import pytest
import reactivex

from rxslack.errors import ApiError, RateLimited, ServerError, TimedOut, TransportError
from rxslack.lanes.paces import Budget, RealTime
from rxslack.sinks.post_message import post_message

logger = logging.getLogger("rxslack.test")  # --log-cli-level=INFO shows the figures

POST = "chat.postMessage"
EPOCH = 1_700_000_000.0  # unix seconds at virtual time 0
Item = dict[str, Any]


class VirtualClock(RealTime):
    """Time for real threads: it stands still while one of them runs, and jumps when all wait."""

    def __init__(self) -> None:
        self._time = 0.0
        self._lock = threading.Lock()
        self._numbers = itertools.count()
        self._asleep: list[tuple[float, int, threading.Event]] = []
        self._waiting = 0

    def now(self) -> float:
        return self._time

    def wall(self) -> float:
        return EPOCH + self._time

    def bell(self, lock: threading.Lock) -> VirtualBell:
        return VirtualBell(self, lock)

    def sleep(self, seconds: float) -> None:
        self.wait(threading.Event(), seconds)

    def wait(self, event: threading.Event, seconds: float | None) -> bool:
        """Until somebody wakes the event, or the time has come."""
        with self._lock:
            until = math.inf if seconds is None else self._time + seconds
            heapq.heappush(self._asleep, (until, next(self._numbers), event))
            self._waiting += 1
        self._move_on()
        while not event.wait(0.002):  # real seconds; a thread may have ended meanwhile
            self._move_on()
        return True

    def wake(self, event: threading.Event) -> None:
        with self._lock:
            self._rouse(event)

    def _rouse(self, event: threading.Event) -> None:
        if not event.is_set():
            self._waiting -= 1
            event.set()

    def _move_on(self) -> None:
        with self._lock:
            if self._waiting < busy_threads():
                return
            while self._asleep and self._asleep[0][2].is_set():
                heapq.heappop(self._asleep)
            if self._asleep and self._asleep[0][0] < math.inf:
                until, _, event = heapq.heappop(self._asleep)
                self._time = max(self._time, until)
                self._rouse(event)


def busy_threads() -> int:
    """The threads whose time this is: the sink's and the test's own."""
    return sum(thread.name.startswith("rxslack-post") for thread in threading.enumerate()) + 1


class VirtualBell:
    """`threading.Condition` on a virtual clock."""

    def __init__(self, clock: VirtualClock, lock: threading.Lock) -> None:
        self._clock = clock
        self._lock = lock
        self._events: list[threading.Event] = []

    def wait(self, timeout: float | None = None) -> bool:
        event = threading.Event()
        self._events.append(event)
        self._lock.release()
        try:
            return self._clock.wait(event, timeout)
        finally:
            self._lock.acquire()
            if event in self._events:
                self._events.remove(event)

    def notify(self, n: int = 1) -> None:
        for event in self._events[:n]:
            self._events.remove(event)
            self._clock.wake(event)

    def notify_all(self) -> None:
        self.notify(len(self._events))


@dataclass
class Bucket:
    """A limit as Slack keeps it: so many a second, and so many at once."""

    rate: float
    burst: float
    tokens: float = field(init=False)
    at: float = 0.0

    def __post_init__(self) -> None:
        self.tokens = self.burst

    def missing(self, now: float) -> float:
        """Seconds until there is a token; 0 when there is one."""
        self.tokens = min(self.burst, self.tokens + (now - self.at) * self.rate)
        self.at = now
        return max(0.0, (1.0 - self.tokens) / self.rate)


FAULTS = {  # how often in a thousand calls
    "retry after": 6,
    "429": 3,
    "rate_limited": 3,
    "503": 5,
    "refused": 3,
    "500": 3,
    "502 after": 3,
    "fatal_error after": 3,
    "time-out": 3,
    "time-out after": 3,
    "time-out, stored late": 3,
}


class Slack:
    """A Slack that limits by channel and by workspace, and fails before and after storing."""

    def __init__(
        self,
        clock: VirtualClock,
        *,
        seed: int = 0,
        faults: dict[str, int] | None = None,
        rate: float = 5.0,
        burst: float = 60.0,
    ) -> None:
        self.channels: defaultdict[str, list[Item]] = defaultdict(list)
        self.counted = 0  # calls of the kind that the workspace's limit is about
        self.met: defaultdict[str, int] = defaultdict(int)
        self.refusals: dict[str, Exception] = {}  # by channel, each raised once
        self._clock = clock
        self._random = random.Random(seed)
        self._faults = FAULTS if faults is None else faults
        self._lock = threading.Lock()
        self._numbers = itertools.count(1)
        self._workspace = Bucket(rate, burst)
        self._lanes: defaultdict[str, Bucket] = defaultdict(lambda: Bucket(1.0, 6.0))
        self._reading = Bucket(50 / 60, 15)

    def call(self, method: str, /, **arguments: Any) -> Item:
        self._clock.sleep(self._random.uniform(0.05, 0.2))
        if method == POST:
            return self._post(arguments)
        return self._read(method, arguments)

    def _post(self, arguments: Item) -> Item:
        with self._lock:
            if (refusal := self.refusals.pop(arguments["channel"], None)) is not None:
                raise refusal
            fault = self._fault()
            if fault == "refused":
                raise TransportError(POST, "connection refused")
            self._limit(POST, self._workspace, self._lanes[arguments["channel"]])
            self.counted += 1
        if fault in MEETING:
            MEETING[fault](self, arguments)
        return self._store(arguments)

    def _fault(self) -> str:
        drawn = self._random.randrange(1000)
        for name, weight in self._faults.items():
            if drawn < weight:
                self.met[name] += 1
                return name
            drawn -= weight
        return ""

    def _limit(self, method: str, *buckets: Bucket) -> None:
        missing = max(bucket.missing(self._clock.now()) for bucket in buckets)
        if missing > 0:
            self.met["over the limit"] += 1
            raise RateLimited(method, math.ceil(missing))
        for bucket in buckets:
            bucket.tokens -= 1

    def _store(self, arguments: Item) -> Item:
        with self._lock:
            ts = f"{self._clock.wall():.3f}{next(self._numbers) % 1000:03}"
            message = {**arguments, "ts": ts, "stored": self._clock.now()}
            self.channels[arguments["channel"]].append(message)
        return {"ok": True, "channel": arguments["channel"], "ts": ts, "message": message}

    def _read(self, method: str, arguments: Item) -> Item:
        """History newest first and without the replies, a thread oldest first, page by page."""
        assert arguments["include_all_metadata"] is True
        with self._lock:
            self._limit(method, self._reading)
            found = list(self.channels[arguments["channel"]])
        if method == "conversations.replies":
            found = [m for m in found if m.get("thread_ts") == arguments["ts"]]
        else:
            found = [m for m in reversed(found) if "thread_ts" not in m]
        start = int(arguments["cursor"] or 0)
        page = found[start : start + 20]
        following = str(start + 20) if start + 20 < len(found) else ""
        return {"ok": True, "messages": page, "response_metadata": {"next_cursor": following}}

    # What happens at a fault. What returns lets the message be stored and answered.

    def _time_out(self, _: Item) -> None:
        self._clock.sleep(30.0)
        raise TimedOut(POST, 30.0, maybe_done=True)

    def _time_out_after(self, arguments: Item) -> None:
        self._store(arguments)
        self._time_out(arguments)

    def _time_out_stored_late(self, arguments: Item) -> None:
        def store() -> None:
            self._clock.sleep(35.0)
            self._store(arguments)

        threading.Thread(target=store, name="rxslack-post-late", daemon=True).start()
        self._time_out(arguments)

    def _bad_gateway_after(self, arguments: Item) -> None:
        self._store(arguments)
        raise ServerError(POST, 502)

    def _fatal_error_after(self, arguments: Item) -> None:
        self._store(arguments)
        raise ApiError(POST, "fatal_error", retryable=True, maybe_done=True)


def raising(make: Callable[[], Exception]) -> Callable[[Slack, Item], None]:
    def meet(_: Slack, __: Item) -> None:
        raise make()

    return meet


MEETING: dict[str, Callable[[Slack, Item], None]] = {
    "retry after": raising(lambda: RateLimited(POST, 4.0)),
    "429": raising(lambda: RateLimited(POST)),
    "rate_limited": raising(lambda: RateLimited(POST, None, "rate_limited")),
    "503": raising(lambda: ServerError(POST, 503)),
    "500": raising(lambda: ServerError(POST, 500)),
    "502 after": Slack._bad_gateway_after,  # pyright: ignore[reportPrivateUsage] - its own table
    "fatal_error after": Slack._fatal_error_after,  # pyright: ignore[reportPrivateUsage] - as above
    "time-out": Slack._time_out,  # pyright: ignore[reportPrivateUsage] - as above
    "time-out after": Slack._time_out_after,  # pyright: ignore[reportPrivateUsage] - as above
    "time-out, stored late": Slack._time_out_stored_late,  # pyright: ignore[reportPrivateUsage] - as above
}


def replies(channels: int, each: int) -> list[Item]:
    """Answers to events that came from all the channels in turn; every other one in a thread."""
    return [
        {
            "channel": f"C{channel}",
            "text": str(number),
            **({"thread_ts": f"{number}.000100"} if number % 2 else {}),
        }
        for number in range(each)
        for channel in range(channels)
    ]


def texts(slack: Slack) -> dict[str, list[str]]:
    return {name: [message["text"] for message in found] for name, found in slack.channels.items()}


def posted(slack: Slack, items: list[Item], clock: VirtualClock, **options: Any) -> list[Any]:
    """Post the items and wait for the end; what failed."""
    sink = post_message(slack, budget=Budget(clock), workers=16, **options)
    failures = list[Any]()
    sink.failures.subscribe(failures.append)
    reactivex.from_iterable(items).subscribe(sink)
    assert sink.drain() == 0
    sink.close()
    return failures


@pytest.mark.parametrize("seed", [0, 3, 6])
def test_it_posts_5000_replies_to_50_channels_once_in_order_and_as_fast_as_slack_allows(
    seed: int,
) -> None:
    clock = VirtualClock()
    slack = Slack(clock, seed=seed)
    failures = posted(slack, replies(50, 100), clock, look_up=True)
    took = clock.now()

    assert failures == []
    assert texts(slack) == {f"C{n}": [str(number) for number in range(100)] for n in range(50)}
    assert min(slack.met[name] for name in FAULTS) > 3  # each kind of trouble was met
    logger.info("%.0f s for %d calls, %s", took, slack.counted, dict(slack.met))
    allowed = max((slack.counted - 60) / 5.0, (100 - 6) / 1.0)
    assert allowed <= took <= 1.1 * allowed


@pytest.mark.slow
def test_it_is_as_fast_as_the_limits_of_the_channels_where_nothing_goes_wrong() -> None:
    clock = VirtualClock()
    slack = Slack(clock, faults={}, rate=1000.0, burst=1000.0)
    assert posted(slack, replies(50, 100), clock, total_per_minute=math.inf) == []
    allowed = (100 - 6) / 1.0
    assert slack.met == {}
    assert allowed <= clock.now() <= 1.1 * allowed


def test_it_holds_no_lane_up_for_another() -> None:
    clock = VirtualClock()
    slack = Slack(clock, faults={}, rate=1000.0, burst=1000.0)
    slack.refusals = {
        "C7": RateLimited(POST, 300.0),
        "C8": TimedOut(POST, 30.0, maybe_done=True),
        "C9": ServerError(POST, 503),
    }
    assert (
        posted(slack, replies(20, 50), clock, total_per_minute=math.inf, look_up=(2.0, 60.0)) == []
    )

    last = {name: found[-1]["stored"] for name, found in slack.channels.items()}
    slow = {name: last.pop(name) for name in ("C7", "C8", "C9")}
    assert max(last.values()) <= 1.1 * (50 - 6) / 1.0
    assert slow["C7"] >= 300.0
    assert slow["C8"] >= 60.0
    assert texts(slack) == {f"C{n}": [str(number) for number in range(50)] for n in range(20)}


def test_it_reports_what_is_uncertain_where_it_may_not_look_and_posts_nothing_twice() -> None:
    clock = VirtualClock()
    slack = Slack(clock, seed=5)
    failures = posted(slack, replies(50, 20), clock, look_up=False)
    clock.sleep(60.0)  # what is stored late, is

    expected = {f"C{n}": [str(number) for number in range(20)] for n in range(50)}
    for name, found in texts(slack).items():
        assert len(found) == len(set(found))
        missing = sorted(set(expected[name]) - set(found))
        reported = {f["item"]["text"] for f in failures if f["item"]["channel"] == name}
        assert set(missing) <= reported
    assert failures
    assert all(event.get("uncertain") is True for event in failures)


def test_two_sinks_of_a_client_together_keep_to_the_limits() -> None:
    clock = VirtualClock()
    slack = Slack(clock, faults={})
    budget = Budget(clock)
    sinks = [post_message(slack, budget=budget) for _ in range(2)]
    for number, item in enumerate(replies(20, 30)):
        sinks[number % 2].on_next(item)
    for sink in sinks:
        assert sink.drain() == 0
        sink.close()
    assert slack.met == {}
    assert sum(map(len, slack.channels.values())) == 600
