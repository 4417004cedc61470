"""A process' share of some names, kept up to date; and an operator that is active in one process at a time."""

from __future__ import annotations

import logging
import os
import threading
from collections.abc import Callable, Sequence
from time import monotonic
from typing import Any, Final, TypeVar
from uuid import uuid4

from reactivex import Observable, abc
from reactivex.disposable import CompositeDisposable, Disposable, SerialDisposable

from rxslack.core.operator import operator
from rxslack.core.unhandled import tell
from rxslack.errors import ConfigurationError
from rxslack.log.engine import LogUnavailable
from rxslack.log.outages import OutageWarnings
from rxslack.log.where import Where, leases_at

__all__ = ["SharedNames", "leased"]

T = TypeVar("T")

TICKS: Final = 10  # renewals in the time of a lease

_log = logging.getLogger("rxslack.log")


class SharedNames:
    """
    Renews the leases, on a thread of its own.

    While the log cannot be reached, each member keeps what it has.

    Args:
        where: The log.
        spread: Which names.
        names: All there are.
        lease: Seconds after which what a member held that is gone is others'.
        on_change: Called on that thread with the names to be active for, when these change.
        observer: Is told of what that raises; nothing is renewed from then on.

    Raises: ConfigurationError.
    """

    def __init__(
        self,
        where: Where,
        spread: str,
        names: Sequence[str],
        lease: float,
        on_change: Callable[[frozenset[str]], object],
        observer: abc.ObserverBase[Any],
    ) -> None:
        if not lease >= 1.0:
            raise ConfigurationError(f"lease is {lease!r}; give 1 second or more")
        self._leases = leases_at(where)
        self._spread = spread
        self._names = list(names)
        self._lease = lease
        self._on_change = on_change
        self._observer = observer
        self._member = f"{os.getpid()}-{uuid4().hex[:12]}"
        self._ready: dict[str, None] = {}
        self._over = threading.Event()
        self._outage = OutageWarnings("each process keeps what it has until it can be")

    def start(self) -> None:
        """Begin."""
        threading.Thread(target=self._run, name="rxslack-spread", daemon=True).start()

    def ready(self, name: str) -> None:
        """Who held it before need hold it no longer; from any thread."""
        self._ready[name] = None

    def close(self) -> None:
        """Give all of it to others."""
        self._over.set()

    def _run(self) -> None:
        active: frozenset[str] = frozenset()
        try:
            while not self._over.is_set():
                began = monotonic()
                active = self._renew(active)
                self._over.wait(max(began + self._lease / TICKS - monotonic(), 0.01))
        except BaseException as error:  # noqa: BLE001 - a subscription runs user code
            # Else this process would keep sockets whose leases are others' by then.
            tell(self._observer, error, _log)
        finally:
            self._leave()

    def _renew(self, active: frozenset[str]) -> frozenset[str]:
        """Renew once; the names to be active for."""
        ready = list(self._ready)
        try:
            share = self._leases.renew(self._spread, self._member, self._lease, self._names, ready)
        except LogUnavailable as error:
            self._outage.warn(error)
            return active
        self._outage.end()
        for name in ready:
            self._ready.pop(name, None)
        wanted = share.held | share.handing_over
        if wanted != active and not self._over.is_set():
            self._on_change(wanted)
        return wanted

    def _leave(self) -> None:
        try:
            self._leases.leave(self._spread, self._member)
        except LogUnavailable as error:
            _log.info("%s; its leases will end by themselves", error)


@operator
def leased(source: Observable[T], where: Where, name: str, *, lease: float = 5.0) -> Observable[T]:
    """
    Subscribe in one process at a time; another one stands by, and takes over when that ends.

    >>> import reactivex, tempfile
    >>> from pathlib import Path
    >>> where = Path(tempfile.mkdtemp(), "events.db")
    >>> from reactivex import operators as ops
    >>> reactivex.of("Hello").pipe(leased(where, "ingest"), ops.first()).run()
    'Hello'

    Two that listen over RTM and write `to_log` need none of this, and leave no gap. It is for what must not be
    done twice at the same time, such as a report every morning.

    Args:
        source: A cold stream.
        where: Where the log is that keeps the lease; as for `to_log`.
        name: Of the lease.
        lease: Seconds after which another process takes over from one that is heard of no more.

    Emits: the items of the source, while this process holds the lease.
    Errors: the source's own error, unchanged; ``ConfigurationError`` for an argument that cannot work.
    Dispose: disposes the source, and lets the lease go.
    """

    def subscribe(
        observer: abc.ObserverBase[T], scheduler: abc.SchedulerBase | None = None
    ) -> abc.DisposableBase:
        inner = SerialDisposable()

        def change(active: frozenset[str]) -> None:
            if active:
                _log.info("the lease %s is this process'", name)
                names.ready(name)
                inner.disposable = source.subscribe(observer, scheduler=scheduler)
            else:
                _log.warning("the lease %s is another process' by now", name)
                inner.disposable = Disposable()

        names = SharedNames(where, f"lease {name}", [name], lease, change, observer)
        names.start()
        return CompositeDisposable(inner, Disposable(names.close))

    return Observable(subscribe)
