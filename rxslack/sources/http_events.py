"""What Slack sends to a URL as an Observable: a WSGI application that feeds it."""

from __future__ import annotations

import json
import logging
import threading
import time
from collections import deque
from collections.abc import Callable, Iterable, Mapping
from typing import Any, Final, cast
from urllib.parse import parse_qsl

from reactivex import Observable, abc
from reactivex.disposable import Disposable
from reactivex.scheduler import CurrentThreadScheduler

from rxslack.core.fork import Registry
from rxslack.core.unhandled import tell
from rxslack.errors import ConfigurationError
from rxslack.events.messages import delivery_key
from rxslack.sources.connection.delivery_memory import DeliveryMemory
from rxslack.web.serving import ThreadingServer, whole_number
from rxslack.web.signatures import MAX_AGE, is_genuine

__all__ = ["HttpEvents", "http_events"]

Environ = Mapping[str, Any]
StartResponse = Callable[[str, list[tuple[str, str]]], object]

MAX_BODY: Final = 1024 * 1024  # bytes; Slack's events are far below
_MOST: Final = 100_000  # signatures that are remembered
_SMALL: Final = 1024  # bytes of a body that is looked into though nobody signed it
_RETRIES: Final = 1_000_000  # a number of a retry beyond this is none; Slack's go to 3
_log = logging.getLogger("rxslack.http_events")


def http_events(
    signing_secret: str,
    *,
    max_waiting: int = 10_000,
    remember: float = 86_400.0,
    clock: Callable[[], float] = time.time,
) -> HttpEvents:
    """
    What Slack sends to a URL of yours, as the same stream that Socket Mode gives.

    The object is both a WSGI application, to be served under the app's Request URL by any WSGI
    server, and an Observable of envelopes. Events, interactions and slash commands may have one URL
    or several:

        events = http_events(os.environ["SLACK_SIGNING_SECRET"])
        events.pipe(events_api(), of_type(MessageEvent), ...).subscribe(post_message(web))
        events.server(3000).serve_forever()

    Each request is answered at once and without words, and what it brings is emitted afterwards on
    a thread of the subscription; so commands and interactions are answered by `respond` or over the
    Web API. Nobody subscribed, or the buffer full: HTTP 503, and Slack tries events again, at once,
    after a minute and after five. The same in a child of `fork()` whose parent was the one to
    subscribe, such as a worker of gunicorn with `--preload`, which also logs it, once: there the
    worker has to subscribe, in gunicorn's `post_fork`.

    Whoever knows the URL can send to it. So a body of more than 1 MiB is not read, what is not signed
    is not parsed (but for `ssl_check`, in a form of up to 1 KiB), and what is more than five minutes
    old, or as much too new, is refused. A request that comes a second time, as from somebody who
    recorded it, is answered and not emitted: the last 100,000 signatures of those minutes are
    remembered, by each process for itself. Take a server that gives requests threads and a time, as
    `HttpEvents.server` does: wsgiref's own has one thread, and a single sender that stops amid a body
    shuts Slack out.

    >>> http_events("")
    Traceback (most recent call last):
    rxslack.errors.ConfigurationError: the signing secret is empty; copy it from the app's page

    Args:
        signing_secret: from the app's page, under "App Credentials".
        max_waiting: how many envelopes may wait for each subscriber.
        remember: seconds for which what came is known when it comes again.
        clock: unix seconds.

    Emits: a `hello` at once, then envelopes as `socket_mode` has them, though without an id, in
        order of arrival, each event and each request once, with `retry_attempt` and `retry_reason`
        where Slack tried again. To each subscriber.
    Errors: none; what a subscriber's own `on_next` raises goes to its `on_error`.
    Completes: never by itself.
    Dispose: the subscriber leaves, and its thread ends.
    Source: docs.slack.dev/apis/events-api/using-http-request-urls;
        docs.slack.dev/authentication/verifying-requests-from-slack;
        docs.slack.dev/interactivity/handling-user-interaction;
        docs.slack.dev/interactivity/implementing-slash-commands.
    """
    if not signing_secret:
        raise ConfigurationError("the signing secret is empty; copy it from the app's page")
    if max_waiting < 1 or not remember > 0:
        raise ConfigurationError("max_waiting must be at least 1, and remember more than 0 seconds")
    return HttpEvents(signing_secret, max_waiting, remember, clock)


