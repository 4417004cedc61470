"""Answers on a connection, and what becomes of one that is to be a websocket."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any, Final, Literal, TypeAlias, cast

from rxslack.simulator.faults import Answer
from rxslack.simulator.options import RtmOptions
from rxslack.simulator.sockets.rtm import Ticket
from rxslack.simulator.sockets.rtm_socket import RtmSocket
from rxslack.simulator.sockets.server_socket import ServerSocket, accept_header
from rxslack.simulator.sockets.socket_mode import AppSocket
from rxslack.simulator.sockets.writer import reset_when_closed
from rxslack.simulator.state import State
from rxslack.web.serving import BoundedHandler

__all__ = ["UpgradingHandler"]

MAX_READ: Final = 1024 * 1024  # bytes of an acknowledgement

_Admission: TypeAlias = "Answer | Callable[[], None]"
"""What becomes of an upgrade request: a refusal, or what is done after the upgrade."""


class UpgradingHandler(BoundedHandler):
    """
    One connection, which may become a websocket.

    Args:
        sock: of the connection.
        address: of the client.
        state: the workspace's.
    """

    def __init__(self, sock: Any, address: Any, state: State) -> None:
        self._state = state
        super().__init__(sock, address, cast("Any", None))

    def _say(self, answer: Answer) -> None:
        if answer.ending is not None:
            self._end(answer.ending)
            return
        self.send_response(answer.status)
        for name, value in {"Content-Length": str(len(answer.body)), **answer.headers}.items():
            self.send_header(name, value)
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(answer.body)
        # A scripted length may promise more than there is: only the end says so.
        self.close_connection |= "Content-Length" in answer.headers

    def _end(self, how: Literal["FIN", "RST"]) -> None:
        self.close_connection = True
        if how == "RST":
            reset_when_closed(self.connection)

    def _websocket(self, admit: Callable[[], _Admission]) -> None:
        self.close_connection = True
        key = self.headers.get("Sec-WebSocket-Key")
        if key is None or self.headers.get("Upgrade", "").lower() != "websocket":
            self._say(Answer(b"<html>Upgrade needed</html>", 426, {"Content-Type": "text/html"}))
            return
        self._state.faults.pause("handshake")
        admission = self._state.faults.upgrade() or admit()
        if isinstance(admission, Answer):
            self._say(admission)
            return
        self.send_response_only(101, "Switching Protocols")
        self.send_header("Upgrade", "websocket")
        self.send_header("Connection", "Upgrade")
        self.send_header("Sec-WebSocket-Accept", accept_header(key))
        self.end_headers()
        self.wait_forever()
        admission()

    def _admit_rtm(self, name: str) -> _Admission:
        """For RTM: a ticket that is no good is refused in one of the ways that were seen."""
        how = self._state.faults.spent_url()
        ticket = self._state.rtm.redeem_ticket(name)
        if ticket is not None and how is None and self._has_room(ticket):
            return lambda: self._talk_rtm(ticket)
        how = how or self._state.rtm.options.spent_url
        if how == "error frame":
            return lambda: self._talk_rtm(None)
        status = 404 if how == "HTTP 404" else 200
        return Answer(b"<html>Expired</html>", status, {"Content-Type": "text/html"})

    def _has_room(self, ticket: Ticket) -> bool:
        most = self._state.rtm.options.max_sockets
        mine = [s for s in self._state.sockets.open() if s.token is ticket.token]
        return most is None or len(mine) < most

    def _admit_app(self, query: str) -> _Admission:
        """For Socket Mode; what Slack says to a ticket that is spent is not known."""
        life = self._state.socket_mode.redeem_ticket(query)
        if life is None:
            page = b"<html>The ticket is not valid</html>"
            return Answer(page, 401, {"Content-Type": "text/html"})
        return lambda: self._talk_socket_mode(life)

    def _talk_rtm(self, ticket: Ticket | None) -> None:
        state = self._state
        rtm = RtmSocket(state.rtm, self._open(state.rtm.options), ticket)
        state.sockets.add(rtm)
        rtm.serve()

    def _talk_socket_mode(self, life: float) -> None:
        state, apps = self._state, self._state.socket_mode
        # What is too long for Slack has to be read here, to be ignored.
        options = replace(state.rtm.options, max_frame=max(MAX_READ, apps.options.max_ack))
        link = self._open(options, answers_pings=apps.options.answers_pings)
        socket = AppSocket(apps, link, life=life)
        state.sockets.add(socket)
        socket.serve()

    def _open(self, options: RtmOptions, *, answers_pings: bool = True) -> ServerSocket:
        return ServerSocket(
            self.connection,
            cast("Callable[[int], bytes]", self.rfile.read),
            options=options,
            faults=self._state.faults,
            transcript=self._state.transcript,
            number=self._state.sockets.reserve(),
            answers_pings=answers_pings,
        )
