"""The work of the lanes of `keep_posted`: a message found, posted, edited, or made anew."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from rxslack.errors import ApiError
from rxslack.lanes.paces import Paces
from rxslack.sinks.delivery.calls import Job, PendingCall
from rxslack.sinks.delivery.delivery import Deliverer
from rxslack.sinks.delivery.rules import Rule, pause_before_retry
from rxslack.sinks.keeping.places import BUSY, Places, PostedAt, slot_of
from rxslack.web.client import Caller
from rxslack.web.protocol import next_cursor

__all__ = ["POST", "UPDATE", "KeepingDeliverer"]

POST: Final = "chat.postMessage"
UPDATE: Final = "chat.update"
PAGE: Final = 999  # messages; Slack counts calls

GONE: Final = frozenset({"message_not_found", "cant_update_message", "edit_window_closed"})
"""
What `chat.update` says of a message that is not there, or is not ours to change any more.

Source: docs.slack.dev/reference/methods/chat.update, "Errors".
"""

# What belongs to a message from the beginning, and cannot be changed.
FIXED: Final = frozenset(
    {
        "channel",
        "thread_ts",
        "reply_broadcast",
        "username",
        "icon_emoji",
        "icon_url",
        "mrkdwn",
        "unfurl_links",
        "unfurl_media",
    }
)


class KeepingDeliverer(Deliverer):
    """
    Makes the calls.

    A message whose place is not known is looked for in history, page by page, and all keys that
    are found there are known from then on. What is not there is posted; after an answer that leaves
    it open whether it was, history is read again, twice, before it is posted once more.

    Args:
        web: Posts and edits.
        reader: Reads history.
        lookback: Seconds back from now for which history is read.
        places: Knows where the messages are.
        options: As for `Deliverer`.
    """

    def __init__(
        self,
        *args: Any,
        web: Caller,
        reader: Caller,
        lookback: float,
        places: Places,
        **options: Any,
    ) -> None:
        super().__init__(*args, **options)
        self._places = places
        self._web = web
        self._reader = reader
        self._lookback = lookback
        self._write = self._post_or_update

    def paces(self, _: object, job: Job) -> Paces:
        """A post counts for its channel, together with those of other sinks."""
        if job.void:
            return Paces(self._at_once, self._at_once)
        return self._paces_of(self._method(job), job.call.arguments["channel"])

    def _method(self, job: Job) -> str:
        slot = slot_of(job.call)
        if self._places.is_sought(slot):
            return f"conversations.{'replies' if slot.thread else 'history'}"
        return UPDATE if self._places.find(slot) else POST

    def work(self, job: Job, _: int) -> float | None:
        """Take one step towards a message that says the latest."""
        if job.void:
            self._give_up(job)
            return None
        slot = slot_of(job.call)
        place = self._places.find(slot)
        if place is not None and place.said == job.call.arguments:
            job.receiver.skip()  # it is there already
            return None
        return self._read_page(job) if self._places.is_sought(slot) else self._send(job)

    def _read_page(self, job: Job) -> float | None:
        slot, method = slot_of(job.call), self._method(job)
        cursor, is_free = self._places.begin_page(slot)
        if not is_free:
            return BUSY
        arguments: dict[str, Any] = {"channel": slot.channel, "cursor": cursor}
        if slot.thread:
            arguments["ts"] = slot.thread
        else:
            arguments["oldest"] = f"{max(self._wall() - self._lookback, 0.0):.6f}"
        try:
            page = self._reader.call(method, limit=PAGE, include_all_metadata=True, **arguments)
        except Exception as error:  # noqa: BLE001 - whatever a call raises is its item's failure
            self._places.broke_off(slot)
            job.tries += 1
            pause = pause_before_retry(error, job.tries, repeatable=True)
            return self._again(job, error, pause, uncertain=job.doubt is not None)
        messages: list[Mapping[str, Any]] = page.get("messages") or []
        return self._places.end_page(slot, messages, next_cursor(page) or None)

    def _post_or_update(self, call: PendingCall) -> dict[str, Any]:
        slot = slot_of(call)
        place = self._places.find(slot)
        if place is None:
            reply = self._web.call(POST, **call.arguments)
            place = PostedAt(str(reply.get("channel") or slot.channel), str(reply["ts"]), None)
        else:
            # Until it is answered nobody knows which of the two the message says.
            self._places.posted(slot, place._replace(said=None))
            reply = self._web.call(UPDATE, channel=place.channel, ts=place.ts, **changed(call))
        self._places.posted(slot, place._replace(said=call.arguments))
        return reply

    def _failed(self, job: Job, error: Exception) -> float | None:
        slot = slot_of(job.call)
        if isinstance(error, ApiError) and error.error in GONE and self._places.find(slot):
            self._places.gone(slot)
            return 0.0
        return super()._failed(job, error)

    def _in_doubt(self, job: Job, error: Exception, rule: Rule) -> float | None:
        slot = slot_of(job.call)
        if self._places.find(slot):
            return super()._in_doubt(job, error, rule)
        job.doubt = error
        return self._again(job, error, self._places.doubt(slot), uncertain=True)


def changed(call: PendingCall) -> dict[str, Any]:
    """
    The arguments that change a message; what is left out of them would stay as it is.

    Source: docs.slack.dev/reference/methods/chat.update ("To remove previous `blocks`, include an
        empty array").
    """
    arguments = {name: value for name, value in call.arguments.items() if name not in FIXED}
    if arguments.get("markdown_text"):
        return arguments
    return {"blocks": [], "attachments": [], **arguments}
