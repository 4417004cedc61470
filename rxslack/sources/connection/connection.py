"""
One subscription, one connection: everything that RTM and Socket Mode have in common.

    ask for a URL │ dial │ hello │ events, pings, silence watched │ an error, or the disposal
    └── one of a few threads ─┘└────── the threads of all connections, see `rxslack.wire.hub` ──────┘

What they do not have in common is a `SocketProtocol`.
"""

from __future__ import annotations

import json
import logging
import threading
import time
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from functools import partial
from itertools import count
from typing import Any, Final

from reactivex import Observable, abc
from reactivex.disposable import Disposable

from rxslack.core import telemetry
from rxslack.core.printable import printable
from rxslack.core.unhandled import report, tell
from rxslack.errors import FrameError, SlackError, TransportError
from rxslack.recovery.reconnecting.attempts import Hello
from rxslack.sources.budget import budget_of
from rxslack.sources.connection.openers import openers
from rxslack.sources.connection.options import ConnectionOptions
from rxslack.sources.connection.protocol import Endpoint, Outgoing, SocketProtocol
from rxslack.sources.connection.silence import SilenceWatch
from rxslack.sources.status import Status, Watched
from rxslack.web.client import WebClient
from rxslack.web.dialing import Cancellation
from rxslack.web.slack_clock import SlackClock
from rxslack.wire.bursts import Burst, BurstObserver, Bursts
from rxslack.wire.decoding import unknown
from rxslack.wire.frames import Choice
from rxslack.wire.read_loop import ReadLoop
from rxslack.wire.websocket import WebSocket, open_websocket

__all__ = ["connections"]


_EARLY_MESSAGES: Final = 1000  # that may come before hello, which Slack says first
_EARLY_BYTES: Final = 1024 * 1024
_MOMENT: Final = 0.1  # seconds until the next look while something that was read is dealt with


def connections(
    protocol: Callable[[], SocketProtocol], web: WebClient, options: ConnectionOptions
) -> Observable[dict[str, Any]]:
    """
    A cold Observable: each subscription opens a connection of its own.

    Args:
        protocol: makes the protocol of one connection.
        web: whose token connects; the websocket takes its proxy, certificates and timeouts.
        options: of each connection.

    Emits: items, beginning with hello; serially, on any thread of the hub.
    Errors: what ended the connection, or what the subscriber's own callback raised.
    Dispose: from any thread, in any state; ends socket and threads within a second.
    """

    def subscribe(
        observer: BurstObserver, scheduler: abc.SchedulerBase | None
    ) -> abc.DisposableBase:
        connection = _Connection(observer, scheduler, protocol(), web, options)
        openers.put(connection.begin)
        return Disposable(connection.dispose)

    return Bursts(subscribe)


def _unreadable_binary(message: bytes) -> bytes:
    data = message.decode("utf-8", "backslashreplace")
    item = {"type": "rxslack.unreadable", "data": data, "error": "a binary message"}
    return json.dumps(item).encode()


_numbers = count(1)


