"""One websocket after the other, as callback clients see them, and how a URL is asked for."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from itertools import count
from threading import Lock
from typing import Any, Final, cast
from uuid import uuid4

import reactivex
from reactivex import Observable, abc, operators as ops
from reactivex.subject import Subject

from rxslack.compat.errors import (
    SlackApiError,
    SlackClientError,
    SlackClientNotConnectedError,
    SlackConnectionError,
)
from rxslack.compat.web import SlackResponse, WebClient
from rxslack.errors import (
    ApiError,
    RateLimited,
    ServerError,
    SlackError,
    TransportError,
    UnreadableResponse,
)
from rxslack.sources.rtm import rtm
from rxslack.web.client import Response, WebClient as RxWebClient
from rxslack.web.protocol import api_error, read_outgoing, retry_after

__all__ = [
    "Connector",
    "Dropped",
    "Hooks",
    "Session",
    "Sessions",
    "as_message",
    "as_text",
    "heartbeat",
    "in_slack_sdks_words",
]

METHOD = "rtm.connect"


class Connector(RxWebClient):
    """
    What `rxslack.rtm` asks for a URL: one connection's, with a `WebClient` of ours behind it.

    Args:
        client: whose token, address and transport it is.
        ask: calls rtm.connect, or rtm.start, in slack_sdk's shape.

    Attributes:
        answer: what Slack said to it; empty before.
    """

    def __init__(self, client: WebClient, ask: Callable[[], SlackResponse]) -> None:
        super().__init__(
            client.token or "none", base_url=client.base_url, transport=client.transport
        )
        self.answer: dict[str, Any] = {}
        self._ask = ask

    def call(self, _method: str, /, **_arguments: Any) -> Response:
        """Ask, whatever the method is called here; errors are rxslack's."""
        try:
            answer = self._ask()
        except SlackApiError as error:
            raise _in_rxslacks_words(error) from error
        except SlackConnectionError as error:
            raise error.__cause__ or error from error
        self.answer = answer.data
        return Response(answer.data, status=answer.status_code, headers=answer.headers)


def _in_rxslacks_words(error: SlackApiError) -> SlackError:
    response = error.response
    data: dict[str, Any] = response.data if isinstance(response, SlackResponse) else {}
    status = int(getattr(response, "status_code", 200))
    wait = retry_after(getattr(response, "headers", {}))
    if status == 429:
        return RateLimited(METHOD, wait, str(data.get("error") or "ratelimited"), data)
    if status >= 500:
        return ServerError(METHOD, status, str(data.get("error")))
    if status != 200 or " " in str(data.get("error")):
        return UnreadableResponse(METHOD, status, str(data.get("error")))
    return api_error(METHOD, data, wait)


def in_slack_sdks_words(error: BaseException) -> BaseException:
    """
    What slack_sdk would have raised in this one's place.

    >>> in_slack_sdks_words(RateLimited("rtm.connect", 3.0))
    SlackApiError(...)
    """
    if isinstance(error.__cause__, SlackClientError):
        return error.__cause__
    if isinstance(error, ApiError):
        answer = error.response or {"ok": False, "error": error.error}
        renamed: SlackClientError = SlackApiError(str(error), answer)
    elif isinstance(error, SlackError):
        renamed = SlackConnectionError(str(error))
    else:
        return error
    renamed.__cause__ = error
    return renamed


FIRST_PING: Final = 1_000_000  # ids for pings that came without; clients count from 1
DAY: Final = 86_400.0
NOT_SLACKS: Final = "rxslack."
SEEN: Final = frozenset({"rxslack.reply", "rxslack.replayed", "rxslack.unreadable"})


class Dropped(TransportError):
    """The connection that the client's user ended."""

    def __init__(self) -> None:
        super().__init__("the websocket", "ended by disconnect()")


class Session:
    """
    One websocket.

    Args:
        connector: asks for its URL.

    Attributes:
        id: that no other has.
        is_active: whether it has said hello and not ended.
        was_active: whether it has ever said hello.
    """

    def __init__(self, connector: Connector) -> None:
        self.id = str(uuid4())
        self.is_active = self.was_active = False
        self.connector = connector
        self.outgoing: Subject[Mapping[str, Any]] = Subject()
        self._pings: set[Any] = set()
        self._unnumbered = count(FIRST_PING)

    def send(self, message: Mapping[str, Any]) -> None:
        """Send now, on this thread. Raises: SlackClientError for what Slack would not take."""
        if message.get("type") == "ping":
            message = {"id": next(self._unnumbered), **message}
            self._pings.add(message["id"])
        try:
            read_outgoing(message, 0)
        except (TypeError, ValueError) as error:
            raise SlackClientError(f"This cannot be sent to Slack: {error}") from error
        self.outgoing.on_next(message)
        if not self.is_active:
            raise SlackClientNotConnectedError(
                f"Failed to send a message as the connection is no longer active (session_id: {self.id})"
            )

    def drop(self) -> None:
        """End it, as a loss that may be mended."""
        self.outgoing.on_error(Dropped())

    def is_for_handlers(self, event: dict[str, Any]) -> bool:
        """Whether a callback would see it: rxslack's own pings, and their pongs, it would not."""
        kind = str(event["type"])
        if kind == "pong" and event.get("reply_to") not in self._pings:
            return False
        return not kind.startswith(NOT_SLACKS) or kind in SEEN


