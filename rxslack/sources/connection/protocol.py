"""What RTM and Socket Mode do not have in common, and the socket that they are handed."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from threading import Lock
from typing import Any, NamedTuple, Protocol

from reactivex import Observable, abc
from reactivex.disposable import SerialDisposable

from rxslack.errors import SlackError
from rxslack.wire.bursts import Burst
from rxslack.wire.selection import Selection
from rxslack.wire.websocket import WebSocket

__all__ = ["Endpoint", "OpenSocket", "Outgoing", "SocketProtocol"]


class OpenSocket(Protocol):
    """
    What a protocol may do with its open websocket; safe from any thread.

    Nothing waits: what the peer does not take at the moment leaves as soon as it does.
    """

    def send(self, *texts: bytes) -> None:
        """Send text frames, in UTF-8. Raises TransportError when they cannot leave."""
        ...

    def ping(self, payload: bytes = b"") -> None:
        """Send a websocket ping. Raises TransportError when it cannot leave."""
        ...

    def next_number(self) -> int:
        """1, 2, 3 and so on, for this connection."""
        ...


class Endpoint(NamedTuple):
    """
    Slack's answer to somebody who wants to connect.

    Args:
        url: of the websocket, good once; a secret.
        team: the workspace's id, "T…"; "" when Slack did not say.
    """

    url: str
    team: str = ""

    def __repr__(self) -> str:
        return f"Endpoint(team={self.team!r})"


class SocketProtocol(Protocol):
    """
    What one of Slack's websockets has of its own. One object serves one connection.

    Attributes:
        name: "rtm", for the threads and the logger ``rxslack.rtm``.
        selection: leaves out what is of no use, before `on_receipt` and `read` are called, and knows what was.
        on_receipt: called after each read, with the messages that were not left out, in order, by a thread that
            runs no user code, however busy user code is; the place to acknowledge. It must not wait. A
            `SlackError` of it ends the connection after they have been emitted. None: nothing to do.
    """

    @property
    def name(self) -> str:
        """As above."""
        ...

    @property
    def selection(self) -> Selection:
        """As above."""
        ...

    @property
    def on_receipt(self) -> Callable[[OpenSocket, Sequence[bytes]], None] | None:
        """As above."""
        ...

    def ask(self) -> Endpoint:
        """Ask Slack for a URL. Blocks; `dispose` cuts its sockets. What it raises ends it all."""
        ...

    def read(self, messages: Sequence[bytes], /) -> Iterator[Burst]:
        """
        The items for text messages, in order, a few at a time, and whether these are plain.

        What it raises ends the connection.
        """
        ...

    def is_hello(self, item: dict[str, Any]) -> bool:
        """Whether the connection stands with this. Raises when Slack refuses it."""
        ...

    def keep_alive(self, socket: OpenSocket) -> None:
        """Provoke an answer of Slack's, after a while without a byte."""
        ...

    def probe(self, socket: OpenSocket, number: int) -> None:
        """Ask Slack for an answer that carries a number, behind all it said before the question."""
        ...

    def answered(self, item: dict[str, Any]) -> object:
        """The number of the question that an item answers; None for others."""
        ...

    def write(self, message: Any, number: int) -> tuple[str, int]:
        """
        The text for an item of `outgoing`, and the number it carries.

        Raises: ValueError, TypeError or RecursionError for what cannot be sent.
        """
        ...


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

    def begin(self, websocket: WebSocket) -> None:
        """The handshake is done."""
        self._websocket = websocket

    def send(self, *texts: bytes) -> None:
        """As of an `OpenSocket`."""
        self._websocket.send(*texts, wait=False)

    def ping(self, payload: bytes = b"") -> None:
        """As of an `OpenSocket`."""
        self._websocket.ping(payload, wait=False)

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
        # The user's mistake is no fault of the connection: it becomes an item, and the stream goes
        # on.
        except (TypeError, ValueError, RecursionError) as error:
            self._inject({"type": "rxslack.unsent", "message": message, "error": str(error)})
            return
        # The user may number items, too. Ours go on behind the highest, so that answers are told
        # apart.
        with self._lock:
            self._number = max(self._number, used)
        try:
            self._websocket.send(text.encode())  # waits, so that whoever emits too much does
        except SlackError as error:
            self._fail(error)
