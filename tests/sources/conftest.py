"""What the tests of sources listen with, and how they count what is left over."""

from __future__ import annotations

import os
import stat
import threading
from collections.abc import Callable, Iterator
from contextlib import suppress
from typing import Any, Protocol

import pytest
from reactivex import Observable, abc
from reactivex.disposable import SerialDisposable

from rxslack.simulator import Limits, RtmOptions, Workspace


class Listener(abc.ObserverBase[Any]):
    """An observer that writes down what it hears; `wait` waits for it to hear enough."""

    def __init__(self, stream: Observable[Any], react: Callable[[Any], object] = id) -> None:
        self.items: list[Any] = []
        self.errors: list[Exception] = []
        self.subscription = SerialDisposable()
        self._react = react
        self._changed = threading.Condition()
        self.subscription.disposable = stream.subscribe(self)

    def on_next(self, value: Any) -> None:
        with self._changed:
            self.items.append(value)
            self._changed.notify_all()
        self._react(value)

    def on_error(self, error: Exception) -> None:
        with self._changed:
            self.errors.append(error)
            self._changed.notify_all()

    def on_completed(self) -> None:
        raise AssertionError("rtm never completes")

    def dispose(self) -> None:
        self.subscription.dispose()

    def kinds(self) -> list[str]:
        return [item["type"] for item in list(self.items)]

    def wait(self, enough: Callable[[Listener], object], seconds: float = 10.0) -> Listener:
        with self._changed:
            assert self._changed.wait_for(lambda: enough(self), seconds), (
                f"heard {self.items[-5:]!r} and then {self.errors!r}"
            )
        return self

    def hello(self) -> Listener:
        return self.wait(lambda me: me.items or me.errors)

    def error(self) -> Exception:
        return self.wait(lambda me: me.errors).errors[0]


class Listen(Protocol):
    def __call__(
        self, stream: Observable[Any], react: Callable[[Any], object] = ...
    ) -> Listener: ...


Leftovers = Callable[[], tuple[set[str], int]]


@pytest.fixture
def listen() -> Iterator[Listen]:
    """Subscribe a `Listener`, which leaves at the end of the test."""
    listeners: list[Listener] = []

    def subscribe(stream: Observable[Any], react: Callable[[Any], object] = id) -> Listener:
        listeners.append(Listener(stream, react))
        return listeners[-1]

    yield subscribe
    for listener in listeners:
        listener.dispose()


@pytest.fixture
def slack() -> Iterator[Workspace]:
    """A Slack without limits, and without events of its own accord."""
    with Workspace(limits=Limits.off(), rtm=RtmOptions(reconnect_url=False)) as workspace:
        yield workspace


def sockets() -> set[int]:
    """The sockets that this process has open, the simulator's among them, by their inodes."""
    found: set[int] = set()
    for name in os.listdir("/dev/fd"):
        with suppress(OSError):  # the descriptor that listed the others
            status = os.fstat(int(name))
            if stat.S_ISSOCK(status.st_mode):
                found.add(status.st_ino)
    return found


def threads() -> set[str]:
    """The threads that are not the simulator's."""
    names = {thread.name for thread in threading.enumerate()}
    return {name for name in names if not name.startswith("simulated-slack")}


@pytest.fixture
def leftovers(slack: Workspace) -> Leftovers:
    """The threads and sockets that there are now and were not when the test began."""
    threads_before, sockets_before = threads(), sockets()

    def count() -> tuple[set[str], int]:
        slack.web.close()  # a connection kept for the next call is none of the stream's
        return threads() - threads_before, len(sockets() - sockets_before)

    return count
