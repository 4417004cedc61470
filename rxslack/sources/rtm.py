"""Slack's Real Time Messaging API as an Observable."""

from __future__ import annotations

import json
import logging
import threading
import time
from collections.abc import Callable, Mapping
from typing import Any, Final, cast

from reactivex import Observable, abc
from reactivex.disposable import Disposable, SerialDisposable

from rxslack.dialing import Lifeline
from rxslack.errors import (
    AuthenticationError,
    ConfigurationError,
    ConnectionRefused,
    FrameError,
    Silent,
    SlackError,
    StaleUrl,
    UnreadableResponse,
)
from rxslack.protocol import read_event, read_outgoing
from rxslack.pump import Overflow, Pump
from rxslack.transport import Wire, open_wire
from rxslack.unknown import unknown
from rxslack.web import WebClient

__all__ = ["rtm"]

_log = logging.getLogger("rxslack.rtm")

_SPENT_URL: Final = 1  # the code of the `error` frame for a URL used before or too old


def rtm(
    web: WebClient,
    *,
    outgoing: Observable[Any] | None = None,
    arguments: Mapping[str, Any] | None = None,
    ping_after: float = 10.0,
    silence: float = 30.0,
    max_message_size: int = 16 * 1024 * 1024,
    buffer: int = 64 * 1024 * 1024,
    overflow: Overflow = "wait",
) -> Observable[dict[str, Any]]:
    """
    Everything Slack tells this token over RTM, as it happens.

    Cold: each subscription asks rtm.connect for a URL of its own and opens one connection.

    >>> events = rtm(WebClient("xoxb-test"))  # nothing is connected before `subscribe`

    Args:
        web: the client whose token connects: the `xoxb-` or `xoxp-` token of a classic app.
        outgoing: what to send over the socket, from hello on: mappings such as
            `{"type": "typing", "channel": "C1"}`, `{"type": "message", "channel": "C1", "text":
            "Hi"}`, `{"type": "presence_sub", "ids": ["U1"]}`. One without `id` gets the next
            number. Subscribed anew for each connection. Its error ends the stream.
        arguments: more for rtm.connect, such as `{"batch_presence_aware": True}`.
        ping_after: seconds without a frame after which a ping is sent.
        silence: seconds without one byte after which the connection is taken for dead, counted
            from the handshake; the same for a hello that does not come.
        max_message_size: bytes of the largest message allowed.
        buffer: bytes that may wait for user code that is slow.
        overflow: what happens at that bound: "wait" stops reading, so that Slack has to wait;
            "fail" ends the stream with BufferFull.

    Emits: event dicts. The first is `hello`; protocol events (`goodbye`, `pong`, …) are among
    them. Slack's answers to what was sent have the type `rxslack.reply`; a frame that cannot be
    read is an `rxslack.unreadable` item, an item of `outgoing` that cannot be sent an
    `rxslack.unsent` item, and the stream goes on. Types that rxslack does not know are emitted like
    the others; the first of each is a line of the logger ``rxslack.events``. All come serially, in
    order, on one thread that belongs to the connection. Whatever a subscriber does on it, pings
    are answered.
    Errors: when the connection cannot be opened or has ended; StaleUrl for a URL Slack calls
    expired; AuthenticationError for an `xapp-` token, without asking Slack. What a subscriber's
    own callback raises goes to its `on_error`.
    Completes: never by itself.
    Dispose: from any thread, in any state. A CLOSE frame is sent, socket and threads are freed
    within a second, nothing is emitted any more; a callback that is running is not waited for.
    Source: docs.slack.dev/legacy/legacy-rtm-api.
    """
    if not 0 < ping_after < silence:
        raise ConfigurationError("ping_after must be more than 0 and less than silence (seconds)")
    if max_message_size < 1 or buffer < 1:
        raise ConfigurationError("max_message_size and buffer must be at least 1 byte")
    if overflow not in ("wait", "fail"):
        raise ConfigurationError(f"overflow must be 'wait' or 'fail', not {overflow!r}")

    def subscribe(
        observer: abc.ObserverBase[dict[str, Any]], scheduler: abc.SchedulerBase | None = None
    ) -> abc.DisposableBase:
        def open_socket(lifeline: Lifeline) -> Wire:
            url = _ask_for_url(web, arguments or {}, lifeline)
            return open_wire(
                url,
                web.transport,
                lifeline=lifeline,
                max_message_size=max_message_size,
                on_binary=_unreadable_binary,
            )

        connection = _Connection(observer, scheduler, outgoing, ping_after, silence)
        threading.Thread(
            target=connection.live,
            args=(open_socket, buffer, overflow),
            name="rxslack-rtm",
            daemon=True,
        ).start()
        return Disposable(connection.dispose)

    return Observable(subscribe)


