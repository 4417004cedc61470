"""Where the items go that Slack refused: to whoever asked for them, else to the log."""

from __future__ import annotations

import logging
import threading

from reactivex import Observable, abc
from reactivex.disposable import Disposable

from rxslack.core.unhandled import tell
from rxslack.events.types.rxslack_items import FailureEvent
from rxslack.sinks.delivery.failure_log import FailureLog

__all__ = ["DeadLetters"]

log = logging.getLogger("rxslack.sinks")


class DeadLetters:
    """
    The failures of a sink, as a stream that is always on and never ends.

    Args:
        log: Where a failure is written that nobody gets.
    """

    def __init__(self, log: FailureLog) -> None:
        self._log = log
        self._lock = threading.RLock()  # one failure at a time; a subscriber may leave on one
        self._observers: list[abc.ObserverBase[FailureEvent]] = []
        self.stream: Observable[FailureEvent] = Observable(self._subscribe)

    def tell(self, event: FailureEvent) -> None:
        """Emit a failure, or write it when nobody listens."""
        if not self.hand_on(event):
            self._log.tell(event)

    def hand_on(self, event: FailureEvent) -> bool:
        """
        Emit a failure that somebody else is told of, too; whether anybody listened.

        What is wrong with the token is written in any case, for it concerns all that follows.
        """
        self._log.tell_refused_token(event["error"])
        with self._lock:
            observers = list(self._observers)
            for observer in observers:
                try:
                    observer.on_next(event)
                except BaseException as error:  # noqa: BLE001 - a subscriber may raise anything
                    tell(observer, error, log)
        return bool(observers)

    def _subscribe(
        self, observer: abc.ObserverBase[FailureEvent], _: abc.SchedulerBase | None = None
    ) -> abc.DisposableBase:
        with self._lock:
            self._observers.append(observer)

        def leave() -> None:
            with self._lock:
                self._observers.remove(observer)

        return Disposable(leave)
