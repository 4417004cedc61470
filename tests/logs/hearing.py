"""Those who hear are killed and deployed, and what they write to is away, or full."""

from __future__ import annotations

import signal
import time
from collections.abc import Iterator
from typing import Any

from rxslack import LogStatus, from_log
from rxslack.simulator import Limits, SocketModeOptions, Workspace
from tests.logs.comparison import compared
from tests.logs.processes import resident
from tests.logs.stage import SceneResult, stage, wait_for

__all__ = ["full", "ingest", "outage"]


def ingest(times: int) -> SceneResult:
    """Two hear over RTM; each is killed, and replaced in a deploy, while people talk and react."""
    # Without Slack's limit of one connection a minute, for these are the deploys of months.
    with stage() as here, Workspace(seed=7, limits=Limits.off()) as slack:
        where, numbers = here.server.url, iter(range(10_000))
        generation = iter(range(1000))

        def hear() -> str:
            name = f"hear{next(generation)}"
            ready = here.folder / name
            here.fleet.start(name, "hear", where, "rtm", slack.base_url, slack.bot_token, ready)
            assert wait_for(ready.exists, 60.0), here.fleet.said()
            return name

        standing = [hear(), hear()]
        sent: list[str] = []
        for turn in range(times * 2):
            old = standing.pop(0)
            if turn % 2:  # a deploy: one more, then one fewer
                talk(slack, numbers, sent)
                standing.append(hear())
                talk(slack, numbers, sent)
                here.fleet.send(old, signal.SIGTERM)
                talk(slack, numbers, sent)
                here.fleet.wait(old, 30.0)
            else:
                talk(slack, numbers, sent)
                here.fleet.kill(old, again=False)
                talk(slack, numbers, sent)
                standing.append(hear())
        got: list[str] = []
        subscription = from_log(where, group="count").subscribe(
            lambda item: got.append(named(item)) if named(item) else None
        )
        wait_for(lambda: len(got) >= len(sent), 20.0)
        time.sleep(1.0)
        subscription.dispose()
        comparison = compared(sent, got)
        return SceneResult(
            f"{times} kills and {times} deploys of two that hear: {len(sent)} events, messages and reactions "
            f"in turn: {comparison}",
            not any(comparison),
        )


def named(item: dict[str, Any]) -> str:
    """What a message, or a reaction, is known by; "" for anything else."""
    if item["type"] == "message":
        return f"message {item['ts']}"
    return f"reaction to {item['item']['ts']}" if item["type"] == "reaction_added" else ""


def talk(slack: Workspace, numbers: Iterator[int], sent: list[str]) -> None:
    """Some messages, with a reaction each."""
    for _ in range(3):
        ts = slack.say("general", "alice", f"{next(numbers)}")["ts"]
        slack.react("general", ts, "bob", "eyes")
        sent += (f"message {ts}", f"reaction to {ts}")


def outage(seconds: float) -> SceneResult:
    """Socket Mode, while the server is down: nothing is acknowledged that is not stored."""
    options = SocketModeOptions(retry_pauses=(0.0, 1.0, 600.0))
    with stage() as here, Workspace(seed=3, socket_mode=options) as slack:
        where, ready = here.server.url, here.folder / "ready"
        here.fleet.start(
            "hear", "hear", where, "socket_mode", slack.base_url, slack.app_token, ready
        )
        wait_for(lambda: ready.exists() and slack.connections, 60.0)
        slack.say("general", "alice", "before")
        wait_for(lambda: acknowledged(slack) == 1, 30.0)
        before = acknowledged(slack)
        here.server.kill()
        began, said = time.monotonic(), 0
        while time.monotonic() - began < seconds:
            slack.say("general", "alice", f"{said}")
            said += 1
            time.sleep(seconds / 30)
        early = acknowledged(slack) - before
        here.server.start()
        stored = wait_for(lambda: LogStatus(where).now.entries == said + 1, 60.0)
        answered = wait_for(lambda: acknowledged(slack) == said + 1, 60.0)
        return SceneResult(
            f"server down for {seconds:.0f} s: {said} said, {early} acknowledged meanwhile; then "
            f"{LogStatus(where).now.entries - 1} stored, {acknowledged(slack) - 1} acknowledged",
            before == 1 and not early and stored and answered,
        )


def acknowledged(slack: Workspace) -> int:
    """How many deliveries were."""
    return sum(one.acknowledged_at is not None for one in slack.socket_mode.delivered)


MOST, WAITING_BYTES, LONG = 1000, 256 * 1024, "x" * 4000


def full(seconds: float) -> SceneResult:
    """Nobody reads, until the log is full and for a while longer; then somebody does."""
    with stage() as here, Workspace(seed=9) as slack:
        where, ready = here.server.url, here.folder / "ready"
        bounds = (MOST, WAITING_BYTES)
        here.fleet.start(
            "hear", "hear", where, "rtm", slack.base_url, slack.bot_token, ready, *bounds
        )
        wait_for(lambda: ready.exists() and slack.connections, 60.0)
        said, numbers, entries = 0, list[int](), list[int]()

        def say(pause: float) -> None:
            nonlocal said
            slack.say("general", "alice", f"{said} {LONG}")
            said += 1
            time.sleep(pause)

        while "max_entries" not in here.fleet.said():
            say(0.0)
        # What may wait in the process fills up as well before it does not grow any more.
        for _ in range(2 * WAITING_BYTES // len(LONG)):
            say(0.005)
        memory = [resident(here.fleet.pid("hear"))]
        began, before = time.monotonic(), said
        while time.monotonic() - began < seconds:
            say(0.005)
            if said % 50 == 0:
                memory.append(resident(here.fleet.pid("hear")))
                entries.append(LogStatus(where).now.entries)
        meanwhile = said - before
        subscription = from_log(where, group="count").subscribe(
            lambda item: numbers.append(int(item["text"].partition(" ")[0]))
        )
        wait_for(lambda: len(numbers) >= said, 120.0)
        time.sleep(1.0)
        subscription.dispose()
        grown = (max(memory) - memory[0]) / 1e6
        in_order = numbers == list(range(said))
        kept = len(set(entries)) == 1
        return SceneResult(
            f"a log of {MOST} entries, full for {seconds:.0f} s, in which {meanwhile} more were said, "
            f"{meanwhile * len(LONG) / 1e6:.0f} MB: who hears has {memory[0] / 1e6:.1f} MB, and {grown:+.1f} MB at "
            f"the most; entries {min(entries)} to {max(entries)}; then {len(numbers)} of {said} came, "
            f"{'once and in order' if in_order else 'NOT once and in order'}, over "
            f"{len(slack.past_connections)} connection",
            kept and grown <= 2.0 and in_order and len(slack.past_connections) == 1,
        )
