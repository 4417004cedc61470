"""Messages that wait for their time."""

from __future__ import annotations

from dataclasses import dataclass
from threading import Lock

from rxslack.simulator.team.channel import Channel
from rxslack.simulator.team.text import Json

__all__ = ["Later", "Scheduled"]


@dataclass(frozen=True)
class Later:
    """
    A message that waits.

    Args:
        id: "Q…".
        channel: where it goes.
        post_at: when, in unix seconds.
        draft: the message without its `type`, `ts` and thread fields.
        thread_ts: the message it answers to.
        made: when it was scheduled, in unix seconds.
    """

    id: str
    channel: Channel
    post_at: int
    draft: Json
    thread_ts: str | None
    made: int


class Scheduled:
    """All that waits; thread-safe."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._waiting: list[Later] = []

    def add(self, later: Later) -> None:
        """Keep a message for later."""
        with self._lock:
            self._waiting.append(later)

    def waiting(self, channel: str = "") -> list[Later]:
        """What waits, in a channel or in all."""
        with self._lock:
            return [one for one in self._waiting if channel in ("", one.channel.id)]

    def take_due(self, now: float) -> list[Later]:
        """Remove what is due, and return it, the earliest first."""
        with self._lock:
            due = [one for one in self._waiting if one.post_at <= now]
            self._waiting = [one for one in self._waiting if one.post_at > now]
        return sorted(due, key=lambda one: one.post_at)

    def cancel(self, id: str) -> bool:  # noqa: A002 - Slack's word
        """Remove one; whether it was there."""
        with self._lock:
            before = len(self._waiting)
            self._waiting = [one for one in self._waiting if one.id != id]
            return len(self._waiting) < before
