"""
The storm over Socket Mode: people talk while an adversary breaks every connection there is.

Run it large by hand, with a subscriber that sleeps ten seconds an item for the first of them::

    python tests/connection/test_socket_storm.py --messages 50000 --breaks 300 --sleep 10 --slow 3
"""

from __future__ import annotations

import argparse
import random
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any

import pytest

import rxslack
from rxslack.simulator import Limits, SocketModeOptions, Workspace

DEADLINE = 3.0  # Slack's, in seconds


@dataclass(frozen=True, kw_only=True)
class Plan:
    """
    sleep: seconds that the subscriber sleeps over each of the first `slow` events.
    connections: how many at once.
    """

    seed: int = 1
    messages: int
    breaks: int
    sleep: float = 0.0
    slow: int = 0
    connections: int = 1


@dataclass
class Outcome:
    said: int = 0
    arrived: Counter[str] = field(default_factory=Counter[str])
    delivered: list[Any] = field(default_factory=list[Any])
    breaks: Counter[str] = field(default_factory=Counter[str])
    errors: list[Exception] = field(default_factory=list[Exception])
    seconds: float = 0.0

    def lost(self) -> set[str]:
        return {one.event_id for one in self.delivered} - set(self.arrived)

    def doubled(self) -> list[str]:
        return [event_id for event_id, count in self.arrived.items() if count > 1]

    def waits(self) -> list[float]:
        """Seconds from an envelope's sending to its acknowledgement."""
        return [
            one.acknowledged_at - max(at for at in one.sent_at if at <= one.acknowledged_at)
            for one in self.delivered
            if one.acknowledged_at is not None
        ]

    def report(self) -> str:
        waits = sorted(self.waits())
        again = sum(len(one.sent_at) > 1 for one in self.delivered)
        return (
            f"{self.said} messages, {self.breaks.total()} breaks in {self.seconds:.1f} s; "
            f"lost {len(self.lost())}, doubled {len(self.doubled())}, errors {self.errors}\n"
            f"{len(waits)} of {len(self.delivered)} envelopes acknowledged, the slowest after "
            f"{waits[-1]:.3f} s, the median after {waits[len(waits) // 2] * 1000:.2f} ms; "
            f"{again} were delivered more than once\n"
            + ", ".join(f"{name} {count}" for name, count in sorted(self.breaks.items()))
        )


class Adversary:
    """Breaks things, one after the other."""

    def __init__(self, slack: Workspace, chance: random.Random) -> None:
        self.counts: Counter[str] = Counter()
        self._slack = slack
        self._chance = chance
        mode = slack.socket_mode
        self._ways: dict[str, Callable[[], object]] = {
            "fin": lambda: self._one().hang_up(),
            "rst": lambda: self._one().cut(),
            "close": lambda: self._one().close(chance.choice([1000, 1001, 1011, None])),
            "bad opcode": lambda: self._one().send_bytes(b"\x83\x00"),
            "bad utf-8": lambda: self._one().send_text(b"\xff\xfe"),
            "half a frame": lambda: self._one().send_bytes(b"\x81\x7e\x10\x00{{{"),
            "warning": lambda: mode.disconnect("warning", notice=0.1),
            "refresh": lambda: mode.disconnect("refresh_requested", notice=0.05),
            "refresh at once": lambda: mode.disconnect("refresh_requested", notice=0.0),
            "no JSON for hello": self._greet_badly,
            "503": lambda: self._refuse(status=503, body="<html>busy</html>"),
            "429": lambda: self._refuse(status=429, headers={"Retry-After": "0"}),
            "no url": lambda: self._refuse(body={"ok": True}),
        }

    def strike(self) -> None:
        name = self._chance.choice([*self._ways])
        self._slack.wait_until(lambda: self._slack.connections, 60.0)
        self.counts[name] += 1
        self._ways[name]()

    def _one(self) -> Any:
        return self._chance.choice(self._slack.connections or self._slack.past_connections)

    def _greet_badly(self) -> None:
        self._slack.socket_mode.say_instead_of_hello()
        self._one().cut()

    def _refuse(self, **answer: Any) -> None:
        self._slack.faults.answer("apps.connections.open", times=2, **answer)
        self._one().hang_up()


def run(plan: Plan) -> Outcome:
    """Let it storm, and wait until everything is delivered and acknowledged."""
    chance, outcome, begun = random.Random(plan.seed), Outcome(), time.monotonic()
    options = SocketModeOptions(retry_pauses=(*[0.05] * 20, *[1.0] * 200), redelivers_every=50)
    with Workspace(
        seed=plan.seed, limits=Limits.off(), socket_mode=options, keep=plan.messages * 2
    ) as slack:
        adversary = Adversary(slack, chance)
        subscription = subscribe(slack, plan, outcome)
        every = max(plan.messages // plan.breaks, 1)
        for number in range(plan.messages):
            slack.say("general", "alice", f"message {number}")
            if number % every == every // 2:
                adversary.strike()
            if number % 20 == 0:
                time.sleep(0.002)  # lets others run: there is one interpreter
        outcome.delivered = slack.socket_mode.delivered
        try:
            slack.wait_until(
                lambda: (
                    outcome.errors
                    or (all(one.is_settled for one in outcome.delivered) and not outcome.lost())
                ),
                30.0 + plan.sleep * plan.slow + plan.messages / 500,
            )
        except TimeoutError as error:
            outcome.errors.append(error)
        subscription.dispose()
        outcome.said, outcome.breaks = plan.messages, adversary.counts
    outcome.seconds = time.monotonic() - begun
    return outcome


def pauses() -> Iterator[float]:
    return iter(rxslack.backoff(0.02, 0.02))


def subscribe(slack: Workspace, plan: Plan, outcome: Outcome) -> Any:
    slow = iter(range(plan.slow))

    def heard(item: dict[str, Any]) -> None:
        if item["type"] == "events_api":
            outcome.arrived[item["payload"]["event_id"]] += 1
            if next(slow, None) is not None:
                time.sleep(plan.sleep)

    budget = rxslack.UrlBudget(burst=1000, every=0.001)
    stream = rxslack.socket_mode(
        slack.app,
        connections=plan.connections,
        pauses=pauses,
        stable=0.5,
        budget=budget,
        ping_after=0.5,
        silence=2.0,
    )
    if plan.connections == 1:
        stream = stream.pipe(rxslack.reconnect(pauses, stable=0.5))
    subscription = stream.subscribe(heard, outcome.errors.append)
    slack.wait_until(lambda: len(slack.connections) == plan.connections)
    return subscription


@pytest.mark.parametrize("connections", [1, 3])
def test_it_brings_every_event_once_and_acknowledges_it_in_time(connections: int) -> None:
    outcome = run(Plan(messages=1500, breaks=20, connections=connections, sleep=0.3, slow=3))

    assert outcome.errors == []
    assert outcome.lost() == set()
    assert outcome.doubled() == []
    assert len(outcome.delivered) == len(outcome.waits()) == 1500
    assert max(outcome.waits()) < DEADLINE
    assert threading.active_count() < 30


def main() -> None:
    parser = argparse.ArgumentParser(description="Run the storm and say what it left.")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--messages", type=int, default=20_000)
    parser.add_argument("--breaks", type=int, default=200)
    parser.add_argument("--sleep", type=float, default=10.0, help="seconds an item (10)")
    parser.add_argument("--slow", type=int, default=3, help="items it is slept over (3)")
    parser.add_argument("--connections", type=int, default=1)
    print(run(Plan(**vars(parser.parse_args()))).report())  # noqa: T201 - a command prints


if __name__ == "__main__":
    main()
