"""
Opening connections, for HTTP and for the websocket, so that another thread can call it off.

A thread inside `connect`, a TLS handshake or a slow answer cannot be interrupted from outside; its
socket can. So whoever opens something does it under a `Cancellation`, and `Cancellation.cut()` shuts down
every socket that was opened or used under it, whereupon the blocked call fails at once. Looking a
name up is the one step that nothing interrupts.

A time-out of a socket starts anew with each byte, and a peer that is half dead may send one now and
then for ever. So opening a connection as a whole has a `Deadline`, and so has an answer.
"""

from __future__ import annotations

import errno
import http.client
import io
import os
import selectors
import socket
import ssl
import threading
from collections.abc import Generator, Mapping
from contextlib import contextmanager, suppress
from functools import partial
from typing import Any, Final, cast
from urllib.parse import unquote, urlsplit

from urllib3 import make_headers
from urllib3.connection import HTTPConnection, HTTPSConnection, ProxyConfig
from urllib3.exceptions import (
    ConnectTimeoutError,
    HTTPError,
    MaxRetryError,
    NameResolutionError,
    NewConnectionError,
    SSLError,
)
from urllib3.util import parse_url
from urllib3.util.ssl_match_hostname import CertificateError

from rxslack.core.masking import masked
from rxslack.core.printable import printable
from rxslack.errors import ConfigurationError, TimedOut, TransportError
from rxslack.web.answers import ENOUGH, AnswerTooLong, Deadline
from rxslack.web.settings import Transport

__all__ = [
    "Cancellation",
    "Deadline",
    "HttpConnection",
    "dial",
    "explain",
    "held_here",
    "login_of",
    "towards",
]

_FAIR_TRY: Final = 3.0  # seconds for one of several addresses: SYN goes out again after 1 and 3


class Cancellation:
    """The sockets that a thread blocks on while it opens a connection; `cut()` ends them all."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._held: list[socket.socket] = []
        self.is_cut = False
        self._process = os.getpid()

    def hold(self, sock: socket.socket) -> None:
        """
        Make a socket part of what `cut` ends.

        Raises: ConnectionAbortedError when that has happened already.
        """
        # A second descriptor of the same connection: TLS takes the first one away from its owner.
        twin = socket.fromfd(sock.fileno(), sock.family, sock.type, sock.proto)
        with self._lock:
            self._held.append(twin)
            if self.is_cut:
                raise ConnectionAbortedError(errno.ECONNABORTED, "called off")

    def cut(self) -> None:
        """End every connection that is held, from any thread, and every later one as it comes."""
        if self._process != os.getpid():
            return  # a child of fork(): they are its parent's
        with self._lock:
            self.is_cut = True
            for twin in self._held:
                _shut(twin)

    @contextmanager
    def held(self) -> Generator[None]:
        """Whatever this thread opens inside the block is held until the block's end."""
        before = _current.cancellation
        _current.cancellation = self
        try:
            yield
        finally:
            _current.cancellation = before
            with self._lock:
                for twin in self._held:
                    twin.close()
                self._held.clear()


class _Current(threading.local):
    cancellation: Cancellation | None = None


_current = _Current()


def held_here() -> Cancellation | None:
    """What can call off whatever this thread opens and uses."""
    return _current.cancellation


def _shut(sock: socket.socket) -> None:
    with suppress(OSError):  # it may have ended by itself
        sock.shutdown(socket.SHUT_RDWR)


class HttpConnection(HTTPConnection):
    """
    A connection of urllib3's that this thread's cancellation, if it has one, can cut.

    Its time-out holds for all of the opening, and `deadline` for what is read of TLS inside TLS.
    """

    response_class: Any = http.client.HTTPResponse
    debuglevel = 0  # http.client's own would print each request, with its token
    deadline = Deadline(None)

    def connect(self) -> None:
        """Open it, proxy and TLS included, within its time-out."""
        # What is no number is urllib3's mark for "no time-out".
        self.deadline = Deadline(self.timeout if isinstance(self.timeout, (int, float)) else None)
        try:
            super().connect()
        except CertificateError as error:  # a ValueError; others are OpenSSL's
            raise SSLError(error) from error

    def held_by(self, cancellation: Cancellation) -> None:
        """Let it be cut, now that it is used again."""
        cancellation.hold(cast("socket.socket", self.sock))

    def _new_conn(self) -> socket.socket:
        try:
            return self._reach(_current.cancellation)
        except socket.gaierror as error:
            raise NameResolutionError(self.host, self, error) from error
        except TimeoutError as error:
            raise ConnectTimeoutError(self, "the connection timed out") from error
        except (OSError, UnicodeError) as error:  # UnicodeError: no name can be like that
            raise NewConnectionError(self, str(error)) from error

    def _reach(self, cancellation: Cancellation | None) -> socket.socket:
        failure = OSError("the name has no address")
        places = socket.getaddrinfo(self.host, self.port, 0, socket.SOCK_STREAM)
        for more, (family, kind, proto, _, address) in zip(
            range(len(places), 0, -1), places, strict=True
        ):
            left = self.deadline.left()
            try:
                sock = _connected(family, kind, proto, address, _share(left, more), cancellation)
            except OSError as error:
                failure = error
            else:
                try:
                    sock.settimeout(self.deadline.left())
                except OSError:  # there is no time left for what comes next
                    sock.close()
                    raise
                return sock
        raise failure

    def _tunnel(self) -> None:
        self.response_class = partial(_Answer, self.deadline, ENOUGH)
        super()._tunnel()
        self.sock.settimeout(self.deadline.left())  # for TLS, which comes next


