"""
The past of a gap, channel by channel, on a thread of its own.

Each channel has a `since` (of its `ChannelState`): the `ts` after which something may be missing. A gap
sets it, to `margin` seconds before its own beginning; an earlier one stays. An answer moves it on to
the moment up to which it is complete; what brings all that was said up to the gap's end unsets it, and
nothing else does. So one that Slack refused, or for which there were no calls left, is asked again at
the next gap, from the same moment on.

Two things are not trusted. History may lack what was said in the last `settle` seconds. And an
answer is not of one moment: of what was said after its first call was sent it has some and lacks
some. So it is known to be complete up to `settle` before that call, by Slack's clock, which is
early if anything; and of this gap it has all when the call was sent `settle` after the gap's end.

A channel goes through these states (`ChannelTask`), top down, and skips what it does not need:

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

from rxslack.core import telemetry
from rxslack.core.unhandled import report
from rxslack.events.items import as_mapping
from rxslack.lanes.tracking import CURRENT, ItemHold
from rxslack.recovery.backfilling.gap import (
    ChannelState,
    ChannelTask,
    HeldItem,
    OpenGap,
    as_live,
    as_ts,
    before,
    new_message_ts,
)
from rxslack.recovery.backfilling.history import Found, GapHistory
from rxslack.recovery.backfilling.ordered_output import OrderedOutput
from rxslack.recovery.reconnecting.handover_timer import Handover
from rxslack.web.calls import Missed
from rxslack.web.slack_clock import SlackClock

__all__ = ["GapFiller", "HistoryTiming"]

log = logging.getLogger("rxslack.backfill")

_EARLY: Final = 2.0  # seconds that Slack's clock may be early
_LOOK: Final = 1.0  # seconds until it looks again whether the stream has ended, if nobody tells it


@dataclass(frozen=True, kw_only=True)
class HistoryTiming:
    """
    How late Slack's history may be, and how inexact times are.

    Args:
        clock: what time it is at Slack.
        settle: seconds after which history has what was said.
        margin: seconds by which what was missed may be older than the gap.
    """

    clock: SlackClock
    settle: float
    margin: float

    def settled_at(self, instant: float) -> str:
        """The `ts` up to which history has everything at an instant (of `time.monotonic`)."""
        return as_ts(self.clock.at(instant) - self.settle)

    def complete_to(self, found: Found) -> str:
        """The `ts` up to which an answer has everything."""
        return self.settled_at(found.asked)

    def until_settled(self, ts: str) -> float:
        """Seconds until a message is not expected live any more, and history is complete to it."""
        seconds = float(ts) + self.settle - self.clock.now()
        return min(max(seconds, 0.0), self.settle + _EARLY)


class GapFiller:
    """
    Fills gaps, one after the other; those that come while one is being filled are filled with it.

    Args:
        output: gets what was found. Whoever calls a method of this holds it.
        history: makes the calls for one gap.
        only: channels to fill; None: all.
        most: live events that may wait, in all channels together.
        timing: how late history may be.
    """

    def __init__(
        self,
        output: OrderedOutput,
        history: Callable[[], GapHistory],
        only: frozenset[str] | None,
        most: int,
        timing: HistoryTiming,
    ) -> None:
        self.open_gap: OpenGap | None = None
        self._output = output
        self._make_history = history
        self._only = only
        self._most = most
        self._timing = timing
        self._handover = Handover()
        self._waiting = 0
        self._whenever_done: Callable[[], None] | None = None

    def fill(self, gap: Mapping[str, Any]) -> None:
        """There is a gap."""
        since, until = float(gap["since"]), float(gap["until"])
        settled = monotonic() + self._timing.settle
        self._mark_missing(as_ts(since - self._timing.margin))
        open_gap = self.open_gap
        if open_gap is None:
            open_gap = self.open_gap = OpenGap(since, until, settled, self._make_history())
            args = (open_gap,)
            threading.Thread(
                target=self._work, args=args, name="rxslack-backfill", daemon=True
            ).start()
        else:
            open_gap.widen(since, until, settled)
            self._output.changed.notify_all()
        if self._output.checkpoint is not None:
            self._output.checkpoint.set_floor(as_ts(open_gap.since))

    def _mark_missing(self, since: str) -> None:
        output, states = self._output, [*self._output.channels.values()]
        # Channels that nobody has seen yet may have messages in the gap, too.
        if self._only is None:
            output.unlisted = min(output.unlisted or since, since)
        else:
            states = [output.channel(channel) for channel in sorted(self._only)]
        for state in states:
            state.mark_missing(since)

    def listen(self, event: Mapping[str, Any]) -> None:
        """Something comes live; a message tells what time it is at Slack."""
        ts = new_message_ts(event)
        if ts is not None:
            self._timing.clock.heard_ts(ts)

    def note_handover(self) -> None:
        """A hello or a goodbye comes live."""
        self._handover.note()

    def hold(self, open_gap: OpenGap, channel: str, item: Any) -> None:
        """Let a live event wait; when too many do, its source has to."""
        hold = ItemHold() if CURRENT.get() else None
        self._output.channel(channel).waiting.append(HeldItem(item, hold))
        if channel not in open_gap.with_waiting:
            open_gap.with_waiting[channel] = None
            self._output.changed.notify_all()
        if channel not in open_gap.with_new and new_message_ts(as_mapping(item)) is not None:
            open_gap.with_new.add(channel)
            self._output.changed.notify_all()
        self._waiting += 1
        # The source waits, on its own thread, so nothing that came is dropped.
        while self._waiting > self._most and self._is_on(open_gap):
            self._output.changed.wait(_LOOK)

    def when_done(self, action: Callable[[], None]) -> None:
        """Do something when no gap is being filled any more."""
        self._whenever_done = action
        if self.open_gap is None:
            action()

    def release_all(self) -> None:
        """The stream ends: what waits goes out without the past before it."""
        tasks: dict[str, ChannelTask] = (self.open_gap and self.open_gap.tasks) or {}
        self.open_gap = None
        # What was found so far is in order with what waits, and worth more than nothing.
        for channel, state in [*self._output.channels.items()]:
            found = tasks[channel].found if channel in tasks else None
            for item in state.merged(self._unheard(channel, found, None), None):
                self._output.take_held(channel, item)

    def _is_on(self, open_gap: OpenGap) -> bool:
        return open_gap is self.open_gap and not self._output.over.is_set()

    # On the thread

    def _work(self, open_gap: OpenGap) -> None:
        try:
            while self._is_on(open_gap):
                self._plan(open_gap)
                while (channel := self._next(open_gap)) is not None:
                    self._recover(open_gap, channel)
                self._finish(open_gap)
        except BaseException as error:  # noqa: BLE001 - whatever Slack sent, nobody may wait for ever
            self._break_off(error)

    def _break_off(self, error: BaseException) -> None:
        if not self._output.over.is_set():
            try:
                with self._output:
                    try:
                        self.release_all()
                    finally:  # also when it is the checkpoint that fails
                        self._output.fail(error)
            except BaseException as unheard:  # noqa: BLE001 - a subscriber may raise anything
                error = unheard
            else:
                return
        report(error, log)

    def _plan(self, open_gap: OpenGap) -> None:
        """Which channels there are."""
        gaps, members, why = open_gap.gaps, list[str](), list[str]()
        if self._only is None:
            try:
                # Without the lock, as all calls: they take seconds, in which live events go on.
                members = open_gap.history.channels()
            except Missed as missed:
                why = [f"channels never seen: {missed}"]
        with self._output:
            if gaps != open_gap.gaps or not self._is_on(open_gap):
                return  # there is another gap, in which one may have become a member elsewhere
            open_gap.add_missing(None, why)
            states = self._output.channels
            if not why:
                for channel in members:
                    self._output.channel(channel)  # where nothing was seen, all is missing
                self._output.unlisted = ""
            seen = sorted(states, key=lambda one: states[one].newest, reverse=True)
            open_gap.plan(one for one in (*open_gap.unfinished, *seen) if self._is_wanted(one))
            # What is not to be filled waits no longer.
            for channel in seen:
                if not open_gap.waits_for(channel):
                    self._emit(open_gap, channel, None)

    def _is_wanted(self, channel: str) -> bool:
        return self._only is None or channel in self._only

    def _next(self, open_gap: OpenGap) -> str | None:
        """The next channel, when it is time; None when there is none, or another gap."""
        with self._output:
            while self._is_on(open_gap) and open_gap.tasks:
                now = monotonic()
                # What is held back comes in a moment, when the handover has ended.
                live_by = self._handover.ends + self._timing.settle
                channel, due = open_gap.next(now, live_by)
                if due <= now:
                    return channel
                self._output.changed.wait(due - now)
        return None

    def _recover(self, open_gap: OpenGap, channel: str) -> None:
        with self._output:
            task = (open_gap.tasks or {}).get(channel)
            if task is None:
                return  # there is another gap
            state = self._output.channel(channel)
            # An event has come since all of the gap was found, which tells how far live events are.
            # So what was found can go out up to there, without another call.
            if task.found is not None and state.waiting:
                self._release(open_gap, channel, task, task.found)
                return
            if task.found is not None and not task.found.covers_channel():
                self._close_in_part(open_gap, channel, task.found)  # Slack would refuse again
                return
            ask = self._question(open_gap, channel, state, task)
        # Without the lock. Meanwhile there may be another gap, or an end, so all is looked up
        # again.
        found = ask()
        ran_out = bool(found.missing) and open_gap.history.calls.by < math.inf
        open_gap.history.calls.by = math.inf
        with self._output:
            if self._is_on(open_gap):
                self._timing.clock.heard_ts(found.last())
                self._use(open_gap, channel, found, ran_out=ran_out)

    def _question(
        self, open_gap: OpenGap, channel: str, state: ChannelState, task: ChannelTask
    ) -> Callable[[], Found]:
        """What to ask, which takes a while."""
        among, threads = len(open_gap.tasks or ()), state.alive()
        if monotonic() < open_gap.settled:
            open_gap.history.calls.by = open_gap.settled  # then what is asked has all of the gap
        if task.found is None:
            floor = self._floor(open_gap, channel, state)
            return partial(open_gap.history.messages, channel, floor, threads, among=among)
        # All of the gap is there. What comes before the latest of it may not be, and where it takes
        # many pages to find all of that, in threads of old as well, most of it has to do.
        floor = max(state.since, self._timing.complete_to(task.found))
        back = None if task.found.is_short else 0.0
        threads |= task.found.answered()
        return partial(open_gap.history.messages, channel, floor, threads, among=among, back=back)

    def _floor(self, open_gap: OpenGap, channel: str, state: ChannelState) -> str:
        """The `ts` after which a channel is asked for."""
        if before(state.floor, self._timing.margin) > state.since:
            open_gap.add_missing(
                channel, [f"what was said before {state.floor}: too much has come since"]
            )
            state.since = state.floor
        return max(state.since, state.floor)

    def _use(self, open_gap: OpenGap, channel: str, found: Found, *, ran_out: bool) -> None:
        """
        Emit what is known to be complete, and know what is to be done next.

        Args:
            open_gap: the gap.
            channel: where.
            found: what was found.
            ran_out: whether something is missing that there was only no time for, in a hurry.
        """
        task = (open_gap.tasks or {}).get(channel)
        if task is None:
            # There is another gap by now, and each channel is asked again. What is complete goes
            # out all the same, so that the next answer is short.
            if found.is_whole and not found.missing:
                upto = self._live_to(open_gap, found)
                self._emit(open_gap, channel, found, upto, all_waiting=False)
                self._advance(channel, upto)
            open_gap.put_last(channel)
        # It was asked so early that history may lack the last of the gap.
        elif found.asked < open_gap.settled or ran_out:
            self._hurry(open_gap, channel, task, found)
        elif task.found is not None:  # what is later than all of that was said after the gap
            both = Found(asked=found.asked, messages={**found.messages, **task.found.messages})
            if found.covers_channel():
                self._close(open_gap, channel, both, task.found.last())
            else:
                open_gap.add_missing(channel, found.missing)
                both.missing = found.missing
                self._close_in_part(open_gap, channel, both)
        else:
            # Slack may have refused a part, or there were no calls left for it. What came goes out all
            # the same, and `since` stays for the next gap.
            open_gap.add_missing(channel, found.missing)
            task.found = found
            self._release(open_gap, channel, task, found)

    def _advance(self, channel: str, upto: str) -> None:
        """What was emitted and is complete is not asked for again: gaps may come faster than answers."""
        state = self._output.channel(channel)
        state.since = max(state.since, upto)

    def _hurry(self, open_gap: OpenGap, channel: str, task: ChannelTask, found: Found) -> None:
        """Let what waits go behind what history has already."""
        task.hurried = True
        # An answer with holes would put later messages before those that are still to be found.
        if not found.missing:
            upto = self._heard_to(channel, found)
            task.passes = found.last() <= upto  # else what comes live would overtake what was found
            self._emit(open_gap, channel, found, upto)
            self._advance(channel, min(upto, self._timing.complete_to(found)))
        open_gap.put_last(channel)

    def _release(self, open_gap: OpenGap, channel: str, task: ChannelTask, found: Found) -> None:
        """Emit what waits, and of what was found all that is not expected live."""
        upto = max(self._live_to(open_gap, found), self._heard_to(channel, found))
        # Nothing that was found is later than that, so none of it is expected live.
        if found.last() <= upto:
            self._close(open_gap, channel, found, None)
        else:
            # The rest may be on its way over the websocket. Emitted now it would be ahead of live
            # events that were said before it.
            self._emit(open_gap, channel, found, upto)
            task.passes = False
            task.again = monotonic() + self._timing.until_settled(found.last())

    def _live_to(self, open_gap: OpenGap, found: Found) -> str:
        """The `ts` up to which an answer has everything, and nothing is expected live any more."""
        complete = self._timing.complete_to(found)
        if not self._handover.is_on():
            return complete
        # What was said in the gap does not come live, and what was said before the handover has come.
        come = max(as_ts(open_gap.until), self._timing.settled_at(self._handover.began))
        return min(complete, come)

    def _heard_to(self, channel: str, found: Found) -> str:
        """The `ts` up to which all is heard live that is not of the gap."""
        state = self._output.channel(channel)
        # A message that is in history and has come live shows how far the live stream is.
        return max([state.last_waiting(), *filter(state.knows, found.messages)])

    def _close_in_part(self, open_gap: OpenGap, channel: str, found: Found) -> None:
        """
        A channel is as good as it can be; `since` stays for the next gap.

        Emit no more than what was said in the gap. What is later comes live, and so does what was said
        before it and is not in history yet: nobody can be asked for that now, so it would come behind.
        """
        self._close(open_gap, channel, found, as_ts(open_gap.until))

    def _close(self, open_gap: OpenGap, channel: str, found: Found, upto: str | None) -> None:
        """A channel is done, or as good as it can be."""
        self._emit(open_gap, channel, found, upto)
        if open_gap.tasks is None:
            return  # a subscriber brought another gap about
        del open_gap.tasks[channel]
        # Only what is complete unsets `since`; all else is asked for at the next gap.
        if found.covers_channel():
            self._output.channel(channel).since = ""

    def _emit(
        self,
        open_gap: OpenGap,
        channel: str,
        found: Found | None,
        upto: str | None = None,
        *,
        all_waiting: bool = True,
    ) -> None:
        """
        Emit what was found in a channel, and what waits there.

        Args:
            open_gap: the gap.
            channel: where.
            found: what was found.
            upto: a `ts` up to which it is emitted; None: all of it.
            all_waiting: whether all goes that waits, and not only what came before a later message.
        """
        state = self._output.channel(channel)
        news, waiting = self._unheard(channel, found, upto), len(state.waiting)
        open_gap.messages += len(news)
        for item in state.merged(news, None if all_waiting else upto):
            self._output.take_held(channel, item)
        self._waiting -= waiting - len(state.waiting)
        if not state.waiting:
            open_gap.with_waiting.pop(channel, None)
        self._output.changed.notify_all()

    def _unheard(self, channel: str, found: Found | None, upto: str | None) -> list[dict[str, Any]]:
        """What was found and not heard live."""
        if found is None:
            return []
        state = self._output.channel(channel)
        # What waits is emitted from there, where it has the fields of the live event.
        heard, said = state.waiting_ts(), found.in_order(upto)
        return [
            as_live(message, channel)
            for message in said
            if message["ts"] not in heard and not state.knows(message["ts"])
        ]

    def _finish(self, open_gap: OpenGap) -> None:
        """Emit the summary, unless there is another gap."""
        with self._output:
            # Under the lock: a gap that comes now finds either this one unfinished, or none.
            if not self._is_on(open_gap) or open_gap.tasks != {}:
                return
            self.open_gap = None
            if self._output.checkpoint is not None:
                self._output.checkpoint.clear_floor()
            telemetry.count("messages_recovered", by=open_gap.messages)
            telemetry.count("parts_not_recovered", by=len(open_gap.missing))
            self._output.emit(open_gap.summary())
            if self._whenever_done is not None:
                self._whenever_done()
