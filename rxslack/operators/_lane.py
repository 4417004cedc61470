"""What is known of one channel while its events pass, and what of an event says so."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable, Mapping
from typing import Any, Final

from rxslack.operators._items import as_event

__all__ = ["Lane", "as_live", "channel_of", "new_message_ts"]

_REMEMBERED: Final = 10_000  # messages of a channel that are recognised when they come again
_THREADS: Final = 50  # threads of a channel that are looked after


class Lane:
    """
    One channel.

    Attributes:
        last: the highest `ts` emitted before which nothing is missing.
        seen: the `ts` of what was emitted, oldest first.
        threads: threads and the `ts` of their last answer, the one answered last at the end.
        held: what waits for the past, in the order in which it came.
    """

    def __init__(self) -> None:
        self.last = ""
        self.seen: dict[str, None] = {}
        self.threads: dict[str, str] = {}
        self.held: deque[Any] = deque()

    def note(self, ts: str, thread: str | None, *, late: bool = False) -> None:
        """A message is being emitted."""
        self.seen[ts] = None
        if not late:
            self.last = max(self.last, ts)
        if len(self.seen) > _REMEMBERED:
            del self.seen[next(iter(self.seen))]
        if thread is not None:
            self.threads.pop(thread, None)
            self.threads[thread] = ts
            if len(self.threads) > _THREADS:
                del self.threads[next(iter(self.threads))]

    def alive(self) -> dict[str, str]:
        """Threads that have answers, among them those that wait, and the `ts` of the last one."""
        alive = dict(self.threads)
        for item in self.held:
            event = as_event(item)
            ts, thread = new_message_ts(event), event.get("thread_ts")
            if ts is not None and isinstance(thread, str) and thread != ts:
                alive.pop(thread, None)
                alive[thread] = ts
        return alive

    def merged(self, found: Iterable[dict[str, Any]], upto: str | None) -> Iterable[Any]:
        """
        What was found and what waits, in order; what waits is taken from here.

        Args:
            found: messages, oldest first.
            upto: a `ts`; later messages, and what waits behind them, stay. None: everything goes.
        """
        news = deque(message for message in found if message["ts"] not in self.seen)
        while self.held:
            ts = new_message_ts(as_event(self.held[0]))
            if ts is not None and upto is not None and ts > upto:
                break
            while ts is not None and news and news[0]["ts"] < ts:
                yield news.popleft()
            yield self.held.popleft()
        yield from news


def channel_of(event: Mapping[str, Any]) -> str | None:
    """The id of the channel in which something happened; None for everything else."""
    channel = event.get("channel")
    if channel is None:
        channel = as_event(event.get("item")).get("channel")
    return channel if isinstance(channel, str) else None


def new_message_ts(event: Mapping[str, Any]) -> str | None:
    """The `ts` of a message that history has, too; None for changes of one, and all else."""
    if event.get("type") != "message" or event.get("hidden"):
        return None
    ts = event.get("ts")
    return ts if isinstance(ts, str) else None


def as_live(message: Mapping[str, Any], channel: str) -> dict[str, Any]:
    """A message of history as it would have come over the websocket, and marked."""
    return {**message, "channel": channel, "event_ts": message["ts"], "rxslack_backfilled": True}
