"""HTTP and websockets on one port, each connection on a thread of its own."""

from __future__ import annotations

import ipaddress
import re
import socket
import ssl
from collections.abc import Callable, Generator, Iterable
from contextlib import closing, suppress
from dataclasses import replace
from typing import Any, Final, Literal, TypeAlias, cast
from urllib.parse import SplitResult, urlsplit

from rxslack.simulator.faults import Answer
from rxslack.simulator.http.api import answer_call
from rxslack.simulator.http.arguments import HttpRequest, uploaded
from rxslack.simulator.http.listener import Listener
from rxslack.simulator.http.page_front import PageFront, PageRequest
from rxslack.simulator.http.response_urls import ResponseUrls
from rxslack.simulator.http.tls_proxy import TlsProxy
from rxslack.simulator.http.webhooks import answer_webhook
from rxslack.simulator.methods.files import receive, send
from rxslack.simulator.options import RtmOptions
from rxslack.simulator.sockets.rtm import Ticket
from rxslack.simulator.sockets.rtm_socket import RtmSocket
from rxslack.simulator.sockets.server_socket import ServerSocket, accept_header
from rxslack.simulator.sockets.socket_mode import AppSocket
from rxslack.simulator.sockets.writer import reset_when_closed
from rxslack.simulator.state import State
from rxslack.web.serving import BoundedHandler, whole_number

__all__ = ["AllowedHosts", "Server"]

_AUTHORITY: Final = r"(\[[0-9a-fA-F:.]+\]|[^\s:/@?#\[\]]+)(?::[0-9]{0,5})?"
_HOST: Final = re.compile(_AUTHORITY)
_ORIGIN: Final = re.compile(f"(?:http|ws)s?://{_AUTHORITY}")


class AllowedHosts:
    """
    Whom the server answers: who calls it by a name of this machine, from no page or one of here.

    A browser lets any page send requests to this machine, and open websockets to it, and tells in
    `Origin` which page it is. A page that got its own name to mean this machine (DNS rebinding) is
    known by the `Host`.

    Args:
        bound: the address that is listened on.
        more: names of hosts that are allowed as well.

    >>> here = AllowedHosts("127.0.0.1", ["slack.test"])
    >>> [here.knows_host(name) for name in ("localhost:8765", "[::1]:1", "slack.test", "evil.example")]
    [True, True, True, False]
    >>> [here.knows_origin(page) for page in ("http://localhost:3000", "https://evil.example", "null")]
    [True, False, False]

    Source: RFC 6455 section 10.2 (Origin); RFC 9110 section 7.2 (Host).
    """

    def __init__(self, bound: str, more: Iterable[str]) -> None:
        self._names = {"localhost", bound.lower(), *(name.lower() for name in more)}

    def knows_host(self, host: str) -> bool:
        """Whether a `Host` is of here, whatever its port."""
        return self._knows(_HOST.fullmatch(host))

    def knows_origin(self, origin: str) -> bool:
        """Whether an `Origin` is."""
        return self._knows(_ORIGIN.fullmatch(origin))

    def _knows(self, found: re.Match[str] | None) -> bool:
        if found is None:
            return False
        name = found[1].strip("[]").lower()
        return name in self._names or _is_loopback(name)


def _is_loopback(name: str) -> bool:
    try:
        return ipaddress.ip_address(name).is_loopback
    except ValueError:
        return False


_VERBS: Final = "GET, HEAD, OPTIONS, POST"
_NOTHING: Final = b"There is nothing at this address of the simulated Slack.\n"
HINT = b"A simulated Slack. Point a client's base_url at /api/ of this address.\n"


