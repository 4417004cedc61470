"""Operators that make a stream of each conversation, or of each thread."""

from __future__ import annotations

import logging
import math
from collections import OrderedDict
from collections.abc import Callable, Sequence
from functools import partial
from typing import Any, Final, Generic, TypeAlias, TypeVar

from reactivex import Observable, abc
from reactivex.disposable import (
    CompositeDisposable,
    Disposable,
    RefCountDisposable,
    SerialDisposable,
    SingleAssignmentDisposable,
)
from reactivex.scheduler import TimeoutScheduler

from rxslack.core.clocks import seconds_by
from rxslack.core.operator import operator
from rxslack.core.serial_subject import SerialSubject
from rxslack.core.serialized import Serial
from rxslack.core.unhandled import guarded, has_ended, pass_on, passes_by, report
from rxslack.errors import ConfigurationError
from rxslack.events.messages import Event, channel_of, event_in, thread_of, ts_of
from rxslack.wire.bursts import subscribe_in_bursts
from rxslack.wire.wishes import EVERYTHING, Wish

__all__ = [
    "Conversation",
    "Key",
    "by_conversation",
    "by_thread",
    "grouped",
]

E = TypeVar("E")


log = logging.getLogger("rxslack.grouped")

_UNUSUAL: Final = frozenset(
    {"subtype", "message", "deleted_ts"}
)  # of a message that is about another
_EXACT: Final = 1e-6  # seconds; sums of floats come out a little late, or early


Key: TypeAlias = tuple[str, str | None]


class Conversation(Observable[E]):
    """
    The events of one conversation, or of one thread, until it falls silent.

    It is hot: subscribe to it where you get it, as `ops.flat_map` does, or miss its first event.

    Attributes:
        channel: the id of the channel or direct message.
        thread_ts: the ts of the message the thread began with; None for a whole conversation.
    """

    def __init__(self, key: Key, events: SerialSubject[E], lease: RefCountDisposable) -> None:
        super().__init__()
        self.channel, self.thread_ts = key
        self._events = events
        self._lease = lease

    def _subscribe_core(
        self, observer: abc.ObserverBase[E], scheduler: abc.SchedulerBase | None = None
    ) -> abc.DisposableBase:
        # Whoever still listens to a group keeps the source alive, also when nobody wants new ones.
        # Whoever subscribes is guarded by `subscribe`, so the subject need not guard it again.
        events = self._events.follow(observer, scheduler)
        lease = self._lease.disposable

        def dispose() -> None:
            lease.dispose()
            events.dispose()

        return Disposable(dispose)


def grouped(
    source: Observable[E],
    key: Callable[[Event], Key | None],
    idle: float,
    scheduler: abc.SchedulerBase | None,
) -> Observable[Conversation[E]]:
    """Split a stream by a key of its events; None drops an event."""
    if not (idle > 0 and math.isfinite(idle)):
        raise ConfigurationError(f"idle must be seconds, more than 0, not {idle!r}")

    def subscribe(
        observer: abc.ObserverBase[Conversation[E]], subscriber: abc.SchedulerBase | None = None
    ) -> abc.DisposableBase:
        clock = scheduler or subscriber or TimeoutScheduler.singleton()
        groups = Groups(observer, key, idle, clock)
        return groups.start(source, subscriber)

    return Observable(subscribe)


class Groups(Generic[E]):
    """One subscription: the groups that are open, the longest silent one first."""

    def __init__(
        self,
        observer: abc.ObserverBase[Conversation[E]],
        key: Callable[[Event], Key | None],
        idle: float,
        clock: abc.SchedulerBase,
    ) -> None:
        self._observer = observer
        self._key = key
        self._idle = idle
        self._clock = clock
        self._now = seconds_by(clock)
        self._open: OrderedDict[Key, Group[E]] = OrderedDict()
        self._steps = Serial()  # the clock runs on another thread than the source
        self._timer = SerialDisposable()
        self._waiting = False  # whether the timer runs
        self._due = guarded(self._ring, log)

    def start(
        self, source: Observable[E], scheduler: abc.SchedulerBase | None
    ) -> abc.DisposableBase:
        upstream = SingleAssignmentDisposable()
        self._lease = RefCountDisposable(CompositeDisposable([upstream, self._timer]))
        upstream.disposable = subscribe_in_bursts(source, self, scheduler)
        return self._lease

    def on_items(self, items: Sequence[E], _: bool) -> None:
        """Some events that came at one moment."""
        self._steps.do(lambda: self._take(items))

    def on_error(self, error: Exception) -> None:
        """The source's own."""
        self._steps.do(lambda: self._fail(error))

    def on_completed(self) -> None:
        """The end, in good order."""
        self._steps.do(self._complete)

    def wish(self) -> Wish:
        """Whatever comes belongs to some group."""
        return EVERYTHING

    def _take(self, items: Sequence[E]) -> None:
        now = self._now()
        for item in items:
            key = self._key(event_in(item))
            if key is None:
                continue
            group = self._open.get(key)
            if group is None:
                group = self._open[key] = Group()
                group.touched = now
                self._observer.on_next(Conversation(key, group.subject, self._lease))
            else:
                group.touched = now
                self._open.move_to_end(key)
            if not self._waiting:
                self._wait()
            group.subject.on_next(item)

    def _wait(self) -> None:
        """One timer for all groups, set for the one that has been silent the longest."""
        if self._waiting or not self._open:
            return
        self._waiting = True
        due = next(iter(self._open.values())).touched + self._idle - self._now()
        self._timer.disposable = self._clock.schedule_relative(max(due, 0.0), self._due)

    def _ring(self, _scheduler: abc.SchedulerBase, _state: object = None) -> None:
        try:
            self._steps.do(self._look)
        except BaseException as error:
            if has_ended(self._observer) or passes_by(error):
                raise
            # A step of the source's, done on this thread, where the source does not hear of it.
            self._steps.do(partial(self._fail, error))

    def _look(self) -> None:
        """End what has been silent long enough."""
        self._waiting = False
        try:
            while self._open:
                key, group = next(iter(self._open.items()))
                if group.touched + self._idle - self._now() > _EXACT:
                    break
                del self._open[key]
                group.subject.on_completed()
        except Exception as error:  # noqa: BLE001 - a subscriber may raise anything
            self._fail(error)
        self._wait()

    def _fail(self, error: BaseException) -> None:
        self._end(lambda observer: pass_on(observer, error))

    def _complete(self) -> None:
        self._end(lambda observer: observer.on_completed())

    def _end(self, notify: Callable[[abc.ObserverBase[Any]], None]) -> None:
        """Tell everybody, whatever anybody raises."""
        unheard: BaseException | None = None
        groups: list[abc.ObserverBase[Any]] = [group.subject for group in self._close()]
        for observer in (*groups, self._observer):
            try:
                notify(observer)
            except Exception as trouble:  # noqa: BLE001 - a subscriber may raise anything
                if unheard is not None and unheard is not trouble:
                    report(trouble, log)
                unheard = unheard or trouble
        if unheard is not None:
            raise unheard

    def _close(self) -> list[Group[E]]:
        self._timer.dispose()
        groups = list(self._open.values())
        self._open.clear()
        return groups


