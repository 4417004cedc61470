"""Slack's Web API over requests: any method by its name, a dict back or a typed error."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from hashlib import sha256
from time import monotonic
from typing import Any, BinaryIO, cast
from urllib.parse import urlsplit

import requests
from reactivex import Observable, abc
from reactivex.disposable import MultipleAssignmentDisposable
from reactivex.scheduler import CurrentThreadScheduler
from requests import exceptions
from requests.structures import CaseInsensitiveDict

from rxslack.dialing import Adapter, departing, explain
from rxslack.errors import (
    ConfigurationError,
    RateLimited,
    ServerError,
    SlackError,
    UnreadableResponse,
)
from rxslack.forked import Registry
from rxslack.protocol import api_error, as_form, next_cursor
from rxslack.settings import Transport
from rxslack.slack_clock import clock_of
from rxslack.uploading import Watched

__all__ = ["Response", "WebClient"]


class Response(dict[str, Any]):
    """
    Slack's answer: the JSON object as a dict, with its HTTP side at hand.

    Attributes:
        status: the HTTP status.
        headers: the HTTP headers, found in any case: `response.headers["x-oauth-scopes"]`.
    """

    def __init__(
        self,
        body: Mapping[str, Any],
        *,
        status: int = 200,
        headers: Mapping[str, str] | None = None,
    ) -> None:
        super().__init__(body)
        self.status = status
        self.headers: Mapping[str, str] = CaseInsensitiveDict() if headers is None else headers


class WebClient:
    """
    Slack's Web API for one token. Safe from many threads at once.

    >>> web = WebClient("xoxb-test")
    >>> web
    WebClient('xoxb-…', base_url='https://slack.com/api/')

    Args:
        token: `xoxb-…` (bot), `xoxp-…` (user) or `xapp-…` (app, for Socket Mode).
        base_url: where the methods live; a simulated workspace's `base_url`, for one.
        transport: proxy, certificates and timeouts, for this client and for the websockets that
            are opened with it.

    Attributes:
        clock: what time it is at Slack, as far as its answers tell.

    Raises: ConfigurationError for a token or an address that can never work.
    """

    def __init__(
        self,
        token: str,
        *,
        base_url: str = "https://slack.com/api/",
        transport: Transport | None = None,
    ) -> None:
        self._token = _checked_token(token)
        self.base_url = _checked_url(base_url)
        self.transport = Transport() if transport is None else transport
        self.clock = clock_of(self.base_url)
        self._adapter = self._new_adapter()
        _clients.add(self)

    def __repr__(self) -> str:
        return f"WebClient('{self.token_kind}-…', base_url={self.base_url!r})"

    @property
    def token_kind(self) -> str:
        """What the token begins with, "xoxb" for one; the rest is secret."""
        kind, dash, _ = self._token.partition("-")
        return kind if dash and len(kind) <= 5 else "?"

    @property
    def account(self) -> str:
        """The same for all clients of one token and one base URL, and nothing to guess it from."""
        return sha256(f"{self.base_url} {self._token}".encode()).hexdigest()

    def call(self, method: str, /, **arguments: Any) -> Response:
        """
        Call a method and wait for Slack's answer.

        Args:
            method: Slack's name for it: "chat.postMessage".
            arguments: as Slack's reference lists them. `blocks`, `attachments` and `metadata` may
                be plain lists and dicts; None means left out.

        Returns: the answer, for which Slack said `ok: true`.

        Raises: AuthenticationError, MissingScope, RateLimited or ApiError when Slack said no;
        ServerError, UnreadableResponse, TimedOut or TransportError when there was no such answer.

        Source: docs.slack.dev/apis/web-api (POST, token in the Authorization header, errors as
        HTTP 200), docs.slack.dev/apis/web-api/rate-limits (429 and Retry-After).
        """
        answer = self._send(method, arguments)
        return _judged(method, answer)

    def pages(self, method: str, /, **arguments: Any) -> Observable[Response]:
        """
        The pages of a list, one item a page, each asked for when the one before was dealt with.

        >>> import reactivex.operators as ops
        >>> channels = WebClient("xoxb-test").pages("conversations.list").pipe(
        ...     ops.flat_map(lambda page: page["channels"]))

        Args:
            method: a method that takes `cursor`, such as "conversations.list".
            arguments: as for `call`. `limit` is 200 unless given: Slack recommends 100 to 200,
                and limits calls without one harder.

        Emits: Response dicts; an empty page is a page. Completes when `next_cursor` is missing,
        null or empty.
        Errors: what `call` raises.
        Dispose: no further page is asked for.
        Source: docs.slack.dev/apis/web-api/pagination.
        """
        first = {"limit": 200, **arguments}

        def subscribe(
            observer: abc.ObserverBase[Response], scheduler: abc.SchedulerBase | None = None
        ) -> abc.DisposableBase:
            worker = scheduler or CurrentThreadScheduler.singleton()
            slot = MultipleAssignmentDisposable()

            def turn(_: abc.SchedulerBase, cursor: str | None) -> None:
                try:
                    page = self.call(method, **{**first, "cursor": cursor or first.get("cursor")})
                except SlackError as error:
                    observer.on_error(error)
                    return
                observer.on_next(page)
                if following := next_cursor(page):
                    slot.disposable = worker.schedule(turn, following)
                else:
                    observer.on_completed()

            slot.disposable = worker.schedule(turn, None)
            return slot

        return Observable(subscribe)

    def upload(
        self, url: str, file: BinaryIO, *, sent: Callable[[int], None] | None = None
    ) -> None:
        """
        Send a file's bytes to an address that `files.getUploadURLExternal` gave.

        Args:
            url: the address. Whoever has it may use it, so the token does not go there, and it
                appears in no error.
            file: is read from where it stands to its end.
            sent: called with the number of bytes that have left so far, many times.

        Raises: ServerError, RateLimited, UnreadableResponse, TimedOut or TransportError; what
        `sent` raises.

        Source: docs.slack.dev/messaging/working-with-files ("Uploading files"): a POST of the raw
        bytes, answered with HTTP 200.
        """
        what = "the upload"
        request = requests.Request(
            "POST",
            url,
            headers={
                "Content-Type": "application/octet-stream",
                "User-Agent": "rxslack",
            },
            data=Watched(file, sent),
        ).prepare()
        answer = self._deliver(what, request)
        if answer.status_code == 429:
            raise RateLimited(what, _seconds(answer.headers.get("Retry-After")))
        if answer.status_code >= 500:
            raise ServerError(what, answer.status_code)
        if answer.status_code != 200:
            raise UnreadableResponse(what, answer.status_code, answer.text[:500])

    def respond(self, url: str, answer: Mapping[str, Any]) -> dict[str, Any]:
        """
        Send an answer to the `response_url` of a command or an interaction.

        Args:
            url: the address. Whoever has it may use it, so the token does not go there, and it
                appears in no error.
            answer: a message, as JSON: `text`, `blocks`, `response_type` and so on.

        Returns: `{"ok": True}`; Slack says no more.

        Raises: ApiError when Slack refuses it, `expired_url` and `used_url` among the codes;
        ServerError, RateLimited, UnreadableResponse, TimedOut or TransportError.

        Source: docs.slack.dev/interactivity/handling-user-interaction, "Message responses".
        """
        what = "response_url"
        request = requests.Request(
            "POST", url, headers={"User-Agent": "rxslack"}, json=dict(answer)
        ).prepare()
        answered = self._deliver(what, request)
        if answered.status_code == 200 and _object(answered) is None:  # the word "ok"
            return {"ok": True}
        return _judged(what, answered)

    def __getattr__(self, name: str) -> Callable[..., Response]:
        """slack_sdk's spelling: `web.chat_postMessage(…)` is `web.call("chat.postMessage", …)`."""
        if name.startswith("_") or "_" not in name:
            raise AttributeError(f"{type(self).__name__!r} object has no attribute {name!r}")
        method = name.replace("_", ".")

        def spelled(**arguments: Any) -> Response:
            return self.call(method, **arguments)

        spelled.__name__ = spelled.__qualname__ = name
        return spelled

    def _new_adapter(self) -> Adapter:
        return Adapter(self.transport, secure=self.base_url.startswith("https:"))

    def disown(self) -> None:
        """In a child of `fork()`: leave the connections that are kept for a next call alone."""
        self._adapter = self._new_adapter()

    def close(self) -> None:
        """Close the connections that are kept for the next call. The client stays usable."""
        self._adapter.close()

    def __enter__(self) -> WebClient:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def _send(self, method: str, arguments: Mapping[str, Any]) -> requests.Response:
        url = self.base_url + method
        request = requests.Request(
            "POST",
            url,
            headers={"Authorization": f"Bearer {self._token}", "User-Agent": "rxslack"},
            data=as_form(arguments),
        ).prepare()
        sent = monotonic()
        answer = self._deliver(method, request)
        self.clock.heard_date(answer.headers.get("Date"), sent=sent, received=monotonic())
        return answer

    def _deliver(self, method: str, request: requests.PreparedRequest) -> requests.Response:
        proxy = self.transport.proxy_for(str(request.url))
        timeouts = (self.transport.connect_timeout, self.transport.read_timeout)
        with departing() as departure:
            try:
                # Below requests' Session on purpose: sessions are not made for many threads, follow
                # redirects, and let ~/.netrc replace the Authorization header.
                answer = self._adapter.send(
                    request,
                    timeout=timeouts,
                    proxies={"http": proxy, "https": proxy} if proxy else {},
                )
                _ = answer.content  # reads it, so that a cut answer fails here
            except exceptions.RequestException as error:
                seconds = timeouts[departure.begun]
                raise _translated(method, error, seconds, departure.begun) from error
        return answer


