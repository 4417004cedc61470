"""The first item of a connection, which knows how the connection is told that it is not needed."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

__all__ = ["Hello", "retirement"]

Retire = Callable[[], object]


class Hello(dict[str, Any]):
    """
    An event like any other to everybody but `reconnect`.

    >>> Hello({"type": "hello"}, print)
    {'type': 'hello'}

    Args:
        event: what Slack said.
        retire: makes the connection read no more, emit what it has read, and end with an error.
    """

    def __init__(self, event: Mapping[str, Any], retire: Retire) -> None:
        super().__init__(event)
        self.retire = retire

    def __reduce__(self) -> tuple[type[dict[str, Any]], tuple[dict[str, Any]]]:
        return dict, (dict(self),)  # a copy, or one in another process, has no connection


def retirement(hello: object) -> Retire | None:
    """How the connection of a hello is retired; None when its source knows no such thing."""
    return hello.retire if isinstance(hello, Hello) else None
