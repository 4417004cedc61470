"""
The storm: people talk, and everything goes wrong that can, at random.

All of it follows from the seed, as far as threads allow.
"""

from __future__ import annotations

import random
import time
from collections import Counter, deque
from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import dataclass, field
from functools import partial
from typing import Any, Final

from tests.adversary.account import Verdict
from tests.adversary.client import SILENCE, Pipeline, pipeline, stepping
from tests.adversary.past import Said
from tests.adversary.slack import BUSY, Answer, Connection, Manner, Mode, Slack
from tests.adversary.world import SPARE, World

__all__ = ["KINDS", "Outcome", "Plan", "run"]

WINDOW: Final = 0.2  # seconds within which Slack tells in disorder
LAG: Final = 0.5  # seconds that history is late at the most
OLD: Final = 3 * 3600.0  # seconds; the age of threads that began before

KINDS: Final = {
    "announced": "ends that Slack announces",
    "silent": "connections that die without a word",
    "replacements": "connections that fail as soon as they are opened",
    "disorder": "messages that come behind later ones",
    "lag": "history that is late",
    "clock": "clocks that differ, and step",
    "threads": "answers in threads of hours ago",
    "refusals": "channels that may not be read",
    "together": "all connections of an app that are lost at once",
}
"""Kinds of trouble that can be left out; the rest always is there."""


@dataclass(frozen=True, kw_only=True)
class Plan:
    """
    A storm.

    pace: messages a second, about.
    patience: seconds without a sign of life after which nothing is expected any more.
    without: kinds of trouble that do not happen.
    """

    seed: int
    mode: Mode = "rtm"
    connections: int = 1
    messages: int = 300
    faults: int = 10
    channels: int = 5
    pace: float = 400.0
    patience: float = SILENCE + 2.0
    without: frozenset[str] = frozenset()
    made: Pipeline = pipeline

    def has(self, kind: str) -> bool:
        return kind not in self.without


@dataclass(frozen=True)
class Outcome:
    """What a storm left."""

    plan: Plan
    verdict: Verdict
    gaps: int
    faults: Counter[str]
    resources: tuple[tuple[int, int], tuple[int, int]]  # threads and files when quiet: first, last
    errors: list[Exception]
    leftover: str
    story: str
    seconds: float

    @property
    def is_clean(self) -> bool:
        """Whether everything that was promised was kept."""
        first, last = self.resources
        grown = last[0] > first[0] or last[1] > first[1] + SPARE
        return self.verdict.is_clean and not (self.errors or self.leftover or grown)

    def line(self) -> str:
        """All of it in a line."""
        plan, verdict = self.plan, self.verdict
        (threads, files), (threads_after, files_after) = self.resources
        return (
            f"seed {plan.seed} {plan.mode} x{plan.connections}: said {verdict.said}, "
            f"delivered {verdict.delivered} ({verdict.by_gap} by gap), lost {len(verdict.lost)} "
            f"and {verdict.excused} told of, doubled {len(verdict.doubled)}, out of order "
            f"{len(verdict.disordered)}, invented {len(verdict.invented)}, gaps {self.gaps}, "
            f"faults {self.faults.total()}, threads {threads}/{threads_after}, files "
            f"{files}/{files_after}, left {self.leftover or 'nothing'}, {self.seconds:.1f} s: "
            + ("held" if self.is_clean else "VIOLATED")
        )


