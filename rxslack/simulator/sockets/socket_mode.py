"""Socket Mode as a whole: its switch, its tickets, its sockets, and what a test does to them."""

from __future__ import annotations

from collections.abc import Container, Mapping
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qs

from rxslack.simulator.options import SocketModeOptions
from rxslack.simulator.sockets.app_socket import AppSocket
from rxslack.simulator.sockets.deliveries import Deliveries, Delivery
from rxslack.simulator.sockets.events_api import callback, events_of
from rxslack.simulator.sockets.frames import encode
from rxslack.simulator.team.access import Refused

if TYPE_CHECKING:
    from rxslack.simulator.state import State

__all__ = ["SocketMode"]


class SocketMode:
    """
    The app's side door. Events go to it from the first call of apps.connections.open on.

    Args:
        options: its habits.
        deliveries: what is on its way to the app.
    """

    def __init__(self, options: SocketModeOptions, deliveries: Deliveries) -> None:
        self.options = options
        self.deliveries = deliveries
        self._refusal: str | None = None
        self._used = False
        self._tickets: dict[str, float] = {}
        self._present: list[AppSocket] = []
        self._words: list[str] = []

    # What a test asks for

    @property
    def delivered(self) -> list[Delivery]:
        """What was, or is, on its way to the app, oldest first."""
        return [*self.deliveries.all.copy()]

    def disconnect(self, reason: str = "refresh_requested", *, notice: float | None = None) -> None:
        """
        Ask the client to replace every socket that is open now.

        Args:
            reason: "warning", "refresh_requested", "link_disabled", or what Slack may think of.
            notice: seconds until they end; 0: at once. Default: as in the options.
        """
        for socket in [*self.deliveries.sockets]:
            socket.disconnect(reason, self.options.notice if notice is None else notice)

    def disable(self, error: str = "access_denied") -> None:
        """Switch Socket Mode off in the app's settings; apps.connections.open fails from now on."""
        self._refusal = error  # which one Slack chooses is not documented
        self.disconnect("link_disabled", notice=0.1)

    def enable(self) -> None:
        """Switch it on again."""
        self._refusal = None

    def say_instead_of_hello(
        self, text: str = "UNAUTHENTICATED: cache_error", *, times: int = 1
    ) -> None:
        """Greet the next sockets with this text, which need not be JSON, and close them."""
        self._words += [text] * times

    def send_text(self, text: str) -> None:
        """Send one of the sockets, as with an envelope, a text frame of any content."""
        self.deliveries.sockets[0].offer(encode(text.encode()))

    def send_event(self, payload: Mapping[str, Any]) -> Delivery:
        """Deliver any payload as an `events_api` envelope, such as one without an `event`."""
        delivery = Delivery("events_api", dict(payload))
        self.deliveries.start(delivery)
        return delivery

    @property
    def is_used(self) -> bool:
        """Whether the app has ever asked for a connection."""
        return self._used

    # Where the server asks

    def watch(self, state: State) -> None:
        """Deliver from now on what happens in the workspace."""
        team = state.team

        def hear(event: Mapping[str, Any], to: Container[str] | None) -> None:
            if self._used:
                for told in events_of(team, event, to):
                    self.deliveries.start(Delivery("events_api", callback(team, told)))

        team.feed.watch(hear)

    def issue(self, state: State) -> str:
        """The path of a new socket's URL. Raises Refused when Socket Mode is switched off."""
        if self._refusal is not None:
            raise Refused(self._refusal)
        with state.team.lock:
            self._used = True
            ticket = state.team.identity.uuid()
            self._tickets[ticket] = state.clock() + self.options.ticket_life
            app = state.team.bot.app_id.lower()
        return f"/link/?ticket={ticket}&app_id={app}"

    def redeem(self, state: State, query: str) -> float | None:
        """The life in seconds of the socket that a URL's query opens; None: it opens none."""
        fields = parse_qs(query)
        with state.team.lock:
            expires = self._tickets.pop(fields.get("ticket", [""])[0], 0.0)
        if expires < state.clock():
            return None
        debug = fields.get("debug_reconnects") == ["true"]
        return self.options.debug_life if debug else self.options.life

    def admit(self, socket: AppSocket) -> bool:
        """Count a socket until it has really ended; False when there are too many already."""
        self._present.append(socket)
        return len(self._present) <= self.options.max_connections

    def leave(self, socket: AppSocket) -> None:
        """Count it no more."""
        self._present = [other for other in self._present if other is not socket]
        sockets = self.deliveries.sockets
        self.deliveries.sockets = [other for other in sockets if other is not socket]

    def count(self) -> int:
        """How many sockets the app has, as hello says it."""
        return len(self._present)

    def instead_of_hello(self) -> str | None:
        """What to greet the next socket with, if not with hello."""
        return self._words.pop(0) if self._words else None
