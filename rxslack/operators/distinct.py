"""Each event once, however often it is delivered."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable, Hashable
from typing import Any, TypeVar

from reactivex import Observable, abc
from reactivex.scheduler import TimeoutScheduler

from rxslack.core.clocks import seconds_by
from rxslack.core.operator import operator
from rxslack.errors import ConfigurationError
from rxslack.events.messages import delivery_key, event_in

__all__ = ["distinct"]

E = TypeVar("E")


def key_of(item: object) -> Hashable:
    """The key of the event that an item is or carries."""
    return delivery_key(event_in(item))


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

    def subscribe(
        observer: abc.ObserverBase[E], subscriber: abc.SchedulerBase | None = None
    ) -> abc.DisposableBase:
        clock = scheduler or subscriber or TimeoutScheduler.singleton()
        now = seconds_by(clock)
        memory = Memory(remember, max_remembered)

        def on_next(item: E) -> None:
            try:
                name = key(item)
                known = name is not None and memory.knows(name, now())
            except Exception as error:  # noqa: BLE001 - a user's key may raise anything
                observer.on_error(error)
                return
            if not known:
                observer.on_next(item)

        return source.subscribe(
            on_next, observer.on_error, observer.on_completed, scheduler=subscriber
        )

    return Observable(subscribe)


class Memory:
    """Keys, each for a while, and not too many of them; the oldest first."""

    def __init__(self, span: float, max_remembered: int) -> None:
        self._span = span - 1e-6  # seconds in floating point come out a little late, or early
        self._max_remembered = max_remembered
        self._seen: OrderedDict[Hashable, float] = OrderedDict()

    def knows(self, key: Hashable, now: float) -> bool:
        """Whether a key is remembered; it is from now on."""
        seen = self._seen
        while seen and now - next(iter(seen.values())) >= self._span:
            seen.popitem(last=False)
        if key in seen:
            return True
        if len(seen) >= self._max_remembered:
            seen.popitem(last=False)
        seen[key] = now
        return False
