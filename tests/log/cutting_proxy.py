"""Between a client and its server: cuts the connection in the middle of one request, once."""

from __future__ import annotations

import socket
import threading
from contextlib import suppress
from typing import Literal

__all__ = ["Cut", "CuttingProxy"]

Cut = Literal["in the request", "before the answer", "in the answer"]


class CuttingProxy:
    """
    Listens on a port of its own while it is used in a `with` statement.

    Args:
        port: Of the server.
        marker: The first request that has this in it is cut off.
        cut: Where.

    Attributes:
        cuts: how many connections were cut.
    """

    def __init__(self, port: int, marker: bytes, cut: Cut) -> None:
        self.cuts = 0
        self._server_port = port
        self._marker = marker
        self._cut: Cut = cut
        self._listener = socket.create_server(("127.0.0.1", 0))
        self._sockets = [self._listener]
        self.port: int = self._listener.getsockname()[1]

    def __enter__(self) -> CuttingProxy:
        threading.Thread(target=self._accept, daemon=True).start()
        return self

    def __exit__(self, *_: object) -> None:
        for one in self._sockets:
            _end(one)
            one.close()

    def _accept(self) -> None:
        with suppress(OSError):  # it was closed
            while True:
                client, _ = self._listener.accept()
                server = socket.create_connection(("127.0.0.1", self._server_port))
                self._sockets += [client, server]
                is_marked = threading.Event()
                for carry in (self._carry_requests, self._carry_answers):
                    args = (client, server, is_marked)
                    threading.Thread(target=carry, args=args, daemon=True).start()

    def _carry_requests(
        self, client: socket.socket, server: socket.socket, is_marked: threading.Event
    ) -> None:
        with suppress(OSError):
            while data := client.recv(65536):
                if self._marker in data and not self.cuts:
                    self.cuts += 1
                    if self._cut == "in the request":
                        server.sendall(data[: data.index(self._marker)])
                        break
                    is_marked.set()
                server.sendall(data)
        _end(client)
        _end(server)

    def _carry_answers(
        self, client: socket.socket, server: socket.socket, is_marked: threading.Event
    ) -> None:
        with suppress(OSError):
            while data := server.recv(65536):
                if is_marked.is_set():  # a client asks nothing more before it has this answer
                    client.sendall(data[:1] if self._cut == "in the answer" else b"")
                    break
                client.sendall(data)
        _end(client)
        _end(server)


def _end(one: socket.socket) -> None:
    with suppress(OSError):  # it has ended
        one.shutdown(socket.SHUT_RDWR)
