"""
What time it is at Slack.

A gap is asked for in Slack's time, and this machine's clock may be wrong, or step. So Slack's
time is reckoned from what Slack itself says: the `Date` header of each answer, which is cut to the
second, and the `ts` of each message. Both say that it was *at least* so late when they came; between
them the monotonic clock counts, which never steps.
"""

from __future__ import annotations

import math
import time
from collections.abc import Callable
from email.utils import parsedate_to_datetime
from weakref import WeakValueDictionary

__all__ = ["SlackClock", "clock_of"]


class SlackClock:
    """
    The earliest, and the latest, that it can be at Slack; safe from any thread.

    >>> clock = SlackClock(monotonic=lambda: 100.0)
    >>> clock.heard_date("Thu, 01 Jan 1970 00:20:00 GMT", sent=99.0, received=100.0)
    >>> clock.at(90.0), clock.now(), clock.latest()
    (1190.0, 1200.0, 1202.0)

    Without a lock, which a child of `fork()` might inherit closed: what one thread learns at the very
    moment at which another does may be forgotten, until the next answer.

    The two are a second apart, or less, and as long as an answer took to come. While Slack has said
    nothing it is this machine's clock. An answer that cannot be true together with the earlier ones
    replaces them: then Slack's clock was set.

    Args:
        monotonic: seconds that never step; the instants below are of it.
        wall: unix seconds of this machine.

    Source: RFC 9110 section 6.6.1 (Date: when the message was originated, in whole seconds).
    """

    def __init__(
        self,
        monotonic: Callable[[], float] = time.monotonic,
        wall: Callable[[], float] = time.time,
    ) -> None:
        self._monotonic = monotonic
        self._wall = wall
        # Seconds that Slack is ahead of `monotonic`, at least and at most; None: nothing is known.
        self._bounds: tuple[float, float] | None = None
        self._read: tuple[str | None, float] = ("", 0.0)  # the last header; many come in a second

    def now(self) -> float:
        """Unix seconds, at least."""
        return self.at(self._monotonic())

    def latest(self) -> float:
        """Unix seconds, at most; the same as `now` while no answer has told."""
        _, most = self._bounds or (0.0, math.inf)
        return self.now() if most == math.inf else self._monotonic() + most

    def at(self, instant: float) -> float:
        """Unix seconds, at least, at an instant of the monotonic clock."""
        bounds = self._bounds
        return instant + (self._wall() - self._monotonic() if bounds is None else bounds[0])

    def heard_date(self, date: str | None, *, sent: float, received: float) -> None:
        """
        Take note of the `Date` header of an answer; one that cannot be read says nothing.

        Args:
            date: "Thu, 01 Jan 1970 00:20:00 GMT".
            sent: the instant at which the request left, or before that.
            received: the instant at which the answer was there.
        """
        known, said = self._read
        if date != known or not date:
            try:
                said = parsedate_to_datetime(date or "").timestamp()
            except (ValueError, OverflowError):
                return
            self._read = date, said
        least, most = said - received, said + 1.0 - sent
        before = self._bounds
        if before is not None and before[0] <= most and least <= before[1]:
            least, most = max(before[0], least), min(before[1], most)
        self._bounds = least, most

    def heard_ts(self, ts: str) -> None:
        """Take note of the `ts` of a message that has come; one of long ago says nothing."""
        try:
            said = float(ts)
        except ValueError:
            return
        if said > self.now():
            least = said - self._monotonic()
            before = self._bounds
            self._bounds = least, math.inf if before is None else max(before[1], least)


_clocks: WeakValueDictionary[str, SlackClock] = WeakValueDictionary()


def clock_of(base_url: str) -> SlackClock:
    """The clock of the Slack behind a base URL: one for all clients of the process."""
    return _clocks.setdefault(base_url, SlackClock())
