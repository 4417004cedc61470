"""Slack's Socket Mode as an Observable: for apps that cannot use RTM."""

from __future__ import annotations

import logging
import math
import threading
from collections.abc import Hashable, Iterator, Mapping, Sequence
from itertools import takewhile
from typing import TYPE_CHECKING, Any, Final

import reactivex
from reactivex import Observable, abc, operators as ops
from reactivex.disposable import CompositeDisposable, Disposable

from rxslack.core.printable import printable
from rxslack.errors import (
    AuthenticationError,
    ConfigurationError,
    ConnectionRefused,
    SocketModeDisabled,
    UnreadableResponse,
)
from rxslack.events.messages import delivery_key
from rxslack.lanes.tracking import TrackedItem, current
from rxslack.recovery.backoff import Pauses, backoff
from rxslack.recovery.reconnecting import reconnection as _reconnection
from rxslack.recovery.reconnecting.coverage import Coverage
from rxslack.sources.budget import UrlBudget
from rxslack.sources.connection import connection as _connection
from rxslack.sources.connection.acknowledger import Acknowledge, Acknowledger, Unanswered, modes_of
from rxslack.sources.connection.count import connection_count
from rxslack.sources.connection.delivery_memory import DeliveryMemory
from rxslack.sources.connection.options import ConnectionOptions
from rxslack.sources.connection.protocol import Endpoint, OpenSocket
from rxslack.sources.status import Status
from rxslack.web.client import WebClient
from rxslack.web.protocol import check_client
from rxslack.web.settings import is_websocket_url
from rxslack.wire.bursts import Burst, BurstObserver, Bursts, subscribe_in_bursts
from rxslack.wire.envelopes import Envelopes, envelope_selection, is_envelope, read_envelopes
from rxslack.wire.read_loop import Overflow
from rxslack.wire.wishes import EVERYTHING, Wish

if TYPE_CHECKING:  # or SQLite would be imported for a name
    from rxslack.log.where import Where

__all__ = ["Acknowledge", "socket_mode"]

MAX_CONNECTIONS: Final = 10  # docs.slack.dev/apis/events-api/using-socket-mode

_OPEN: Final = "apps.connections.open"
_log = logging.getLogger("rxslack.socket_mode")


