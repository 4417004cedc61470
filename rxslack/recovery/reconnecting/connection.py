"""The first item of a connection, which knows the connection that said it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, Protocol

from rxslack.web.slack_clock import SlackClock

__all__ = ["Connection", "Hello", "connection_of"]


class Connection(Protocol):
    """What `reconnect` asks a connection; each call is safe from any thread and waits for nothing."""

    @property
    def clock(self) -> SlackClock:
        """What time it is at the Slack that it leads to."""
        ...

    def heard(self) -> float:
        """An instant of the monotonic clock: what Slack had sent by then has been read."""
        ...

    def probe(self, answered: Callable[[], object]) -> None:
        """
        Ask Slack for a sign of life over this connection.

        Args:
            answered: called once the answer is there, on any thread. All that Slack said before the
                question has been read by then. Never called when the connection is dead.
        """
        ...

    def retire(self) -> None:
        """Read no more, emit what was read, and end with an error."""
        ...


class Hello(dict[str, Any]):
    """
    An event like any other to everybody but `reconnect`.

    Args:
        event: what Slack said.
        connection: over which it came.
    """

    def __init__(self, event: Mapping[str, Any], connection: Connection) -> None:
        super().__init__(event)
        self.connection = connection

    def __reduce__(self) -> tuple[type[dict[str, Any]], tuple[dict[str, Any]]]:
        return dict, (dict(self),)  # a copy, or one in another process, has no connection


def connection_of(hello: object) -> Connection | None:
    """The connection that said a hello; None when its source knows no such thing."""
    return hello.connection if isinstance(hello, Hello) else None
