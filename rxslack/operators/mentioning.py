"""Messages that mention some users."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

from reactivex import Observable

from rxslack.markup import mentions_in
from rxslack.messages import Event, is_edit, is_new
from rxslack.operators._keep import check_ids, keep

__all__ = ["mentioning"]

E = TypeVar("E")


def mentioning(*users: str) -> Callable[[Observable[E]], Observable[E]]:
    """
    Keep the messages that mention one of these users.

    >>> from rxslack.testing import diagram
    >>> a, b = {"type": "message", "text": "Hi <@U1>"}, {"type": "message", "text": "Hi <@U2>"}
    >>> diagram("a-b-|", mentioning("U2"), a=a, b=b)
    '--b-|'

    Args:
        users: Ids of people, or of bots' users.

    Emits: the items themselves, unchanged, in order: what somebody writes and what somebody edits.
    Errors: ``ConfigurationError`` at once for a name in the place of an id; the source's own
        error, unchanged.
    Dispose: disposes the source.
    Source: docs.slack.dev/messaging/formatting-message-text, "Mentioning users".
    """
    wanted = check_ids(users, "UW", "user")

    def mentions(event: Event) -> bool:
        return not wanted.isdisjoint(mentions_in(event)) and (is_new(event) or is_edit(event))

    return keep(mentions)
