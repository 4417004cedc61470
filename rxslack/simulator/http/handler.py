"""One HTTP connection: the Web API, files, webhooks, the page, and what leads to a websocket."""

from __future__ import annotations

import socket
from collections.abc import Generator
from contextlib import closing, suppress
from typing import Any, Final
from urllib.parse import SplitResult, urlsplit

from rxslack.simulator.faults import Answer
from rxslack.simulator.http.allowed_hosts import AllowedHosts
from rxslack.simulator.http.api import answer_call
from rxslack.simulator.http.arguments import HttpRequest, uploaded
from rxslack.simulator.http.page_front import PageFront, PageRequest
from rxslack.simulator.http.response_urls import ResponseUrls
from rxslack.simulator.http.tls_proxy import TlsProxy
from rxslack.simulator.http.upgrades import UpgradingHandler
from rxslack.simulator.http.webhooks import answer_webhook
from rxslack.simulator.methods.files import receive, send
from rxslack.simulator.state import State
from rxslack.web.serving import whole_number

__all__ = ["Handler"]

_VERBS: Final = "GET, HEAD, OPTIONS, POST"
_NOTHING: Final = b"There is nothing at this address of the simulated Slack.\n"
HINT: Final = b"A simulated Slack. Point a client's base_url at /api/ of this address.\n"
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


class Handler(UpgradingHandler):
    """
    Answers requests until the connection ends.

    Args:
        sock: of the connection.
        address: of the client.
        state: the workspace's.
        response_urls: where answers to what somebody did come in.
        allowed_hosts: whom it answers.
        page: what a browser is shown; None for nothing.
        proxy: for clients that use it as their HTTPS proxy; None when they may not.
    """

    protocol_version = "HTTP/1.1"
    idle = 60.0
    patience = 30.0
    server_version = "simulated-slack"
    disable_nagle_algorithm = True
    rbufsize = 64 * 1024

    def __init__(
        self,
        sock: socket.socket,
        address: Any,
        *,
        state: State,
        response_urls: ResponseUrls,
        allowed_hosts: AllowedHosts,
        page: PageFront | None,
        proxy: TlsProxy | None,
    ) -> None:
        self._response_urls = response_urls
        self._proxy = proxy
        self._allowed_hosts = allowed_hosts
        self._page = page
        self._target = SplitResult("", "", "", "", "")
        self._body = b""
        super().__init__(sock, address, state)

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

    def date_time_string(self, timestamp: float | None = None) -> str:
        """For the `Date` of an answer: the time of the workspace, not of the machine."""
        return super().date_time_string(
            self._state.team.clock() if timestamp is None else timestamp
        )

    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002 - the library's name
        """Say nothing: the transcript has it all."""
