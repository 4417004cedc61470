"""
The storm over Socket Mode: people talk while an adversary breaks every connection there is, and the
subscriber sleeps ten seconds over every item it gets as long as that lasts.

Where it sleeps makes a difference. Handed over to a thread of its own, as by `ops.observe_on` or
`aiter`, it holds nothing up: a break is noticed at once and the connection replaced. On the
connection's own thread everything that arrives is acknowledged in time, too, and comes once; but a
break is noticed only behind what waits for the subscriber, and until then nothing is connected:
what happens meanwhile lives on Slack's retries, of which the last comes six minutes later.

Everything the adversary does follows from the seed, as far as threads allow. By hand, large::

    python tests/connection/test_socket_storm.py --messages 50000 --breaks 500 --channels 20
    python tests/connection/test_socket_storm.py --messages 50000 --breaks 500 --connections 3
    python tests/connection/test_socket_storm.py --messages 5000 --breaks 1 --own-thread
"""

from __future__ import annotations

import argparse
import gc
import logging
import math
import os
import random
import resource
import threading
import time
from collections import Counter, defaultdict
from collections.abc import Callable, Generator, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

import pytest
from reactivex import operators as ops
from reactivex.scheduler import EventLoopScheduler

import rxslack
from rxslack.simulator import Limits, SocketModeOptions, Workspace

DEADLINE = 3.0  # Slack's, in seconds
SLEEP = 10.0  # seconds an item
RETRIES = (*[0.05] * 10, *[0.5] * 20, *[5.0] * 1000)  # seconds; Slack has fewer, minutes apart


@dataclass(frozen=True, kw_only=True)
class Plan:
    """
    seconds: how long it lasts, at the least.
    connections: how many at once.
    handed_over: whether the subscriber has a thread of its own.
    """

    seed: int
    messages: int
    breaks: int
    seconds: float = 0.0
    channels: int = 8
    connections: int = 1
    handed_over: bool = True

    @property
    def spare(self) -> int:
        """Threads and descriptors that HTTP's kept connections may add, at both of their ends."""
        return 4 * self.connections


@dataclass(frozen=True)
class Resources:
    threads: int
    descriptors: int
    objects: int  # of the library's classes
    memory: int  # MiB; the simulator's are among them, and it remembers every message


@dataclass
class Outcome:
    """What a storm left."""

    plan: Plan
    arrived: Counter[str] = field(default_factory=Counter[str])
    late: int = 0  # events whose first delivery to arrive was a retry
    slept_over: int = 0
    delivered: list[Any] = field(default_factory=list[Any])
    last_sockets: set[int] = field(default_factory=set[int])
    breaks: Counter[str] = field(default_factory=Counter[str])
    logged: Counter[str] = field(default_factory=Counter[str])
    errors: list[Exception] = field(default_factory=list[Exception])
    before: Resources | None = None
    after: Resources | None = None
    stormed: float = 0.0  # seconds
    seconds: float = 0.0

    def lost(self) -> set[str]:
        return {one.event_id for one in self.delivered} - set(self.arrived)

    def doubled(self) -> list[str]:
        return [event_id for event_id, count in self.arrived.items() if count > 1]

    def waits(self) -> list[float]:
        """Seconds from its sending to its acknowledgement, of each envelope that has one."""
        return [
            at - one.sent_at[one.envelope_ids.index(envelope_id)]
            for one in self.delivered
            for envelope_id, at in one.acknowledgements.items()
        ]

    def ignored(self) -> list[str]:
        """
        Envelopes that were not acknowledged although they have arrived.

        That is so when one was acknowledged that was sent later over the same connection, or when
        the connection was still there at the end.
        """
        reached: dict[int, float] = dict.fromkeys(self.last_sockets, math.inf)
        for _, socket, sent_at in self.sent(acknowledged=True):
            reached[socket] = max(reached.get(socket, 0.0), sent_at)
        return [
            envelope_id
            for envelope_id, socket, sent_at in self.sent(acknowledged=False)
            if sent_at < reached.get(socket, 0.0)
        ]

    def sent(self, *, acknowledged: bool) -> Iterator[tuple[str, int, float]]:
        """The id, the socket and the time of envelopes."""
        for one in self.delivered:
            for sending in zip(one.envelope_ids, one.sockets, one.sent_at, strict=True):
                if (sending[0] in one.acknowledgements) is acknowledged:
                    yield sending

    def report(self) -> str:
        waits = sorted(self.waits())
        sent = sum(len(one.sent_at) for one in self.delivered)
        return "\n".join(
            [
                f"{self.plan}",
                f"{len(self.delivered)} events, {self.breaks.total()} breaks in "
                f"{self.stormed:.1f} s, everything dealt with after {self.seconds:.1f} s",
                f"lost {len(self.lost())}, doubled {len(self.doubled())}, errors {self.errors}",
                f"{sent} envelopes sent, {len(waits)} acknowledged, the others were cut off; the "
                f"slowest after {waits[-1]:.3f} s, the median after "
                f"{waits[len(waits) // 2] * 1000:.2f} ms",
                f"{self.late} events came as a retry, {self.logged['dropped a repetition']} "
                f"repetitions were dropped; slept {SLEEP:.0f} s over each of the first "
                f"{self.slept_over} items",
                f"at the begin {self.before}",
                f"at the end   {self.after}",
                ", ".join(f"{name} {count}" for name, count in sorted(self.breaks.items())),
                f"{self.logged['Slack counts']} ghosts, peak memory "
                f"{resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024} MiB",
            ]
        )


