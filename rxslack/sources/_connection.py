"""
One subscription, one connection: everything that RTM and Socket Mode have in common.

    ask for a URL │ dial │ hello │ events, pings, silence watched │ an error, or the disposal
    └────── called off by `dispose` ──────┘└────── two threads, see `rxslack.pump` ──────┘

What they do not have in common is a `Dialect`.
"""

from __future__ import annotations

import json
import logging
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from itertools import count
from typing import Any, Final, Protocol

from reactivex import Observable, abc
from reactivex.disposable import Disposable, SerialDisposable

from rxslack.bursts import Burst, BurstObserver, Bursts
from rxslack.dialing import Lifeline
from rxslack.errors import ConfigurationError, Silent, SlackError, TransportError
from rxslack.operators._hello import Hello
from rxslack.pump import Overflow, Pump
from rxslack.sources.budget import UrlBudget, budget_of
from rxslack.sources.status import Status, Watched
from rxslack.transport import Wire, open_wire
from rxslack.unknown import unknown
from rxslack.web import WebClient

__all__ = ["Dialect", "Habits", "Invitation", "Line", "connections"]


_TICK: Final = 1.0  # seconds between looks at the wall clock
_JUMP: Final = 5.0  # seconds that it may go ahead of the monotonic one
_PROBE: Final = 5.0  # seconds that Slack has to answer after a jump


class Line(Protocol):
    """What a dialect may do with its open websocket; safe from any thread."""

    def send(self, *texts: bytes) -> None:
        """Send text frames, in UTF-8. Raises TransportError when they cannot leave."""
        ...

    def ping(self, payload: bytes = b"") -> None:
        """Send a websocket ping. Raises TransportError when it cannot leave."""
        ...

    def next_number(self) -> int:
        """1, 2, 3 and so on, for this connection."""
        ...


@dataclass(frozen=True)
class Invitation:
    """
    Slack's answer to somebody who wants to connect.

    Args:
        url: of the websocket, good once; a secret.
        team: the workspace's id, "T…"; "" when Slack did not say.
    """

    url: str
    team: str = ""

    def __repr__(self) -> str:
        return f"Invitation(team={self.team!r})"


class Dialect(Protocol):
    """
    What one of Slack's websockets has of its own. One object serves one connection.

    Attributes:
        name: "rtm", for the threads and the logger ``rxslack.rtm``.
        on_receipt: called with the messages as they come off the wire, in order, by a thread that
            runs no user code, however busy user code is; the place to acknowledge. A `SlackError`
            of it ends the connection after what came before. None: nothing to do.
    """

    @property
    def name(self) -> str: ...

    @property
    def on_receipt(self) -> Callable[[Line, Sequence[bytes]], None] | None: ...

    def ask(self) -> Invitation:
        """Ask Slack for a URL. Blocks; `dispose` cuts its sockets. What it raises ends it all."""
        ...

    def read(self, messages: Sequence[bytes], /) -> Iterator[Burst]:
        """
        The items for text messages, a few at a time, and whether these are plain.

        What it raises ends the connection.
        """
        ...

    def is_hello(self, item: dict[str, Any]) -> bool:
        """Whether the connection stands with this. Raises when Slack refuses it."""
        ...

    def keep_alive(self, line: Line) -> None:
        """Provoke an answer of Slack's, after a while without a byte."""
        ...

    def write(self, message: Any, number: int) -> tuple[str, int]:
        """
        The text for an item of `outgoing`, and the number it carries.

        Raises: ValueError, TypeError or RecursionError for what cannot be sent.
        """
        ...


@dataclass(frozen=True, kw_only=True)
class Habits:
    """
    How a connection behaves, whatever its dialect.

    Args:
        outgoing: what to send over the socket, from hello on; subscribed for each connection.
        ping_after: seconds without a byte after which Slack is provoked.
        silence: seconds without a byte after which the connection is taken for dead, counted from
            the handshake; the same for a hello that does not come.
        max_message_size: bytes of the largest message allowed.
        buffer: bytes that may wait for user code that is slow.
        overflow: what happens at that bound; see `Pump`.
        budget: how often may be asked for a URL. Default: the one of this token and base URL.
        status: is kept up to date.
        named: whether each item gets `rxslack_team` and `rxslack_connection`.
        wall: unix seconds; a jump of it, as when a laptop wakes, is answered with a probe.

    Raises: ConfigurationError.
    """

    outgoing: Observable[Any] | None = None
    ping_after: float = 10.0
    silence: float = 30.0
    max_message_size: int = 16 * 1024 * 1024
    buffer: int = 64 * 1024 * 1024
    overflow: Overflow = "wait"
    budget: UrlBudget | None = None
    status: Status | None = None
    named: bool = False
    wall: Callable[[], float] = time.time

    def __post_init__(self) -> None:
        if not 0 < self.ping_after < self.silence:
            raise ConfigurationError(
                "ping_after must be more than 0 and less than silence (seconds)"
            )
        if self.max_message_size < 1 or self.buffer < 1:
            raise ConfigurationError("max_message_size and buffer must be at least 1 byte")
        if self.overflow not in ("wait", "fail"):
            raise ConfigurationError(f"overflow must be 'wait' or 'fail', not {self.overflow!r}")


