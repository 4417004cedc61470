"""Where everything leaves `backfill`: one item at a time, each message once, and remembered."""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence
from typing import Any

from rxslack.core.unhandled import pass_on
from rxslack.events.items import as_mapping
from rxslack.lanes.tracking import leave_undone
from rxslack.recovery.backfilling.checkpoint import Checkpoint, StoredState
from rxslack.recovery.backfilling.gap import (
    ChannelState,
    HeldItem,
    happened_in,
    new_message_ts,
)
from rxslack.web.dialing import Cancellation
from rxslack.wire.bursts import BurstObserver

__all__ = ["OrderedOutput"]


class OrderedOutput:
    """
    Held in a `with` statement by whoever emits, or looks at what is shared.

    Args:
        observer: gets everything.
        checkpoint: remembers across restarts.
        clock: unix seconds.

    Attributes:
        states: what is known of each channel.
        unlisted: a `ts` after which messages may be missing in channels that have no state; "" when
            none are.
        memory: what the checkpoint knew at first.
        over: set at the end.
        cancellation: cut at disposal, so that no call outlives it.
        changed: told of what others may wait for.
    """

    def __init__(
        self,
        observer: BurstObserver,
        checkpoint: Checkpoint | None,
        clock: Callable[[], float],
    ) -> None:
        self.clock = clock
        self.checkpoint = checkpoint
        self.channels: dict[str, ChannelState] = {}
        self.unlisted = ""
        self.over = threading.Event()
        self.cancellation = Cancellation()
        self._observer = observer
        self._inside = 0  # how many hold it, one inside the other
        self._lock = threading.RLock()
        self.changed = threading.Condition(self._lock)
        self.memory = checkpoint.load() if checkpoint else None
        if self.memory is not None:
            self._recall(self.memory)

    def _recall(self, memory: StoredState) -> None:
        for channel, ts in memory.channels.items():
            self.channel(channel).recall(ts, memory.recent.get(channel, ()))
        for channel, thread, ts in memory.threads:
            self.channel(channel).threads[thread] = ts

    def __enter__(self) -> None:
        self._lock.acquire()
        self._inside += 1

    def __exit__(self, *_: object) -> None:
        # Whoever disposes while the lock is held leaves the end to the last who is inside.
        self._inside -= 1
        if self.over.is_set() and not self._inside:
            self._end()
        self._lock.release()

    def channel(self, channel: str) -> ChannelState:
        """What is known of a channel."""
        state = self.channels.get(channel)
        if state is None:
            # A channel that is seen for the first time lacks whatever the unlisted ones lack.
            state = self.channels[channel] = ChannelState(self.unlisted)
        return state

    def take_held(self, channel: str, held: HeldItem) -> None:
        """Emit an item as `take` does, and no longer keep it from being done."""
        if held.hold is None:
            self.take(channel, held.item)
        else:
            with held.hold:
                self.take(channel, held.item)

    def take(self, channel: str | None, item: Any) -> None:
        """
        Emit an item, unless it is a message that was emitted before.

        Args:
            channel: where it belongs.
            item: anything.
        """
        if channel is None:
            self.emit(item)
            return
        event = as_mapping(item)
        ts, state = new_message_ts(event), self.channel(channel)
        if ts is None:
            self.emit(item)
        # Each message once, whether it came live or from history.
        elif ts not in state.seen:
            thread = event.get("thread_ts")
            # Known before it is emitted: the subscriber may bring the same message about on this
            # thread. In the file only afterwards, for what a crash keeps from the subscriber has to
            # come again.
            state.note(ts, thread)
            self.emit(item)
            if self.checkpoint is not None:
                self.checkpoint.note(self.clock(), channel, ts, thread)
            # In memory and in the file at the same moment, so that a restart knows the same.
            if len(state.seen) > state.room:
                state.forget()
                if self.checkpoint is not None:
                    self.checkpoint.forget(channel, state.floor)

    def take_plain(self, messages: Sequence[dict[str, Any]]) -> None:
        """Emit plain messages, see `BurstObserver`, together, but for those that were emitted before."""
        fresh: list[dict[str, Any]] = []
        for message in messages:
            channel, ts = happened_in(message), message.get("ts")
            if channel is not None:
                state = self.channels.get(channel) or self.channel(channel)
                if type(ts) is str and not message.get("hidden"):  # as `new_message_ts` says
                    if ts in state.seen:
                        continue
                    state.note(ts, message.get("thread_ts"))
                    if len(state.seen) > state.room:
                        state.forget()
            fresh.append(message)
        if fresh:
            self._emit(fresh, plain=True)

    def note_time(self, at: float) -> None:
        """Know after a restart that the program ran at this time."""
        if self.checkpoint is not None:
            self.checkpoint.alive(at)

    def emit(self, item: Any) -> None:
        """Emit an item; what the observer raises is its own error."""
        self._emit((item,), plain=False)

    def _emit(self, items: Sequence[Any], *, plain: bool) -> None:
        if self.over.is_set():
            leave_undone()
            return
        try:
            self._observer.on_items(items, plain)
            if self.over.is_set():  # perhaps because of it
                leave_undone()
        except BaseException as error:  # a subscriber may raise anything
            leave_undone()
            if self.over.is_set():  # nobody is left to be told
                raise
            self._end()
            pass_on(self._observer, error)

    def fail(self, error: BaseException) -> None:
        """End with an error."""
        if not self.over.is_set():
            self._end()
            pass_on(self._observer, error)

    def complete(self) -> None:
        """End without one."""
        if not self.over.is_set():
            self._end()
            self._observer.on_completed()

    def dispose(self) -> None:
        """End at once. Who is inside remembers first what is being delivered."""
        self.over.set()
        # Ends the call that is under way, so that the filler's thread ends soon.
        self.cancellation.cut()
        if self._lock.acquire(timeout=0.0):  # else user code is running, and will find out
            try:
                if self._inside:
                    self.changed.notify_all()
                else:
                    self._end()
            finally:
                self._lock.release()

    def _end(self) -> None:
        # Before all else: nothing is emitted any more, and whoever waits finds out.
        self.over.set()
        self.changed.notify_all()
        for state in self.channels.values():
            while state.waiting:  # nobody gets it here any more
                if (hold := state.waiting.popleft().hold) is not None:
                    hold.give_back()
        checkpoint, self.checkpoint = self.checkpoint, None
        if checkpoint is not None:
            checkpoint.close()
