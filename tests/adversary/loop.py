"""One thread for all sockets of a server, and for what is to happen later."""

from __future__ import annotations

import heapq
import itertools
import selectors
import socket
import struct
import threading
import time
from collections.abc import Callable
from contextlib import suppress
from typing import Final

__all__ = ["THREAD", "Loop", "Peer"]

THREAD: Final = "adversary"  # the name of the thread
_ABORT: Final = struct.pack("ii", 1, 0)  # SO_LINGER: closing sends RST


class Loop:
    """
    Accepts connections and reads what comes.

    Args:
        welcome: called with each connection; returns what is to be done with its bytes.

    Attributes:
        peers: that are not closed yet.
        lock: held whenever anything is done; hold it to do several things at once.
    """

    def __init__(self, welcome: Callable[[Peer], Callable[[bytes], object]]) -> None:
        self.peers: set[Peer] = set()
        self.lock = threading.RLock()
        self.selector = selectors.DefaultSelector()
        self._welcome = welcome
        self._agenda: list[tuple[float, int, Callable[[], object]]] = []
        self._numbers = itertools.count()
        self._listener = socket.create_server(("127.0.0.1", 0), backlog=256)
        self._listener.setblocking(False)
        self._bell, self._rope = socket.socketpair()
        self.selector.register(self._listener, selectors.EVENT_READ)
        self.selector.register(self._bell, selectors.EVENT_READ)
        self._over = False
        self._thread = threading.Thread(target=self._run, name=THREAD, daemon=True)
        self.port: int = self._listener.getsockname()[1]

    def start(self) -> None:
        self._thread.start()

    def later(self, seconds: float, action: Callable[[], object]) -> None:
        """Do something in so many seconds; at once, if they are none."""
        with self.lock:
            if seconds <= 0:
                action()
                return
            due = time.monotonic() + seconds
            heapq.heappush(self._agenda, (due, next(self._numbers), action))
        self._rope.send(b"!")

    def descriptors(self) -> int:
        """How many files it has open."""
        with self.lock:
            return len(self.peers) + 4  # the listener, a pair, and the selector's own

    def close(self) -> None:
        """End everything, and wait for it."""
        with self.lock:
            self._over = True
        with suppress(OSError):  # closed: it has seen that it is over
            self._rope.send(b"!")
        self._thread.join()

    def _run(self) -> None:
        while not self._over:
            ready = self.selector.select(self._patience())
            with self.lock:
                for key, mask in ready:
                    if isinstance(key.data, Peer):
                        key.data.on_ready(mask)
                    elif key.fileobj is self._listener:
                        self._accept()
                    else:
                        self._bell.recv(4096)
                while self._agenda and self._agenda[0][0] <= time.monotonic():
                    heapq.heappop(self._agenda)[2]()
        for peer in [*self.peers]:
            peer.close()
        self._listener.close()
        self._bell.close()
        self._rope.close()
        self.selector.close()

    def _patience(self) -> float | None:
        with self.lock:
            return max(0.0, self._agenda[0][0] - time.monotonic()) if self._agenda else None

    def _accept(self) -> None:
        try:
            sock, _ = self._listener.accept()
        except OSError:  # it has gone away meanwhile
            return
        sock.setblocking(False)
        sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        peer = Peer(self, sock)
        peer.on_bytes = self._welcome(peer)


class Peer:
    """
    A TCP connection. All of it happens under the loop's lock.

    Attributes:
        on_bytes: called with what comes.
        on_end: called once, when nothing can come any more.
        is_open: whether it is not closed yet.
    """

    def __init__(self, loop: Loop, sock: socket.socket) -> None:
        self.on_bytes: Callable[[bytes], object] = len  # counts them, and forgets them
        self.on_end: Callable[[], object] = list[None]
        self.is_open = True
        self._loop = loop
        self._sock = sock
        self._out = b""
        self._is_deaf = False
        self._is_finished = False
        loop.peers.add(self)
        loop.selector.register(sock, selectors.EVENT_READ, self)

    def send(self, data: bytes) -> None:
        """Send, as soon as that is possible; into the void once nothing goes out any more."""
        if self.is_open and not (self._is_deaf or self._is_finished):
            self._out += data
            self._flush()

    def deafen(self) -> None:
        """From now on nothing goes out, and nothing is read."""
        if self.is_open and not self._is_deaf:
            self._is_deaf, self._out = True, b""
            self._loop.selector.unregister(self._sock)

    def fin(self) -> None:
        """Send FIN; what comes is thrown away, until the other side ends, too."""
        if not self.is_open or self._is_finished:
            return
        self._is_finished, self.on_bytes = True, len
        try:
            self._sock.shutdown(socket.SHUT_WR)
        except OSError:
            self.close()
            return
        if self._is_deaf:
            self._is_deaf = False
            self._loop.selector.register(self._sock, selectors.EVENT_READ, self)

    def rst(self) -> None:
        """Send RST."""
        if self.is_open:
            self._sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, _ABORT)
            self.close()

    def close(self) -> None:
        if self.is_open:
            self.is_open = False
            self._loop.peers.remove(self)
            if not self._is_deaf:
                self._loop.selector.unregister(self._sock)
            self._sock.close()
            self.on_end()

    def on_ready(self, mask: int) -> None:
        """The socket can be read, or written."""
        if self.is_open and not self._is_deaf and mask & selectors.EVENT_WRITE:
            self._flush()
        if self.is_open and not self._is_deaf and mask & selectors.EVENT_READ:
            self._read()

    def _read(self) -> None:
        try:
            data = self._sock.recv(1 << 16)
        except BlockingIOError:
            return
        except OSError:
            data = b""
        if data:
            self.on_bytes(data)
        else:
            self.close()

    def _flush(self) -> None:
        try:
            self._out = self._out[self._sock.send(self._out) :] if self._out else b""
        except BlockingIOError:
            pass
        except OSError:
            self.close()
            return
        more = selectors.EVENT_WRITE if self._out else 0
        self._loop.selector.modify(self._sock, selectors.EVENT_READ | more, self)
