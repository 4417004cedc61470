"""RTM as a whole: the URLs of its websockets, good once and not for long, and what these share."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Final

from rxslack.simulator.faults import Faults
from rxslack.simulator.options import Limits, RtmOptions
from rxslack.simulator.team.access import Token
from rxslack.simulator.team.clock import Timers
from rxslack.simulator.team.team import Team
from rxslack.simulator.team.text import Json

__all__ = ["Rtm", "Ticket"]

_UNTIL_NEXT: Final = 180.0  # seconds between two `reconnect_url`


@dataclass(eq=False)
class Ticket:
    """
    A websocket's URL that was given out.

    What happens between the answer of rtm.connect and the opening of the socket waits here.
    Source: docs.slack.dev/legacy/legacy-rtm-api, "Connecting to the WebSocket".

    Args:
        token: who asked for it.
        expires: on the workspace's clock.
        batch_presence: whether presence comes in lists.
        waiting: frames to be sent after hello.
    """

    token: Token
    expires: float
    batch_presence: bool = False
    waiting: list[bytes] = field(default_factory=list[bytes], repr=False)

    @property
    def user_id(self) -> str:
        """The id of the user who asked for it; the socket is sent what this user may see."""
        return self.token.user_id

    def offer(self, frame: bytes) -> None:
        """Keep a frame for the socket."""
        self.waiting.append(frame)


class Rtm:
    """
    RTM as a whole: the tickets that are out, and what its websockets share.

    The tickets are guarded by the team's lock.

    Args:
        team: people, channels and messages.
        timers: of the workspace's clock.
        faults: what goes wrong now.
        options: of the websockets.
        limits: of how often a client may say something.

    Attributes:
        last_sent: the last message that each user sent over a websocket, by the user's id.
    """

    def __init__(
        self, team: Team, timers: Timers, faults: Faults, options: RtmOptions, limits: Limits
    ) -> None:
        self.team = team
        self.timers = timers
        self.faults = faults
        self.options = options
        self.limits = limits
        self.last_sent: dict[str, Json] = {}
        self._out: dict[str, Ticket] = {}

    def issue_ticket(self, token: Token, *, batch_presence: bool = False) -> str:
        """The URL of a new ticket, on which events wait from now on."""
        with self.team.lock:
            expires = self.team.clock() + self.options.ticket_life
            ticket = Ticket(token, expires, batch_presence)
            self.team.feed.add(ticket)
            return self._keep(ticket)

    def issue_spare_ticket(self, token: Token, *, batch_presence: bool = False) -> str:
        """The URL for `reconnect_url`, good until the next one comes; no event waits on it."""
        with self.team.lock:
            expires = self.team.clock() + self.options.ticket_life + _UNTIL_NEXT
            return self._keep(Ticket(token, expires, batch_presence))

    def redeem_ticket(self, name: str) -> Ticket | None:
        """The ticket of that name, once; None when there is none, or no longer."""
        with self.team.lock:
            self._forget_expired()
            return self._out.pop(name, None)

    def _keep(self, ticket: Ticket) -> str:
        self._forget_expired()
        name = self.team.identity.letters(40)
        self._out[name] = ticket
        return self.team.socket_url(f"/websocket/{name}")

    def _forget_expired(self) -> None:
        now = self.team.clock()
        for name, ticket in [*self._out.items()]:
            if ticket.expires < now:
                del self._out[name]
                self.team.feed.remove(ticket)
