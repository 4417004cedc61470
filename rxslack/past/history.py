"""A channel's past as a source."""

from __future__ import annotations

import logging
from collections.abc import Callable, Generator
from dataclasses import dataclass
from heapq import heappop, heappush
from itertools import islice, pairwise
from operator import itemgetter
from threading import Event
from time import monotonic
from typing import Any, Final

from reactivex import Observable

from rxslack.core.json_text import packed, unpacked
from rxslack.errors import ConfigurationError, UnreadableResponse
from rxslack.past.generated import from_pieces
from rxslack.past.order import micros_of_all, order
from rxslack.recovery.backoff import backoff
from rxslack.web.calls import Abandoned, retried
from rxslack.web.client import Caller
from rxslack.web.protocol import check_client, each_page

__all__ = ["HistoryProgress", "history"]

_log = logging.getLogger("rxslack.history")

Message = dict[str, Any]

_TS: Final[Callable[[Message], str]] = itemgetter("ts")
_SPAN: Final[Callable[[tuple[int, int, Any]], tuple[int, int]]] = itemgetter(0, 1)
_PACK: Final = 50  # messages
_SLICE: Final = 0.25  # seconds; on Windows, Ctrl-C is noticed only between two waits


@dataclass(frozen=True)
class HistoryProgress:
    """
    How far a `history` has come.

    Attributes:
        channel: its id.
        calls: answers of Slack's so far.
        found: messages in them.
        emitted: events emitted so far.
        reached: ts of the oldest message found while the channel is read, then of the last emitted.
        waiting: seconds until the next call; 0 when it is made at once.
    """

    channel: str
    calls: int = 0
    found: int = 0
    emitted: int = 0
    reached: str = ""
    waiting: float = 0.0


def history(
    web: Caller,
    channel: str,
    *,
    oldest: str | float = "0",
    latest: str | float | None = None,
    threads: bool = True,
    limit: int = 200,
    per_minute: float = 50.0,
    attempts: int = 10,
    progress: Callable[[HistoryProgress], object] | None = None,
) -> Observable[Message]:
    """
    The past messages of a channel, oldest first, threads among them, as events.

    >>> class Web:
    ...     def call(self, method, /, **arguments):
    ...         return {"ok": True, "messages": [{"type": "message", "text": "Hello", "ts": "1.0"}]}
    >>> history(Web(), "C1").run()
    {'type': 'message', 'text': 'Hello', 'ts': '1.0', 'channel': 'C1'}

    Slack tells history newest first, so the messages of the span are collected before the oldest
    is emitted, as JSON where orjson is installed; `oldest` and `latest` keep that small. Threads are asked for one by one, when their
    turn comes.

    Args:
        web: A `WebClient` whose token may read the channel: mostly a user's, or a bot's that is a
            member.
        channel: Its id.
        oldest: Only what is younger: a ts, or unix seconds.
        latest: Only what is older. Default: everything up to now.
        threads: Also the replies in threads, of threads that began within the span.
        limit: Messages a call; 15 at most for apps that Slack limits so.
        per_minute: Calls a minute, evenly spaced. Apps that Slack allows one a minute need 1.
        attempts: How often a call is tried in all; after a 429 when Slack says so.
        progress: Called before each call and at the end, on the emitting thread; `print` will do.

    Emits: messages as the live stream has them, with their `channel`, in order of `ts`, none twice,
        inside `subscribe`.
    Errors: what a call raises, when trying again cannot help or did not; ``UnreadableResponse``
        for a message whose `ts` is none; what `progress` raises, or the subscriber's own `on_next`.
    Completes: after the last message.
    Dispose: no further call is made.
    Source: docs.slack.dev/reference/methods/conversations.history and .replies;
        docs.slack.dev/apis/web-api/rate-limits (tier 3, fifty a minute).
    """
    check_client(web, "history")
    if limit < 1 or attempts < 1 or not per_minute > 0:
        raise ConfigurationError("history needs limit >= 1, attempts >= 1 and per_minute > 0")
    span = {"oldest": as_ts(oldest), "latest": None if latest is None else as_ts(latest)}

    def read(over: Event) -> Generator[list[Message]]:
        asking = Asking(web, 60 / per_minute, attempts, over)
        yield from Reading(asking, channel, limit, progress).messages(span, threads)

    return from_pieces(read, _log)


class Asking:
    """Calls at a pace, tried again where that can help."""

    def __init__(self, web: Caller, pause: float, attempts: int, over: Event) -> None:
        self._web = web
        self._pause = pause
        self._attempts = attempts
        self._over = over
        self._next = 0.0

    def due(self) -> float:
        """Seconds until the next call may be made."""
        return max(self._next - monotonic(), 0.0)

    def call(self, method: str, **arguments: Any) -> dict[str, Any]:
        """One answer. Raises: what the last attempt raised; Abandoned when nobody listens."""

        def attempt() -> dict[str, Any]:
            self._wait(self.due())
            self._next = monotonic() + self._pause
            return self._web.call(method, **arguments)

        return retried(attempt, islice(backoff(), self._attempts - 1), self._wait)

    def _wait(self, seconds: float) -> None:
        until = monotonic() + seconds
        while (rest := until - monotonic()) > 0 and not self._over.is_set():
            self._over.wait(min(rest, _SLICE))
        if self._over.is_set():
            raise Abandoned


