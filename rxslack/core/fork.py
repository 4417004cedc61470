"""
What a child of `fork()` inherits: it belongs to the parent, and the child must not touch it.

A child has the parent's descriptors and a copy of its memory, but none of its other threads, and
the locks as they were. So what it does with an inherited socket, or a file that SQLite has locked,
happens to the parent; and what was to happen on another thread never happens in the child.
Source: man7.org/linux/man-pages/man2/fork.2.html; sqlite.org/howtocorrupt.html, section 2.6.
"""

from __future__ import annotations

import os
import threading
from collections.abc import Callable
from typing import Generic, TypeVar
from weakref import WeakSet

__all__ = ["Registry", "after_fork"]

T = TypeVar("T")


def after_fork(action: Callable[[], object]) -> None:
    """Do something in each child, right after the fork and on its only thread; kept for good."""
    if hasattr(os, "register_at_fork"):  # Windows has no fork
        os.register_at_fork(after_in_child=action)


class Registry(Generic[T]):
    """
    What this process has to look after, weakly held; a child of `fork()` begins with nothing.

    >>> class Door: ...
    >>> doors, door = Registry[Door](print), Door()
    >>> doors.add(door)
    >>> doors.members() == [door]
    True

    Safe from many threads. For the life of a module: it is never forgotten itself.

    Args:
        disown: If given, called in the child with each thing that was the parent's. It must wait for no lock,
            for nobody is there to let it go.
    """

    def __init__(self, disown: Callable[[T], object] = id) -> None:
        self._disown = disown
        self._start()
        after_fork(self._disown_all)

    def _start(self) -> None:
        self._lock = threading.RLock()  # a collection of garbage may bring its own thread back here
        self._members = WeakSet[T]()

    def add(self, member: T) -> None:
        """Look after one more."""
        with self._lock:
            self._members.add(member)

    def discard(self, member: T) -> None:
        """Look after it no longer."""
        with self._lock:
            self._members.discard(member)

    def members(self) -> list[T]:
        """All of them, at this moment, whatever other threads add."""
        with self._lock:
            return list(self._members)

    def _disown_all(self) -> None:
        inherited = list(self._members)
        self._start()
        for member in inherited:
            self._disown(member)
