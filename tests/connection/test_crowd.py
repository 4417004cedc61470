"""
Many connections in one process: they start, are refreshed and fail, each at its own moment.

Run it large by hand::

    python tests/connection/test_crowd.py --connections 500
"""

from __future__ import annotations

import argparse
import os
import random
import resource
import threading
import time
from collections import Counter
from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import dataclass, field
from functools import partial
from typing import Any

import pytest
from reactivex import operators as ops

import rxslack
from rxslack.simulator import Limits, Workspace
from rxslack.web.client import WebClient

GROUP = 50  # connections that grow old at about the same time
SPREAD = 0.5  # seconds within which their replacements are opened


@dataclass
class Crowd:
    """What each of many streams brought, by its number."""

    kinds: list[Counter[str]]
    texts: list[list[str]]
    errors: list[Exception] = field(default_factory=list[Exception])

    def heard(self, text: str) -> int:
        """How many streams a message has reached."""
        return sum(texts[-1:] == [text] for texts in self.texts)

    def count(self, kind: str) -> list[int]:
        return [kinds[kind] for kinds in self.kinds]


@dataclass
class Outcome:
    crowd: Crowd
    said: list[str] = field(default_factory=list[str])
    seconds: dict[str, float] = field(default_factory=dict[str, float])
    cut: int = 0
    threads: tuple[int, int, int] = (0, 0, 0)  # before, at the most, afterwards
    descriptors: tuple[int, int, int] = (0, 0, 0)
    memory: int = 0  # bytes of the process at the most, the simulator's side included


def run(connections: int, *, stagger: float, seed: int = 1) -> Outcome:
    """
    Start, refresh and cut connections.

    Args:
        connections: how many.
        stagger: seconds between two of them as they start.
        seed: decides which ones are cut.
    """
    outcome = Outcome(
        Crowd([Counter() for _ in range(connections)], [[] for _ in range(connections)])
    )
    with Workspace(limits=Limits.off(), keep=1000) as slack, ExitStack() as leaving:
        before = usage()
        tokens = [slack.new_token("xoxb") for _ in range(connections)]
        webs = [WebClient(token, base_url=slack.base_url) for token in tokens]
        subscription = subscribed(webs, outcome.crowd, stagger)
        leaving.callback(subscription.dispose)  # also when a step fails, or later tests meet them
        patience = 60.0 + connections * (stagger + 0.02)

        def step(name: str, condition: Callable[[], bool]) -> None:
            begun = time.monotonic()
            slack.wait_until(condition, patience)
            outcome.said.append(name)
            slack.say("general", "alice", name)
            slack.wait_until(lambda: outcome.crowd.heard(name) == connections, patience)
            outcome.seconds[name] = time.monotonic() - begun

        step("all stand", lambda: min(outcome.crowd.count("hello")) == 1)
        during = usage()
        refresh(slack, outcome.crowd, patience)
        step("all are refreshed", lambda: len(slack.connections) == connections)
        victims = random.Random(seed).sample(slack.connections, connections // 2)
        outcome.cut = len(victims)
        for victim in victims:
            victim.cut()
        step("half of them failed", lambda: sum(outcome.crowd.count("rxslack.gap")) == len(victims))
        subscription.dispose()
        for web in webs:
            web.close()
        deadline = time.monotonic() + 10.0
        while usage()[0] > before[0] + 1 and time.monotonic() < deadline:
            time.sleep(0.05)
        outcome.threads, outcome.descriptors = zip(before, during, usage(), strict=True)
    outcome.memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024
    return outcome


def refresh(slack: Workspace, crowd: Crowd, patience: float) -> None:
    """Say goodbye to all, some at a time, and close each when another has taken over."""
    old = slack.connections
    for start in range(0, len(old), GROUP):
        group = old[start : start + GROUP]
        for connection in group:
            connection.send({"type": "goodbye"})
        refreshed = start + len(group)
        slack.wait_until(partial(hellos, crowd, len(old) + refreshed), patience)
        # An old one that ends before it has answered after the new one's hello leaves a gap.
        slack.wait_until(partial(pongs, crowd, refreshed), patience)
        for connection in group:
            connection.close(None)


def hellos(crowd: Crowd, number: int) -> bool:
    return sum(crowd.count("hello")) == number


def pongs(crowd: Crowd, number: int) -> bool:
    return sum(crowd.count("pong")) >= number


def subscribed(webs: list[WebClient], crowd: Crowd, stagger: float) -> Any:
    numbers = {id(web): number for number, web in enumerate(webs)}

    def stream(web: WebClient) -> Any:
        number = numbers[id(web)]

        def note(item: dict[str, Any]) -> None:
            crowd.kinds[number][item["type"]] += 1
            if item["type"] == "message":
                crowd.texts[number].append(item["text"])

        return rxslack.rtm(web, named=True).pipe(
            rxslack.reconnect(lambda: rxslack.backoff(0.2, 2.0), stagger=SPREAD),
            ops.do_action(note),
        )

    return rxslack.workspaces(webs, stream, stagger=stagger).subscribe(on_error=crowd.errors.append)


def usage() -> tuple[int, int]:
    return threading.active_count(), len(os.listdir("/proc/self/fd"))


def hold_to_promises(outcome: Outcome) -> None:
    crowd = outcome.crowd
    assert crowd.errors == []
    assert all(texts == outcome.said for texts in crowd.texts), "each message once, in order"
    assert sum(crowd.count("hello")) == 2 * len(crowd.texts) + outcome.cut
    assert sum(crowd.count("rxslack.gap")) == outcome.cut
    assert outcome.threads[2] <= outcome.threads[0] + 2
    assert outcome.descriptors[2] <= outcome.descriptors[0] + 4


@pytest.mark.slow
def test_it_keeps_a_hundred_connections() -> None:
    hold_to_promises(run(100, stagger=0.002))


def main() -> None:
    parser = argparse.ArgumentParser(description="Keep many connections at once.")
    parser.add_argument("--connections", type=int, default=500)
    parser.add_argument("--stagger", type=float, default=0.02)
    options = parser.parse_args()
    _, most = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (most, most))
    outcome = run(options.connections, stagger=options.stagger)
    lines = [
        f"{options.connections} connections, {outcome.cut} of them cut",
        *(f"{name}: {seconds:.1f} s" for name, seconds in outcome.seconds.items()),
        f"threads before, with all, after: {outcome.threads}, the simulator's included",
        f"descriptors before, with all, after: {outcome.descriptors}, likewise",
        f"memory of the process at the most: {outcome.memory // 2**20} MiB",
    ]
    print("\n".join(lines))  # noqa: T201 - a command prints
    hold_to_promises(outcome)


if __name__ == "__main__":
    main()
