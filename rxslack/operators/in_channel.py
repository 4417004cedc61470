"""Events of some conversations."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

from reactivex import Observable

from rxslack.messages import channel_of
from rxslack.operators._keep import check_ids, keep

__all__ = ["in_channel"]

E = TypeVar("E")


def in_channel(*channels: str) -> Callable[[Observable[E]], Observable[E]]:
    """
    Keep the events that belong to one of these conversations.

    >>> from rxslack.testing import diagram
    >>> a = {"type": "message", "channel": "C1", "text": "Hello"}
    >>> b = {"type": "reaction_added", "item": {"channel": "C2"}}
    >>> diagram("a-b-|", in_channel("C2", "D3"), a=a, b=b)
    '--b-|'

    Messages, reactions, pins, joins: wherever the event keeps the channel, it is found.

    Args:
        channels: Ids of channels, direct messages and group direct messages.

    Emits: the items themselves, unchanged, in order.
    Errors: ``ConfigurationError`` at once for a name in the place of an id; the source's own
        error, unchanged.
    Dispose: disposes the source.
    Source: docs.slack.dev/reference/objects/conversation-object.
    """
    wanted = check_ids(channels, "CDG", "channel")
    return keep(lambda event: channel_of(event) in wanted)