class Adversary:
    """
    Breaks things, one after the other.

    Args:
        slack: what is broken.
        chance: decides how.
    """

    def __init__(self, slack: Workspace, chance: random.Random) -> None:
        self.counts: Counter[str] = Counter()
        self._slack = slack
        self._chance = chance
        self._held: list[Any] = []
        mode, faults = slack.socket_mode, slack.faults
        self._ways: dict[str, Callable[[], object]] = {
            "fin": lambda: self._one().hang_up(),
            "rst": lambda: self._one().cut(),
            "close": lambda: self._one().close(chance.choice([1000, 1001, 1011, None])),
            "bad opcode": lambda: self._one().send_bytes(b"\x83\x00"),
            "bad utf-8": lambda: self._one().send_text(b"\xff\xfe"),
            "half a frame": lambda: self._one().send_bytes(b"\x81\x7e\x10\x00{{{"),
            "half-open": lambda: self._held.append(faults.half_open(self._one().number)),
            "warning": lambda: mode.disconnect("warning", notice=0.1),
            "refresh": lambda: mode.disconnect("refresh_requested", notice=0.05),
            "refresh at once": lambda: mode.disconnect("refresh_requested", notice=0),
            "disconnect for hello": lambda: self._greet(
                '{"type":"disconnect","reason":"too_many_websockets"}'
            ),
            "no JSON for hello": lambda: self._greet("UNAUTHENTICATED: cache_error"),
            "no hello for a while": self._hold_hello,
            "404 for a websocket": lambda: self._unless_open(faults.refuse_upgrade(times=1)),
            "dead URL": lambda: self._unless_open(
                faults.dead_url("apps.connections.open", times=1)
            ),
            "503": lambda: self._refuse(status=503, body="<html>busy</html>"),
            "500": lambda: self._refuse(status=500, body="<html>oops</html>"),
            "429": lambda: self._refuse(status=429, headers={"Retry-After": "0"}),
            "internal_error": lambda: self._refuse(body={"ok": False, "error": "internal_error"}),
            "empty body": lambda: self._refuse(body=""),
            "truncated body": lambda: self._refuse(body='{"ok": true, "url": "ws'),
            "no url": lambda: self._refuse(body={"ok": True}),
        }

    def strike(self, patience: float) -> None:
        """Break something, once there is something to break; seconds to wait for that."""
        self.release()
        name = self._chance.choice([*self._ways])
        try:
            self._slack.wait_until(lambda: self._slack.connections, patience)
        except TimeoutError:
            if patience:
                raise
            return
        self.counts[name] += 1
        self._ways[name]()

    def release(self) -> None:
        """End what lasts."""
        while self._held:
            self._held.pop().release()

    def _one(self) -> Any:
        return self._chance.choice(self._slack.connections or self._slack.past_connections)

    def _greet(self, words: str) -> None:
        self._slack.socket_mode.say_instead_of_hello(words)
        self._one().cut()

    def _hold_hello(self) -> None:
        with self._slack.faults.hold_hello():
            self._one().cut()
            time.sleep(0.05)

    def _unless_open(self, _fault: object) -> None:
        self._one().hang_up()

    def _refuse(self, **answer: Any) -> None:
        self._slack.faults.answer("apps.connections.open", times=2, **answer)
        self._one().hang_up()