class Group(Generic[E]):
    """One open group: where its events go, and when the last one came."""

    touched: float  # unix seconds

    def __init__(self) -> None:
        self.subject = SerialSubject[E]()


@operator
def by_conversation(
    source: Observable[E], idle: float, *, scheduler: abc.SchedulerBase | None = None
) -> Observable[Conversation[E]]:
    """
    Split a stream into one for each conversation, which ends when the conversation falls silent.

    >>> from reactivex import operators as ops
    >>> from rxslack.testing import diagram
    >>> a, b = {"type": "message", "channel": "C1"}, {"type": "message", "channel": "C2"}
    >>> counts = ops.flat_map(lambda conversation: conversation.pipe(ops.count()))
    >>> diagram("a-ba-------a-|", lambda s: s.pipe(by_conversation(4.0), counts), a=a, b=b)
    '------AB-----(A|)'

    A is 1 and B is 2.

    Args:
        source: Events.
        idle: Seconds without an event after which a conversation ends. Its next event begins
            another one, so memory is held for the lively ones only.
        scheduler: Measures the silence. Default: the subscriber's, else one timer thread.

    Emits: a `Conversation` with the first event of each, and in it the events that belong to
        it, wherever they keep their channel; events without one are dropped. An event that comes
        while the timer ends a conversation is emitted by the timer's thread, in its turn.
    Errors: the source's own, to every open conversation as well. Raises ``ConfigurationError``
        when `idle` is no number of seconds.
    Dispose: no new conversations; the source is disposed when nobody listens to an open one.
    Source: docs.slack.dev/reference/objects/conversation-object.
    """
    return grouped(source, conversation_key, idle, scheduler)


def conversation_key(event: Event) -> Key | None:
    """The channel alone."""
    channel = event.get("channel")
    if type(channel) is str and channel:  # as nearly always
        return channel, None
    elsewhere = channel_of(event)
    return None if elsewhere is None else (elsewhere, None)


@operator
def by_thread(
    source: Observable[E], idle: float, *, scheduler: abc.SchedulerBase | None = None
) -> Observable[Conversation[E]]:
    """
    Split a stream of messages into one for each thread, which ends when the thread falls silent.

    >>> from reactivex import operators as ops
    >>> from rxslack.testing import diagram
    >>> a = {"type": "message", "channel": "C1", "ts": "7.1", "text": "Who comes?"}
    >>> b = {"type": "message", "channel": "C1", "ts": "8.1", "thread_ts": "7.1", "text": "Me"}
    >>> counts = ops.flat_map(lambda thread: thread.pipe(ops.count()))
    >>> diagram("a-b-------|", lambda s: s.pipe(by_thread(4.0), counts), a=a, b=b)
    '------A---|'

    A is 2. A message outside of threads may begin one, so it begins a stream.

    Args:
        source: Events.
        idle: Seconds without a message after which a thread ends; its next reply begins another
            stream of it.
        scheduler: Measures the silence. Default: the subscriber's, else one timer thread.

    Emits: a `Conversation` with the first message of each thread, and in it the messages of the
        thread and their changes; all other events are dropped. A message that comes while the
        timer ends a thread is emitted by the timer's thread, in its turn.
    Errors: the source's own, to every open thread as well. Raises ``ConfigurationError`` when
        `idle` is no number of seconds.
    Dispose: no new threads; the source is disposed when nobody listens to an open one.
    Source: docs.slack.dev/messaging, "Threads".
    """
    return grouped(source, thread_key, idle, scheduler)


def thread_key(event: Event) -> Key | None:
    """Channel and beginning of the thread; for a message outside of threads, the message."""
    if event.get("type") == "message" and _UNUSUAL.isdisjoint(event):
        place, ts = event.get("channel"), event.get("thread_ts") or event.get("ts")
        if type(place) is str and type(ts) is str and place and ts:
            return place, ts
    channel, thread = channel_of(event), thread_of(event) or ts_of(event)
    return None if channel is None or thread is None else (channel, thread)