def socket_mode(
    app: WebClient,
    *,
    acknowledge: Acknowledge | Mapping[str, Acknowledge] = "on_receipt",
    answers: Observable[Any] | None = None,
    deadline: float | None = 2.5,
    connections: int = 1,
    pauses: Pauses = backoff,
    stable: float = 10.0,
    remember: float = 86_400.0,
    debug_reconnects: bool = False,
    ping_after: float = 10.0,
    silence: float = 30.0,
    max_message_size: int = 16 * 1024 * 1024,
    max_waiting_bytes: int = 64 * 1024 * 1024,
    overflow: Overflow = "wait",
    budget: UrlBudget | Where | None = None,
    status: Status | None = None,
) -> Observable[dict[str, Any]]:
    """
    Everything Slack delivers to an app over Socket Mode, as it happens.

    ``socket_mode(app).pipe(events_api())`` takes the place of ``rtm(web)`` in any pipeline.
    Cold: each subscription asks apps.connections.open for a URL of its own and opens one
    connection. Slack gives each envelope to one connection of the app, whichever it likes, so
    several pipelines belong on one: see `shared`.

    >>> envelopes = socket_mode(WebClient("xapp-test"))  # nothing is connected before `subscribe`

    Slack wants each envelope acknowledged within three seconds, and delivers events that were not
    up to three times more, and with Delayed Events every hour for a day. What came before, from whichever connection of this stream, is dropped;
    what comes as a retry for the first time is not.

    However slow user code is, what arrives is acknowledged on receipt, as long as no
    more than `max_waiting_bytes` wait; what waits when the program ends is lost. When user code is
    slow in `on_next`, though, it learns of a lost connection behind everything
    that waits for it, and nothing is connected until then; of Slack's three retries the last comes
    six minutes after the event.
    Long work belongs behind a hand-over: `concurrent`, `aiter`, or reactivex's `observe_on`.

    Args:
        app: the client whose token connects, an `xapp-` token with the scope connections:write.
        acknowledge: when. "on_receipt": as soon as it is read, before any user code runs, and
            also while user code is busy. "when_done": when the subscriber's `on_next` has
            returned and `concurrent`, every sink and every `hold` that took the item is through
            with it, at the latest when `deadline` is over, and not once `on_next` has raised, or ended
            the subscription, before that. "by_hand": when `answers` says so; when `deadline` is
            over and no answer has come, without one, which is counted in `status` and a warning
            of the logger ``rxslack.socket_mode``, once a minute at the most. A dict gives each
            type of envelope a mode of its own:
            ``{"slash_commands": "by_hand", "interactive": "on_receipt"}``.
        answers: acknowledgements by hand, as `acknowledgement` makes them: mappings with the
            `envelope_id` and, where `accepts_response_payload` says so, a `payload`. Subscribed
            by each connection; a Subject, mostly. Its error ends the stream.
        deadline: seconds after its arrival at which an envelope is acknowledged unasked. An answer
            by hand that comes later is an `rxslack.unsent` item. None: never, so that nothing is
            acknowledged that is not done; what takes longer than Slack's three seconds, Slack
            delivers again, and here it is known.
        connections: how many are open at once, up to ten for an app in all. Of several, each is
            replaced by itself when it is lost, and before Slack ends it, so no `reconnect` is
            needed; they emit one at a time. There is an `rxslack.gap` item only when none of them
            stood for a while.
        pauses: seconds between attempts to replace one of several; see `reconnect`.
        stable: seconds after which one of several has proved itself; see `reconnect`.
        remember: seconds for which what came is known when it comes again, a day unless told
            otherwise. A million envelopes are remembered at the most, in some 40 MB; when more come
            within that time, the oldest are forgotten, and would be emitted again.
        debug_reconnects: let Slack end the connection after six minutes, to try that out.
        ping_after: seconds without a sign of life, see `silence`, after which a ping is sent,
            or up to a sixteenth of that earlier, together with those of other connections.
        silence: seconds without a sign of life after which the connection is taken for dead, counted
            from the handshake: a whole message, the answer to a ping, or 16 KiB more of a large
            message. Pings of Slack's are none. The same for a hello that does not come.
        max_message_size: bytes of the largest message allowed. Once it is decoded, one may take some
            thirty times as much memory.
        max_waiting_bytes: bytes that may wait for user code that is slow, each message counting
            for 64 at least. They are acknowledged.
        overflow: what happens at that bound: "wait" stops reading, and acknowledging; "fail" ends
            the stream with BufferFull.
        budget: how often apps.connections.open may be called; see `rtm`.
        status: is kept up to date, of several connections as of one; see `Status`.

    Emits: envelopes, and `hello` first and `disconnect` among them. What cannot be understood is
        acknowledged by its id and comes as an `rxslack.unreadable` item; an answer that cannot be
        sent as an `rxslack.unsent` item; the stream goes on. After a hello that counts more
        connections of the app than this process has, an `rxslack.ghosts` item, and a warning of
        the logger ``rxslack.socket_mode``: ghosts of a process that crashed, or other processes,
        get their share of the events. Those that this process has closed within the last minute
        are no ghosts. Serially, in order of arrival.
    Errors: when the connection cannot be opened or has ended; ConnectionRefused for what Slack
        says in place of hello, `too_many_websockets` above all; SocketModeDisabled, which is
        fatal, after a `disconnect` with the reason `link_disabled`; AuthenticationError for
        another kind of token, without asking Slack. What a subscriber's own callback raises goes
        to its `on_error`.
    Completes: never by itself.
    Dispose: from any thread, in any state, as for `rtm`.
    Source: docs.slack.dev/apis/events-api/using-socket-mode; docs.slack.dev/apis/events-api,
        "Retries", "Delayed Events".
    """
    check_client(app, "socket_mode")
    if not 1 <= connections <= MAX_CONNECTIONS:
        raise ConfigurationError(f"Slack allows 1 to {MAX_CONNECTIONS} connections of an app")
    if deadline is not None and not 0 < deadline < 3:
        raise ConfigurationError(
            "deadline must be more than 0 and less than Slack's 3 seconds, or None for no deadline"
        )
    if not remember > 0:
        raise ConfigurationError("remember must be more than 0 seconds")
    seconds = math.inf if deadline is None else deadline
    unanswered = Unanswered(seconds, _log, status=status)
    modes = modes_of(acknowledge)
    stream = _Stream(app, modes, seconds, unanswered, remember, debug_reconnects)
    options: dict[str, Any] = {
        "ping_after": ping_after,
        "silence": silence,
        "max_message_size": max_message_size,
        "max_waiting_bytes": max_waiting_bytes,
        "overflow": overflow,
        "budget": budget,
        "status": status,
    }
    ConnectionOptions(**options)  # what cannot work is found here, not at the first subscription

    def subscribe(
        observer: BurstObserver, scheduler: abc.SchedulerBase | None
    ) -> abc.DisposableBase:
        protocol = _SocketMode(stream)
        mine = answers and answers.pipe(ops.filter(protocol.concerns))
        options_of_each = ConnectionOptions(outgoing=mine, **options)
        deliveries = _EnvelopeObserver(stream, protocol, observer)
        connection = _connection.connections(lambda: protocol, app, options_of_each)
        opened = subscribe_in_bursts(connection, deliveries, scheduler)
        return CompositeDisposable([opened, Disposable(deliveries.leave)])

    one = Bursts[dict[str, Any]](subscribe)
    if connections == 1:
        return one

    def together(_: abc.SchedulerBase) -> Observable[dict[str, Any]]:
        coverage = Coverage()  # one stands in for another: there is a gap when none stands
        # Each is replaced by itself, which is nobody else's business.
        kept = one.pipe(
            _reconnection.reconnect(pauses, lambda: coverage, stable=stable, stagger=0.0)
        )
        return reactivex.merge(*[kept.pipe(ops.filter(_is_for_others))] * connections)

    return reactivex.defer(together)