class HttpEvents(Observable[dict[str, Any]]):
    """What `http_events` makes: a WSGI application and an Observable in one."""

    def __init__(
        self, secret: str, max_waiting: int, remember: float, clock: Callable[[], float]
    ) -> None:
        super().__init__(self._open)
        self._secret = secret
        self._max_waiting = max_waiting
        self._remember = remember
        self._clock = clock
        self._forget()
        self._readers: tuple[_Reader, ...] = ()
        self._changing = threading.Lock()
        self._was_forked = False
        _all.add(self)

    def disown(self) -> None:
        """In a child of `fork()`: those who subscribed have no threads here."""
        self._was_forked = bool(self._readers)
        self._readers = ()
        self._changing = threading.Lock()
        self._forget()

    def _forget(self) -> None:
        self._seen = DeliveryMemory(self._remember)
        # A request may be taken from MAX_AGE before its time until as long after it.
        self._signatures = DeliveryMemory(2 * MAX_AGE, size=_MOST)

    def server(
        self,
        port: int,
        *,
        host: str = "127.0.0.1",
        timeout: float = 10.0,
        max_connections: int = 256,
    ) -> ThreadingServer:
        """
        A WSGI server for this application, to stand behind what speaks TLS: a proxy, or a tunnel.

        Each request has a thread, and a slow one is cut off (HTTP 408 amid the body).

        Args:
            port: to listen on; 0 for one that is free.
            host: the address to listen on. Default: of this machine alone.
            timeout: seconds for the first line of a request, and again for the rest of it.
            max_connections: requests at once. One more ends the one that has been there longest.

        Returns: what has `serve_forever`, `shutdown`, `server_close` and `server_port`; it is a
            context manager, too.
        Raises: OSError when the port is taken.
        """
        if not timeout > 0 or max_connections < 1:
            raise ConfigurationError(
                "timeout must be more than 0 seconds, and max_connections at least 1"
            )
        server = ThreadingServer(host, port, patience=timeout, most=max_connections)
        server.set_app(self)
        return server

    def __call__(self, environ: Environ, start_response: StartResponse) -> Iterable[bytes]:
        """Answer one request, as WSGI has it. Source: PEP 3333."""
        status, text = self._answer(environ)
        body = text.encode("utf-8", "replace")
        headers = [
            ("Content-Type", "text/plain; charset=utf-8"),
            ("Content-Length", str(len(body))),
        ]
        start_response(status, headers)
        return [body]

    def _answer(self, environ: Environ) -> tuple[str, str]:
        if environ.get("REQUEST_METHOD") != "POST":
            return "405 Method Not Allowed", "Slack sends events by POST\n"
        body = _body_of(environ)
        if not isinstance(body, bytes):
            return body
        signature = str(environ.get("HTTP_X_SLACK_SIGNATURE", ""))
        if not self._is_slacks(environ, body, signature):
            if _is_look_at_certificate(environ, body):
                return "200 OK", ""
            _log.warning("refused a request that is not signed by Slack, or is too old")
            return "401 Unauthorized", ""
        if _is_look_at_certificate(environ, body):
            return "200 OK", ""
        envelope = (_form_envelope if _is_form(environ) else _event_envelope)(body, environ)
        if envelope is None:
            return "400 Bad Request", "neither an event nor a command nor an interaction\n"
        payload = envelope["payload"]
        if payload.get("type") == "url_verification":
            return "200 OK", str(payload.get("challenge", ""))
        return self._take(envelope, signature)

    def _is_slacks(self, environ: Environ, body: bytes, signature: str) -> bool:
        timestamp = str(environ.get("HTTP_X_SLACK_REQUEST_TIMESTAMP", ""))
        return is_genuine(self._secret, timestamp, body, signature, now=self._clock())

    def _take(self, envelope: dict[str, Any], signature: str) -> tuple[str, str]:
        readers = self._readers
        if not readers and self._was_forked:
            self._was_forked = False
            _log.error(
                "Slack is answered with 503: nobody has subscribed in this process, only in the "
                "one that forked it; subscribe after the fork, in gunicorn's post_fork"
            )
        if not readers or any(reader.is_full for reader in readers):
            return "503 Service Unavailable", ""
        key = "".join(delivery_key(envelope) or ())
        if self._signatures.admit(signature) and (not key or self._seen.admit(key)):
            for reader in readers:
                reader.put(envelope)
        return "200 OK", ""

    def _open(
        self, observer: abc.ObserverBase[dict[str, Any]], _: abc.SchedulerBase | None = None
    ) -> abc.DisposableBase:
        reader = _Reader(observer, self._max_waiting, self._leave)
        with self._changing:
            self._readers = (*self._readers, reader)
        # On the trampoline it begins when all of the pipeline holds its disposables; an operator that
        # ends at the first item finds something to dispose of.
        CurrentThreadScheduler.singleton().schedule(reader.start)
        return Disposable(reader.stop)

    def _leave(self, reader: _Reader) -> None:
        with self._changing:
            self._readers = tuple(other for other in self._readers if other is not reader)


