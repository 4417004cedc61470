"""
Whether an item is an event of a class; a type checker knows it from then on.

They are `TypeGuard`s, not `TypeIs`: pyright makes of the latter an intersection in which the keys have lost
their types.
"""

from __future__ import annotations

from functools import cache
from typing import TypeGuard, TypeVar

from rxslack.events.types.message import MessageEvent
from rxslack.events.types.union import AnyMessageEvent, SlackEvent
from rxslack.operators.event_checks import checker

__all__ = ["is_event", "is_known", "is_message", "is_plain_message"]

E = TypeVar("E")


def is_event(item: object, event_class: type[E]) -> TypeGuard[E]:
    """
    Whether an item is an event of a class; a type checker knows it from then on.

    >>> from rxslack.events import ReactionAddedEvent
    >>> is_event({"type": "reaction_added", "user": "U1"}, ReactionAddedEvent)  # no `reaction`
    False

    Args:
        item: Anything.
        event_class: As for `of_type`, which says what is promised.

    Errors: ``TypeError`` or ``ConfigurationError`` for a class that cannot serve.
    """
    return checker(event_class)(item)


def is_plain_message(item: object) -> TypeGuard[MessageEvent]:
    """
    Whether an item is a message with user and text, and without a subtype.

    >>> is_plain_message({"type": "message", "channel": "C1", "user": "U1", "text": "", "ts": "7.1"})
    True
    """
    return of_plain_messages()(item)


def is_message(item: object) -> TypeGuard[AnyMessageEvent]:
    """
    Whether an item is a message of any subtype that rxslack knows.

    >>> is_message({"type": "message", "subtype": "invented", "channel": "C1", "ts": "7.1"})
    False
    """
    return of_messages()(item)


def is_known(item: object) -> TypeGuard[SlackEvent]:
    """
    Whether an item is of one of the event classes, and keeps what the class promises.

    >>> is_known({"type": "hello"}), is_known({"type": "invented"})
    (True, False)
    """
    return of_all()(item)


# Made when first asked for: reading the annotations of all classes takes tens of milliseconds.
of_plain_messages = cache(lambda: checker(MessageEvent))
of_messages = cache(lambda: checker(AnyMessageEvent))
of_all = cache(lambda: checker(SlackEvent))
