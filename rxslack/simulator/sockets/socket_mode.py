"""Socket Mode: its switch, its tickets, its websockets, and how they take acknowledgements."""

from __future__ import annotations

from collections.abc import Container, Mapping
from typing import Any, Final, cast
from urllib.parse import parse_qs

from rxslack.simulator.faults import Faults, Hold
from rxslack.simulator.options import SocketModeOptions
from rxslack.simulator.sockets.deliveries import Deliveries, Delivery
from rxslack.simulator.sockets.events_api import callback, events_of
from rxslack.simulator.sockets.server_socket import ServerSocket
from rxslack.simulator.team.access import Refused, Token
from rxslack.simulator.team.clock import TimerGroup, Timers
from rxslack.simulator.team.team import Team
from rxslack.simulator.team.text import Json, read_object
from rxslack.wire.frames import PING, server_frame

__all__ = ["AppSocket", "SocketMode"]

_TOO_LONG: Final = 1009


class SocketMode:
    """
    Socket Mode as a whole. Events go to it from the first call of apps.connections.open on.

    Args:
        team: people, channels and messages.
        timers: of the workspace's clock.
        faults: what goes wrong now.
        options: its settings.
        seed: of the choice among sockets.
        keep: how many deliveries are remembered, the newest.
    """

    def __init__(
        self,
        team: Team,
        timers: Timers,
        faults: Faults,
        options: SocketModeOptions,
        *,
        seed: int | str | None,
        keep: int,
    ) -> None:
        self.team = team
        self.timers = timers
        self.faults = faults
        self.options = options
        self.deliveries = Deliveries(team, timers, options, seed=seed, keep=keep)
        self._refusal: str | None = None
        self._used = False
        self._tickets: dict[str, float] = {}  # when each expires
        self._present: list[AppSocket] = []
        self._texts: list[str] = []  # in place of the next hellos
        team.feed.watch(self._hear)

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
        for socket in self._open():
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
        self._texts += [text] * times

    def send_text(self, text: str) -> None:
        """Send one of the sockets, as with an envelope, a text frame of any content."""
        self._open()[0].offer(server_frame(text.encode()))

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

    def issue_ticket(self) -> str:
        """A new websocket's URL. Raises Refused when Socket Mode is switched off."""
        if self._refusal is not None:
            raise Refused(self._refusal)
        with self.team.lock:
            self._used = True
            now = self.team.clock()
            self._tickets = {one: time for one, time in self._tickets.items() if time >= now}
            ticket = self.team.identity.uuid()
            self._tickets[ticket] = now + self.options.ticket_life
        app = self.team.bot.app_id.lower()
        return self.team.socket_url(f"/link/?ticket={ticket}&app_id={app}")

    def redeem_ticket(self, query: str) -> float | None:
        """The life in seconds of the socket that a URL's query opens; None: it opens none."""
        fields = parse_qs(query)
        with self.team.lock:
            expires = self._tickets.pop(fields.get("ticket", [""])[0], 0.0)
        if expires < self.team.clock():
            return None
        debug = fields.get("debug_reconnects") == ["true"]
        return self.options.debug_life if debug else self.options.life

    # Where its sockets ask

    def admit(self, socket: AppSocket) -> bool:
        """Count a socket until it has really ended; False when there are too many already."""
        self._present.append(socket)
        return len(self._present) <= self.options.max_connections

    def leave(self, socket: AppSocket) -> None:
        """Count it no more."""
        self._present = [other for other in self._present if other is not socket]
        self.deliveries.remove(socket)

    def count(self) -> int:
        """How many sockets the app has, as hello says it."""
        return len(self._present)

    def instead_of_hello(self) -> str | None:
        """What to greet the next socket with, if not with hello."""
        return self._texts.pop(0) if self._texts else None

    def _open(self) -> list[AppSocket]:
        return [socket for socket in self._present if socket.is_open]

    def _hear(self, event: Mapping[str, Any], to: Container[str] | None) -> None:
        if self._used:
            for told in events_of(self.team, event, to):
                self.deliveries.start(Delivery("events_api", callback(self.team, told)))