_all = Registry[HttpEvents](HttpEvents.disown)


class _Reader:
    """One subscription: a bounded queue, and the thread that empties it."""

    def __init__(
        self,
        observer: abc.ObserverBase[dict[str, Any]],
        size: int,
        leave: Callable[[_Reader], None],
    ) -> None:
        self._observer = observer
        self._size = size
        self._leave = leave
        self._queue: deque[dict[str, Any]] = deque([{"type": "hello"}])
        self._bell = threading.Condition()
        self._stopped = False

    @property
    def is_full(self) -> bool:
        """Whether nothing more is taken for now."""
        return len(self._queue) >= self._size

    def start(self, *_: object) -> None:
        """Begin to emit; an action for a scheduler."""
        threading.Thread(target=self._run, name="rxslack-http-events", daemon=True).start()

    def put(self, envelope: dict[str, Any]) -> None:
        """Emit something in its turn."""
        with self._bell:
            self._queue.append(envelope)
            self._bell.notify()

    def stop(self) -> None:
        """Emit nothing more."""
        self._leave(self)
        with self._bell:
            self._stopped = True
            self._bell.notify()

    def _run(self) -> None:
        try:
            while (envelope := self._next()) is not None:
                self._observer.on_next(envelope)
        except BaseException as error:  # noqa: BLE001 user code runs in here, and its errors go on
            self.stop()
            tell(self._observer, error, _log)

    def _next(self) -> dict[str, Any] | None:
        with self._bell:
            self._bell.wait_for(lambda: self._queue or self._stopped)
            return None if self._stopped else self._queue.popleft()


def _body_of(environ: Environ) -> bytes | tuple[str, str]:
    """The body of a request, or the answer to one whose body is not taken."""
    said = str(environ.get("CONTENT_LENGTH") or "")
    if not said:
        return "411 Length Required", "Content-Length is missing\n"
    length = whole_number(said, MAX_BODY)
    if length is None:
        return "400 Bad Request", "Content-Length is not a whole number\n"
    if length > MAX_BODY:
        return "413 Content Too Large", f"a body has at most {MAX_BODY} bytes\n"
    try:
        body: bytes = environ["wsgi.input"].read(length)
    except OSError:  # a time-out of the server's, or the sender has left
        return "408 Request Timeout", "the body did not come in time\n"
    return body


def _object(text: bytes | str) -> dict[str, Any] | None:
    try:
        payload: Any = json.loads(text)
    except (ValueError, RecursionError):
        return None
    return cast("dict[str, Any]", payload) if isinstance(payload, dict) else None


def _is_form(environ: Environ) -> bool:
    kind = str(environ.get("CONTENT_TYPE", "")).partition(";")[0]
    return kind.strip().lower() == "application/x-www-form-urlencoded"


def _is_look_at_certificate(environ: Environ, body: bytes) -> bool:
    """Whether Slack looks at the certificate alone, which it does with a small form, unsigned."""
    return len(body) <= _SMALL and _is_form(environ) and "ssl_check" in _fields(body)


def _fields(body: bytes) -> dict[str, str]:
    return dict(parse_qsl(body.decode("utf-8", "replace"), keep_blank_values=True))


def _form_envelope(body: bytes, _: Environ) -> dict[str, Any] | None:
    """A form in the envelope that Socket Mode would have made of it; None: it has no content."""
    fields = _fields(body)
    if "command" in fields:
        return {"type": "slash_commands", "payload": fields}
    payload = _object(fields.get("payload", ""))
    return None if payload is None else {"type": "interactive", "payload": payload}


def _event_envelope(body: bytes, environ: Environ) -> dict[str, Any] | None:
    """The same for JSON."""
    payload = _object(body)
    if payload is None:
        return None
    envelope: dict[str, Any] = {"type": "events_api", "payload": payload}
    attempt = whole_number(str(environ.get("HTTP_X_SLACK_RETRY_NUM", "")), _RETRIES)
    if attempt is not None and attempt <= _RETRIES:
        envelope["retry_attempt"] = attempt
        envelope["retry_reason"] = str(environ.get("HTTP_X_SLACK_RETRY_REASON", ""))
    return envelope
