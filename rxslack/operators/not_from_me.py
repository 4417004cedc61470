"""Everything but what the token's own user and bot do: no bot answers itself."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

from reactivex import Observable, abc

from rxslack.messages import Identity, is_from_me
from rxslack.operators._me import keep_knowing_me
from rxslack.web import WebClient

__all__ = ["not_from_me"]

E = TypeVar("E")


def not_from_me(
    me: WebClient | Identity, *, scheduler: abc.SchedulerBase | None = None
) -> Callable[[Observable[E]], Observable[E]]:
    """
    Drop what you wrote or did yourself, so that a bot never answers itself.

    >>> from rxslack.testing import diagram
    >>> a = {"type": "message", "user": "U1", "text": "ping"}
    >>> b = {"type": "message", "subtype": "message_changed", "message": {"user": "U2"}}
    >>> diagram("a-b-|", not_from_me(Identity(user_id="U2", bot_id="B2")), a=a, b=b)
    'a---|'

    Both the user id and the bot id are looked at, and inside changes too: a bot's own edit, or
    the preview that Slack adds to its post, comes back as an event without a user at the top.

    Args:
        me: The client whose token posts. Slack is asked who that is (auth.test), once for each
            client, and the source is subscribed to when it has answered; a lost network is waited
            for, with pauses as `reconnect` makes them. Or an `Identity`, and nobody is asked.
        scheduler: Where to ask. Default: a thread of its own.

    Emits: all other items, unchanged, in order.
    Errors: what auth.test fails with for good; the source's own error, unchanged.
    Dispose: disposes the source, and stops asking.
    Source: docs.slack.dev/reference/methods/auth.test.
    """
    return keep_knowing_me(me, lambda event, identity: not is_from_me(event, identity), scheduler)
