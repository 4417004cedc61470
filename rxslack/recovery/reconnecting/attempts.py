"""The connections of one subscriber: what is known of each, and which of them is the current one."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from itertools import count
from threading import Lock
from typing import Any, Generic, Protocol, TypeVar

from reactivex.disposable import SingleAssignmentDisposable

from rxslack.recovery.reconnecting.coverage import Span
from rxslack.web.slack_clock import SlackClock

__all__ = ["Attempt", "Connection", "Hello", "Roles", "connection_of", "reason"]


T = TypeVar("T")

_numbers = count(1)


class Attempt(Generic[T]):
    """
    One subscription to the source. Its instants are of the clock of `reconnect`.

    Args:
        since: the instant at which it was opened.
    """

    def __init__(self, since: float) -> None:
        self.number = next(_numbers)  # of no other one
        self.subscription = SingleAssignmentDisposable()
        self.span: Span | None = None  # what it covers; None before its hello
        self.connection: Connection | None = None  # None: it cannot be asked, nor be retired
        self.closing = False  # whether Slack has said that it will close it
        self.pending: list[T] | None = None  # items that wait; None: nothing waits any more
        self.last_item = -math.inf  # the instant at which its last item came
        self.last_active = since  # the instant at which it was last dealt with, while there are two
        self.read_until = math.inf  # the instant up to which it is read beside a newer one
        self.end_reason: str | None = None  # why it has ended, in words

    @property
    def said_hello(self) -> bool:
        """Whether it has said hello."""
        return self.span is not None

    @property
    def is_open(self) -> bool:
        """Whether it has said hello, and has not ended."""
        return self.span is not None and self.end_reason is None


def reason(error: Exception | None) -> str:
    """Why a connection ended, in words."""
    return "read long enough" if error is None else str(error)


class Connection(Protocol):
    """What `reconnect` asks a connection; each call is safe from any thread and waits for nothing."""

    @property
    def clock(self) -> SlackClock:
        """What time it is at the Slack that it leads to."""
        ...

    def heard(self) -> float:
        """An instant of the monotonic clock: what Slack had sent by then has been read."""
        ...

    def last_ts(self) -> str:
        """The highest `ts` known of messages that were not emitted, because nobody needs them; "" for none."""
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


class Roles(Generic[T]):
    """
    The attempts of one subscriber, the one opened first at the head; most of the time there is one.

        superseded   were current, and have been overtaken; read until Slack closes them
        current      its items are emitted
        replacements were opened because the current one will end; from its hello on, the items of such
                     a one are pending until the current one has ended, or has been idle for a
                     while. One that has ended stays for as long as items of it are pending.

    One replacement at the most has not ended. When the current one ends and nobody can take its place
    at once, the last of the superseded ones is current again.

    Safe from any thread. The lock is held for the look at the row only, never while others' code runs.
    """

    def __init__(self) -> None:
        self._lock = Lock()
        self._row: list[Attempt[T]] = []
        self._current: Attempt[T] | None = None

    def add(self, attempt: Attempt[T]) -> bool:
        """
        Put a new attempt at the end of the row, if there is a place for it.

        There is none beside a current one that is not about to end, or that has a replacement already: when a
        connection and its replacement end at the same moment, two timers may want to open another.
        """
        with self._lock:
            if self._current is not None and (not self._current.closing or self._has_replacement()):
                return False
            self._row.append(attempt)
            self._current = self._current or attempt
            return True

    def current(self) -> Attempt[T] | None:
        """Whose items are emitted."""
        return self._current

    def lacks_replacement(self) -> bool:
        """Whether there is a current one, and no other that is to replace it."""
        with self._lock:
            return self._current is not None and not self._has_replacement()

    def has_several_open(self) -> bool:
        """Whether there are several that have not ended."""
        with self._lock:
            return sum(one.end_reason is None for one in self._row) > 1

    def is_replacement(self, attempt: Attempt[T]) -> bool:
        """Whether an attempt stands behind the current one."""
        with self._lock:
            return attempt in self._replacements()

    def replacement(self) -> Attempt[T] | None:
        """The first behind the current one, if it has said hello; it may have ended."""
        with self._lock:
            behind = self._replacements()
            return behind[0] if behind and behind[0].said_hello else None

    def make_current(self, attempt: Attempt[T]) -> None:
        """Let another one be current; those before it are superseded."""
        with self._lock:
            self._current = attempt

    def remove(self, attempt: Attempt[T]) -> None:
        """Take one out of the row; if it was current, another one is from now on, or none."""
        with self._lock:
            if attempt not in self._row:
                return
            at = self._row.index(attempt)
            self._row.remove(attempt)
            if attempt is self._current:
                self._current = self._successor(at)

    def superseded(self) -> list[Attempt[T]]:
        """Those that have not ended, and have said hello before one that stands."""
        with self._lock:
            # The newest of those that stand is the one that stays.
            standing = [one for one in self._row if one.is_open]
            return standing[:-1]

    def if_none_open(self, do: Callable[[], object]) -> bool:
        """Do this before a hello can come, unless it has; whether it was done."""
        with self._lock:
            # Under the lock, so that no hello comes between the look and what is done.
            if any(one.is_open for one in self._row):
                return False
            do()
            return True

    def _replacements(self) -> list[Attempt[T]]:
        if self._current is None:
            return []
        return self._row[self._row.index(self._current) + 1 :]

    def _has_replacement(self) -> bool:
        return any(one.end_reason is None for one in self._replacements())

    def _successor(self, at: int) -> Attempt[T] | None:
        # Whoever had pending items was made current before this. What is left are those that were
        # current once, the latest first, and those without a hello.
        for one in [*reversed(self._row[:at]), *self._row[at:]]:
            if one.end_reason is None:
                return one
        return None
