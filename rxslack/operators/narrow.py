"""The filter by a predicate that type checkers understand."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeGuard, TypeVar

from reactivex import Observable
from reactivex import operators as ops

__all__ = ["narrow"]

E = TypeVar("E")


def narrow(
    predicate: Callable[[Any], TypeGuard[E]],
) -> Callable[[Observable[Any]], Observable[E]]:
    """
    Keep what a `TypeGuard` is true of, and tell the type checker so.

    >>> from rxslack.narrowing import is_message
    >>> from rxslack.testing import diagram
    >>> joined = {"type": "message", "subtype": "channel_join", "channel": "C1", "ts": "7.1",
    ...     "user": "U1", "text": "<@U1> has joined the channel"}
    >>> diagram("h-j-|", narrow(is_message), h={"type": "hello"}, j=joined)
    '--j-|'

    The stock `filter` lets the items through just the same, but forgets their type.

    Args:
        predicate: A function that returns ``TypeGuard[…]``: `is_message`, or one of your own.

    Emits: the items themselves, unchanged, in order.
    Errors: what the predicate raises; the source's own error, unchanged.
    Dispose: disposes the source.
    Source: docs.python.org/3/library/typing.html#typing.TypeGuard.
    """
    return ops.filter(predicate)
