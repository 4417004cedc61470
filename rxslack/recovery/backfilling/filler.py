"""
The past of a gap, channel by channel, on a thread of its own.

Each channel has a `since` (of its `ChannelGap`): the `ts` after which something may be missing. A gap
sets it, to `margin` seconds before its own beginning; an earlier one stays. An answer moves it on to
the moment up to which it is complete; what brings all that was said up to the gap's end unsets it, and
nothing else does. So one that Slack refused, or for which there were no calls left, is asked again at
the next gap, from the same moment on.

Two things are not trusted. History may lack what was said in the last `settle` seconds. And an
answer is not of one moment: of what was said after its first call was sent it has some and lacks
some. So it is known to be complete up to `settle` before that call, by Slack's clock, which is
early if anything; and of this gap it has all when the call was sent `settle` after the gap's end.

A channel goes through these states (`Turn`), top down, and skips what it does not need:

    state       its live events  is asked                     because
    waiting     wait             `settle` after the gap       then history has all of the gap
    hurried     pass             at once, and `settle` after  messages waited, so what history had
                                 the gap again                came first; the rest comes late. They
                                                              wait where history has later ones
    found       wait             when the latest that was     it was said so late that it comes
                                 found is expected live no    live, or was the last of the gap, or
                                 more; not when it came, or   there is another gap to come, and
                                 something later did          more before it
    done        pass             at the next gap

Another gap sets all of them back to waiting; what was found before it is emitted as far as it is
known to be complete.
"""

from __future__ import annotations

import logging
import math
import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import partial
from time import monotonic
from typing import Any, Final

from rxslack.core.unhandled import report
from rxslack.events.items import as_mapping
from rxslack.recovery.backfilling.gap import (
    ChannelGap,
    OpenGap,
    Turn,
    as_live,
    as_ts,
    before,
    new_message_ts,
)
from rxslack.recovery.backfilling.history import Found, GapHistory
from rxslack.recovery.backfilling.ordered_output import OrderedOutput
from rxslack.web.calls import Missed
from rxslack.web.slack_clock import SlackClock

__all__ = ["GapFiller", "Trust"]

log = logging.getLogger("rxslack.backfill")

_EARLY: Final = 2.0  # seconds that Slack's clock may be early
_LOOK: Final = 1.0  # seconds until it looks again whether the stream has ended, if nobody tells it


@dataclass(frozen=True, kw_only=True)
class Trust:
    """
    How far times can be relied upon.

    Args:
        clock: what time it is at Slack.
        settle: seconds after which history has what was said.
        margin: seconds by which what was missed may be older than the gap.
    """

    clock: SlackClock
    settle: float
    margin: float

    def complete_to(self, found: Found) -> str:
        """The `ts` up to which an answer has everything."""
        return as_ts(self.clock.at(found.asked) - self.settle)

    def until_heard(self, ts: str) -> float:
        """Seconds until a message is not expected live any more, and history is complete to it."""
        seconds = float(ts) + self.settle - self.clock.now()
        return min(max(seconds, 0.0), self.settle + _EARLY)


