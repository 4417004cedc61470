"""A stream for each conversation."""

from __future__ import annotations

from typing import TypeVar

from reactivex import Observable, abc

from rxslack.messages import Event, channel_of
from rxslack.operators._grouped import Conversation, Key, grouped
from rxslack.operators._operator import operator

__all__ = ["by_conversation"]

E = TypeVar("E")


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
    channel = channel_of(event)
    return None if channel is None else (channel, None)
