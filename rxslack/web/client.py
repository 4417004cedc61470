"""Slack's Web API: any method by its name, a dict back or a typed error."""

from __future__ import annotations

import json
import logging
import re
from base64 import b64encode
from collections.abc import Callable, Iterator, Mapping
from hashlib import sha256
from http.client import HTTPException
from time import monotonic
from typing import TYPE_CHECKING, Any, BinaryIO, Final, Protocol, cast
from urllib.parse import quote, unquote, urlencode, urlsplit

from reactivex import Observable
from urllib3.exceptions import HTTPError

from rxslack.core import telemetry
from rxslack.core.fork import Registry
from rxslack.core.generated import from_generator
from rxslack.core.json_text import read_json
from rxslack.core.masking import masked
from rxslack.errors import (
    ApiError,
    ConfigurationError,
    RateLimited,
    ServerError,
    SlackError,
    TimedOut,
    TransportError,
    UnreadableResponse,
)
from rxslack.lanes.coroutines import WorkerThreads
from rxslack.web.answers import HttpAnswer, Response
from rxslack.web.dialing import explain
from rxslack.web.exchange import SAFE, Connections, OutgoingRequest, SizedBody, split_address
from rxslack.web.loop_exchange import LoopExchanges
from rxslack.web.protocol import api_error, as_form, each_page, method_spelled, retry_after
from rxslack.web.settings import Transport, checked_base_url, is_response_url, is_upload_url
from rxslack.web.slack_clock import clock_of
from rxslack.web.uploading import CountedFile

if TYPE_CHECKING:  # what the methods take; a running program leaves that to Slack
    from rxslack.web.methods import Methods
else:
    Methods = object

__all__ = ["Caller", "Response", "WebClient"]

_log = logging.getLogger("rxslack.web")

_TOKEN: Final = re.compile(r"x[a-z]{3}[-.]")  # of any kind; a rotated one begins with "xoxe."
_AT_ONCE: Final = 32  # threads of `acall`
FAILURES: Final = (HTTPError, HTTPException, OSError)  # of the libraries below
_NAME: Final = "rxslack"
_METHOD: Final = re.compile(r"[A-Za-z0-9._-]+")
_FORM: Final = "application/x-www-form-urlencoded"
_LONGEST_ERROR: Final = 256 * 1024  # bytes of an error's answer that are looked at


class Caller(Protocol):
    """What most of what calls Slack needs of a `WebClient`; anything else with it will do."""

    def call(self, method: str, /, **arguments: Any) -> dict[str, Any]:
        """Call a method of Slack's Web API and return the answer, or raise."""
        ...


