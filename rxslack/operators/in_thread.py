"""Messages in threads."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

from reactivex import Observable

from rxslack.messages import is_reply, thread_of, ts_of
from rxslack.operators._keep import keep

__all__ = ["in_thread"]

E = TypeVar("E")


def in_thread(thread_ts: str | None = None) -> Callable[[Observable[E]], Observable[E]]:
    """
    Keep the messages of one thread, or the replies in all threads.

    >>> from rxslack.testing import diagram
    >>> a = {"type": "message", "channel": "C1", "ts": "7.1", "text": "Who comes?"}
    >>> b = {"type": "message", "channel": "C1", "ts": "8.1", "text": "Me", "thread_ts": "7.1"}
    >>> diagram("a-b-|", in_thread(), a=a, b=b), diagram("a-b-|", in_thread("7.1"), a=a, b=b)
    ('--b-|', 'a-b-|')

    Args:
        thread_ts: The ts of the message the thread began with, which is kept as well. Only the
            channel makes it unique: `in_channel` goes with it. None stands for all threads, and
            then only replies are kept.

    Emits: the items themselves, unchanged, in order; changes of messages in the thread among them.
    Errors: the source's own, unchanged.
    Dispose: disposes the source.
    Source: docs.slack.dev/messaging, "Threads": a reply's `thread_ts` is another than its `ts`.
    """
    if thread_ts is None:
        return keep(is_reply)
    return keep(lambda event: thread_ts in (thread_of(event), ts_of(event)))
