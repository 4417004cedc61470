"""Events from some users."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

from reactivex import Observable

from rxslack.messages import user_of
from rxslack.operators._keep import check_ids, keep

__all__ = ["from_user"]

E = TypeVar("E")


def from_user(*users: str) -> Callable[[Observable[E]], Observable[E]]:
    """
    Keep the events that are from one of these users.

    >>> from rxslack.testing import diagram
    >>> a = {"type": "message", "user": "U1", "text": "Hello"}
    >>> b = {"type": "message", "subtype": "message_changed", "message": {"user": "U2"}}
    >>> diagram("a-b-|", from_user("U2"), a=a, b=b)
    '--b-|'

    Args:
        users: Ids of people, or of bots' users.

    Emits: the items themselves, unchanged, in order. A change is from the author of the message.
    Errors: ``ConfigurationError`` at once for a name in the place of an id; the source's own
        error, unchanged.
    Dispose: disposes the source.
    Source: docs.slack.dev/reference/objects/user-object.
    """
    wanted = check_ids(users, "UW", "user")
    return keep(lambda event: user_of(event) in wanted)