@dataclass
class Adversary:
    """
    Does what can go wrong.

    Args:
        world: where.
        plan: says what may happen.
        chance: decides what does.
        step: steps the client's clock.
    """

    world: World
    plan: Plan
    chance: random.Random
    step: Callable[[float], None]
    counts: Counter[str] = field(default_factory=Counter[str])
    last: deque[str] = field(default_factory=lambda: deque[str](maxlen=12))

    def __post_init__(self) -> None:
        self.slack: Slack = self.world.slack
        ways: list[tuple[str, str, Callable[[], object]]] = [
            ("", "FIN", lambda: self._end(lambda one: one.fin())),
            ("", "FIN heard late", lambda: self._end(lambda one: one.fin(self._some(0.3)))),
            ("", "RST", lambda: self._end(lambda one: one.rst())),
            ("", "CLOSE", lambda: self._end(lambda one: one.close(self._code()))),
            ("", "cut in a frame", lambda: self._end(self._cut)),
            ("", "the Web API in trouble", self._trouble),
            ("", "a new channel in the gap", self._found),
            ("", "an outage", self._outage),
            ("silent", "silent death", lambda: self._end(lambda one: one.die_silently())),
            ("silent", "half-open, then RST", lambda: self._end(self._half_open)),
            ("silent", "pings unanswered", lambda: self._end(self._be_mute)),
            ("announced", "goodbye, then an end", lambda: self._announce(self._any_end)),
            ("announced", "goodbye, then silence", self._goodbye_and_silence),
            ("announced", "goodbye, FIN heard late", self._goodbye_and_late),
            ("announced", "goodbye, replacement dies", self._goodbye_and_bad_replacement),
            ("announced", "gateway roll", self._roll),
            ("replacements", "bad replacements", self._bad_replacements),
            ("threads", "an old thread answered in the gap", self._answer_old),
            ("refusals", "a channel refused", self._refuse),
            ("clock", "the clock steps", lambda: self.step(self.chance.uniform(-3600, 3600))),
            ("together", "all lost together", self._all_at_once),
        ]
        self._ways = {
            name: way for kind, name, way in ways if plan_has(self.plan, kind, self.world)
        }

    def strike(self) -> None:
        """Let something go wrong, mostly when there is something to lose."""
        if self.chance.random() < 0.8:
            self.world.wait(self.slack.standing)
        name = self.chance.choice([*self._ways])
        self.counts[name] += 1
        self.last.append(f"{time.monotonic():.3f} {name}")
        with self.slack.lock:
            self._ways[name]()

    def relent(self) -> None:
        """Let nothing more go wrong, but for what goes on by itself."""
        with self.slack.lock:
            self.slack.manners.clear()
            self.slack.troubles.clear()
            self.slack.past.allow()

    def _some(self, seconds: float) -> float:
        return self.chance.uniform(0.0, seconds)

    def _behind(self) -> float:
        return self._some(0.1) if self.plan.has("disorder") and self.chance.random() < 0.5 else 0.0

    def _code(self) -> int | None:
        return self.chance.choice([1000, 1001, 1011, None])

    def _end(self, way: Callable[[Connection], object]) -> None:
        if standing := self.slack.standing():
            way(self.chance.choice(standing))

    def _any_end(self, one: Connection) -> None:
        ends: list[Callable[[], object]] = [one.fin, one.rst, one.close, lambda: one.close(None)]
        self.chance.choice(ends)()

    def _cut(self, one: Connection) -> None:
        event = {"type": "user_typing", "channel": "C0", "user": "U1"}
        one.cut(event, self.chance.randrange(64), self.chance.choice(["FIN", "RST"]))

    def _half_open(self, one: Connection) -> None:
        (one.fade if self.slack.mode == "socket_mode" else one.die_silently)()
        self.slack.later(self._some(0.3), one.rst)

    def _be_mute(self, one: Connection) -> None:
        one.is_mute = True

    def _trouble(self) -> None:
        method = self.chance.choice([*TROUBLED])
        times = self.chance.randrange(1, 4)
        self.slack.troubles[method] = deque([self.chance.choice(TROUBLES)] * times)
        if method in ("rtm.connect", "apps.connections.open"):
            self._end(self._any_end)

    def _outage(self) -> None:
        self.slack.manners.append(Manner(hello_after=self._some(0.2)))
        self._end(self._any_end)

    def _found(self) -> None:
        self._outage()
        if not self.slack.standing():
            self.world.say(f"CNEW{self.counts['a new channel in the gap']}")

    def _answer_old(self) -> None:
        self._outage()
        if not self.slack.standing():
            old = self.chance.choice(self.world.old)
            self.world.say(old.channel, thread_ts=old.ts)

    def _refuse(self) -> None:
        error = self.chance.choice(["not_in_channel", "channel_not_found", "missing_scope"])
        self.slack.past.deny("C0", error)
        self.slack.later(self._some(0.5), self.slack.past.allow)
        self._end(self._any_end)

    def _bad_replacements(self) -> None:
        for _ in range(self.chance.randrange(1, 4)):
            manner = self.chance.choice(
                [
                    Manner(refused=True),
                    Manner(dies="before hello", dies_after=self._some(0.05)),
                    Manner(dies="after hello", dies_after=self._some(0.05)),
                ]
            )
            self.slack.manners.append(manner)
        self._end(self._any_end)

    def _announce(self, then: Callable[[Connection], object], within: float = 0.2) -> None:
        def announced(one: Connection) -> None:
            one.say_goodbye()
            one.behind = max(one.behind, self._behind())  # what is on its way stays ahead
            self.slack.later(self._some(within), lambda: then(one) if one.stands else None)

        manner = Manner(hello_after=self._some(0.1), behind=self._behind())
        self.slack.manners.append(manner)
        self._end(announced)

    def _goodbye_and_silence(self) -> None:
        self._announce(lambda one: one.die_silently(), 0.1)

    def _goodbye_and_late(self) -> None:
        self._announce(lambda one: one.fin(self._some(0.3)), 0.1)

    def _goodbye_and_bad_replacement(self) -> None:
        self._announce(lambda one: one.die_silently(), 0.05)
        self.slack.manners.clear()
        self.slack.manners.append(Manner(dies="after hello", dies_after=self._some(0.2)))

    def _roll(self) -> None:
        """Everything that stands, and will stand soon, says goodbye, and goes on for a while."""

        def roll() -> None:
            for one in self.slack.standing():
                if not one.is_leaving:
                    one.say_goodbye()
                    self.slack.later(0.2 + self._some(0.4), partial(self._any_end, one))

        for seconds in (0.0, 0.05, 0.1):
            self.slack.later(seconds, roll)

    def _all_at_once(self) -> None:
        self.slack.is_patient = False
        for one in self.slack.standing():
            self.slack.manners.append(Manner(hello_after=self._some(0.2)))
            self._any_end(one)


