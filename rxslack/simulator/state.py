"""Everything a workspace consists of, for the rooms of the simulator to share."""

from __future__ import annotations

from dataclasses import dataclass, field

from rxslack.simulator.faults import Faults
from rxslack.simulator.options import Limits, RtmOptions
from rxslack.simulator.sockets.registry import Sockets
from rxslack.simulator.sockets.rtm import Tickets
from rxslack.simulator.sockets.socket_mode import SocketMode
from rxslack.simulator.team.access import Buckets, TokenBook
from rxslack.simulator.team.clock import Clock, Timers
from rxslack.simulator.team.files import FileCabinet
from rxslack.simulator.team.scheduled import Scheduled
from rxslack.simulator.team.team import Team
from rxslack.simulator.team.text import Json
from rxslack.simulator.team.transcript import Journal
from rxslack.simulator.team.views import Views

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
        timers: what is to come on the clock.
        socket_mode: the app's side door.
        tokens: who may do what.
        sockets: open and past websockets.
        files: what was uploaded.
        views: modals and home tabs.
        scheduled: messages that wait for their time.
        statuses: what an app is doing, by channel and thread.
        ephemerals: messages that only one person saw, with that person under "to".
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
    tokens: TokenBook = field(default_factory=TokenBook)
    sockets: Sockets = field(default_factory=Sockets)
    files: FileCabinet = field(default_factory=FileCabinet)
    views: Views = field(default_factory=Views)
    scheduled: Scheduled = field(default_factory=Scheduled)
    statuses: dict[tuple[str, str], str] = field(default_factory=dict[tuple[str, str], str])
    ephemerals: list[Json] = field(default_factory=list[Json])
    last_sent: dict[str, Json] = field(default_factory=dict[str, Json])
    address: dict[str, str] = field(default_factory=dict[str, str])

    def socket_url(self, path: str) -> str:
        """The full address of a websocket."""
        return f"{self.address['ws']}{path}"

    def new_trigger(self, user_id: str) -> str:
        """A `trigger_id` for what somebody did."""
        with self.team.lock:
            made = f"{self.team.identity.letters(12)}.{self.team.identity.letters(24)}"
        self.views.add_trigger(made, user_id, self.clock())
        return made

    def upload_url(self, ticket: str) -> str:
        """The address that a file's bytes go to."""
        return f"{self.address['ws'].replace('ws', 'http', 1)}/upload/v1/{ticket}"
