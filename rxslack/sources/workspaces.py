"""Many workspaces in one stream."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterable
from functools import partial
from typing import Any

import reactivex
from reactivex import Observable, Subject, abc, operators as ops
from reactivex.disposable import CompositeDisposable, Disposable, SingleAssignmentDisposable

from rxslack.core.printable import printable
from rxslack.core.unhandled import pass_on
from rxslack.errors import ConfigurationError
from rxslack.log.spread import SharedNames
from rxslack.log.where import Where
from rxslack.recovery.backoff import CHANCE
from rxslack.recovery.reconnect import reconnect
from rxslack.sources.rtm import rtm
from rxslack.web.client import WebClient
from rxslack.wire.waits import HubScheduler

__all__ = ["workspaces"]

log = logging.getLogger("rxslack.workspaces")

Item = dict[str, Any]

NAMES = ("rxslack_team", "rxslack_connection")
TAKEOVER = 0.003  # seconds between two connections that are taken over from another process


def live_events(web: WebClient) -> Observable[Item]:
    """The default stream of one workspace."""
    return rtm(web, named=True).pipe(reconnect(stagger=2.0))


def workspaces(
    webs: Iterable[WebClient] | Observable[dict[str, str]],
    stream: Callable[[WebClient], Observable[Item]] = live_events,
    *,
    client: Callable[[str], WebClient] = WebClient,
    stagger: float = 0.1,
    spread: Where | None = None,
    lease: float = 5.0,
    scheduler: abc.SchedulerBase | None = None,
) -> Observable[Item]:
    """
    The events of several workspaces, merged; each item names its team and its connection.

    >>> events = workspaces([WebClient("xoxb-test"), WebClient("xoxb-test-2")])

    Args:
        webs: one client for each workspace; or a stream of all tokens by the ids of their workspaces, as
            `installations` makes it: one that is added is connected to, one that is gone is left, and
            one whose token has changed uses the new one from its next call on, over the connection
            that it has.
        stream: makes the stream of one. Default: `rtm` with `reconnect`, whose replacements are
            opened at random moments of two seconds.
        client: makes a client of a token of such a stream.
        stagger: seconds between two of them as they start, more or less; with `spread`, what a process takes
            over later waits for milliseconds only.
        spread: where a log is, a path or ``redis://…``; see `to_log`. Processes that are given the same one
            and the same clients share the workspaces: each holds about as many. Those of one that
            ends are taken over by the others, and one that joins gets its share of theirs; it has its
            hello before the former holder closes, so that events of this moment may come from both, which
            `to_log` appends once.
        lease: with `spread`, seconds after which the workspaces of a process that is heard of no more are taken
            over.
        scheduler: Measures those. Default: the subscriber's, else the system's.

    Emits: the items of all, one at a time, each with `rxslack_team` ("T…") and
        `rxslack_connection` (a number), as far as they are known. Where a stream ends with an
        error, an `rxslack.failure` item, and the others go on.
    Errors: ``ConfigurationError`` when there are no clients; that of the stream of tokens; what a subscriber's own `on_next`
        raises, which ends all of them. Completes when all have ended.
    Dispose: disposes them all.
    """
    if isinstance(webs, Observable):
        if spread is not None:
            raise ConfigurationError("spread takes a list of clients, not a stream of tokens")
        return _changing(webs, stream, client, stagger, scheduler)
    clients = list(webs)
    if not clients:
        raise ConfigurationError("workspaces() needs a client for each workspace; it got none")

    def subscribe(
        observer: abc.ObserverBase[Item], subscriber: abc.SchedulerBase | None = None
    ) -> abc.DisposableBase:
        clock = scheduler or subscriber or HubScheduler.singleton()
        if spread is not None:
            return _Spread(clients, stream, stagger, clock).subscribe(spread, lease, observer)
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


class _Spread:
    """One subscription to the share of the workspaces that this process has."""

    def __init__(
        self,
        webs: list[WebClient],
        stream: Callable[[WebClient], Observable[Item]],
        stagger: float,
        clock: abc.SchedulerBase,
    ) -> None:
        self._webs = {web.account[:16]: web for web in webs}
        self._stream = stream
        self._stagger = stagger
        self._clock = clock
        self._streams = Subject[Observable[Item]]()
        self._stops: dict[str, Subject[None]] = {}
        self._names: SharedNames | None = None
        self._has_begun = False  # whether it has had a share

    def subscribe(
        self, where: Where, lease: float, observer: abc.ObserverBase[Item]
    ) -> abc.DisposableBase:
        """Begin; the names say which workspaces."""
        names = SharedNames(where, "workspaces", sorted(self._webs), lease, self._change, observer)
        self._names = names
        merged = self._streams.pipe(ops.merge_all()).subscribe(observer)
        names.start()
        return CompositeDisposable(merged, Disposable(names.close))

    def _change(self, wanted: frozenset[str]) -> None:
        for name in self._stops.keys() - wanted:
            self._stops.pop(name).on_next(None)
        pause = min(self._stagger, TAKEOVER) if self._has_begun else self._stagger
        self._has_begun = True
        for number, name in enumerate(sorted(wanted - self._stops.keys())):
            stop = self._stops[name] = Subject[None]()
            seconds = (number + CHANCE.uniform(0.0, 1.0)) * pause if number else 0.0
            stream = _later(_named(self._stream(self._webs[name])), seconds, self._clock)
            watched = stream.pipe(ops.do_action(partial(self._look, name)), ops.take_until(stop))
            self._streams.on_next(watched)

    def _look(self, name: str, item: Item) -> None:
        if item.get("type") == "hello" and self._names is not None:
            self._names.ready(name)


def _changing(
    tokens: Observable[dict[str, str]],
    stream: Callable[[WebClient], Observable[Item]],
    client: Callable[[str], WebClient],
    stagger: float,
    scheduler: abc.SchedulerBase | None,
) -> Observable[Item]:
    """Those of a stream of tokens."""

    def subscribe(
        observer: abc.ObserverBase[Item], subscriber: abc.SchedulerBase | None = None
    ) -> abc.DisposableBase:
        clock = scheduler or subscriber or HubScheduler.singleton()
        known: dict[str, _Installed] = {}
        added: Subject[Observable[Item]] = Subject()

        def add(team: str, token: str, place: int) -> None:
            try:
                web = client(token)
            except ConfigurationError as error:
                tell_unusable(team, error)
                return
            one = known[team] = _Installed(web, token)
            pause = (place + CHANCE.uniform(0.0, 1.0)) * stagger if place else 0.0
            named = _later(_named(stream(web), team), pause, clock)
            added.on_next(named.pipe(ops.take_until(one.gone), ops.finally_action(one.end)))

        def change(found: dict[str, str]) -> None:
            for team in known.keys() - found.keys():
                known.pop(team).gone.on_next(None)
            place = 0
            for team, token in found.items():
                one = known.get(team)
                if one is not None and one.is_over and one.token != token:
                    del known[team]  # as one whose token was revoked
                    one = None
                if one is None:
                    add(team, token, place)
                    place += 1
                elif one.token != token:
                    one.renew(team, token)

        merged = added.pipe(ops.merge_all()).subscribe(observer, scheduler=subscriber)
        watched = tokens.subscribe(
            change, observer.on_error, added.on_completed, scheduler=subscriber
        )
        return CompositeDisposable(merged, watched)

    return Observable(subscribe)


def tell_unusable(team: str, error: ConfigurationError) -> None:
    """A token that cannot be one concerns its workspace alone."""
    log.error("%s: %s", printable(team), error)


class _Installed:
    """One workspace, while it is there."""

    def __init__(self, web: WebClient, token: str) -> None:
        self.gone: Subject[None] = Subject()
        self.token = token
        self.is_over = False  # whether its stream has ended
        self._web = web

    def renew(self, team: str, token: str) -> None:
        """Its token was rotated."""
        try:
            self._web.renew(token)
        except ConfigurationError as error:
            tell_unusable(team, error)
        else:
            self.token = token

    def end(self) -> None:
        """Its stream has ended."""
        self.is_over = True
        self._web.close()


def _later(stream: Observable[Item], seconds: float, clock: abc.SchedulerBase) -> Observable[Item]:
    if not seconds:
        return stream

    # reactivex's `delay_subscription` disposes a stream whose time comes before it has returned.
    def subscribe(
        observer: abc.ObserverBase[Item], scheduler: abc.SchedulerBase | None = None
    ) -> abc.DisposableBase:
        subscription = SingleAssignmentDisposable()

        def start(*_: object) -> None:
            if not subscription.is_disposed:
                subscription.disposable = stream.subscribe(observer, scheduler=scheduler)

        return CompositeDisposable(subscription, clock.schedule_relative(seconds, start))

    return Observable(subscribe)


def _named(stream: Observable[Item], team: str = "") -> Observable[Item]:
    """What has no name yet, such as a gap, gets that of the items before it."""

    def subscribe(
        observer: abc.ObserverBase[Item], scheduler: abc.SchedulerBase | None = None
    ) -> abc.DisposableBase:
        name: Item = {"rxslack_team": team} if team else {}
        escaped: list[BaseException] = []  # what the subscriber raised: no end of this stream

        def emit(item: Item) -> None:
            try:
                observer.on_next(item)
            except BaseException as error:
                escaped.append(error)
                raise

        def on_next(item: Item) -> None:
            if "rxslack_team" in item:
                name.update((key, item[key]) for key in NAMES if key in item)
                emit(item)
            else:
                emit({**item, **name})

        def on_error(error: Exception) -> None:
            if any(error is one for one in escaped):
                pass_on(observer, error)
                return
            which = printable(str(name.get("rxslack_team") or "a team"))
            log.error("the stream of %s ended: %s", which, error)
            observer.on_next({"type": "rxslack.failure", "item": None, "error": error, **name})
            observer.on_completed()

        return stream.subscribe(on_next, on_error, observer.on_completed, scheduler=scheduler)

    return Observable(subscribe)
