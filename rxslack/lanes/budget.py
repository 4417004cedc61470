"""What may be called how fast in one workspace, for all who call there."""

from __future__ import annotations

import threading
from collections.abc import Hashable
from weakref import WeakKeyDictionary, WeakValueDictionary

from rxslack.core.fork import Registry, after_fork
from rxslack.lanes.clock import RealTime
from rxslack.lanes.pace import Pace

__all__ = ["Budget", "budget_of"]


class Budget:
    """
    The paces that several sinks share, and the lock that guards them.

    Each sink of a `WebClient` draws on the same budget, so that two of them together are as fast
    as Slack allows one. Two clients of one workspace share a budget when it is given to the
    sinks of both: ``post_message(web, budget=budget)``.

    Args:
        clock: Measures the time of sinks that run on threads.
    """

    def __init__(self, clock: RealTime | None = None) -> None:
        self.clock = RealTime() if clock is None else clock
        self.lock = threading.Lock()
        self._lasting: dict[Hashable, Pace] = {}
        # A pace is forgotten with the last lane that uses it, which lets go when it has rested.
        self._passing: WeakValueDictionary[Hashable, Pace] = WeakValueDictionary()
        _all.add(self)

    def disown(self) -> None:
        """In a child of `fork()`: a thread of the parent may have held the lock."""
        self.lock = threading.Lock()

    def pace(self, *key: Hashable, rate: float, burst: int, lasting: bool = False) -> Pace:
        """
        The pace of that key and those numbers, the same one for everybody.

        Args:
            key: What is to keep the pace: a method, or a method and a channel.
            rate: As for `Pace`.
            burst: As for `Pace`.
            lasting: Keep it for good. For keys of which there are few.
        """
        full = (*key, rate, burst)
        found = self._lasting.get(full) if lasting else self._passing.get(full)
        if found is None:
            found = Pace(rate, burst)
            (self._lasting if lasting else self._passing)[full] = found
        return found


_all = Registry[Budget](Budget.disown)
_budgets: WeakKeyDictionary[object, dict[object, Budget]] = WeakKeyDictionary()
_finding = threading.Lock()


def _find_anew() -> None:
    global _finding
    _finding = threading.Lock()


after_fork(_find_anew)


def budget_of(client: object, scheduler: object = None) -> Budget:
    """
    The one budget of a client; on a scheduler, whose time is another, one of its own.

    Args:
        client: A `WebClient`. What Python cannot refer to weakly gets a new budget at each call.
        scheduler: Whose time the paces are kept by; None for threads.
    """
    with _finding:
        try:
            budgets = _budgets.setdefault(client, {})
        except TypeError:
            return Budget()
        return budgets.setdefault(scheduler, Budget())
