"""The last step before the queue of a websocket, where things come twice or in the wrong order."""

from __future__ import annotations

from collections.abc import Callable
from threading import Lock
from typing import Generic, TypeVar

from rxslack.simulator.faults import Hold

__all__ = ["Swapper"]

T = TypeVar("T")


class Swapper(Generic[T]):
    """
    Passes things on, in pairs the wrong way round while it is told to.

    Args:
        hold: what keeps the first of two back, if anything does.
        pass_on: takes each thing.
    """

    def __init__(self, hold: Callable[[], Hold | None], pass_on: Callable[[T], None]) -> None:
        self._hold = hold
        self._pass_on = pass_on
        self._lock = Lock()
        self._kept: list[T] = []

    def take(self, thing: T) -> None:
        """Pass a thing on, or keep it for the next one."""
        hold = self._hold()
        with self._lock:
            keeps = hold is not None and not self._kept
            kept, self._kept = self._kept, [thing] if keeps else []
        if hold is not None and keeps:
            hold.then(self.flush)
            return
        for one in (thing, *kept) if hold is not None else (*kept, thing):
            self._pass_on(one)

    def flush(self) -> None:
        """Pass on what was kept."""
        with self._lock:
            kept, self._kept = self._kept, []
        for one in kept:
            self._pass_on(one)
