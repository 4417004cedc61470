"""
What a pipeline has to finish: its sinks say here that they take part, and `run` waits for them.

An operator knows the observer below it and not the program that runs it, and in between stand
`merge`, `flat_map` and whatever else. So each subscription to a sink's operator is a *part* of the
pipelines that are being subscribed to on its thread, or, on a thread where none is, of all that run.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Generator
from contextlib import contextmanager
from typing import Protocol
from weakref import WeakSet

from rxslack.core.fork import after_fork

__all__ = ["Finisher", "Part", "Pipeline"]


class Finisher(Protocol):
    """What may have work left: a sink."""

    def drain(self, timeout: float | None = None) -> int:
        """Wait until all is over, for so many seconds at the most; how much is left."""
        ...

    def close(self) -> int:
        """Drop what is left."""
        ...


class _State:
    """What all threads share."""

    def __init__(self) -> None:
        self.lock = threading.RLock()
        self.running: list[Pipeline] = []

    def start(self) -> None:
        """Begin anew in a child of `fork()`, whose parent's threads may have held the lock."""
        self.lock = threading.RLock()


class _Here(threading.local):
    """The pipelines that are being subscribed to on this thread."""

    pipelines: tuple[Pipeline, ...] = ()


_state = _State()
_here = _Here()
after_fork(_state.start)


class Pipeline:
    """
    The sinks found in what is subscribed to.

    Args:
        check: called with each item that comes to one of them, on the thread that emits it; what it
            raises goes up into the stream, as from any observer.
    """

    def __init__(self, check: Callable[[], None] | None = None) -> None:
        self.check = check
        self._parts: list[Part] = []  # the last to come is the furthest from the end
        self._sinks = WeakSet[Finisher]()  # one with work left is kept by those who do it

    @contextmanager
    def here(self) -> Generator[None]:
        """Whatever this thread subscribes to inside the block belongs to it."""
        before = _here.pipelines
        _here.pipelines = (*before, self)
        try:
            yield
        finally:
            _here.pipelines = before

    @contextmanager
    def running(self) -> Generator[None]:
        """So does what threads subscribe to in the meantime that subscribe to no other."""
        with _state.lock:
            _state.running.append(self)
        try:
            yield
        finally:
            with _state.lock:
                _state.running.remove(self)

    def sinks(self) -> list[Finisher]:
        """Those found so far, as far as they can have work left."""
        with _state.lock:
            return list(self._sinks)

    def parts(self) -> list[Part]:
        """The subscriptions that stand, those furthest from the end first: they feed the others."""
        with _state.lock:
            return self._parts[::-1]

    def join_again(self) -> None:
        """What was found belongs to what is being subscribed to on this thread, too."""
        with _state.lock:
            for part in list(self._parts):
                part.join()

    def add(self, part: Part) -> None:
        """It takes part, and is further from the end than any other."""
        self.remove(part)
        self._parts.append(part)
        self._sinks.add(part.sink)

    def remove(self, part: Part) -> None:
        """It takes nothing in any more."""
        if part in self._parts:
            self._parts.remove(part)


class Part:
    """
    One subscription to the operator of a sink.

    Args:
        sink: does the work.
        stop: take nothing more in, and complete when what was taken in is over.
        wait: wait until that is over, for so many seconds at the most.

    Attributes:
        checks: to be called with each item that comes in: whether the pipelines go on.
    """

    def __init__(
        self, sink: Finisher, *, stop: Callable[[], None], wait: Callable[[float], None]
    ) -> None:
        self.sink = sink
        self.stop = stop
        self.wait = wait
        self.checks: tuple[Callable[[], None], ...] = ()
        self._pipelines: tuple[Pipeline, ...] = ()

    def join(self) -> None:
        """Take part in what is being subscribed to. Before the source is: that is further off."""
        with _state.lock:
            found = _here.pipelines
            if not set(found) & set(_state.running):
                found = (*found, *_state.running)
            self._pipelines = tuple({*self._pipelines, *found})
            self.checks = tuple(one.check for one in self._pipelines if one.check is not None)
            for pipeline in found:
                pipeline.add(self)

    def leave(self) -> None:
        """The subscription is over."""
        with _state.lock:
            for pipeline in self._pipelines:
                pipeline.remove(self)
