"""A read loop between a peer that is written by hand and a list."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator, Sequence
from typing import Any, cast

from rxslack.wire.bursts import Burst
from rxslack.wire.read_loop import Overflow, ReadLoop
from rxslack.wire.websocket import WebSocket
from tests.peer import Peer, text

__all__ = [
    "LONG",
    "Closing",
    "Gate",
    "Make",
    "Rig",
    "has_grown",
    "held",
    "hub_threads",
    "is_open",
    "much_later",
    "one_by_one",
    "soon",
    "wait_until",
]

LONG = 1000.0  # seconds; never waited for


def wait_until(true: Callable[[], object], seconds: float = 20.0) -> None:
    end = time.monotonic() + seconds
    while not true():
        assert time.monotonic() < end, "it did not happen"
        time.sleep(0.005)


class Rig:
    """A read loop between a peer and a list."""

    def __init__(
        self,
        *,
        react: Callable[[Any], object] = bool,
        read: Callable[[Sequence[bytes]], Iterator[Burst]] | None = None,
        watch: Callable[[float], float] | None = None,
        max_waiting_bytes: int = 1 << 20,
        overflow: Overflow = "wait",
        receipts: bool = False,
    ) -> None:
        self.peer = Peer()
        self.wire = WebSocket(self.peer.theirs)
        self.emitted: list[Any] = []
        self.plain: list[bool] = []
        self.received: list[bytes] = []
        self.watched: list[float] = []
        self.ends: list[BaseException | None] = []
        self.open_at_end: list[bool] = []  # whether the wire was, when the end was heard of
        self._react = react
        self.also: Callable[[Any], object] = bool
        self._watch: Callable[[float], float] = watch or much_later
        self.read_loop = ReadLoop(
            self.wire,
            read=read or one_by_one,
            on_items=self.emit,
            watch=self._look,
            on_end=self._hear_end,
            max_waiting_bytes=max_waiting_bytes,
            overflow=overflow,
            on_receipt=self.received.extend if receipts else None,
        )

    def start(self) -> Rig:
        self.read_loop.begin()
        return self

    def emit(self, items: Sequence[Any], plain: bool) -> None:
        for item in items:
            self.emitted.append(item)
            self.plain.append(plain)
            self._react(item)
            self.also(item)

    @property
    def errors(self) -> list[BaseException]:
        return [one for one in self.ends if one is not None]

    def error(self) -> BaseException:
        """What ended it; nothing of it is left."""
        self.end()
        return self.errors[0]

    def end(self) -> None:
        wait_until(lambda: self.ends and not is_open(self.wire))
        wait_until(lambda: not hub_threads())
        assert len(self.ends) == 1

    def _look(self, now: float) -> float:
        self.watched.append(now)
        return self._watch(now)

    def _hear_end(self, error: BaseException | None) -> None:
        self.open_at_end.append(is_open(self.wire))
        self.ends.append(error)


def is_open(wire: WebSocket) -> bool:
    return not wire._closed  # pyright: ignore[reportPrivateUsage] nobody else asks


def one_by_one(messages: Sequence[bytes]) -> Iterator[Burst]:
    for message in messages:
        yield cast("Any", [message.decode()]), True  # a read loop hands on anything


def much_later(now: float) -> float:
    return now + LONG


def soon(now: float) -> float:
    return now + 0.01


def hub_threads() -> list[threading.Thread]:
    return [one for one in threading.enumerate() if one.name == "rxslack-hub"]


def has_grown(things: Sequence[Any], before: int) -> bool:
    return len(things) > before


class Closing:
    """Notes how a wire is closed, takes a while for it, and does it."""

    def __init__(self, wire: WebSocket) -> None:
        self.calls: list[int] = []
        self.began = 0.0  # the last of them
        self._close = wire.close
        wire.close = self  # type: ignore[method-assign]  # of this wire only

    def __call__(self, code: int = 1000) -> None:
        self.calls.append(code)
        self.began = time.monotonic()
        time.sleep(0.05)
        self._close(code)


class Gate:
    """Holds the reader in user code at one item."""

    def __init__(self, item: str) -> None:
        self._item = item
        self.reached = threading.Event()
        self._open = threading.Event()

    def __call__(self, item: Any) -> None:
        if item == self._item:
            self.reached.set()
            assert self._open.wait(20.0)

    def open(self) -> None:
        self._open.set()


Make = Callable[..., Rig]


def held(rig: Make, **options: Any) -> tuple[Rig, Gate]:
    """One whose reader is in user code, at the first message."""
    gate = Gate("first")
    one = rig(react=gate, **options)
    one.peer.send(text("first"))
    assert gate.reached.wait(20.0)
    return one, gate
