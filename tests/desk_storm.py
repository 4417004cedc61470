"""
The program `desk`, killed at random while people talk and decide; then its account beside the simulator's.

    python -m tests.desk_storm --kills 100
"""

from __future__ import annotations

import argparse
import os
import random
import re
import subprocess
import sys
import tempfile
import threading
import time
import urllib.request
from collections import Counter
from collections.abc import Generator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from prometheus_client.parser import text_string_to_metric_families

from rxslack.simulator import Limits, Workspace

__all__ = ["Outcome", "storm"]

PROGRAM = Path(__file__).parent / "programs" / "desk.py"
CHANNELS = ("general", "random", "ops")
LONGEST = 300.0  # seconds


@dataclass
class Outcome:
    """
    What is to be equal, and is not.

    Attributes:
        said: messages of people.
        asked: what was to be decided.
        kills: of the process.
        differences: in words; none when all is well.
    """

    said: int = 0
    asked: int = 0
    kills: int = 0
    differences: list[str] = field(default_factory=list[str])

    def expect(self, what: str, found: object, wanted: object) -> None:
        """Two things are to be equal."""
        if found != wanted:
            self.differences.append(f"{what}: {found!r} is not {wanted!r}")


class Desk:
    """The program's processes, one after the other, and the people in the workspace."""

    def __init__(self, slack: Workspace, folder: Path, seed: int) -> None:
        self.slack = slack
        self.chance = random.Random(seed)
        self.said: Counter[str] = Counter()
        self.deploys: list[str] = []
        self.log = folder / "log.jsonl"
        self._environment = {
            **os.environ,
            "SLACK_APP_TOKEN": slack.app_token,
            "SLACK_BOT_TOKEN": slack.bot_token,
            "SLACK_BASE_URL": slack.base_url,
            "STATE_DIRECTORY": str(folder),
            "DASHBOARD": slack.channel_id("board"),
            "SERVE": "127.0.0.1:0",
        }

    @contextmanager
    def process(self) -> Generator[subprocess.Popen[bytes]]:
        """One that is killed at the end, when it still runs."""
        with self.log.open("ab") as log:
            command = [sys.executable, str(PROGRAM)]
            with subprocess.Popen(command, env=self._environment, stderr=log) as process:
                try:
                    yield process
                finally:
                    process.kill()
        self.slack.wait_until(lambda: not self.slack.connections, LONGEST)

    def talk(self, times: int) -> None:
        """People say something, now and then what asks for a decision."""
        for _ in range(times):
            channel, text = self.chance.choice(CHANNELS), "Hello"
            if self.chance.random() < 0.1:
                text = f"deploy {len(self.deploys)}"
                self.deploys.append(text)
            self.slack.say(channel, "alice", text)
            self.said[self.slack.channel_id(channel)] += 1

    def cards(self) -> list[dict[str, Any]]:
        """What is asked."""
        messages = [one for channel in CHANNELS for one in self.slack.messages(channel)]
        return [one for one in messages if str(one["text"]).startswith("Shall I")]

    def click(self) -> None:
        """Two people want to decide all that is open."""
        for channel in CHANNELS:
            for message in self.slack.messages(channel):
                blocks: list[Any] = message.get("blocks") or [{}]
                if blocks[-1].get("type") == "actions":
                    for user in ("bob", "carol"):
                        try:
                            self.slack.interactions.click(
                                user, "rxslack_ask.approve", channel=channel, ts=message["ts"]
                            )
                        except LookupError:  # the button is gone
                            break

    def board(self) -> dict[str, int]:
        """What the dashboard shows."""
        for message in self.slack.messages("board"):
            series = message["blocks"][0]["chart"]["series"]
            return {point["label"]: point["value"] for point in series[0]["data"]}
        return {}

    def is_settled(self) -> bool:
        """Whether all is counted, shown and decided."""
        done = [one for one in self.cards() if "approve" in str(one["text"]).lower()]
        cards = [one for one in done if "thread_ts" not in one or one["thread_ts"] == one["ts"]]
        return self.board() == dict(self.said) and len(cards) == len(self.deploys)

    def scrape(self) -> dict[tuple[str, str], float]:
        """The numbers of the process that runs."""
        ports = re.findall(r"on port (\d+)", self.log.read_text())
        with urllib.request.urlopen(f"http://127.0.0.1:{ports[-1]}/metrics", timeout=60) as answer:
            text = answer.read().decode()
        return {
            (
                sample.name,
                sample.labels.get("method") or sample.labels.get("type") or "",
            ): sample.value
            for family in text_string_to_metric_families(text)
            for sample in family.samples
            if not sample.name.endswith("_bucket")
        }


