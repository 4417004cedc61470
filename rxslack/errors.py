"""
What can go wrong, as one tree.

A stream's `reconnect()` subscribes again after a *retryable* error and lets a *fatal* one through.

==============================  =========  ==================================================
class                           kind       happens when
==============================  =========  ==================================================
SlackError                      fatal      (the root)
├── ConfigurationError          fatal      an argument cannot work: empty token, bad URL
│   └── TooLong                 fatal      a message is over a limit, and the policy is to refuse
├── TransportError              retryable  the network failed: refused, reset, DNS, TLS
│   ├── TimedOut                retryable  an answer did not come in time
│   ├── HandshakeRefused        retryable  the websocket's door answered with HTTP, not with 101
│   ├── ConnectionClosed        retryable  the peer closed the websocket, with or without a frame
│   ├── Silent                  retryable  an open websocket from which no byte came
│   ├── FrameError              retryable  a breach of RFC 6455, or a message over the limit
│   ├── StaleUrl                retryable  Slack let the socket open and said `error` 1
│   ├── ConnectionRefused       retryable  Slack let the socket open and said another `error`
│   └── BufferFull              retryable  user code too slow, under the policy that ends at it
├── SocketModeDisabled          fatal      Socket Mode was switched off in the app's settings
├── ServerError                 retryable  HTTP 5xx, mostly with an HTML page
├── UnreadableResponse          retryable  an HTTP answer that is not Slack's JSON
├── RepeatedCursor              fatal      a page names one that was there before as the next
└── ApiError                    by code    Slack answered `ok: false`
    ├── AuthenticationError     fatal      the token is missing, wrong, revoked or of another kind
    ├── MissingScope            fatal      the token may not do this
    └── RateLimited             retryable  HTTP 429 or `ratelimited`
==============================  =========  ==================================================

Data are attributes; the text says what to do next, and drives no terminal whatever a peer put
into it. No token, ticket or proxy password ever
becomes part of an error. Each can be copied, and pickled for another process.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar

from rxslack.core.printable import printable

__all__ = [
    "ApiError",
    "AuthenticationError",
    "BufferFull",
    "ConfigurationError",
    "ConnectionClosed",
    "ConnectionRefused",
    "FrameError",
    "HandshakeRefused",
    "MissingScope",
    "RateLimited",
    "RepeatedCursor",
    "ServerError",
    "Silent",
    "SlackError",
    "SocketModeDisabled",
    "StaleUrl",
    "TimedOut",
    "TooLong",
    "TransportError",
    "UnreadableResponse",
    "is_retryable",
]


class SlackError(Exception):
    """
    Anything that rxslack raises or sends to `on_error`.

    Attributes:
        retryable: whether subscribing again can help.
        maybe_done: whether Slack may have carried the call out all the same. Always False for
            reading; for `chat.postMessage` it decides whether repeating could post twice.
    """

    retryable: bool = False
    maybe_done: bool = False

    def __str__(self) -> str:
        return printable(super().__str__())

    def __reduce__(self) -> tuple[Any, ...]:
        # Exception's own calls the class with `args`, which need not be what it takes.
        return _made_again, (type(self), *self.args), self.__dict__


def _made_again(kind: type[SlackError], *args: Any) -> SlackError:
    """One that was copied or pickled; its attributes are set by whoever copies it."""
    return kind.__new__(kind, *args)


def is_retryable(error: BaseException) -> bool:
    """
    Whether subscribing again, or calling again, can help.

    True for the errors marked retryable at the head of this module; False for fatal ones and for
    every exception that is not rxslack's (a bug in a callback does not heal by reconnecting).

    >>> is_retryable(ConnectionClosed(1006)), is_retryable(KeyError("text"))
    (True, False)
    """
    return isinstance(error, SlackError) and error.retryable


class ConfigurationError(SlackError, ValueError):
    """An argument that can never work; the text names it and the remedy."""


class TooLong(ConfigurationError):
    """
    A message that Slack would cut off or refuse, and that was not to be split.

    Args:
        method: the Web API method.
        field: what is too long: "text", "markdown_text" or "blocks".
        size: how long, in characters or in blocks.
        limit: how long it may be.
    """

    def __init__(self, method: str, field: str, size: int, limit: int) -> None:
        super().__init__(method, field, size, limit)
        self.method = method
        self.field = field
        self.size = size
        self.limit = limit

    def __str__(self) -> str:
        unit = "blocks" if self.field == "blocks" else f"characters of {self.field}"
        return f"{self.method}: {self.size} {unit}, and {self.limit} are allowed; shorten it"


class TransportError(SlackError):
    """
    The network failed on the way to Slack.

    Args:
        what: what was tried, as a noun phrase: "rtm.connect", "the websocket".
        cause: what the library or the system said.
        maybe_done: see `SlackError`.
    """

    retryable = True

    def __init__(self, what: str, cause: str, *, maybe_done: bool = False) -> None:
        super().__init__(what, cause)
        self.what = what
        self.cause = cause
        self.maybe_done = maybe_done

    def __str__(self) -> str:
        return printable(f"{self.what}: {self.cause}")


class TimedOut(TransportError):
    """
    An answer did not come in time.

    Args:
        what: what was waited for.
        seconds: how long.
        maybe_done: see `SlackError`; False when not even the connection came about.
    """

    def __init__(self, what: str, seconds: float | None, *, maybe_done: bool = False) -> None:
        within = "in time" if seconds is None else f"within {seconds:g} s"
        super().__init__(what, f"no answer {within}", maybe_done=maybe_done)
        self.seconds = seconds


class HandshakeRefused(TransportError):
    """
    The websocket's address answered with plain HTTP instead of `101 Switching Protocols`.

    Args:
        status: the HTTP status; 0 when the answer was no proper handshake at all.
    """

    def __init__(self, status: int) -> None:
        detail = f"HTTP {status}" if status else "no valid websocket handshake"
        super().__init__("the websocket handshake", f"refused with {detail}")
        self.status = status


class ConnectionClosed(TransportError):
    """
    The peer ended the websocket.

    Args:
        code: the close code of RFC 6455 section 7.4; 1005 when the frame had none, 1006 when the
            connection ended without a CLOSE frame.
        reason: the text that came with it, mostly empty.
    """

    def __init__(self, code: int, reason: str = "") -> None:
        how = {1005: "with no code", 1006: "without a CLOSE frame"}.get(code, f"with code {code}")
        super().__init__("the websocket", f"closed by the peer {how}{reason and f' ({reason})'}")
        self.code = code
        self.reason = reason


class Silent(TransportError):
    """
    Nothing came for too long, so the connection is taken for dead.

    Args:
        seconds: the silence that was allowed.
        missing: what was waited for, "a byte", "a message, or the answer to a ping" when some bytes
            came, or "hello".
    """

    def __init__(self, seconds: float, missing: str = "a byte") -> None:
        super().__init__("the websocket", f"{seconds:g} s without {missing}")
        self.seconds = seconds
        self.missing = missing


class FrameError(TransportError):
    """
    The peer broke RFC 6455, or sent more than allowed.

    Args:
        code: the close code that tells the peer so (1002 protocol, 1007 bad UTF-8, 1009 too big).
        detail: what was wrong.
    """

    def __init__(self, code: int, detail: str) -> None:
        super().__init__("the websocket", f"{detail} (close code {code})")
        self.code = code
        self.detail = detail


class StaleUrl(TransportError):
    """
    The websocket URL was used before, or is older than 30 seconds.

    Slack accepts the upgrade and then says `{"type": "error", "error": {"code": 1, …}}`.
    Source: docs.slack.dev/legacy/legacy-rtm-api.
    """

    def __init__(self, message: str = "Socket URL has expired") -> None:
        super().__init__(
            "the websocket", f"Slack says {message!r}; the next attempt asks for a new URL"
        )


class ConnectionRefused(TransportError):
    """
    Slack opened the socket and sent an `error` in place of `hello`.

    Args:
        code: Slack's number; there is no public table of them.
        message: Slack's words.
    """

    def __init__(self, code: object, message: object) -> None:
        super().__init__("the websocket", f"Slack says error {code}: {message!r} in place of hello")
        self.code = code
        self.message = message


class BufferFull(TransportError):
    """
    User code fell too far behind, and the stream was told to end rather than to wait.

    Args:
        size: the bound that was reached, in bytes.
    """

    def __init__(self, size: int) -> None:
        super().__init__(
            "the websocket",
            f"{size} bytes wait for a subscriber that is too slow; make it faster, move its work "
            "to another thread, or allow a larger buffer",
        )
        self.size = size


class SocketModeDisabled(SlackError):
    """
    Slack ended the connection because Socket Mode was switched off in the app's settings.

    Source: docs.slack.dev/apis/events-api/using-socket-mode, "Disconnecting".
    """

    def __str__(self) -> str:
        return "Socket Mode was switched off (link_disabled); switch it on in the app's settings"


class ServerError(SlackError):
    """
    Slack's servers failed: HTTP 5xx.

    Args:
        method: the Web API method, such as "rtm.connect".
        status: the HTTP status.
        body: the beginning of what came, mostly an HTML page.
    """

    retryable = True

    def __init__(self, method: str, status: int, body: str = "") -> None:
        super().__init__(method, status, body)
        self.method = method
        self.status = status
        self.body = body
        # 503 is refused before it is worked on; the others may come after the work was done.
        self.maybe_done = status != 503

    def __str__(self) -> str:
        return f"{self.method}: Slack's server answered HTTP {self.status}; try again later"


class UnreadableResponse(SlackError):
    """
    An HTTP answer that is not a JSON object with `ok`, as all of Slack's are.

    Args:
        method: the Web API method.
        status: the HTTP status.
        body: the beginning of what came.
    """

    retryable = True
    maybe_done = True

    def __init__(self, method: str, status: int, body: str = "") -> None:
        super().__init__(method, status, body)
        self.method = method
        self.status = status
        self.body = body

    def __str__(self) -> str:
        return (
            f"{self.method}: the answer (HTTP {self.status}) is not Slack's JSON but "
            f"{self.body[:60]!r}; is base_url right, and is no proxy's page in between?"
        )


class RepeatedCursor(SlackError):
    """
    The pages of a list go round in a circle.

    Args:
        method: the Web API method.
    """

    def __init__(self, method: str) -> None:
        super().__init__(method)
        self.method = method

    def __str__(self) -> str:
        return (
            f"{self.method}: the next page would be one that was there before; give another "
            "`limit`, or ask for less at a time"
        )


class ApiError(SlackError):
    """
    Slack understood the call and answered `ok: false`.

    Args:
        method: the Web API method.
        error: Slack's short code, such as "channel_not_found".
        response: the whole answer, a dict.
        retryable: whether calling again can help.
        remedy: what to do next, a sentence without its full stop; "" when Slack's code says it.
    """

    def __init__(
        self,
        method: str,
        error: str,
        response: Mapping[str, Any] | None = None,
        *,
        retryable: bool = False,
        maybe_done: bool = False,
        remedy: str = "",
    ) -> None:
        super().__init__(method, error)
        self.method = method
        self.error = error
        self.response: Mapping[str, Any] = {} if response is None else response
        self.retryable = retryable
        self.maybe_done = maybe_done
        self.remedy = remedy

    def __str__(self) -> str:
        return printable(f"{self.method}: {self.error}{self.remedy and f'; {self.remedy}'}")


class AuthenticationError(ApiError):
    """The token is missing, wrong, revoked, expired, or of a kind that may not do this."""


class MissingScope(ApiError):
    """
    The token lacks a permission.

    Attributes:
        needed: the scope that Slack asks for, such as "rtm:stream"; "" when it does not say.
        provided: the scopes that the token has, comma-separated.
    """

    def __init__(
        self, method: str, error: str, response: Mapping[str, Any] | None = None, **options: Any
    ) -> None:
        super().__init__(method, error, response, **options)
        self.needed = str(self.response.get("needed") or "")
        self.provided = str(self.response.get("provided") or "")

    def __str__(self) -> str:
        return printable(
            f"{self.method}: {self.error}; the token needs the scope {self.needed or '(unnamed)'} "
            f"and has {self.provided or 'none'}; add it to the app and install the app again"
        )


class RateLimited(ApiError):
    """
    Too many calls; surely not carried out.

    Attributes:
        retry_after: seconds to wait, as Slack said; None when it did not say.
    """

    retryable: bool = True
    default_pause: ClassVar[float] = 30.0

    def __init__(
        self,
        method: str,
        retry_after: float | None = None,
        error: str = "ratelimited",
        response: Mapping[str, Any] | None = None,
    ) -> None:
        super().__init__(method, error, response, retryable=True)
        self.retry_after = retry_after

    @property
    def pause(self) -> float:
        """Seconds to wait before the next call; `default_pause` when Slack did not say."""
        return self.default_pause if self.retry_after is None else max(self.retry_after, 0.0)

    def __str__(self) -> str:
        wait = "a while" if self.retry_after is None else f"{self.retry_after:g} s"
        return printable(f"{self.method}: {self.error}; wait {wait} before the next call")


def not_from(what: str) -> ConfigurationError:
    """
    The error of who uses in a child what works in its parent only.

    >>> raise not_from("this sink")
    Traceback (most recent call last):
    rxslack.errors.ConfigurationError: this sink belongs to the process that forked this one; make a new one in the child, after the fork
    """
    return ConfigurationError(
        f"{what} belongs to the process that forked this one; "
        "make a new one in the child, after the fork"
    )
