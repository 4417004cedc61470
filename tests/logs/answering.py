"""Those who answer are killed, stopped and ended."""

from __future__ import annotations

import random
import signal
import time
from functools import partial

from rxslack import LogStatus
from rxslack.simulator import Hold, Workspace
from tests.logs.file_slack import FileSlack
from tests.logs.stage import SceneResult, stage, wait_for

__all__ = ["handover", "replies", "stopped"]

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


def texts_of(slack: Workspace, channel: str, user: str | None) -> list[str]:
    """What somebody has said in a channel; None: the bot."""
    messages = slack.messages(channel)
    if user is None:
        return [one["text"] for one in messages if one.get("bot_id")]
    return [one["text"] for one in messages if one.get("user") == slack.user_id(user)]


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
