"""One websocket after the other, as callback clients see them."""

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

from rxslack.compat.connector import Connector
from rxslack.compat.errors import SlackClientError, SlackClientNotConnectedError
from rxslack.errors import TransportError
from rxslack.sources.rtm import rtm
from rxslack.web.protocol import read_outgoing

__all__ = ["Dropped", "Hooks", "Session", "Sessions", "as_message", "as_text", "heartbeat"]

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
