"""Whether a message was posted: a search in the channel's history for the mark it carries."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from email.utils import parsedate_to_datetime
from typing import Any, Final

from rxslack.sinks.delivery.calls import Caller, PendingCall
from rxslack.sinks.delivery.marks import mark_of
from rxslack.web.protocol import Cursors

__all__ = ["LookUp"]

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
        cursor: str | None = None
        cursors = Cursors(self.method(call))
        while True:
            page = self._web.call(
                self.method(call),
                **arguments,
                limit=PAGE,
                include_all_metadata=True,
                cursor=cursor,
            )
            messages: list[dict[str, Any]] = page.get("messages") or []
            yield from messages
            cursor = cursors.after(page)
            if not cursor or self._is_before(messages, page, since, call):
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
