"""Whether a connection lives: pings, silence, and clocks that jump."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Final

from rxslack.errors import Silent
from rxslack.sources._habits import Habits
from rxslack.transport import Wire

__all__ = ["Watch"]

_TICK: Final = 1.0  # seconds between looks at the wall clock
_JUMP: Final = 5.0  # seconds that it may go ahead of the monotonic one
_PROBE: Final = 5.0  # seconds that Slack has to answer after a jump


class Watch:
    """
    Keeps the clock of one connection.

    Args:
        habits: how long it waits for what.
        keep_alive: provokes an answer of Slack's.
    """

    def __init__(self, habits: Habits, keep_alive: Callable[[], object]) -> None:
        self._habits = habits
        self._keep_alive = keep_alive
        self._greeted = False
        self._probe: float | None = None  # when a byte has to have come after a jump of the clock
        self._offset = habits.wall() - time.monotonic()

    def begin(self, wire: Wire) -> None:
        """The handshake is done."""
        self._wire = wire
        self._opened = self._pinged = time.monotonic()

    def greet(self) -> None:
        """Hello has come."""
        self._greeted = True

    def last_byte(self) -> float:
        """Unix seconds of this machine."""
        return time.time() - (time.monotonic() - self._wire.last_read)

    def look(self, now: float) -> float:
        """
        Do what is due; called now and then by a thread that runs no user code.

        Args:
            now: seconds of the monotonic clock.

        Returns: when to look again, at the latest.

        Raises: Silent.
        """
        last_read, silence = self._wire.last_read, self._habits.silence
        dead = last_read + silence
        if now >= dead:
            raise Silent(silence)
        if not self._greeted:
            late = self._opened + silence
            if now >= late:
                raise Silent(silence, "hello")
            return min(dead, late)
        if self._has_jumped(now):
            self._probe = now + _PROBE
        elif self._probe is None or last_read > self._pinged:
            self._probe = None
            quiet = max(last_read, self._pinged) + self._habits.ping_after
            if now < quiet:
                return min(dead, quiet, now + _TICK)
        else:
            if now >= self._probe:
                raise Silent(_PROBE, "an answer after the clock had jumped")
            return min(dead, self._probe)
        self._pinged = now
        self._keep_alive()
        return min(dead, now + min(self._habits.ping_after, _TICK))

    def _has_jumped(self, now: float) -> bool:
        """Whether the machine slept: the monotonic clock may stand still then."""
        before, self._offset = self._offset, self._habits.wall() - now
        return self._offset - before > _JUMP
