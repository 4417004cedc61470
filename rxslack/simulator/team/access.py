"""Who may do what, how often, and how the workspace says no."""

from __future__ import annotations

import math
from collections.abc import Callable, Hashable
from dataclasses import dataclass, field
from threading import Lock
from typing import Any

from rxslack.simulator.options import Rate

__all__ = [
    "AGENT_SCOPES",
    "BOT_SCOPES",
    "MODERN_BOT_SCOPES",
    "USER_SCOPES",
    "Bucket",
    "Buckets",
    "Refused",
    "Token",
    "TooMany",
]


class Refused(Exception):
    """
    An answer with `ok: false`.

    Args:
        error: Slack's code, such as "channel_not_found".
        fields: what else the answer holds, such as `needed`.
    """

    def __init__(self, error: str, **fields: Any) -> None:
        super().__init__(error)
        self.error = error
        self.fields = fields


class TooMany(Refused):
    """
    HTTP 429.

    Args:
        retry_after: whole seconds.
    """

    def __init__(self, retry_after: int) -> None:
        super().__init__("ratelimited")
        self.retry_after = retry_after


BOT_SCOPES = ("identify", "bot", "channels:history", "groups:history")
"""A classic bot's, with the history of channels added. Without the last two it has none."""

AGENT_SCOPES = (
    "assistant:write",
    "app_mentions:read",
    "chat:write",
    "chat:write.customize",
    "channels:history",
    "groups:history",
    "im:history",
    "mpim:history",
    "channels:read",
    "im:write",
    "reactions:write",
    "users:read",
)
"""
A bot's of today, declared an agent, which adds `assistant:write`; messages stream with such a token.

Source: docs.slack.dev/ai/agent-sessions.
"""

MODERN_BOT_SCOPES = (
    *AGENT_SCOPES[1:],
    "bookmarks:read",
    "bookmarks:write",
    "canvases:read",
    "canvases:write",
    "channels:join",
    "channels:manage",
    "conversations.connect:manage",
    "conversations.connect:read",
    "conversations.connect:write",
    "chat:write.public",
    "commands",
    "dnd:read",
    "emoji:read",
    "files:read",
    "files:write",
    "groups:read",
    "groups:write",
    "im:read",
    "links:read",
    "links:write",
    "lists:read",
    "lists:write",
    "mpim:read",
    "mpim:write",
    "pins:read",
    "pins:write",
    "reactions:read",
    "team:read",
    "usergroups:read",
    "usergroups:write",
    "users.profile:read",
    "users:read.email",
    "users:write",
)
"""
A bot's of today that may do nearly all a bot may; it is no agent, and has no RTM.

Source: docs.slack.dev/reference/scopes.
"""

USER_SCOPES = ("identify", "client")

_READING = (
    "channels:read",
    "groups:read",
    "im:read",
    "mpim:read",
    "users:read",
    "team:read",
    "files:read",
    "pins:read",
    "reactions:read",
    "emoji:read",
    "usergroups:read",
    "users:read.email",
    "users.profile:read",
    "dnd:read",
)
_WRITING = (
    "chat:write",
    "reactions:write",
    "channels:join",
    "channels:write",
    "im:write",
    "files:write",
    "pins:write",
    "usergroups:write",
    "links:write",
)
_OWN = (
    "users.profile:write",
    "search:read",
    "dnd:write",
    "reminders:read",
    "reminders:write",
    "bookmarks:read",
    "bookmarks:write",
    "canvases:read",
    "canvases:write",
    "lists:read",
    "lists:write",
    "identity.basic",
)
_HISTORY = ("channels:history", "groups:history", "im:history", "mpim:history")
_IMPLIED = {
    # docs.slack.dev/legacy/legacy-rtm-api; a classic bot reads the history of direct messages
    # only: docs.slack.dev/reference/methods/conversations.history.
    "bot": ("rtm:stream", *_READING, *_WRITING, "im:history", "mpim:history"),
    "client": ("rtm:stream", *_READING, *_WRITING, *_HISTORY, *_OWN),
}


@dataclass(frozen=True)
class Token:
    """
    A token and what it stands for.

    Args:
        text: the secret.
        kind: "xoxb", "xoxp" or "xapp".
        user_id: whom it acts for; "" for an app's.
        scopes: as granted.
        execution: the step of a workflow that the token is for; "" for most.
    """

    text: str = field(repr=False)
    kind: str
    user_id: str
    scopes: tuple[str, ...]
    execution: str = ""

    @property
    def is_bot(self) -> bool:
        """Whether it acts as the bot."""
        return self.kind == "xoxb"

    @property
    def is_classic(self) -> bool:
        """Whether it is the token of a classic app's bot, whose one scope is "bot"."""
        return self.is_bot and "bot" in self.scopes

    @property
    def is_client(self) -> bool:
        """Whether it is a person's, as Slack's own clients have it: what it says was typed."""
        return self.kind == "xoxp" and "client" in self.scopes

    @property
    def is_agent(self) -> bool:
        """Whether the app is declared an agent, which gives it a scope."""
        return "assistant:write" in self.scopes

    def may(self, accepted: tuple[str, ...]) -> bool:
        """Whether one of the accepted scopes is granted, or implied by a granted one."""
        held = {*self.scopes, *(s for scope in self.scopes for s in _IMPLIED.get(scope, ()))}
        return not accepted or not held.isdisjoint(accepted)


class Bucket:
    """
    One token bucket; not thread-safe.

    Args:
        rate: how fast it fills, and how much it holds.
        clock: the time in seconds.
    """

    def __init__(self, rate: Rate, clock: Callable[[], float]) -> None:
        self._rate = rate
        self._clock = clock
        self._tokens = float(rate.burst)
        self._filled = clock()

    def take(self) -> float:
        """Take one token and return 0.0, or the seconds until there will be one."""
        now = self._clock()
        gained = max(0.0, now - self._filled) * self._rate.per_second
        self._tokens = min(float(self._rate.burst), self._tokens + gained)
        self._filled = now
        # A hair of tolerance: after exactly the told pause a call has to succeed.
        if self._tokens > 1.0 - 1e-6:
            self._tokens -= 1.0
            return 0.0
        return (1.0 - self._tokens) / self._rate.per_second if self._rate.per_second else math.inf


class Buckets:
    """
    Buckets by key, made as they are asked for; thread-safe.

    Args:
        clock: the time in seconds.
    """

    def __init__(self, clock: Callable[[], float]) -> None:
        self._clock = clock
        self._buckets: dict[Hashable, Bucket] = {}
        self._lock = Lock()

    def count(self, key: Hashable, rate: Rate | None) -> None:
        """
        Count one call.

        Raises: TooMany with the whole seconds to wait, at least 1.
        """
        if rate is None:
            return
        with self._lock:
            bucket = self._buckets.get(key)
            if bucket is None:
                bucket = self._buckets[key] = Bucket(rate, self._clock)
            wait = bucket.take()
        if wait:
            raise TooMany(max(1, math.ceil(min(wait, 3600.0) - 1e-6)))
