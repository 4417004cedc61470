"""The websockets of a workspace: those that are open, and those that were."""

from __future__ import annotations

from itertools import count
from threading import Lock
from typing import TYPE_CHECKING, TypeAlias

if TYPE_CHECKING:
    from rxslack.simulator.sockets.app_socket import AppSocket
    from rxslack.simulator.sockets.rtm_socket import RtmSocket

    Socket: TypeAlias = RtmSocket | AppSocket
from collections.abc import Iterable
from typing import TYPE_CHECKING, Literal

from rxslack.simulator.team.people import Person
from rxslack.simulator.team.text import Json

if TYPE_CHECKING:
    from rxslack.simulator.state import State

__all__ = ["Sockets", "presence_events", "set_presence"]


class Sockets:
    """All websockets, in the order of their opening; thread-safe."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._numbers = count(1)
        self._all: list[Socket] = []

    def reserve(self) -> int:
        """The number of the next one, from 1."""
        with self._lock:
            return next(self._numbers)

    def add(self, socket: Socket) -> None:
        """Know one from now on."""
        with self._lock:
            self._all.append(socket)

    def all(self) -> list[Socket]:
        """Every one there ever was."""
        with self._lock:
            return [*self._all]

    def open(self) -> list[Socket]:
        """Those that said hello and have not ended."""
        return [socket for socket in self.all() if socket.is_open]


def set_presence(state: State, person: Person, presence: Literal["active", "away"]) -> None:
    """Change it and tell `presence_change` to the sockets that subscribed to this person."""
    with state.team.lock:
        if person.presence == presence:
            return
        person.presence = presence
        for socket in state.sockets.open():
            if person.id in socket.watched:
                for event in presence_events([person], batch=socket.batch_presence):
                    socket.tell(event)
        state.team.changes.notify()


def presence_events(people: Iterable[Person], *, batch: bool) -> list[Json]:
    """
    `presence_change` for some people: one each, or one for all that are alike.

    Source: docs.slack.dev/reference/events/presence_change.
    """
    if not batch:
        return [
            {"type": "presence_change", "user": person.id, "presence": person.presence}
            for person in people
        ]
    groups: dict[str, list[str]] = {}
    for person in people:
        groups.setdefault(person.presence, []).append(person.id)
    return [
        {"type": "presence_change", "users": users, "presence": presence}
        for presence, users in groups.items()
    ]
