"""Many workspaces in one stream."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterable
from typing import Any

import reactivex
from reactivex import Observable, abc, operators as ops
from reactivex.scheduler import TimeoutScheduler

from rxslack.core.printable import printable
from rxslack.core.unhandled import pass_on
from rxslack.errors import ConfigurationError
from rxslack.recovery.backoff import CHANCE
from rxslack.recovery.reconnect import reconnect
from rxslack.sources.rtm import rtm
from rxslack.web.client import WebClient

__all__ = ["workspaces"]

log = logging.getLogger("rxslack.workspaces")

Item = dict[str, Any]


def live_events(web: WebClient) -> Observable[Item]:
    """The default stream of one workspace."""
    return rtm(web, named=True).pipe(reconnect(stagger=2.0))


def workspaces(
    webs: Iterable[WebClient],
    stream: Callable[[WebClient], Observable[Item]] = live_events,
    *,
    stagger: float = 0.1,
    scheduler: abc.SchedulerBase | None = None,
) -> Observable[Item]:
    """
    The events of several workspaces, merged; each item names its team and its connection.

    >>> events = workspaces([WebClient("xoxb-test"), WebClient("xoxb-test-2")])

    Args:
        webs: one client for each workspace.
        stream: makes the stream of one. Default: `rtm` with `reconnect`, whose replacements are
            opened at random moments of two seconds.
        stagger: seconds between two of them as they start, more or less.
        scheduler: Measures those. Default: the subscriber's, else timer threads.

    Emits: the items of all, one at a time, each with `rxslack_team` ("T…") and
        `rxslack_connection` (a number), as far as they are known. Where a stream ends with an
        error, an `rxslack.failure` item, and the others go on.
    Errors: ``ConfigurationError`` when there are no clients; what a subscriber's own `on_next`
        raises, which ends all of them. Completes when all have ended.
    Dispose: disposes them all.
    """
    clients = list(webs)
    if not clients:
        raise ConfigurationError("workspaces() needs a client for each workspace; it got none")

    def subscribe(
        observer: abc.ObserverBase[Item], subscriber: abc.SchedulerBase | None = None
    ) -> abc.DisposableBase:
        clock = scheduler or subscriber or TimeoutScheduler.singleton()
        streams = [
            _later(
                _named(stream(web)),
                (number + CHANCE.uniform(0.0, 1.0)) * stagger if number else 0.0,
                clock,
            )
            for number, web in enumerate(clients)
        ]
        return reactivex.merge(*streams).subscribe(observer, scheduler=subscriber)

    return Observable(subscribe)


def _later(stream: Observable[Item], seconds: float, clock: abc.SchedulerBase) -> Observable[Item]:
    return stream.pipe(ops.delay_subscription(seconds, scheduler=clock)) if seconds else stream


def _named(stream: Observable[Item]) -> Observable[Item]:
    """What has no name yet, such as a gap, gets that of the items before it."""

    def subscribe(
        observer: abc.ObserverBase[Item], scheduler: abc.SchedulerBase | None = None
    ) -> abc.DisposableBase:
        name: Item = {}
        escaped: list[BaseException] = []  # what the subscriber raised: no end of this stream

        def emit(item: Item) -> None:
            try:
                observer.on_next(item)
            except BaseException as error:
                escaped.append(error)
                raise

        def on_next(item: Item) -> None:
            if "rxslack_team" in item:
                name.update((key, item[key]) for key in ("rxslack_team", "rxslack_connection"))
                emit(item)
            else:
                emit({**item, **name})

        def on_error(error: Exception) -> None:
            if any(error is one for one in escaped):
                pass_on(observer, error)
                return
            team = printable(str(name.get("rxslack_team") or "a team"))
            log.error("the stream of %s ended: %s", team, error)
            observer.on_next({"type": "rxslack.failure", "item": None, "error": error, **name})
            observer.on_completed()

        return stream.subscribe(on_next, on_error, observer.on_completed, scheduler=scheduler)

    return Observable(subscribe)
