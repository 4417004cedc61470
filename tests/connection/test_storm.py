"""
The storm: people talk while an adversary breaks the connection in every way there is.

Everything it does follows from its seed, as far as threads allow. Run it large by hand::

    python tests/connection/test_storm.py --messages 50000 --breaks 500 --channels 20
"""

from __future__ import annotations

import argparse
import gc
import os
import random
import resource
import sys
import threading
import time
import tracemalloc
from collections import defaultdict
from collections.abc import Callable, Generator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from itertools import pairwise
from typing import Any

import pytest

import rxslack
from rxslack.simulator import Limits, Script, Workspace

PAUSE = 0.02  # seconds; the ceiling of pauses between attempts
SILENCE = 2.0  # seconds without a word, after which a connection counts as lost
MARGIN = 256 * 1024  # bytes that the library may keep for good, such as what it has compiled
# The table of a small dict: Python hands them on, from the library's dicts to the simulator's.
SMALL_TABLE = sys.getsizeof({"a": 1}) - sys.getsizeof({})
ALWAYS = ("edits, deletions", "answers in threads that began")  # cannot be had
LIBRARY = os.path.dirname(rxslack.__file__)


@dataclass(frozen=True, kw_only=True)
class Plan:
    seed: int
    messages: int
    breaks: int
    channels: int
    backfill: bool = True
    traced: bool = False  # whether to know what memory was asked for, which takes time
    options: dict[str, Any] = field(default_factory=dict[str, Any])  # of backfill


@dataclass
class Outcome:
    """What a storm left: per channel, what was said and what arrived, in order."""

    plan: Plan
    said: dict[str, list[str]] = field(default_factory=dict[str, list[str]])
    arrived: dict[str, list[str]] = field(default_factory=dict[str, list[str]])
    gaps: int = 0
    told: list[str] = field(default_factory=list[str])  # each gap, in words
    holes: list[tuple[str, str]] = field(default_factory=list[tuple[str, str]])
    breaks: dict[str, int] = field(default_factory=dict[str, int])
    errors: list[Exception] = field(default_factory=list[Exception])
    missing: set[str] = field(default_factory=set[str])
    calls: list[int] = field(default_factory=list[int])  # of the Web API, to fill gaps
    threads: tuple[int, int] = (0, 0)
    descriptors: tuple[int, int] = (0, 0)
    objects: tuple[int, int] = (0, 0)
    memory: tuple[int, int, int] = (0, 0, 0)  # bytes of the library's: before, during, afterwards
    process: tuple[int, int] = (0, 0)  # bytes of everything, the simulator's messages included
    seconds: float = 0.0

    def covered(self) -> set[tuple[str, str]]:
        """What the gap items say was not seen: from their `last_ts` to what came next."""
        found: set[tuple[str, str]] = set()
        for since, until in self.holes:
            found |= {
                (channel, ts)
                for channel, said in self.said.items()
                for ts in said
                if since < ts < until
            }
        return found

    def lost(self) -> set[tuple[str, str]]:
        return {
            (channel, ts)
            for channel, said in self.said.items()
            for ts in set(said) - set(self.arrived.get(channel, []))
        }

    def doubled(self) -> int:
        return sum(len(arrived) - len(set(arrived)) for arrived in self.arrived.values())

    def disordered(self) -> dict[str, list[tuple[str, str]]]:
        found: dict[str, list[tuple[str, str]]] = {}
        for channel, arrived in self.arrived.items():
            wrong = [(a, b) for a, b in pairwise(arrived) if a > b]
            if wrong:
                found[channel] = wrong
        return found


