"""A gap that is being filled, and what is known of each channel."""

from __future__ import annotations

import math
from collections import deque
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from itertools import chain
from typing import Any, Final, NamedTuple

from rxslack.events.items import as_mapping
from rxslack.events.messages import channel_of
from rxslack.lanes.tracking import ItemHold
from rxslack.recovery.backfilling.history import Found, GapHistory

__all__ = [
    "ChannelState",
    "ChannelTask",
    "HeldItem",
    "OpenGap",
    "as_live",
    "as_ts",
    "before",
    "happened_in",
    "new_message_ts",
]


_REMEMBERED: Final = 10_000  # messages of a channel that are recognised when they come again
_RECENT: Final = 600.0  # seconds before the newest message in which they are
_THREADS: Final = 50  # threads of a channel that are looked after


class HeldItem(NamedTuple):
    """
    What is emitted in its turn.

    Attributes:
        item: it.
        hold: keeps it from being done until then; None when nobody wants to know, as with messages from history.
    """

    item: Any
    hold: ItemHold | None = None


class ChannelState:
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
        waiting: what waits for the past, in the order in which it came.
    """

    def __init__(self, since: str = "") -> None:
        self.since = since
        self.floor = ""
        self.newest = ""
        self.seen: set[str] = set()
        self.room = _THREADS
        self.threads: dict[str, str] = {}
        self.waiting: deque[HeldItem] = deque()

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
        if ts > self.newest:
            self.newest = ts
        if thread is not None:
            self.threads[thread] = max(ts, self.threads.pop(thread, ts))
            if len(self.threads) > _THREADS:
                del self.threads[next(iter(self.threads))]

    def knows(self, ts: str) -> bool:
        """Whether a message that history has was emitted, or is too old to tell."""
        return ts in self.seen or ts <= self.floor

    def mark_missing(self, since: str) -> None:
        """There is a gap, after a `ts`."""
        self.since = min(self.since or since, since)

    def forget(self) -> None:
        """Forget what is old, but for what a gap may bring again; where it is too much, all that."""
        # A gap brings again what was said shortly before it, and nothing that is much older.
        floor = before(self.newest, _RECENT)
        floor = min(floor, self.since or floor)
        kept = sorted(ts for ts in self.seen if ts > floor)
        if len(kept) >= _REMEMBERED:
            floor, kept = kept[-_REMEMBERED // 2 - 1], kept[-_REMEMBERED // 2 :]
        self.floor, self.seen = max(self.floor, floor), set(kept)
        # Twice what was kept: forgetting sorts it all, so it must not be done for each message.
        self.room = min(max(2 * len(kept), _THREADS), _REMEMBERED)

    def last_waiting(self) -> str:
        """The highest `ts` of the messages that wait."""
        return max(self.waiting_ts(), default="")

    def waiting_ts(self) -> set[str]:
        """The `ts` of the messages that wait."""
        events = (as_mapping(one.item) for one in self.waiting)
        return {ts for event in events if (ts := new_message_ts(event)) is not None}

    def alive(self) -> dict[str, str]:
        """Threads that have answers, among them those that wait, and the `ts` of the last one."""
        alive = dict(self.threads)
        for one in self.waiting:
            event = as_mapping(one.item)
            ts, thread = new_message_ts(event), event.get("thread_ts")
            if ts is not None and isinstance(thread, str) and thread != ts:
                alive.pop(thread, None)
                alive[thread] = ts
        return alive

    def merged(self, found: Iterable[dict[str, Any]], upto: str | None) -> Iterable[HeldItem]:
        """
        What was found and what waits, in order; what waits is taken from here.

        Args:
            found: messages, oldest first.
            upto: a `ts`; later messages, and what waits behind them, stay. None: everything goes.
        """
        news = deque(map(HeldItem, found))
        while self.waiting:
            ts = new_message_ts(as_mapping(self.waiting[0].item))
            # What is no message has no place in the order of `ts`: it stays behind what it came
            # after.
            if ts is not None and upto is not None and ts > upto:
                break
            while ts is not None and news and news[0].item["ts"] < ts:
                yield news.popleft()
            yield self.waiting.popleft()
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


def happened_in(event: Mapping[str, Any]) -> str | None:
    """
    The id of the channel in which something happened; None for everything else.

    What happens to a channel itself (it is created, renamed, …) brings the channel as an object, and
    is not said in it: the channel may be one that the token cannot read.
    """
    channel = event.get("channel")
    if type(channel) is str and channel:  # as nearly always
        return channel
    return None if isinstance(channel, Mapping) else channel_of(event)


def new_message_ts(event: Mapping[str, Any]) -> str | None:
    """The `ts` of a message that history has, too; None for changes of one, and all else."""
    if event.get("type") != "message" or event.get("hidden"):
        return None
    ts = event.get("ts")
    return ts if isinstance(ts, str) else None


def as_live(message: Mapping[str, Any], channel: str) -> dict[str, Any]:
    """A message of history as it would have come over the websocket, and marked."""
    return {**message, "channel": channel, "event_ts": message["ts"], "rxslack_backfilled": True}


_CHANGES: Final = "edits, deletions, reactions and everything else that is no message"


@dataclass(eq=False)
class ChannelTask:
    """
    What is known of the past of a channel that is not done.

    Attributes:
        hurried: whether it was asked for early.
        passes: whether live events of the channel pass meanwhile.
        found: all of the gap, and later messages that are expected live.
        again: the instant at which those are not expected any more.
    """

    hurried: bool = False
    passes: bool = False
    found: Found | None = None
    again: float = 0.0


@dataclass(eq=False)
class OpenGap:
    """
    A gap, or several that came too soon after each other.

    Args:
        since: unix seconds.
        until: unix seconds.
        settled: the instant (of `time.monotonic`) from which on history has all of it.
        history: makes the calls.

    Attributes:
        gaps: how many there are.
        tasks: channels whose past is still to come; None: all of them, as far as is known.
        unfinished: channels whose past had not come when there was another gap.
        with_waiting: channels in which events wait, the one that waits for longest first.
        with_new: those in which a message waits that came after the last gap.
    """

    since: float
    until: float
    settled: float
    history: GapHistory
    gaps: int = 1
    tasks: dict[str, ChannelTask] | None = None
    unfinished: dict[str, None] = field(default_factory=dict[str, None])
    with_waiting: dict[str, None] = field(default_factory=dict[str, None])
    with_new: set[str] = field(default_factory=set[str])
    missing: list[dict[str, Any]] = field(default_factory=list[dict[str, Any]])
    messages: int = 0

    def widen(self, since: float, until: float, settled: float) -> None:
        """There is another gap: every channel has to be asked again, the unfinished ones first."""
        self.since, self.until = min(self.since, since), max(self.until, until)
        self.settled = settled
        self.gaps += 1
        # Each gap has calls of its own, so that a second one does not take those of the first.
        self.history.calls.add_gap()
        self.unfinished |= dict.fromkeys(self.tasks or ())
        self.tasks = None
        self.with_new.clear()

    def plan(self, channels: Iterable[str]) -> None:
        """From now on the other channels do not wait any more."""
        self.tasks = {channel: ChannelTask() for channel in channels}
        self.unfinished = {}

    def waits_for(self, channel: str) -> bool:
        """Whether live events of a channel have to wait."""
        if self.tasks is None:
            return True
        task = self.tasks.get(channel)
        return task is not None and not task.passes

    def next(self, now: float, live_by: float = -math.inf) -> tuple[str, float]:
        """
        The channel whose task it is, or comes first, and the instant. There has to be one.

        Args:
            now: the instant.
            live_by: the instant until which live events may be late.
        """
        tasks = self.tasks or {}
        first, instant = "", math.inf
        # Channels in which events wait come first: somebody is waiting for these.
        for channel in chain(self.with_waiting, tasks):
            due = self._due(channel, tasks[channel], live_by) if channel in tasks else math.inf
            if due < instant:
                first, instant = channel, due
            if due <= now:
                break
        return first, instant

    def _due(self, channel: str, task: ChannelTask, live_by: float) -> float:
        # All of the gap is in history once it is settled; only a channel in which events wait is
        # asked before that.
        waits = channel in self.with_waiting
        if task.found is not None:
            return 0.0 if waits else max(task.again, live_by)
        # What is asked for twice must leave the other channels what they need. And only a message
        # from after the gap tells how far what is found is of the gap, and not yet to come live.
        may = channel in self.with_new and self.history.calls.left > 2 * len(self.tasks or ())
        hurry = waits and may and not task.hurried
        return 0.0 if hurry else self.settled

    def put_last(self, channel: str) -> None:
        """Let the others go first."""
        if self.tasks and channel in self.tasks:
            self.tasks[channel] = self.tasks.pop(channel)
        # The same channel would else be first again at once.
        if channel in self.with_waiting:
            self.with_waiting[channel] = self.with_waiting.pop(channel)

    def add_missing(self, channel: str | None, whys: Iterable[str]) -> None:
        """Something could not be had."""
        for why in whys:
            part = {"channel": channel, "why": why}
            if part not in self.missing:
                self.missing.append(part)

    def summary(self) -> dict[str, Any]:
        """What became of the gap."""
        return {
            "type": "rxslack.backfilled",
            "since": self.since,
            "until": self.until,
            "messages": self.messages,
            "calls": self.history.calls.made,
            "missing": [
                {"channel": None, "why": _CHANGES},
                {"channel": None, "why": f"answers in {self.history.too_old()}"},
                *self.missing,
            ],
        }
