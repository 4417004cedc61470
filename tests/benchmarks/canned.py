"""
A server in a process of its own that answers at once, by what it was given, whatever is asked.

    python -m tests.benchmarks.canned      # the answers come as JSON on standard input

It reads requests with a length, on connections that stay open where the client wants that. So what a
client costs is all that is measured: the answers are ready, with the headers that Slack's have.
"""

from __future__ import annotations

import http.client
import itertools
import json
import re
import socket
import ssl
import subprocess
import sys
import threading
from contextlib import suppress
from pathlib import Path
from typing import Any, Final
from urllib.parse import urlencode

from rxslack.core.json_text import loads

__all__ = ["POSTED", "Canned"]

_ROOT: Final = Path(__file__).parents[2]
_HEAD: Final = """HTTP/1.1 200 OK
date: Mon, 30 Nov 2026 02:00:00 GMT
server: Apache
vary: Accept-Encoding
x-slack-req-id: 0f8a4d0b2a6d4b6a9f0d7d1c8b9e0f11
x-content-type-options: nosniff
x-xss-protection: 0
pragma: no-cache
cache-control: private, no-cache, no-store, must-revalidate
expires: Sat, 26 Jul 1997 05:00:00 GMT
content-type: application/json; charset=utf-8
x-oauth-scopes: chat:write,channels:history
x-accepted-oauth-scopes: chat:write
strict-transport-security: max-age=31536000; includeSubDomains; preload
referrer-policy: no-referrer
access-control-allow-origin: *
x-slack-backend: r
via: 1.1 slack-prod.tinyspeck.com
content-length: %d

""".replace("\n", "\r\n")

POSTED: Final = json.dumps(
    {
        "ok": True,
        "channel": "C0123456789",
        "ts": "1712345678.000200",
        "message": {
            "type": "message",
            "text": "Hello everyone, the release is out",
            "user": "U0123456789",
            "bot_id": "B0123456789",
            "app_id": "A0123456789",
            "team": "T0123456789",
            "ts": "1712345678.000200",
            "bot_profile": {"id": "B0123456789", "name": "bot", "deleted": False},
        },
    }
).encode()
"""Slack's answer to chat.postMessage."""


class Canned:
    """
    The server, while the `with` statement lasts.

    Attributes:
        base_url: in the clear.
        secure_url: by TLS.
        context: that trusts its certificate.

    Args:
        answers: the bodies, one after the other, and again from the first.
    """

    def __init__(self, answers: list[bytes]) -> None:
        self._answers = answers
        self._bare: list[http.client.HTTPConnection] = []

    def __enter__(self) -> Canned:
        self._process = subprocess.Popen(
            [sys.executable, "-m", __name__],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            cwd=_ROOT,
        )
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._process.stdin.write(json.dumps([one.decode() for one in self._answers]) + "\n")
        self._process.stdin.flush()
        told = json.loads(self._process.stdout.readline())
        self.base_url = f"http://localhost:{told['plain']}/api/"
        self.secure_url = f"https://localhost:{told['secure']}/api/"
        self.context = ssl.create_default_context(cadata=told["authority"])
        self._port = int(told["plain"])
        return self

    def __exit__(self, *_: object) -> None:
        for connection in self._bare:
            connection.close()
        self._process.communicate()

    def bare(self, calls: int, **arguments: str) -> Any:
        """So many calls by http.client and a decoder, the least that can be done."""
        connection = http.client.HTTPConnection("localhost", self._port)
        self._bare.append(connection)
        headers = {
            "Content-Type": "application/x-www-form-urlencoded",
            "Authorization": "Bearer xoxb-test",
        }

        def work() -> None:
            for _ in range(calls):
                connection.request("POST", "/api/a.b", urlencode(arguments), headers)
                loads(connection.getresponse().read())

        return work


# --- the server, in its own process ---------------------------------------------------------------


class _Server:
    def __init__(self, answers: list[str]) -> None:
        bodies = [body.encode() for body in answers]
        self._answers = itertools.cycle([(_HEAD % len(body)).encode() + body for body in bodies])

    def listen(self, context: ssl.SSLContext | None) -> int:
        server = socket.create_server(("127.0.0.1", 0), backlog=512)
        threading.Thread(target=self._accept, args=(server, context), daemon=True).start()
        return int(server.getsockname()[1])

    def _accept(self, server: socket.socket, context: ssl.SSLContext | None) -> None:
        while True:
            sock, _ = server.accept()
            threading.Thread(target=self._serve, args=(sock, context), daemon=True).start()

    def _serve(self, sock: socket.socket, context: ssl.SSLContext | None) -> None:
        sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        with suppress(OSError):
            self._answer(sock if context is None else context.wrap_socket(sock, server_side=True))

    def _answer(self, sock: socket.socket) -> None:
        left, lasting = b"", True
        with sock:
            while lasting:
                while b"\r\n\r\n" not in left:
                    if not (more := sock.recv(65536)):
                        return
                    left += more
                head, _, left = left.partition(b"\r\n\r\n")
                found = re.search(rb"content-length: *(\d+)", head, re.IGNORECASE)
                length = int(found[1]) if found else 0
                while len(left) < length and (more := sock.recv(65536)):
                    left += more
                left = left[length:]
                sock.sendall(next(self._answers))
                lasting = b"connection: close" not in head.lower()


def _main() -> None:
    import trustme

    authority: Any = trustme.CA()
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    authority.issue_cert("localhost").configure_cert(context)
    server = _Server(json.loads(sys.stdin.readline()))
    told = {
        "plain": server.listen(None),
        "secure": server.listen(context),
        "authority": authority.cert_pem.bytes().decode(),
    }
    print(json.dumps(told), flush=True)  # noqa: T201 whoever started it reads this
    sys.stdin.read()


if __name__ == "__main__":
    _main()
