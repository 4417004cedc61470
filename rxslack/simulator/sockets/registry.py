"""The websockets of a workspace: those that are open, and those that were."""

from __future__ import annotations

from itertools import count
from threading import Lock
from typing import Literal, TypeAlias

from rxslack.simulator.sockets.rtm_socket import RtmSocket
from rxslack.simulator.sockets.socket_mode import AppSocket
from rxslack.simulator.team.people import Person, presence_events
from rxslack.simulator.team.team import Team

__all__ = ["Socket", "Sockets", "set_presence"]

Socket: TypeAlias = RtmSocket | AppSocket


class Sockets:
    """
    All websockets, in the order of their opening; thread-safe.

    Args:
        keep: how many are remembered, the newest; one that has not ended is never forgotten.
    """

    def __init__(self, *, keep: int) -> None:
        self._keep = keep
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
            surplus = len(self._all) - self._keep
            if surplus > 0:
                old = {one.link.number for one in [*filter(_has_ended, self._all)][:surplus]}
                self._all = [one for one in self._all if one.link.number not in old]

    def all(self) -> list[Socket]:
        """Every one that is remembered."""
        with self._lock:
            return [*self._all]

    def open_numbers(self) -> list[int]:
        """The numbers of those that are open."""
        return [socket.link.number for socket in self.open()]

    def open(self) -> list[Socket]:
        """Those that said hello and have not ended."""
        return [socket for socket in self.all() if socket.is_open]


def _has_ended(socket: Socket) -> bool:
    return socket.has_ended


def set_presence(
    team: Team, sockets: Sockets, person: Person, presence: Literal["active", "away"]
) -> None:
    """Change it and tell `presence_change` to the sockets that subscribed to this person."""
    with team.lock:
        if person.presence == presence:
            return
        person.presence = presence
        for socket in sockets.open():
            if person.id in socket.watched:
                for event in presence_events([person], batch=socket.batch_presence):
                    socket.tell(event)
        team.changes.notify()
