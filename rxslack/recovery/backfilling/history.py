"""What was said in a channel after a moment, and which channels there are."""

from __future__ import annotations

import time
from collections.abc import Generator, Iterable, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any, Final, cast

from rxslack.web.calls import Missed, PatientCaller
from rxslack.web.protocol import next_cursor

__all__ = ["Found", "GapHistory"]

Json = Mapping[str, Any]

_KINDS: Final = "public_channel,private_channel,mpim,im"
_NO_MORE: Final = "answers in older threads: the calls left are needed for other channels"


@dataclass(kw_only=True)
class Found:
    """
    What could be had of a channel's past.

    Attributes:
        asked: the instant (of `time.monotonic`) at which history was first asked. Of what was said
            later some may be here, and some not: the pages, and what they say of threads, are not
            of one moment.
        messages: by their `ts`.
        missing: in words, what could not be had.
        is_short: whether history was one page.
        is_whole: whether threads were looked for as far back as ever.
    """

    asked: float
    messages: dict[str, Json] = field(default_factory=dict[str, Json])
    missing: list[str] = field(default_factory=list[str])
    is_short: bool = True
    is_whole: bool = True

    def in_order(self, upto: str | None = None) -> list[Json]:
        """The messages up to a `ts`, oldest first."""
        return [self.messages[ts] for ts in sorted(self.messages) if upto is None or ts <= upto]

    def last(self) -> str:
        """The `ts` of the latest message."""
        return max(self.messages, default="")

    def answered(self) -> dict[str, str]:
        """The threads that were answered, and the `ts` of the last answer."""
        said = sorted(self.messages.items())
        return {message["thread_ts"]: ts for ts, message in said if "thread_ts" in message}

    def covers_channel(self) -> bool:
        """Whether all that was said in the channel itself is there, and in threads of late."""
        return all(why == _NO_MORE for why in self.missing)

    def add(self, messages: Iterable[Json], floor: str) -> None:
        """Keep what was said after a moment. Hidden is what is left of a deleted message."""
        for message in messages:
            if message["ts"] > floor and not message.get("hidden"):
                self.messages.setdefault(message["ts"], message)

    @contextmanager
    def collecting(self) -> Generator[None]:
        """What is missed is noted."""
        try:
            yield
        except Missed as missed:
            if "thread_not_found" not in str(missed):  # else it was deleted meanwhile
                self.missing.append(str(missed))


class GapHistory:
    """
    What one gap hides.

    Args:
        calls: ask for it.
        lookback: seconds before the gap in which a thread has to have begun, or to have been
            answered, to be looked after.
    """

    def __init__(self, calls: PatientCaller, lookback: float) -> None:
        self.calls = calls
        self.lookback = lookback

    def channels(self) -> list[str]:
        """Where the token's user is a member. Raises Missed."""
        pages = self.calls.pages("users.conversations", types=_KINDS, exclude_archived=True)
        return [str(channel["id"]) for page in pages for channel in _objects(page, "channels")]

    def too_old(self) -> str:
        """The threads that are not looked after, in words. Slack has no call that finds them."""
        return (
            "threads that began, and were last answered, "
            f"more than {self.lookback:g} s before the gap"
        )

    def messages(
        self,
        channel: str,
        floor: str,
        threads: Mapping[str, str],
        *,
        among: int = 1,
        back: float | None = None,
    ) -> Found:
        """
        What was said in a channel, and in its threads, after a moment.

        History tells of each thread when it was last answered, so that one call is made for each
        that was answered in the gap, and none for the others. What is older than the gap may have
        been answered in it for the first time: this is why history is read further back. That, and
        asking for threads that are older still, must not cost more than the channel's share of the
        calls: a busy channel leaves the others enough for the gap itself.

        Args:
            channel: its id.
            floor: a `ts`.
            threads: `thread_ts` of threads that have answers, and the `ts` of the last known one.
            among: channels that share the calls that are left, this one included.
            back: seconds before the moment from which on threads are looked for. Default: `lookback`.
        """
        is_whole, back = back is None, self.lookback if back is None else back
        oldest = f"{max(float(floor) - back, 0.0):.6f}"
        # A busy channel must not use up the calls that the others need for the gap itself.
        share = self.calls.left - self.calls.left // among  # is left to the others
        found = Found(asked=time.monotonic(), is_whole=is_whole)
        said = self._said(found, channel, floor, oldest, share)
        # History tells when each thread was last answered, so those that rest cost no call.
        quiet = {m["ts"] for m in said if not is_answered_after(m, floor)}
        lively = dict.fromkeys(m["ts"] for m in said if m["ts"] not in quiet)
        # An answer that was also shown in the channel names its thread, however old that is.
        lively |= dict.fromkeys(shown_after(said, floor, but=quiet))
        for thread in lively:
            self._answers(found, channel, floor, thread)
        # Threads that began before what was read. The one answered last comes first, because it is
        # the likeliest to have been answered again.
        for thread, last in reversed([*threads.items()]):
            if last >= oldest and thread not in quiet and thread not in lively:
                if self.calls.left <= share:
                    found.missing.append(_NO_MORE)
                    break
                self._answers(found, channel, floor, thread)
        return found

    def _said(self, found: Found, channel: str, floor: str, oldest: str, share: int) -> list[Json]:
        """What history has from the newest message back to the oldest of interest."""
        said: list[Json] = []
        with found.collecting():
            pages = self.calls.pages("conversations.history", channel=channel, oldest=oldest)
            for number, page in enumerate(pages):
                messages = _objects(page, "messages")
                found.add(messages, floor)  # kept, also when the call for the next page fails
                # The pages are not of one moment: of what was said after the first was asked for,
                # some have it and some have not.
                if number == 0:
                    found.asked = self.calls.sent
                found.is_short = number == 0
                said.extend(messages)
                # Pages of the gap itself are always read; only the search for older threads is cut
                # short.
                in_gap = not messages or messages[-1]["ts"] > floor
                if next_cursor(page) and self.calls.left <= share and not in_gap:
                    found.missing.append(_NO_MORE)
                    break
        return said

    def _answers(self, found: Found, channel: str, floor: str, thread: str) -> None:
        with found.collecting():
            for page in self.calls.pages(
                "conversations.replies", channel=channel, ts=thread, oldest=floor
            ):
                found.add(_objects(page, "messages"), floor)


def is_answered_after(message: Json, floor: str) -> bool:
    """
    Whether a message begins a thread that may have been answered after a moment.

    >>> is_answered_after({"latest_reply": "12.000100"}, "12.000200")
    False
    >>> is_answered_after({"reply_count": 3}, "12.000200")  # as in an example of Slack's
    True

    Source: github.com/sgratzl/slack-cleaner/issues/76, which quotes Slack's changelog (parents tell
    of `latest_reply`); docs.slack.dev/reference/methods/conversations.replies.
    """
    latest = message.get("latest_reply")
    return latest > floor if isinstance(latest, str) else bool(message.get("reply_count"))


def shown_after(said: Iterable[Json], floor: str, *, but: Iterable[str]) -> list[str]:
    """Threads of which an answer was also shown in the channel after a moment."""
    quiet = frozenset(but)
    return [
        message["thread_ts"]
        for message in said
        if message["ts"] > floor and message.get("thread_ts", message["ts"]) != message["ts"]
        if message["thread_ts"] not in quiet
    ]


def _objects(page: Json, key: str) -> list[Json]:
    found: Any = page.get(key)
    return cast("list[Json]", found) if isinstance(found, list) else []