class Reading:
    """One subscription to `history`."""

    def __init__(
        self,
        asking: Asking,
        channel: str,
        limit: int,
        progress: Callable[[HistoryProgress], object] | None,
    ) -> None:
        self._asking = asking
        self._channel = channel
        self._limit = limit
        self._tell = progress
        self._calls = self._found = self._emitted = 0
        self._reached = ""

    def messages(self, span: dict[str, Any], threads: bool) -> Generator[list[Message]]:
        """All of it in order of ts, each ts once; some at a time."""
        channel, last = self._channel, ""
        for some in self._in_order(span, threads):
            new: list[Message] = []
            for message in some:
                ts = message["ts"]
                if ts != last:
                    last = ts
                    message["channel"] = channel
                    new.append(message)
            if new:
                self._reached = last
                self._emitted += len(new)
                yield new
        self._say(0.0)

    def _in_order(self, span: dict[str, Any], threads: bool) -> Generator[list[Message]]:
        waiting: list[tuple[int, int, Message]] = []  # replies
        number = 0
        for roots in self._roots(span):
            ready: list[Message] = []
            for root in roots:
                while waiting and waiting[0][0] < place_of(root):
                    ready.append(heappop(waiting)[2])
                if threads and root.get("reply_count"):
                    yield ready  # for the calls may take their time
                    ready = []
                    for reply in self._replies(root["ts"]):
                        number += 1
                        heappush(waiting, (place_of(reply), number, reply))
                ready.append(root)
            yield ready
        while waiting:
            yield [heappop(waiting)[2]]

    def _roots(self, span: dict[str, Any]) -> Generator[list[Message]]:
        """What is no reply, oldest first; Slack tells the newest first, so all of it waits for its turn."""
        # Packed, for the interpreter looks again and again after all that is not; and few together, or it
        # looks after them again when they are unpacked.
        packs: list[tuple[int, int, Any]] = []
        for page in self._pages("conversations.history", **span):
            for start in range(0, len(page), _PACK):
                some = page[start : start + _PACK]
                packs.append((place_of(some[0]), place_of(some[-1]), packed(some)))
            page = some = []  # nothing of it is held when the next one is read
        packs.sort(key=_SPAN)
        if any(one[1] > later[0] for one, later in pairwise(packs)):  # which Slack's pages are not
            found: list[Message] = [one for *_, pack in packs for one in unpacked(pack)]
            yield sorted(found, key=place_of)
            return
        packs.reverse()
        while packs:
            yield unpacked(packs.pop()[2])

    def _replies(self, ts: str) -> Generator[Message]:
        # The thread's first message may stand on each page, so one a page would never get on.
        limit = max(self._limit, 2)
        for page in self._pages("conversations.replies", ts=ts, limit=limit):
            yield from (one for one in page if one["ts"] != ts)

    def _pages(self, method: str, **arguments: Any) -> Generator[list[Message]]:
        asked = {"channel": self._channel, "limit": self._limit, **arguments}

        def ask(cursor: str | None) -> dict[str, Any]:
            self._say(self._asking.due())
            return self._asking.call(method, **asked, cursor=cursor)

        for answer in each_page(method, ask):
            page = stamped(method, answer)
            self._calls += 1
            self._found += len(page)
            if page:
                self._reached = page[0]["ts"]
            yield page
            del answer, page

    def _say(self, waiting: float) -> None:
        if self._tell is not None:
            self._tell(
                HistoryProgress(
                    self._channel,
                    calls=self._calls,
                    found=self._found,
                    emitted=self._emitted,
                    reached=self._reached,
                    waiting=waiting,
                )
            )


def stamped(method: str, answer: dict[str, Any]) -> list[Message]:
    """The messages of a page that have a `ts`, oldest first. Raises UnreadableResponse when one is no `ts`."""
    page: list[Message] = [one for one in answer.get("messages") or () if one.get("ts")]
    texts: list[Any] = [one["ts"] for one in page]
    try:
        page.sort(key=_TS if micros_of_all(texts) else place_of)  # all of one length: as texts, too
    except (AttributeError, TypeError, ValueError) as error:
        wrong = next(ts for ts in texts if not is_time(ts))
        told = f"a message with the ts {wrong!r}"
        raise UnreadableResponse(method, 200, told) from error
    return page


def place_of(message: Message) -> int:
    """What a message is sorted by."""
    return order(message["ts"])


def is_time(ts: Any) -> bool:
    """Whether it is a `ts`."""
    try:
        order(ts)
    except (AttributeError, TypeError, ValueError):
        return False
    return True


def as_ts(time: str | float) -> str:
    """A ts, or unix seconds, as a ts."""
    return time if isinstance(time, str) else f"{time:.6f}"
