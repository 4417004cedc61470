"""What was said, and what the Web API tells of it."""

from __future__ import annotations

import math
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import Any

__all__ = ["Past", "Said"]


@dataclass(eq=False)
class Said:
    """
    A message.

    at: seconds of this machine's monotonic clock.
    shown: when history has it, by the same clock.
    swapped: whether the websocket was told of it behind what was said later.
    spread: whether there were several connections to choose from, or several deliveries: Slack
        keeps no order between them.
    open: the numbers of the connections that stood, as far as Slack knew.
    """

    channel: str
    ts: str
    text: str
    thread_ts: str | None
    at: float
    shown: float
    swapped: bool = False
    spread: bool = False
    open: tuple[int, ...] = ()

    @property
    def key(self) -> tuple[str, str]:
        return self.channel, self.ts

    def as_message(self) -> dict[str, Any]:
        """As history has it."""
        message = {
            "type": "message",
            "user": "U1",
            "text": self.text,
            "ts": self.ts,
            "team": "T1",
        }
        return message | ({"thread_ts": self.thread_ts} if self.thread_ts else {})

    def as_event(self) -> dict[str, Any]:
        """As the websocket has it."""
        return {**self.as_message(), "channel": self.channel, "event_ts": self.ts}


@dataclass
class Past:
    """
    The workspace's memory.

    Attributes:
        channels: what was said in each, oldest first.
        page: the most messages, or channels, of one answer.
        denied: channels that may not be read, and Slack's word for it.
        denied_until: when it could be read again, by the monotonic clock.
        hasty_counts: whether `latest_reply` knows of answers that the list does not have yet.
        asked: when somebody last asked, by the monotonic clock.
    """

    channels: dict[str, list[Said]] = field(default_factory=dict[str, list[Said]])
    page: int = 999
    denied: dict[str, str] = field(default_factory=dict[str, str])
    denied_until: dict[str, float] = field(default_factory=dict[str, float])
    hasty_counts: bool = False
    asked: float = -math.inf

    def add(self, said: Said) -> None:
        self.channels.setdefault(said.channel, []).append(said)

    def deny(self, channel: str, error: str) -> None:
        """Let a channel's past not be read."""
        self.denied[channel] = error
        self.denied_until[channel] = math.inf

    def allow(self) -> None:
        """Let everything be read again."""
        for channel in self.denied:
            self.denied_until[channel] = time.monotonic()
        self.denied.clear()

    def find(self, channel: str, ts: str | None) -> Said | None:
        """A message; None: there is none."""
        return next((one for one in self.channels.get(channel, []) if one.ts == ts), None)

    def shown(self, channel: str, thread_ts: str | None) -> float:
        """When history has the beginning of a thread: nobody finds an answer before that."""
        root = self.find(channel, thread_ts)
        return 0.0 if root is None else root.shown

    def answers(self) -> dict[str, Callable[[dict[str, str]], dict[str, Any]]]:
        """The methods that tell of it."""
        return {
            "conversations.history": self.history,
            "conversations.replies": self.replies,
            "conversations.list": self.memberships,
            "users.conversations": self.memberships,
        }

    def history(self, arguments: dict[str, str]) -> dict[str, Any]:
        """Newest first; of threads the beginnings."""
        channel = arguments["channel"]
        if (error := self._refusal(channel)) is not None:
            return {"ok": False, "error": error}
        shown = self._shown(channel)
        known = self.channels[channel] if self.hasty_counts else shown
        answers: dict[str, list[str]] = {}
        for one in known:
            if one.thread_ts is not None:
                answers.setdefault(one.thread_ts, []).append(one.ts)
        oldest = float(arguments.get("oldest") or 0)
        latest = float(arguments.get("latest") or "inf")
        found = [
            one.as_message() | _counts(one.ts, answers.get(one.ts, ()))
            for one in shown
            if one.thread_ts is None and oldest < float(one.ts) < latest
        ]
        found.sort(key=lambda message: str(message["ts"]), reverse=True)
        return self._paged("messages", found, arguments)

    def replies(self, arguments: dict[str, str]) -> dict[str, Any]:
        """The beginning of a thread, and the answers, oldest first."""
        channel, root = arguments["channel"], arguments["ts"]
        if (error := self._refusal(channel)) is not None:
            return {"ok": False, "error": error}
        oldest = float(arguments.get("oldest") or 0)
        shown = self._shown(channel)
        if not any(one.ts == root for one in shown):
            return {"ok": False, "error": "thread_not_found"}
        found = [
            one.as_message()
            for one in shown
            if one.ts == root or (one.thread_ts == root and float(one.ts) > oldest)
        ]
        found.sort(key=lambda message: str(message["ts"]))
        return self._paged("messages", found, arguments)

    def memberships(self, arguments: dict[str, str]) -> dict[str, Any]:
        """Every channel; the token's user is a member of all of them."""
        found = [{"id": channel, "name": channel.lower()} for channel in self.channels]
        return self._paged("channels", found, arguments)

    def _refusal(self, channel: str) -> str | None:
        if channel not in self.channels:
            return "channel_not_found"
        return self.denied.get(channel)

    def _shown(self, channel: str) -> list[Said]:
        now = time.monotonic()
        return [one for one in self.channels[channel] if one.shown <= now]

    def _paged(self, key: str, found: list[Any], arguments: dict[str, str]) -> dict[str, Any]:
        self.asked = time.monotonic()
        size = min(int(float(arguments.get("limit") or 100)), self.page)
        begin = int(arguments.get("cursor") or 0)
        more = begin + size < len(found)
        return {
            "ok": True,
            key: found[begin : begin + size],
            "has_more": more,
            "response_metadata": {"next_cursor": str(begin + size) if more else ""},
        }


def _counts(ts: str, answers: Iterable[str]) -> dict[str, Any]:
    found = list(answers)
    if not found:
        return {}
    return {"thread_ts": ts, "reply_count": len(found), "latest_reply": max(found)}