class AppSocket:
    """
    A websocket of the app's that was opened with a ticket.

    Args:
        apps: Socket Mode as a whole.
        link: the websocket itself.
        life: seconds until it is to be replaced.

    Attributes:
        is_open: whether it has said hello and not ended.
        has_ended: whether nothing more will come over it.
        opened_at: when its handshake was, on the workspace's clock.
        ended_at: when it ended; None: not yet.
        watched: nobody: presence is not told here.
        token: None: it belongs to the app, and to no user.
    """

    watched: frozenset[str] = frozenset()
    token: Token | None = None
    batch_presence = False
    user_id = ""

    def __init__(self, apps: SocketMode, link: ServerSocket, *, life: float) -> None:
        self.link = link
        self.is_open = False
        self.has_ended = False
        self.opened_at = apps.team.clock()
        self.ended_at: float | None = None
        self._apps = apps
        self._life = life
        self._timers = TimerGroup(apps.timers)

    @property
    def number(self) -> int:
        """Which socket it is, from 1."""
        return self.link.number

    @property
    def host(self) -> str:
        """The machine it is said to be on."""
        return f"applink-{self.number}"

    def offer(self, frame: bytes) -> None:
        """Take a frame, without waiting."""
        self.link.offer(frame)

    def tell(self, event: Mapping[str, Any]) -> None:
        """Send something to this socket alone."""
        self.link.tell(event)

    def disconnect(self, reason: str, notice: float) -> None:
        """
        Ask the client to go, and end the socket after so many seconds; until then it is in use.

        With no notice at all the end follows the words at once, mostly in the same segment.

        Source: docs.slack.dev/apis/events-api/using-socket-mode, "Disconnecting".
        """
        self._tell_disconnect(reason)
        if notice > 0:
            self._timers.after(notice, self.link.close)
        else:
            self.link.close()

    def _tell_disconnect(self, reason: str) -> None:
        self.tell({"type": "disconnect", "reason": reason, "debug_info": {"host": self.host}})

    def say_goodbye(self, *, times: int = 1, grace: float | None = None) -> None:
        """Ask for a refresh, and part so many seconds later on the clock; None: never."""
        for _ in range(times):
            self._tell_disconnect("refresh_requested")
        self._timers.after(grace, self.part)

    def part(self) -> None:
        """End it."""
        self.link.close()

    def half_open(self) -> Hold:
        """Neither read nor write, until the release."""
        return self._apps.faults.half_open(self.number)

    def serve(self) -> None:
        """Greet, or refuse, and read until the end, on this thread."""
        if self._apps.admit(self):
            self._apps.faults.after(self._greet, "hello")
        else:
            self.disconnect("too_many_websockets", 0.0)
        try:
            self.link.serve(self._heard)
        finally:
            self._end()

    def _greet(self) -> None:
        team, options = self._apps.team, self._apps.options
        with team.lock:
            if self.has_ended:
                return
            if text := self._apps.instead_of_hello():
                self.offer(server_frame(text.encode()))
                self.link.close()
                return
            self.tell(self._hello())
            self.is_open = True  # not before: whoever sees it may send something at once
            self._apps.deliveries.add(self)
        self._timers.after(max(self._life - options.notice, 0.0), self._grow_old)
        self._timers.every(options.ping_every, self._ping)
        team.changes.notify()

    def _hello(self) -> Json:
        """Source: docs.slack.dev/apis/events-api/using-socket-mode, "Connecting"."""
        debug: Json = {
            "host": self.host,
            "build_number": 54,
            "approximate_connection_time": int(self._life),
        }
        if self._apps.options.tells_start:
            debug["started"] = "2020-10-11 12:12:12.120"
        return {
            "type": "hello",
            "num_connections": self._apps.count(),
            "debug_info": debug,
            "connection_info": {"app_id": self._apps.team.bot.app_id},
        }

    def _grow_old(self) -> None:
        options = self._apps.options
        self.disconnect("warning" if options.warns else "refresh_requested", options.notice)

    def _ping(self) -> None:
        self.offer(server_frame(f"Ping from {self.host}".encode(), PING))

    def _heard(self, text: bytes) -> None:
        options = self._apps.options
        if len(text) > options.max_ack:
            if options.long_ack == "close":
                reason = f"Max frame length of {options.max_ack} has been exceeded."
                self.link.close(_TOO_LONG, reason)
            return
        said = read_object(text)
        if said is not None:
            response: Any = said.get("payload")
            self._apps.deliveries.acknowledge(
                str(said.get("envelope_id")),
                cast("Json", response) if isinstance(response, dict) else None,
                self.number,
            )

    def _end(self) -> None:
        with self._apps.team.lock:
            self.has_ended = True
            self.is_open = False
            self.ended_at = self._apps.team.clock()
            self._timers.end()
            self._apps.leave(self)
        self._apps.team.changes.notify()
