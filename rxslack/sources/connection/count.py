"""How many connections of each app this process has: Slack counts them, too."""

from __future__ import annotations

import threading
import time
from collections import Counter, defaultdict, deque
from collections.abc import Callable
from typing import Final

from rxslack.core.fork import after_fork

__all__ = ["ConnectionCount", "connection_count"]

_LINGER: Final = 60.0  # seconds for which Slack may count a connection that has ended


class ConnectionCount:
    """
    Counts connections, from the question for a URL until Slack has noticed their end; thread-safe.

    A connection that is being opened, and one that has just ended, may be among those that Slack
    counts, so it takes them for one's own: of two mistakes, the false alarm would be made at each
    replacement, while an alarm that is missed now is raised by a later hello.

    >>> now = 0.0
    >>> connection_count = ConnectionCount(clock=lambda: now)
    >>> leave = connection_count.enter("an app")
    >>> leave(had_url=True)
    >>> connection_count.own("an app")
    1
    >>> now = 60.0
    >>> connection_count.own("an app")
    0

    Args:
        clock: seconds that only grow.
    """

    def __init__(self, *, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self.begin()

    def begin(self) -> None:
        """Count from nothing: at first, and in a child of `fork()`, which has none of its parent's."""
        self._lock = threading.Lock()
        self._present = Counter[str]()
        self._past = defaultdict[str, deque[float]](deque)  # until when each may be counted

    def enter(self, account: str) -> Callable[..., None]:
        """
        One more connection of an account.

        Returns: a function to be called at its end, with `had_url`: whether Slack has given it
            a URL, so that it may have been connected. A second call does nothing.
        """
        with self._lock:
            present = self._present
            present[account] += 1
        here = True

        def leave(*, had_url: bool) -> None:
            nonlocal here
            with self._lock:
                # Left twice, or counted before a `fork()` for a process that is not this one.
                if here and present is self._present:
                    here = False
                    self._leave(account, had_url)

        return leave

    def own(self, account: str) -> int:
        """How many Slack may count that belong to this process."""
        with self._lock:
            self._forget(account)
            return self._present[account] + len(self._past.get(account, ()))

    def _leave(self, account: str, had_url: bool) -> None:
        self._present[account] -= 1
        # Slack may go on counting a connection for a while after its end. One that never had a URL
        # was never counted.
        if had_url:
            self._past[account].append(self._clock() + _LINGER)
        self._forget(account)

    def _forget(self, account: str) -> None:
        past, now = self._past[account], self._clock()
        while past and past[0] <= now:
            past.popleft()
        if not past:
            del self._past[account]
        if not self._present[account]:
            del self._present[account]


connection_count: Final = ConnectionCount()
"""Of this process."""

after_fork(connection_count.begin)
