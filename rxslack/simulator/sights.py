"""What can be seen of a workspace: what was said, shown and called, and over which connection."""

from __future__ import annotations

from collections.abc import Callable
from copy import deepcopy
from typing import TypeVar

from rxslack.simulator.connection import Connection
from rxslack.simulator.journal import Call, Entry
from rxslack.simulator.roster import Roster
from rxslack.simulator.wire import Json

__all__ = ["Observations"]

T = TypeVar("T")


class Observations(Roster):
    """What can be seen."""

    def messages(self, channel: str) -> list[Json]:
        """What was said in a channel, oldest first, replies in threads among it."""
        with self._team.lock:
            return deepcopy(self._team.channel(channel).messages)

    def ephemerals(self, user: str) -> list[Json]:
        """What was said to somebody alone, oldest first."""
        with self._team.lock:
            wanted = self.user_id(user)
            return deepcopy([one for one in self._state.ephemerals if one["to"] == wanted])

    def status(self, channel: str, thread_ts: str) -> str:
        """What an app says under a thread that it is doing; "" when it says nothing."""
        return self._state.statuses.get((self.channel_id(channel), thread_ts), "")

    def modals(self, user: str) -> list[Json]:
        """The modals that somebody sees, the topmost last."""
        return deepcopy(self._state.views.modals.get(self.user_id(user), []))

    def home(self, user: str) -> Json | None:
        """The home tab that the app published for somebody."""
        return deepcopy(self._state.views.homes.get(self.user_id(user)))

    def file(self, id: str) -> bytes | None:  # noqa: A002 - Slack's word
        """The bytes of a file that was uploaded."""
        found = self._state.files.find(id)
        return None if found is None else found.content

    def calls(self, method: str | None = None) -> list[Call]:
        """The Web API calls that came in, oldest first; those of one method, or all."""
        return self._state.journal.calls(method)

    @property
    def transcript(self) -> list[Entry]:
        """Every call, answer and frame, in and out, with its time, oldest first."""
        return self._state.journal.entries()

    @property
    def connections(self) -> list[Connection]:
        """The websockets that are open."""
        return [Connection(socket) for socket in self._state.sockets.open()]

    @property
    def past_connections(self) -> list[Connection]:
        """Every websocket there ever was, those that are open included."""
        return [Connection(socket) for socket in self._state.sockets.all()]

    def wait_until(self, predicate: Callable[[], T], timeout: float = 10.0) -> T:
        """
        Wait until `predicate()` is true, and return what it returned.

        Args:
            predicate: called on this thread, after each change in the workspace.
            timeout: seconds.

        Raises: TimeoutError.
        """
        return self._team.changes.wait_until(predicate, timeout)