class WebClient(Methods):
    """
    Slack's Web API for one token. Safe from many threads at once.

    >>> web = WebClient("xoxb-test")
    >>> web
    WebClient('xoxb-…', base_url='https://slack.com/api/')

    Args:
        token: `xoxb-…` (bot), `xoxp-…` (user) or `xapp-…` (app, for Socket Mode).
        base_url: where the methods live; a simulated workspace's `base_url`, for one. It begins
            with `https:`, but for one on this machine.
        transport: proxy, certificates, timeouts and limits, for this client and for the websockets
            that are opened with it.

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
        self.base_url = ""  # for the repr of a client that was refused, as a traceback may show it
        complaint = _complaint(token)
        self._token = "" if complaint else token.strip()
        del token  # out of the reach of whoever prints a traceback with its variables
        if complaint:
            raise ConfigurationError(complaint)
        self.transport = Transport() if transport is None else transport
        self.base_url = checked_base_url(base_url, allow_http=self.transport.allow_http)
        self.clock = clock_of(self.base_url)
        self._origin, self._path = split_address(self.base_url)
        self._headers = {
            "User-Agent": _NAME,
            "Authorization": f"Bearer {self._token}",
            "Content-Type": _FORM,
        }
        self._start()
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

    def renew(self, token: str) -> None:
        """
        Use another token of the same workspace from the next call on, as after Slack has rotated it.

        Connections that stand go on. Streams and sinks that have this client need not be told.

        Raises: ConfigurationError for a token that can never work; the one before stays then.
        Source: docs.slack.dev/authentication/using-token-rotation.
        """
        complaint = _complaint(token)
        text = "" if complaint else token.strip()
        del token  # as in `__init__`
        if complaint:
            raise ConfigurationError(complaint)
        self._token = text
        self._headers = {**self._headers, "Authorization": f"Bearer {text}"}

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
        with _Timed(method):
            request = self._request(method, arguments)
            sent = monotonic()
            return self._answered(method, request, self._deliver(method, request), sent)

    async def acall(self, method: str, /, **arguments: Any) -> Response:
        """
        `call` for coroutines: the event loop goes on while Slack answers.

        >>> import asyncio
        >>> from rxslack.simulator import Workspace
        >>> with Workspace() as slack:
        ...     asyncio.run(slack.web.acall("auth.test"))["ok"]
        True

        At most 32 calls of one client are under way on a loop, however many are awaited, over the
        same connections as `call`. No thread waits for their answers, where the loop watches sockets
        (all but Windows' default). A task that is cancelled stops waiting; its call may have been made.

        Args, Returns, Raises: as for `call`.
        """
        with _Timed(method):
            request = self._request(method, arguments)
            sent = monotonic()
            try:
                answer = await self._on_loop.exchange(request)
            except FAILURES as error:
                failure = self._translated(method, request, error)
            else:
                _log.debug("%s: POST, HTTP %d", method, answer.status)
                return self._answered(method, request, answer, sent)
            raise failure  # here, as in `_deliver`

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
        Errors: what `call` raises; RepeatedCursor when the next page would be one of those before.
        Dispose: no further page is asked for.
        Source: docs.slack.dev/apis/web-api/pagination.
        """
        asked = {"limit": 200, **arguments}

        def ask(cursor: str | None) -> Response:
            return self.call(method, **{**asked, "cursor": cursor or asked.get("cursor")})

        return from_generator(lambda _: each_page(method, ask), _log)

    def upload(
        self, url: str, file: BinaryIO, *, sent: Callable[[int], None] | None = None
    ) -> None:
        """
        Send a file's bytes to an address that `files.getUploadURLExternal` gave.

        Args:
            url: the address. Whoever has it may use it, so the token does not go there, and it
                appears in no error and no log.
            file: is read from where it stands to its end.
            sent: called with the number of bytes that have left so far, many times.

        Raises: ServerError, RateLimited, UnreadableResponse, TimedOut or TransportError;
        ConfigurationError for an address that is neither by https to a host with a name, nor where
        `base_url` is; what `sent` raises.

        Source: docs.slack.dev/messaging/working-with-files ("Uploading files"): a POST of the raw
        bytes, answered with HTTP 200.
        """
        what = "the upload"
        if not is_upload_url(url, self.base_url, allowed_hosts=self.transport.allowed_hosts):
            del url
            raise ConfigurationError(
                f"{what}: the address is none that Slack gives, which begins with https:// and a "
                "host's name; Transport(allowed_hosts=…) can name others"
            )
        request = _posting(url, "application/octet-stream", CountedFile(file, sent))
        del url
        answer = self._deliver(what, request)
        if answer.status == 429:
            raise RateLimited(what, retry_after(answer.headers))
        if answer.status >= 500:
            raise ServerError(what, answer.status)
        if answer.status != 200:
            raise UnreadableResponse(what, answer.status, self._beginning(answer, request)[:500])

    def respond(self, url: str, answer: Mapping[str, Any]) -> dict[str, Any]:
        """
        Send an answer to the `response_url` of a command or an interaction.

        Args:
            url: the address. Whoever has it may use it, so the token does not go there, and it
                appears in no error and no log.
            answer: a message, as JSON: `text`, `blocks`, `response_type` and so on.

        Returns: `{"ok": True}`; Slack says no more.

        Raises: ApiError when Slack refuses it, `expired_url` and `used_url` among the codes;
        ServerError, RateLimited, UnreadableResponse, TimedOut or TransportError; ConfigurationError
        for an address that is neither on Slack's hosts for it, nor where `base_url` is.

        Source: docs.slack.dev/interactivity/handling-user-interaction, "Message responses".
        """
        what = "response_url"
        if not is_response_url(url, self.base_url, allowed_hosts=self.transport.allowed_hosts):
            del url
            raise ConfigurationError(
                f"{what}: the address is none that Slack gives, which begins with "
                "https://hooks.slack.com/; Transport(allowed_hosts=…) can name other hosts"
            )
        request = _posting(url, "application/json", _as_json(what, answer))
        del url
        answered = self._deliver(what, request)
        if answered.status == 200 and _object(answered.body) is None:  # the word "ok"
            return {"ok": True}
        return self._judged(what, answered, request)

    def __getattr__(self, name: str) -> Callable[..., Response]:
        """slack_sdk's spelling: `web.chat_postMessage(…)` is `web.call("chat.postMessage", …)`."""
        method = method_spelled(self, name)

        def spelled(**arguments: Any) -> Response:
            return self.call(method, **arguments)

        spelled.__name__ = spelled.__qualname__ = name
        return spelled

    def _start(self) -> None:
        if self.base_url.startswith("https:"):
            _ = self.transport.context  # so that certificates that cannot be read are told of here
        self._connections = Connections(self.transport)
        workers = WorkerThreads(_AT_ONCE, "acall")
        self._on_loop = LoopExchanges(self._connections, self.transport, workers.do, _AT_ONCE)

    def disown(self) -> None:
        """In a child of `fork()`: leave the connections that are kept for a next call alone."""
        self._start()

    def close(self) -> None:
        """Close the connections that are kept for the next call. The client stays usable."""
        self._connections.close()

    def __enter__(self) -> WebClient:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def _request(self, method: str, arguments: Mapping[str, Any]) -> OutgoingRequest:
        form = urlencode(as_form(arguments)).encode()
        return OutgoingRequest(self._origin, self._path + _quoted(method), self._headers, form)

    def _answered(
        self, method: str, request: OutgoingRequest, answer: HttpAnswer, sent: float
    ) -> Response:
        self.clock.heard_date(answer.headers.get("Date"), sent=sent, received=monotonic())
        return self._judged(method, answer, request)

    def _deliver(self, method: str, request: OutgoingRequest) -> HttpAnswer:
        """
        Send a request, and wait for all of the answer.

        Args:
            method: what it is called in errors.
            request: what to send.
        """
        try:
            answer = self._connections.exchange(request)
        except FAILURES as error:
            failure = self._translated(method, request, error)
        else:
            _log.debug("%s: POST, HTTP %d", method, answer.status)
            return answer
        # Only here, so that the library's exception is no part of ours: its traceback holds the
        # request, with the token in a header, and it may quote the address.
        raise failure

    def _translated(self, method: str, request: OutgoingRequest, error: Exception) -> SlackError:
        """The exceptions of the libraries below as ours."""
        limits = self.transport
        seconds = limits.read_timeout if request.begun else limits.connect_timeout
        failure = explain(method, error, seconds, maybe_done=request.begun)
        if not isinstance(failure, TimedOut):
            cause = self._without_secrets(failure.cause, request)
            failure = TransportError(method, cause, maybe_done=request.begun)
        return failure

    def _without_secrets(self, text: str, request: OutgoingRequest) -> str:
        """What a peer has said, which may be what it was told."""
        for secret in self._secrets_of(request):
            text = text.replace(secret, "***")
        return masked(text)

    def _secrets_of(self, request: OutgoingRequest) -> Iterator[str]:
        url = request.url
        secrets = [str(request.headers.get("Authorization", "")).rpartition(" ")[2]]
        login = urlsplit(self.transport.proxy_for(url) or "")
        if login.password:
            pair = f"{unquote(login.username or '')}:{unquote(login.password)}".encode()
            secrets += login.password, unquote(login.password), b64encode(pair).decode()
        yield from (secret for secret in secrets if len(secret) > 3)
        if not url.startswith(self.base_url):
            # Its other parts are words, such as "commands".
            yield from (part for part in re.split("[/?&=]", url) if len(part) > 11)

    def _judged(self, method: str, answer: HttpAnswer, request: OutgoingRequest) -> Response:
        body = _object(answer.body)
        if answer.status != 429 and body is not None and body.get("ok"):
            return Response(body, status=answer.status, headers=answer.headers)
        wait = retry_after(answer.headers)
        text = self._beginning(answer, request)
        body = _object(text.encode("utf-8", "surrogatepass"))
        if answer.status == 429:
            code = str((body or {}).get("error") or "ratelimited")
            raise RateLimited(method, wait, code, body)
        if body is None or "ok" not in body:
            kind = ServerError if answer.status >= 500 else UnreadableResponse
            raise kind(method, answer.status, text[:500])
        response = Response(body, status=answer.status, headers=answer.headers)
        raise api_error(method, response, wait)

    def _beginning(self, answer: HttpAnswer, request: OutgoingRequest) -> str:
        text = answer.body[:_LONGEST_ERROR].decode("utf-8", "replace")
        return self._without_secrets(text, request)


class _Timed:
    """Tells how long a call took, and how it ended."""

    def __init__(self, method: str) -> None:
        self._method = method
        self._began = monotonic()

    def __enter__(self) -> None:
        pass

    def __exit__(self, _: object, error: object, __: object) -> None:
        outcome = "ok" if error is None else type(error).__name__
        if isinstance(error, ApiError):
            outcome = error.error
        telemetry.observe("web_api", self._method, outcome, value=monotonic() - self._began)


_clients = Registry[WebClient](WebClient.disown)


def _posting(url: str, kind: str, body: bytes | SizedBody) -> OutgoingRequest:
    origin, target = split_address(url)
    return OutgoingRequest(origin, target, {"User-Agent": _NAME, "Content-Type": kind}, body)


def _as_json(what: str, answer: Mapping[str, Any]) -> bytes:
    try:
        return json.dumps(dict(answer), allow_nan=False).encode()
    except ValueError as error:
        raise ConfigurationError(f"{what}: the answer is no JSON: {error}") from error


def _quoted(method: str) -> str:
    """A method's name as a part of an address; Slack's own need nothing."""
    return method if _METHOD.fullmatch(method) else quote(method, safe=SAFE)


def _object(text: bytes) -> dict[str, Any] | None:
    try:
        body: Any = read_json(text)
    except (ValueError, RecursionError):
        return None
    return cast("dict[str, Any]", body) if isinstance(body, dict) else None


def _complaint(token: object) -> str:
    text = token.strip() if isinstance(token, str) else ""
    if not text:
        return (
            "the token is empty; give the xoxb- token from the app's page, "
            "often kept in the environment variable SLACK_BOT_TOKEN"
        )
    if not text.isascii() or not text.isprintable() or " " in text:
        return "the token has characters that no token has; copy it again"
    if not _TOKEN.match(text):
        return "a token of Slack's begins with xoxb-, xoxp- or xapp-; copy it from the app's page"
    return ""
