"""
Who still has an item: it is done when everybody who took it has let go.

A source that wants to know, such as `from_log`, makes a `TrackedItem` and emits the item inside of it. Whoever
keeps the item for later, as lanes do, takes an `ItemHold`, does the work inside of that, so that what it emits
is held by the next one, and lets go. When nobody holds it any more, the item is over.

Locks: each `TrackedItem` has one, for its count; nothing is called inside of it.
"""

from __future__ import annotations

import threading
from abc import ABC, abstractmethod
from collections.abc import Generator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Final

__all__ = ["CURRENT", "ItemHold", "TrackedItem", "current", "hold", "leave_undone", "mark_here"]


class TrackedItem(ABC):
    """An item on its way. Whoever makes it is the first who has it."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._holders = 1
        self._undone = False

    @property
    def lapsed(self) -> bool:
        """Whether the item is somebody else's by now, so that no work on it may begin."""
        return False

    def mark(self, lane: str) -> str:  # noqa: ARG002 - others need it
        """An id for what is done about the item, the next one of a lane; "" where it has none that lasts."""
        return ""

    def hold(self) -> None:
        """One more has it."""
        with self._lock:
            self._holders += 1

    def let_go(self) -> None:
        """One less has it; after the last one it is over."""
        with self._lock:
            self._holders -= 1
            if self._holders:
                return
        self.over(done=not self._undone)

    def leave_undone(self) -> None:
        """When it is over, it will not be done."""
        self._undone = True

    @abstractmethod
    def over(self, *, done: bool) -> None:
        """
        Nobody has it any more. Called once, on any thread, and returns at once.

        Args:
            done: False when somebody left it undone; it is to be delivered again.
        """


CURRENT: Final = ContextVar[tuple[TrackedItem, ...]]("CURRENT", default=())
"""What is being emitted here; several where items were joined."""


@contextmanager
def current(*items: TrackedItem) -> Generator[None]:
    """What is emitted inside the block belongs to these items."""
    token = CURRENT.set(items)
    try:
        yield
    finally:
        CURRENT.reset(token)


def mark_here(lane: str) -> str:
    """The next id for what is done in a lane about the item that is being emitted here; mostly ""."""
    for item in CURRENT.get():
        return item.mark(lane)
    return ""


def leave_undone() -> None:
    """The item that is being worked on here will not be done."""
    for item in CURRENT.get():
        item.leave_undone()


class ItemHold:
    """
    What keeps an item from being done; made by `hold`.

    Used in a `with` statement it carries the item on: what is emitted inside belongs to the item, and at the end
    it lets go, or, after an exception, leaves the item undone.

    Safe from any thread; it lets go once, however often it is asked.
    """

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._over = False
        self.items = CURRENT.get()
        for item in self.items:
            item.hold()

    @property
    def lapsed(self) -> bool:
        """Whether one of its items is somebody else's by now."""
        return any(item.lapsed for item in self.items)

    def add(self) -> None:
        """ItemHold the item that is being emitted here, too, because it goes the same way."""
        added = CURRENT.get()
        for item in added:
            item.hold()
        self.items = (*self.items, *added)

    def let_go(self) -> None:
        """It is no longer needed here."""
        with self._lock:
            if self._over:
                return
            self._over = True
        for item in self.items:
            item.let_go()

    def give_back(self) -> None:
        """It could not be done here: it is to be delivered again."""
        if not self._over:
            for item in self.items:
                item.leave_undone()
        self.let_go()

    def __enter__(self) -> ItemHold:
        self._token = CURRENT.set(self.items)
        return self

    def __exit__(self, kind: type[BaseException] | None, *_: object) -> None:
        CURRENT.reset(self._token)
        if kind is None:
            self.let_go()
        else:
            self.give_back()


def hold() -> ItemHold:
    """
    Keep the item that is being emitted on this thread from being done, until it is let go.

    An item of `from_log`, or of ``socket_mode(acknowledge="when_done")``, is done when `on_next` has returned, and
    `concurrent` and every sink that took it are through with it. What keeps an item for later in another
    way, as reactivex's own `delay`, `buffer` or `observe_on` do, is not known to them; it holds the
    item by hand:

    >>> from threading import Thread
    >>> def handle(event: dict[str, str]) -> None:
    ...     held = hold()
    ...     def work() -> None:
    ...         with held:  # what is emitted inside belongs to the item; then it is let go
    ...             print(event["text"])
    ...     thread = Thread(target=work)
    ...     thread.start()
    ...     thread.join()
    >>> handle({"text": "Hello"})
    Hello

    Returns: what holds it. Without such a source around it, one that holds nothing.
    """
    return ItemHold()
