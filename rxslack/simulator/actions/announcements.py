"""What Slack says to every websocket by itself, and what a test lets it say."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from rxslack.simulator.actions.administration import Administration
from rxslack.simulator.odd_events import odd_event
from rxslack.simulator.rare_events import rare_event
from rxslack.simulator.team.text import Json
from rxslack.wire.frames import server_frame

__all__ = ["Announcements"]


class Announcements(Administration):
    """What Slack says."""

    def goodbye(self, *, times: int = 1, grace: float | None = None) -> None:
        """
        Say goodbye on all websockets; what happens goes on being told until the end.

        Args:
            times: goodbyes; two have been seen.
            grace: seconds on the workspace's clock until the end. Default: never.
        """
        for socket in self._state.sockets.open():
            socket.say_goodbye(times=times, grace=grace)

    def migrate(self, *, times: int = 3) -> None:
        """
        Move the workspace to another server: every websocket is told, and ended at once.

        Args:
            times: answers of rtm.connect that then say `migration_in_progress`.

        Source: docs.slack.dev/reference/events/team_migration_started.
        """
        self._state.faults.migrating(times=times)
        for socket in self._state.sockets.open():
            socket.tell({"type": "team_migration_started"})
            socket.part()

    def emit(self, event: Mapping[str, Any]) -> None:
        """Say any event to all websockets, and to those that are being opened."""
        with self._team.lock:
            self._team.feed.publish(event)

    def emit_odd(self, name: str, channel: str = "general", user: str = "alice") -> Json:
        """
        Say an event that breaks clients which expect the usual.

        Args:
            name: one of `rxslack.simulator.ODD_EVENTS`, such as "null text".
            channel: name or id.
            user: name or id.

        Returns: the event.

        Raises: LookupError, naming those there are.
        """
        event = odd_event(name, self.channel_id(channel), self.user_id(user))
        self.emit(event)
        return event

    def emit_rare(self, name: str, channel: str = "general", user: str = "alice") -> Json:
        """
        Say an event that Slack documents and nothing here causes, such as "scope_granted".

        Args:
            name: one of `rxslack.simulator.RARE_EVENTS`.
            channel: name or id.
            user: name or id.

        Returns: the event.

        Raises: LookupError, naming those there are.
        """
        with self._team.lock:
            event = rare_event(self._team, name, self.channel_id(channel), self.user_id(user))
            self._team.feed.publish(event)
        return event

    def emit_text(self, text: str | bytes) -> None:
        """Send all websockets a text frame with this payload, whatever it is."""
        with self._team.lock:
            self._team.feed.raw(server_frame(text.encode() if isinstance(text, str) else text))

    def emit_bytes(self, raw: bytes) -> None:
        """Put these bytes on every websocket, whether they are a frame or not."""
        with self._team.lock:
            self._team.feed.raw(raw)
