"""Whether a message was posted: a search in the channel's history for the mark in its metadata."""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Iterator, Mapping
from email.utils import parsedate_to_datetime
from typing import Any, Final

from rxslack.events.items import as_mapping
from rxslack.lanes.tracking import mark_here
from rxslack.sinks.delivery.calls import PendingCall
from rxslack.web.client import Caller
from rxslack.web.protocol import each_page

__all__ = ["LookUp", "mark_of", "marked"]

EVENT_TYPE: Final = "rxslack_post"
KEY: Final = "rxslack_id"


def marked(arguments: Mapping[str, Any]) -> tuple[dict[str, Any], str]:
    """
    The arguments of a message with a new mark, and the mark; that of an answer to a logged event is the same each time.

    A message's own metadata stays and has one more key in its `event_payload`. Source:
    docs.slack.dev/messaging/message-metadata.

    >>> arguments, mark = marked({"channel": "C1", "text": "Hello"})
    >>> arguments["metadata"]["event_payload"] == {"rxslack_id": mark}
    True
    """
    mark = mark_here(str(arguments.get("channel"))) or os.urandom(16).hex()
    own = parsed(arguments.get("metadata"))
    payload = {**as_mapping(own.get("event_payload")), KEY: mark}
    metadata = {"event_type": EVENT_TYPE, **own, "event_payload": payload}
    return {**arguments, "metadata": metadata}, mark


def mark_of(message: Mapping[str, Any]) -> str:
    """
    The mark of a message as history has it; "" when it has none.

    >>> mark_of({"text": "Hello"})
    ''
    """
    payload = as_mapping(as_mapping(message.get("metadata")).get("event_payload"))
    return str(payload.get(KEY) or "")


def parsed(metadata: object) -> Mapping[Any, Any]:
    """Metadata as a mapping, also when it was given as JSON."""
    if not isinstance(metadata, str):
        return as_mapping(metadata)
    try:
        return as_mapping(json.loads(metadata))
    except ValueError:
        return {}


PAGE: Final = 200  # messages; Slack recommends no more
MARGIN: Final = 60.0  # seconds by which two of Slack's clocks may differ


class LookUp:
    """
    Finds a message of this client's by its mark.

    Args:
        web: Reads the history: the token needs `channels:history` or its like.
        wall: The time now, in unix seconds.

    Source: docs.slack.dev/reference/methods/conversations.history (`include_all_metadata`).
    """

    def __init__(self, web: Caller, wall: Callable[[], float]) -> None:
        self._web = web
        self._wall = wall

    @staticmethod
    def method(call: PendingCall) -> str:
        """The method that reads where the message would be."""
        return "conversations." + ("replies" if call.arguments.get("thread_ts") else "history")

    def find(self, call: PendingCall, since: float) -> dict[str, Any] | None:
        """
        What `chat.postMessage` would have answered, if the message is there.

        Args:
            call: What was perhaps posted, with its mark.
            since: When the first attempt began, by `wall`.

        Errors: what `web.call` raises.
        """
        for message in self._messages(call, since):
            if mark_of(message) == call.mark:
                channel = call.arguments["channel"]
                return {"ok": True, "channel": channel, "ts": message["ts"], "message": message}
        return None

    def _messages(self, call: PendingCall, since: float) -> Iterator[Mapping[str, Any]]:
        """Those that may be it. A channel comes newest first, a thread oldest first."""
        arguments = {"channel": call.arguments["channel"], "ts": call.arguments.get("thread_ts")}
        method = self.method(call)

        def ask(cursor: str | None) -> dict[str, Any]:
            return self._web.call(
                method, **arguments, limit=PAGE, include_all_metadata=True, cursor=cursor
            )

        for page in each_page(method, ask):
            messages: list[dict[str, Any]] = page.get("messages") or []
            yield from messages
            if self._is_before(messages, page, since, call):
                return

    def _is_before(
        self,
        messages: list[dict[str, Any]],
        page: Mapping[str, Any],
        since: float,
        call: PendingCall,
    ) -> bool:
        """Whether the pages that follow are from before the first attempt."""
        if not messages or call.arguments.get("thread_ts"):
            return False
        # How long ago by our clock, and from there back by Slack's: the two need not agree.
        began = self._slack_time(page) - (self._wall() - since) - MARGIN
        return float(messages[-1]["ts"]) < began

    def _slack_time(self, page: Mapping[str, Any]) -> float:
        headers: Mapping[str, str] = getattr(page, "headers", {})
        try:
            return parsedate_to_datetime(headers.get("Date", "")).timestamp()
        except ValueError:
            return self._wall()
