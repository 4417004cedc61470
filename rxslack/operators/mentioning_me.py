"""Messages that mention the token's own user."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

from reactivex import Observable, abc

from rxslack.markup import mentions_in
from rxslack.messages import Event, Identity, is_edit, is_new
from rxslack.operators._me import keep_knowing_me
from rxslack.web import WebClient

__all__ = ["mentioning_me"]

E = TypeVar("E")


def mentioning_me(
    me: WebClient | Identity, *, scheduler: abc.SchedulerBase | None = None
) -> Callable[[Observable[E]], Observable[E]]:
    """
    Keep the messages that mention you.

    >>> from rxslack.testing import diagram
    >>> a, b = {"type": "message", "text": "Hi <@U1>"}, {"type": "message", "text": "Hi <@U2>"}
    >>> diagram("a-b-|", mentioning_me(Identity(user_id="U2")), a=a, b=b)
    '--b-|'

    RTM has no app_mention event, so there this is how a bot hears its name.

    Args:
        me: As for `not_from_me`.
        scheduler: As for `not_from_me`.

    Emits: the items themselves, unchanged, in order: what somebody writes and what somebody edits.
    Errors: as `not_from_me`.
    Dispose: disposes the source, and stops asking.
    Source: docs.slack.dev/messaging/formatting-message-text, "Mentioning users".
    """
    return keep_knowing_me(me, mentions, scheduler)


def mentions(event: Event, me: Identity) -> bool:
    """Whether somebody wrote a text that mentions me."""
    return me.user_id in mentions_in(event) and (is_new(event) or is_edit(event))
