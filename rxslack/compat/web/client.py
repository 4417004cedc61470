"""The Web API in slack_sdk's spelling, over rxslack's own connections."""

from __future__ import annotations

import asyncio
import logging
import os
import time
from base64 import b64encode
from collections.abc import Callable, Mapping
from contextlib import ExitStack, suppress
from functools import partial
from ssl import SSLContext
from typing import Any, Final, cast

import requests

from rxslack.compat.errors import SlackConnectionError, SlackRequestError
from rxslack.compat.http_retry import RetryHandler, default_retry_handlers
from rxslack.compat.web.chat_stream import BUFFER_SIZE, ChatStream
from rxslack.compat.web.slack_response import SlackResponse
from rxslack.compat.web.uploads import upload_all
from rxslack.core.json_text import read_json
from rxslack.errors import ConfigurationError, SlackError
from rxslack.web.answers import HttpAnswer
from rxslack.web.client import WebClient as RxWebClient
from rxslack.web.exchange import OutgoingRequest, split_address
from rxslack.web.protocol import as_form, method_spelled
from rxslack.web.settings import Transport
from rxslack.web.uploading import open_regular

__all__ = ["POSITIONAL", "PerCallClient", "WebClient", "proxy_from_environment"]

NAMES = ("HTTPS_PROXY", "https_proxy", "HTTP_PROXY", "http_proxy")


def proxy_from_environment(proxy: str | None) -> str | None:
    """
    The proxy that was given, else the first one that the environment names.

    It is shown as `client.proxy`; what is dialled also respects `NO_PROXY`.
    """
    if proxy and proxy.strip():
        return proxy
    found = next((os.environ[name] for name in NAMES if os.environ.get(name)), "")
    return found if found.strip() else proxy


POSITIONAL: Final[Mapping[str, tuple[str, ...]]] = {
    "auth_teams_list": ("cursor", "limit", "include_icon"),
    "dnd_teamInfo": ("users", "team_id"),
    "emoji_list": ("include_categories",),
    "entity_presentDetails": (
        "trigger_id",
        "metadata",
        "user_auth_required",
        "user_auth_url",
        "error",
    ),
    "openid_connect_token": (
        "client_id",
        "client_secret",
        "code",
        "redirect_uri",
        "grant_type",
        "refresh_token",
    ),
    "users_discoverableContacts_lookup": ("email",),
}
"""The few methods whose arguments slack_sdk takes without their names, too."""


