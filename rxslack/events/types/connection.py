"""The connection itself: hello, goodbye, the answer to a ping, and what went wrong."""

from typing import Any, Literal, NotRequired, TypedDict

from rxslack.events.types.objects import SocketProblem

__all__ = [
    "ConnectionDebugInfo",
    "DisconnectEvent",
    "ErrorEvent",
    "GoodbyeEvent",
    "HelloEvent",
    "PongEvent",
    "ReconnectUrlEvent",
    "UrlVerificationEvent",
]


class ConnectionDebugInfo(TypedDict, total=False):
    """Which of Slack's machines it is. Source: docs.slack.dev/apis/events-api/using-socket-mode."""

    host: str  # "applink-11"
    started: str
    build_number: int
    approximate_connection_time: int  # seconds until Slack will want a new connection


class HelloEvent(TypedDict):
    """The connection is open, and events follow. Source: docs.slack.dev/reference/events/hello."""

    type: Literal["hello"]
    fast_reconnect: NotRequired[bool]
    region: NotRequired[str]  # "us-west-2"
    start: NotRequired[bool]
    host_id: NotRequired[str]
    # The rest in Socket Mode only.
    connection_info: NotRequired[dict[str, Any]]  # {"app_id": ...}; may grow
    num_connections: NotRequired[int]  # of this app
    debug_info: NotRequired[ConnectionDebugInfo]


class GoodbyeEvent(TypedDict):
    """
    The server will close the connection soon.

    Source: docs.slack.dev/reference/events/goodbye.
    """

    type: Literal["goodbye"]
    event_ts: NotRequired[str]


class DisconnectEvent(TypedDict):
    """Socket Mode's goodbye. Source: docs.slack.dev/apis/events-api/using-socket-mode."""

    type: Literal["disconnect"]
    reason: str  # "warning", "refresh_requested", "link_disabled", "too_many_websockets"
    debug_info: NotRequired[ConnectionDebugInfo]


class ReconnectUrlEvent(TypedDict):
    """
    An address to reconnect to, as secret as a token; Slack supports no use of it.

    Source: docs.slack.dev/reference/events/reconnect_url.
    """

    type: Literal["reconnect_url"]
    url: NotRequired[str]  # "wss://...", good once; absent from Slack's example


class PongEvent(TypedDict):
    """
    The answer to a ping; whatever flat value the ping had comes back beside these.

    Source: docs.slack.dev/legacy/legacy-rtm-api, "Ping and Pong".
    """

    type: Literal["pong"]
    reply_to: NotRequired[int]  # the `id` of the ping
    time: NotRequired[float]
    timestamp: NotRequired[float]


class ErrorEvent(TypedDict):
    """
    Slack let the socket open and refuses it: code 1 for an address too old or used.

    Source: docs.slack.dev/legacy/legacy-rtm-api, "Connecting".
    """

    type: Literal["error"]
    error: SocketProblem


class UrlVerificationEvent(TypedDict):
    """
    Slack asks whether a URL is yours.

    Source: docs.slack.dev/reference/events/url_verification.
    """

    type: Literal["url_verification"]
    challenge: str
    token: NotRequired[str]