class Server:
    """
    Listens until `close`.

    Args:
        state: the workspace's.
        response_urls: where answers to what somebody did come in.
        host: to listen on.
        port: to listen on; 0 for one that is free.
        tls: with the certificate, when TLS is spoken.
        hosts: by which more names it may be called.
        as_proxy: with a certificate of Slack's names, when clients may use it as their HTTPS proxy.
        page: what a browser is shown.

    Raises: OSError when the port is taken.
    """

    def __init__(
        self,
        state: State,
        response_urls: ResponseUrls,
        *,
        host: str,
        port: int,
        tls: ssl.SSLContext | None = None,
        hosts: Iterable[str] = (),
        as_proxy: ssl.SSLContext | None = None,
        page: PageFront | None = None,
    ) -> None:
        self.state = state
        self.page = page
        self.response_urls = response_urls
        self.allowed_hosts = AllowedHosts(host, hosts)
        if tls is None:
            self._listeners = [Listener(host, port, self._serve)]
        else:
            inner = Listener("127.0.0.1", 0, self._serve)
            self._listeners = [
                Listener(host, port, TlsProxy(tls, inner.port, state.faults).serve),
                inner,
            ]
        self.host, self.port = self._listeners[0].host, self._listeners[0].port
        inner_port = self._listeners[-1].port
        self.proxy = None if as_proxy is None else TlsProxy(as_proxy, inner_port, state.faults)
        state.faults.attach(self._listeners[0])

    def close(self) -> None:
        """End every connection and thread."""
        for listener in self._listeners:
            listener.close()

    def _serve(self, sock: socket.socket, address: Any) -> None:
        _Handler(sock, address, self)


MAX_READ: Final = 1024 * 1024  # bytes of an acknowledgement
MAX_BODY: Final = 1024 * 1024  # bytes; an upload may have as many as its file was announced with

_KEY: Final = "X-Page-Key"
_STREAM: Final = {
    "Content-Type": "text/event-stream; charset=utf-8",
    "Cache-Control": "no-store",
    "X-Content-Type-Options": "nosniff",
    "Connection": "close",
}
_AROUND: Final = 64 * 1024  # bytes that a multipart form has around a file
_TEXT: Final = {"Content-Type": "text/plain; charset=utf-8"}
_MORE_HOSTS: Final = "Workspace(hosts=...) and rxslack simulate --allow-host allow more"

_Admission: TypeAlias = "Answer | Callable[[], None]"
"""What becomes of an upgrade request: a refusal, or what is done after the upgrade."""