class WebClient:
    """
    slack_sdk's `WebClient`: every method of Slack's as `chat_postMessage(…)`, or by `api_call`.

    >>> WebClient(token="xoxb-test").chat_postMessage
    <function chat_postMessage at ...>

    Args:
        token: `xoxb-…` or `xoxp-…`; each call may bring another one.
        base_url: where the methods live.
        timeout: seconds for connecting, and for waiting for an answer.
        ssl: a context with certificate authorities of your own.
        proxy: URL of a proxy. Default: as the environment says.
        headers: for each request.
        user_agent_prefix, user_agent_suffix: around the name of the client.
        team_id: goes with each call, for apps installed in an organisation.
        logger: default: this module's.
        retry_handlers: of `rxslack.compat.http_retry`. Default: a call that surely was not carried
            out is repeated once.
        run_async: as for the legacy client: calls return futures, to be awaited.
        loop: of those futures. Default: the running one.
        allow_http: whether `base_url` may begin with `http:` on another machine than this one.

    A call raises `SlackApiError` when Slack says no, `SlackConnectionError` when it says nothing.

    Source: docs.slack.dev/tools/python-slack-sdk/web.
    """

    BASE_URL = "https://slack.com/api/"

    def __init__(
        self,
        token: str | None = None,
        base_url: str = BASE_URL,
        timeout: int = 30,
        ssl: SSLContext | None = None,
        proxy: str | None = None,
        headers: Mapping[str, str] | None = None,
        user_agent_prefix: str | None = None,
        user_agent_suffix: str | None = None,
        team_id: str | None = None,
        logger: logging.Logger | None = None,
        retry_handlers: list[RetryHandler] | None = None,
        *,
        run_async: bool = False,
        loop: asyncio.AbstractEventLoop | None = None,
        allow_http: bool = False,
    ) -> None:
        self.token = None if token is None else token.strip()
        self.base_url = base_url if base_url.endswith("/") else f"{base_url}/"
        self.timeout = timeout
        self.ssl = ssl
        self.proxy = proxy_from_environment(proxy)
        agent = (user_agent_prefix, "rxslack", user_agent_suffix)
        self.headers = {**(headers or {}), "User-Agent": " ".join(part for part in agent if part)}
        self.default_params = {} if team_id is None else {"team_id": team_id}
        self.logger = logger or logging.getLogger(__name__)
        self.retry_handlers = default_retry_handlers() if retry_handlers is None else retry_handlers
        self.run_async = run_async
        self.transport = Transport(
            proxy=proxy or None,
            ssl_context=ssl,
            connect_timeout=timeout,
            read_timeout=timeout,
            allow_http=allow_http,
        )
        self._loop = loop
        self._client = PerCallClient(self.token, base_url=self.base_url, transport=self.transport)

    def api_call(
        self,
        api_method: str,
        *,
        http_verb: str = "POST",
        files: Mapping[str, Any] | None = None,
        data: Mapping[str, Any] | None = None,
        params: Mapping[str, Any] | None = None,
        json: Mapping[str, Any] | None = None,
        headers: Mapping[str, str] | None = None,
        auth: Mapping[str, str] | None = None,
    ) -> Any:
        """
        Call a method by Slack's name for it.

        Args:
            api_method: "chat.postMessage".
            http_verb: is looked at, and POST is used.
            files: names and open files, bytes or paths.
            data: arguments; these and the next two travel as one form.
            params: arguments.
            json: arguments.
            headers: for this request.
            auth: `client_id` and `client_secret`, in place of the token.

        Returns: a `SlackResponse`; a future of one when the client is `run_async`.

        Raises: SlackApiError, SlackConnectionError; SlackRequestError for json with GET.
        """
        if json is not None and http_verb != "POST":
            raise SlackRequestError(
                "Json data can only be submitted as POST requests. "
                "GET requests should use the 'params' argument."
            )
        fields = {**self.default_params, **(params or {}), **(data or {}), **(json or {})}
        token = fields.pop("token", None) or self.token
        sent = {**self.headers, **(headers or {}), **_authorization(token, auth)}
        work = partial(self._call, api_method.lstrip("/"), sent, _plain(fields), files)
        if not self.run_async:
            return work()
        return (self._loop or asyncio.get_running_loop()).run_in_executor(None, work)

    def files_upload_v2(self, **arguments: Any) -> SlackResponse:
        """
        Upload one file (`file` or `content`) or several (`file_uploads`), and share them.

        Source: docs.slack.dev/messaging/working-with-files, "Uploading files".
        """
        if self.run_async:
            raise SlackRequestError("files_upload_v2 is not there under run_async=True")
        return upload_all(self, self._client, arguments)

    def chat_stream(
        self, *, channel: str, thread_ts: str, buffer_size: int = BUFFER_SIZE, **arguments: Any
    ) -> ChatStream:
        """
        A message that grows: `append` and `stop` of what this returns call Slack's three methods.

        Args:
            channel: id of the conversation.
            thread_ts: of the thread that it answers in.
            buffer_size: characters of Markdown that wait for more at the most.
            arguments: of chat.startStream; in channels it needs `recipient_user_id` and
                `recipient_team_id`.
        """
        if self.run_async:
            raise SlackRequestError("chat_stream is not there under run_async=True")
        return ChatStream(
            self, channel=channel, thread_ts=thread_ts, buffer_size=buffer_size, **arguments
        )

    def files_upload(self, *, file: Any = None, **arguments: Any) -> Any:
        """The method of old, which Slack has retired; `files_upload_v2` is its successor."""
        files = None if file is None else {"file": file}
        return self.api_call("files.upload", files=files, data=arguments)

    def users_setPhoto(self, *, image: Any, **arguments: Any) -> Any:  # noqa: N802 - Slack's spelling
        """Set the picture of a user from a file, bytes or a path."""
        return self.api_call("users.setPhoto", files={"image": image}, data=arguments)

    def __getattr__(self, name: str) -> Callable[..., Any]:
        """Any method of Slack's: `chat_postMessage` is "chat.postMessage"."""
        method = method_spelled(self, name)

        def spelled(*values: Any, **arguments: Any) -> Any:
            names = POSITIONAL.get(name, ())
            if len(values) > len(names):
                raise TypeError(f"{name}() takes keyword arguments, such as channel=…")
            given = dict(zip(names, values, strict=False))
            return self.api_call(method, params={**given, **arguments})

        spelled.__name__ = spelled.__qualname__ = name
        return spelled

    def _call(
        self,
        method: str,
        headers: Mapping[str, str],
        fields: dict[str, Any],
        files: Mapping[str, Any] | None,
    ) -> SlackResponse:
        url = self.base_url + method
        with ExitStack() as stack:
            opened = {
                name: stack.enter_context(open_regular(file)) if isinstance(file, str) else file
                for name, file in (files or {}).items()
                if file is not None
            }
            answer = self._post(url, headers, fields, opened)
        return SlackResponse(
            client=self._following(headers),
            http_verb="POST",
            api_url=url,
            req_args={"params": fields},
            **_read(answer),
        ).validate()

    def _post(
        self,
        url: str,
        headers: Mapping[str, str],
        fields: Mapping[str, Any],
        files: Mapping[str, Any],
    ) -> HttpAnswer:
        post = partial(self._client.post, url, headers=headers, fields=as_form(fields), files=files)
        attempt, outcome = 1, _outcome(post)
        # A file that was read cannot be sent again.
        while not files and (pause := self._pause_after(outcome, attempt)) is not None:
            time.sleep(pause)
            attempt, outcome = attempt + 1, _outcome(post)
        if isinstance(outcome, SlackError):
            self.logger.error("Failed to send a request to Slack API server: %s", outcome)
            raise SlackConnectionError(str(outcome)) from outcome
        return outcome

    def _pause_after(self, outcome: HttpAnswer | SlackError, attempt: int) -> float | None:
        pauses = (one.pause_after(outcome, attempt) for one in self.retry_handlers)
        return next((pause for pause in pauses if pause is not None), None)

    def _following(self, headers: Mapping[str, str]) -> Pages:
        return Pages(lambda url, fields: self._post(url, headers, fields, {}))


