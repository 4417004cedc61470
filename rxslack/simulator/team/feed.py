"""Who is told of what happens, and how to wait for it."""

from __future__ import annotations

from collections.abc import Callable, Container, Mapping
from threading import Condition
from time import monotonic
from typing import Any, Protocol, TypeVar

from rxslack.simulator.team.text import as_frame_text
from rxslack.wire.frames import server_frame

__all__ = ["Changes", "Feed", "FeedSubscriber", "Watcher"]

T = TypeVar("T")


class Changes:
    """A counter of state changes that can be waited on; thread-safe."""

    def __init__(self) -> None:
        self._condition = Condition()
        self._count = 0

    @property
    def count(self) -> int:
        """How many changes there were."""
        return self._count

    def wait(self, seen: int, seconds: float) -> int:
        """Wait until there were more changes than so many, but no longer than that; the count then."""
        self._pause(seen, seconds)
        return self._count

    def notify(self) -> None:
        """Say that something changed."""
        with self._condition:
            self._count += 1
            self._condition.notify_all()

    def wait_until(self, predicate: Callable[[], T], timeout: float) -> T:
        """
        Wait until `predicate()` is true, and return what it returned.

        It is called again after each change, and now and then for what changes elsewhere.

        Args:
            predicate: called on this thread, without any lock.
            timeout: seconds.

        Raises: TimeoutError.
        """
        deadline = monotonic() + timeout
        while True:
            seen = self._count
            value = predicate()
            if value:
                return value
            remaining = deadline - monotonic()
            if remaining <= 0:
                raise TimeoutError(f"nothing of the kind happened within {timeout:g} s")
            self._pause(seen, min(remaining, 0.02))

    def _pause(self, seen: int, seconds: float) -> None:
        with self._condition:
            self._condition.wait_for(lambda: self._count != seen, seconds)


Watcher = Callable[[Mapping[str, Any], Container[str] | None], object]
"""Told of every event, and of whom may see it; None for all."""


class FeedSubscriber(Protocol):
    """A websocket, or a URL from which one may yet be opened."""

    @property
    def user_id(self) -> str:
        """The id of the user who asked for it; it is sent what this user may see."""
        ...

    def offer(self, frame: bytes) -> None:
        """Take a frame, without waiting."""
        ...


class Feed:
    """
    All listeners of a workspace. Guarded by the team's lock, which keeps events in order.

    Args:
        clock: unix time in seconds.
        changes: notified of each event.

    Attributes:
        last_event_at: when the last event was told.
    """

    def __init__(self, clock: Callable[[], float], changes: Changes) -> None:
        self.last_event_at = clock()
        self._clock = clock
        self._changes = changes
        self._listeners: list[FeedSubscriber] = []
        self._watchers: list[Watcher] = []

    def watch(self, watcher: Watcher) -> None:
        """Tell every event to a function, whoever listens."""
        self._watchers.append(watcher)

    def add(self, listener: FeedSubscriber) -> None:
        """From now on it hears everything that its user may see."""
        self._listeners.append(listener)

    def remove(self, listener: FeedSubscriber) -> None:
        """It hears nothing more; nothing happens when it heard nothing before."""
        self._listeners = [other for other in self._listeners if other is not listener]

    def publish(
        self,
        event: Mapping[str, Any],
        *,
        to: Container[str] | None = None,
        but: FeedSubscriber | None = None,
    ) -> None:
        """
        Tell an event, encoded once for all.

        Args:
            event: a JSON object.
            to: ids of the users who may see it. Default: all.
            but: a listener that is left out, such as the one it came from.
        """
        self.last_event_at = self._clock()
        for watcher in self._watchers:
            watcher(event, to)
        heard = [
            listener
            for listener in self._listeners
            if listener is not but and (to is None or listener.user_id in to)
        ]
        if heard:
            frame = server_frame(as_frame_text(event))
            for listener in heard:
                listener.offer(frame)
        self._changes.notify()

    def tell_app(self, event: Mapping[str, Any], *, to: Container[str]) -> None:
        """Tell an event that has no place in RTM, only in the Events API."""
        self.last_event_at = self._clock()
        for watcher in self._watchers:
            watcher(event, to)
        self._changes.notify()

    def raw(self, frame: bytes) -> None:
        """Give a frame to all, whatever it is."""
        for listener in self._listeners:
            listener.offer(frame)
