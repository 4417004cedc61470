"""What was said in a channel after a moment: asked of the Web API, politely and within bounds."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Final

from rxslack.dialing import Lifeline
from rxslack.errors import RateLimited, SlackError
from rxslack.lanes.pace import Pace
from rxslack.operators.backoff import backoff
from rxslack.protocol import next_cursor
from rxslack.web import Response, WebClient

__all__ = ["Missed", "Paces", "Past", "Terms"]

Json = Mapping[str, Any]

_TRIES: Final = 8  # for one call that fails and may be repeated
_KINDS: Final = "public_channel,private_channel,mpim,im"


class Missed(Exception):
    """Something could not be recovered, for a reason in words."""


@dataclass(frozen=True, kw_only=True)
class Terms:
    """
    How much may be asked for.

    Args:
        page: messages a call.
        calls: at the most, for one gap.
        per_minute: calls of one method a minute, after a burst of as many.
        lookback: seconds before the gap in which a thread may have begun that was first answered
            in the gap.
    """

    page: int
    calls: int
    per_minute: float
    lookback: float


class Paces:
    """
    The pace of each method.

    Args:
        per_minute: calls a minute.
    """

    def __init__(self, per_minute: float) -> None:
        self._per_minute = per_minute
        self._paces: dict[str, Pace] = {}

    def of(self, method: str) -> Pace:
        """The pace of a method."""
        rate, burst = self._per_minute / 60, max(1, int(min(self._per_minute, 1e9)))
        return self._paces.setdefault(method, Pace(rate, burst))


class Past:
    """
    The calls for one gap, on one thread.

    Args:
        web: whose token may read.
        terms: the bounds.
        paces: of the methods; they outlive a gap.
        lifeline: cut to end a call from another thread.
        stop: set to end a pause from another thread.

    Attributes:
        calls: how many were made.
    """

    def __init__(
        self,
        web: WebClient,
        terms: Terms,
        paces: Paces,
        lifeline: Lifeline,
        stop: threading.Event,
    ) -> None:
        self.calls = 0
        self._web = web
        self._terms = terms
        self._paces = paces
        self._lifeline = lifeline
        self._stop = stop

    def channels(self) -> list[str]:
        """Where the token's user is a member. Raises Missed."""
        pages = self._pages("users.conversations", "channels", types=_KINDS, exclude_archived=True)
        return [channel["id"] for channel in pages]

    def messages(self, channel: str, floor: str, threads: Iterable[str]) -> list[Json]:
        """
        What was said in a channel, and in its threads, after a moment; oldest first.

        Args:
            channel: its id.
            floor: a `ts`.
            threads: `thread_ts` of threads that are known to have answers.

        Raises: Missed.
        """
        oldest = f"{max(float(floor) - self._terms.lookback, 0.0):.6f}"
        if not self._terms.lookback:
            oldest = floor
        said = self._pages("conversations.history", "messages", channel=channel, oldest=oldest)
        found = {message["ts"]: message for message in said if message["ts"] > floor}
        rested = {m["ts"] for m in said if m.get("latest_reply", "") <= floor}
        begun = [m["ts"] for m in said if m.get("latest_reply", "") > floor]
        for thread in dict.fromkeys([*begun, *(ts for ts in threads if ts not in rested)]):
            for reply in self._replies(channel, thread, floor):
                found.setdefault(reply["ts"], reply)
        return [found[ts] for ts in sorted(found)]

    def _replies(self, channel: str, thread: str, floor: str) -> list[Json]:
        try:
            replies = self._pages(
                "conversations.replies", "messages", channel=channel, ts=thread, oldest=floor
            )
        except Missed as missed:
            if "thread_not_found" in str(missed):  # deleted meanwhile
                return []
            raise
        return [reply for reply in replies if reply["ts"] > floor]

    def _pages(self, method: str, key: str, **arguments: Any) -> list[Json]:
        found: list[Json] = []
        cursor: str | None = None
        while True:
            page = self._call(method, limit=self._terms.page, cursor=cursor, **arguments)
            found.extend(page.get(key) or [])
            cursor = next_cursor(page)
            if not cursor:
                return found

    def _call(self, method: str, **arguments: Any) -> Response:
        pauses = backoff()
        for attempt in range(_TRIES):
            self._take_turn(method)
            try:
                with self._lifeline.held():
                    return self._web.call(method, **arguments)
            except SlackError as error:
                if not error.retryable or attempt == _TRIES - 1:
                    raise Missed(str(error)) from error
                self._pause(_least(error, next(pauses)))
        raise Missed(f"{method}: given up")

    def _take_turn(self, method: str) -> None:
        if self.calls >= self._terms.calls:
            raise Missed(f"the bound of {self._terms.calls} calls is reached")
        pace = self._paces.of(method)
        self._pause(pace.due() - time.monotonic())
        pace.take(time.monotonic())
        self.calls += 1

    def _pause(self, seconds: float) -> None:
        if (seconds > 0 and self._stop.wait(seconds)) or self._stop.is_set():
            raise Missed("called off")


def _least(error: SlackError, pause: float) -> float:
    if not isinstance(error, RateLimited):
        return pause
    return error.default_pause if error.retry_after is None else error.retry_after
