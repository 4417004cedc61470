"""What is sent to Slack over a connection."""

from __future__ import annotations

from collections.abc import Callable
from threading import Lock
from typing import Any

from reactivex import Observable, abc
from reactivex.disposable import SerialDisposable

from rxslack.errors import SlackError
from rxslack.wire.websocket import WebSocket

__all__ = ["Aside", "Outgoing"]


class Outgoing:
    """
    The sending side of one connection; an `OpenSocket`.

    Args:
        write: the text for an item, and the number it carries; a `SocketProtocol`'s.
        inject: emits an item among Slack's: one that could not be sent.
        fail: ends the connection.
    """

    def __init__(
        self,
        write: Callable[[Any, int], tuple[str, int]],
        *,
        inject: Callable[[dict[str, Any]], object],
        fail: Callable[[Exception], None],
    ) -> None:
        self._write = write
        self._inject = inject
        self._fail = fail
        self._lock = Lock()  # around the number
        self._number = 0
        self._following = SerialDisposable()

    def begin(self, wire: WebSocket) -> None:
        """The handshake is done."""
        self._wire = wire

    def send(self, *texts: bytes, wait: bool = True) -> None:
        """As of an `OpenSocket`; `wait` as of a `WebSocket`."""
        self._wire.send(*texts, wait=wait)

    def ping(self, payload: bytes = b"", *, wait: bool = True) -> None:
        """As of an `OpenSocket`; `wait` as of a `WebSocket`."""
        self._wire.ping(payload, wait=wait)

    def next_number(self) -> int:
        """As of an `OpenSocket`."""
        with self._lock:
            self._number += 1
            return self._number

    def follow(self, items: Observable[Any], scheduler: abc.SchedulerBase | None) -> None:
        """Send what these emit, from now on."""
        self._following.disposable = items.subscribe(
            self._send_item, self._fail, scheduler=scheduler
        )

    def dispose(self) -> None:
        """Send nothing of it any more."""
        self._following.dispose()

    def _send_item(self, message: Any) -> None:
        number = self.next_number()
        try:
            text, used = self._write(message, number)
        except (TypeError, ValueError, RecursionError) as error:
            self._inject({"type": "rxslack.unsent", "message": message, "error": str(error)})
            return
        with self._lock:
            self._number = max(self._number, used)
        try:
            self.send(text.encode())
        except SlackError as error:
            self._fail(error)


class Aside:
    """
    An `OpenSocket` for questions that only ask for a sign of life: it never waits.

    A peer that takes nothing is not asked, and given up for its silence when it is time for that.
    """

    def __init__(self, outgoing: Outgoing) -> None:
        self._outgoing = outgoing

    def send(self, *texts: bytes) -> None:
        """As of an `OpenSocket`."""
        self._outgoing.send(*texts, wait=False)

    def ping(self, payload: bytes = b"") -> None:
        """As of an `OpenSocket`."""
        self._outgoing.ping(payload, wait=False)

    def next_number(self) -> int:
        """As of an `OpenSocket`."""
        return self._outgoing.next_number()