def _ask_for_url(web: WebClient, arguments: Mapping[str, Any], lifeline: Lifeline) -> str:
    if web.token_kind == "xapp":
        raise AuthenticationError(
            "rtm.connect",
            "not_allowed_token_type",
            remedy="an xapp- token opens Socket Mode; RTM takes the xoxb- or xoxp- token of a classic app",
        )
    with lifeline.held():
        answer = web.call("rtm.connect", **arguments)
    url = answer.get("url")
    if not isinstance(url, str) or not url.startswith(("ws://", "wss://")):
        raise UnreadableResponse("rtm.connect", answer.status, "an answer without a websocket URL")
    return url


def _unreadable_binary(message: bytes) -> bytes:
    data = message.decode("utf-8", "backslashreplace")
    item = {"type": "rxslack.unreadable", "data": data, "error": "a binary message"}
    return json.dumps(item).encode()


class _Connection:
    """One subscription: from rtm.connect to the error, or the disposal, that ends it."""

    def __init__(
        self,
        observer: abc.ObserverBase[dict[str, Any]],
        scheduler: abc.SchedulerBase | None,
        outgoing: Observable[Any] | None,
        ping_after: float,
        silence: float,
    ) -> None:
        self._observer = observer
        self._scheduler = scheduler
        self._outgoing = outgoing
        self._ping_after = ping_after
        self._silence = silence
        self._lifeline = Lifeline()
        self._lock = threading.Lock()  # around numbers, and around the step from opening to open
        self._disposed = False
        self._pump: Pump | None = None
        self._sending = SerialDisposable()
        self._number = 0
        self._greeted = False
        self._early: list[dict[str, Any]] = []  # what came before hello, to follow it
        self._unknown = unknown()

    def live(
        self, open_socket: Callable[[Lifeline], Wire], buffer: int, overflow: Overflow
    ) -> None:
        try:
            self._wire: Wire = open_socket(self._lifeline)
            self._opened = self._pinged = time.monotonic()
            pump = Pump(
                self._wire, emit=self._emit, watch=self._watch, buffer=buffer, overflow=overflow
            )
            if self._take_up(pump):
                pump.run()
        except Exception as error:  # noqa: BLE001 user code runs in here too, and its errors go on
            self._sending.dispose()
            if not self._disposed:
                _log.debug("connection ended: %s", error)
                self._observer.on_error(error)
        finally:
            self._unknown.report()

    def dispose(self) -> None:
        with self._lock:
            self._disposed = True
            pump = self._pump
        self._lifeline.cut()
        if pump is not None:
            pump.stop()
        self._sending.dispose()

    def _take_up(self, pump: Pump) -> bool:
        with self._lock:
            if not self._disposed:
                self._pump = pump
                return True
        self._wire.close()
        return False

    def _emit(self, message: bytes | dict[str, Any]) -> None:
        try:
            event = read_event(message) if isinstance(message, bytes) else message
        except UnicodeDecodeError as error:
            raise FrameError(1007, "a text message that is not UTF-8") from error
        self._unknown.look(event)
        if self._greeted:
            self._observer.on_next(event)
        else:
            self._expect_hello(event)

    def _expect_hello(self, event: dict[str, Any]) -> None:
        if event["type"] == "error":
            raise _refusal(event)
        if event["type"] != "hello":
            self._early.append(event)
            return
        self._greeted = True
        if self._outgoing is not None:
            self._sending.disposable = self._outgoing.subscribe(
                self._send, self._fail, scheduler=self._scheduler
            )
        for item in (event, *self._early):
            if not self._disposed:
                self._observer.on_next(item)
        self._early.clear()

    def _watch(self, now: float) -> float:
        """Keep the clock; called now and then by a thread that runs no user code."""
        last_read = self._wire.last_read
        dead = last_read + self._silence
        if now >= dead:
            raise Silent(self._silence)
        if not self._greeted:
            late = self._opened + self._silence
            if now >= late:
                raise Silent(self._silence, "hello")
            return min(dead, late)
        quiet = max(last_read, self._pinged) + self._ping_after
        if now < quiet:
            return min(dead, quiet)
        self._pinged = now
        self._wire.send(json.dumps({"id": self._next_number(), "type": "ping"}))
        return min(dead, now + self._ping_after)

    def _send(self, message: Any) -> None:
        number = self._next_number()
        try:
            text, used = read_outgoing(message, number)
        except (TypeError, ValueError, RecursionError) as error:
            self._inject({"type": "rxslack.unsent", "message": message, "error": str(error)})
            return
        with self._lock:
            self._number = max(self._number, used)
        try:
            self._wire.send(text)
        except SlackError as error:
            self._fail(error)

    def _next_number(self) -> int:
        with self._lock:
            self._number += 1
            return self._number

    def _inject(self, item: dict[str, Any]) -> None:
        if self._pump is not None:
            self._pump.inject(item)

    def _fail(self, error: Exception) -> None:
        if self._pump is not None:
            self._pump.fail(error)


def _refusal(event: Mapping[str, Any]) -> SlackError:
    error: Any = event.get("error")
    detail = cast("Mapping[str, Any]", error if isinstance(error, Mapping) else {})
    if detail.get("code") == _SPENT_URL:
        return StaleUrl(str(detail.get("msg")))
    return ConnectionRefused(detail.get("code"), detail.get("msg"))
