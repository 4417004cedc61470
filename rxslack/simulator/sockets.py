"""The websockets of a workspace: those that are open, and those that were."""

from __future__ import annotations

from itertools import count
from threading import Lock
from typing import TYPE_CHECKING, TypeAlias

if TYPE_CHECKING:
    from rxslack.simulator.app_socket import AppSocket
    from rxslack.simulator.rtm import RtmSocket

    Socket: TypeAlias = RtmSocket | AppSocket

__all__ = ["Sockets"]


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
