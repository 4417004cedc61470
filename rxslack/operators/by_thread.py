"""A stream for each thread."""

from __future__ import annotations

from typing import TypeVar

from reactivex import Observable, abc

from rxslack.messages import Event, channel_of, thread_of, ts_of
from rxslack.operators._grouped import Conversation, Key, grouped
from rxslack.operators._operator import operator

__all__ = ["by_thread"]

E = TypeVar("E")


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
    channel, thread = channel_of(event), thread_of(event) or ts_of(event)
    return None if channel is None or thread is None else (channel, thread)
