"""Who a token is, asked of Slack once for each client."""

from __future__ import annotations

from collections.abc import Callable
from threading import Lock
from typing import TypeVar
from weakref import WeakKeyDictionary

import reactivex
from reactivex import Observable, abc
from reactivex import operators as ops
from reactivex.scheduler import NewThreadScheduler

from rxslack.errors import ConfigurationError
from rxslack.forked import after_fork
from rxslack.messages import Event, Identity
from rxslack.operators._keep import keep
from rxslack.operators.reconnect import reconnect
from rxslack.web import WebClient

__all__ = ["keep_knowing_me"]

E = TypeVar("E")

_known: WeakKeyDictionary[WebClient, Identity] = WeakKeyDictionary()
_locks: WeakKeyDictionary[WebClient, Lock] = WeakKeyDictionary()
_lock = Lock()


def _lock_anew() -> None:
    """In a child of `fork()`: nobody is there to let these go."""
    global _lock
    _lock = Lock()
    _locks.clear()


after_fork(_lock_anew)


def keep_knowing_me(
    me: WebClient | Identity,
    predicate: Callable[[Event, Identity], bool],
    scheduler: abc.SchedulerBase | None,
) -> Callable[[Observable[E]], Observable[E]]:
    """Keep the events that a predicate is true of, given who `me` is."""

    def piped(source: Observable[E]) -> Observable[E]:
        def knowing(identity: Identity) -> Observable[E]:
            return source.pipe(keep(lambda event: predicate(event, identity)))

        if isinstance(me, Identity):
            return knowing(me)
        return asked(me, scheduler).pipe(ops.flat_map(knowing))

    return piped


def asked(web: WebClient, scheduler: abc.SchedulerBase | None) -> Observable[Identity]:
    """One identity: at once when it is known, else when Slack has answered, on another thread."""

    def ask(_: abc.SchedulerBase) -> Observable[Identity]:
        known = _known.get(web)
        if known is not None:
            return reactivex.just(known)
        return reactivex.from_callable(lambda: identify(web), scheduler or NewThreadScheduler())

    return reactivex.defer(ask).pipe(reconnect(scheduler=scheduler))


def identify(web: WebClient) -> Identity:
    """
    Ask Slack who a client's token is, unless it has been asked before.

    Errors: what `call` raises; ``ConfigurationError`` for a token that is nobody.
    """
    with _lock:
        asking = _locks.setdefault(web, Lock())
    with asking:
        identity = _known.get(web) or Identity.of(web.call("auth.test"))
        if identity == Identity():
            raise ConfigurationError(
                "auth.test knows no user and no bot for this token; "
                "give the client whose token posts the messages"
            )
        with _lock:
            _known[web] = identity
    return identity
