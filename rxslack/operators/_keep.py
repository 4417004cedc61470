"""The filter behind the operators that keep some events and change none."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import TypeVar

from reactivex import Observable

from rxslack.bursts import kept
from rxslack.errors import ConfigurationError
from rxslack.messages import Event, event_in

__all__ = ["check_ids", "keep"]

E = TypeVar("E")


def keep(predicate: Callable[[Event], bool]) -> Callable[[Observable[E]], Observable[E]]:
    """Keep the items whose event, the item itself or its `event`, the predicate is true of."""

    def condition(item: object) -> bool:
        return predicate(event_in(item))

    return lambda source: kept(source, (condition, condition))


def check_ids(ids: tuple[str, ...], initials: str, what: str) -> frozenset[str]:
    """
    The ids as a set.

    Errors: ``ConfigurationError`` for none at all, and for a name in the place of an id, which
        no event would ever match.
    """
    for one in ids:
        if not re.fullmatch(f"[{initials}][A-Z0-9]+", one):
            raise ConfigurationError(
                f"{one!r} is no id of a {what}; events carry ids such as {initials[0]}0123ABCD, "
                "which Slack shows at the end of an item's details"
            )
    if not ids:
        raise ConfigurationError(f"give the id of at least one {what}")
    return frozenset(ids)
