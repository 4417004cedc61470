"""Single promises, each tried with processes of their own; each returns a line, and whether it was kept."""

from __future__ import annotations

import random
import signal
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Generator, Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import Any, NamedTuple

from rxslack import LogStatus, from_log
from rxslack.simulator import Hold, SocketModeOptions, Workspace
from tests.log.servers import Server
from tests.logs.file_slack import FileSlack
from tests.logs.processes import Fleet

__all__ = ["SCENES", "SceneResult"]


class SceneResult(NamedTuple):
    """What came of it, and whether that is what was promised."""

    line: str
    held: bool


class Stage(NamedTuple):
    """Where a scene plays."""

    folder: Path
    server: Server
    fleet: Fleet


@contextmanager
def stage() -> Generator[Stage]:
    """A server, and processes that end with the scene."""
    with tempfile.TemporaryDirectory() as temporary:
        folder = Path(temporary)
        for name in ("slack", "logs", "server"):
            (folder / name).mkdir()
        server, fleet = Server(folder / "server").start(), Fleet(folder / "logs")
        try:
            yield Stage(folder, server, fleet)
        finally:
            fleet.end()
            server.kill()


def wait_for(happened: Callable[[], Any], seconds: float) -> bool:
    """Wait for what processes do; whether it has happened."""
    deadline = time.monotonic() + seconds
    while not happened():
        if time.monotonic() > deadline:
            return False
        time.sleep(0.02)
    return True


CHANNELS = ["general", *(f"c{number}" for number in range(4))]


def replies(kills: int) -> SceneResult:
    """All of rxslack: workers are killed while Slack holds their posts back."""
    chance, said = random.Random(5), 0
    with stage() as here, Workspace(seed=5) as slack:
        for channel in CHANNELS[1:]:
            slack.add_channel(channel)
        where = here.server.url
        for number in range(2):
            ready = here.folder / f"ready{number}"
            here.fleet.start(
                f"hear{number}", "hear", where, "rtm", slack.base_url, slack.bot_token, ready
            )
        for number in range(2):
            here.fleet.start(
                f"reply{number}", "reply", where, slack.base_url, slack.bot_token, slack.user_token
            )
        wait_for(lambda: len(slack.connections) == 2, 60.0)
        for kill in range(kills):
            with slack.faults.hold("chat.postMessage") as held:
                for _ in range(5):
                    said += 1
                    slack.say(chance.choice(CHANNELS), "alice", f"{said}")
                wait_for(partial(waiting, held), 30.0)
                here.fleet.kill(f"reply{kill % 2}")
        wanted = {name: texts_of(slack, name, "alice") for name in CHANNELS}

        def all_there() -> bool:
            return sum(len(texts_of(slack, name, None)) for name in CHANNELS) >= said

        wait_for(all_there, 120.0)
        time.sleep(4.0)
        found = {name: texts_of(slack, name, None) for name in CHANNELS}
        ok = all(found[name] == [f"re {text}" for text in wanted[name]] for name in CHANNELS)
        count = sum(map(len, found.values()))
        line = f"{said} messages, {kills} kills of a worker: {count} replies, {'each once and in order' if ok else f'{found} for {wanted}'}"
        return SceneResult(line if ok else f"{line}\n{here.fleet.said()}", ok)


def waiting(held: Hold) -> int:
    return held.waiting


def union(shares: list[set[str]]) -> set[str]:
    return {name for share in shares for name in share}


def texts_of(slack: Workspace, channel: str, user: str | None) -> list[str]:
    """What somebody has said in a channel; None: the bot."""
    messages = slack.messages(channel)
    if user is None:
        return [one["text"] for one in messages if one.get("bot_id")]
    return [one["text"] for one in messages if one.get("user") == slack.user_id(user)]


def ingest(times: int) -> SceneResult:
    """Two hear over RTM; each is killed, and replaced in a deploy, while people talk and react."""
    with stage() as here, Workspace(seed=7) as slack:
        where, numbers = here.server.url, iter(range(10_000))
        generation = iter(range(1000))

        def hear() -> str:
            name = f"hear{next(generation)}"
            ready = here.folder / name
            here.fleet.start(name, "hear", where, "rtm", slack.base_url, slack.bot_token, ready)
            wait_for(ready.exists, 60.0)
            return name

        standing = [hear(), hear()]
        sent = Counter[str]()
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
        got: list[Any] = []
        subscription = from_log(where, group="count").subscribe(got.append)
        kinds = ("message", "reaction_added")

        def count() -> Counter[str]:
            return Counter(one["type"] for one in list(got) if one["type"] in kinds)

        wait_for(lambda: count() == sent, 20.0)
        time.sleep(1.0)
        subscription.dispose()
        texts = [int(one["text"]) for one in got if one["type"] == "message"]
        ok = count() == sent and texts == sorted(texts)
        return SceneResult(
            f"{times} kills and {times} deploys of two that hear: sent {dict(sent)}, in the log {dict(count())}, "
            f"{'in order' if texts == sorted(texts) else 'out of order'}",
            ok,
        )


def talk(slack: Workspace, numbers: Iterator[int], sent: Counter[str]) -> None:
    """Some messages, with a reaction each."""
    for _ in range(3):
        ts = slack.say("general", "alice", f"{next(numbers)}")
        place = ts if isinstance(ts, str) else ts["ts"]
        slack.react("general", place, "bob", "eyes")
        sent.update(("message", "reaction_added"))


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


