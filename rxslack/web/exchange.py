"""
One request and its answer, over connections that are kept for the next one.

What requests and urllib3's pools do beyond that, a call to Slack does not need: redirects, cookies, ~/.netrc,
repetitions. A request is sent once; what fails after its first byte may have been done.

Source: RFC 9112 sections 3.2 (the forms of an address: through a proxy it is the whole of it), 9.3 (persistence).
"""

from __future__ import annotations

import errno
import weakref
from collections.abc import Iterator, Mapping
from contextlib import suppress
from typing import Any, Final, Protocol, cast
from urllib.parse import quote, urlsplit

from rxslack.web.answers import Deadline, HttpAnswer, read_answer
from rxslack.web.dialing import HttpConnection, held_here, login_of, towards
from rxslack.web.settings import Transport

__all__ = ["SAFE", "STILL_TO_READ", "Connections", "OutgoingRequest", "SizedBody", "split_address"]

_KEPT: Final = 32  # connections to a host that are kept for the next call
_MOST_HOSTS: Final = 32
SAFE: Final = "!#$%&'()*+,/:;=?@[]~"  # what an address may hold as it is
STILL_TO_READ: Final = (errno.EPIPE, errno.ECONNRESET, errno.EPROTOTYPE)
"""A server may answer, and close, before it has read all. The last one is macOS'."""


class OutgoingRequest:
    """
    A request on its way, and whether it has begun to leave, or surely has not.

    Its `repr` shows nothing of it, as tracebacks may show that.

    Attributes:
        origin: "https://slack.com", where it goes.
        target: "/api/chat.postMessage", what is asked for there.
        headers: but for those that follow from the others.
        body: bytes, or a file with a length.
        begun: True from just before its first byte is handed to the connection, which by then is
            open, TLS and proxy included. What fails earlier has surely not been done.
    """

    __slots__ = ("begun", "body", "headers", "origin", "target")

    def __init__(
        self, origin: str, target: str, headers: Mapping[str, str], body: bytes | SizedBody
    ) -> None:
        self.origin = origin
        self.target = target
        self.headers = headers
        self.body = body
        self.begun = False

    def __repr__(self) -> str:
        return "<OutgoingRequest>"

    @property
    def url(self) -> str:
        """Where it goes, which may be a secret."""
        return self.origin + self.target


class SizedBody(Protocol):
    """A body that is read piece by piece, of a length that is known."""

    def __len__(self) -> int:
        """Bytes."""
        ...

    def __iter__(self) -> Iterator[bytes]:
        """The pieces."""
        ...


def split_address(url: str) -> tuple[str, str]:
    """
    The origin of an address, and what is asked for there.

    >>> split_address("https://slack.com/api/auth test?a=b#c")
    ('https://slack.com', '/api/auth%20test?a=b')
    """
    parts = urlsplit(url)
    target = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
    return f"{parts.scheme}://{parts.netloc}", quote(target, safe=SAFE)


class Connections:
    """
    The connections of one client. Safe from many threads at once.

    The environment is looked at once for each host.

    Args:
        transport: proxy, certificates, time-outs and limits.
    """

    def __init__(self, transport: Transport) -> None:
        self._transport = transport
        self._ways: dict[str, Way] = {}
        weakref.finalize(self, _close, self._ways)

    def exchange(self, request: OutgoingRequest) -> HttpAnswer:
        """
        Send a request, once, and read the answer to its end.

        Raises: ConfigurationError for an address that cannot be; urllib3's HTTPError, OSError and
        HTTPException for all else, after which `request.begun` tells whether it may have been done.
        """
        way = self.way_to(request.origin)
        return self.exchange_over(way, way.connection(), request)

    def exchange_over(
        self, way: Way, connection: HttpConnection, request: OutgoingRequest
    ) -> HttpAnswer:
        """The same over a connection of a way, which is kept or closed."""
        try:
            _send(connection, way.head_of(request), request, self._transport.connect_timeout)
            deadline = connection.deadline = Deadline(self._transport.read_timeout)
            sock = cast("Any", connection.sock)
            answer = read_answer(sock, deadline, self._transport.max_answer_size)
        except BaseException:
            connection.close()
            raise
        way.give_back(connection, answer)
        return answer

    def close(self) -> None:
        """Close what is kept for the next request."""
        _close(self._ways)

    def way_to(self, origin: str) -> Way:
        """The way to a host, which is found out once."""
        way = self._ways.get(origin)
        if way is not None:
            return way
        while len(self._ways) >= _MOST_HOSTS:
            with suppress(KeyError, RuntimeError, StopIteration):  # another thread was faster
                self._ways.pop(next(iter(self._ways))).close()
        return self._ways.setdefault(origin, Way(origin, self._transport))


def _close(ways: dict[str, Way]) -> None:
    for way in [*ways.values()]:
        way.close()


class Way:
    """
    The way to one host, perhaps through a proxy, and the connections that are kept for it.

    Args:
        origin: of `OutgoingRequest`.
        transport: of `Connections`.
    """

    def __init__(self, origin: str, transport: Transport) -> None:
        parts = urlsplit(origin)
        self._transport = transport
        self._proxy = transport.proxy_for(origin)
        self._secure = parts.scheme == "https"
        self._host, self._port = parts.hostname or "", parts.port or (443 if self._secure else 80)
        forwarded = self._proxy is not None and not self._secure
        self._before_target = origin if forwarded else ""
        name = f"[{self._host}]" if ":" in self._host else self._host
        named = (
            name if parts.port in (None, 443 if self._secure else 80) else f"{name}:{parts.port}"
        )
        login = login_of(self._proxy or "") if forwarded else None
        self._fields = _lines({"Host": named, "Accept-Encoding": "identity", **(login or {})})
        self._kept: list[HttpConnection] = []

    def head_of(self, request: OutgoingRequest) -> bytes:
        """The head of a request."""
        fields = _lines(request.headers)
        return (
            f"POST {self._before_target}{request.target} HTTP/1.1\r\n{self._fields}"
            f"Content-Length: {len(request.body)}\r\n{fields}\r\n"
        ).encode("latin-1")

    def connection(self) -> HttpConnection:
        """One that is open, or is not yet."""
        while self._kept:
            with suppress(IndexError):  # another thread was faster
                connection = self._kept.pop()
                if connection.is_connected:
                    return connection
                connection.close()
        return towards(
            self._host, self._port, self._secure, self._transport, self._proxy, tunnel=False
        )

    def give_back(self, connection: HttpConnection, answer: HttpAnswer) -> None:
        """Keep it for the next request, where there can be one after this answer."""
        if not answer.last and len(self._kept) < _KEPT:
            self._kept.append(connection)
        else:
            connection.close()

    def close(self) -> None:
        """Close what is kept."""
        while self._kept:
            with suppress(IndexError):
                self._kept.pop().close()


def _lines(headers: Mapping[str, str]) -> str:
    return "".join([f"{name}: {value}\r\n" for name, value in headers.items()])


def _send(
    connection: HttpConnection, head: bytes, request: OutgoingRequest, seconds: float
) -> None:
    if connection.sock is None:
        connection.connect()
    elif (cancellation := held_here()) is not None:
        connection.held_by(cancellation)
    sock = cast("Any", connection.sock)
    sock.settimeout(seconds)
    request.begun = True
    try:
        if isinstance(request.body, bytes):
            sock.sendall(head + request.body)
        else:
            sock.sendall(head)
            for piece in request.body:
                sock.sendall(piece)
    except OSError as error:
        if error.errno not in STILL_TO_READ:
            raise
