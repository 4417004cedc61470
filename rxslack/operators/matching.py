"""Messages that match a pattern, with the match at hand."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Generic, TypeVar, cast

from reactivex import Observable
from reactivex import operators as ops

from rxslack.messages import event_in, is_edit, is_new, text_of

__all__ = ["Matched", "matching"]

E = TypeVar("E")


@dataclass(frozen=True)
class Matched(Generic[E]):
    """
    A message, and what a pattern found in its text.

    Attributes:
        event: the message.
        match: what `re` found: ``matched.match["name"]``.
    """

    event: E
    match: re.Match[str]

    def __getitem__(self, group: int | str) -> str:
        """A group of the pattern by its number or name; "" when it took no part."""
        return self.match[group] or ""


def matching(
    pattern: str | re.Pattern[str],
) -> Callable[[Observable[E]], Observable[Matched[E]]]:
    r"""
    Keep the messages whose text matches a pattern, each with its match.

    >>> from rxslack.testing import diagram
    >>> a, b = {"type": "message", "text": "deploy web"}, {"type": "message", "text": "Bye"}
    >>> names = ops.map(lambda matched: matched["what"])
    >>> diagram("a-b-|", lambda s: s.pipe(matching(r"deploy (?P<what>\w+)"), names), a=a, b=b)
    'A---|'

    A is ``"web"``. `reply` takes what this emits and answers the message in it. Which messages
    are looked at is the same as for `containing`.

    Args:
        pattern: As for `re.search`: found anywhere unless it begins with ``^``. The text it meets
            is as Slack marks it up: ``&`` is ``&amp;``, a mention ``<@U0123ABCD>``.

    Emits: a `Matched` for each message that matches, in order.
    Errors: ``re.error`` at once for a pattern that is none; the source's own error, unchanged.
    Dispose: disposes the source.
    Source: docs.slack.dev/messaging/formatting-message-text.
    """
    search = re.compile(pattern).search

    def piped(source: Observable[E]) -> Observable[Matched[E]]:
        def matched(item: E) -> Matched[E] | None:
            event = event_in(item)
            found = search(text_of(event)) if is_new(event) or is_edit(event) else None
            return None if found is None else Matched(item, found)

        return source.pipe(ops.map(matched), ops.filter(is_there), ops.map(sure))

    return piped


def is_there(matched: Matched[E] | None) -> bool:
    """Whether the pattern was found."""
    return matched is not None


def sure(matched: Matched[E] | None) -> Matched[E]:
    """What the type checker cannot see: the others are gone."""
    return cast("Matched[E]", matched)
