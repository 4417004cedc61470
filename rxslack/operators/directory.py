"""Users and channels by their ids, each asked of Slack once."""

from __future__ import annotations

import threading
import time
from collections import OrderedDict, deque
from collections.abc import Callable, Mapping
from concurrent.futures import Future
from itertools import islice
from typing import Any, Final, TypeAlias, cast

from rxslack.core.fork import Registry
from rxslack.errors import ApiError, ConfigurationError
from rxslack.events.messages import Event, channel_of, user_of
from rxslack.events.types.objects_channel import Channel, DirectChannel
from rxslack.events.types.objects_user import User
from rxslack.recovery.backoff import backoff
from rxslack.web.calls import Abandoned, retried
from rxslack.web.client import WebClient
from rxslack.web.protocol import check_client

__all__ = ["Abandoned", "Directory"]

Wait: TypeAlias = Callable[[float, threading.Event], bool]

_NOBODY: Final = frozenset(
    {"user_not_found", "users_not_found", "user_not_visible", "channel_not_found"}
)
_USER_CHANGES: Final = frozenset(
    {
        "team_join",
        "user_change",
        "user_huddle_changed",
        "user_profile_changed",
        "user_status_changed",
    }
)
_CHANNEL_CHANGES: Final = frozenset(
    {
        "channel_archive",
        "channel_deleted",
        "channel_rename",
        "channel_unarchive",
        "channel_updated",
        "group_archive",
        "group_deleted",
        "group_rename",
        "group_unarchive",
    }
)
_MINUTE: Final = 60.0  # seconds, the window in which Slack counts
_ATTEMPTS: Final = 5


def wait(seconds: float, stop: threading.Event) -> bool:
    """Let time pass; True when `stop` ended it."""
    return stop.wait(seconds)


class Directory:
    """
    The users and channels of a workspace. Safe from many threads at once.

    >>> directory = Directory(WebClient("xoxb-test"))  # asks when a name is wanted, not before

    Each id is asked of Slack once and remembered; several threads that want the same one wait for
    the same answer. No more is asked than Slack's tiers allow: a call over that waits.

    Args:
        web: The client that asks; its token needs ``users:read`` for users, ``channels:read`` and
            its like for channels.
        remember: Seconds after which an id is asked for again.
        max_remembered: How many users, and how many channels; what was not wanted for the longest
            time is forgotten first.
        users_per_minute: How often users.info is called in a minute, tier 4.
        channels_per_minute: How often conversations.info is called in a minute, tier 3.
        clock: Tells the time, seconds.
        wait: Lets time pass: takes seconds and an event that ends it early; returns whether it did.

    Raises: ConfigurationError for numbers that are not above 0.
    Source: docs.slack.dev/apis/web-api/rate-limits; docs.slack.dev/reference/methods/users.info.
    """

    def __init__(
        self,
        web: WebClient,
        *,
        remember: float = 86_400.0,
        max_remembered: int = 10_000,
        users_per_minute: int = 100,
        channels_per_minute: int = 50,
        clock: Callable[[], float] = time.monotonic,
        wait: Wait = wait,
    ) -> None:
        check_client(web, "Directory")
        if min(remember, max_remembered, users_per_minute, channels_per_minute) <= 0:
            raise ConfigurationError(
                "a Directory needs remember, max_remembered and calls a minute above 0"
            )

        def cache(method: str, key: str, per_minute: int) -> Cache:
            asking = Tiered(lambda one: web.call(method, **{key: one}), per_minute, clock, wait)
            return Cache(
                lambda one, stop: asking(one, stop).get(key), remember, max_remembered, clock
            )

        self._users = cache("users.info", "user", users_per_minute)
        self._channels = cache("conversations.info", "channel", channels_per_minute)

    def user(self, user_id: str, *, stop: threading.Event | None = None) -> User | None:
        """
        The user of an id; None where Slack knows none, or hides them.

        Args:
            user_id: "U0123ABCD".
            stop: ends a wait for Slack's tier early, with the exception `Abandoned`.

        Raises: what `WebClient.call` raises, at the fifth attempt when another one might help.
        """
        return cast("User | None", self._users.get(user_id, stop or threading.Event()))

    def channel(
        self, channel_id: str, *, stop: threading.Event | None = None
    ) -> Channel | DirectChannel | None:
        """The conversation of an id; None where Slack knows none. Otherwise as `user`."""
        found = self._channels.get(channel_id, stop or threading.Event())
        return cast("Channel | DirectChannel | None", found)

    def learn(self, event: Event) -> None:
        """Take in what an event says of a user, and forget a channel that it changes."""
        kind = event.get("type")
        if not isinstance(kind, str):
            return
        user = event.get("user")
        if kind in _USER_CHANGES and isinstance(user, Mapping):
            self._users.put(user_of(event), cast("Mapping[str, Any]", user))
        elif kind in _CHANNEL_CHANGES:
            self._channels.forget(channel_of(event))


