"""A scripted Slack, the client that listens to it, and the account of what came of it."""

from __future__ import annotations

import itertools
import os
import threading
import time
from collections.abc import Callable
from types import TracebackType
from typing import Any, Final

from tests.adversary.account import Account, Verdict
from tests.adversary.client import SILENCE, Clients, Pipeline, pipeline
from tests.adversary.loop import THREAD
from tests.adversary.past import Said
from tests.adversary.slack import Connection, Mode, Slack

__all__ = ["PATIENCE", "SPARE", "World"]

PATIENCE: Final = 20.0  # seconds until something is taken for lost
CALM: Final = (
    600.0  # the same after a storm, whose past may take a thousand pages on a busy machine
)
_OLD: Final = 35.0  # seconds; for 30 of them a connection that was replaced may be read
_LOOK: Final = 0.05  # seconds between looks whether it is calm
SPARE: Final = 2  # connections of the Web API that are kept, for calls made at the same time


class World:
    """
    Everything of one run.

    Args:
        mode: of the websockets.
        connections: how many the client opens.
        ahead: seconds by which Slack's clock is ahead.
        made: makes the pipeline under test.
    """

    def __init__(
        self,
        mode: Mode = "rtm",
        *,
        connections: int = 1,
        ahead: float = 0.0,
        made: Pipeline = pipeline,
    ) -> None:
        self.slack = Slack(mode, ahead)
        self.account = Account(self.slack, connections=connections)
        self.errors: list[Exception] = []
        self.connections = connections
        self.items: list[dict[str, Any]] = []  # but for messages
        self.old: list[Said] = []  # what was said before anybody listened
        self._numbers = itertools.count(1)
        self._made = made
        self._last = 0.0  # when something else than a pong came, by the monotonic clock

    def __enter__(self) -> World:
        """Connect."""
        self.before = self.resources()
        self.slack.__enter__()
        self._clients = Clients.of(self.slack)
        stream = self._made(self.slack, self._clients, self.connections)
        self._subscription = stream.subscribe(self._hear, self.errors.append)
        self.wait(lambda: self.hellos() == self.connections)
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """End the client, and wait until nothing is left of it."""
        self._subscription.dispose()
        self._clients.close()
        until = time.monotonic() + 5.0
        while self.left_over() and time.monotonic() < until:
            time.sleep(0.01)
        self.leftover = self.left_over()
        self.slack.__exit__()

    def left_over(self) -> str:
        """Threads and descriptors that were not there before, in words; mostly none."""
        was, now = self.before, self.resources()
        return "" if now[0] <= was[0] and now[1] <= was[1] else f"(threads, files) {was} -> {now}"

    def _hear(self, item: dict[str, Any]) -> None:
        self.account.hear(item)
        if item["type"] != "message":
            self.items.append(item)
        if item["type"] != "pong":
            self._last = time.monotonic()

    def hellos(self) -> int:
        return sum(item["type"] == "hello" for item in self.items)

    def wait(self, until: Callable[[], object], within: float = PATIENCE) -> None:
        """Wait for something that has to come."""
        deadline = time.monotonic() + within
        while not until():
            assert time.monotonic() < deadline, self.story()
            time.sleep(0.002)

    def say(self, channel: str = "C1", **options: Any) -> Said:
        """Somebody says something, and it is to arrive."""
        with self.slack.lock:
            said = self.slack.say(channel, f"message {next(self._numbers)}", **options)
            self.account.expect(said)
        return said

    def arrives(self, *messages: Said) -> None:
        """Wait until messages were emitted."""
        wanted = {said.key for said in messages}
        self.wait(lambda: wanted <= {one.key for one in self.account.heard})

    def leader(self) -> Connection:
        """The oldest connection that stands."""
        return self.slack.standing()[0]

    def calm(self, patience: float = SILENCE + 2.0) -> Verdict:
        """Wait until everything has come, or nothing came and nobody asked for so many seconds."""
        deadline = time.monotonic() + CALM
        self._last = time.monotonic()
        # Counted in looks, not in time: on a busy machine each of them takes long, and so does the client.
        seen, looks = 0.0, 0
        while time.monotonic() < deadline and not self.errors and looks * _LOOK <= patience:
            verdict = self.account.verdict()
            if not (verdict.lost or self.account.is_open()) and self.slack.standing():
                break
            if not verdict.lost and self.slack.standing():
                self.say()  # a gap may wait for something live
            time.sleep(_LOOK)
            before, seen = seen, max(self._last, self.slack.past.asked)
            looks = looks + 1 if seen == before else 0
        time.sleep(0.05)  # for what comes too often
        return self.account.verdict()

    def story(self) -> str:
        """What happened, for those who want to know why."""
        verdict = self.account.verdict()
        wrong = {
            "lost": verdict.lost,
            "doubled": verdict.doubled,
            "out of order": verdict.disordered,
            "never said": verdict.invented,
        }
        lines = [f"errors: {self.errors}"]
        for name, found in wrong.items():
            lines += [f"{name}: {len(found)}", *(f"    {one}" for one in found[:40])]
        lines += ["gaps:"]
        lines += [
            f"    {hole.gap} not recovered: {hole.missing[1:]}" for hole in self.account.holes
        ]
        lines += [f"threads: {[one.name for one in threading.enumerate()]}", "connections:"]
        for one in self.slack.connections[-30:]:
            times = [f"{at:.3f}" if at else "never" for at in (one.greeted, one.ended)]
            lines += [f"    {one.number}: hello {times[0]}, ended {times[1]}: {one.end}"]
        return "\n".join(lines)

    def resources(self) -> tuple[int, int]:
        """Threads and descriptors of everything but the scripted Slack."""
        threads = sum(one.name != THREAD for one in threading.enumerate())
        return threads, len(os.listdir("/proc/self/fd")) - self.slack.descriptors()

    def settled(self, wanted: tuple[int, int]) -> tuple[int, int]:
        """The same, once it is down to what is wanted, or when that takes too long."""
        deadline = time.monotonic() + _OLD
        while (now := self.resources()) and time.monotonic() < deadline:
            if now[0] <= wanted[0] and now[1] <= wanted[1] + SPARE:
                break
            time.sleep(0.02)
        return now