class PerCallClient(RxWebClient):
    """rxslack's client, for calls whose token and headers differ from one to the next."""

    def __init__(self, token: str | None, *, base_url: str, transport: Transport) -> None:
        # A client may have no token, as for oauth.v2.access; this one's own is never sent.
        super().__init__(token or "xoxb-none", base_url=base_url, transport=transport)

    def post(
        self,
        url: str,
        *,
        headers: Mapping[str, str],
        fields: Mapping[str, str],
        files: Mapping[str, Any],
    ) -> HttpAnswer:
        """
        Send a form and return whatever comes; names and open files make it a multipart form.

        Raises: TransportError, TimedOut or ConfigurationError.
        """
        method = url.removeprefix(self.base_url)
        request = requests.Request("POST", url, headers=dict(headers), data=fields, files=files)
        return self._deliver(method, _prepared(method, request))


class Pages:
    """What a response asks for its next page."""

    def __init__(self, post: Callable[[str, Mapping[str, Any]], HttpAnswer]) -> None:
        self._post = post

    def _request_for_pagination(self, *, api_url: str, req_args: Mapping[str, Any]) -> Any:
        return _read(self._post(api_url, req_args["params"]))


def _prepared(method: str, request: requests.Request) -> OutgoingRequest:
    """What requests makes of fields and files."""
    with suppress(ValueError):  # requests' own for addresses and headers, which quote them
        made = request.prepare()
        headers = {
            name: str(value)
            for name, value in made.headers.items()
            if name.lower() not in _MADE_BELOW
        }
        body: Any = made.body or b""
        sent: bytes = body.encode() if isinstance(body, str) else body
        return OutgoingRequest(*split_address(str(made.url)), headers, sent)
    raise ConfigurationError(
        f"{method}: the request cannot be made; check base_url, the method's name and headers"
    )


_MADE_BELOW: Final = ("accept-encoding", "content-length", "host", "transfer-encoding")


def _outcome(post: Callable[[], HttpAnswer]) -> HttpAnswer | SlackError:
    try:
        return post()
    except SlackError as error:
        return error


def _authorization(token: str | None, auth: Mapping[str, str] | None) -> dict[str, str]:
    if auth is not None:
        pair = f"{auth['client_id']}:{auth['client_secret']}".encode()
        return {"Authorization": f"Basic {b64encode(pair).decode()}"}
    return {"Authorization": f"Bearer {token}"} if token else {}


def _plain(value: Any) -> Any:
    """The value, with slack_sdk's objects (blocks, attachments, views) as the dicts they mean."""
    if callable(getattr(value, "to_dict", None)):
        return _plain(value.to_dict())
    if isinstance(value, Mapping):
        fields = cast("Mapping[str, Any]", value)
        return {name: _plain(one) for name, one in fields.items()}
    if isinstance(value, (list, tuple)):
        return [_plain(one) for one in cast("list[Any]", value)]
    return value


def _read(answer: HttpAnswer) -> dict[str, Any]:
    return {
        "data": _data(answer),
        "headers": answer.headers,
        "status_code": answer.status,
    }


def _data(answer: HttpAnswer) -> Any:
    if answer.headers.get("Content-Type", "").startswith("application/gzip"):
        return answer.body  # admin.analytics.getFile
    try:
        return read_json(answer.body)
    except (ValueError, RecursionError):
        lines = answer.body.decode("utf-8", "replace").replace("\r", "\n").split("\n")
        body = "".join(line.strip() for line in lines)
        short = f"{body[:100]}..." if len(body) > 100 else body
        return {"ok": False, "error": f"Received a response in a non-JSON format: {short}"}
