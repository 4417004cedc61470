"""Messages that only one person sees. No history keeps them; they are gone with the client."""

from __future__ import annotations

from collections import deque
from collections.abc import Mapping
from copy import deepcopy
from typing import Any

from rxslack.simulator.team.channel import Channel
from rxslack.simulator.team.team import Team
from rxslack.simulator.team.text import Json

__all__ = ["Ephemerals"]


class Ephemerals:
    """
    Those that are shown. Each act takes the team's lock.

    Args:
        team: where.
        keep: how many are remembered, the newest.
    """

    def __init__(self, team: Team, *, keep: int) -> None:
        self._team = team
        self._all = deque[Json](maxlen=keep)

    def seen_by(self, user: str) -> list[Json]:
        """What somebody sees, oldest first, each with its reader under "to"."""
        with self._team.lock:
            return deepcopy([one for one in self._all if one["to"] == user])

    def find(self, user: str, ts: str) -> Json | None:
        """The message of that `ts`, if that person sees it."""
        with self._team.lock:
            return next((o for o in self._all if (o["to"], o["ts"]) == (user, ts)), None)

    def post(
        self, channel: Channel, user: str, draft: Mapping[str, Any], *, thread_ts: str = ""
    ) -> Json:
        """
        Show a message to somebody, and tell it to the websockets of that person alone.

        Source: docs.slack.dev/reference/methods/chat.postEphemeral.
        """
        team = self._team
        with team.lock:
            ts = channel.stamps.next()
            message: Json = {
                "type": "message",
                **draft,
                "is_ephemeral": True,
                "channel": channel.id,
                "ts": ts,
                "event_ts": ts,
            }
            if thread_ts:
                message["thread_ts"] = thread_ts
            self._all.append({**message, "to": user})
            team.feed.publish(message, to=[user])
            return message

    def replace(self, message: Json, content: Mapping[str, Any]) -> None:
        """Show something else in its place."""
        with self._team.lock:
            kept = {name: v for name, v in message.items() if name not in ("blocks", "attachments")}
            self._all[self._all.index(message)] = kept | dict(content)
            self._team.changes.notify()

    def remove(self, message: Json) -> None:
        """Show it no more."""
        with self._team.lock:
            self._all.remove(message)
            self._team.changes.notify()
