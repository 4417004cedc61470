"""A Slack in virtual time whose messages can be posted, edited, deleted, and read."""

from __future__ import annotations

from typing import Any

from rxslack.errors import ApiError
from rxslack.testing import Marbles

__all__ = ["Slack"]

Item = dict[str, Any]


class Slack:
    """A channel on the clock of marbles, with a history, that meets what it is told to."""

    def __init__(self, marbles: Marbles) -> None:
        self.marbles = marbles
        self.messages: dict[str, Item] = {}
        self.calls: list[tuple[float, str, Item]] = []
        self.troubles: list[tuple[str, Exception]] = []
        self.hidden: set[str] = set()  # what history does not have yet
        self.page = 100

    def call(self, method: str, /, **arguments: Any) -> Item:
        now = self.marbles.scheduler.frame
        self.calls.append((now, method, arguments))
        trouble: Exception | None = None
        if self.troubles and self.troubles[0][0] == method:
            trouble = self.troubles.pop(0)[1]
        done = trouble is None or getattr(trouble, "maybe_done", False)
        answer: Item = {}
        if done:
            answer = getattr(self, method.partition(".")[2])(**arguments)
        if trouble is not None:
            raise trouble
        return {"ok": True, **answer}

    def postMessage(self, **arguments: Any) -> Item:  # noqa: N802 - Slack's name
        ts = f"{self.marbles.scheduler.frame + len(self.messages) / 1000:.6f}"
        self.messages[ts] = {**arguments, "ts": ts}
        return {"channel": arguments["channel"], "ts": ts}

    def postEphemeral(self, **_: Any) -> Item:  # noqa: N802 - as above
        return {}

    def update(self, *, ts: str, **arguments: Any) -> Item:
        if ts not in self.messages:
            raise ApiError("chat.update", "message_not_found")
        self.messages[ts] |= arguments
        return {"channel": arguments["channel"], "ts": ts}

    def history(self, *, channel: str, cursor: str | None = None, **_: Any) -> Item:
        own = [m for m in self.messages.values() if m["channel"] == channel]
        shown = [m for m in own if m["ts"] not in self.hidden and "thread_ts" not in m][::-1]
        start = int(cursor or 0)
        more = start + self.page < len(shown)
        found = {"next_cursor": str(start + self.page) if more else ""}
        return {"messages": shown[start : start + self.page], "response_metadata": found}

    def replies(self, *, ts: str, **_: Any) -> Item:
        return {"messages": [m for m in self.messages.values() if m.get("thread_ts") == ts]}

    def methods(self) -> list[str]:
        return [method for _, method, _ in self.calls]

    def texts(self) -> list[str]:
        return [message["text"] for message in self.messages.values()]