class Adversary:
    """
    Breaks things, one after the other.

    Args:
        slack: what is broken.
        chance: decides how.
    """

    def __init__(self, slack: Workspace, chance: random.Random) -> None:
        self._slack = slack
        self._chance = chance
        self.counts: dict[str, int] = defaultdict(int)
        self._troubles: dict[str, Script] = {}
        self._ways: dict[str, Callable[[], None]] = {
            "fin": lambda: self._each(lambda one: one.hang_up()),
            "rst": lambda: self._each(lambda one: one.cut()),
            "close": lambda: self._each(lambda one: one.close(chance.choice([1000, 1001, 1011]))),
            "close without a code": lambda: self._each(lambda one: one.close(None)),
            "half a frame, then rst": lambda: self._each(self._half_a_frame),
            "bad opcode": lambda: self._each(lambda one: one.send_bytes(b"\x83\x00")),
            "bad utf-8": lambda: self._each(lambda one: one.send_text(b"\xff\xfe")),
            "goodbye": lambda: self._each(lambda one: one.send({"type": "goodbye"})),
            "goodbye and close": lambda: self._each(self._goodbye),
            "migration": lambda: self._each(self._migrate),
            "half-open": self._half_open,
            "503": lambda: self._refuse(status=503, body="<html>busy</html>"),
            "500": lambda: self._refuse(status=500, body="<html>oops</html>"),
            "429": lambda: self._refuse(status=429, headers={"Retry-After": "0"}),
            "empty body": lambda: self._refuse(body=""),
            "truncated body": lambda: self._refuse(body='{"ok": true, "url": "ws'),
            "no url": lambda: self._refuse(body={"ok": True}),
            "migration in progress": lambda: self._refuse(
                body={"ok": False, "error": "migration_in_progress"}
            ),
            "history 500": lambda: self._trouble("conversations.history", status=500),
            "history 429": lambda: self._trouble(
                "conversations.history", status=429, headers={"Retry-After": "0"}
            ),
            "replies 503": lambda: self._trouble("conversations.replies", status=503),
            "list fatal_error": lambda: self._trouble(
                "users.conversations", body={"ok": False, "error": "fatal_error"}
            ),
        }

    def strike(self) -> None:
        name = self._chance.choice([*self._ways])
        self.counts[name] += 1
        self._ways[name]()

    def _each(self, way: Callable[[Any], object]) -> None:
        for connection in self._slack.connections:
            way(connection)

    def _half_a_frame(self, connection: Any) -> None:
        connection.send_bytes(b"\x81\x7e\x10\x00" + b"{" * self._chance.randrange(1, 2000))
        time.sleep(0.001)
        connection.cut()

    def _goodbye(self, connection: Any) -> None:
        connection.send({"type": "goodbye"})
        time.sleep(self._chance.uniform(0.0, 0.03))
        connection.close(None)

    def _migrate(self, connection: Any) -> None:
        connection.send({"type": "team_migration_started"})
        connection.close(1001)

    def _half_open(self) -> None:
        with self._slack.faults.stop_ponging():
            time.sleep(self._chance.uniform(0.01, 0.05))
            self._each(lambda one: one.cut())

    def _refuse(self, **answer: Any) -> None:
        self._trouble("rtm.connect", **answer)
        self._each(lambda one: one.hang_up())

    def _trouble(self, method: str, **answer: Any) -> None:
        # One trouble at a time for each method: they shall not add up to more than there are tries.
        if method in self._troubles:
            self._troubles[method].release()
        times = self._chance.randrange(1, 4)
        self._troubles[method] = self._slack.faults.answer(method, times=times, **answer)


class Crowd:
    """
    People who talk, in channels and in threads.

    Args:
        slack: where.
        chance: decides who says what where.
        channels: how many.
    """

    def __init__(self, slack: Workspace, chance: random.Random, channels: int) -> None:
        self._slack = slack
        self._chance = chance
        self._names = [f"channel-{n}" for n in range(channels)]
        for name in self._names:
            slack.add_channel(name)
        self._roots: dict[str, list[str]] = defaultdict(list)
        self.said: dict[str, list[str]] = defaultdict(list)

    def greet(self) -> None:
        """One message in each channel."""
        for name in self._names:
            message = self._slack.say(name, "alice", "Hello")
            self.said[message["channel"]].append(message["ts"])

    def talk(self, text: str) -> None:
        channel = self._chance.choice(self._names)
        roots = self._roots[channel]
        thread = None
        if roots and self._chance.random() < 0.3:  # mostly in threads of late, now and then in any
            thread = self._chance.choice(roots[-4:] if self._chance.random() < 0.9 else roots)
        message = self._slack.say(channel, "alice", text, thread_ts=thread)
        self.said[message["channel"]].append(message["ts"])
        if thread is None and self._chance.random() < 0.1:
            roots.append(message["ts"])


