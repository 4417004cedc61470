"""Slack's Real Time Messaging API as an Observable."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any, Final, cast

from reactivex import Observable

from rxslack.errors import (
    AuthenticationError,
    ConnectionRefused,
    SlackError,
    StaleUrl,
    UnreadableResponse,
)
from rxslack.sources.budget import UrlBudget
from rxslack.sources.connection.connection import connections
from rxslack.sources.connection.options import ConnectionOptions
from rxslack.sources.connection.protocol import Endpoint, OpenSocket
from rxslack.sources.status import Status
from rxslack.web.client import WebClient
from rxslack.web.protocol import check_client, read_outgoing
from rxslack.web.settings import is_websocket_url
from rxslack.wire.bursts import Burst
from rxslack.wire.decoding import event_selection, read_events, unknown
from rxslack.wire.read_loop import Overflow

if TYPE_CHECKING:  # or SQLite would be imported for a name
    from rxslack.log.where import Where

__all__ = ["rtm"]

_EARLY: Final = 100  # items, the "first few" of a connection
_SPENT_URL: Final = 1  # the code of the `error` frame for a URL used before or too old


def rtm(
    web: WebClient,
    *,
    outgoing: Observable[Any] | None = None,
    arguments: Mapping[str, Any] | None = None,
    ping_after: float = 10.0,
    silence: float = 30.0,
    max_message_size: int = 16 * 1024 * 1024,
    max_waiting_bytes: int = 64 * 1024 * 1024,
    overflow: Overflow = "wait",
    budget: UrlBudget | Where | None = None,
    status: Status | None = None,
    named: bool = False,
) -> Observable[dict[str, Any]]:
    """
    Everything Slack tells this token over RTM, as it happens.

    Cold: each subscription asks rtm.connect for a URL of its own and opens one connection.

    >>> events = rtm(WebClient("xoxb-test"))  # nothing is connected before `subscribe`

    Args:
        web: the client whose token connects: the `xoxb-` or `xoxp-` token of a classic app.
        outgoing: what to send over the socket, from hello on: mappings such as
            `{"type": "typing", "channel": "C1"}`, `{"type": "message", "channel": "C1", "text":
            "Hi"}`, `{"type": "presence_sub", "ids": ["U1"]}`. One without `id` gets the next
            number. Subscribed anew for each connection. Its error ends the stream.
        arguments: more for rtm.connect, such as `{"batch_presence_aware": True}`.
        ping_after: seconds without a sign of life, see `silence`, after which a ping is sent,
            or up to a sixteenth of that earlier, together with those of other connections.
        silence: seconds without a sign of life after which the connection is taken for dead, counted
            from the handshake: a whole message, the answer to a ping, or 16 KiB more of a large
            message. Pings of Slack's are none. The same for a hello that does not come.
        max_message_size: bytes of the largest message allowed. Once it is decoded, one may take some
            thirty times as much memory.
        max_waiting_bytes: bytes that may wait for user code that is slow, each message counting
            for 64 at least.
        overflow: what happens at that bound: "wait" stops reading, so that Slack has to wait;
            "fail" ends the stream with BufferFull.
        budget: how often rtm.connect may be called. Default: ten times at once, then once in ten
            seconds, counted for all streams of this token and base URL in the process together;
            a subscription that comes too early waits for its turn. Where a log is, a path or
            ``redis://…``, counts those of all processes that are given the same.
        status: is kept up to date; see `Status`.
        named: give each item `rxslack_team`, the workspace's id, and `rxslack_connection`, a
            number that no other connection of the process has.

    Emits: event dicts. The first is `hello`; protocol events (`goodbye`, `pong`, …) are among
    them. Slack's answers to what was sent have the type `rxslack.reply`; a frame that cannot be
    read is an `rxslack.unreadable` item, what Slack repeats of our own at the beginning an
    `rxslack.replayed` item, an item of `outgoing` that cannot be sent an `rxslack.unsent` item, and
    the stream goes on. Types that rxslack does not know are emitted like the others; the first of
    each is a line of the logger ``rxslack.events``. All come serially, in order, on a thread that reads for
    all connections of the process, and is another one once a subscriber has been busy for a while. Whatever
    subscribers do on it, pings are answered, and other connections' events come.
    Errors: when the connection cannot be opened or has ended; StaleUrl for a URL Slack calls
    expired; FrameError also when 1,000 messages or 1 MiB have come and no hello;
    AuthenticationError for an `xapp-` token, without asking Slack. What a subscriber's own callback
    raises goes to its `on_error`.
    Completes: never by itself.
    Dispose: from any thread, in any state. A CLOSE frame is sent, socket and threads are freed
    within a second, nothing is emitted any more; a callback that is running is not waited for.
    Source: docs.slack.dev/legacy/legacy-rtm-api.
    """
    check_client(web, "rtm")
    options = ConnectionOptions(
        outgoing=outgoing,
        ping_after=ping_after,
        silence=silence,
        max_message_size=max_message_size,
        max_waiting_bytes=max_waiting_bytes,
        overflow=overflow,
        budget=budget,
        status=status,
        named=named,
    )
    return connections(lambda: _Rtm(web, arguments or {}), web, options)


class _Rtm:
    """RTM's protocol: JSON events, JSON pings."""

    name = "rtm"
    on_receipt = None
    _young = _EARLY  # items in which Slack's repetition of our last message is still looked for

    def __init__(self, web: WebClient, arguments: Mapping[str, Any]) -> None:
        self._web = web
        self._arguments = arguments
        self._look = unknown().look
        self.selection = event_selection()
        self.selection.ready = False  # until the connection is not young any more

    def ask(self) -> Endpoint:
        if self._web.token_kind == "xapp":
            raise AuthenticationError(
                "rtm.connect",
                "not_allowed_token_type",
                remedy="an xapp- token opens Socket Mode; RTM takes the xoxb- or xoxp- token of a classic app",
            )
        answer = self._web.call("rtm.connect", **self._arguments)
        url = answer.get("url")
        if not is_websocket_url(url, self._web.base_url, allow_http=self._web.transport.allow_http):
            raise UnreadableResponse(
                "rtm.connect", answer.status, "an answer without a secure websocket URL"
            )
        return Endpoint(url, _team(answer))

    def read(self, messages: Sequence[bytes], /) -> Iterator[Burst]:
        bursts = read_events(messages, self._look)
        return bursts if self.selection.ready else self._early(bursts)

    def _early(self, bursts: Iterator[Burst]) -> Iterator[Burst]:
        for items, plain in bursts:
            self._young -= len(items)
            replayed = [one for one in items if one["type"] == "message" and "reply_to" in one]
            for item in replayed:
                item["type"] = "rxslack.replayed"
            self.selection.ready = self._young <= 0
            yield items, plain and not replayed

    def is_hello(self, item: dict[str, Any]) -> bool:
        if item["type"] == "error":
            raise _refusal(item)
        return bool(item["type"] == "hello")

    def keep_alive(self, socket: OpenSocket) -> None:
        self.probe(socket, socket.next_number())

    def probe(self, socket: OpenSocket, number: int) -> None:
        socket.send(b'{"id": %d, "type": "ping"}' % number)

    def answered(self, item: dict[str, Any]) -> object:
        number = item.get("reply_to") if item["type"] == "pong" else None
        return number if isinstance(number, int) else None

    def write(self, message: Any, number: int) -> tuple[str, int]:
        return read_outgoing(message, number)


def _team(answer: Mapping[str, Any]) -> str:
    team = answer.get("team")
    detail = cast("Mapping[str, Any]", team if isinstance(team, Mapping) else {})
    return str(detail.get("id") or "")


def _refusal(event: Mapping[str, Any]) -> SlackError:
    error: Any = event.get("error")
    detail = cast("Mapping[str, Any]", error if isinstance(error, Mapping) else {})
    if detail.get("code") == _SPENT_URL:
        return StaleUrl(str(detail.get("msg")))
    return ConnectionRefused(detail.get("code"), detail.get("msg"))