def connections(
    dialect: Callable[[], Dialect], web: WebClient, habits: Habits
) -> Observable[dict[str, Any]]:
    """
    A cold Observable: each subscription opens a connection of its own.

    Args:
        dialect: makes the dialect of one connection.
        web: whose token connects; the websocket takes its proxy, certificates and timeouts.
        habits: of each connection.

    Emits: items, beginning with hello; serially, on a thread that belongs to the connection.
    Errors: what ended the connection, or what the subscriber's own callback raised.
    Dispose: from any thread, in any state; ends socket and threads within a second.
    """

    def subscribe(
        observer: BurstObserver, scheduler: abc.SchedulerBase | None
    ) -> abc.DisposableBase:
        connection = _Connection(observer, scheduler, dialect(), web, habits)
        name = f"rxslack-{connection.dialect.name}"
        threading.Thread(target=connection.live, name=name, daemon=True).start()
        return Disposable(connection.dispose)

    return Bursts(subscribe)


def _unreadable_binary(message: bytes) -> bytes:
    data = message.decode("utf-8", "backslashreplace")
    item = {"type": "rxslack.unreadable", "data": data, "error": "a binary message"}
    return json.dumps(item).encode()


_numbers = count(1)


class _Connection:
    """From the question for a URL to the error, or the disposal, that ends it; a `Line`."""

    def __init__(
        self,
        observer: BurstObserver,
        scheduler: abc.SchedulerBase | None,
        dialect: Dialect,
        web: WebClient,
        habits: Habits,
    ) -> None:
        self.dialect = dialect
        self._observer = observer
        self._scheduler = scheduler
        self._transport = web.transport
        self._habits = habits
        self._status = habits.status
        self._budget = habits.budget or budget_of(web)
        self._log = logging.getLogger(f"rxslack.{dialect.name}")
        self._lifeline = Lifeline()
        self._over = threading.Event()
        self._lock = threading.Lock()  # around numbers, and around the step from opening to open
        self._disposed = False
        self._pump: Pump | None = None
        self._sending = SerialDisposable()
        self._number = 0
        self._greeted = False
        self._team = ""
        self._name = next(_numbers)
        self._probe: float | None = None  # when a byte has to have come after a jump of the clock
        self._offset = habits.wall() - time.monotonic()
        self._pass = self._emit_named if habits.named else observer.on_items
        self._early: list[dict[str, Any]] = []  # what came before hello, to follow it

    # Life and death

    def live(self) -> None:
        if not self._budget.wait(self._over):
            return
        cause = ""
        try:
            self._tell(lambda status: status.opening(self._name))
            self._wire = self._open()
            self._opened = self._pinged = time.monotonic()
            pump = self._make_pump()
            if self._take_up(pump):
                pump.run()
        except Exception as error:  # noqa: BLE001 user code runs in here too, and its errors go on
            cause = str(error)
            self._sending.dispose()
            if self._pump is not None and isinstance(error, TransportError):
                error.last_byte = self._last_byte()
            if not self._disposed:
                self._log.debug("connection ended: %s", error)
                self._end(cause)
                self._observer.on_error(error)
        finally:
            self._end("" if self._disposed else cause)
            unknown().report()

    def _end(self, cause: str) -> None:
        self._tell(lambda status: status.ended(self._name, cause))
        self._status = None

    def _tell(self, news: Callable[[Status], None]) -> None:
        if self._status is not None:
            news(self._status)

    def _last_byte(self) -> float:
        """Unix seconds."""
        return time.time() - (time.monotonic() - self._wire.last_read)

    def dispose(self) -> None:
        with self._lock:
            self._disposed = True
            pump = self._pump
        self._over.set()
        self._lifeline.cut()
        if pump is not None:
            pump.stop()
        self._sending.dispose()

    def retire(self) -> None:
        """Read no more; what was read, and acknowledged, is emitted before the end."""
        self._fail(TransportError("the websocket", "another connection has taken over"))

    def _open(self) -> Wire:
        invitation = self._ask()
        self._team = invitation.team
        return open_wire(
            invitation.url,
            self._transport,
            lifeline=self._lifeline,
            max_message_size=self._habits.max_message_size,
            on_binary=_unreadable_binary,
        )

    def _ask(self) -> Invitation:
        try:
            with self._lifeline.held():
                return self.dialect.ask()
        except SlackError as error:
            self._budget.heed(error)
            raise

    def _make_pump(self) -> Pump:
        return Pump(
            self._wire,
            read=self.dialect.read,
            emit=self._expect_hello,
            watch=self._watch,
            buffer=self._habits.buffer,
            overflow=self._habits.overflow,
            on_receipt=None if self.dialect.on_receipt is None else self._receive,
        )

    def _take_up(self, pump: Pump) -> bool:
        with self._lock:
            if not self._disposed:
                self._pump = pump
                return True
        self._wire.close()
        return False

    # From Slack

    def _receive(self, messages: Sequence[bytes]) -> None:
        on_receipt = self.dialect.on_receipt
        try:
            if on_receipt is not None:
                on_receipt(self, messages)
        except SlackError as error:
            self._fail(error)

    def _expect_hello(self, items: Sequence[dict[str, Any]], _: bool) -> None:
        for place, item in enumerate(items):
            if self.dialect.is_hello(item):
                early, self._early = self._early, []
                self._greet()
                self._pass([Hello(item, self.retire), *early, *items[place + 1 :]], False)
                return
            self._early.append(item)

    def _greet(self) -> None:
        self._greeted = True
        self._log.debug("connection %d stands%s", self._name, self._team and f", to {self._team}")
        waiting = self._pump.waiting if self._pump is not None else int
        self._tell(
            lambda status: status.stands(self._name, self._team, Watched(self._last_byte, waiting))
        )
        if self._habits.outgoing is not None:
            self._sending.disposable = self._habits.outgoing.subscribe(
                self._send_item, self._fail, scheduler=self._scheduler
            )
        if self._pump is not None:
            self._pump.emit = self._pass

    def _emit_named(self, items: Sequence[dict[str, Any]], plain: bool) -> None:
        for item in items:
            item["rxslack_team"] = self._team
            item["rxslack_connection"] = self._name
        self._observer.on_items(items, plain)

    def _watch(self, now: float) -> float:
        """Keep the clock; called now and then by a thread that runs no user code."""
        last_read, silence = self._wire.last_read, self._habits.silence
        dead = last_read + silence
        if now >= dead:
            raise Silent(silence)
        if not self._greeted:
            late = self._opened + silence
            if now >= late:
                raise Silent(silence, "hello")
            return min(dead, late)
        if self._has_jumped(now):
            self._probe = now + _PROBE
        elif self._probe is None or last_read > self._pinged:
            self._probe = None
            quiet = max(last_read, self._pinged) + self._habits.ping_after
            if now < quiet:
                return min(dead, quiet, now + _TICK)
        else:
            if now >= self._probe:
                raise Silent(_PROBE, "an answer after the clock had jumped")
            return min(dead, self._probe)
        self._pinged = now
        self.dialect.keep_alive(self)
        return min(dead, now + min(self._habits.ping_after, _TICK))

    def _has_jumped(self, now: float) -> bool:
        """Whether the machine slept: the monotonic clock may stand still then."""
        before, self._offset = self._offset, self._habits.wall() - now
        return self._offset - before > _JUMP

    # To Slack

    def send(self, *texts: bytes) -> None:
        self._wire.send(*texts)

    def ping(self, payload: bytes = b"") -> None:
        self._wire.ping(payload)

    def next_number(self) -> int:
        with self._lock:
            self._number += 1
            return self._number

    def _send_item(self, message: Any) -> None:
        number = self.next_number()
        try:
            text, used = self.dialect.write(message, number)
        except (TypeError, ValueError, RecursionError) as error:
            self._inject({"type": "rxslack.unsent", "message": message, "error": str(error)})
            return
        with self._lock:
            self._number = max(self._number, used)
        try:
            self.send(text.encode())
        except SlackError as error:
            self._fail(error)

    def _inject(self, item: dict[str, Any]) -> None:
        if self._pump is not None:
            self._pump.inject(item)

    def _fail(self, error: Exception) -> None:
        if self._pump is not None:
            self._pump.fail(error)
