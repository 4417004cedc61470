"""The filter behind the operators that keep some events and change none."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from typing import Any, TypeVar

from reactivex import Observable, abc
from reactivex import operators as ops

from rxslack.bursts import Bursts, Direct, Each
from rxslack.errors import ConfigurationError
from rxslack.messages import Event, event_in

__all__ = ["check_ids", "keep", "keep_items"]

E = TypeVar("E")


def keep(predicate: Callable[[Event], bool]) -> Callable[[Observable[E]], Observable[E]]:
    """Keep the items whose event, the item itself or its `event`, the predicate is true of."""
    return keep_items(lambda item: predicate(event_in(item)), None)


def keep_items(
    check: Callable[[Any], bool], predicate: Callable[[Any], bool] | None
) -> Callable[[Observable[Any]], Observable[Any]]:
    """
    `ops.filter` by one or two conditions, which takes bursts: a call less for each item.

    What stands behind it still gets one item before the next is asked about.
    """

    def piped(source: Observable[Any]) -> Observable[Any]:
        if not isinstance(source, Bursts):
            return source.pipe(ops.filter(both(check, predicate) if predicate else check))

        def subscribe(
            on_next: Callable[[Any], None],
            observer: abc.ObserverBase[Any],
            scheduler: abc.SchedulerBase | None,
        ) -> abc.DisposableBase:
            return _Keeper(on_next, observer, check, predicate).follow(source, scheduler)

        return Direct(subscribe)

    return piped


def both(check: Callable[[Any], bool], predicate: Callable[[Any], bool]) -> Callable[[Any], bool]:
    return lambda item: check(item) and predicate(item)


class _Keeper(Each):
    def __init__(
        self,
        on_next: Callable[[Any], None],
        observer: abc.ObserverBase[Any],
        check: Callable[[Any], bool],
        predicate: Callable[[Any], bool] | None,
    ) -> None:
        super().__init__(on_next, observer)
        self._check = check
        self._predicate = predicate

    def on_items(self, items: Sequence[Any], _: bool) -> None:
        """Ask about one after the other."""
        emit, check, predicate = self.emit, self._check, self._predicate
        for item in items:
            if self.stopped:  # perhaps by what stands behind it, at the item before
                return
            try:
                wanted = check(item) and (predicate is None or predicate(item))
            except Exception as error:  # noqa: BLE001 a predicate may raise anything
                self.on_error(error)
                return
            if wanted:
                emit(item)


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