class _Handler(BoundedHandler):
    protocol_version = "HTTP/1.1"
    idle = 60.0
    patience = 30.0
    server_version = "simulated-slack"
    disable_nagle_algorithm = True
    rbufsize = 64 * 1024

    def __init__(self, sock: socket.socket, address: Any, server: Server) -> None:
        self._state = server.state
        self._response_urls = server.response_urls
        self._proxy = server.proxy
        self._allowed_hosts = server.allowed_hosts
        self._page = server.page
        self._target = SplitResult("", "", "", "", "")
        self._body = b""
        super().__init__(sock, address, cast("Any", server))

    def parse_request(self) -> bool:
        """Read a whole request; False when it was answered with an error instead."""
        if not super().parse_request():
            return False
        try:
            self._target = urlsplit(self.path)
        except ValueError:
            return self._refuse(400, "the path is none")
        # Whom a tunnel is to lead to stands in the first line, and often in no other.
        connects = self.command == "CONNECT"
        hosts = [self.path] if connects else self.headers.get_all("Host", [])
        origins = self.headers.get_all("Origin", [])
        if not hosts or not all(map(self._allowed_hosts.knows_host, hosts)):
            return self._refuse(403, f"the Host is not one of here; {_MORE_HOSTS}")
        if not all(map(self._allowed_hosts.knows_origin, origins)):
            return self._refuse(403, f"the Origin is not one of here; {_MORE_HOSTS}")
        return self._read_body()

    def _refuse(self, status: int, why: str) -> bool:
        """Answer, and read no more of this connection: False."""
        self.close_connection = True
        self._say(Answer(f"{why}\n".encode(), status, _TEXT))
        return False

    def _read_body(self) -> bool:
        if "Transfer-Encoding" in self.headers:
            return self._refuse(411, "a body has to have a Content-Length")
        lengths = {*self.headers.get_all("Content-Length", ["0"])}
        most = self._most()
        length = whole_number(lengths.pop(), most)
        if length is None or lengths:
            return self._refuse(400, "the Content-Length is not a whole number")
        if length > most:
            return self._refuse(413, f"a body has at most {most} bytes here")
        self._body = self.rfile.read(length)
        return len(self._body) == length  # fewer: the client has left

    def _most(self) -> int:
        """Bytes that a body may have."""
        announced = self._state.files.announced(self._target.path.removeprefix("/upload/v1/"))
        if announced and self.headers.get("Content-Type", "").startswith("multipart/form-data"):
            announced += _AROUND
        shown = self._page.most(self._target.path, self.headers.get(_KEY, "")) if self._page else 0
        return max(MAX_BODY, announced, shown)

    def do_GET(self) -> None:  # noqa: N802 - the library's name
        """The Web API takes GET, too; a websocket begins with one."""
        path = self._target.path
        if path.startswith("/websocket/"):
            self._websocket(lambda: self._admit_rtm(path.removeprefix("/websocket/")))
        elif path in ("/link", "/link/"):
            self._websocket(lambda: self._admit_app(self._target.query))
        elif path.startswith("/api/"):
            self._call()
        elif self._show_page():
            pass
        elif path == "/":
            self._say(Answer(HINT, 200, _TEXT))
        elif not self._answer_file(path):
            self._say(Answer(_NOTHING, 404, _TEXT))

    def do_HEAD(self) -> None:  # noqa: N802 - the library's name
        """As GET, and no body; of no method of the Web API anything is done."""
        known = self._target.path == "/" or self._target.path.startswith("/api/")
        self._say(Answer(HINT if known else _NOTHING, 200 if known else 404, _TEXT))

    def do_OPTIONS(self) -> None:  # noqa: N802 - the library's name
        """What may be asked; pages of other origins are not allowed to, so nothing more is said."""
        self._say(Answer(b"", 200, {**_TEXT, "Allow": _VERBS}))

    def do_PUT(self) -> None:  # noqa: N802 - the library's name
        """Nothing here is put, deleted or patched."""
        self._say(Answer(b"the method is not allowed\n", 405, {**_TEXT, "Allow": _VERBS}))

    do_DELETE = do_PATCH = do_PUT  # noqa: N815 - the library's names

    def do_CONNECT(self) -> None:  # noqa: N802 - the library's name
        """A client takes this for its HTTPS proxy: whatever it wants to reach, it finds this server."""
        self.close_connection = True
        if self._proxy is None:
            self._say(Answer(b"not a proxy\n", 405, {**_TEXT, "Allow": _VERBS}))
            return
        self.send_response_only(200, "Connection established")
        self.end_headers()
        self.wait_forever()
        self._proxy.serve(self.connection, self.client_address)

    def _answer_file(self, path: str) -> bool:
        """The bytes of a file, for whoever may see it: False when the path is none of a file."""
        if not path.startswith("/files-pri/"):
            return False
        self._say(send(self._state, path, self.headers.get("Authorization", "")))
        return True

    def do_POST(self) -> None:  # noqa: N802 - the library's name
        """The Web API, the bytes of files, and answers to what somebody did."""
        path = self._target.path
        if path.startswith("/response/"):
            self._say(self._response_urls.answer(path, self._body))
        elif path.startswith("/upload/v1/"):
            content = uploaded(self.headers.get("Content-Type", ""), self._body)
            self._say(receive(self._state, path.removeprefix("/upload/v1/"), content))
        elif path.startswith("/services/"):
            self._say(answer_webhook(self._state, path, self._request()))
        elif path.startswith("/api/"):
            self._call()
        elif not self._show_page():
            self._say(Answer(_NOTHING, 404, _TEXT))

    def _show_page(self) -> bool:
        """Answer a browser that looks at the workspace; False when the path is none of the page's."""
        request = PageRequest(
            method=self.command,
            path=self._target.path,
            query=self._target.query,
            host=self.headers.get("Host", ""),
            origin=self.headers.get("Origin", ""),
            site=self.headers.get("Sec-Fetch-Site", ""),
            key=self.headers.get(_KEY, ""),
            content_type=self.headers.get("Content-Type", ""),
            body=self._body,
        )
        answer = None if self._page is None else self._page.answer(request)
        if isinstance(answer, Answer):
            self._say(answer)
        elif answer is not None:
            self._stream(answer)
        return answer is not None

    def _stream(self, pieces: Generator[bytes]) -> None:
        """An answer that goes on until it ends or the browser leaves."""
        self.close_connection = True
        self.send_response(200)
        for name, value in _STREAM.items():
            self.send_header(name, value)
        self.end_headers()
        with closing(pieces), suppress(OSError):
            for piece in pieces:
                self.wfile.write(piece)

    def _call(self) -> None:
        self._say(answer_call(self._state, self._request()))

    def _request(self) -> HttpRequest:
        return HttpRequest(
            method=self._target.path.rsplit("/", 1)[-1],
            query=self._target.query,
            content_type=self.headers.get("Content-Type", ""),
            authorization=self.headers.get("Authorization", ""),
            body=self._body,
        )

    def _say(self, answer: Answer) -> None:
        if answer.ending is not None:
            self._end(answer.ending)
            return
        self.send_response(answer.status)
        for name, value in {"Content-Length": str(len(answer.body)), **answer.headers}.items():
            self.send_header(name, value)
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(answer.body)
        # A scripted length may promise more than there is: only the end says so.
        self.close_connection |= "Content-Length" in answer.headers

    def _end(self, how: Literal["FIN", "RST"]) -> None:
        self.close_connection = True
        if how == "RST":
            reset_when_closed(self.connection)

    def _websocket(self, admit: Callable[[], _Admission]) -> None:
        self.close_connection = True
        key = self.headers.get("Sec-WebSocket-Key")
        if key is None or self.headers.get("Upgrade", "").lower() != "websocket":
            self._say(Answer(b"<html>Upgrade needed</html>", 426, {"Content-Type": "text/html"}))
            return
        self._state.faults.pause("handshake")
        admission = self._state.faults.upgrade() or admit()
        if isinstance(admission, Answer):
            self._say(admission)
            return
        self.send_response_only(101, "Switching Protocols")
        self.send_header("Upgrade", "websocket")
        self.send_header("Connection", "Upgrade")
        self.send_header("Sec-WebSocket-Accept", accept_header(key))
        self.end_headers()
        self.wait_forever()
        admission()

    def _admit_rtm(self, name: str) -> _Admission:
        """For RTM: a ticket that is no good is refused in one of the ways that were seen."""
        how = self._state.faults.spent_url()
        ticket = self._state.rtm.redeem_ticket(name)
        if ticket is not None and how is None and self._has_room(ticket):
            return lambda: self._talk_rtm(ticket)
        how = how or self._state.rtm.options.spent_url
        if how == "error frame":
            return lambda: self._talk_rtm(None)
        status = 404 if how == "HTTP 404" else 200
        return Answer(b"<html>Expired</html>", status, {"Content-Type": "text/html"})

    def _has_room(self, ticket: Ticket) -> bool:
        most = self._state.rtm.options.max_sockets
        mine = [s for s in self._state.sockets.open() if s.token is ticket.token]
        return most is None or len(mine) < most

    def _admit_app(self, query: str) -> _Admission:
        """For Socket Mode; what Slack says to a ticket that is spent is not known."""
        life = self._state.socket_mode.redeem_ticket(query)
        if life is None:
            page = b"<html>The ticket is not valid</html>"
            return Answer(page, 401, {"Content-Type": "text/html"})
        return lambda: self._talk_socket_mode(life)

    def _talk_rtm(self, ticket: Ticket | None) -> None:
        state = self._state
        rtm = RtmSocket(state.rtm, self._open(state.rtm.options), ticket)
        state.sockets.add(rtm)
        rtm.serve()

    def _talk_socket_mode(self, life: float) -> None:
        state, apps = self._state, self._state.socket_mode
        # What is too long for Slack has to be read here, to be ignored.
        options = replace(state.rtm.options, max_frame=max(MAX_READ, apps.options.max_ack))
        link = self._open(options, answers_pings=apps.options.answers_pings)
        socket = AppSocket(apps, link, life=life)
        state.sockets.add(socket)
        socket.serve()

    def _open(self, options: RtmOptions, *, answers_pings: bool = True) -> ServerSocket:
        return ServerSocket(
            self.connection,
            cast("Callable[[int], bytes]", self.rfile.read),
            options=options,
            faults=self._state.faults,
            transcript=self._state.transcript,
            number=self._state.sockets.reserve(),
            answers_pings=answers_pings,
        )

    def date_time_string(self, timestamp: float | None = None) -> str:
        """For the `Date` of an answer: the time of the workspace, not of the machine."""
        return super().date_time_string(
            self._state.team.clock() if timestamp is None else timestamp
        )

    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002 - the library's name
        """Say nothing: the transcript has it all."""
