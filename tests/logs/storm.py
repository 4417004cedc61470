"""Messages, while those who hear them, those who answer them and the server are killed."""

from __future__ import annotations

import random
import tempfile
import time
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from tests.log.servers import Server
from tests.logs.comparison import Comparison, compared
from tests.logs.file_slack import FileSlack
from tests.logs.ingest import message
from tests.logs.processes import Fleet

__all__ = ["StormPlan", "StormResult", "storm"]


@dataclass(frozen=True, kw_only=True)
class StormPlan:
    """
    What happens.

    Attributes:
        engine: "redis" or "sqlite".
        seed: Of the moments.
        messages, channels, workers: How many.
        rate: Messages a second.
        kills: Of a worker, of one that hears, and of the server, each.
        lease: Seconds.
        patience: Seconds without a new answer after which the rest counts as lost.
    """

    engine: str
    seed: int
    messages: int = 2000
    channels: int = 20
    workers: int = 3
    rate: float = 400.0
    kills: int = 2
    lease: float = 2.0
    patience: float = 30.0


@dataclass(frozen=True, kw_only=True)
class StormResult:
    """What was left."""

    plan: StormPlan
    comparison: Comparison
    seconds: float
    kills: dict[str, int]
    story: str

    @property
    def is_clean(self) -> bool:
        """Whether each message has one answer, in order."""
        return not any(self.comparison)

    def line(self) -> str:
        """In one line."""
        plan = self.plan
        kills = ", ".join(f"{count} {name}" for name, count in sorted(self.kills.items()))
        return (
            f"{plan.engine} seed {plan.seed}: {plan.messages} messages, {plan.channels} channels, "
            f"{plan.workers} workers; killed: {kills}; {self.comparison}; {self.seconds:.0f} s"
        )


def storm(plan: StormPlan) -> StormResult:
    """One storm."""
    with tempfile.TemporaryDirectory() as temporary:
        folder = Path(temporary)
        for name in ("slack", "logs", "server"):
            (folder / name).mkdir()
        server = Server(folder / "server").start() if plan.engine == "redis" else None
        where = server.url if server else str(folder / "events.db")
        fleet, slack = Fleet(folder / "logs"), FileSlack(folder / "slack")
        began, kills = time.time(), Counter[str]()
        try:
            said = (began + 1.0, plan.messages, plan.channels, plan.rate)
            for number in range(2):
                heard = folder / "logs" / f"heard{number}"
                fleet.start(f"ingest{number}", "ingest", where, heard, *said)
            for number in range(plan.workers):
                fleet.start(f"worker{number}", "answers", where, folder / "slack", plan.lease)
            for moment, kill in troubles(plan, fleet, server, kills):
                time.sleep(max(began + moment - time.time(), 0.0))
                kill()
            wait_for_answers(plan, folder / "slack")
        finally:
            fleet.end()
            if server:
                server.kill()
        return judged(plan, slack, time.time() - began, dict(kills), fleet.said())


def troubles(
    plan: StormPlan, fleet: Fleet, server: Server | None, kills: Counter[str]
) -> list[tuple[float, Callable[[], None]]]:
    """Who is killed, and when."""
    chance, lasts = random.Random(plan.seed), plan.messages / plan.rate
    made: list[tuple[float, Callable[[], None]]] = []

    def kill(kind: str, name: str) -> None:
        kills[kind] += 1
        fleet.kill(name)

    def kill_server(away: float) -> None:
        if server is not None:
            kills["server"] += 1
            server.kill()
            time.sleep(away)
            server.start()

    for number in range(plan.kills):
        # The two that hear are not killed so close to each other that nobody hears.
        part = lasts / plan.kills
        made.append(
            (
                2.0 + part * (number + chance.uniform(0.1, 0.5)),
                partial(kill, "ingest", f"ingest{number % 2}"),
            )
        )
        worker = f"worker{chance.randrange(plan.workers)}"
        made.append((2.0 + lasts * chance.uniform(0.0, 1.0), partial(kill, "worker", worker)))
        if server is not None:
            away = chance.uniform(0.0, 2.0)
            made.append((2.0 + lasts * chance.uniform(0.0, 0.9), partial(kill_server, away)))
    return sorted(made, key=lambda one: one[0])


def wait_for_answers(plan: StormPlan, folder: Path) -> None:
    """Until there are enough, or there have been no more for a while; then a little longer."""
    last, since = -1, time.time()
    while time.time() - since < plan.patience:
        count = sum(path.read_bytes().count(b"\n") for path in folder.iterdir())
        if count >= plan.messages:
            break
        if count != last:
            last, since = count, time.time()
        time.sleep(0.2)
    time.sleep(plan.lease + 1.0)  # in which what is doubled would show


def judged(
    plan: StormPlan, slack: FileSlack, seconds: float, kills: dict[str, int], story: str
) -> StormResult:
    """Each message of each channel once, in order."""
    wanted: dict[str, list[str]] = {}
    for number in range(plan.messages):
        said = message(number, plan.channels)
        wanted.setdefault(said["channel"], []).append(said["text"])
    posted, comparison = slack.texts(), Comparison(0, 0, 0)
    for channel, texts in wanted.items():
        comparison += compared(texts, posted.get(channel, []))
    return StormResult(plan=plan, comparison=comparison, seconds=seconds, kills=kills, story=story)
