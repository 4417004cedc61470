"""One thread a websocket that sends what is waiting, so that nobody waits for a slow client."""

from __future__ import annotations

import socket
import struct
from collections.abc import Callable, Iterable
from contextlib import suppress
from threading import Condition, Thread

from rxslack.simulator.faults import Break, Piece

__all__ = ["Writer", "reset_when_closed"]

_LINGER = 1.0  # seconds that a client has to answer a CLOSE


class Writer:
    """
    A bounded queue of frames, drained into as few `sendall` as possible.

    Args:
        sock: connected.
        bound: bytes that may wait; more cuts the connection.
        gate: called before each sending with a function, which it calls when something may be sent.
        shape: how frames lie in the stream, and where it breaks.
        name: of the thread.
    """

    def __init__(
        self,
        sock: socket.socket,
        *,
        bound: int,
        gate: Callable[[Callable[[], None]], None],
        shape: Callable[[Iterable[Piece]], Iterable[Piece]],
        name: str,
    ) -> None:
        self._sock = sock
        self._bound = bound
        self._gate = gate
        self._shape = shape
        self._state = Condition()
        self._queue: list[Piece] = []
        self._size = 0
        self._draining = False
        self._in_sendall = False
        self._finishing = False
        self._stopped = False
        self._peer_done = False
        self._thread = Thread(target=self._run, name=name, daemon=True)

    def start(self) -> None:
        """Begin to send."""
        self._thread.start()

    def put(self, *pieces: Piece) -> bool:
        """
        Queue frames, or parts of one and what happens between them; never waits.

        Returns: False when they were dropped, because the connection ends or has just been cut.
        """
        with self._state:
            if self._finishing or self._stopped:
                return False
            self._size += _bytes_in(pieces)
            if self._size <= self._bound:
                self._queue.extend(pieces)
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

    def give_up(self) -> None:
        """Send nothing more: nobody would read it."""
        with self._state:
            self._stopped = True
            self._state.notify_all()

    def cut(self) -> None:
        """End at once, with a TCP reset, as when a cable is cut by a router that says so."""
        with self._state:
            self._stopped = True
            self._queue.clear()
            self._state.notify_all()
            # Unblocks the reader without a FIN, so that closing resets; a `sendall` that is stuck
            # needs more force, and there the reset follows the FIN.
            self._state.wait_for(lambda: not self._in_sendall, 0.05)
            how = socket.SHUT_RDWR if self._in_sendall else socket.SHUT_RD
        with suppress(OSError):  # it may have ended by itself
            reset_when_closed(self._sock)
            self._sock.shutdown(how)

    def flush(self, seconds: float) -> None:
        """Wait until nothing waits to be sent, but no longer than that."""
        with self._state:
            self._state.wait_for(
                lambda: self._stopped or not (self._queue or self._draining), seconds
            )

    def join(self) -> None:
        """Wait for the thread, which ends after `finish`, or `cut`, or with the connection."""
        if self._thread.ident is not None:
            self._thread.join()

    def _run(self) -> None:
        try:
            while self._send_some():
                pass
        except OSError:
            self.give_up()  # the reader notices the end by itself
        else:
            self._part()

    def _send_some(self) -> bool:
        with self._state:
            self._state.wait_for(lambda: self._queue or self._finishing or self._stopped)
        self._wait(self._gate)
        with self._state:
            if self._stopped or not self._queue:
                return False
            queued, self._queue = self._queue, []
            self._draining = True
        try:
            return all(self._send(piece) for piece in self._shape(queued))
        finally:
            with self._state:
                self._draining = False
                self._size -= _bytes_in(queued)
                self._state.notify_all()

    def _send(self, piece: Piece) -> bool:
        """Send some bytes, or break; whether there is a connection afterwards."""
        if not isinstance(piece, Break):
            return self._send_all(piece)
        if piece.how == "stall":
            self._wait(piece.hold.then)
        elif piece.how == "FIN":
            self.finish()
            self.peer_done()
        else:
            self.cut()
        return piece.how == "stall" and not self._stopped

    def _send_all(self, data: bytes) -> bool:
        with self._state:
            self._in_sendall = not self._stopped
        try:
            if self._in_sendall:
                self._sock.sendall(data)
            return self._in_sendall
        finally:
            with self._state:
                self._in_sendall = False
                self._state.notify_all()

    def _wait(self, until: Callable[[Callable[[], None]], None]) -> None:
        """Wait for a release, or until there is no sense in it."""
        released: list[bool] = []

        def go_on() -> None:
            with self._state:
                released.append(True)
                self._state.notify_all()

        until(go_on)
        with self._state:
            self._state.wait_for(lambda: released or self._stopped)

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


def reset_when_closed(sock: socket.socket) -> None:
    """Let TCP end with a reset in place of a FIN."""
    sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))


def _bytes_in(pieces: Iterable[Piece]) -> int:
    return sum(len(piece) for piece in pieces if not isinstance(piece, Break))
