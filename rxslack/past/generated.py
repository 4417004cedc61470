"""A generator of what is read in pieces as a stream."""

from __future__ import annotations

import logging
from collections.abc import Callable, Generator
from threading import Event
from typing import Any

from reactivex import Observable, abc

from rxslack.core.generated import generate
from rxslack.wire.bursts import BurstObserver, Bursts

__all__ = ["from_pieces"]


def from_pieces(
    make: Callable[[Event], Generator[list[dict[str, Any]]]], log: logging.Logger
) -> Observable[dict[str, Any]]:
    """
    The items of the lists that a generator yields, each list read when the one before was dealt with.

    Args, Emits, Errors, Dispose: as of `rxslack.core.generated.from_generator`.
    """

    def subscribe(
        observer: BurstObserver, scheduler: abc.SchedulerBase | None
    ) -> abc.DisposableBase:
        def emit(some: list[dict[str, Any]]) -> None:
            observer.on_items(some, False)

        return generate(make, emit, observer, scheduler, log)

    return Bursts(subscribe)
