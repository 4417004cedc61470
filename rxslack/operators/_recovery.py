"""
The past of a gap, channel by channel, on a thread of its own.

The channels in which live events wait come first, then those that were seen last. When the past
of a channel has come, it is emitted, then what waited there.
"""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable, Mapping
from typing import Any, Final, cast

from rxslack.operators._calls import Missed
from rxslack.operators._job import Job
from rxslack.operators._lane import as_live
from rxslack.operators._outlet import Outlet
from rxslack.operators._past import Found, Past
from rxslack.unheard import report

__all__ = ["Recovery"]

log = logging.getLogger("rxslack.backfill")

_SETTLE: Final = 0.2  # seconds in which what Slack has stored is on the websocket, too
_LATE: Final = 5.0  # seconds after which it is not expected there any more


class Recovery:
    """
    Fills gaps, one after the other; those that come while one is being filled are filled with it.

    Args:
        outlet: gets what was found. Whoever calls a method of this holds it.
        past: makes the calls for one gap.
        only: channels to fill; None: all.
        most: live events that may wait, in all channels together.
    """

    def __init__(
        self,
        outlet: Outlet,
        past: Callable[[], Past],
        only: frozenset[str] | None,
        most: int,
    ) -> None:
        self.job: Job | None = None
        self._outlet = outlet
        self._make_past = past
        self._only = only
        self._most = most
        self._held = 0
        self._whenever_done: Callable[[], None] | None = None

    def fill(self, gap: Mapping[str, Any]) -> None:
        """There is a gap."""
        job, another = self.job, Job.of(gap)
        if job is None:
            job = self.job = another
            args = (job,)
            threading.Thread(
                target=self._work, args=args, name="rxslack-backfill", daemon=True
            ).start()
        else:
            job.widen(another)
        if self._outlet.checkpoint is not None:
            self._outlet.checkpoint.hold(job.floor)

    def hold(self, job: Job, channel: str, item: Any) -> None:
        """Let a live event wait; when too many do, its source has to."""
        self._outlet.lane(channel).held.append(item)
        job.impatient.setdefault(channel)
        self._held += 1
        while self._held > self._most and self._is_on(job):
            self._outlet.changed.wait(1.0)

    def when_done(self, action: Callable[[], None]) -> None:
        """Do something when no gap is being filled any more."""
        self._whenever_done = action
        if self.job is None:
            action()

    def give_up(self) -> None:
        """The stream ends: what waits goes out without the past before it."""
        self.job = None
        for channel, lane in [*self._outlet.lanes.items()]:
            for item in lane.merged([], None):
                self._outlet.take(channel, item)

    def _is_on(self, job: Job) -> bool:
        return job is self.job and not self._outlet.over.is_set()

    # On the thread

    def _work(self, job: Job) -> None:
        try:
            while self._is_on(job):
                past = self._make_past()  # each gap has its own bound of calls
                self._plan(job, past)
                while (channel := self._next(job)) is not None:
                    self._recover(job, past, channel)
                job.calls += past.calls.made
                self._finish(job)
        except BaseException as error:  # noqa: BLE001 - whatever Slack sent, nobody may wait for ever
            self._break_off(error)

    def _break_off(self, error: BaseException) -> None:
        if error is self._outlet.escaped:  # a subscriber's, which nobody took
            report(error, log)
            return
        try:
            with self._outlet:
                self._outlet.checkpoint = None  # it may be what failed
                self.give_up()
                self._outlet.fail(error)
        except BaseException as unheard:  # noqa: BLE001 - a subscriber may raise anything
            report(unheard, log)

    def _plan(self, job: Job, past: Past) -> None:
        """Which channels there are."""
        gaps, members, missing = job.gaps, sorted(self._only or ()), list[str]()
        if self._only is None:
            try:
                members = past.channels()
            except Missed as missed:
                missing.append(f"channels never seen: {missed}")
        with self._outlet:
            if gaps != job.gaps or not self._is_on(job):
                return  # there is another gap, in which one may have become a member elsewhere
            job.miss(None, missing)
            lanes = self._outlet.lanes
            seen = sorted(lanes, key=lambda one: lanes[one].last, reverse=True)
            channels = [*job.unfinished, *seen, *members]
            job.plan(one for one in channels if self._only is None or one in self._only)
            for channel in seen:
                if not job.waits_for(channel):
                    self._merge(job, channel, Found(), None)

    def _next(self, job: Job) -> str | None:
        with self._outlet:
            return job.next() if self._is_on(job) else None

    def _recover(self, job: Job, past: Past, channel: str) -> None:
        with self._outlet:
            lane, gaps, among = self._outlet.lane(channel), job.gaps, len(job.todo or ())
            floor, threads = lane.last or job.floor, lane.alive()
        found = past.messages(channel, floor, threads, among=max(1, among))
        if found.messages and job.live_from is None:
            self._outlet.over.wait(_SETTLE)
        with self._outlet:
            if self._is_on(job):
                self._use(job, channel, found, is_last=gaps == job.gaps)

    def _use(self, job: Job, channel: str, found: Found, *, is_last: bool) -> None:
        """
        Emit what is sure, and ask again where it is not all.

        Nothing may be emitted before which something is missing. What was said after the first
        call, and is not heard live, may have been said after the connection was lost: then it is
        in a gap of which nothing is known yet, and there may be more of it.
        """
        sure = max(found.horizon, job.known.get(channel, ""))
        if is_last and (found.missing or job.live_from is not None or found.last() <= sure):
            job.miss(channel, found.missing)
            self._merge(job, channel, found, None)
        elif not found.missing:  # else it is asked again, from the same moment on
            job.known[channel] = max(sure, found.last())
            self._merge(job, channel, found, sure)
            job.put_last(channel)

    def _merge(self, job: Job, channel: str, found: Found, upto: str | None) -> None:
        """
        Emit what was found in a channel, and what waits there.

        Args:
            job: the gap.
            channel: where.
            found: what was found.
            upto: None when this is all of it. Else a `ts`: up to there nothing is missing, and the
                rest has to wait for the channel's next turn.
        """
        lane, news = self._outlet.lane(channel), found.in_order(upto)
        if upto is None:
            (job.todo or {}).pop(channel, None)
            job.impatient.pop(channel, None)
            news = self._but_late(job, channel, news)
        job.messages += sum(message["ts"] not in lane.seen for message in news)
        held = len(lane.held)
        for item in lane.merged([as_live(message, channel) for message in news], upto):
            self._outlet.take(channel, item)
        self._held -= held - len(lane.held)
        self._outlet.changed.notify_all()

    def _but_late(
        self, job: Job, channel: str, news: list[Mapping[str, Any]]
    ) -> list[Mapping[str, Any]]:
        """Without what will come live as well, in its own place."""
        late = [m for m in news if job.live_from is not None and m["ts"] >= job.live_from]
        job.late.extend((channel, as_live(message, channel)) for message in late)
        return news[: len(news) - len(late)]

    def _finish(self, job: Job) -> None:
        with self._outlet:
            self._await_live(job)
            if self._is_on(job) and job.todo == {}:  # else there is another gap
                self._conclude(job)

    def _await_live(self, job: Job) -> None:
        """Wait until what was found early has come live as well, for a while."""
        last = max((message["ts"] for _, message in job.late), default="")
        deadline = time.monotonic() + _LATE
        while job.live_upto < last and job.todo == {} and self._is_on(job):
            left = deadline - time.monotonic()
            if left <= 0:
                return
            self._outlet.changed.wait(left)

    def _conclude(self, job: Job) -> None:
        """Emit what did not come live after all, and the summary."""
        for channel, message in sorted(job.late, key=lambda one: cast("str", one[1]["ts"])):
            if message["ts"] not in self._outlet.lane(channel).seen:
                job.messages += 1
                self._outlet.take(channel, message, late=True)
        self.job = None
        if self._outlet.checkpoint is not None:
            self._outlet.checkpoint.let_go()
        self._outlet.emit(job.summary())
        if self._whenever_done is not None:
            self._whenever_done()