class Crowd:
    """People who talk, in channels and in threads."""

    def __init__(self, slack: Workspace, chance: random.Random, channels: int) -> None:
        self._slack = slack
        self._chance = chance
        self._names = [f"channel-{number}" for number in range(channels)]
        for name in self._names:
            slack.add_channel(name)
        self._roots: dict[str, list[str]] = defaultdict(list)

    def talk(self, text: str) -> None:
        name = self._chance.choice(self._names)
        roots = self._roots[name]
        thread = self._chance.choice(roots[-4:]) if roots and self._chance.random() < 0.3 else None
        message = self._slack.say(name, "alice", text, thread_ts=thread)
        if thread is None and self._chance.random() < 0.1:
            roots.append(message["ts"])


class Counting(logging.Handler):
    """Counts lines of the log by their first words."""

    def __init__(self, counts: Counter[str]) -> None:
        super().__init__()
        self._counts = counts

    def emit(self, record: logging.LogRecord) -> None:
        for words in ("dropped a repetition", "Slack counts"):
            if str(record.msg).startswith(words):
                self._counts[words] += 1


@contextmanager
def counted(counts: Counter[str]) -> Generator[None]:
    log, handler = logging.getLogger("rxslack.socket_mode"), Counting(counts)
    before, propagate = log.level, log.propagate
    log.addHandler(handler)
    log.setLevel(logging.DEBUG)
    log.propagate = False
    try:
        yield
    finally:
        log.removeHandler(handler)
        log.setLevel(before)
        log.propagate = propagate


def run(plan: Plan) -> Outcome:
    """Let it storm, and wait until everything is delivered and acknowledged."""
    chance, outcome, begun = random.Random(plan.seed), Outcome(plan), time.monotonic()
    options = SocketModeOptions(retry_pauses=RETRIES, redelivers_every=50)
    with (
        counted(outcome.logged),
        Workspace(
            seed=plan.seed, limits=Limits.off(), socket_mode=options, keep=plan.messages * 2
        ) as slack,
    ):
        crowd, adversary = Crowd(slack, chance, plan.channels), Adversary(slack, chance)
        over = threading.Event()
        with subscribed(slack, plan, outcome, over):
            outcome.before = resources()
            storm(plan, crowd, adversary)
            outcome.stormed = time.monotonic() - begun
            over.set()
            calm(slack, plan, outcome)
            outcome.after = resources()
        outcome.breaks = adversary.counts
    outcome.seconds = time.monotonic() - begun
    return outcome