class _Connection:
    """From the question for a URL to the error, or the disposal, that ends it."""

    def __init__(
        self,
        observer: BurstObserver,
        scheduler: abc.SchedulerBase | None,
        protocol: SocketProtocol,
        web: WebClient,
        options: ConnectionOptions,
    ) -> None:
        self.protocol = protocol
        self._observer = observer
        self._scheduler = scheduler
        self._transport = web.transport
        self._options = options
        self._status = options.status
        self._budget = budget_of(web, options.budget)
        self._log = logging.getLogger(f"rxslack.{protocol.name}")
        self._cancellation = Cancellation()
        self._over = threading.Event()
        self._lock = threading.Lock()  # around the step from opening to open
        self._disposed = False
        self._read_loop: ReadLoop | None = None
        self._outgoing = Outgoing(protocol.write, inject=self._inject, fail=self._fail)
        self._watch = SilenceWatch(options, self._keep_alive)
        self._team = ""
        self._name = next(_numbers)
        self._clock = web.clock
        self._pass = telemetry.counting(
            self._emit_named if options.named else observer.on_items, web.clock.now
        )
        self._questions: deque[Callable[[], object]] = deque()  # to be asked by the hub
        self._asked: dict[object, Callable[[], object]] = {}  # those that wait for an answer
        self._early: list[dict[str, Any]] = []  # what came before hello, to follow it
        self._early_messages = self._early_bytes = 0
        self._greeted = False
        self._counted = False  # among those that are open
        self._cause = "disposed"

    # Life and death

    def begin(self) -> None:
        """Open the connection, and hand it over to the hub."""
        telemetry.fields_of_line(connection=self._name)
        try:
            if self._over.is_set():
                return
            if self._budget.take():
                # On a thread of its own: no other account's connection is to wait for that.
                name = f"rxslack-{self.protocol.name}"
                threading.Thread(target=self._begin_later, name=name, daemon=True).start()
            else:
                self._connect(0.0)
        except BaseException as error:  # noqa: BLE001 a mistake of ours must reach on_error, too
            self._finish(error)

    def _begin_later(self) -> None:
        """The same as soon as there may be another URL."""
        telemetry.fields_of_line(connection=self._name)
        began = time.monotonic()
        try:
            if self._budget.wait(self._over):
                self._connect(time.monotonic() - began)
        except BaseException as error:  # noqa: BLE001 a mistake of ours must reach on_error, too
            self._finish(error)

    def _connect(self, waited: float) -> None:
        telemetry.observe("url_wait", value=waited)
        self._tell_status(lambda status: status.opening(self._name))
        self._websocket = self._open()
        self._outgoing.begin(self._websocket)
        self._watch.begin(self._websocket)
        read_loop = self._make_read_loop()
        # `dispose` may have come during the handshake; then nobody else closes the websocket.
        if self._take_up(read_loop):
            read_loop.begin()
        else:
            self._end("")

    def _finish(self, error: BaseException | None) -> None:
        """It has ended, by this, or has been disposed."""
        cause = "" if error is None else str(error)
        if error is not None:
            self._cause = type(error).__name__
        self._outgoing.dispose()
        try:
            # After `dispose` nobody is to be told; an error of user code is reported all the same.
            if error is not None and not self._disposed:
                self._log.debug(
                    "connection ended, %d frames left undecoded: %s", self._left_out(), error
                )
                self._end(cause)
                tell(self._observer, error, self._log)
            elif error is not None and self._is_of_user_code(error):
                report(error, self._log)
        finally:
            self._end("" if self._disposed else cause)
            unknown().report()

    def _is_of_user_code(self, error: BaseException) -> bool:
        return self._read_loop is not None and error is self._read_loop.emit_error

    def _end(self, cause: str) -> None:
        if self._counted:
            self._counted = False
            telemetry.count("connections_open", self.protocol.name, by=-1)
            telemetry.count("connections_ended", self.protocol.name, self._cause)
        self._tell_status(lambda status: status.ended(self._name, cause))
        self._status = None

    def _tell_status(self, news: Callable[[Status], None]) -> None:
        if self._status is not None:
            news(self._status)

    def dispose(self) -> None:
        with self._lock:
            self._disposed = True
            read_loop = self._read_loop
        self._over.set()
        self._cancellation.cut()
        if read_loop is not None:
            read_loop.stop()
        self._outgoing.dispose()

    def retire(self) -> None:
        """Read no more; what was read, and acknowledged, is emitted before the end."""
        self._fail(TransportError("the websocket", "another connection has taken over"))

    # What `reconnect` asks

    @property
    def clock(self) -> SlackClock:
        """What time it is at Slack."""
        return self._clock

    def heard(self) -> float:
        """The instant up to which what Slack had sent has been read."""
        return self._websocket.heard

    def last_ts(self) -> str:
        """The highest `ts` known of messages that nobody needed."""
        return self.protocol.selection.last_ts

    def probe(self, answered: Callable[[], object]) -> None:
        """Ask Slack for an answer; the hub does, in its turn."""
        # Asked under the lock of the `Emitter`, where nothing may fail. Sending may.
        self._questions.append(answered)
        if self._read_loop is not None:
            self._read_loop.watch_now()

    def _look(self, now: float) -> float:
        while self._questions:
            number = self._outgoing.next_number()
            self._asked[number] = self._questions.popleft()
            # Looking at each item costs time in a flood, so it is done only while an answer is
            # awaited.
            if self._read_loop is not None:
                self._read_loop.on_items = self._expect_answer
            self.protocol.probe(self._outgoing, number)
        # Hello may have been read in time, and wait for the thread that deals with it.
        if not self._greeted and self._read_loop is not None and self._read_loop.is_emitting():
            return now + _MOMENT
        return self._watch.look(now)

    def _expect_answer(self, items: Sequence[dict[str, Any]], plain: bool) -> None:
        self._pass(items, plain)
        if plain:
            return
        for item in items:
            self._answered(self.protocol.answered(item))
        if self._read_loop is not None and not self._asked:
            self._read_loop.on_items = self._pass
            if self._asked:  # the hub was quicker
                self._read_loop.on_items = self._expect_answer

    def _answered(self, number: object) -> None:
        answered = self._asked.pop(number, None)
        if answered is not None:
            answered()

    def _hear_pong(self, payload: bytes) -> None:
        if payload.isdigit():
            self._answered(int(payload))

    def _keep_alive(self) -> None:
        # A peer that takes nothing is not asked, and given up for its silence when it is time for that.
        if not self._websocket.has_due():
            self.protocol.keep_alive(self._outgoing)

    # Opening

    def _open(self) -> WebSocket:
        endpoint = self._ask()
        self._team = endpoint.team
        return open_websocket(
            endpoint.url,
            self._transport,
            cancellation=self._cancellation,
            max_message_size=self._options.max_message_size,
            on_binary=_unreadable_binary,
            on_pong=self._hear_pong,
        )

    def _ask(self) -> Endpoint:
        try:
            with self._cancellation.held():
                return self.protocol.ask()
        except SlackError as error:
            self._budget.heed(error)
            raise

    def _make_read_loop(self) -> ReadLoop:
        on_receipt = self.protocol.on_receipt
        return ReadLoop(
            self._websocket,
            read=self._read_early,
            on_items=self._expect_hello,
            watch=self._look,
            on_end=self._finish,
            max_waiting_bytes=self._options.max_waiting_bytes,
            overflow=self._options.overflow,
            on_receipt=None if on_receipt is None else partial(on_receipt, self._outgoing),
        )

    def _take_up(self, read_loop: ReadLoop) -> bool:
        with self._lock:
            if not self._disposed:
                self._read_loop = read_loop
                return True
        self._websocket.close()
        return False

    # From Slack

    def _read_early(self, messages: Sequence[bytes]) -> Iterator[Burst]:
        """One by one until hello, which may be any of them."""
        for place, message in enumerate(messages):
            if self._greeted:
                yield from self.protocol.read(messages[place:])
                return
            # These are kept until hello comes, so there is a bound.
            self._early_messages += 1
            self._early_bytes += len(message)
            if self._early_messages > _EARLY_MESSAGES or self._early_bytes > _EARLY_BYTES:
                what = f"no hello within {_EARLY_MESSAGES} messages or {_EARLY_BYTES} bytes"
                raise FrameError(1008, what)
            yield from self.protocol.read((message,))

    def _choose(self) -> Choice | None:
        return self.protocol.selection.choice(self._observer.wish())

    def _expect_hello(self, items: Sequence[dict[str, Any]], _: bool) -> None:
        for place, item in enumerate(items):
            if self.protocol.is_hello(item):
                # Slack says hello first. Where it does not, hello is emitted first all the same: it
                # is what `reconnect` takes for the beginning of a connection.
                early, self._early = self._early, []
                self._greet()
                self._pass([Hello(item, self), *early, *items[place + 1 :]], False)
                return
            self._early.append(item)

    def _greet(self) -> None:
        self._greeted = True
        self._watch.greet()
        self._counted = True
        telemetry.count("connections_open", self.protocol.name)
        telemetry.fields_of_line(team=self._team)
        where = self._team and f", to {printable(self._team)}"
        self._log.debug("connection %d stands%s", self._name, where)
        waiting = self._read_loop.waiting if self._read_loop is not None else int
        watched = Watched(self._watch.last_byte, waiting, self._left_out)
        self._tell_status(lambda status: status.stands(self._name, self._team, watched))
        if self._options.outgoing is not None:
            self._outgoing.follow(self._options.outgoing, self._scheduler)
        if self._read_loop is not None:
            self._read_loop.on_items = self._pass
            self._read_loop.read_items = self.protocol.read
            self._read_loop.watch_now()  # other things are due now
            self._websocket.choose(self._choose)

    def _left_out(self) -> int:
        return self.protocol.selection.left_out

    def _emit_named(self, items: Sequence[dict[str, Any]], plain: bool) -> None:
        for item in items:
            item["rxslack_team"] = self._team
            item["rxslack_connection"] = self._name
        self._observer.on_items(items, plain)

    def _inject(self, item: dict[str, Any]) -> None:
        if self._read_loop is not None:
            self._read_loop.inject(item)

    def _fail(self, error: Exception) -> None:
        if self._read_loop is not None:
            self._read_loop.fail(error)
