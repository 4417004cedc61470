"""
One subscription to `backfill`: the live stream and the past, merged channel by channel.

While a gap is being filled, live events wait in the lane of their channel. When the past of a
channel has come, it is emitted, then what waited, then whatever comes live: in order, and each
message once. Channels that are done, and everything that belongs to no channel, do not wait.
"""

from __future__ import annotations

import threading
from collections import deque
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Final, cast

from reactivex import abc
from reactivex.disposable import CompositeDisposable, Disposable

from rxslack.dialing import Lifeline
from rxslack.operators._checkpoint import Checkpoint
from rxslack.operators._overlap import as_event, is_hello
from rxslack.operators._past import Missed, Past

__all__ = ["Filling", "Job", "Lane"]

_REMEMBERED: Final = 10_000  # messages of a channel that are recognised when they come again
_THREADS: Final = 50  # threads of a channel that are looked after
_SETTLE: Final = 0.2  # seconds in which what Slack has stored is on the websocket, too
_CHANGES: Final = "edits, deletions, reactions and everything else that is no message"


class Lane:
    """What is known of one channel."""

    def __init__(self) -> None:
        self.last = ""  # the highest `ts` emitted
        self.seen: dict[str, None] = {}  # the `ts` of what was emitted, oldest first
        self.threads: dict[str, None] = {}  # threads with answers, the latest answer last
        self.held: deque[Any] = deque()  # what waits for the past

    def note(self, ts: str, thread: str | None) -> None:
        """A message is being emitted."""
        self.seen[ts] = None
        self.last = max(self.last, ts)
        if len(self.seen) > _REMEMBERED:
            del self.seen[next(iter(self.seen))]
        if thread is not None:
            self.threads.pop(thread, None)
            self.threads[thread] = None
            if len(self.threads) > _THREADS:
                del self.threads[next(iter(self.threads))]


@dataclass(eq=False)
class Job:
    """
    A gap that is being filled, or several that came too soon after each other.

    Args:
        since: unix seconds.
        until: unix seconds.
        floor: a `ts` after which the gap begins in channels of which nothing is known.

    Attributes:
        todo: channels whose past is still to come; None: all of them, as far as is known.
        late: messages that were found and will come live as well, with their lanes.
    """

    since: float
    until: float
    floor: str
    todo: dict[str, None] | None = None
    late: list[tuple[str, dict[str, Any]]] = field(default_factory=list[tuple[str, dict[str, Any]]])
    missing: list[dict[str, Any]] = field(default_factory=list[dict[str, Any]])
    messages: int = 0
    calls: int = 0

    def waits_for(self, channel: str) -> bool:
        """Whether live events of a channel have to wait."""
        return self.todo is None or channel in self.todo


