"""Operators after which a type checker knows what events there are."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeGuard, TypeVar

from reactivex import Observable

from rxslack.core.operator import composed
from rxslack.operators.event_checks import checker, plain_checker, wish_for
from rxslack.wire.bursts import Condition, kept, turned

__all__ = [
    "narrow",
    "of_type",
    "select",
]

E = TypeVar("E")
R = TypeVar("R")


@composed
def of_type(
    event_class: type[E], predicate: Callable[[E], bool] | None = None
) -> Callable[[Observable[Any]], Observable[E]]:
    """
    Keep the events of a class, and tell the type checker so.

    >>> from rxslack.events.types.rxslack_items import GapEvent, ReplyEvent
    >>> from rxslack.testing import diagram
    >>> hello, reply = {"type": "hello"}, {"type": "rxslack.reply", "ok": True}
    >>> diagram("h-r-r-|", of_type(ReplyEvent, lambda e: e.get("ok", False)), h=hello, r=reply)
    '--r-r-|'

    An item is kept when it keeps what the class promises: every `Literal` key is equal (to one
    of its values), there is no `subtype` where the class has none, every required key is present,
    and not null unless its annotation allows None. So what is subscripted after it, as in
    ``e["text"]``, is there. Anything else is dropped quietly, whatever it is.

    Args:
        event_class: A TypedDict with a `Literal` for its `type`, such as `MessageEvent`; also a
            union of such classes, which pyright understands and mypy does not.
        predicate: Keeps an event only if true of it. The class stands first, so a lambda's
            argument is typed in every type checker.

    Emits: the items themselves, unchanged, in order.
    Errors: ``TypeError`` or ``ConfigurationError`` at once for a class that cannot serve; what
        the predicate raises; the source's own error, unchanged.
    Dispose: disposes the source.
    Source: docs.slack.dev/reference/events/message, "Message subtypes".
    """
    conditions = [condition_of(event_class)]
    if predicate is not None:
        conditions.append(Condition(predicate, foreign=True))
    return lambda source: kept(source, *conditions)


def condition_of(event_class: Any) -> Condition:
    """That an item is of a class."""
    return Condition(checker(event_class), plain_checker(event_class), wish_for(event_class))


@composed
def select(
    event_class: type[E], function: Callable[[E], R]
) -> Callable[[Observable[Any]], Observable[R]]:
    """
    Keep the events of a class and map each; `of_type` and `map` in one step.

    >>> from rxslack.events.types.rxslack_items import ReplyEvent
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
    condition = condition_of(event_class)
    return lambda source: turned(kept(source, condition), function)


@composed
def narrow(
    predicate: Callable[[Any], TypeGuard[E]],
) -> Callable[[Observable[Any]], Observable[E]]:
    """
    Keep what a `TypeGuard` is true of, and tell the type checker so.

    >>> from rxslack.operators.predicates import is_message
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
    condition = Condition(predicate, foreign=True)
    return lambda source: kept(source, condition)
