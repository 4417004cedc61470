"""
The program `desk`, killed at random while people talk and decide; then its account beside the simulator's.

    python -m tests.desk_storm --kills 100
"""

from __future__ import annotations

import argparse
import os
import random
import signal
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Generator
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import reduce
from pathlib import Path
from typing import Any

from rxslack.simulator import Limits, Workspace
from tests.desk_storm_account import Account, View, decision_on, posts_below, program, state_in

__all__ = ["Outcome", "storm"]

HERE = Path(__file__).parent
CHANNELS = ("general", "random", "ops")
LONGEST = 300.0  # seconds
EARLY = 0.2  # of the processes are killed while they start
STUCK = 180.0  # seconds in which nothing gets better

Json = dict[str, Any]
Say = Callable[[str], object]


@dataclass
class Outcome:
    """
    What is to be equal, and is not.

    Attributes:
        said: messages of people.
        asked: what was to be decided.
        kills: of the process.
        agreed: processes whose numbers and spans were compared with the simulator's account, and equal.
        again: answers to what was answered before, by processes killed while a decision was emitted.
        differences: in words; none when all is well.
    """

    said: int = 0
    asked: int = 0
    kills: int = 0
    agreed: int = 0
    again: int = 0
    differences: list[str] = field(default_factory=list[str])

    def expect(self, what: str, found: object, wanted: object) -> None:
        """Two things are to be equal."""
        if found != wanted:
            self.differences.append(f"{what}: {found!r} is not {wanted!r}")

    def compare(self, account: Account) -> None:
        """The numbers of a process, its spans, and what the simulator knows are to be equal."""
        if found := account.disagreement():
            self.differences.append(f"after {self.kills} kills: {found}")
        self.agreed += not found


class Desk:
    """The program's processes, one after the other, and the people in the workspace."""

    def __init__(self, slack: Workspace, folder: Path, seed: int) -> None:
        self.slack = slack
        self.folder = folder
        self.chance = random.Random(seed)
        self.said: list[Json] = []
        self.deploys: list[str] = []
        self._environment = {
            **os.environ,
            "PYTHONPATH": os.pathsep.join([str(HERE.parent), str(HERE / "programs")]),
            "SLACK_BASE_URL": slack.base_url,
            "DASHBOARD": slack.channel_id("board"),
        }

    @contextmanager
    def process(self) -> Generator[tuple[subprocess.Popen[bytes], Account]]:
        """One that is killed at the end, when it still runs; its tokens then count no more."""
        tokens = {
            "SLACK_APP_TOKEN": self.slack.new_token("xapp"),
            "SLACK_BOT_TOKEN": self.slack.new_token("xoxb"),
        }
        spans, lines = self.folder / "spans.jsonl", self.folder / "log.jsonl"
        account = Account(self.slack, lines, spans)
        command = [sys.executable, str(HERE / "desk_storm_service.py"), str(spans)]
        command += ["run", "desk:pipeline", "--serve", "127.0.0.1:0", "--json-logs", "--otel"]
        with (
            lines.open("ab") as log,
            subprocess.Popen(
                command, cwd=self.folder, env=self._environment | tokens, stderr=log
            ) as process,
        ):
            try:
                yield process, account
            except TimeoutError:
                process.send_signal(signal.SIGABRT)
                status = process.wait(60.0)
                tail = lines.read_text().splitlines()[-200:]
                raise TimeoutError("\n".join([f"status {status}, and its log:", *tail])) from None
            finally:
                process.kill()
        for token in tokens.values():
            self.slack.revoke(token)  # what was still on its way is not the next one's
        self.slack.wait_until(lambda: not self.slack.connections, LONGEST)

    def wait_for(self, process: subprocess.Popen[bytes]) -> None:
        """Until it hears what is said."""
        self.slack.wait_until(lambda: self.slack.connections or process.poll() is not None, LONGEST)
        if process.poll() is not None:
            raise TimeoutError("it has ended before it was connected")

    def talk(self, times: int) -> None:
        """People say something, now and then what asks for a decision."""
        for _ in range(times):
            if self.chance.random() < 0.1:
                self.deploy()
            else:
                self.said.append(self.slack.say(self.chance.choice(CHANNELS), "alice", "Hello"))

    def deploy(self) -> Json:
        """Somebody says what asks for a decision."""
        text = f"deploy {len(self.deploys)}"
        self.deploys.append(text)
        self.said.append(self.slack.say(self.chance.choice(CHANNELS), "alice", text))
        return self.said[-1]

    def look(self) -> View:
        """What is seen in the channels."""
        return View(
            [
                {**one, "channel": channel}
                for channel in CHANNELS
                for one in self.slack.messages(channel)
            ]
        )

    def click(self, view: View) -> None:
        """Two people want to decide all that is open, each in another way."""
        for card in view.open:
            wishes = [("bob", "approve"), ("carol", "deny")]
            for user, wish in self.chance.sample(wishes, 2):
                try:
                    self.slack.interactions.click(
                        user, f"rxslack_ask.{wish}", channel=card["channel"], ts=card["ts"]
                    )
                except LookupError:  # the button is gone
                    break

    def board(self) -> dict[str, int]:
        """What the dashboard shows."""
        for message in self.slack.messages("board"):
            series = message["blocks"][0]["chart"]["series"]
            return {point["label"]: point["value"] for point in series[0]["data"]}
        return {}

    def counts(self) -> dict[str, int]:
        """What a process says that was never interrupted."""
        empty: dict[str, int] = {}
        return reduce(program().count, self.said, empty)


