"""The typed filter and map in one."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar

from reactivex import Observable, compose
from reactivex import operators as ops

from rxslack.operators.of_type import of_type

__all__ = ["select"]

E = TypeVar("E")
R = TypeVar("R")


def select(
    event_class: type[E], function: Callable[[E], R]
) -> Callable[[Observable[Any]], Observable[R]]:
    """
    Keep the events of a class and map each; `of_type` and `map` in one step.

    >>> from rxslack.events.rxslack_items import ReplyEvent
    >>> from rxslack.testing import diagram
    >>> hello, reply = {"type": "hello"}, {"type": "rxslack.reply", "ts": "7"}
    >>> diagram("h-r-r-|", select(ReplyEvent, lambda e: e.get("ts")), h=hello, r=reply)
    '--7-7-|'

    Every type checker knows the type of the lambda's argument and of what it returns.

    Args:
        event_class: A TypedDict, as for `of_type`.
        function: From such an event to what shall be emitted.

    Emits: what the function returns, in order.
    Errors: as `of_type`; what the function raises.
    Dispose: disposes the source.
    Source: none; `of_type` tells what is kept.
    """
    return compose(of_type(event_class), ops.map(function))