def stopped(seconds: float) -> SceneResult:
    """A worker is stopped for longer than its lease, and goes on."""
    with stage() as here:
        where, messages = here.server.url, 3000
        for number in range(2):
            here.fleet.start(f"worker{number}", "answers", where, here.folder / "slack", 5.0)
        time.sleep(3.0)
        said = (here.folder / "heard", time.time(), messages, 20, 150.0)
        here.fleet.start("ingest", "ingest", where, *said)
        time.sleep(4.0)
        here.fleet.send("worker0", signal.SIGSTOP)
        time.sleep(seconds)
        here.fleet.send("worker0", signal.SIGCONT)
        slack = FileSlack(here.folder / "slack")

        def count() -> int:
            return sum(map(len, slack.texts().values()))

        wait_for(lambda: count() >= messages, 90.0)
        time.sleep(3.0)
        texts = [list(map(int, found)) for found in slack.texts().values()]
        ordered = all(found == sorted(set(found)) for found in texts)
        distinct = len({one for found in texts for one in found})
        return SceneResult(
            f"stopped for {seconds:.0f} s at a lease of 5 s: {messages} messages, {count()} answers, "
            f"{distinct} of them different, {'in order' if ordered else 'NOT in order'}",
            count() == distinct == messages and ordered,
        )


def handover(lease: float) -> SceneResult:
    """SIGTERM: what a worker has not done is another's at once, however long its lease."""
    with stage() as here:
        where = here.server.url
        slow = (where, here.folder / "slack", lease, 0.2)
        here.fleet.start("old", "answers", *slow)
        time.sleep(3.0)
        said = (here.folder / "heard", time.time() - 60.0, 400, 10, 1000.0)
        here.fleet.start("ingest", "ingest", where, *said)
        slack = FileSlack(here.folder / "slack")

        def count() -> int:
            return sum(map(len, slack.texts().values()))

        wait_for(lambda: count() >= 10, 60.0)
        here.fleet.start("new", "answers", *slow)
        time.sleep(3.0)
        status = LogStatus(where)
        old = here.fleet.pid("old")
        began = time.monotonic()
        here.fleet.send("old", signal.SIGTERM)

        def is_elsewhere() -> bool:
            return not any(name.startswith(f"{old}-") for name in status.now.groups[0].held)

        elsewhere = wait_for(is_elsewhere, 20.0)
        took = time.monotonic() - began
        wait_for(lambda: count() >= 400, 120.0)
        time.sleep(2.0)
        texts = [list(map(int, found)) for found in slack.texts().values()]
        ordered = all(found == sorted(set(found)) for found in texts)
        return SceneResult(
            f"SIGTERM at a lease of {lease:.0f} s: elsewhere after {took:.2f} s; {count()} of 400 answered, "
            f"{'once and in order' if ordered else 'NOT in order'}",
            elsewhere and took <= 1.0 and count() == 400 and ordered,
        )


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


def spread(count: int) -> SceneResult:
    """Many workspaces over three processes; one is killed, and one is added."""
    lease = 3.0
    with stage() as here:

        def start(number: int) -> None:
            path = here.folder / f"share{number}"
            here.fleet.start(f"member{number}", "member", here.server.url, path, count, lease)

        def shares(*numbers: int) -> list[set[str]]:
            paths = [here.folder / f"share{number}" for number in numbers]
            return [{*path.read_text().split()} if path.exists() else set[str]() for path in paths]

        def settled(*numbers: int) -> bool:
            found = shares(*numbers)
            sizes = [len(one) for one in found]
            return len(union(found)) == count == sum(sizes) and max(sizes) - min(sizes) <= len(
                found
            )

        for number in range(3):
            start(number)
        began = wait_for(lambda: settled(0, 1, 2), 60.0)
        before = shares(0, 1, 2)
        at = time.monotonic()
        here.fleet.kill("member1", again=False)
        (here.folder / "share1").unlink()
        again = wait_for(lambda: len(union(shares(0, 2))) == count, 30.0)
        took = time.monotonic() - at
        kept = before[0] <= shares(0)[0] and before[2] <= shares(2)[0]
        two = shares(0, 2)
        start(3)
        joined = wait_for(lambda: settled(0, 2, 3), 60.0)
        moved = len(shares(3)[0])
        stayed = shares(0)[0] <= two[0] and shares(2)[0] <= two[1]
        return SceneResult(
            f"{count} workspaces over 3 processes, lease {lease:.0f} s: one killed, all held again after {took:.1f} s, "
            f"what others had stayed: {kept}; one added: {moved} moved to it, nothing else: {stayed}",
            began
            and again
            and took <= lease + 1.0
            and kept
            and joined
            and stayed
            and moved <= -(-count // 3) + 1,
        )


SCENES: dict[str, tuple[Callable[[Any], SceneResult], float]] = {
    "replies": (lambda size: replies(int(size)), 20),
    "ingest": (lambda size: ingest(int(size)), 10),
    "outage": (outage, 60),
    "stopped": (stopped, 8),
    "handover": (handover, 60),
    "budget": (budget, 10),
    "spread": (lambda size: spread(int(size)), 1000),
}
"""Each with its size: how often, or how many, or how many seconds."""