def storm(kills: int, seed: int = 7, tell: Say = str) -> Outcome:
    """Kill the program so often, let it come to rest, and compare."""
    outcome, began = Outcome(), time.monotonic()
    with (
        tempfile.TemporaryDirectory() as name,
        Workspace(channels=(*CHANNELS, "board"), limits=Limits.off(), keep=1_000_000) as slack,
    ):
        desk = Desk(slack, Path(name), seed)
        while outcome.kills < kills:
            with desk.process() as (process, account):
                live(desk, process, account, outcome)
                outcome.kills += 1
            desk.talk(2)
            if not outcome.kills % 10:
                view = desk.look()
                tell(
                    f"{outcome.kills} kills, {time.monotonic() - began:.0f} s: {len(desk.said)} messages, "
                    f"{len(view.decided)} of {len(desk.deploys)} decided, {len(view.open)} open"
                )
        finish(desk, outcome, tell)
    return outcome


def live(desk: Desk, process: subprocess.Popen[bytes], account: Account, outcome: Outcome) -> None:
    """The life of a process, until a random moment."""
    chance = desk.chance
    if chance.random() < EARLY:
        desk.talk(5)
        time.sleep(chance.uniform(0.0, 1.5))
        return
    desk.wait_for(process)
    for _ in range(3):
        desk.talk(5)
        desk.click(desk.look())
        time.sleep(chance.uniform(0.0, 0.3))
    outcome.compare(account)
    desk.talk(5)
    desk.click(desk.look())
    time.sleep(chance.uniform(0.0, 0.3))


def finish(desk: Desk, outcome: Outcome, tell: Say) -> None:
    """A last process that is not killed: its numbers, and what all of them have left."""
    slack = desk.slack
    with desk.process() as (process, account):
        desk.wait_for(process)
        settle(desk, tell)
        asked = desk.deploy()
        settle(desk, tell)
        outcome.compare(account)
        outcome.expect("ready", '"ok": true' in account.get("/ready"), True)
        spans = [*account.spans()]
        posts = posts_below(spans, lambda one: one["attributes"].get("slack.ts") == asked["ts"])
        outcome.expect("cards in the trace of a question", posts, [1])
        posts = posts_below(spans, lambda one: one["name"] == "slack.block_actions")
        outcome.expect("an answer in the trace of a click", 1 in posts, True)
        process.terminate()
        outcome.expect("exit status", process.wait(60.0), 0)
    outcome.said, outcome.asked = len(desk.said), len(desk.deploys)
    view, counts = desk.look(), desk.counts()
    outcome.expect("the dashboard", desk.board(), counts)
    outcome.expect("dashboards", len(slack.messages("board")), 1)
    outcome.expect("the state", state_in(desk.folder / "counts.db"), counts)
    asked_for = Counter(one.partition("\n")[0] for one in view.decided)
    outcome.expect("cards", asked_for, Counter(f"Shall I {one}?" for one in desk.deploys))
    shown = {card.partition("\n")[0]: decision_on(card) for card in view.decided}
    told = {question: {*answers} for question, answers in view.answers.items()}
    outcome.expect("decisions", told, {question: {one} for question, one in shown.items()})
    outcome.again = sum(answers.total() for answers in view.answers.values()) - len(told)


def settle(desk: Desk, tell: Say) -> None:
    """Wait until all is counted, shown, decided and answered, as long as it gets better."""
    last, better, told = (0, 0, 0), time.monotonic(), time.monotonic()
    while time.monotonic() - better < STUCK:
        view, board = desk.look(), desk.board()
        now = (sum(board.values()), len(view.decided), len(view.answers))
        if now >= (len(desk.said), len(desk.deploys), len(desk.deploys)):
            return
        if now != last:
            last, better = now, time.monotonic()
        if time.monotonic() - told > 10.0:
            told = time.monotonic()
            tell(f"counted, decided, answered: {now} of {len(desk.said)}, {len(desk.deploys)}")
        desk.click(view)
        time.sleep(1.0)


def main() -> int:
    """Run it, and print what came of it."""
    options = argparse.ArgumentParser(prog="python -m tests.desk_storm", description=__doc__)
    options.add_argument("--kills", type=int, default=100)
    options.add_argument("--seed", type=int, default=7)
    given = options.parse_args()
    began, outcome = time.monotonic(), storm(given.kills, given.seed, say)
    took = time.monotonic() - began
    counted = f"{outcome.kills} kills, {outcome.said} messages, {outcome.asked} questions"
    say(f"{counted}, {outcome.agreed} processes agreed with the simulator, {took:.0f} s")
    say(
        f"{outcome.again} answers again, by processes that were killed while a decision was emitted"
    )
    for line in outcome.differences or ["all is equal"]:
        say(line)
    return 1 if outcome.differences else 0


def say(text: str) -> None:
    """Print, also where nobody looks at a terminal."""
    print(text, flush=True)  # noqa: T201 a command


if __name__ == "__main__":
    sys.exit(main())