def _is_for_others(item: Mapping[str, Any]) -> bool:
    return bool(item["type"] != "disconnect")


class _Stream:
    """What all connections of one `socket_mode(…)` share: a retry may come on any of them."""

    def __init__(
        self,
        app: WebClient,
        modes: Mapping[str, Acknowledge],
        deadline: float,
        unanswered: Unanswered,
        remember: float,
        debug_reconnects: bool,
    ) -> None:
        self.app = app
        self.unanswered = unanswered
        self.debug_reconnects = debug_reconnects
        self.delivered = DeliveryMemory(remember)
        self.at_work = _AtWork()
        self.acknowledger = Acknowledger(
            modes, deadline=deadline, answered=self.delivered.admit, unanswered=unanswered.count
        )


class _AtWork:
    """What is acknowledged when it is done, and is not yet; safe from any thread."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._envelopes: dict[Hashable, list[str]] = {}

    def begin(self, key: Hashable, envelope_id: str) -> None:
        """It is handed on."""
        with self._lock:
            self._envelopes[key] = [envelope_id]

    def waits(self, key: Hashable, envelope_id: str) -> bool:
        """Whether this repetition of it has to wait for the end of what came first."""
        with self._lock:
            envelopes = self._envelopes.get(key)
            if envelopes is not None:
                envelopes.append(envelope_id)
            return envelopes is not None

    def end(self, key: Hashable) -> list[str]:
        """It is over; the ids under which it came."""
        with self._lock:
            return self._envelopes.pop(key, [])


class _Envelope(TrackedItem):
    """One that is acknowledged when it is done."""

    def __init__(self, stream: _Stream, key: Hashable, envelope_id: str) -> None:
        super().__init__()
        self._stream = stream
        self._key = key
        stream.at_work.begin(key, envelope_id)

    def over(self, *, done: bool) -> None:
        """Acknowledge it, however often it came; or let Slack deliver it again."""
        acknowledger = self._stream.acknowledger
        if not done:
            self._stream.delivered.forget(self._key)
        for envelope_id in self._stream.at_work.end(self._key):
            if done:
                acknowledger.done(envelope_id)
            else:
                acknowledger.abandon(envelope_id)


class _SocketMode:
    """Socket Mode's protocol: envelopes, acknowledged as they come, and websocket pings."""

    name = "socket_mode"

    def __init__(self, stream: _Stream) -> None:
        self._stream = stream
        self.socket: OpenSocket | None = None
        self.had_url = False
        self.selection = envelope_selection()
        self._has_failed = False

    def on_receipt(self, socket: OpenSocket, messages: Sequence[bytes]) -> None:
        """
        Acknowledge, unless that is for later.

        What is not UTF-8 ends the connection, and nothing behind it is emitted; so nothing behind
        it may be acknowledged, or Slack would not deliver it again. What was left out of the same read is all
        the same: nobody needs it.
        """
        left_out = self.selection.take_ids()
        if not (messages or left_out):
            return
        if self.socket is None:
            self.socket = socket
            self._stream.acknowledger.enter(socket)
        if self._has_failed:
            return
        sound = messages
        if not all(map(bytes.isascii, messages)):
            sound = [*takewhile(_is_utf8, messages)]
            self._has_failed = len(sound) < len(messages)
        self._stream.acknowledger.received(socket, sound, left_out)

    def ask(self) -> Endpoint:
        """Ask for a URL, and keep it as it is."""
        app = self._stream.app
        if app.token_kind != "xapp":
            raise AuthenticationError(
                _OPEN,
                "not_allowed_token_type",
                remedy="Socket Mode takes the app's xapp- token, with the scope connections:write",
            )
        answer = app.call(_OPEN)
        url = answer.get("url")
        if not is_websocket_url(url, app.base_url, allow_http=app.transport.allow_http):
            raise UnreadableResponse(
                _OPEN, answer.status, "an answer without a secure websocket URL"
            )
        self.had_url = True
        if self._stream.debug_reconnects:
            url += f"{'&' if '?' in url else '?'}debug_reconnects=true"
        return Endpoint(url)

    def read(self, messages: Sequence[bytes], /) -> Iterator[Burst]:
        """The items for messages."""
        return read_envelopes(messages)

    def is_hello(self, item: dict[str, Any]) -> bool:
        """Whether the connection stands; a `disconnect`, or words that are no JSON, refuse it."""
        if item["type"] == "disconnect":
            _raise_if_disabled(item)
            raise ConnectionRefused("disconnect", item.get("reason"))
        if item["type"] == "rxslack.unreadable":
            raise ConnectionRefused("no JSON", str(item.get("data"))[:100])
        return bool(item["type"] == "hello")

    def keep_alive(self, socket: OpenSocket) -> None:
        """A websocket ping; there is none of JSON."""
        socket.ping()

    def probe(self, socket: OpenSocket, number: int) -> None:
        """A websocket ping again; what comes back with its pong tells which."""
        socket.ping(str(number).encode())

    def answered(self, item: dict[str, Any]) -> object:
        """Nothing: a pong is no item."""

    def concerns(self, answer: Any) -> bool:
        """Whether an answer is to be sent by this connection."""
        return self.socket is not None and self._stream.acknowledger.concerns(self.socket, answer)

    def write(self, message: Any, number: int) -> tuple[str, int]:
        """The text for an answer."""
        return self._stream.acknowledger.text_for(message), number


