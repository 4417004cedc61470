"""Events in words, for people to read."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from rxslack.simulator import Workspace

__all__ = ["Words"]


class Words:
    """
    Tells events of a simulated workspace in a line each, with names in place of ids.

    Args:
        slack: knows the names.
    """

    def __init__(self, slack: Workspace) -> None:
        self._names = {slack.user_id(name): name for name in ("alice", "bob", "carol")}
        self._channels = {slack.channel_id(name): f"#{name}" for name in ("general", "random")}
        self._bot = slack.bot_user_id

    def event(self, event: Mapping[str, Any]) -> str:
        """
        What came.

        A subtype is named; a message without text, as an edit or a deletion, has only its name.
        """
        kind = ":".join(filter(None, (event["type"], event.get("subtype"))))
        who = self._names.get(event.get("user", ""), event.get("username", ""))
        item: Mapping[str, Any] = event.get("item") or {}
        where = self._channels.get(event.get("channel") or item.get("channel", ""), "")
        thread = "in a thread" if event.get("thread_ts", event.get("ts")) != event.get("ts") else ""
        what = event.get("text") or event.get("reaction") or ""
        return f"{kind:<24}{' '.join(filter(None, (where, who, thread)))}{what and f': {self.text(what)}'}"

    def answer(self, reply: Mapping[str, Any]) -> str:
        """What was posted, from Slack's reply or from a failure."""
        if reply.get("type") == "rxslack.failure":
            return f"{'not posted':<24}{reply['error']}"
        message = reply["message"]
        where = self._channels.get(reply["channel"], reply["channel"])
        return f"{'chat.postMessage':<24}{where} in the thread: {self.text(message['text'])}"

    def text(self, text: str) -> str:
        """A text with people's names in place of mentions."""
        for user, name in self._names.items():
            text = text.replace(f"<@{user}>", f"@{name}")
        return text
