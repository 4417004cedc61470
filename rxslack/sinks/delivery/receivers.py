"""Who is told what became of a call: a stream, subscribers of the failures, or the log."""

from __future__ import annotations

import logging
import threading
from typing import Any, Protocol, TypeAlias

from reactivex import Observable, abc
from reactivex.disposable import Disposable

from rxslack.core.printable import printable
from rxslack.core.unhandled import has_ended, tell
from rxslack.errors import (
    ApiError,
    AuthenticationError,
    ConfigurationError,
    MissingScope,
    ServerError,
    SlackError,
    TooLong,
)
from rxslack.events.items import as_mapping, is_failure
from rxslack.events.types.rxslack_items import FailureEvent
from rxslack.lanes.lanes import Outcomes

__all__ = [
    "DeadLetters",
    "FailureLog",
    "FailuresOnly",
    "LeftBehind",
    "Outcome",
    "Receiver",
    "Replies",
    "code_of",
    "label_of",
]


def code_of(error: Exception) -> str:
    """
    An error in words that never hold a message's text: Slack's code, ours, or the class.

    >>> code_of(ApiError("chat.postMessage", "is_archived")), code_of(KeyError("hello"))
    ('is_archived', 'KeyError')
    """
    if isinstance(error, ApiError):
        return printable(error.error)
    if isinstance(error, ServerError):
        return f"HTTP {error.status}"
    # Of other exceptions the text is somebody else's, and may quote the message.
    is_own = type(error) in (SlackError, ConfigurationError, TooLong)
    return str(error) if is_own else type(error).__name__


def label_of(error: Exception) -> str:
    """
    An error in one word of few: Slack's code, or the class.

    >>> label_of(ApiError("chat.postMessage", "is_archived")), label_of(KeyError("hello"))
    ('is_archived', 'KeyError')
    """
    return printable(error.error) if isinstance(error, ApiError) else type(error).__name__


def place_of(item: object) -> str:
    """The channel that an item is about."""
    fields = as_mapping(item)
    channel = fields.get("channel") or fields.get("channel_id")
    return printable(channel) if isinstance(channel, str) else "no channel"


class FailureLog:
    """
    Writes failures at ERROR: the channel and the code, never the message.

    A token that is refused fails every item in the same way, so that is written once a code, with
    what to do about it.

    Args:
        logger: Where to.
    """

    def __init__(self, logger: logging.Logger) -> None:
        self._logger = logger
        self._told: set[str] = set()

    def tell(self, event: FailureEvent) -> None:
        """Write one failure."""
        error = event["error"]
        if not self.tell_refused_token(error):
            what = "perhaps done" if event.get("uncertain") else "failed"
            self._logger.error("%s: %s: %s", place_of(event["item"]), what, code_of(error))

    def tell_refused_token(self, error: Exception) -> bool:
        """Write it when the token is at fault, the first time; whether the token is at fault."""
        if not isinstance(error, (AuthenticationError, MissingScope)):
            return False
        if error.error not in self._told:
            self._told.add(error.error)
            self._logger.error("the token is refused: %s", error)
        return True


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


Outcome: TypeAlias = dict[str, Any] | FailureEvent
"""Slack's reply, or the failure of an item."""


class Receiver(Protocol):
    """Told of each call twice: when it comes in and when it is over."""

    def accept(self) -> None:
        """A call came in. Returns at once."""

    def settle(self, outcome: Outcome) -> None:
        """A call is over. Called from any thread."""

    def skip(self) -> None:
        """A call is not made, because the one before it, of the same item, failed."""

    def drop(self, event: FailureEvent) -> None:
        """A call was dropped because the sink was closed."""


class FailuresOnly:
    """
    The receiver of a plain observer: failures are dead letters, replies are let go.

    Args:
        letters: Where failures go.
    """

    def __init__(self, letters: DeadLetters) -> None:
        self._letters = letters

    def accept(self) -> None:
        """Nothing to keep."""

    def settle(self, outcome: Outcome) -> None:
        """Hand a failure on, or log it."""
        if is_failure(outcome):
            self._letters.tell(outcome)

    def skip(self) -> None:
        """Nothing to tell."""

    def drop(self, event: FailureEvent) -> None:
        """Hand it on; no line of the log for each, for who closes a sink is told the number."""
        self._letters.hand_on(event)


class Replies(Outcomes[Outcome]):
    """
    The receiver of one subscription to the operator: outcomes one at a time, then the end.

    Args:
        observer: Gets the outcomes, failures among them.
        letters: Gets the failures, too.
    """

    def __init__(self, observer: abc.ObserverBase[Outcome], letters: DeadLetters) -> None:
        super().__init__(observer)
        self._letters = letters

    def inherit(self, left_behind: LeftBehind) -> None:
        """Emit what became of earlier calls, in order, and what will become of them."""
        with self._emitting:
            for outcome in left_behind.go_to(self):
                self.accept()
                super().settle(outcome)  # the dead letters have been told of it

    def settle(self, outcome: Outcome) -> None:
        """Emit; then the end, when this was the last one."""
        if is_failure(outcome):
            # Whoever subscribed may have left, and then nobody would hear of it.
            tell = self._letters.tell if has_ended(self._observer) else self._letters.hand_on
            tell(outcome)
        super().settle(outcome)

    def drop(self, event: FailureEvent) -> None:
        """Emit the failure, where anybody listens; who closes a sink is told the number."""
        self._letters.hand_on(event)
        super().settle(event)


class LeftBehind:
    """
    The receiver of what an earlier process left behind: its outcomes go where the first others go.

    Until a stream comes they are kept for it, though failures are told at once.

    Args:
        quiet: Gets the failures until then, and all when no stream comes.
    """

    def __init__(self, quiet: FailuresOnly) -> None:
        self._failures_only = quiet
        self._lock = threading.Lock()
        self._receiver: Receiver | None = None
        self._pending = 0
        self._kept: list[Outcome] = []

    def accept(self) -> None:
        """One more was left behind; all are counted before any stream comes."""
        with self._lock:
            self._pending += 1

    def settle(self, outcome: Outcome) -> None:
        """Hand an outcome on, or keep it."""
        self._over(outcome).settle(outcome)

    def skip(self) -> None:
        """Nothing to tell, but of the end of it."""
        self._over(None).skip()

    def drop(self, event: FailureEvent) -> None:
        """The sink was closed."""
        self._over(event).drop(event)

    def _over(self, outcome: Outcome | None) -> Receiver:
        with self._lock:
            self._pending -= 1
            if self._receiver is None and outcome is not None:
                self._kept.append(outcome)
            return self._receiver or self._failures_only

    def go_to(self, receiver: Receiver) -> list[Outcome]:
        """Hand on from now on; what was kept, the first time."""
        with self._lock:
            if self._receiver is not None:
                return []
            self._receiver = receiver
            for _ in range(self._pending):
                receiver.accept()
            kept, self._kept = self._kept, []
        return kept
