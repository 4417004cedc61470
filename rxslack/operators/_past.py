"""What was said in a channel after a moment: asked of the Web API, politely and within bounds."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final, cast

from rxslack.dialing import Lifeline
from rxslack.errors import RateLimited, SlackError
from rxslack.lanes.pace import Pace
from rxslack.protocol import next_cursor
from rxslack.web import Response, WebClient

__all__ = ["Missed", "Paces", "Past", "Terms"]

Json = Mapping[str, Any]

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
        lookback: seconds before the gap in which a thread has to have begun, or to have been
            answered, to be looked after.
        pauses: makes seconds to wait before each repetition of a call that failed.
    """

    page: int
    calls: int
    per_minute: float
    lookback: float
    pauses: Callable[[], Iterable[float]]


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
        pages = self._pages("users.conversations", types=_KINDS, exclude_archived=True)
        return [str(channel["id"]) for page in pages for channel in _objects(page, "channels")]

    def messages(
        self, channel: str, floor: str, threads: Mapping[str, str], missing: list[str]
    ) -> list[Json]:
        """
        What was said in a channel, and in its threads, after a moment; oldest first.

        Args:
            channel: its id.
            floor: a `ts`.
            threads: `thread_ts` of threads that have answers, and the `ts` of the last known one.
            missing: gets, in words, what could not be had.
        """
        back = max(float(floor) - self._terms.lookback, 0.0)
        oldest = f"{back:.6f}" if self._terms.lookback else floor
        said = self._some("conversations.history", missing, channel=channel, oldest=oldest)
        found = {message["ts"]: message for message in said if message["ts"] > floor}
        alive = [ts for ts, last in threads.items() if last >= oldest]
        rested = {m["ts"] for m in said if m.get("latest_reply", "") <= floor}
        begun = [m["ts"] for m in said if m.get("latest_reply", "") > floor]
        for thread in dict.fromkeys([*begun, *(ts for ts in alive if ts not in rested)]):
            for reply in self._some(
                "conversations.replies", missing, channel=channel, ts=thread, oldest=floor
            ):
                if reply["ts"] > floor:
                    found.setdefault(reply["ts"], reply)
        return [found[ts] for ts in sorted(found)]

    def _some(self, method: str, missing: list[str], **arguments: Any) -> list[Json]:
        """What can be had of messages."""
        found: list[Json] = []
        try:
            for page in self._pages(method, **arguments):
                found.extend(_objects(page, "messages"))
        except Missed as missed:
            if "thread_not_found" not in str(missed):  # else it was deleted meanwhile
                missing.append(str(missed))
        return found

    def _pages(self, method: str, **arguments: Any) -> Iterator[Response]:
        cursor: str | None = None
        while cursor != "":
            page = self._call(method, limit=self._terms.page, cursor=cursor, **arguments)
            yield page
            cursor = next_cursor(page)

    def _call(self, method: str, **arguments: Any) -> Response:
        pauses = iter(self._terms.pauses())
        while True:
            self._take_turn(method)
            try:
                with self._lifeline.held():
                    return self._web.call(method, **arguments)
            except SlackError as error:
                pause = next(pauses, None)
                if not error.retryable or pause is None:
                    raise Missed(str(error)) from error
                self._pause(max(pause, _least(error)))

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


def _objects(page: Json, key: str) -> list[Json]:
    found: Any = page.get(key)
    return cast("list[Json]", found) if isinstance(found, list) else []


def _least(error: SlackError) -> float:
    if not isinstance(error, RateLimited):
        return 0.0
    return error.default_pause if error.retry_after is None else error.retry_after