def _share(left: float | None, tries: int) -> float | None:
    """Of the seconds that are left, those for the next of some tries."""
    return None if left is None else max(left / tries, min(left, _FAIR_TRY))


def _connected(
    family: int,
    kind: int,
    proto: int,
    address: Any,
    seconds: float | None,
    cancellation: Cancellation | None,
) -> socket.socket:
    sock = socket.socket(family, kind, proto)
    try:
        _connect(sock, address, seconds, cancellation)
    except OSError:
        sock.close()
        raise
    return sock


def _connect(
    sock: socket.socket, address: Any, seconds: float | None, cancellation: Cancellation | None
) -> None:
    sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    sock.setblocking(False)
    status = sock.connect_ex(address)
    if cancellation is not None:
        cancellation.hold(sock)  # only now: what is not connecting yet cannot be shut down
    if status in (errno.EINPROGRESS, errno.EWOULDBLOCK):
        with selectors.DefaultSelector() as selector:
            selector.register(sock, selectors.EVENT_WRITE)
            if not selector.select(seconds):
                raise TimeoutError
        status = sock.getsockopt(socket.SOL_SOCKET, socket.SO_ERROR)
    if status:
        raise OSError(status, os.strerror(status))


class _Answer(http.client.HTTPResponse):
    """An answer that has to be there as a whole before a deadline, and is of bounded length."""

    def __init__(
        self, deadline: Deadline, most: int, sock: socket.socket, *args: Any, **kwargs: Any
    ) -> None:
        super().__init__(sock, *args, **kwargs)
        self.fp = io.BufferedReader(_Read(self.fp.detach(), sock, deadline, most))

    def begin(self) -> None:
        """Read the head; urllib3 would log, with the address, what is no header in it."""
        super().begin()
        self.msg.defects.clear()
        self.msg.set_payload("")


class _Read(io.RawIOBase):
    """
    What a socket reads, each time with no more patience than is left.

    http.client bounds the lines and the number of headers. Behind them urllib3 reads lines without
    a bound; so all that is read has one, with some room for what surrounds the body.
    """

    def __init__(
        self, raw: io.RawIOBase, sock: socket.socket, deadline: Deadline, most: int
    ) -> None:
        self._raw = raw
        self._sock = sock
        self._deadline = deadline
        self._most = most
        self._left = most + most // 8 + ENOUGH

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int | None:
        self._sock.settimeout(self._deadline.left())
        count = self._raw.readinto(buffer)
        self._left -= count or 0
        if self._left < 0:
            raise AnswerTooLong(self._most)
        return count

    def close(self) -> None:
        self._raw.close()
        super().close()


class _TlsConnection(HttpConnection, HTTPSConnection):
    _outer: socket.socket | None = None

    def _connect_tls_proxy(self, hostname: str, sock: socket.socket) -> Any:
        outer = cast("socket.socket", super()._connect_tls_proxy(hostname, sock))  # pyright: ignore[reportUnknownMemberType] urllib3 leaves its type out
        self._outer = outer
        return _Outer(outer, self)

    def held_by(self, cancellation: Cancellation) -> None:
        """Let it be cut, now that it is used again."""
        cancellation.hold(self._outer or cast("socket.socket", self.sock))


class _Outer:
    """The TLS to a proxy. The one inside it reads piece by piece, for as long as pieces come."""

    def __init__(self, sock: socket.socket, connection: HttpConnection) -> None:
        self._sock = sock
        self._connection = connection

    def recv(self, size: int) -> bytes:
        self._sock.settimeout(self._connection.deadline.left())
        return self._sock.recv(size)

    def __getattr__(self, name: str) -> Any:
        return getattr(self._sock, name)