_clients = Registry[WebClient](WebClient.disown)


def _translated(
    method: str, error: exceptions.RequestException, seconds: float, maybe_done: bool
) -> SlackError:
    """The exceptions of requests as ours."""
    if isinstance(error, (exceptions.InvalidURL, exceptions.InvalidProxyURL)):
        return ConfigurationError(f"{method}: the address cannot be used; check base_url and proxy")
    reason = TimeoutError() if isinstance(error, exceptions.Timeout) else error
    return explain(method, reason, seconds, maybe_done=maybe_done)


def _judged(method: str, answer: requests.Response) -> Response:
    retry_after = _seconds(answer.headers.get("Retry-After"))
    body = _object(answer)
    if answer.status_code == 429:
        code = str((body or {}).get("error") or "ratelimited")
        raise RateLimited(method, retry_after, code, body)
    if body is None or "ok" not in body:
        kind = ServerError if answer.status_code >= 500 else UnreadableResponse
        raise kind(method, answer.status_code, answer.text[:500])
    response = Response(body, status=answer.status_code, headers=answer.headers)
    if not body["ok"]:
        raise api_error(method, response, retry_after)
    return response


def _object(answer: requests.Response) -> dict[str, Any] | None:
    try:
        body: Any = answer.json()
    except (ValueError, RecursionError):
        return None
    return cast("dict[str, Any]", body) if isinstance(body, dict) else None


def _seconds(value: str | None) -> float | None:
    try:
        seconds = float(value or "")
    except ValueError:
        return None
    return seconds if 0 <= seconds < 1e9 else None


def _checked_token(token: object) -> str:
    text = token.strip() if isinstance(token, str) else ""
    if not text:
        raise ConfigurationError(
            "the token is empty; give the xoxb- token from the app's page, "
            "often kept in the environment variable SLACK_BOT_TOKEN"
        )
    if not text.isascii() or not text.isprintable() or " " in text:
        raise ConfigurationError("the token has characters that no token has; copy it again")
    return text


def _checked_url(base_url: str) -> str:
    parts = urlsplit(base_url)
    if parts.scheme not in ("http", "https") or not parts.hostname or parts.query:
        raise ConfigurationError(
            "base_url must be an address such as 'https://slack.com/api/' or a "
            "simulated workspace's base_url"
        )
    return base_url if base_url.endswith("/") else f"{base_url}/"
