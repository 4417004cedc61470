"""The operator that asks for what a lost connection did not bring."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Sequence
from itertools import islice
from typing import Any

from reactivex import Observable, abc
from reactivex.disposable import CompositeDisposable, Disposable

from rxslack.core.operator import composed
from rxslack.errors import ConfigurationError
from rxslack.events.items import GOODBYES, as_mapping, kind_of
from rxslack.lanes.tracking import leave_undone
from rxslack.recovery.backfilling.checkpoint import Checkpoint
from rxslack.recovery.backfilling.filler import GapFiller, HistoryTiming
from rxslack.recovery.backfilling.gap import happened_in
from rxslack.recovery.backfilling.history import GapHistory
from rxslack.recovery.backfilling.ordered_output import OrderedOutput
from rxslack.recovery.backoff import backoff, is_seconds
from rxslack.web.calls import MethodPaces, PatientCaller, Terms
from rxslack.web.client import WebClient
from rxslack.web.protocol import check_client
from rxslack.wire.bursts import BurstObserver, Bursts, Each, subscribe_in_bursts
from rxslack.wire.wishes import EVERYTHING, Wish

__all__ = ["GapFilling", "backfill"]


def seven_pauses() -> Iterable[float]:
    """The default pauses: full jitter under 0.5 s doubling to 30 s, seven times."""
    return islice(backoff(), 7)


@composed
def backfill(
    web: WebClient,
    *,
    checkpoint: str | os.PathLike[str] | None = None,
    channels: Iterable[str] | None = None,
    limit: int = 999,
    max_calls: int = 500,
    per_minute: float = 50.0,
    lookback: float = 3600.0,
    settle: float = 1.0,
    margin: float = 10.0,
    max_waiting: int = 100_000,
    pauses: Callable[[], Iterable[float]] = seven_pauses,
) -> Callable[[Observable[dict[str, Any]]], Observable[dict[str, Any]]]:
    """
    Fill the gap that a reconnect leaves with the messages that were said in it.

    >>> events = rtm.pipe(reconnect(), backfill(web))  # doctest: +SKIP

    Put it right behind `reconnect`, whose `rxslack.gap` items it acts on. The messages of the gap
    come before those that follow it: live events wait, channel by channel, until the past of their
    channel has come; a channel that is done waits for no other, and those in which events wait
    come first. Each message passes once, by (channel, ts), in the order of `ts` within its channel,
    but for what history has so late that live events have passed: that comes out of order. Gaps
    that come while one is being filled are filled with it. A channel for which Slack refuses to
    answer is asked again at the next gap, from the same moment on.

    Args:
        web: any client whose token may read the channels: a classic bot's token reads direct
            messages only, so a user token's client goes here.
        checkpoint: path of an SQLite file that remembers what was delivered, so that the time in
            which the program did not run is a gap as well, and is filled at the first hello. One
            file for one stream. A message counts as delivered once `on_next` has returned.
            While the file cannot be written, ``rxslack.backfill`` logs it, the stream goes on, and
            what was delivered is written later.
        channels: ids of the channels to fill. Default: those seen in the stream, and those that
            the token's user is a member of.
        limit: messages a call. Default: the most that Slack gives, because it counts calls. Some
            apps get 15, whatever is asked for.
        max_calls: how many calls one gap may cost, those that failed included; gaps that are filled
            together have the calls of them all. A gap costs one for each channel, for Slack has no
            way to ask for several at once, another for those in which events wait already, or
            somebody spoke a moment before the gap's end, and one for each thread that was answered
            in it. Default: what `per_minute` allows in ten minutes of one method; so long, and no
            longer, live events of a channel wait for the others' past.
        per_minute: calls a minute of each method, as many at once. 429 is obeyed beside it.
            Default: what Slack grants an app at least, in each workspace.
        lookback: seconds before a gap. A thread that began in them, or was answered in them (the
            last 50 of each channel), is looked after, and its answers in the gap are found. Where
            that would take more calls than other channels can spare, it is cut short, and said.
        settle: seconds after which history has what was said. Channels are asked so long after a
            gap; those in which events wait at once, and again.
        margin: seconds before a gap from which on history is asked, since Slack's order and clocks
            are not exact. What was emitted is known for ten minutes, 10,000 messages of a channel
            at the most; what was said shortly before the subscription may come with its first gap.
        pauses: makes seconds to wait before each repetition of a call that failed. Default: those
            of `backoff`, seven of them, which is a minute at the most.
        max_waiting: live events that may wait; beyond it the source has to. Those of ``acknowledge="when_done"`` are
            not done while they wait, and are acknowledged later.

    Emits: the items of the source; messages from history, with their `channel`, and with
        ``rxslack_backfilled: True``; after each gap an `rxslack.backfilled` item, which says what
        could not be recovered: edits and deletions never can, nor can answers in threads that
        rested for `lookback`.
    Errors: the source's own. What `web` raises ends no stream: it is in the `rxslack.backfilled`
        item. ``ConfigurationError`` for a checkpoint that cannot be used: damaged, of another
        version, locked; raised at once for numbers that let nothing through.
    Dispose: ends the calls; nothing is emitted any more.
    Source: docs.slack.dev/reference/methods/conversations.history, .../conversations.replies,
        docs.slack.dev/apis/web-api/rate-limits (tier 3: 50 calls a minute, for each method).
    """
    check_client(web, "backfill")
    if limit < 1 or max_calls < 1 or max_waiting < 1:
        raise ConfigurationError("limit, max_calls and max_waiting must be at least 1")
    if not per_minute > 0 or not lookback >= 0:
        raise ConfigurationError("per_minute must be above 0 and lookback 0 seconds or more")
    for name, value in (("settle", settle), ("margin", margin)):
        if not is_seconds(value):
            raise ConfigurationError(f"{name} must be a number of seconds, not {value!r}")
    terms = Terms(page=limit, calls=max_calls, pauses=pauses)
    only = None if channels is None else frozenset(channels)

    def piped(source: Observable[dict[str, Any]]) -> Observable[dict[str, Any]]:
        def in_bursts(
            observer: BurstObserver, scheduler: abc.SchedulerBase | None
        ) -> abc.DisposableBase:
            memory = None if checkpoint is None else Checkpoint(checkpoint)
            output, paces = OrderedOutput(observer, memory, web.clock.now), MethodPaces(per_minute)

            def past() -> GapHistory:
                return GapHistory(
                    PatientCaller(web, terms, paces, output.cancellation, output.over), lookback
                )

            timing = HistoryTiming(clock=web.clock, settle=settle, margin=margin)
            filling = GapFilling(output, GapFiller(output, past, only, max_waiting, timing))
            return filling.start(source, scheduler)

        def subscribe(
            observer: abc.ObserverBase[dict[str, Any]], scheduler: abc.SchedulerBase | None = None
        ) -> abc.DisposableBase:
            return in_bursts(Each(observer.on_next, observer), scheduler)

        return Bursts(in_bursts) if isinstance(source, Bursts) else Observable(subscribe)

    return piped


class GapFilling:
    """
    The live side of one subscription: the live stream and the past, merged channel by channel.

    While a gap is being filled, live events wait, each in its channel. When the past of a channel has
    come, it is emitted, then what waited, then whatever comes live: in order, and each message once.
    Channels that are done, and everything that belongs to no channel, do not wait.

    Args:
        output: gets everything.
        filler: fills gaps.
    """

    def __init__(self, output: OrderedOutput, filler: GapFiller) -> None:
        self._output = output
        self._filler = filler
        self._begun = False  # whether a hello has come

    def start(
        self, source: Observable[Any], scheduler: abc.SchedulerBase | None
    ) -> abc.DisposableBase:
        """Subscribe to the source."""
        subscription = subscribe_in_bursts(source, self, scheduler)
        return CompositeDisposable(subscription, Disposable(self._output.dispose))

    def on_items(self, items: Sequence[Any], plain: bool) -> None:
        """Pass on what need not wait."""
        with self._output:
            # What is delivered is noted in the file one by one.
            if plain and self._filler.open_gap is None and self._output.checkpoint is None:
                self._output.take_plain(items)
                return
            for item in items:
                if self._output.over.is_set():
                    leave_undone()
                    return
                self._sort(item)

    def _sort(self, item: Any) -> None:
        event, kind, open_gap = as_mapping(item), kind_of(item), self._filler.open_gap
        # Told first, so that whoever reads the stream knows why what follows is late.
        if kind == "rxslack.gap":
            self._output.emit(item)
            self._filler.fill(event)
            return
        channel = happened_in(event)
        if kind == "hello" or kind in GOODBYES:
            self._filler.note_handover()
        elif open_gap is not None:
            self._filler.listen(event)
        # Only the channels whose past is still to come wait; the others are in order already.
        if channel is not None and open_gap is not None and open_gap.waits_for(channel):
            self._filler.hold(open_gap, channel, item)
        else:
            self._output.take(channel, item)
        if not self._begun and kind == "hello":
            self._begin()

    def _begin(self) -> None:
        """The first hello: what was said since the program last ran is a gap, too."""
        self._begun = True
        output = self._output
        if output.checkpoint is None:
            return
        now, memory = output.clock(), output.memory
        if memory is not None:
            gap = {
                "type": "rxslack.gap",
                "since": min(memory.at, float(memory.floor or memory.at)),
                "until": now,
                "last_ts": memory.floor or None,
                "reason": "the program was not running",
            }
            output.emit(gap)
            self._filler.fill(gap)
        output.note_time(now)

    def on_error(self, error: Exception) -> None:
        """The source's own."""
        with self._output:
            # The stream has no more, and nobody would wait for the past: what waits goes out before
            # the error.
            self._filler.release_all()
            self._output.fail(error)

    def on_completed(self) -> None:
        """The end, in good order."""
        with self._output:
            # A stream that completes has time: the gap that is being filled is filled first.
            self._filler.when_done(self._output.complete)

    def wish(self) -> Wish:
        """Whatever comes: what was emitted is not to come again from history."""
        return EVERYTHING
