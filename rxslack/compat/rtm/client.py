"""slack_sdk's legacy `RTMClient` of `slack_sdk.rtm`, on rxslack's stream."""

from __future__ import annotations

import asyncio
import logging
import warnings
from collections import defaultdict
from collections.abc import Callable, Iterator
from functools import partial
from itertools import count
from ssl import SSLContext
from typing import Any, ClassVar, TypeVar, cast

from reactivex.disposable import SerialDisposable

from rxslack.compat.errors import SlackApiError, SlackClientNotConnectedError, SlackRequestError
from rxslack.compat.listeners import check_callback, fits
from rxslack.compat.rtm.loop import Mailbox, Signals
from rxslack.compat.session import Connector, Hooks, Session, Sessions, in_slack_sdks_words
from rxslack.compat.web import SlackResponse, WebClient
from rxslack.errors import ConnectionClosed, is_retryable
from rxslack.recovery.backoff import backoff
from rxslack.recovery.reconnect import reconnect

__all__ = ["RTMClient"]

Callback = TypeVar("Callback", bound=Callable[..., Any])


class RTMClient:
    """
    Callbacks on an asyncio loop for what Slack says over RTM, called as by slack_sdk's old client.

    >>> @RTMClient.run_on(event="message")
    ... def say_hello(**payload):
    ...     payload["web_client"].chat_postMessage(channel=payload["data"]["channel"], text="Hi")

    A callback gets `data`, the event without its type; `web_client`; and `rtm_client`. Beside
    Slack's events there are `open`, with Slack's answer to rtm.connect, `close` and `error`, with
    an exception. Callbacks belong to the class: every client calls them.

    The connection is `rxslack.rtm(…)` with `rxslack.reconnect()`. One callback that raises keeps
    no other from being called; a token that Slack refuses ends `start`.

    Args:
        token: `xoxb-…` or `xoxp-…`, of a classic app.
        run_async: `start` returns a future, callbacks are coroutines, and so is what the
            `web_client` returns.
        auto_reconnect: whether a lost connection is replaced.
        ssl: a context with certificate authorities of your own, for HTTP and websocket.
        proxy: URL of a proxy. Default: as the environment says.
        timeout: seconds for connecting, and for waiting for an answer.
        base_url: of the Web API.
        connect_method: "rtm.connect", the default, or "rtm.start".
        ping_interval: seconds without a frame after which a ping is sent; the connection is dead
            after four of them without a byte. 0: no pings.
        loop: where callbacks run. Default: the running loop, else this thread's.
        headers: for requests of the Web API.

    Source: docs.slack.dev/tools/python-slack-sdk/rtm, "v1 client".
    """

    _callbacks: ClassVar[defaultdict[str, list[Callable[..., Any]]]] = defaultdict(list)

    def __init__(
        self,
        *,
        token: str,
        run_async: bool | None = False,
        auto_reconnect: bool | None = True,
        ssl: SSLContext | None = None,
        proxy: str | None = None,
        timeout: int | None = 30,
        base_url: str | None = WebClient.BASE_URL,
        connect_method: str | None = None,
        ping_interval: int | None = 30,
        loop: asyncio.AbstractEventLoop | None = None,
        headers: dict[str, str] | None = None,
    ) -> None:
        self.token = token.strip()
        self.run_async = run_async
        self.auto_reconnect = auto_reconnect
        self.ssl = ssl
        self.proxy = proxy
        self.timeout = timeout
        self.base_url = base_url
        self.connect_method = connect_method
        self.ping_interval = ping_interval
        self.headers: dict[str, str] = {} if headers is None else headers
        self._log = logging.getLogger(__name__)
        self._loop = loop or _some_loop()
        make = partial(
            WebClient,
            token=self.token,
            base_url=base_url or WebClient.BASE_URL,
            timeout=timeout or 30,
            ssl=ssl,
            proxy=proxy,
            headers=headers,
        )
        self._web_client = make(run_async=bool(run_async), loop=self._loop)
        self._asking = make()  # rtm.connect is called on a thread of the stream
        self._numbers = count(1)
        self._sessions = Sessions(
            Hooks(connector=self._connector, opened=self._opened, lost=self._lost),
            ping_interval or 0,
        )
        self._connection = SerialDisposable()
        self._mail = Mailbox(self._loop)
        self._stopped = False
        self._stood = False  # whether there ever was a websocket

    # Callbacks

    @staticmethod
    def run_on(*, event: str) -> Callable[[Callback], Callback]:
        """
        Register the decorated function for a type of event.

        Args:
            event: "message", …; or "open", "close", "error".

        Raises: SlackClientError for what cannot be called with any keyword.
        """

        def register(callback: Callback) -> Callback:
            RTMClient.on(event=event, callback=callback)
            return callback

        return register

    @classmethod
    def on(cls, *, event: str, callback: Any) -> None:
        """
        Register a function, or a list of them, for a type of event.

        Args:
            event: as for `run_on`.
            callback: in a list, one that is there already is not added again.

        Raises: SlackClientError for what cannot be called with any keyword.
        """
        several = isinstance(callback, list)
        callbacks = cast("list[Any]", callback) if several else [callback]
        for one in callbacks:
            check_callback(one)
        known = cls._callbacks[event]
        cls._callbacks[event] = (
            list(dict.fromkeys([*known, *callbacks])) if several else [*known, callback]
        )

    # The connection

    def start(self) -> Any:
        """
        Connect, and call callbacks until `stop`, a signal, or an error that ends it all.

        Returns: when it is over; a future of that under `run_async`.

        Raises: SlackApiError when Slack refuses the token; what a callback for `open`, `close` or
        `error` raises; under `auto_reconnect=False` the error of a connection that fails.
        """
        signals = Signals(self._loop, self.stop)
        signals.install()
        future = asyncio.ensure_future(self._live(), loop=self._loop)
        future.add_done_callback(lambda _: signals.restore())
        return future if self.run_async else self._loop.run_until_complete(future)

    def stop(self) -> None:
        """Close the websocket for good. From any thread; callbacks for `close` are still called."""
        if not self._stopped:
            self._stopped = True
            self._connection.dispose()
            self._mail.put("close", None, urgent=True)
            self._mail.finish()

    async def async_stop(self) -> None:
        """As `stop`, and wait until what is left has been called."""
        self.stop()
        await self._mail.read()

    async def ping(self) -> None:
        """
        Send a ping, which Slack answers with a `pong` event.

        Raises: SlackClientNotConnectedError.
        """
        self._send({"id": next(self._numbers), "type": "ping"})

    async def typing(self, *, channel: str) -> None:
        """Show in a channel that the bot is typing. Raises: SlackClientNotConnectedError."""
        self._send({"id": next(self._numbers), "type": "typing", "channel": channel})

    def send_over_websocket(self, *, payload: dict[str, Any]) -> asyncio.Future[None]:
        """
        Send a message over the websocket, at once.

        Args:
            payload: it gets an `id` when it has none.

        Returns: a future, done; it holds the SlackClientNotConnectedError when there is no
        websocket.
        """
        future: asyncio.Future[None] = self._loop.create_future()
        try:
            payload.setdefault("id", next(self._numbers))
            self._send(payload)
            future.set_result(None)
        except Exception as error:  # noqa: BLE001 - the future holds it
            future.set_exception(error)
        return future

    def _send(self, payload: dict[str, Any]) -> None:
        session = self._sessions.current
        if session is None or self._stopped:
            raise SlackClientNotConnectedError("Websocket connection is closed.")
        session.send(payload)

    # From the stream's threads to the loop

    def _connector(self) -> Connector:
        def ask() -> SlackResponse:
            old = self.connect_method in ("rtm.start", "rtm_start")
            answer = self._asking.rtm_start() if old else self._asking.rtm_connect()
            if answer.get("url") is None:
                raise SlackApiError("Unable to retrieve RTM URL from Slack.", answer)
            return cast("SlackResponse", answer)

        return Connector(self._asking, ask)

    def _pauses(self) -> Iterator[float]:
        for pause in backoff():
            if not self.auto_reconnect or self._stopped:
                return
            yield pause

    def _opened(self, session: Session) -> None:
        self._stood = True
        self._mail.put("open", session.connector.answer)

    def _lost(self, session: Session, error: Exception) -> None:
        if not isinstance(error, ConnectionClosed):
            self._mail.put("error", in_slack_sdks_words(error))
        if session.was_active:
            self._mail.put("close", None)

    def _take(self, item: dict[str, Any]) -> None:
        if not item["type"].startswith("rxslack.gap"):
            self._mail.put(None, item)

    def _failed(self, error: Exception) -> None:
        """The stream has ended: nothing is tried any more."""
        if self._stood and is_retryable(error):
            self._log.warning("Not reconnecting the Websocket because auto_reconnect is False")
            self._mail.finish()
        else:
            self._mail.put("close", None)
            self._mail.finish(in_slack_sdks_words(error))

    # On the loop

    async def _live(self) -> None:
        if self._stopped:
            return
        stream = self._sessions.source().pipe(reconnect(self._pauses))
        self._connection.disposable = stream.subscribe(self._take, self._failed)
        try:
            await self._mail.deliver(self._dispatch)
        finally:
            self._connection.dispose()

    async def _dispatch(self, event: str | None, data: Any) -> None:
        if event is not None:
            await self._call_all(event, data)
        elif data["type"] != "rxslack.unreadable":
            fields = dict(data)
            kind = fields.pop("type")
            name = "Unknown" if kind == "rxslack.reply" else kind
            await self._call_all(name, fields, survive=True)
        else:
            self._log.info("Slack sent what is no event: %s", data["error"])

    async def _call_all(self, event: str, data: Any, *, survive: bool = False) -> None:
        for callback in [*self._callbacks[event]]:
            if self._stopped and event not in ("close", "error"):
                return
            try:
                await self._call(callback, data)
            except Exception as error:
                self._log.error(
                    "When calling '#%s()' in the '%s' module the following error was raised: %s",
                    getattr(callback, "__name__", callback),
                    getattr(callback, "__module__", "?"),
                    error,
                    exc_info=True,
                )
                if not survive:
                    raise

    async def _call(self, callback: Callable[..., Any], data: Any) -> None:
        if self.run_async and not fits(callback):
            raise SlackRequestError(
                f'The callback "{getattr(callback, "__name__", callback)}" is NOT a coroutine. '
                "Running such with run_async=True is unsupported. "
                "Consider adding async/await to the method "
                "or going with run_async=False if your app is not really non-blocking."
            )
        result = callback(rtm_client=self, web_client=self._web_client, data=data)
        if fits(callback):
            await result


def _some_loop() -> asyncio.AbstractEventLoop:
    """The running loop, else this thread's own, which is made when there is none."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", DeprecationWarning)
            return asyncio.get_event_loop()
    except RuntimeError:
        loop = asyncio.new_event_loop()
        asyncio.set_event_loop(loop)
        return loop