class _EnvelopeObserver:
    """Stands between a connection and its subscriber: each delivery once, and counted."""

    def __init__(self, stream: _Stream, protocol: _SocketMode, observer: BurstObserver) -> None:
        self._stream = stream
        self._protocol = protocol
        self._observer = observer
        self._at_once = stream.acknowledger.mode("events_api") == "on_receipt"
        self._end = connection_count.enter(stream.app.account)
        self._left = False

    def on_items(self, items: Sequence[dict[str, Any]], _: bool) -> None:
        """Hand items on, but for what came before."""
        if self._at_once and isinstance(items, Envelopes) and self._deliver_burst(items):
            return
        for item in items:
            if self._left:  # perhaps because of the item before
                return
            self._take(item)

    def _take(self, item: dict[str, Any]) -> None:
        if is_envelope(item) and "envelope_id" in item:
            self._deliver(item)
            return
        self._emit(item)
        if item["type"] == "hello":
            self._count(item)
        elif item["type"] == "disconnect" and not self._left:
            _raise_if_disabled(item)

    def _emit(self, item: dict[str, Any]) -> None:
        self._observer.on_items((item,), False)

    def on_error(self, error: Exception) -> None:
        """The connection has ended."""
        self.leave()
        self._observer.on_error(error)

    def leave(self) -> None:
        """It has ended, or is not wanted any more."""
        self._left = True
        if self._protocol.socket is not None:
            self._stream.acknowledger.leave(self._protocol.socket)
            self._stream.unanswered.report()
        self._end(had_url=self._protocol.had_url)

    def on_completed(self) -> None:
        """A connection never completes."""
        self._observer.on_completed()

    def wish(self) -> Wish:
        """What the subscriber needs, where nothing but that decides when an envelope is acknowledged."""
        return self._observer.wish() if self._at_once else EVERYTHING

    def _deliver_burst(self, envelopes: Envelopes) -> bool:
        """Deliver envelopes that are acknowledged already; False: not all of them are new."""
        keys = _event_ids(envelopes)
        delivered = self._stream.delivered
        if keys is None or not delivered.admit_all(keys):
            return False
        handed_on = False
        try:
            self._observer.on_items(envelopes, False)
            handed_on = not self._left
        finally:
            # Else nobody knows how far they came. Slack delivers again only those whose
            # acknowledgement it did not get.
            if not handed_on:
                delivered.forget(*keys)
        return True

    def _deliver(self, envelope: dict[str, Any]) -> None:
        acknowledger, delivered = self._stream.acknowledger, self._stream.delivered
        envelope_id = str(envelope["envelope_id"])
        key = _key_of(envelope)
        # It is known once it is answered: a retry before that is wanted.
        by_hand = acknowledger.mode(envelope["type"]) == "by_hand" and acknowledger.set_key(
            envelope_id, key
        )
        if not delivered.admit(key, remember=not by_hand):
            if not self._stream.at_work.waits(key, envelope_id):
                acknowledger.acknowledge_known(envelope_id)
            attempt = envelope.get("retry_attempt")
            _log.debug("dropped a repetition, attempt %s", printable(f"{attempt}"))
            return
        if acknowledger.mode(envelope["type"]) == "when_done":
            self._deliver_tracked(envelope, key, envelope_id)
            return
        try:
            self._emit(envelope)
        except BaseException:
            delivered.forget(key)
            acknowledger.abandon(envelope_id)
            raise

    def _deliver_tracked(self, envelope: dict[str, Any], key: Hashable, envelope_id: str) -> None:
        item = _Envelope(self._stream, key, envelope_id)
        try:
            with current(item):
                self._emit(envelope)
            if self._left:  # perhaps because of it; Slack shall deliver it again
                item.leave_undone()
        except BaseException:
            item.leave_undone()
            # Others may still hold it, but its deadline must not acknowledge it.
            self._stream.acknowledger.abandon(envelope_id)
            raise
        finally:
            item.let_go()

    def _count(self, hello: Mapping[str, Any]) -> None:
        counted, own = hello.get("num_connections"), connection_count.own(self._stream.app.account)
        if not isinstance(counted, int) or counted <= own:
            return
        _log.warning(
            "Slack counts %d connections of this app, and this process has %d: the others, in "
            "other processes or vanished without a CLOSE frame, get their share of the events",
            counted,
            own,
        )
        self._emit({"type": "rxslack.ghosts", "connections": counted, "own": own})


def _key_of(envelope: Mapping[str, Any]) -> Hashable:
    """What a delivery is remembered by; the same as of `_event_ids`."""
    event_id = envelope["payload"].get("event_id")
    if event_id and isinstance(event_id, str):
        return event_id
    return delivery_key(envelope) or ("envelope", str(envelope["envelope_id"]))


def _event_ids(envelopes: Sequence[Mapping[str, Any]]) -> list[str] | None:
    """The ids of all events; None when one has none."""
    try:
        ids = [envelope["payload"]["event_id"] for envelope in envelopes]
    except KeyError:
        return None
    return ids if all(ids) and {*map(type, ids)} == {str} else None


def _is_utf8(message: bytes) -> bool:
    try:
        message.decode()
    except UnicodeDecodeError:
        return False
    return True


def _raise_if_disabled(item: Mapping[str, Any]) -> None:
    if item.get("reason") == "link_disabled":
        raise SocketModeDisabled
