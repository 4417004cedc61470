"""What each operator costs an event, beside the same stream without it."""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, Final, TypeAlias

from reactivex import Observable, abc, compose, operators as ops
from reactivex.disposable import Disposable

import rxslack
from tests.benchmarks.bulk import messages
from tests.benchmarks.interleaved import Work, medians

__all__ = ["OPERATORS", "operators"]

Stage: TypeAlias = Callable[[Observable[Any]], Observable[Any]]

_ME: Final = rxslack.Identity(user_id="U0BOT", bot_id="B0BOT")

OPERATORS: Final[dict[str, Stage]] = {
    "of_type(MessageEvent)": rxslack.of_type(rxslack.MessageEvent),
    "in_channel": rxslack.in_channel("C024BE91L"),
    "from_user": rxslack.from_user("U2147483697"),
    "containing": rxslack.containing("release"),
    "containing, and nothing does": rxslack.containing("deploy"),
    "matching, and nothing does": rxslack.matching(r"^deploy (\w+)"),
    "mentioning, and nothing does": rxslack.mentioning("U0BOT"),
    "in_thread, and nothing is": rxslack.in_thread(),
    "not_from_bots": rxslack.not_from_bots(),
    "not_from_me": rxslack.not_from_me(_ME),
    "distinct": rxslack.distinct(),
    "isolate(a map)": rxslack.isolate(ops.map(lambda event: event)),
    "by_conversation": compose(rxslack.by_conversation(idle=3600.0), ops.merge_all()),
    "not_from_bots, of_type, reply": compose(
        rxslack.not_from_bots(),
        rxslack.of_type(rxslack.MessageEvent),
        ops.map(rxslack.reply("Hi")),
    ),
}
"""Made for a stream of the same person's messages in one channel."""


def operators(count: int, rounds: int) -> Iterator[tuple[str, float]]:
    """For each operator the seconds of CPU that it adds to an event."""
    found = messages(count)
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "recording.jsonl"
        stages: dict[str, Stage] = {**OPERATORS, "record": rxslack.record(path)}
        works: dict[str, Work] = {"": _running(found, _as_it_is)}
        works |= {name: _running(found, stage) for name, stage in stages.items()}
        times = medians(works, rounds)
    for name in stages:
        yield name, (times[name] - times[""]) / count


def _running(found: list[dict[str, Any]], stage: Stage) -> Work:
    def subscribe(
        observer: abc.ObserverBase[Any], _: abc.SchedulerBase | None = None
    ) -> abc.DisposableBase:
        on_next = observer.on_next
        for event in found:
            on_next(event)
        observer.on_completed()
        return Disposable()

    def work() -> None:
        stage(Observable(subscribe)).subscribe(_ignored)

    return work


def _as_it_is(source: Observable[Any]) -> Observable[Any]:
    return source


def _ignored(_: object) -> None:
    """What a subscriber does is not measured."""