def plan_has(plan: Plan, kind: str, world: World) -> bool:
    """Whether a kind of trouble may happen."""
    return plan.has(kind) and (kind != "together" or plan.mode == "socket_mode")


TROUBLED: Final = (
    "rtm.connect",
    "apps.connections.open",
    "users.conversations",
    "conversations.history",
    "conversations.replies",
)
TROUBLES: Final[list[Answer]] = [
    BUSY,
    (500, b"<html>oops</html>", {}),
    (429, {"ok": False, "error": "ratelimited"}, {"Retry-After": "0"}),
    (200, {"ok": False, "error": "fatal_error"}, {}),
    (200, b'{"ok": true, "mess', {}),
    (200, b"", {}),
]


class Crowd:
    """People who talk, in channels and in threads."""

    def __init__(self, world: World, plan: Plan, chance: random.Random) -> None:
        self._world = world
        self._plan = plan
        self._chance = chance
        self._roots: list[Said] = []

    def talk(self) -> None:
        """Somebody says something, somewhere."""
        chance = self._chance
        options: dict[str, Any] = {}
        channel = f"C{chance.randrange(self._plan.channels)}"
        if self._roots and chance.random() < 0.3:
            root = chance.choice(self._roots[-6:])
            channel, options["thread_ts"] = root.channel, root.ts
        if self._plan.has("disorder") and chance.random() < 0.05:
            options["late"] = chance.uniform(0.0, WINDOW)
        options["twice"] = chance.random() < 0.02
        options["same"] = chance.random() < 0.05
        said = self._world.say(channel, **options)
        if said.thread_ts is None and chance.random() < 0.1:
            self._roots.append(said)


def run(plan: Plan) -> Outcome:
    """Let it storm, and wait until it is calm again."""
    chance, begun = random.Random(plan.seed), time.monotonic()
    ahead = chance.uniform(-7200.0, 7200.0) if plan.has("clock") else 0.0
    with ExitStack() as stack:
        step = stack.enter_context(stepping())
        world = World(plan.mode, connections=plan.connections, ahead=ahead, made=plan.made)
        slack = world.slack
        slack.past.page = chance.choice([3, 15, 999])
        if plan.has("lag"):
            slack.lag = lambda: chance.choice([0.0, 0.02, 0.2, LAG])
            slack.past.hasty_counts = chance.random() < 0.5
        world.old = [slack.remember(f"C{n}", f"old {n}", OLD) for n in range(plan.channels)]
        with world:
            crowd, adversary = Crowd(world, plan, chance), Adversary(world, plan, chance, step)
            greet(world, plan)
            first = world.resources()
            every = max(1, plan.messages // max(1, plan.faults))
            for number in range(plan.messages):
                crowd.talk()
                if plan.faults and number % every == every // 2:
                    adversary.strike()
                if number % 10 == 9:
                    time.sleep(chance.uniform(0.0, 20 / plan.pace))
            adversary.relent()
            verdict = world.calm(plan.patience)
            last = world.settled(first)
            story = world.story()
    return Outcome(
        plan=plan,
        verdict=verdict,
        gaps=len(world.account.holes),
        faults=adversary.counts,
        resources=(first, last),
        errors=world.errors,
        leftover=world.leftover,
        story="\n".join([f"{plan}", story, "last faults:", *adversary.last]),
        seconds=time.monotonic() - begun,
    )


def greet(world: World, plan: Plan) -> None:
    """A message in each channel, and a first gap: everything is there then that is going to be."""
    for number in range(plan.channels):
        world.say(f"C{number}")
    for one in world.slack.standing():
        one.fin()
    world.wait(lambda: world.hellos() == 2 * plan.connections)
    world.calm(plan.patience)
