"""What each operator costs an event, beside the same stream without it."""

from __future__ import annotations

import tempfile
from collections.abc import Generator, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Final

from reactivex import Observable, compose, operators as ops

import rxslack
from tests.benchmarks.bulk import Stage, emitting, messages
from tests.benchmarks.interleaved import Work, medians

__all__ = ["OPERATORS", "operators", "stages"]

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
    "by_thread, each message a thread": compose(rxslack.by_thread(idle=3600.0), ops.merge_all()),
    "backfill, and nothing is missed": rxslack.backfill(rxslack.WebClient("xoxb-test")),
    "not_from_bots, of_type, reply": compose(
        rxslack.not_from_bots(),
        rxslack.of_type(rxslack.MessageEvent),
        ops.map(rxslack.reply("Hi")),
    ),
}
"""Made for a stream of the same person's messages in one channel."""


@contextmanager
def stages(count: int) -> Generator[dict[str, Work]]:
    """Each operator at work on so many events, as they come from a socket; first, by no name, none at all."""
    found = messages(count)
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "recording.jsonl"
        all_stages = {"": _as_it_is, **OPERATORS, "record": rxslack.record(path)}
        yield {name: emitting(found, stage) for name, stage in all_stages.items()}


def operators(count: int, rounds: int) -> Iterator[tuple[str, float]]:
    """For each operator the seconds of CPU that it adds to an event."""
    with stages(count) as works:
        times = medians(works, rounds)
    alone = times.pop("")
    for name, seconds in times.items():
        yield name, (seconds - alone) / count


def _as_it_is(source: Observable[Any]) -> Observable[Any]:
    return source
