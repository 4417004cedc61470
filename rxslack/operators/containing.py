"""Messages with a piece of text."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

from reactivex import Observable

from rxslack.errors import ConfigurationError
from rxslack.messages import Event, is_edit, is_new, text_of
from rxslack.operators._keep import keep

__all__ = ["containing"]

E = TypeVar("E")


def containing(text: str, *, ignore_case: bool = True) -> Callable[[Observable[E]], Observable[E]]:
    """
    Keep the messages whose text contains another.

    >>> from rxslack.testing import diagram
    >>> a, b = {"type": "message", "text": "Hello all"}, {"type": "message", "text": "Bye"}
    >>> diagram("a-b-|", containing("hello"), a=a, b=b)
    'a---|'

    What somebody writes is looked at, and what somebody edits, where the text is inside; not what
    Slack changes by itself, as when it adds the preview of a link. Put `of_type(MessageEvent)`
    first to leave edits out.

    Args:
        text: As Slack marks text up: ``&`` is written ``&amp;``, a mention ``<@U0123ABCD>``.
        ignore_case: Whether "hello" is contained in "HELLO".

    Emits: the items themselves, unchanged, in order.
    Errors: ``ConfigurationError`` at once for an empty text; the source's own error, unchanged.
    Dispose: disposes the source.
    Source: docs.slack.dev/messaging/formatting-message-text.
    """
    if not text:
        raise ConfigurationError("every message contains the empty text; leave containing() out")
    wanted = text.casefold() if ignore_case else text

    def has_it(event: Event) -> bool:
        said = text_of(event)
        return wanted in (said.casefold() if ignore_case else said) and (
            is_new(event) or is_edit(event)
        )

    return keep(has_it)
