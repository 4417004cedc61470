"""slack_sdk's `RTMClient` of `slack_sdk.rtm_v2`, on rxslack's stream."""

from __future__ import annotations

import json
import logging
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from queue import Empty, Full, Queue
from ssl import SSLContext
from threading import BoundedSemaphore, Event, RLock, Thread
from typing import Any, Final, TypeVar, cast

from reactivex import Observable
from reactivex.disposable import SerialDisposable

from rxslack.compat.errors import SlackApiError, SlackClientError
from rxslack.compat.listeners import check_listener, filtered
from rxslack.compat.session import (
    Connector,
    Hooks,
    Session,
    Sessions,
    as_message,
    as_text,
    in_slack_sdks_words,
)
from rxslack.compat.web import SlackResponse, WebClient
from rxslack.compat.web.client import proxy_from_environment
from rxslack.errors import ConnectionClosed, RateLimited, is_retryable
from rxslack.recovery.backoff import backoff
from rxslack.recovery.reconnect import reconnect
from rxslack.web.protocol import retry_after

__all__ = ["RTMClient"]

Listener = TypeVar("Listener", bound=Callable[..., Any])

WAITING: Final = 10_000  # frames that may wait for handlers; then the websocket waits


class RTMClient:
    """
    Callbacks for what Slack says over RTM, as slack_sdk's `rtm_v2.RTMClient` calls them.

    >>> rtm = RTMClient(token="xoxb-test")
    >>> @rtm.on("message")
    ... def handle(client: RTMClient, event: dict):
    ...     client.web_client.chat_postMessage(channel=event["channel"], text="Hi")

    The connection is `rxslack.rtm(…)` with `rxslack.reconnect()`: it is never lost for good unless
    Slack refuses the token, and then `start` raises. `close` closes for good. Where a token has no
    bot behind it, no event is taken for the bot's own.

    Args:
        token: `xoxb-…` or `xoxp-…`, of a classic app.
        web_client: in place of the one that is made of these arguments.
        auto_reconnect_enabled: whether a lost connection is replaced. May be changed at any time.
        ssl: a context with certificate authorities of your own, for HTTP and websocket.
        proxy: URL of a proxy. Default: as the environment says.
        timeout: seconds for connecting, and for waiting for an answer.
        base_url: of the Web API.
        headers: for requests of the Web API.
        ping_interval: seconds without a frame after which a ping is sent; the connection is dead
            after four of them without a byte.
        concurrency: how many events are worked on at once.
        logger: default: this module's.
        on_message_listeners: called with the text of each frame, on the stream's thread.
        on_error_listeners: called with an exception when a connection fails.
        on_close_listeners: called with code and reason when Slack closes the websocket; code 1006
            when it ended without a CLOSE frame.
        trace_enabled, all_message_trace_enabled, ping_pong_trace_enabled: kept; rxslack's own
            loggers tell of connections.

    Source: docs.slack.dev/tools/python-slack-sdk/rtm.
    """

    def __init__(
        self,
        *,
        token: str | None = None,
        web_client: WebClient | None = None,
        auto_reconnect_enabled: bool = True,
        ssl: SSLContext | None = None,
        proxy: str | None = None,
        timeout: int = 30,
        base_url: str = WebClient.BASE_URL,
        headers: dict[str, str] | None = None,
        ping_interval: int = 5,
        concurrency: int = 10,
        logger: logging.Logger | None = None,
        on_message_listeners: list[Callable[[str], object]] | None = None,
        on_error_listeners: list[Callable[[Exception], object]] | None = None,
        on_close_listeners: list[Callable[[int, str | None], object]] | None = None,
        trace_enabled: bool = False,
        all_message_trace_enabled: bool = False,
        ping_pong_trace_enabled: bool = False,
    ) -> None:
        self.token = None if token is None else token.strip()
        self.bot_id: str | None = None
        self.default_auto_reconnect_enabled = auto_reconnect_enabled
        self.auto_reconnect_enabled = auto_reconnect_enabled
        self.ssl = ssl
        self.proxy = proxy_from_environment(proxy)
        self.timeout = timeout
        self.base_url = base_url
        self.headers = headers
        self.ping_interval = ping_interval
        self.logger = logger or logging.getLogger(__name__)
        self.web_client = web_client or WebClient(
            token=self.token,
            base_url=base_url,
            timeout=timeout,
            ssl=ssl,
            proxy=proxy,
            headers=headers,
            logger=logger,
        )
        self.on_message_listeners = on_message_listeners or []
        self.on_error_listeners = on_error_listeners or []
        self.on_close_listeners = on_close_listeners or []
        self.trace_enabled = trace_enabled
        self.all_message_trace_enabled = all_message_trace_enabled
        self.ping_pong_trace_enabled = ping_pong_trace_enabled

        self.message_listeners: list[Callable[[Any, dict[str, Any]], None]] = [_tell_of_goodbye]
        self.message_queue: Queue[str | None] = Queue(WAITING)
        self.message_workers = ThreadPoolExecutor(concurrency, "rxslack-compat")
        self.closed = False
        self.connect_operation_lock = RLock()
        self._free = BoundedSemaphore(concurrency)
        self._processor: Thread | None = None
        self._sessions = Sessions(
            Hooks(connector=self._connector, opened=self._opened, lost=self._lost), ping_interval
        )
        self._wss_uri: str | None = None
        self._connection = SerialDisposable()
        self._attempt = _Attempt()
        self._over = Event()
        self._fatal: Exception | None = None

    # Listeners

    def on(self, event_type: str) -> Callable[[Listener], Listener]:
        """
        Register the decorated function for a type of event, or for all of them: `"*"`.

        Args:
            event_type: "message", "reaction_added", …

        Raises: SlackClientError for what cannot be called with a client and an event.
        """

        def register(listener: Listener) -> Listener:
            if cast("Any", listener) is not None:
                check_listener(listener)
                self.message_listeners.append(filtered(event_type, listener))
            return listener

        return register

    # The connection

    def is_connected(self) -> bool:
        """Whether a websocket stands."""
        return self._sessions.current is not None

    def session_id(self) -> str | None:
        """A name for the websocket that stands, None without one."""
        session = self._sessions.current
        return session.id if session else None

    @property
    def wss_uri(self) -> str | None:
        """Where the last websocket went. It was good once."""
        return self._wss_uri

    def issue_new_wss_url(self) -> str:
        """
        Ask rtm.connect for a URL; as often as Slack says "later", and waits as long as it says.

        Raises: SlackApiError.
        """
        while True:
            try:
                return str(self.web_client.rtm_connect()["url"])
            except SlackApiError as error:
                if error.response["error"] != "ratelimited":
                    self.logger.error("Failed to retrieve WSS URL: %s", error)  # noqa: TRY400 - raised right here
                    raise
                delay = RateLimited("rtm.connect", retry_after(error.response.headers)).pause
                self.logger.info("Rate limited. Retrying in %g seconds...", delay)
                self._over.wait(delay)

    def connect(self) -> None:
        """
        Open a websocket, in place of the one that is open, and wait for its hello.

        Raises: SlackApiError or SlackConnectionError when Slack gives no URL. A websocket that
        cannot be opened is tried again, when reconnecting is enabled.
        """
        with self.connect_operation_lock:
            if self.closed:
                raise SlackClientError("This RTM client is closed; make a new one")
            if self.bot_id is None:
                self.bot_id = self.web_client.auth_test()["bot_id"]
            self.auto_reconnect_enabled = self.default_auto_reconnect_enabled
            while (pause := self._connect_once()) is not None:
                self.logger.info("Rate limited. Retrying in %g seconds...", pause)
                self._over.wait(pause)

    def connect_to_new_endpoint(self, force: bool = False) -> None:
        """Connect, unless a websocket stands and `force` is false."""
        with self.connect_operation_lock:
            if force or not self.is_connected():
                self.logger.info("Connecting to a new endpoint...")
                self.connect()
                self.logger.info("Connected to a new endpoint...")

    def start(self) -> None:
        """
        Connect, and block this thread until `close`.

        Raises: as `connect`; and SlackApiError when Slack refuses the token later on.
        """
        try:
            self.connect()
            self._over.wait()
        except KeyboardInterrupt:
            self.close()
            raise
        if self._fatal is not None:
            fatal, self._fatal = self._fatal, None
            self._over.clear()
            raise fatal

    def disconnect(self) -> None:
        """End the websocket; where reconnecting is enabled, another one follows."""
        session = self._sessions.current
        if session is not None:
            session.drop()

    def close(self) -> None:
        """End the websocket, and everything else, for good."""
        self.closed = True
        self._connection.dispose()
        self._attempt.settle(None)
        self._over.set()
        self.message_workers.shutdown(wait=False)

    def send(self, payload: Mapping[str, Any] | str | None) -> None:
        """
        Send a message over the websocket.

        Raises: SlackClientError without a websocket, or for what Slack does not take.
        """
        if payload is None:
            return
        session = self._sessions.current
        if session is None:
            raise SlackClientError("The RTM client is not connected to the Slack servers")
        session.send(as_message(payload) if isinstance(payload, str) else payload)

    # From frame to listener

    def enqueue_message(self, message: str) -> None:
        """Let a frame wait for a worker. Waits itself when too many do."""
        if self._processor is None:
            self._processor = Thread(
                target=self.process_messages, name="rxslack-compat-queue", daemon=True
            )
            self._processor.start()
        while not self.closed:
            try:
                self.message_queue.put(message, timeout=1)
            except Full:
                continue
            return

    def process_messages(self) -> None:
        """Hand waiting frames to workers, until `close`."""
        while not self.closed:
            try:
                self.process_message()
            except Exception:  # a frame that is no JSON must not end the others
                self.logger.exception("Failed to process a message")

    def process_message(self) -> None:
        """Hand the next frame to a worker, if one comes within a second."""
        try:
            raw = self.message_queue.get(timeout=1)
        except Empty:
            return
        if raw is None:
            return
        message: dict[str, Any] = json.loads(raw) if raw.startswith("{") else {}
        self._free.acquire()
        try:
            self.message_workers.submit(self._work, message)
        except RuntimeError:  # closed meanwhile
            self._free.release()

    def _work(self, message: dict[str, Any]) -> None:
        try:
            self.run_message_listeners(message)
        finally:
            self._free.release()

    def run_message_listeners(self, message: dict[str, Any]) -> None:
        """Call every listener with an event; what one raises is logged, and the next is called."""
        for listener in [*self.message_listeners]:
            try:
                listener(self, message)
            except Exception:  # user code
                self.logger.exception("Failed to run a message listener")

    def run_all_message_listeners(self, message: str) -> None:
        """What happens to each frame: it waits for a worker, and the frame listeners see it."""
        self.enqueue_message(message)
        self._call_each(self.on_message_listeners, message)

    def run_all_error_listeners(self, error: Exception) -> None:
        """Log that a connection failed, and tell the error listeners."""
        self.logger.error(
            "on_error invoked (session id: %s, error: %s, message: %s)",
            self.session_id(),
            type(error).__name__,
            error,
        )
        self._call_each(self.on_error_listeners, error)

    def run_all_close_listeners(self, code: int, reason: str | None = None) -> None:
        """Tell the close listeners that Slack ended a websocket."""
        if self.auto_reconnect_enabled:
            self.logger.info("Received CLOSE event. Going to reconnect...")
        self._call_each(self.on_close_listeners, code, reason)

    def _call_each(self, listeners: list[Any], *arguments: Any) -> None:
        for listener in [*listeners]:
            try:
                listener(*arguments)
            except Exception:  # user code, on the thread of the stream
                self.logger.exception("Failed to run a listener")

    # The stream

    def _stream(self, attempt: _Attempt) -> Observable[dict[str, Any]]:
        return self._sessions.source().pipe(reconnect(lambda: self._pauses(attempt)))

    def _pauses(self, attempt: _Attempt) -> Iterator[float]:
        for pause in backoff():
            if not self.auto_reconnect_enabled or not attempt.has_asked:
                return
            yield pause

    def _connect_once(self) -> float | None:
        """One try; the seconds to wait for the next, or None when a websocket stands."""
        self._attempt = attempt = _Attempt()
        self._over.clear()
        self._connection.disposable = self._stream(attempt).subscribe(
            self._take, lambda error: self._ended(attempt, error)
        )
        error = attempt.wait()
        if error is None:
            return None
        if isinstance(error, RateLimited):
            return error.pause
        raise in_slack_sdks_words(error)

    def _connector(self) -> Connector:
        def ask() -> SlackResponse:
            answer: SlackResponse = self.web_client.rtm_connect()
            self._wss_uri = answer["url"]
            self._attempt.has_asked = True
            return answer

        return Connector(self.web_client, ask)

    def _opened(self, session: Session) -> None:
        self.logger.info("A new session has been established (session id: %s)", session.id)

    def _lost(self, _session: Session, error: Exception) -> None:
        if isinstance(error, ConnectionClosed):
            self.run_all_close_listeners(error.code, error.reason)
        elif self._attempt.has_asked:  # else `connect` raises it
            self.run_all_error_listeners(cast("Exception", in_slack_sdks_words(error)))

    def _take(self, event: dict[str, Any]) -> None:
        self._attempt.settle(None)
        if not str(event["type"]).startswith("rxslack.gap"):
            self.run_all_message_listeners(as_text(event))

    def _ended(self, attempt: _Attempt, error: Exception) -> None:
        if not attempt.settle(error) and not is_retryable(error):
            self._fatal = cast("Exception", in_slack_sdks_words(error))
            self._over.set()


class _Attempt:
    """Somebody waits in `connect` for a websocket to stand, or to fail."""

    def __init__(self) -> None:
        self.has_asked = False  # whether Slack has ever given a URL
        self._error: Exception | None = None
        self._settled = Event()

    def settle(self, error: Exception | None) -> bool:
        """Tell how it went; False when that was known before."""
        if self._settled.is_set():
            return False
        self._error = error
        self._settled.set()
        return True

    def wait(self) -> Exception | None:
        """How it went."""
        self._settled.wait()
        return self._error


def _tell_of_goodbye(client: RTMClient, event: dict[str, Any]) -> None:
    if event.get("type") == "goodbye":
        client.logger.info("Got a goodbye message. Reconnecting to the server ...")
