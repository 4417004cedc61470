"""The typed filter."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar

from reactivex import Observable

from rxslack.bursts import Condition, kept
from rxslack.narrowing import checker, plain_checker

__all__ = ["of_type"]

E = TypeVar("E")


def of_type(
    event_class: type[E], predicate: Callable[[E], bool] | None = None
) -> Callable[[Observable[Any]], Observable[E]]:
    """
    Keep the events of a class, and tell the type checker so.

    >>> from rxslack.events.rxslack_items import GapEvent, ReplyEvent
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
    conditions: list[Condition] = [(checker(event_class), plain_checker(event_class))]
    if predicate is not None:
        conditions.append((predicate, predicate))
    return lambda source: kept(source, *conditions)
