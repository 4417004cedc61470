"""Everything a workspace consists of, for the rooms of the simulator to share."""

from __future__ import annotations

from dataclasses import dataclass, field

from rxslack.simulator.clock import Clock
from rxslack.simulator.faults import Faults
from rxslack.simulator.journal import Journal
from rxslack.simulator.limits import Buckets
from rxslack.simulator.options import Limits, RtmOptions
from rxslack.simulator.response_urls import ResponseUrls
from rxslack.simulator.socket_mode import SocketMode
from rxslack.simulator.sockets import Sockets
from rxslack.simulator.team import Team
from rxslack.simulator.tickets import Tickets
from rxslack.simulator.timers import Timers
from rxslack.simulator.tokens import TokenBook
from rxslack.simulator.views import Views
from rxslack.simulator.wire import Json

__all__ = ["State"]


@dataclass(frozen=True)
class State:
    """
    The parts of a workspace. Each guards itself, or is guarded by the team's lock.

    Args:
        team: people, channels, messages.
        clock: the time.
        limits: how often may be called.
        rtm: the websocket's habits.
        faults: what goes wrong now.
        journal: what went over the wire.
        buckets: the counters behind the limits.
        tickets: websocket URLs that are out.
        timers: what is due at a time.
        socket_mode: the app's side door.
        views: the dialogs that are open.
        response_urls: addresses for answers that are out.
        tokens: who may do what.
        sockets: open and past websockets.
        last_sent: the last message that each user sent over a websocket.
        address: of websockets, under "ws", of HTTP, under "http"; known when the server runs.
    """

    team: Team
    clock: Clock
    limits: Limits
    rtm: RtmOptions
    faults: Faults
    journal: Journal
    buckets: Buckets
    tickets: Tickets
    timers: Timers
    socket_mode: SocketMode
    views: Views
    response_urls: ResponseUrls
    tokens: TokenBook = field(default_factory=TokenBook)
    sockets: Sockets = field(default_factory=Sockets)
    last_sent: dict[str, Json] = field(default_factory=dict[str, Json])
    address: dict[str, str] = field(default_factory=dict[str, str])

    def socket_url(self, path: str) -> str:
        """The full address of a websocket."""
        return f"{self.address['ws']}{path}"
