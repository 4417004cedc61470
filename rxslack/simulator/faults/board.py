"""Which faults are on, and where."""

from __future__ import annotations

from random import Random
from threading import Lock
from typing import Any, TypeVar, cast

from rxslack.simulator.changes import Changes
from rxslack.simulator.faults.fault import Fault, Hold, Switch

__all__ = ["Board"]

F = TypeVar("F", bound=Fault)
T = TypeVar("T")


class Board:
    """
    The faults that are on, by the place where they strike; thread-safe.

    Args:
        changes: notified when something begins or ends to wait.
        seed: makes the same choices in every run.

    Attributes:
        chance: the seeded source of every choice that is left to chance.
    """

    def __init__(self, changes: Changes, seed: int | str | None = None) -> None:
        self.chance = Random(seed)  # for variety, not for secrecy
        self._changes = changes
        self._lock = Lock()
        self._on: dict[str, list[Fault]] = {}
        self._closed = False

    def close(self) -> None:
        """Release everything, now and from now on."""
        with self._lock:
            self._closed = True
            left = [fault for several in self._on.values() for fault in several]
        for fault in left:
            fault.release()

    def _begin(self, fault: F, *places: str) -> F:
        with self._lock:
            if not self._closed:
                for place in places:
                    self._on.setdefault(place, []).append(fault)
                return fault
        fault.release()
        return fault

    def _end(self, fault: Fault) -> None:
        with self._lock:
            for place, faults in [*self._on.items()]:
                left = [other for other in faults if other is not fault]
                if left:
                    self._on[place] = left
                else:
                    del self._on[place]

    def _at(self, kind: type[F], *places: str) -> list[F]:
        """The faults of a kind at some places, those that began first at the head."""
        with self._lock:
            found = [fault for place in places for fault in self._on.get(place, ())]
        return [fault for fault in found if isinstance(fault, kind)]

    def _switches(self, *places: str) -> list[Switch[Any]]:
        return cast("list[Switch[Any]]", self._at(Switch, *places))

    def _hold(self, *places: str) -> Hold:
        return self._begin(Hold(self._end, self._changes), *places)

    def _switch(
        self, place: str, what: T, *, after: int = 0, times: int | None = None
    ) -> Switch[T]:
        return self._begin(Switch(what, self._end, after=after, times=times), place)

    def _strike(self, *places: str) -> Any:
        """What goes wrong at a place this time, by the first fault that strikes; else None."""
        for fault in self._switches(*places):
            if (what := fault.strike()) is not None:
                return what
        return None
