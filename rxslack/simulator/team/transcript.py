"""What went over the wire, in order, with times: for tests, and to see why one failed."""

from __future__ import annotations

import re
from collections import deque
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from itertools import islice
from threading import Lock
from typing import Any, Final, Literal, TypeAlias

__all__ = ["Call", "Entry", "Transcript"]

Direction: TypeAlias = Literal["in", "out"]


@dataclass(frozen=True)
class Call:
    """
    A Web API call that came in.

    Args:
        at: unix seconds on the workspace's clock.
        method: such as "chat.postMessage".
        arguments: as sent, without the token.
        token_kind: "xoxb", "xoxp", "xapp"; "" when no known token came.
    """

    at: float
    method: str
    arguments: Mapping[str, Any] = field(hash=False)
    token_kind: str


@dataclass(frozen=True)
class Entry:
    """
    One line of the transcript.

    Args:
        at: unix seconds on the workspace's clock.
        direction: "in" from a client, "out" to it.
        where: a Web API method, or "socket 3".
        data: the arguments, the answer's body or a frame's bytes; tickets and tokens are left out.
    """

    at: float
    direction: Direction
    where: str
    data: Any


_TOKEN: Final = re.compile(rb"(xox[bp]|xapp|xwfp)-simulated-([\w-]+)")


def _masked(token: re.Match[bytes]) -> bytes:
    """As long as it was: a frame says how long it is."""
    return token[1] + b"-simulated-" + b"x" * len(token[2])


class Transcript:
    """
    What came in and went out, and the calls among it; thread-safe.

    Args:
        clock: unix time in seconds.
        keep: how many lines, and how many calls, are kept, the newest.
    """

    def __init__(self, clock: Callable[[], float], *, keep: int) -> None:
        self._clock = clock
        self._lock = Lock()
        self._entries = deque[Entry](maxlen=keep)
        self._calls = deque[Call](maxlen=keep)
        self._written = 0

    def note(self, direction: Direction, where: str, data: Any) -> None:
        """Write a line; tokens in it are made unreadable."""
        if isinstance(data, bytes) and b"-simulated-" in data:
            data = _TOKEN.sub(_masked, data)
        with self._lock:
            self._entries.append(Entry(self._clock(), direction, where, data))
            self._written += 1

    def call(self, method: str, arguments: Mapping[str, Any], token_kind: str) -> None:
        """Write down a call, with its line."""
        self.note("in", method, arguments)
        with self._lock:
            self._calls.append(Call(self._clock(), method, arguments, token_kind))

    def calls(self, method: str | None = None) -> list[Call]:
        """The calls of a method, oldest first; of all methods without one."""
        with self._lock:
            return [call for call in self._calls if method in (None, call.method)]

    @property
    def written(self) -> int:
        """How many lines there were, those that are no longer kept included."""
        return self._written

    def since(self, number: int, *, most: int) -> tuple[int, list[Entry]]:
        """
        The lines after the first so many.

        Args:
            number: of lines that were seen.
            most: lines, the newest.

        Returns: how many lines there were before these, and the lines, oldest first.
        """
        with self._lock:
            new = min(self._written - number, most, len(self._entries))
            newest = [*islice(reversed(self._entries), max(0, new))]
            return self._written - len(newest), newest[::-1]

    def entries(self) -> list[Entry]:
        """The transcript, oldest first."""
        with self._lock:
            return [*self._entries.copy()]