def run(plan: Plan) -> Outcome:
    chance = random.Random(plan.seed)
    outcome = Outcome(plan)
    begun = time.monotonic()
    with traced(plan.traced), Workspace(seed=plan.seed, limits=Limits.off(), keep=1000) as slack:
        crowd = Crowd(slack, chance, plan.channels)
        adversary = Adversary(slack, chance)
        rested, small = allocated(), resident()
        with subscribed(slack, plan, outcome):
            crowd.greet()
            slack.connections[0].hang_up()
            calm(slack, crowd, outcome)  # now everything is there that is going to be
            before = resources()
            for number in range(plan.messages):
                crowd.talk(f"message {number}")
                if number % (plan.messages // plan.breaks) == plan.messages // plan.breaks // 2:
                    adversary.strike()
                if number % 10 == 0:
                    time.sleep(0.01)  # lets others run: there is one interpreter
            calm(slack, crowd, outcome)
            after, busy = resources(), allocated()
        settle(4)
        outcome.memory = (rested, busy, allocated())
        outcome.process = (small, resident())
        outcome.said = {channel: sorted(ts) for channel, ts in crowd.said.items()}
        outcome.breaks = dict(adversary.counts)
    outcome.threads, outcome.descriptors, outcome.objects = zip(before, after, strict=True)
    outcome.seconds = time.monotonic() - begun
    return outcome


@contextmanager
def subscribed(slack: Workspace, plan: Plan, outcome: Outcome) -> Generator[None]:
    budget = rxslack.UrlBudget(burst=1000, per_minute=60_000.0)
    stream = rxslack.rtm(slack.web, budget=budget, ping_after=0.5, silence=SILENCE).pipe(
        rxslack.reconnect(lambda: rxslack.backoff(PAUSE, PAUSE), stable=0.5)
    )
    if plan.backfill:
        options: dict[str, Any] = {"settle": 0.05, "margin": 0.5, **plan.options}
        stream = stream.pipe(
            # Its bounds are those that everybody gets; only time goes faster.
            rxslack.backfill(
                slack.user_web,
                per_minute=1e9,
                pauses=lambda: [PAUSE] * 8,
                **options,
            )
        )

    open_holes: list[str] = []

    def heard(item: dict[str, Any]) -> None:
        kind = item["type"]
        if kind == "message" and not item.get("hidden"):
            ts = item["ts"][:1] + item["ts"][1:]  # a copy, so that nothing of the item is kept
            outcome.arrived.setdefault(item["channel"], []).append(ts)
            while open_holes:
                outcome.holes.append((open_holes.pop(), ts))
        elif kind == "rxslack.gap":
            outcome.gaps += 1
            outcome.told.append("{since:.3f} to {until:.3f} {reason}".format(**item))
            open_holes.append(item["last_ts"] or "")
        elif kind == "rxslack.backfilled":
            whys = [part["why"] for part in item["missing"]]
            outcome.missing.update(why for why in whys if not why.startswith(ALWAYS))
            outcome.calls.append(item["calls"])

    subscription = stream.subscribe(heard, outcome.errors.append)
    slack.wait_until(lambda: slack.connections)
    try:
        yield
    finally:
        subscription.dispose()


def calm(slack: Workspace, crowd: Crowd, outcome: Outcome) -> None:
    """Let the last gap be filled, or, without backfill, the last connection stand."""
    deadline = time.monotonic() + 60.0
    while outcome.plan.backfill and time.monotonic() < deadline and not outcome.errors:
        if {c: len(ts) for c, ts in crowd.said.items()} == {
            c: len(outcome.arrived.get(c, [])) for c in crowd.said
        }:
            break
        time.sleep(0.02)
    heard = outcome.plan.backfill
    while not heard and time.monotonic() < deadline:
        last = slack.say("channel-0", "alice", "still there?")
        crowd.said[last["channel"]].append(last["ts"])
        time.sleep(0.05)
        heard = last["ts"] in outcome.arrived.get(last["channel"], [])
    rest(slack)


def rest(slack: Workspace) -> None:
    """
    Wait until one connection has stood alone for a while.

    A half-open one is found out after `silence`, and only then replaced: what is counted before
    that, or while two overlap, is not what stays.
    """
    stood: tuple[object, float] = (None, 0.0)
    deadline = time.monotonic() + 30.0
    while time.monotonic() < deadline:
        now = [connection.number for connection in slack.connections]
        if len(now) != 1 or now != stood[0]:
            stood = (now, time.monotonic())
        elif time.monotonic() > stood[1] + SILENCE + 1.0:
            break
        time.sleep(0.05)
    settle(12)


def settle(threads: int) -> None:
    """Let threads come to their end, until so many are left."""
    deadline = time.monotonic() + 5.0
    while threading.active_count() > threads and time.monotonic() < deadline:
        time.sleep(0.05)
    time.sleep(0.3)


def resources() -> tuple[int, int, int]:
    gc.collect()
    ours = [one for one in gc.get_objects() if is_ours(type(one).__module__)]
    return threading.active_count(), len(os.listdir("/proc/self/fd")), len(ours)


@contextmanager
def traced(wanted: bool) -> Generator[None]:
    """Know where memory was asked for."""
    if wanted:
        tracemalloc.start()
    try:
        yield
    finally:
        tracemalloc.stop()


def allocated() -> int:
    """Bytes that the library asked for and that are still there; 0 when nobody wants to know."""
    if not tracemalloc.is_tracing():
        return 0
    gc.collect()
    ours = tracemalloc.Filter(True, f"{LIBRARY}/*")
    not_the_simulator = tracemalloc.Filter(False, f"{LIBRARY}/simulator/*")
    snapshot = tracemalloc.take_snapshot().filter_traces([ours, not_the_simulator])
    return sum(trace.size for trace in snapshot.traces if trace.size != SMALL_TABLE)


def resident() -> int:
    """Bytes of memory that the process has."""
    with open("/proc/self/statm") as file:
        return int(file.read().split()[1]) * resource.getpagesize()


def is_ours(module: object) -> bool:
    """Whether a class is of the library, and not of the simulator, which keeps all messages."""
    return str(module).startswith("rxslack.") and not str(module).startswith("rxslack.simulator")


def report(outcome: Outcome) -> str:
    lines = [
        f"seed {outcome.plan.seed}: {sum(map(len, outcome.said.values()))} messages, "
        f"{sum(outcome.breaks.values())} breaks, {outcome.gaps} gaps, {outcome.seconds:.1f} s",
        f"lost {len(outcome.lost())}, not recovered: {sorted(outcome.missing)}, "
        f"doubled {outcome.doubled()}, "
        f"out of order {sum(map(len, outcome.disordered().values()))}, errors {outcome.errors}",
        f"threads {outcome.threads}, descriptors {outcome.descriptors}, objects {outcome.objects}",
        "memory of the library: {} KiB before it subscribes, {} KiB with what it remembers at the "
        "end, {} KiB when disposed".format(*(size // 1024 for size in outcome.memory)),
        "memory of the process, with all that was said: {} MiB before, {} MiB after, ".format(
            *(size // 2**20 for size in outcome.process)
        )
        + f"{resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024} MiB at the most",
        f"{sum(outcome.calls) / max(1, outcome.gaps):.1f} calls a gap",
        ", ".join(f"{name} {count}" for name, count in sorted(outcome.breaks.items())),
    ]
    return "\n".join(lines)


# --- what has to come out of it -------------------------------------------------------------------


def hold_to_promises(outcome: Outcome) -> None:
    """Each message once and in order; without backfill, all but those in the gaps."""
    story = "\n".join([report(outcome), *outcome.told, f"lost: {sorted(outcome.lost())}"])
    assert outcome.errors == [], story
    assert outcome.lost() == (set() if outcome.plan.backfill else outcome.covered()), story
    assert outcome.doubled() == 0, story
    assert outcome.disordered() == {}, story
    assert outcome.memory[2] <= outcome.memory[0] + MARGIN, story


@pytest.mark.slow
@pytest.mark.parametrize("seed", [11, random.randrange(10**6)], ids=["known", "new"])
def test_it_brings_every_message_once_and_in_order(seed: int) -> None:
    outcome = run(Plan(seed=seed, messages=2_000, breaks=25, channels=8))
    story = report(outcome)  # has the seed
    hold_to_promises(outcome)
    assert outcome.missing == set(), story
    assert outcome.gaps > 5, story
    assert outcome.threads[1] <= outcome.threads[0] + 1, story  # one more connection in the pool
    assert outcome.descriptors[1] <= outcome.descriptors[0] + 2, story
    assert outcome.objects[1] <= outcome.objects[0] + 20, story


@pytest.mark.slow
def test_it_brings_every_message_when_slack_gives_few_at_a_time() -> None:
    """Then much is said between the first page of history and the last."""
    seed = random.randrange(10**6)
    outcome = run(Plan(seed=seed, messages=1_000, breaks=15, channels=3, options={"limit": 15}))
    hold_to_promises(outcome)
    assert outcome.missing == set(), report(outcome)


@pytest.mark.slow
def test_it_loses_without_backfill_exactly_what_its_gap_items_cover() -> None:
    seed = random.randrange(10**6)
    outcome = run(Plan(seed=seed, messages=2_000, breaks=25, channels=8, backfill=False))
    hold_to_promises(outcome)
    assert outcome.lost() != set(), report(outcome)


# --- by hand --------------------------------------------------------------------------------------


def main() -> None:
    parser = argparse.ArgumentParser(description="Run the storm and say what it left.")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--messages", type=int, default=50_000)
    parser.add_argument("--breaks", type=int, default=500)
    parser.add_argument("--channels", type=int, default=20)
    parser.add_argument("--without-backfill", action="store_true")
    parser.add_argument(
        "--untraced", action="store_true", help="quicker, without the library's own memory"
    )
    options = parser.parse_args()
    plan = Plan(
        seed=options.seed,
        messages=options.messages,
        breaks=options.breaks,
        channels=options.channels,
        backfill=not options.without_backfill,
        traced=not options.untraced,
    )
    run(replace(plan, messages=100, breaks=20, traced=False))  # everything is imported now
    outcome = run(plan)
    print(report(outcome))  # noqa: T201 - a command prints
    hold_to_promises(outcome)


if __name__ == "__main__":
    main()
