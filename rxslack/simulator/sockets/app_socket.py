"""One Socket Mode websocket: what Slack says over it, and how it takes acknowledgements."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, Final, cast

from rxslack.simulator.faults import Hold
from rxslack.simulator.sockets.frames import PING, TEXT, encode
from rxslack.simulator.sockets.server_socket import ServerSocket
from rxslack.simulator.team.access import Token
from rxslack.simulator.team.text import Json, read_json

if TYPE_CHECKING:
    from rxslack.simulator.sockets.socket_mode import SocketMode
    from rxslack.simulator.state import State

__all__ = ["AppSocket"]

_TOO_LONG: Final = 1009


class AppSocket:
    """
    A websocket of the app's that was opened with a ticket.

    Args:
        state: the workspace's.
        apps: Socket Mode as a whole.
        link: the websocket itself.
        life: seconds until it is to be replaced.

    Attributes:
        is_open: whether it has said hello and not ended.
        watched: nobody: presence is not told here.
        token: None: no user's eyes are behind it.
    """

    watched: frozenset[str] = frozenset()
    token: Token | None = None
    batch_presence = False
    user_id = ""

    def __init__(self, state: State, apps: SocketMode, link: ServerSocket, *, life: float) -> None:
        self.link = link
        self.is_open = False
        self._state = state
        self._apps = apps
        self._life = life
        self._ended = False

    @property
    def host(self) -> str:
        """The machine it is said to be on."""
        return f"applink-{self.link.number}"

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
            self._state.timers.after(notice, self.link.close)
        else:
            self.link.close()

    def _tell_disconnect(self, reason: str) -> None:
        self.tell({"type": "disconnect", "reason": reason, "debug_info": {"host": self.host}})

    def say_goodbye(self, *, times: int = 1, grace: float | None = None) -> None:
        """Ask for a refresh, and part so many seconds later on the clock; None: never."""
        for _ in range(times):
            self._tell_disconnect("refresh_requested")
        if grace is not None:
            self._state.timers.after(grace, self.part)

    def part(self) -> None:
        """End it."""
        self.link.close()

    def half_open(self) -> Hold:
        """Neither read nor write, until the release."""
        return self._state.faults.half_open(self.link.number)

    def serve(self) -> None:
        """Greet, or refuse, and read until the end, on this thread."""
        if self._apps.admit(self):
            self._state.faults.after(self._greet, "hello")
        else:
            self.disconnect("too_many_websockets", 0.0)
        try:
            self.link.serve(self._heard)
        finally:
            self._end()

    def _greet(self) -> None:
        with self._state.team.lock:
            if self._ended:
                return
            if words := self._apps.instead_of_hello():
                self.offer(encode(words.encode(), TEXT))
                self.link.close()
                return
            self.is_open = True
            self._apps.deliveries.sockets.append(self)
            self.tell(self._hello())
        notice = self._apps.options.notice
        self._state.timers.after(max(self._life - notice, 0.0), self._grow_old)
        self._ping_later()
        self._state.team.changes.notify()

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
            "connection_info": {"app_id": self._state.team.bot.app_id},
        }

    def _grow_old(self) -> None:
        options = self._apps.options
        if self.is_open:
            self.disconnect("warning" if options.warns else "refresh_requested", options.notice)

    def _ping_later(self) -> None:
        if (every := self._apps.options.ping_every) is not None:
            self._state.timers.after(every, self._ping)

    def _ping(self) -> None:
        if self.is_open:
            self.offer(encode(f"Ping from {self.host}".encode(), PING))
            self._ping_later()

    def _heard(self, text: bytes) -> None:
        options = self._apps.options
        if len(text) > options.max_ack:
            if options.long_ack == "close":
                reason = f"Max frame length of {options.max_ack} has been exceeded."
                self.link.close(_TOO_LONG, reason)
            return
        try:
            ack = read_json(text)
        except ValueError:
            return
        if isinstance(ack, dict):
            said = cast("Json", ack)
            response: Any = said.get("payload")
            self._apps.deliveries.acknowledge(
                str(said.get("envelope_id")),
                cast("Json", response) if isinstance(response, dict) else None,
                self.link.number,
            )

    def _end(self) -> None:
        with self._state.team.lock:
            self._ended = True
            self.is_open = False
            self._apps.leave(self)
        self._state.team.changes.notify()