class Filling:
    """
    The merger.

    Args:
        observer: gets everything, one item at a time.
        past: makes the calls for one gap.
        checkpoint: remembers across restarts.
        only: channels to fill; None: all.
        waiting: live events that may wait, in all channels together.
        clock: unix seconds.
    """

    def __init__(
        self,
        observer: abc.ObserverBase[Any],
        past: Callable[[Lifeline, threading.Event], Past],
        checkpoint: Checkpoint | None,
        only: frozenset[str] | None,
        waiting: int,
        clock: Callable[[], float],
    ) -> None:
        self._observer = observer
        self._make_past = past
        self._checkpoint = checkpoint
        self._only = only
        self._bound = waiting
        self._clock = clock
        self._lanes: dict[str, Lane] = {}
        self._job: Job | None = None
        self._held = 0
        self._live_from: str | None = None  # the `ts` from which on everything comes live
        self._listening = False  # for that
        self._begun = False  # whether a hello has come
        self._completing = False
        self._lock = threading.RLock()
        self._room = threading.Condition(self._lock)
        self._lifeline = Lifeline()
        self._over = threading.Event()
        self._memory = checkpoint.load() if checkpoint else None
        self._remember_lanes()

    def start(
        self, subscribe: Callable[..., abc.DisposableBase], scheduler: abc.SchedulerBase | None
    ) -> abc.DisposableBase:
        source = subscribe(self._on_next, self._on_error, self._on_completed, scheduler=scheduler)
        return CompositeDisposable(source, Disposable(self._dispose))

    def _remember_lanes(self) -> None:
        if self._memory is not None:
            for channel, ts in self._memory.channels.items():
                self._lane(channel).note(ts, None)
            for channel, thread in self._memory.threads:
                self._lane(channel).threads[thread] = None

    def _lane(self, channel: str) -> Lane:
        return self._lanes.setdefault(channel, Lane())

    def _dispose(self) -> None:
        self._over.set()
        self._lifeline.cut()
        if self._lock.acquire(timeout=0.0):  # else user code is running, and will find out
            try:
                self._end()
            finally:
                self._lock.release()

    def _end(self) -> None:
        self._over.set()
        self._room.notify_all()
        checkpoint, self._checkpoint = self._checkpoint, None
        if checkpoint is not None:
            checkpoint.close()

    # Live

    def _on_next(self, item: Any) -> None:
        with self._lock:
            if self._over.is_set():
                self._end()
                return
            event = as_event(item)
            if event.get("type") == "rxslack.gap":
                self._emit(item)
                self._fill(event)
                return
            if self._listening:
                self._listen(event)
            channel = channel_of(event)
            job = self._job
            if channel is not None and job is not None and job.waits_for(channel):
                self._hold(channel, item)
            else:
                self._take(channel, item)
            if not self._begun and is_hello(item):
                self._begin()

    def _listen(self, event: Mapping[str, Any]) -> None:
        ts = new_message_ts(event)
        if ts is not None and "reply_to" not in event:
            self._live_from, self._listening = ts, False

    def _hold(self, channel: str, item: Any) -> None:
        self._lane(channel).held.append(item)
        self._held += 1
        while self._held > self._bound and self._job is not None and not self._over.is_set():
            self._room.wait(1.0)

    def _take(self, channel: str | None, item: Any) -> None:
        """Emit an item, unless it is a message that was emitted before."""
        if channel is None:
            self._emit(item)
            return
        event = as_event(item)
        ts, lane = new_message_ts(event), self._lane(channel)
        if ts is None:
            self._emit(item)
        elif ts not in lane.seen:
            thread = event.get("thread_ts")
            lane.note(ts, thread)
            self._emit(item)
            if self._checkpoint is not None:
                self._checkpoint.note(self._clock(), channel, ts, thread)

    def _emit(self, item: Any) -> None:
        if self._over.is_set():
            return
        try:
            self._observer.on_next(item)
        except Exception as error:
            if self._over.is_set():
                raise
            self._end()
            self._observer.on_error(error)

    # Gaps

    def _begin(self) -> None:
        """The first hello: what was said since the program last ran is a gap, too."""
        self._begun = True
        if self._checkpoint is None:
            return
        now, memory = self._clock(), self._memory
        self._checkpoint.alive(now)
        if memory is not None:
            gap = {
                "type": "rxslack.gap",
                "since": memory.at,
                "until": now,
                "last_ts": memory.floor or None,
                "reason": "the program was not running",
            }
            self._emit(gap)
            self._fill(gap)

    def _fill(self, gap: Mapping[str, Any]) -> None:
        since = float(gap["since"])
        job = Job(since, float(gap["until"]), gap["last_ts"] or f"{since - 1.0:.6f}")
        before, self._job = self._job, job
        self._live_from, self._listening = None, True
        if before is not None:
            job.since, job.floor = min(before.since, since), min(before.floor, job.floor)
            job.late, job.messages, job.calls = before.late, before.messages, before.calls
        if self._checkpoint is not None:
            self._checkpoint.hold(job.floor)
        if before is None:
            threading.Thread(target=self._work, name="rxslack-backfill", daemon=True).start()

    def _work(self) -> None:
        while (job := self._job) is not None and not self._over.is_set():
            past = self._make_past(self._lifeline, self._over)
            self._plan(job, past)
            while (channel := self._next(job)) is not None:
                self._recover(job, past, channel)
            job.calls += past.calls
            self._finish(job)

    def _plan(self, job: Job, past: Past) -> None:
        """Which channels there are: those that were seen last come first."""
        members: list[str] = []
        if self._only is None:
            try:
                members = past.channels()
            except Missed as missed:
                job.missing.append({"channel": None, "why": f"channels never seen: {missed}"})
        with self._lock:
            seen = sorted(self._lanes, key=lambda one: self._lanes[one].last, reverse=True)
            job.todo = dict.fromkeys(
                one for one in [*seen, *members] if self._only is None or one in self._only
            )
            for channel in seen:
                if channel not in job.todo:
                    self._merge(job, channel, [])

    def _next(self, job: Job) -> str | None:
        with self._lock:
            if self._over.is_set() or job is not self._job or not job.todo:
                return None
            return next(iter(job.todo))

    def _recover(self, job: Job, past: Past, channel: str) -> None:
        with self._lock:
            lane = self._lane(channel)
            floor, threads = lane.last or job.floor, [*lane.threads]
        found: list[Mapping[str, Any]] = []
        try:
            found = past.messages(channel, floor, threads)
        except Missed as missed:
            job.missing.append({"channel": channel, "why": str(missed)})
        if found and self._live_from is None:
            self._over.wait(_SETTLE)
        with self._lock:
            if job is self._job and not self._over.is_set():
                self._merge(job, channel, [as_live(message, channel) for message in found])

    def _merge(self, job: Job, channel: str, found: list[dict[str, Any]]) -> None:
        lane, live_from = self._lane(channel), self._live_from
        if job.todo is not None:
            job.todo.pop(channel, None)
        news = deque(message for message in found if message["ts"] not in lane.seen)
        if live_from is not None:
            while news and news[-1]["ts"] >= live_from:
                job.late.append((channel, news.pop()))
        held, lane.held = lane.held, deque()
        self._held -= len(held)
        job.messages += len(news)
        for item in held:
            ts = new_message_ts(as_event(item))
            while ts is not None and news and news[0]["ts"] < ts:
                self._take(channel, news.popleft())
            self._take(channel, item)
        for message in news:
            self._take(channel, message)
        self._room.notify_all()

    def _finish(self, job: Job) -> None:
        if job.late and not self._over.is_set():
            self._over.wait(_SETTLE)
        with self._lock:
            if job is not self._job or self._over.is_set():
                return
            for channel, message in sorted(job.late, key=lambda one: cast("str", one[1]["ts"])):
                if message["ts"] not in self._lane(channel).seen:
                    job.messages += 1
                    self._take(channel, message)
            self._job = None
            if self._checkpoint is not None:
                self._checkpoint.let_go()
            self._emit(summary(job))
            if self._completing:
                self._complete()

    # Endings

    def _on_error(self, error: Exception) -> None:
        with self._lock:
            self._let_all_go()
            if not self._over.is_set():
                self._end()
                self._observer.on_error(error)

    def _on_completed(self) -> None:
        with self._lock:
            self._completing = True
            if self._job is None:
                self._complete()

    def _complete(self) -> None:
        if not self._over.is_set():
            self._end()
            self._observer.on_completed()

    def _let_all_go(self) -> None:
        """The stream ends: what waits goes out without the past before it."""
        self._job = None
        for channel, lane in [*self._lanes.items()]:
            held, lane.held = lane.held, deque()
            for item in held:
                self._take(channel, item)


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


def summary(job: Job) -> dict[str, Any]:
    """What became of a gap."""
    return {
        "type": "rxslack.backfilled",
        "since": job.since,
        "until": job.until,
        "messages": job.messages,
        "calls": job.calls,
        "missing": [{"channel": None, "why": _CHANGES}, *job.missing],
    }
