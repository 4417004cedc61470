"""Where connections come in: one port, that can be shut and opened again."""

from __future__ import annotations

import socket
from collections.abc import Callable
from contextlib import suppress
from threading import Lock, Thread
from typing import Any

__all__ = ["Listener"]


class Listener:
    """
    Listens, and serves each connection on a thread of its own.

    Args:
        host: to listen on.
        port: to listen on; 0 for one that is free.
        serve: called with each connection, which is closed afterwards, and its address.
        most: connections at once; one more is closed at once.

    Attributes:
        host, port: where it is; the port stays the same while it is shut.

    Raises: OSError when the port is taken.
    """

    def __init__(
        self,
        host: str,
        port: int,
        serve: Callable[[socket.socket, Any], object],
        *,
        most: int = 1_000,
    ) -> None:
        self._serve = serve
        self._most = most
        self._lock = Lock()  # around the connections
        self._moving = Lock()  # around shutting and opening
        self._connections: dict[socket.socket, Thread] = {}
        self._shut = False
        self._closed = False
        self._listening = socket.create_server((host, port), backlog=512)
        self.host, self.port = self._listening.getsockname()[:2]
        self._thread = self._started()

    def shut(self) -> None:
        """Refuse connections, as a host does on which nothing listens; open ones live on."""
        with self._moving:
            if not self._shut:
                self._stop()
                # Bound and not listening, it refuses, and keeps others from the port.
                self._listening = socket.socket(self._listening.family)
                self._listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
                self._listening.bind((self.host, self.port))

    def open(self) -> None:
        """Take connections again."""
        with self._moving:
            if self._shut and not self._closed:
                self._shut = False
                self._listening.listen(512)
                self._thread = self._started()

    def close(self) -> None:
        """End every connection and thread."""
        with self._moving:
            self._closed = True
            if self._shut:
                self._listening.close()
            else:
                self._stop()
        with self._lock:
            left = dict(self._connections)
        for sock in left:
            with suppress(OSError):  # it may have ended by itself
                sock.shutdown(socket.SHUT_RDWR)
        for thread in left.values():
            thread.join()

    def _started(self) -> Thread:
        thread = Thread(target=self._accept, name="simulated-slack", daemon=True)
        thread.start()
        return thread

    def _stop(self) -> None:
        self._shut = True
        # Closing a socket does not wake who waits on it everywhere; a connection does.
        with suppress(OSError), socket.create_connection((self.host, self.port), timeout=1.0):
            pass
        self._thread.join()
        self._listening.close()

    def _accept(self) -> None:
        while not self._shut:
            try:
                sock, address = self._listening.accept()
            except OSError:  # out of descriptors, or reset while it waited
                continue
            if self._shut:
                sock.close()
                return
            if len(self._connections) >= self._most:
                sock.close()
                continue
            thread = Thread(
                target=self._welcome,
                args=(sock, address),
                name="simulated-slack-client",
                daemon=True,
            )
            with self._lock:
                self._connections[sock] = thread
            thread.start()

    def _welcome(self, sock: socket.socket, address: Any) -> None:
        try:
            self._serve(sock, address)
        except OSError:
            pass  # the client left in the middle
        finally:
            with self._lock:
                del self._connections[sock]
            sock.close()
