"""
Calls of the Web API with patience: paced, repeated where that helps, page by page, and bounded.

`retried` is what all share who read from Slack, as is `each_page` in `protocol`; `PatientCaller` makes the calls for a gap.
Writes have rules of their own, in the sinks: what was perhaps done is not simply repeated.
"""

from __future__ import annotations

import math
import threading
import time
from collections.abc import Callable, Generator, Iterable
from dataclasses import dataclass
from typing import Any, TypeVar

from rxslack.errors import RateLimited, RepeatedCursor, SlackError
from rxslack.lanes.paces import Pace
from rxslack.web.client import Response, WebClient
from rxslack.web.dialing import Cancellation
from rxslack.web.protocol import each_page

__all__ = ["Abandoned", "MethodPaces", "Missed", "PatientCaller", "Terms", "retried"]

R = TypeVar("R")


class Abandoned(Exception):
    """Nobody waits for the answer any more."""


def retried(call: Callable[[], R], pauses: Iterable[float], wait: Callable[[float], object]) -> R:
    """
    Call until there is an answer, again after each pause when that may help.

    Args:
        call: makes one attempt, at its pace.
        pauses: seconds, one before each repetition; after a 429 it is what Slack asks for at least.
        wait: lets so many seconds pass; what it raises ends the attempts.

    Raises: what the last attempt raised.
    """
    left = iter(pauses)
    while True:
        try:
            return call()
        except SlackError as error:
            pause = next(left, None)
            if not error.retryable or pause is None:
                raise
            least = error.pause if isinstance(error, RateLimited) else 0.0
        wait(max(pause, least))


class Missed(Exception):
    """Something could not be recovered, for a reason in words."""


@dataclass(frozen=True, kw_only=True)
class Terms:
    """
    How much may be asked for.

    Args:
        page: messages a call.
        calls: at the most, for one gap.
        pauses: makes seconds to wait before each repetition of a call that failed.
    """

    page: int
    calls: int
    pauses: Callable[[], Iterable[float]]


class MethodPaces:
    """
    The pace of each method.

    Args:
        per_minute: calls of one method a minute, after a burst of as many.
    """

    def __init__(self, per_minute: float) -> None:
        self._per_minute = per_minute
        self._paces: dict[str, Pace] = {}

    def of(self, method: str) -> Pace:
        """The pace of a method."""
        rate, burst = self._per_minute / 60, max(1, int(min(self._per_minute, 1e9)))
        return self._paces.setdefault(method, Pace(rate, burst))


class PatientCaller:
    """
    The calls for one gap, or for several that are filled together, on one thread.

    Args:
        web: whose token may read.
        terms: the bounds.
        paces: of the methods; they outlive a gap.
        cancellation: cut to end a call from another thread.
        stop: set to end a pause from another thread.

    Attributes:
        made: how many were made. Those that failed count, as they do for Slack.
        sent: the instant (of `time.monotonic`) at which the last one left, or before that.
        by: the instant after which none is made until there is another one.
    """

    def __init__(
        self,
        web: WebClient,
        terms: Terms,
        paces: MethodPaces,
        cancellation: Cancellation,
        stop: threading.Event,
    ) -> None:
        self.made = 0
        self.sent = -math.inf
        self.by = math.inf
        self._most = terms.calls
        self._web = web
        self._terms = terms
        self._paces = paces
        self._cancellation = cancellation
        self._stop = stop

    @property
    def left(self) -> int:
        """How many more may be made."""
        return self._most - self.made

    def add_gap(self) -> None:
        """There is another gap, which has calls of its own."""
        self._most += self._terms.calls

    def pages(self, method: str, **arguments: Any) -> Generator[Response]:
        """The pages of an answer, one call each. Raises Missed."""

        def ask(cursor: str | None) -> Response:
            return self._call(method, limit=self._terms.page, cursor=cursor, **arguments)

        try:
            yield from each_page(method, ask)
        except RepeatedCursor as error:
            raise Missed(str(error)) from error

    def _call(self, method: str, **arguments: Any) -> Response:
        def call() -> Response:
            self._take_turn(method)
            with self._cancellation.held():
                self.sent = time.monotonic()
                return self._web.call(method, **arguments)

        def wait(seconds: float) -> None:
            self._pause(min(seconds, max(self.by - time.monotonic(), 0.0)))

        try:
            return retried(call, self._terms.pauses(), wait)
        except SlackError as error:
            raise Missed(str(error)) from error

    def _take_turn(self, method: str) -> None:
        if not self.left:
            raise Missed(f"the bound of {self._most} calls is reached")
        pace = self._paces.of(method)
        if max(pace.due(), time.monotonic()) > self.by:
            raise Missed("there is no time left to hurry")
        self._pause(pace.due() - time.monotonic())
        pace.take(time.monotonic())
        self.made += 1

    def _pause(self, seconds: float) -> None:
        if (seconds > 0 and self._stop.wait(seconds)) or self._stop.is_set():
            raise Missed("called off")
