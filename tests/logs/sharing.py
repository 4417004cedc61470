"""What processes share: a pace, and workspaces."""

from __future__ import annotations

import math
import time
from pathlib import Path
from typing import Any

import redis

from rxslack.simulator import Limits, Workspace
from tests.logs.stage import SceneResult, Stage, stage, wait_for

__all__ = ["budget", "leases", "spread"]

LEASE = 3.0


def budget(seconds: float) -> SceneResult:
    """Four processes post in one channel."""
    with stage() as here:
        path = here.folder / "posts"
        path.touch()
        for number in range(4):
            here.fleet.start(f"pace{number}", "pace", here.server.url, path, seconds)
        for number in range(4):
            here.fleet.wait(f"pace{number}", seconds + 60.0)
        times = sorted(map(float, path.read_text().split()))
        began, burst, rate = times[0], 5, 2.0
        worst = max(n + 1 - (burst + rate * (at - began)) for n, at in enumerate(times))
        return SceneResult(
            f"4 processes in {times[-1] - began:.1f} s: {len(times)} posts; at the worst moment {worst:+.2f} "
            f"beside burst + rate × t",
            worst <= 0.05 and len(times) >= burst + rate * (times[-1] - began) * 0.8,
        )


class Members:
    """
    Processes that share workspaces.

    Args:
        here: Where they play.
        slack: The workspace that stands in for all of them, to which each has a socket; None: they have leases
            alone.
        count: How many workspaces.
    """

    def __init__(self, here: Stage, slack: Workspace | None, count: int) -> None:
        self._here = here
        self._base_url = slack.base_url if slack else ""
        self._tokens = here.folder / "tokens"
        tokens = [
            slack.new_token("xoxb") if slack else f"xoxb-test-{number}" for number in range(count)
        ]
        self._tokens.write_text("\n".join(tokens))
        self._count = count
        self._redis: Any = redis.Redis(port=here.server.port)
        self.living: list[int] = []

    def start(self, number: int) -> None:
        """One more."""
        words = (self._here.server.url, self._path(number), self._tokens, self._base_url, LEASE)
        self._here.fleet.start(f"member{number}", "member", *words)
        self.living.append(number)

    def kill(self, number: int) -> None:
        """One fewer."""
        self._here.fleet.kill(f"member{number}", again=False)
        self.living.remove(number)

    def _path(self, number: int) -> Path:
        return self._here.folder / f"share{number}"

    def connected(self, number: int) -> set[str]:
        """The workspaces whose connection to a member stands."""
        path, names = self._path(number), set[str]()
        for line in path.read_text().splitlines() if path.exists() else []:
            sign, _, name = line.partition(" ")
            (names.add if sign == "+" else names.discard)(name)
        return names

    def are_connected(self) -> bool:
        """Whether every workspace is connected to a member that lives."""
        names = {name for number in self.living for name in self.connected(number)}
        return len(names) == self._count

    def held(self) -> int:
        """How many workspaces are leased to members that live."""
        pids = {f"{self._here.fleet.pid(f'member{number}')}" for number in self.living}
        holders = self._redis.hvals("{rxslack}:s:workspaces:holder")
        return sum(holder.decode().partition("-")[0] in pids for holder in holders)

    def have_settled(self) -> bool:
        """Whether each workspace is connected to one member, and all have about as many."""
        sizes = [len(self.connected(number)) for number in self.living]
        fair = self._count / len(sizes)
        return (
            self.are_connected()
            and sum(sizes) == self._count
            and all(math.floor(fair) <= size <= math.ceil(fair) for size in sizes)
        )


def leases(count: int) -> SceneResult:
    """As `spread`, without sockets, of which a machine has so many only."""
    with stage() as here:
        return share_workspaces(here, None, count)


def spread(count: int) -> SceneResult:
    """Many workspaces over three processes, a socket each; one is killed, and one is added."""
    with stage() as here, Workspace(limits=Limits.off()) as slack:
        return share_workspaces(here, slack, count)


def share_workspaces(here: Stage, slack: Workspace | None, count: int) -> SceneResult:
    members = Members(here, slack, count)
    for number in range(3):
        members.start(number)
    began = wait_for(members.have_settled, 300.0)
    before = {number: members.connected(number) for number in range(3)}
    at = time.monotonic()
    members.kill(1)
    held = wait_for(lambda: members.held() == count, 60.0)
    held_after = time.monotonic() - at
    connected = wait_for(members.are_connected, 120.0)
    connected_after = time.monotonic() - at
    two = {number: members.connected(number) for number in (0, 2)}
    kept = all(before[number] <= two[number] for number in (0, 2))
    members.start(3)
    fewest = count

    def joined() -> bool:
        nonlocal fewest
        if slack:
            fewest = min(fewest, len(slack.connections))
        time.sleep(0.1)
        return members.have_settled()

    shared = wait_for(joined, 300.0)
    moved = len(members.connected(3))
    stayed = all(members.connected(number) <= two[number] for number in (0, 2))
    sockets = (
        f", and never were there fewer than {fewest} connections" if slack else ", without sockets"
    )
    return SceneResult(
        f"{count} workspaces over 3 processes, lease {LEASE:.0f} s: one of {len(before[1])} killed, all "
        f"held again after {held_after:.1f} s and connected after {connected_after:.1f} s, what others had "
        f"stayed: {kept}; one added: {moved} moved to it, nothing else: {stayed}{sockets}",
        began
        and held
        and held_after <= LEASE + 1.0
        and connected
        and (connected_after <= LEASE + 1.0 or not slack)
        and kept
        and shared
        and stayed
        and fewest == count,
    )
