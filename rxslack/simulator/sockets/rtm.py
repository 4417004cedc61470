"""The URLs of websockets: good once, and not for long."""

from __future__ import annotations

from dataclasses import dataclass, field

from rxslack.simulator.team.access import Token
from rxslack.simulator.team.team import Team

__all__ = ["Ticket", "Tickets"]


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
        """Whose eyes the socket will see with."""
        return self.token.user_id

    def offer(self, frame: bytes) -> None:
        """Keep a frame for the socket."""
        self.waiting.append(frame)


class Tickets:
    """The tickets that are out. Guarded by the team's lock."""

    def __init__(self, team: Team, *, life: float) -> None:
        self._team = team
        self._life = life
        self._out: dict[str, Ticket] = {}

    def issue(self, token: Token, *, batch_presence: bool = False) -> str:
        """A new ticket, on which events wait from now on."""
        with self._team.lock:
            ticket = Ticket(token, self._team.clock() + self._life, batch_presence)
            self._team.feed.add(ticket)
            return self._keep(ticket)

    def issue_spare(self, token: Token, *, batch_presence: bool = False) -> str:
        """A ticket for `reconnect_url`, good until the next one comes; no event waits on it."""
        with self._team.lock:
            life = self._life + 180.0
            return self._keep(Ticket(token, self._team.clock() + life, batch_presence))

    def _keep(self, ticket: Ticket) -> str:
        self._forget_expired()
        name = self._team.identity.letters(40)
        self._out[name] = ticket
        return name

    def redeem(self, name: str) -> Ticket | None:
        """The ticket of that name, once; None when there is none, or no longer."""
        with self._team.lock:
            self._forget_expired()
            return self._out.pop(name, None)

    def _forget_expired(self) -> None:
        now = self._team.clock()
        for name, ticket in [*self._out.items()]:
            if ticket.expires < now:
                del self._out[name]
                self._team.feed.remove(ticket)