def storm(plan: Plan, crowd: Crowd, adversary: Adversary) -> None:
    every = max(plan.messages // plan.breaks, 1)
    begun = time.monotonic()
    for number in range(plan.messages):
        crowd.talk(f"message {number}")
        if number % every == every // 2:
            adversary.strike(60.0 if plan.handed_over else 0.0)
        if number % 20 == 0:  # lets others run: there is one interpreter
            due = begun + plan.seconds * number / plan.messages
            time.sleep(max(0.002, due - time.monotonic()))
    adversary.release()


def calm(slack: Workspace, plan: Plan, outcome: Outcome) -> None:
    """Wait until everything has been dealt with, and the last connections stand."""

    def is_done() -> bool:
        settled = all(one.is_settled for one in slack.socket_mode.delivered)
        return settled and outcome.arrived.keys() >= {
            one.event_id for one in slack.socket_mode.delivered
        }

    wait(lambda: outcome.errors or is_done(), 60.0 + plan.messages / 200)
    slack.wait_until(lambda: outcome.errors or len(slack.connections) == plan.connections, 60.0)
    outcome.delivered = slack.socket_mode.delivered
    outcome.last_sockets = {one.number for one in slack.connections}
    wait(lambda: not outcome.ignored(), DEADLINE)
    before = outcome.before
    wait(lambda: before and threading.active_count() <= before.threads + plan.spare, DEADLINE)


def wait(until: Callable[[], object], seconds: float) -> None:
    """Wait for something, but no longer than that."""
    deadline = time.monotonic() + seconds
    while not until() and time.monotonic() < deadline:
        time.sleep(0.05)


def pauses() -> Iterator[float]:
    return iter(rxslack.backoff(0.02, 0.02))


@contextmanager
def subscribed(
    slack: Workspace, plan: Plan, outcome: Outcome, over: threading.Event
) -> Generator[None]:
    def heard(item: dict[str, Any]) -> None:
        if item["type"] == "events_api":
            event_id = item["payload"]["event_id"]
            outcome.late += item["retry_attempt"] > 0 and event_id not in outcome.arrived
            outcome.arrived[event_id] += 1
        if not over.is_set():
            outcome.slept_over += 1
            over.wait(SLEEP)

    stream = rxslack.socket_mode(
        slack.app,
        connections=plan.connections,
        pauses=pauses,
        stable=0.5,
        budget=rxslack.UrlBudget(burst=100_000, per_minute=60_000.0),
        ping_after=0.5,
        silence=2.0,
    )
    if plan.connections == 1:
        stream = stream.pipe(rxslack.reconnect(pauses, stable=0.5))
    own = EventLoopScheduler()
    if plan.handed_over:
        stream = stream.pipe(ops.observe_on(own))
    subscription = stream.subscribe(heard, outcome.errors.append)
    try:
        slack.wait_until(lambda: len(slack.connections) == plan.connections)
        yield
    finally:
        over.set()
        subscription.dispose()
        own.dispose()


def resources() -> Resources:
    gc.collect()
    with open("/proc/self/statm", encoding="ascii") as statm:
        pages = int(statm.read().split()[1])
    return Resources(
        threading.active_count(),
        len(os.listdir("/proc/self/fd")),
        sum(is_ours(type(one).__module__) for one in gc.get_objects()),
        pages * resource.getpagesize() >> 20,
    )


def is_ours(module: object) -> bool:
    """Whether a class is of the library, and not of the simulator, which keeps all messages."""
    return str(module).startswith("rxslack.") and not str(module).startswith("rxslack.simulator")


# --- what has to come out of it -------------------------------------------------------------------


def hold_to_promises(outcome: Outcome) -> None:
    """Each event once, each envelope that arrived acknowledged in time, nothing left behind."""
    story = outcome.report()
    assert outcome.errors == [], story
    assert len(outcome.delivered) >= outcome.plan.messages, story  # and news of threads
    assert outcome.lost() == set(), story
    assert outcome.doubled() == [], story
    assert outcome.ignored() == [], story
    assert max(outcome.waits()) < DEADLINE, story
    assert outcome.slept_over > 0, story
    assert outcome.logged["Slack counts"] == 0, story
    assert outcome.before is not None, story
    assert outcome.after is not None, story
    assert outcome.after.threads <= outcome.before.threads + outcome.plan.spare, story
    assert outcome.after.descriptors <= outcome.before.descriptors + outcome.plan.spare, story
    assert outcome.after.objects <= outcome.before.objects + 20 + outcome.plan.spare, story


@pytest.mark.slow
@pytest.mark.parametrize("connections", [1, 3])
def test_it_brings_every_event_once_and_acknowledges_it_in_time(connections: int) -> None:
    seed = random.randrange(10**6)
    outcome = run(Plan(seed=seed, messages=2_000, breaks=30, connections=connections))
    hold_to_promises(outcome)
    assert outcome.breaks.total() == 30, outcome.report()


@pytest.mark.slow
def test_it_does_so_when_the_subscriber_sleeps_on_the_connections_own_thread() -> None:
    seed = random.randrange(10**6)
    outcome = run(Plan(seed=seed, messages=1_000, breaks=1, seconds=7.0, handed_over=False))
    hold_to_promises(outcome)


# --- by hand --------------------------------------------------------------------------------------


def main() -> None:
    parser = argparse.ArgumentParser(description="Run the storm and say what it left.")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--messages", type=int, default=50_000)
    parser.add_argument("--breaks", type=int, default=500)
    parser.add_argument("--seconds", type=float, default=120.0, help="at the least (120)")
    parser.add_argument("--channels", type=int, default=20)
    parser.add_argument("--connections", type=int, default=1)
    parser.add_argument("--own-thread", action="store_true", help="the subscriber has none")
    options = vars(parser.parse_args())
    outcome = run(Plan(handed_over=not options.pop("own_thread"), **options))
    print(outcome.report())  # noqa: T201 - a command prints
    hold_to_promises(outcome)


if __name__ == "__main__":
    main()