class GapFiller:
    """
    Fills gaps, one after the other; those that come while one is being filled are filled with it.

    Args:
        outlet: gets what was found. Whoever calls a method of this holds it.
        past: makes the calls for one gap.
        only: channels to fill; None: all.
        most: live events that may wait, in all channels together.
        trust: of history, and of clocks.
    """

    def __init__(
        self,
        outlet: OrderedOutput,
        past: Callable[[], GapHistory],
        only: frozenset[str] | None,
        most: int,
        trust: Trust,
    ) -> None:
        self.job: OpenGap | None = None
        self._outlet = outlet
        self._make_past = past
        self._only = only
        self._most = most
        self._trust = trust
        self._held = 0
        self._whenever_done: Callable[[], None] | None = None

    def fill(self, gap: Mapping[str, Any]) -> None:
        """There is a gap."""
        since, until = float(gap["since"]), float(gap["until"])
        settled = monotonic() + self._trust.settle
        self._owe(as_ts(since - self._trust.margin))
        job = self.job
        if job is None:
            job = self.job = OpenGap(since, until, settled, self._make_past())
            args = (job,)
            threading.Thread(
                target=self._work, args=args, name="rxslack-backfill", daemon=True
            ).start()
        else:
            job.widen(since, until, settled)
            self._outlet.changed.notify_all()
        if self._outlet.checkpoint is not None:
            self._outlet.checkpoint.hold(as_ts(job.since))

    def _owe(self, since: str) -> None:
        outlet, lanes = self._outlet, [*self._outlet.lanes.values()]
        if self._only is None:
            outlet.unlisted = min(outlet.unlisted or since, since)
        else:
            lanes = [outlet.lane(channel) for channel in sorted(self._only)]
        for lane in lanes:
            lane.owe(since)

    def listen(self, event: Mapping[str, Any]) -> None:
        """Something comes live; a message tells what time it is at Slack."""
        ts = new_message_ts(event)
        if ts is not None:
            self._trust.clock.heard_ts(ts)

    def hold(self, job: OpenGap, channel: str, item: Any) -> None:
        """Let a live event wait; when too many do, its source has to."""
        self._outlet.lane(channel).held.append(item)
        if channel not in job.impatient:
            job.impatient[channel] = None
            self._outlet.changed.notify_all()
        if channel not in job.heard and new_message_ts(as_mapping(item)) is not None:
            job.heard.add(channel)
            self._outlet.changed.notify_all()
        self._held += 1
        while self._held > self._most and self._is_on(job):
            self._outlet.changed.wait(_LOOK)

    def when_done(self, action: Callable[[], None]) -> None:
        """Do something when no gap is being filled any more."""
        self._whenever_done = action
        if self.job is None:
            action()

    def give_up(self) -> None:
        """The stream ends: what waits goes out without the past before it."""
        turns: dict[str, Turn] = (self.job and self.job.turns) or {}
        self.job = None
        for channel, lane in [*self._outlet.lanes.items()]:
            found = turns[channel].found if channel in turns else None
            for item in lane.merged(self._news(channel, found, None), None):
                self._outlet.take(channel, item)

    def _is_on(self, job: OpenGap) -> bool:
        return job is self.job and not self._outlet.over.is_set()

    # On the thread

    def _work(self, job: OpenGap) -> None:
        try:
            while self._is_on(job):
                self._plan(job)
                while (channel := self._next(job)) is not None:
                    self._recover(job, channel)
                self._finish(job)
        except BaseException as error:  # noqa: BLE001 - whatever Slack sent, nobody may wait for ever
            self._break_off(error)

    def _break_off(self, error: BaseException) -> None:
        if not self._outlet.over.is_set():
            try:
                with self._outlet:
                    try:
                        self.give_up()
                    finally:  # also when it is the checkpoint that fails
                        self._outlet.fail(error)
            except BaseException as unheard:  # noqa: BLE001 - a subscriber may raise anything
                error = unheard
            else:
                return
        report(error, log)

    def _plan(self, job: OpenGap) -> None:
        """Which channels there are."""
        gaps, members, why = job.gaps, list[str](), list[str]()
        if self._only is None:
            try:
                members = job.past.channels()
            except Missed as missed:
                why = [f"channels never seen: {missed}"]
        with self._outlet:
            if gaps != job.gaps or not self._is_on(job):
                return  # there is another gap, in which one may have become a member elsewhere
            job.miss(None, why)
            lanes = self._outlet.lanes
            if not why:
                for channel in members:
                    self._outlet.lane(channel)  # where nothing was seen, all is missing
                self._outlet.unlisted = ""
            seen = sorted(lanes, key=lambda one: lanes[one].newest, reverse=True)
            job.plan(one for one in (*job.unfinished, *seen) if self._is_wanted(one))
            for channel in seen:
                if not job.waits_for(channel):
                    self._emit(job, channel, None)

    def _is_wanted(self, channel: str) -> bool:
        return self._only is None or channel in self._only

    def _next(self, job: OpenGap) -> str | None:
        """The next channel, when it is time; None when there is none, or another gap."""
        with self._outlet:
            while self._is_on(job) and job.turns:
                now = monotonic()
                channel, due = job.next(now)
                if due <= now:
                    return channel
                self._outlet.changed.wait(due - now)
        return None

    def _recover(self, job: OpenGap, channel: str) -> None:
        with self._outlet:
            turn = (job.turns or {}).get(channel)
            if turn is None:
                return  # there is another gap
            lane, gaps = self._outlet.lane(channel), job.gaps
            if turn.found is not None and lane.held:
                self._release(job, channel, turn, turn.found)
                return
            ask = self._question(job, channel, lane, turn)
        found = ask()
        ran_out = bool(found.missing) and job.past.calls.by < math.inf
        job.past.calls.by = math.inf
        with self._outlet:
            if self._is_on(job):
                self._trust.clock.heard_ts(found.last())
                self._use(job, channel, found, is_last=gaps == job.gaps, ran_out=ran_out)

    def _question(
        self, job: OpenGap, channel: str, lane: ChannelGap, turn: Turn
    ) -> Callable[[], Found]:
        """What to ask, which takes a while."""
        among, threads = len(job.turns or ()), lane.alive()
        if monotonic() < job.settled:
            job.past.calls.by = job.settled  # then what is asked has all of the gap
        if turn.found is None:
            floor = self._floor(job, channel, lane)
            return partial(job.past.messages, channel, floor, threads, among=among)
        # All of the gap is there. What comes before the latest of it may not be, and where it takes
        # many pages to find all of that, in threads of old as well, most of it has to do.
        floor = max(lane.since, self._trust.complete_to(turn.found))
        back = None if turn.found.is_short else 0.0
        threads |= turn.found.answered()
        return partial(job.past.messages, channel, floor, threads, among=among, back=back)

    def _floor(self, job: OpenGap, channel: str, lane: ChannelGap) -> str:
        """The `ts` after which a channel is asked for."""
        if before(lane.floor, self._trust.margin) > lane.since:
            job.miss(channel, [f"what was said before {lane.floor}: too much has come since"])
            lane.since = lane.floor
        return max(lane.since, lane.floor)

    def _use(
        self, job: OpenGap, channel: str, found: Found, *, is_last: bool, ran_out: bool
    ) -> None:
        """
        Emit what is known to be complete, and know what is to be done next.

        Args:
            job: the gap.
            channel: where.
            found: what was found.
            is_last: whether no other gap came meanwhile.
            ran_out: whether something is missing that there was only no time for, in a hurry.
        """
        turn = (job.turns or {}).get(channel) if is_last else None
        if turn is None:
            if found.is_whole and not found.missing:
                upto = self._trust.complete_to(found)
                self._emit(job, channel, found, upto, all_held=False)
                self._advance(channel, upto)
            job.put_last(channel)
        elif found.asked < job.settled or ran_out:
            self._hurry(job, channel, turn, found)
        elif turn.found is not None:  # what is later than all of that was said after the gap
            both = Found(asked=found.asked, messages={**found.messages, **turn.found.messages})
            self._close(job, channel, both, turn.found.last())
        elif found.missing:
            job.miss(channel, found.missing)
            self._close(job, channel, found, None)
        else:
            turn.found = found
            self._release(job, channel, turn, found)

    def _advance(self, channel: str, upto: str) -> None:
        """What was emitted and is complete is not asked for again: gaps may come faster than answers."""
        lane = self._outlet.lane(channel)
        lane.since = max(lane.since, upto)

    def _hurry(self, job: OpenGap, channel: str, turn: Turn, found: Found) -> None:
        """Let what waits go behind what history has already."""
        turn.hurried = True
        if not found.missing:
            upto = self._heard_to(channel, found)
            turn.passes = found.last() <= upto  # else what comes live would overtake what was found
            self._emit(job, channel, found, upto)
            self._advance(channel, min(upto, self._trust.complete_to(found)))
        job.put_last(channel)

    def _release(self, job: OpenGap, channel: str, turn: Turn, found: Found) -> None:
        """Emit what waits, and of what was found all that is not expected live."""
        upto = max(self._trust.complete_to(found), self._heard_to(channel, found))
        if found.last() <= upto:
            self._close(job, channel, found, None)
        else:
            self._emit(job, channel, found, upto)
            turn.passes = False
            turn.again = monotonic() + self._trust.until_heard(found.last())

    def _heard_to(self, channel: str, found: Found) -> str:
        """The `ts` up to which all is heard live that is not of the gap."""
        lane = self._outlet.lane(channel)
        return max([lane.last_held(), *filter(lane.knows, found.messages)])

    def _close(self, job: OpenGap, channel: str, found: Found, upto: str | None) -> None:
        """A channel is done, or as good as it can be."""
        self._emit(job, channel, found, upto)
        if job.turns is None:
            return  # a subscriber brought another gap about
        del job.turns[channel]
        if found.has_gap():
            self._outlet.lane(channel).since = ""

    def _emit(
        self,
        job: OpenGap,
        channel: str,
        found: Found | None,
        upto: str | None = None,
        *,
        all_held: bool = True,
    ) -> None:
        """
        Emit what was found in a channel, and what waits there.

        Args:
            job: the gap.
            channel: where.
            found: what was found.
            upto: a `ts` up to which it is emitted; None: all of it.
            all_held: whether all goes that waits, and not only what came before a later message.
        """
        lane = self._outlet.lane(channel)
        news, held = self._news(channel, found, upto), len(lane.held)
        job.messages += len(news)
        for item in lane.merged(news, None if all_held else upto):
            self._outlet.take(channel, item)
        self._held -= held - len(lane.held)
        if not lane.held:
            job.impatient.pop(channel, None)
        self._outlet.changed.notify_all()

    def _news(self, channel: str, found: Found | None, upto: str | None) -> list[dict[str, Any]]:
        """What was found and not heard live."""
        if found is None:
            return []
        lane = self._outlet.lane(channel)
        heard, said = lane.held_ts(), found.in_order(upto)
        return [
            as_live(message, channel)
            for message in said
            if message["ts"] not in heard and not lane.knows(message["ts"])
        ]

    def _finish(self, job: OpenGap) -> None:
        """Emit the summary, unless there is another gap."""
        with self._outlet:
            if not self._is_on(job) or job.turns != {}:
                return
            self.job = None
            if self._outlet.checkpoint is not None:
                self._outlet.checkpoint.let_go()
            self._outlet.emit(job.summary())
            if self._whenever_done is not None:
                self._whenever_done()
