"""
What a sink adds to the calls that it makes: threads, order and pace; and an outbox, writes to the disk.

Beside it a pool of as many threads, which hands over a call and does nothing else.

A post is written three times: accepted, begun, over. The last write need not wait for the disk, as a
search in history makes up for what a machine that fails has lost of it; but not to wait there saved 14 %
of the CPU time of posts one by one, 8 % of a hundred to one channel and nothing of those to ten channels,
for two pragmas around it. So each write waits, and those of several threads wait together.
"""

from __future__ import annotations

import math
import sqlite3
import statistics
import tempfile
from collections.abc import Callable, Generator
from concurrent.futures import Future, ThreadPoolExecutor, wait
from contextlib import ExitStack, contextmanager
from pathlib import Path
from time import thread_time
from typing import Any, Final, NamedTuple
from unittest.mock import patch

import rxslack
from rxslack.sinks.delivery import outbox
from tests.benchmarks.canned import POSTED, Canned
from tests.benchmarks.interleaved import medians

__all__ = ["Cost", "sinks"]

_POSTS: Final = 100
_WORKERS: Final = 8

Item = dict[str, Any]


class Cost(NamedTuple):
    """
    Of one post.

    Attributes:
        cpu: seconds of CPU of the process.
        emitting: those of them that the thread spends which emits.
        writes: how often the disk is waited for.
    """

    cpu: float
    emitting: float
    writes: float


class _Posts:
    """
    A hundred posts, of which the thread that emits knows how long it was kept.

    Args:
        emit: takes an item.
        finish: waits until what was taken is over.
        channels: that the items are for, in turns.
        together: how many are emitted before they are waited for.
    """

    def __init__(
        self,
        emit: Callable[[Item], object],
        finish: Callable[[], object],
        *,
        channels: int = 10,
        together: int = _POSTS,
    ) -> None:
        self._emit = emit
        self._finish = finish
        self._together = together
        self._items: list[Item] = [
            {"channel": f"C{number % channels}", "text": "Hello everyone, the release is out"}
            for number in range(_POSTS)
        ]
        self.times: list[float] = []

    def __call__(self) -> None:
        seconds = 0.0
        for start in range(0, _POSTS, self._together):
            begun = thread_time()
            for item in self._items[start : start + self._together]:
                self._emit(item)
            seconds += thread_time() - begun
            self._finish()
        self.times.append(seconds)


def sinks(rounds: int) -> dict[str, Cost]:
    """What a post costs by each way; the server is another process."""
    with ExitStack() as stack:
        slack = stack.enter_context(Canned([POSTED]))
        web = stack.enter_context(rxslack.WebClient("xoxb-test", base_url=slack.base_url))
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        pool = stack.enter_context(ThreadPoolExecutor(_WORKERS))
        files = stack.enter_context(_files())

        def call(item: Item) -> dict[str, Any]:
            return web.call("chat.postMessage", **item)

        def sink(name: str = "", **how: int) -> _Posts:
            made = stack.enter_context(
                rxslack.post_message(
                    web,
                    per_minute=math.inf,
                    workers=_WORKERS,
                    outbox=folder / name if name else None,
                )
            )
            return _Posts(made.on_next, made.drain, **how)

        futures: list[Future[dict[str, Any]]] = []

        def submit(item: Item) -> None:
            futures.append(pool.submit(call, item))

        def finish() -> None:
            wait(futures)
            futures.clear()

        works = {
            "web.call": _Posts(call, int),
            "web.call, by a pool": _Posts(submit, finish),
            "post_message, 100 to 10 channels": sink(),
            "post_message, 100 to one": sink(channels=1),
            "post_message, one by one": sink(together=1),
            "outbox, 100 to 10 channels": sink("ten.db"),
            "outbox, 100 to one": sink("one.db", channels=1),
            "outbox, one by one": sink("single.db", together=1),
        }
        found = medians(works, rounds)
        return {
            name: Cost(
                seconds / _POSTS,
                statistics.median(works[name].times[1:]) / _POSTS,
                _writes(works[name], files) / _POSTS,
            )
            for name, seconds in found.items()
        }


@contextmanager
def _files() -> Generator[list[sqlite3.Connection]]:
    """The files of all outboxes that are made meanwhile."""
    found: list[sqlite3.Connection] = []
    opened = outbox.opened

    def opening(path: str | Path) -> sqlite3.Connection:
        found.append(opened(path))
        return found[-1]

    with patch.object(outbox, "opened", opening):
        yield found


def _writes(posts: _Posts, files: list[sqlite3.Connection]) -> int:
    """How many transactions it takes, each of which waits for the disk once."""
    written: list[str] = []
    for file in files:
        file.set_trace_callback(written.append)
    posts()
    for file in files:
        file.set_trace_callback(None)
    count, within = 0, False
    for statement in written:
        within = statement == "BEGIN" or (within and statement != "COMMIT")
        count += not within
    return count
