"""One thread a websocket that sends what is waiting, so that nobody waits for a slow client."""

from __future__ import annotations

import socket
import struct
from collections.abc import Callable
from contextlib import suppress
from threading import Condition, Thread

__all__ = ["Writer"]

_LINGER = 1.0  # seconds that a client has to answer a CLOSE


class Writer:
    """
    A bounded queue of bytes, drained into as few `sendall` as possible.

    Args:
        sock: connected.
        bound: bytes that may wait; more cuts the connection.
        gate: called before each sending; may block.
        name: of the thread.
    """

    def __init__(
        self, sock: socket.socket, *, bound: int, gate: Callable[[], object], name: str
    ) -> None:
        self._sock = sock
        self._bound = bound
        self._gate = gate
        self._state = Condition()
        self._queue: list[bytes] = []
        self._size = 0
        self._busy = False
        self._finishing = False
        self._stopped = False
        self._peer_done = False
        self._thread = Thread(target=self._run, name=name, daemon=True)

    def start(self) -> None:
        """Begin to send."""
        self._thread.start()

    def put(self, data: bytes) -> bool:
        """
        Queue some bytes; never waits.

        Returns: False when they were dropped, because the connection ends or has just been cut.
        """
        with self._state:
            if self._finishing or self._stopped:
                return False
            self._size += len(data)
            if self._size <= self._bound:
                self._queue.append(data)
                self._state.notify_all()
                return True
        self.cut()
        return False

    def finish(self, data: bytes = b"") -> bool:
        """
        Queue the last bytes; after them the connection is shut, once the client is done too.

        Returns: False when the connection was ending already.
        """
        with self._state:
            if self._finishing or self._stopped:
                return False
            self._queue.append(data)
            self._finishing = True
            self._state.notify_all()
            return True

    def peer_done(self) -> None:
        """Nothing more comes from the client."""
        with self._state:
            self._peer_done = True
            self._state.notify_all()

    def cut(self) -> None:
        """End at once, with a TCP reset, as when a cable is cut by a router that says so."""
        with self._state:
            self._stopped = True
            self._queue.clear()
            # Unblocks the reader without a FIN, so that closing resets; a `sendall` that is stuck
            # needs more force, and there the reset follows the FIN.
            how = socket.SHUT_RDWR if self._busy else socket.SHUT_RD
            self._state.notify_all()
        with suppress(OSError):  # it may have ended by itself
            self._sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
            self._sock.shutdown(how)

    def flush(self, seconds: float) -> None:
        """Wait until nothing waits to be sent, but no longer than that."""
        with self._state:
            self._state.wait_for(lambda: self._stopped or not (self._queue or self._busy), seconds)

    def join(self) -> None:
        """Wait for the thread, which ends after `finish`, or `cut`, or with the connection."""
        if self._thread.ident is not None:
            self._thread.join()

    def _run(self) -> None:
        try:
            while self._send_some():
                pass
        except OSError:
            self._give_up()
        else:
            self._part()

    def _give_up(self) -> None:
        """Take nothing more; the reader notices the end by itself."""
        with self._state:
            self._stopped = True
            self._state.notify_all()

    def _send_some(self) -> bool:
        with self._state:
            self._state.wait_for(lambda: self._queue or self._finishing or self._stopped)
        self._gate()
        with self._state:
            if self._stopped or not self._queue:
                return False
            data, self._queue = b"".join(self._queue), []
            self._busy = True
        try:
            self._sock.sendall(data)
        finally:
            with self._state:
                self._busy = False
                self._size -= len(data)
                self._state.notify_all()
        return True

    def _part(self) -> None:
        """After the last byte: give the client time for its CLOSE, then shut the connection."""
        with self._state:
            if self._stopped:
                return
            self._state.wait_for(lambda: self._peer_done or self._stopped, _LINGER)
            if self._stopped:
                return
        with suppress(OSError):  # it may have ended by itself
            self._sock.shutdown(socket.SHUT_RDWR)