def dial(url: str, transport: Transport) -> socket.socket:
    """
    A connected socket to the host of a `ws:` or `wss:` address, through proxy and TLS if need be.

    Raises: TransportError or TimedOut when the host cannot be reached; ConfigurationError for an
    address that is none.
    """
    host, port, secure = _where(url)
    proxy = transport.proxy_for(url)
    if proxy is not None and urlsplit(proxy).scheme == "https":
        raise ConfigurationError(  # TLS inside TLS is no socket that could be waited for
            "a proxy reached by https: cannot carry a websocket; give the address of one reached "
            "by http:, through which TLS goes just the same"
        )
    connection = towards(host, port, secure, transport, proxy, tunnel=True)
    failure = TransportError("the websocket", "no connection")
    try:
        connection.connect()
    except (HTTPError, OSError) as error:
        failure = explain("the websocket", error, transport.connect_timeout)
    except http.client.HTTPException:
        failure = TransportError("the websocket", "what the proxy answered is no HTTP")
    else:
        if connection.sock is not None:  # it returns connected; this tells the type checkers
            return connection.sock
    connection.close()
    raise failure  # here, and not chained: some of the libraries' quote what came


def _where(url: str) -> tuple[str, int, bool]:
    try:
        parts = urlsplit(url)
        host, port = parts.hostname, parts.port
    except ValueError:
        host, port, parts = None, None, urlsplit("")
    if not host or parts.scheme not in ("ws", "wss"):
        # The address itself is left out: its path or query is a ticket.
        raise ConfigurationError("the address of a websocket must begin with ws:// or wss://")
    secure = parts.scheme == "wss"
    return host, port or (443 if secure else 80), secure


def towards(
    host: str, port: int, secure: bool, transport: Transport, proxy: str | None, *, tunnel: bool
) -> HttpConnection:
    """
    A connection to a host, or to the proxy before it, to be opened by `connect`.

    Args:
        host: whom to reach.
        port: of the host.
        secure: whether by TLS.
        transport: time-out and certificates.
        proxy: the proxy's address.
        tunnel: whether what goes through a proxy without TLS needs a tunnel, as a websocket does.
    """
    via = urlsplit(proxy or "")
    by_tls = via.scheme == "https"
    place = (host, port)
    if proxy is not None:
        place = (via.hostname or "", via.port or (443 if by_tls else 80))
    through = proxy is not None and (secure or tunnel)
    connection: HttpConnection
    if secure or by_tls:
        inside = by_tls and through
        connection = _TlsConnection(
            *place,
            timeout=transport.connect_timeout,
            cert_reqs="CERT_REQUIRED",
            ssl_context=transport.context,
            proxy=parse_url(proxy) if inside and proxy else None,
            proxy_config=ProxyConfig(transport.context, False, None, None) if inside else None,
        )
    else:
        connection = HttpConnection(*place, timeout=transport.connect_timeout)
    if proxy is not None and through:
        connection.set_tunnel(host, port, login_of(proxy), "https" if by_tls else "http")
    return connection


def login_of(proxy: str) -> Mapping[str, str]:
    """The header by which a proxy knows who asks, if its address has a login."""
    via = urlsplit(proxy)
    if via.username is None:
        return {}
    login = f"{unquote(via.username)}:{unquote(via.password or '')}"
    return make_headers(proxy_basic_auth=login)


def explain(
    what: str, error: BaseException, seconds: float | None = None, *, maybe_done: bool = False
) -> TransportError:
    """
    The project's error for one of the network's, with the innermost reason in its text.

    Args:
        what: what was tried.
        error: what a library or the system raised.
        seconds: the time-out that was set.
        maybe_done: whether the request may have reached Slack.
    """
    reason = _innermost(error)
    if isinstance(reason, (TimeoutError, ConnectTimeoutError)):
        return TimedOut(what, seconds, maybe_done=maybe_done)
    return TransportError(what, _words(reason), maybe_done=maybe_done)


def _innermost(error: BaseException) -> BaseException:
    seen = {error}
    while (inner := _inner(error)) is not None and inner not in seen:
        seen.add(inner)
        error = inner
    return error


def _inner(error: BaseException) -> BaseException | None:
    if isinstance(error, MaxRetryError) and error.reason is not None:
        return error.reason
    wrapped = next((arg for arg in error.args if isinstance(arg, BaseException)), None)
    return wrapped or error.__cause__ or error.__context__


def _words(reason: BaseException) -> str:
    if isinstance(reason, ssl.SSLCertVerificationError):
        return f"the certificate is not trusted: {reason.verify_message} (see Transport.ca_file)"
    if isinstance(reason, OSError) and reason.strerror:
        return reason.strerror
    # Of http.client's some quote what the peer has said, which may be what it was told, or a command
    # to a terminal.
    return masked(printable(str(reason)[:200])) or type(reason).__name__
