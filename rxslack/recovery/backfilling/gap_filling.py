"""
One subscription to `backfill`: the live stream and the past, merged channel by channel.

While a gap is being filled, live events wait in the lane of their channel. When the past of a
channel has come, it is emitted, then what waited, then whatever comes live: in order, and each
message once. Channels that are done, and everything that belongs to no channel, do not wait.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from reactivex import abc
from reactivex.disposable import CompositeDisposable, Disposable

from rxslack.recovery.backfilling.channel_gap import channel_of
from rxslack.recovery.backfilling.filler import GapFiller
from rxslack.recovery.backfilling.ordered_output import OrderedOutput
from rxslack.recovery.items import as_event, is_hello

__all__ = ["GapFilling"]


class GapFilling:
    """
    The live side.

    Args:
        outlet: gets everything.
        recovery: fills gaps.
    """

    def __init__(self, outlet: OrderedOutput, recovery: GapFiller) -> None:
        self._outlet = outlet
        self._recovery = recovery
        self._begun = False  # whether a hello has come

    def start(
        self, subscribe: Callable[..., abc.DisposableBase], scheduler: abc.SchedulerBase | None
    ) -> abc.DisposableBase:
        """Subscribe to the source."""
        source = subscribe(self._on_next, self._on_error, self._on_completed, scheduler=scheduler)
        return CompositeDisposable(source, Disposable(self._outlet.dispose))

    def _on_next(self, item: Any) -> None:
        with self._outlet:
            if not self._outlet.over.is_set():
                self._sort(item)

    def _sort(self, item: Any) -> None:
        event, job = as_event(item), self._recovery.job
        if event.get("type") == "rxslack.gap":
            self._outlet.emit(item)
            self._recovery.fill(event)
            return
        channel = channel_of(event)
        if job is not None:
            self._recovery.listen(event)
        if channel is not None and job is not None and job.waits_for(channel):
            self._recovery.hold(job, channel, item)
        else:
            self._outlet.take(channel, item)
        if not self._begun and is_hello(item):
            self._begin()

    def _begin(self) -> None:
        """The first hello: what was said since the program last ran is a gap, too."""
        self._begun = True
        outlet = self._outlet
        if outlet.checkpoint is None:
            return
        now, memory = outlet.clock(), outlet.memory
        if memory is not None:
            gap = {
                "type": "rxslack.gap",
                "since": min(memory.at, float(memory.floor or memory.at)),
                "until": now,
                "last_ts": memory.floor or None,
                "reason": "the program was not running",
            }
            outlet.emit(gap)
            self._recovery.fill(gap)
        outlet.note_time(now)

    def _on_error(self, error: Exception) -> None:
        with self._outlet:
            self._recovery.give_up()
            self._outlet.fail(error)

    def _on_completed(self) -> None:
        with self._outlet:
            self._recovery.when_done(self._outlet.complete)
