"""Whether a connection lives: pings, silence, and clocks that jump."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Final

from rxslack.errors import Silent
from rxslack.sources.connection.options import ConnectionOptions
from rxslack.wire.websocket import WebSocket

__all__ = ["SilenceWatch"]

_TICK: Final = 1.0  # seconds between looks at the wall clock
_JUMP: Final = 5.0  # seconds that it may go ahead of the monotonic one
_AGAIN: Final = 0.5  # seconds until the next look when bytes wait that nobody has read yet
_PROBE: Final = 5.0  # seconds that Slack has to answer after a jump


class SilenceWatch:
    """
    Keeps the clock of one connection.

    Args:
        habits: how long it waits for what.
        keep_alive: provokes an answer of Slack's.
    """

    def __init__(self, habits: ConnectionOptions, keep_alive: Callable[[], object]) -> None:
        self._habits = habits
        self._keep_alive = keep_alive
        self._greeted = False
        self._asked = 0.0  # when the first ping left since the last sign of life
        self._probe: float | None = None  # when that has to have come after a jump of the clock
        self._offset = habits.wall() - time.monotonic()

    def begin(self, wire: WebSocket) -> None:
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
        alive, silence = self._wire.alive, self._habits.silence
        if not self._greeted:
            return self._give_up(now, self._opened + silence, silence, "hello")
        if self._has_jumped(now):
            self._probe = now + _PROBE
        elif self._probe is None or alive > self._pinged:
            self._probe = None
            dead = self._give_up(now, self._dead(alive), silence)
            quiet = max(alive, self._pinged) + self._habits.ping_after
            if now < quiet:
                return min(dead, quiet, now + _TICK)
        else:
            return self._give_up(now, self._probe, _PROBE, "an answer after the clock had jumped")
        if self._asked <= alive:
            self._asked = now
        self._pinged = now
        self._keep_alive()
        dead = self._dead(alive)
        again = now + min(self._habits.ping_after, _TICK)
        return min(dead, again) if dead > now else again

    def _dead(self, alive: float) -> float:
        """When to give up; whoever was asked late, as this machine was busy, has time to answer."""
        if self._asked <= alive:
            return float("inf")
        silence = self._habits.silence
        return max(alive + silence, self._asked + silence - self._habits.ping_after)

    def _give_up(self, now: float, due: float, seconds: float, awaited: str = "") -> float:
        """
        Raise Silent when it is due, unless the silence is ours: bytes have come, and wait.

        What came until the peer was last read to the end is not among those; it had its chance.
        """
        if now < due:
            return due
        wire = self._wire
        if wire.heard - wire.alive >= seconds or not wire.has_unread():
            some = "a message, or the answer to a ping" if wire.last_read > wire.alive else "a byte"
            raise Silent(seconds, awaited or some)
        return now + min(_AGAIN, seconds)

    def _has_jumped(self, now: float) -> bool:
        """Whether the machine slept: the monotonic clock may stand still then."""
        before, self._offset = self._offset, self._habits.wall() - now
        return self._offset - before > _JUMP