@dataclass(frozen=True, kw_only=True)
class Hooks:
    """
    What a client does about its websockets; called on their threads.

    Args:
        connector: makes what asks for a URL, anew for each websocket.
        opened: one has said hello.
        lost: one has ended, or could not be opened, and the user did not want it to.
    """

    connector: Callable[[], Connector]
    opened: Callable[[Session], None]
    lost: Callable[[Session, Exception], None]


class Sessions:
    """
    The websockets of one client.

    Args:
        hooks: what the client does about them.
        ping_interval: seconds of silence before a ping; four of them, and it is dead. 0: no pings.
    """

    def __init__(self, hooks: Hooks, ping_interval: float) -> None:
        self._hooks = hooks
        self._heartbeat = heartbeat(ping_interval)
        self._lock = Lock()
        self._active: list[Session] = []

    @property
    def current(self) -> Session | None:
        """The newest one that stands."""
        with self._lock:
            return self._active[-1] if self._active else None

    def source(self) -> Observable[dict[str, Any]]:
        """
        What comes over one websocket; each subscription opens its own.

        Emits: hello, and what a callback would see.
        Errors: as `rtm` does.
        Dispose: closes the websocket.
        """
        return reactivex.defer(self._open)

    def _open(self, _scheduler: abc.SchedulerBase) -> Observable[dict[str, Any]]:
        session = Session(self._hooks.connector())
        ping_after, silence = self._heartbeat
        stream = rtm(
            session.connector, outgoing=session.outgoing, ping_after=ping_after, silence=silence
        )

        def saw(event: dict[str, Any]) -> None:
            self._saw(session, event)

        def lost(error: Exception) -> None:
            self._lost(session, error)

        return stream.pipe(
            ops.do_action(saw, lost),
            ops.finally_action(lambda: self._ended(session)),
            ops.filter(session.is_for_handlers),
            ops.map(as_it_came),
        )

    def _saw(self, session: Session, event: Mapping[str, Any]) -> None:
        if event["type"] == "hello" and not session.is_active:
            with self._lock:
                session.is_active = session.was_active = True
                self._active.append(session)
            self._hooks.opened(session)

    def _lost(self, session: Session, error: Exception) -> None:
        self._ended(session)
        if not isinstance(error, Dropped):
            self._hooks.lost(session, error)

    def _ended(self, session: Session) -> None:
        with self._lock:
            session.is_active = False
            self._active = [one for one in self._active if one is not session]


def heartbeat(ping_interval: float) -> tuple[float, float]:
    """
    `ping_after` and `silence` of `rtm`, in seconds, for slack_sdk's `ping_interval`.

    >>> heartbeat(5)
    (5, 20)
    """
    seconds = ping_interval if ping_interval > 0 else DAY
    return seconds, 4 * seconds


def as_it_came(event: dict[str, Any]) -> dict[str, Any]:
    """
    slack_sdk takes what Slack repeats for a message like any other.

    >>> as_it_came({"type": "rxslack.replayed", "reply_to": 7})
    {'type': 'message', 'reply_to': 7}
    """
    return {**event, "type": "message"} if event["type"] == "rxslack.replayed" else event


def as_text(event: Mapping[str, Any]) -> str:
    """
    The frame that an item came from; equal as JSON, though not in its white space.

    >>> as_text({"ok": True, "reply_to": 1, "type": "rxslack.reply"})
    '{"ok":true,"reply_to":1}'
    """
    if event["type"] == "rxslack.unreadable":
        return str(event["data"])
    fields = {k: v for k, v in event.items() if k != "type" or v != "rxslack.reply"}
    return json.dumps(fields, ensure_ascii=False, separators=(",", ":"))


def as_message(text: str) -> Mapping[str, Any]:
    """
    What to send for a text that a client gave. Raises: SlackClientError when it is no JSON object.

    >>> as_message('{"type": "typing"}')
    {'type': 'typing'}
    """
    try:
        message = json.loads(text)
    except ValueError as error:
        raise SlackClientError(f"This cannot be sent to Slack: {error}") from error
    if not isinstance(message, dict):
        raise SlackClientError("This cannot be sent to Slack: not a JSON object")
    return cast("Mapping[str, Any]", message)