def storm(kills: int, seed: int = 7) -> Outcome:
    """Kill the program so often, let it come to rest, and compare."""
    outcome = Outcome()
    with (
        tempfile.TemporaryDirectory() as name,
        Workspace(channels=(*CHANNELS, "board"), limits=Limits.off(), keep=1_000_000) as slack,
    ):
        desk = Desk(slack, Path(name), seed)
        for _ in range(kills):
            with desk.process():
                slack.wait_until(lambda: slack.connections, LONGEST)
                for _ in range(3):
                    desk.talk(5)
                    desk.click()
                    time.sleep(desk.chance.uniform(0.0, 0.3))
                outcome.kills += 1
            desk.talk(2)
        finish(desk, outcome)
    return outcome


def finish(desk: Desk, outcome: Outcome) -> None:
    """A last process that is not killed: its numbers, and what all of them have left."""
    slack, before = desk.slack, Counter(call.method for call in desk.slack.calls())
    with desk.process() as process:
        over = threading.Event()
        deadline = time.monotonic() + LONGEST * 2
        while not desk.is_settled() and time.monotonic() < deadline:
            desk.click()
            over.wait(1.0)
        over.wait(2.0)
        numbers = desk.scrape()
        made = Counter(call.method for call in slack.calls()) - before
        for method in ("chat.postMessage", "chat.update"):
            counted = numbers.get(("rxslack_web_api_seconds_count", method), 0)
            outcome.expect(f"calls of {method}, as counted", counted, made[method])
        process.terminate()
        outcome.expect("exit status", process.wait(60.0), 0)
    outcome.said, outcome.asked = sum(desk.said.values()), len(desk.deploys)
    outcome.expect("the dashboard", desk.board(), dict(desk.said))
    outcome.expect("dashboards", len(slack.messages("board")), 1)
    # A card stands for itself, its answers are in its thread.
    messages = [one for channel in CHANNELS for one in slack.messages(channel)]
    cards = [one for one in messages if one.get("metadata") and "deploy" in one["text"]]
    cards = [one for one in cards if one.get("thread_ts", one["ts"]) == one["ts"]]
    asked = Counter(re.sub(r"Shall I (.*)\?.*", r"\1", one["text"].split("\n")[0]) for one in cards)
    outcome.expect("cards", asked, Counter(desk.deploys))
    said = Counter(one["text"] for one in messages if one["text"].endswith("? approve"))
    outcome.expect("answers", set(said), {f"Shall I {one}? approve" for one in desk.deploys})


def main() -> int:
    """Run it, and print what came of it."""
    options = argparse.ArgumentParser(prog="python -m tests.desk_storm", description=__doc__)
    options.add_argument("--kills", type=int, default=100)
    options.add_argument("--seed", type=int, default=7)
    given = options.parse_args()
    began, outcome = time.monotonic(), storm(given.kills, given.seed)
    took = time.monotonic() - began
    counted = f"{outcome.kills} kills, {outcome.said} messages, {outcome.asked} questions"
    print(f"{counted}, {took:.0f} s")  # noqa: T201 a command
    for line in outcome.differences or ["all is equal"]:
        print(line)  # noqa: T201 as above
    return 1 if outcome.differences else 0


if __name__ == "__main__":
    sys.exit(main())
