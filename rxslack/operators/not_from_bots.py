"""Everything but what bots write."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

from reactivex import Observable

from rxslack.messages import is_from_bot
from rxslack.operators._keep import keep

__all__ = ["not_from_bots"]

E = TypeVar("E")


def not_from_bots() -> Callable[[Observable[E]], Observable[E]]:
    """
    Drop what apps, bots and Slackbot write, also inside a change.

    >>> from rxslack.testing import diagram
    >>> a = {"type": "message", "user": "U1", "text": "Hello", "bot_id": None}
    >>> b = {"type": "message", "subtype": "bot_message", "bot_id": "B1", "text": "Build passed"}
    >>> diagram("a-b-|", not_from_bots(), a=a, b=b)
    'a---|'

    A message that an app posts with a person's token is the app's: it has a `bot_id`. Your own
    bot's messages over RTM's socket may have none, so `not_from_me` is needed beside this.

    Emits: all other items, unchanged, in order.
    Errors: the source's own, unchanged.
    Dispose: disposes the source.
    Source: docs.slack.dev/reference/events/message/bot_message.
    """
    return keep(lambda event: not is_from_bot(event))
