"""What is known of one channel while its events pass, and what of an event says so."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable, Mapping
from typing import Any, Final

from rxslack.recovery.items import as_event

__all__ = ["ChannelGap", "as_live", "as_ts", "before", "channel_of", "new_message_ts"]

_REMEMBERED: Final = 10_000  # messages of a channel that are recognised when they come again
_RECENT: Final = 600.0  # seconds before the newest message in which they are
_THREADS: Final = 50  # threads of a channel that are looked after


class ChannelGap:
    """
    One channel.

    Args:
        since: a `ts` after which messages may be missing; "" when none are.

    Attributes:
        floor: a `ts`. What was said up to there is forgotten, and counts as emitted.
        newest: the highest `ts` that was emitted.
        seen: the `ts` of what was emitted after the floor.
        room: how many of them there may be until the older ones are forgotten.
        threads: threads and the `ts` of their last answer, the one answered last at the end.
        held: what waits for the past, in the order in which it came.
    """

    def __init__(self, since: str = "") -> None:
        self.since = since
        self.floor = ""
        self.newest = ""
        self.seen: set[str] = set()
        self.room = _THREADS
        self.threads: dict[str, str] = {}
        self.held: deque[Any] = deque()

    def recall(self, newest: str, recent: Iterable[str]) -> None:
        """Know what an earlier run of the program emitted."""
        self.newest, self.seen = newest, set(recent)
        if not self.seen:  # a file of a version that remembered no more than this
            self.floor = newest
        elif len(self.seen) >= _REMEMBERED // 2:  # then the older ones may be forgotten
            self.floor = min(self.seen)

    def note(self, ts: str, thread: str | None) -> None:
        """A message is being emitted."""
        self.seen.add(ts)
        self.newest = max(self.newest, ts)
        if thread is not None:
            self.threads[thread] = max(ts, self.threads.pop(thread, ts))
            if len(self.threads) > _THREADS:
                del self.threads[next(iter(self.threads))]

    def knows(self, ts: str) -> bool:
        """Whether a message that history has was emitted, or is too old to tell."""
        return ts in self.seen or ts <= self.floor

    def owe(self, since: str) -> None:
        """There is a gap, after a `ts`."""
        self.since = min(self.since or since, since)

    def forget(self) -> None:
        """Forget what is old, but for what a gap may bring again; where it is too much, all that."""
        floor = before(self.newest, _RECENT)
        floor = min(floor, self.since or floor)
        kept = sorted(ts for ts in self.seen if ts > floor)
        if len(kept) >= _REMEMBERED:
            floor, kept = kept[-_REMEMBERED // 2 - 1], kept[-_REMEMBERED // 2 :]
        self.floor, self.seen = max(self.floor, floor), set(kept)
        self.room = min(max(2 * len(kept), _THREADS), _REMEMBERED)

    def last_held(self) -> str:
        """The highest `ts` of the messages that wait."""
        return max(self.held_ts(), default="")

    def held_ts(self) -> set[str]:
        """The `ts` of the messages that wait."""
        return {ts for item in self.held if (ts := new_message_ts(as_event(item))) is not None}

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
        news = deque(found)
        while self.held:
            ts = new_message_ts(as_event(self.held[0]))
            if ts is not None and upto is not None and ts > upto:
                break
            while ts is not None and news and news[0]["ts"] < ts:
                yield news.popleft()
            yield self.held.popleft()
        yield from news


def before(ts: str, seconds: float) -> str:
    """
    The `ts` that is so many seconds earlier.

    >>> before("1712345678.000200", 600.0), before("no number", 600.0)
    ('1712345078.000200', '')
    """
    try:
        return as_ts(float(ts) - seconds)
    except ValueError:
        return ""


def as_ts(seconds: float) -> str:
    """
    Unix seconds as a `ts`; with ten digits before the point these compare like numbers.

    >>> as_ts(1712345678.5), as_ts(-1.0)
    ('1712345678.500000', '0000000000.000000')
    """
    return f"{max(seconds, 0.0):017.6f}"


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