class Cache:
    """What is remembered of one kind: a future for each id, the least wanted first."""

    def __init__(
        self,
        fetch: Callable[[str, threading.Event], Any],
        remember: float,
        max_remembered: int,
        clock: Callable[[], float],
    ) -> None:
        self._fetch = fetch
        self._remember = remember
        self._max_remembered = max_remembered
        self._clock = clock
        self._lock = threading.Lock()
        self._places: OrderedDict[str, tuple[float, Future[Any]]] = OrderedDict()
        _caches.add(self)

    def disown(self) -> None:
        """In a child of `fork()`: ask anew, for what a thread of the parent asks never comes."""
        self._lock = threading.Lock()
        self._places.clear()

    def get(self, name: str, stop: threading.Event) -> Any:
        while True:
            answer, mine = self._place(name)
            if mine:
                self._fill(name, answer, stop)
            try:
                return answer.result()
            except Abandoned:
                if mine:
                    raise  # else another thread has given up, and this one asks in its place

    def put(self, name: str | None, value: Mapping[str, Any]) -> None:
        if name is not None:
            answer: Future[Any] = Future()
            answer.set_result(value)
            with self._lock:
                self._set(name, answer)

    def forget(self, name: str | None) -> None:
        with self._lock:
            self._places.pop(name or "", None)

    def _place(self, name: str) -> tuple[Future[Any], bool]:
        """The answer for a name, and whether the caller has to fetch it."""
        with self._lock:
            until, known = self._places.get(name, (0.0, None))
            if known is not None and (self._clock() < until or not known.done()):
                self._places.move_to_end(name)
                return known, False
            answer: Future[Any] = Future()
            self._set(name, answer)
            return answer, True

    def _set(self, name: str, answer: Future[Any]) -> None:
        self._places[name] = (self._clock() + self._remember, answer)
        self._places.move_to_end(name)
        if len(self._places) > self._max_remembered:
            self._places.popitem(last=False)

    def _fill(self, name: str, answer: Future[Any], stop: threading.Event) -> None:
        try:
            answer.set_result(self._fetch(name, stop))
        except BaseException as error:
            with self._lock:
                if self._places.get(name, (0.0, None))[1] is answer:
                    del self._places[name]
            answer.set_exception(error)  # it reaches whoever waits, this thread among them
            if not isinstance(error, Exception):
                raise


_caches = Registry[Cache](Cache.disown)


class Tiered:
    """One method of Slack's, called within its tier and called again when that may help."""

    def __init__(
        self,
        call: Callable[[str], Mapping[str, Any]],
        per_minute: int,
        clock: Callable[[], float],
        wait: Wait,
    ) -> None:
        self._call = call
        self._per_minute = per_minute
        self._clock = clock
        self._wait = wait
        self._lock = threading.Lock()
        _tiered.add(self)
        self._turns: deque[float] = deque(maxlen=per_minute)  # when the last calls were due

    def disown(self) -> None:
        """In a child of `fork()`: a thread of the parent may have held the lock."""
        self._lock = threading.Lock()

    def __call__(self, name: str, stop: threading.Event) -> Mapping[str, Any]:
        def attempt() -> Mapping[str, Any]:
            self._pass(self._turn(), stop)
            return self._ask(name)

        pauses = islice(backoff(), _ATTEMPTS - 1)
        return retried(attempt, pauses, lambda seconds: self._pass(seconds, stop))

    def _ask(self, name: str) -> Mapping[str, Any]:
        try:
            return self._call(name)
        except ApiError as error:
            if error.error in _NOBODY:
                return {}
            raise

    def _turn(self) -> float:
        """Take the next turn; returns the seconds until it comes."""
        with self._lock:
            now = self._clock()
            full = len(self._turns) == self._per_minute
            due = max(now, self._turns[0] + _MINUTE) if full else now
            self._turns.append(due)
        return due - now

    def _pass(self, seconds: float, stop: threading.Event) -> None:
        if seconds > 0 and self._wait(seconds, stop):
            raise Abandoned


_tiered = Registry[Tiered](Tiered.disown)
