"""Each event once, however often it is delivered."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable, Hashable, Mapping, Sequence
from typing import Any, TypeVar

from reactivex import Observable, abc
from reactivex.scheduler import TimeoutScheduler

from rxslack.core.clocks import seconds_by
from rxslack.core.operator import operator
from rxslack.errors import ConfigurationError
from rxslack.events.messages import delivery_key, event_in
from rxslack.wire.bursts import BurstObserver, Bursts, Each, subscribe_in_bursts
from rxslack.wire.wishes import EVERYTHING, Wish

__all__ = ["distinct"]

E = TypeVar("E")


def key_of(item: object) -> Hashable:
    """The key of the event that an item is or carries."""
    return delivery_key(event_in(item))


def plain_key_of(event: Mapping[str, Any]) -> Hashable:
    """The same of a plain message, see `BurstObserver`."""
    channel, ts = event.get("channel"), event.get("ts")
    if not (type(channel) is str and type(ts) is str and channel and ts):
        return delivery_key(event)
    if "edited" in event or "message" in event or "event_id" in event or "payload" in event:
        return delivery_key(event)
    return ("message", channel, ts, "", "")


@operator
def distinct(
    source: Observable[E],
    remember: float = 3600.0,
    *,
    max_remembered: int = 100_000,
    key: Callable[[Any], Hashable] = key_of,
    scheduler: abc.SchedulerBase | None = None,
) -> Observable[E]:
    """
    Drop what was delivered before.

    >>> from rxslack.testing import diagram
    >>> a = {"type": "message", "channel": "C1", "ts": "7.1", "text": "Hello"}
    >>> b = {"type": "message", "channel": "C2", "ts": "7.1", "text": "Hello"}
    >>> diagram("a-b-a--a-|", distinct(5.0), a=a, b=b)
    'a-b----a-|'

    Slack delivers again what was not acknowledged in time, and two connections of an organization
    may bring the same message. An edit is no repetition.

    Args:
        source: Events, or Socket Mode's envelopes.
        remember: Seconds for which an event is known, from its first delivery on. Slack's own
            repetitions come within minutes, or for an hour and more with "Delayed Events".
        max_remembered: How many are remembered; the oldest is forgotten first.
        key: What two deliveries of one event have in common; None lets an item through. Default:
            the `event_id`, and for messages without one channel, ts, subtype and time of edit.
        scheduler: Tells the time. Default: the subscriber's, else the computer's clock.

    Emits: the first of each, unchanged, in order. What has no key is never dropped.
    Errors: what `key` raises; the source's own error, unchanged. Raises ``ConfigurationError``
        when `remember` or `max_remembered` is no positive number.
    Dispose: disposes the source.
    Source: docs.slack.dev/apis/events-api, "Retries"; docs.slack.dev/legacy/legacy-rtm-api.
    """
    if not (remember > 0 and max_remembered > 0):
        raise ConfigurationError(
            "distinct needs remember and max_remembered above 0, "
            f"not {remember!r} and {max_remembered!r}"
        )

    def in_bursts(
        observer: BurstObserver, subscriber: abc.SchedulerBase | None
    ) -> abc.DisposableBase:
        now = seconds_by(scheduler or subscriber or TimeoutScheduler.singleton())
        memory = Memory(observer, key, now, remember, max_remembered)
        return subscribe_in_bursts(source, memory, subscriber)

    def subscribe(
        observer: abc.ObserverBase[E], subscriber: abc.SchedulerBase | None = None
    ) -> abc.DisposableBase:
        return in_bursts(Each(observer.on_next, observer), subscriber)

    return Bursts(in_bursts) if isinstance(source, Bursts) else Observable(subscribe)


class Memory:
    """One subscription: keys, each for a while, and not too many of them; the oldest first."""

    def __init__(
        self,
        observer: BurstObserver,
        key: Callable[[Any], Hashable],
        now: Callable[[], float],
        span: float,
        max_remembered: int,
    ) -> None:
        self._observer = observer
        self._key = key
        self._now = now
        self._span = span - 1e-6  # seconds in floating point come out a little late, or early
        self._max_remembered = max_remembered
        self._seen: OrderedDict[Hashable, float] = OrderedDict()
        self.on_error = observer.on_error
        self.on_completed = observer.on_completed

    def on_items(self, items: Sequence[Any], plain: bool) -> None:
        """Pass on what is new, and remember it."""
        seen, most, now = self._seen, self._max_remembered, self._now()
        while seen and now - next(iter(seen.values())) >= self._span:
            seen.popitem(last=False)
        key = plain_key_of if plain and self._key is key_of else self._key
        news: list[Any] = []
        error: Exception | None = None
        for item in items:
            try:
                name = key(item)
                if name is not None:
                    if name in seen:
                        continue
                    if len(seen) >= most:
                        seen.popitem(last=False)
                    seen[name] = now
            except Exception as trouble:  # noqa: BLE001 - a user's key may raise anything
                error = trouble
                break
            news.append(item)
        if news:
            self._observer.on_items(news, plain)
        if error is not None:
            self._observer.on_error(error)

    def wish(self) -> Wish:
        """Whatever comes: the first of each is remembered."""
        return EVERYTHING
