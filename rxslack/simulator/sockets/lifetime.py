"""What a websocket does by the clock: spare URLs, pings, goodbye, and the end."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from rxslack.simulator.sockets.frames import PING, encode
from rxslack.simulator.team.clock import Timer

if TYPE_CHECKING:
    from rxslack.simulator.sockets.rtm_socket import RtmSocket
    from rxslack.simulator.state import State

__all__ = ["Lifetime"]


class Lifetime:
    """
    The timers of one websocket, from its hello to its end.

    Args:
        state: the workspace's.
        socket: the websocket.
    """

    def __init__(self, state: State, socket: RtmSocket) -> None:
        self._state = state
        self._socket = socket
        self._timers: list[Timer] = []
        self._ended = False
        self._heard_at = self._since = state.clock()

    def begin(self) -> None:
        """Start everything that the options ask for."""
        options, every = self._state.rtm, self._state.timers.every
        self._heard_at = self._since = self._state.clock()
        if options.reconnect_url and options.reconnect_url_every is not None:
            self._keep(every(options.reconnect_url_every, self._socket.offer_spare))
        if options.ping_every is not None:
            self._keep(
                every(options.ping_every, lambda: self._socket.link.offer(encode(b"", PING)))
            )
        if options.max_age is not None:
            self._later(options.max_age, self._socket.say_goodbye_and_part)
        self._watch(options.quiet, self._spoken_at, self._socket.say_goodbye_and_part)
        self._watch(options.idle_timeout, lambda: self._heard_at, self._socket.part)

    def heard(self) -> None:
        """The client said something."""
        self._heard_at = self._state.clock()

    def part_at(self, time: float) -> None:
        """End the websocket later."""
        self._keep(self._state.timers.at(time, self._socket.part))

    def end(self) -> None:
        """Stop everything."""
        self._ended = True
        for timer in self._timers:
            timer.cancel()

    def _spoken_at(self) -> float:
        return max(self._since, self._state.team.spoken_at)

    def _watch(
        self, seconds: float | None, last: Callable[[], float], act: Callable[[], object]
    ) -> None:
        """Act when so much time has passed since something that goes on happening."""
        if seconds is None:
            return

        def look() -> None:
            due = last() + seconds
            if due <= self._state.clock():
                act()
            else:
                self._keep(self._state.timers.at(due, look))

        self._later(seconds, look)

    def _later(self, seconds: float, act: Callable[[], object]) -> None:
        self._keep(self._state.timers.after(seconds, act))

    def _keep(self, timer: Timer) -> None:
        self._timers.append(timer)
        if self._ended:
            timer.cancel()
