"""When a connection counts as silent."""

from __future__ import annotations

import math
import time
from collections.abc import Callable
from typing import Final

from rxslack.errors import Silent
from rxslack.sources.connection.options import ConnectionOptions
from rxslack.sources.connection.starvation import starvation
from rxslack.wire.hub import JUMP
from rxslack.wire.websocket import WebSocket

__all__ = ["SilenceWatch"]

_AGAIN: Final = 0.5  # seconds until the next look when bytes wait that nobody has read yet
_PROBE: Final = 5.0  # seconds that Slack has to answer after a jump
_INSTANTS: Final = 16  # at which pings leave, in the time after which one is due
_LATE: Final = (
    10.0  # seconds that a look may come late; sending to a peer that takes nothing takes 5
)


class SilenceWatch:
    """
    Keeps the clock of one connection.

    Args:
        options: how long it waits for what.
        keep_alive: provokes an answer of Slack's; never waits.
    """

    def __init__(self, options: ConnectionOptions, keep_alive: Callable[[], object]) -> None:
        self._options = options
        self._keep_alive = keep_alive
        self._greeted = False
        self._asked = 0.0  # when the first ping was due to leave since the last sign of life
        self._left = 0.0  # when it had left, which on a busy machine may be much later
        self._due = math.inf  # when to look again, at the latest
        self._probe: float | None = None  # when that has to have come after a jump of the clock
        self._offset = time.time() - time.monotonic()

    def begin(self, websocket: WebSocket) -> None:
        """The handshake is done."""
        self._websocket = websocket
        self._opened = self._pinged = time.monotonic()

    def greet(self) -> None:
        """Hello has come."""
        self._greeted = True

    def last_byte(self) -> float:
        """Unix seconds of this machine."""
        return time.time() - (time.monotonic() - self._websocket.last_read)

    def look(self, now: float) -> float:
        """
        Do what is due; called now and then by a thread that runs no user code.

        Args:
            now: seconds of the monotonic clock.

        Returns: when to look again, at the latest.

        Raises: Silent.
        """
        if now - self._due >= _LATE:
            starvation.note(now - self._due)
        self._due = self._look(now)
        return self._due

    def _look(self, now: float) -> float:
        silence = self._options.silence
        if not self._greeted:
            return self._give_up(now, self._hello_due, silence, "hello")
        # While the machine slept Slack has given up on us, or has not; the silence does not tell,
        # for the monotonic clock may have stood still. So it is asked, and has little time.
        if jumped := self._has_jumped(now):
            self._probe = math.inf
        elif self._probe is None or self._websocket.alive > self._pinged:
            self._probe = None
            dead = self._give_up(now, self._answer_due, silence)
            due = self._ping_due(max(self._websocket.alive, self._pinged))
            if now < due:
                return min(dead, due)
        else:
            awaited = "an answer after the clock had jumped"
            return self._give_up(now, self._probe_due, _PROBE, awaited)
        self._ping(now)
        if jumped:
            self._probe = self._left + _PROBE
        dead = self._answer_due(self._websocket.alive)
        again = self._ping_due(now)
        return min(dead, again) if dead > now else again

    def _ping_due(self, since: float) -> float:
        """
        When a ping leaves after that instant: a little early, when those of all other connections do.

        A process that waits for many wakes a few times a second so, and not for each ping and each answer.
        """
        ping_after = self._options.ping_after
        step = ping_after / _INSTANTS
        return math.floor((since + ping_after) / step) * step

    def _ping(self, now: float) -> None:
        # The first ping since the last sign of life: the time for an answer counts from it.
        first = self._asked <= self._websocket.alive
        if first:
            self._asked = now
        self._pinged = now
        self._keep_alive()
        # A thread of a busy machine may have stopped in between: whoever was not asked owes no answer.
        left = time.monotonic()
        if first or self._probe is not None:
            self._left = left

    def _hello_due(self, _: float) -> float:
        return self._opened + self._options.silence

    def _probe_due(self, alive: float) -> float:
        return math.inf if self._probe is None or alive > self._pinged else self._probe

    def _answer_due(self, alive: float) -> float:
        """When to give up; whoever was asked late, as this machine was busy, has time to answer."""
        if self._asked <= alive:
            return math.inf
        silence = self._options.silence
        return max(alive + silence, self._left + silence - self._options.ping_after)

    def _give_up(
        self, now: float, due_of: Callable[[float], float], seconds: float, awaited: str = ""
    ) -> float:
        """
        Raise Silent when it is due, unless the silence is ours: bytes have come, and wait.

        What came until the peer was last read to the end is not among those; it had its chance.

        Args:
            now: as of `look`.
            due_of: when the peer's time is up, for the instant of its last sign of life.
            seconds: that it had.
            awaited: what of it.

        Returns: when it is due, or when to look again.
        """
        websocket = self._websocket
        if now < (due := due_of(websocket.alive)):
            return due
        # Another thread may be reading. In this order nothing that it does in between is missed:
        # once nothing is unread, `alive` knows of all that has come.
        unread, heard, alive = websocket.has_unread(), websocket.heard, websocket.alive
        if now < (due := due_of(alive)):
            return due
        # Bytes that wait here were sent in time. While nobody could read them the silence is ours.
        if unread and heard - alive < seconds:
            if now - due >= _LATE:
                starvation.note(now - due)
            return now + min(_AGAIN, seconds)
        some = "a message, or the answer to a ping" if websocket.last_read > alive else "a byte"
        raise Silent(seconds, awaited or some)

    def _has_jumped(self, now: float) -> bool:
        """Whether the machine slept: the monotonic clock may stand still then."""
        before, self._offset = self._offset, time.time() - now
        return self._offset - before > JUMP
