"""What RTM and Socket Mode do not have in common."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

from rxslack.wire.bursts import Burst

__all__ = ["Endpoint", "OpenSocket", "SocketProtocol"]


class OpenSocket(Protocol):
    """What a protocol may do with its open websocket; safe from any thread."""

    def send(self, *texts: bytes) -> None:
        """Send text frames, in UTF-8. Raises TransportError when they cannot leave."""
        ...

    def ping(self, payload: bytes = b"") -> None:
        """Send a websocket ping. Raises TransportError when it cannot leave."""
        ...

    def next_number(self) -> int:
        """1, 2, 3 and so on, for this connection."""
        ...


@dataclass(frozen=True)
class Endpoint:
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
        on_receipt: called with the messages as they come off the wire, in order, by a thread that
            runs no user code, however busy user code is; the place to acknowledge. A `SlackError`
            of it ends the connection after what came before. None: nothing to do.
    """

    @property
    def name(self) -> str:
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
        The items for text messages, a few at a time, and whether these are plain.

        What it raises ends the connection.
        """
        ...

    def is_hello(self, item: dict[str, Any]) -> bool:
        """Whether the connection stands with this. Raises when Slack refuses it."""
        ...

    def keep_alive(self, line: OpenSocket) -> None:
        """Provoke an answer of Slack's, after a while without a byte."""
        ...

    def probe(self, line: OpenSocket, number: int) -> None:
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
