"""
One open websocket: batches of messages in, frames out.

websocket-client makes the handshake; TCP, proxy and TLS come from `dialing`. Reading and writing
are ours: a whole buffer at a time, on a socket that never blocks, so that one thread can read many,
and pings and closing can come from another one, over TLS as well, where reading and writing must not overlap.
"""

from __future__ import annotations

import atexit
import selectors
import socket
import ssl
import threading
import time
from collections import deque
from collections.abc import Callable
from contextlib import suppress
from typing import Final

from rxslack.core.fork import Registry
from rxslack.errors import (
    ConnectionClosed,
    SlackError,
    TimedOut,
    TransportError,
    not_from,
)
from rxslack.web.dialing import Cancellation, Deadline, dial, explain
from rxslack.web.settings import Transport
from rxslack.wire.frames import CLOSE, PING, PONG, TEXT, Choose, FrameReader, client_frames
from rxslack.wire.handshake import shake_hands

__all__ = ["WebSocket", "open_websocket"]

_CHUNK: Final = 64 * 1024  # bytes asked of the socket at a time
# The same where more waits: with 64 KiB a flood costs 3 to 5 % more. Always, it would take a mapping of memory, and
# 15 µs, for each read.
_FLOOD: Final = 256 * 1024
_RECORD: Final = 16 * 1024  # bytes in a record of TLS, RFC 8446 section 5.1
_WRITE_WITHIN: Final = 5.0  # seconds that one frame may take to leave
_PROGRESS: Final = 16 * 1024  # bytes more of a message that is not whole yet; a sign of life
_CLOSE_WITHIN: Final = 0.2  # seconds that a CLOSE frame may take to leave
# For one look: unlike epoll it takes no descriptor, and unlike select any number of one.
_Poll: Final = getattr(selectors, "PollSelector", selectors.SelectSelector)
_NO_BYTES: Final = memoryview(b"")
_NOT_NOW = (BlockingIOError, InterruptedError, ssl.SSLWantReadError, ssl.SSLWantWriteError)


def open_websocket(
    url: str,
    transport: Transport,
    *,
    cancellation: Cancellation | None = None,
    max_message_size: int = 16 * 1024 * 1024,
    on_binary: Callable[[bytes], bytes] = bytes,
    on_pong: Callable[[bytes], object] = bytes,
) -> WebSocket:
    """
    Connect to a `ws:` or `wss:` address and shake hands.

    Args:
        url: the address; whatever secret it holds stays out of errors.
        transport: proxy, certificates and timeouts.
        cancellation: lets another thread call the opening off.
        max_message_size: bytes; a larger message is a FrameError.
        on_binary: makes of a binary message what is handed over in its place.
        on_pong: called with the payload of each pong, by whoever reads, while the messages before it
            are read, and not handed over yet.

    Raises: TransportError, TimedOut, HandshakeRefused, ConfigurationError; TimedOut also when the
        peer sends something now and then, and yet is not done within `connect_timeout`.
    """
    deadline = Deadline(transport.connect_timeout)
    with (cancellation or Cancellation()).held():
        sock = dial(url, transport)
        try:
            came = shake_hands(sock, url, deadline, transport.connect_timeout)
        except SlackError:
            sock.close()
            raise
    return WebSocket(
        sock, came, max_message_size=max_message_size, on_binary=on_binary, on_pong=on_pong
    )


class WebSocket:
    """
    An open websocket.

    One thread at a time may be in `receive`; everything else is safe from any thread. Locks, the outer
    one first: `_close_lock`, `_send_lock`, `_socket_lock`. The last is never held while something waits,
    and reading waits for no other, but to answer the peer's CLOSE.

    Args:
        sock: connected, the handshake done.
        came: what has come behind that: no selector tells of it, so `receive` is to be called once without.
        max_message_size: as of `open_websocket`, and so on.

    Attributes:
        descriptor: of its socket, for selectors.
        last_read: `time.monotonic()` when the last byte came; the handshake counts as one.
        alive: `time.monotonic()` of the last sign of life: a whole message, a pong that answers, 16 KiB
            more of a message. Else a peer that only pings, or sends a byte now and then, would live
            for ever. The handshake counts as one.
        heard: `time.monotonic()` up to which what the peer had sent has been read, and looked at for
            signs of life. It stands still while more waits to be read than was.
    """

    def __init__(
        self,
        sock: socket.socket,
        came: bytes = b"",
        *,
        max_message_size: int = 16 * 1024 * 1024,
        on_binary: Callable[[bytes], bytes] = bytes,
        on_pong: Callable[[bytes], object] = bytes,
    ) -> None:
        sock.setblocking(False)
        self._sock = sock
        self.descriptor: Final = sock.fileno()
        self._reader = FrameReader(
            max_size=max_message_size,
            on_ping=self._pong,
            on_pong=on_pong,
            on_any_pong=self._note_pong,
            on_binary=on_binary,
        )
        self._open_pings: set[bytes] = set()  # payloads of pings that wait for their pongs
        self._chunk = _CHUNK
        self._due_pong: bytes | None = None  # payload of the last ping that waits for our pong
        self._unfinished_before = (
            0  # what there was of an unfinished message at the last sign of life
        )
        self._socket_lock = (
            threading.Lock()
        )  # around each call into the socket, none of which waits
        self._send_lock = threading.Lock()  # around each frame, and what is left of one
        self._unsent = _NO_BYTES  # of a frame that has begun to leave; nothing else may come first
        self._queue: deque[bytes] = deque()  # frames that leave after it
        self._stuck_since: float | None = None  # when the peer began to take nothing of these
        self._close_lock = threading.Lock()  # around the CLOSE frame: nobody closes while it leaves
        self._close_sent = False
        self._closed = False
        self._inherited = False
        self.last_read = self.alive = self.heard = time.monotonic()
        self._came = came
        self._behind = False  # whether bytes may have waited to be read for long
        self._in_hand = False  # whether what was read last is perhaps not dealt with yet
        _open_websockets.add(self)

    def receive(self) -> list[bytes]:
        """
        The messages that have come, without waiting; pings among them are answered.

        64 KiB are read at the most, 256 KiB in a flood that is not encrypted. Selectors tell of whatever is left.

        Returns: whole messages, oldest first; [] when none is whole.

        Raises: ConnectionClosed when the peer closed (a CLOSE frame has been answered by then),
        FrameError after a breach of RFC 6455. What came before is returned first, see `is_over`.
        """
        self._raise_if_over()
        # Before: what the peer sends while this thread does not run is not read by it.
        taking_since = time.monotonic()
        try:
            data = self._read()
            if data is None:
                self._behind = False
                return []
            # An end without a CLOSE frame, RFC 6455 section 7.1.5.
            if not data:
                raise ConnectionClosed(1006)
            self.last_read = time.monotonic()
            whole = self._reader.whole
            if (messages := self._reader.feed(data)) or self._reader.whole != whole:
                self.alive = self.last_read
            else:
                # A slow, large message must not look like a dead peer.
                self._note_progress()
        finally:
            self._in_hand = False
        self._behind = self._behind and self.has_unread()
        # What was read may be old while more waits behind it, so it says nothing of this
        # moment. Last: whoever sees it move has to see the sign of life that moved it.
        if not self._behind:
            self.heard = taking_since
        return messages

    @property
    def is_over(self) -> bool:
        """Whether `receive` has handed over the last message, and will raise."""
        return self._reader.closed is not None or self._reader.failure is not None

    def choose(self, choose: Choose) -> None:
        """Hand over, from now on, of text messages only those that this chooses; see `FrameReader`."""
        self._reader.choose = choose

    def note_pause(self) -> None:
        """Nobody reads now, so the silence is not the peer's."""
        self._behind = True
        self.last_read = self.alive = time.monotonic()

    def has_unread(self) -> bool:
        """
        Whether bytes of the peer's wait in this machine, or its end does.

        What was read counts as unread until `receive` has looked at it: on a busy machine the thread
        that has it may not get on for long. Once this is False, `alive` knows of all that has come.
        """
        with self._socket_lock:
            if self._closed:
                return False
            if self._in_hand or self._came:
                return True
            # TLS may have decrypted more than was read; a poll of the socket does not see that.
            if isinstance(self._sock, ssl.SSLSocket) and self._sock.pending():
                return True
            with _Poll() as poll:
                poll.register(self._sock, selectors.EVENT_READ)
                return bool(poll.select(0))

    def send(self, *texts: bytes, wait: bool = True) -> None:
        """
        Send text messages, each as one frame: Slack does not put fragments together.

        Args:
            texts: in UTF-8.
            wait: for the peer to take them. Else what it does not take at the moment leaves as soon as it does.

        Raises: TransportError when they cannot leave, or the peer has taken nothing for five seconds; the
            connection is of no use then.
        """
        self._send_or_queue(client_frames(TEXT, texts), wait)

    def ping(self, payload: bytes = b"", *, wait: bool = True) -> None:
        """
        Send a websocket ping, whose pong counts as a sign of life.

        Args:
            payload: comes back with the pong.
            wait: as of `send`.

        Raises: TransportError as `send` does.
        """
        # Before it leaves: the pong may come before `send` has returned. A pong that nobody asked
        # for is no sign of life.
        self._open_pings.add(payload)
        self._send_or_queue(client_frames(PING, [payload]), wait)

    def has_due(self) -> bool:
        """Whether something is to be sent as soon as the peer takes it."""
        return self._due_pong is not None or bool(self._queue) or bool(self._unsent)

    def send_due(self) -> None:
        """Send that, as far as it goes without waiting; for whoever reads."""
        with suppress(TransportError):  # no reason to stop reading: that will find out
            self._send_what_is_due()

    def send_close(self, code: int = 1000) -> None:
        """
        Send the CLOSE frame, if none was sent.

        When the peer does not even take that, the connection is shut down, and with it ends whatever
        still waits for the peer.
        """
        # Whoever comes second waits until the frame has left, so that the socket is not closed
        # before.
        with self._close_lock:
            if self._close_sent:
                return
            self._close_sent = True
            frame = client_frames(CLOSE, [code.to_bytes(2, "big")])
            try:
                self._send(frame, _CLOSE_WITHIN)
            except TransportError:
                self._shut_down()

    def close(self, code: int = 1000) -> None:
        """
        Send CLOSE, if none was sent, and free everything. No thread may be in `receive`.

        Args:
            code: of the CLOSE frame.
        """
        self.send_close(code)
        with self._socket_lock:
            if not self._closed:
                _shut(self._sock)
                self._closed = True
                _open_websockets.discard(self)
                self._sock.close()

    def disown(self) -> None:
        """
        In a child of `fork()`: let the descriptors go, and say nothing to the peer.

        The connection is the parent's, and ends when the parent ends it; a descriptor kept here
        would keep it open after that.
        """
        self._inherited = self._close_sent = self._closed = True
        self._socket_lock, self._send_lock, self._close_lock = (threading.Lock() for _ in range(3))
        self._sock.close()

    def _read(self) -> bytes | None:
        """What the socket has; b"" at its end; None when nothing has come."""
        # OpenSSL allows one thread at a time in a connection, for reading and writing alike.
        with self._socket_lock:
            # For whoever asks between the reading and the next line of this thread.
            self._in_hand = True
            came, self._came = self._came, b""
            try:
                data = came + self._sock.recv(self._chunk)
            except _NOT_NOW:
                return came or None
            except OSError as error:
                if came:
                    return came  # the next read tells
                if self._inherited:
                    raise not_from("this connection") from error
                raise ConnectionClosed(1006, error.strerror or "") from error
            self._chunk = _CHUNK if len(data) < _CHUNK else _FLOOD
            if isinstance(self._sock, ssl.SSLSocket):
                data += read_on(self._sock, len(data))
        return data

    def _raise_if_over(self) -> None:
        if self._reader.failure is not None:
            raise self._reader.failure
        if self._reader.closed is not None:
            code, reason = self._reader.closed
            self.send_close(1000 if code == 1005 else code)
            raise ConnectionClosed(code, reason)

    def _note_progress(self) -> None:
        unfinished = self._reader.unfinished
        if unfinished - self._unfinished_before >= _PROGRESS:
            self.alive = self.last_read
            self._unfinished_before = unfinished
        self._unfinished_before = min(self._unfinished_before, unfinished)

    def _note_pong(self, payload: bytes) -> None:
        if (
            payload in self._open_pings
        ):  # the last one answers all before it, RFC 6455 section 5.5.3
            self._open_pings.clear()
            self.alive = self.last_read

    def _pong(self, payload: bytes) -> None:
        # Of several that cannot be answered at once the last one is enough, RFC 6455 section 5.5.3.
        self._due_pong = payload
        self.send_due()

    def _send_or_queue(self, frames: bytes, wait: bool) -> None:
        if wait:
            self._send(frames, _WRITE_WITHIN)
            return
        since = self._stuck_since
        if since is not None and time.monotonic() - since > _WRITE_WITHIN:
            raise TimedOut("the websocket", _WRITE_WITHIN, maybe_done=True)
        self._queue.append(frames)
        self._send_what_is_due()

    def _send(self, frames: bytes, seconds: float) -> None:
        deadline = time.monotonic() + seconds
        # A frame that has begun to leave has to end before the next: bytes of two must not mix.
        if not self._send_lock.acquire(timeout=seconds):
            raise TimedOut("the websocket", seconds, maybe_done=True)
        try:
            self._queue.append(frames)
            while not self._flush():
                if not self._writable(deadline - time.monotonic()):
                    raise TimedOut("the websocket", seconds, maybe_done=True)
        finally:
            self._send_lock.release()
        self._send_what_is_due()

    def _send_what_is_due(self) -> None:
        # Nobody waits for the lock here, or a full peer would stop reading, too. Whoever has it looks, once it
        # is free, for what has been put there meanwhile.
        while self.has_due() and self._send_lock.acquire(blocking=False):
            try:
                if not self._flush():
                    return
            finally:
                self._send_lock.release()

    def _flush(self) -> bool:
        """Send what is due, as far as the peer takes it; whether nothing is left. `_send_lock` is held."""
        try:
            while self._unsent or self._take_next():
                sent = self._write(self._unsent)
                if not sent:
                    self._stuck_since = self._stuck_since or time.monotonic()
                    return False
                self._stuck_since = None
                self._unsent = self._unsent[sent:]
        except TransportError:
            # Nothing more will leave, so nothing is to be tried again.
            self._unsent, self._due_pong = _NO_BYTES, None
            self._queue.clear()
            raise
        return True

    def _take_next(self) -> bool:
        """Whether there is another frame to be sent."""
        if (owed := self._due_pong) is not None:
            self._due_pong = None
            self._unsent = memoryview(client_frames(PONG, [owed]))
        elif self._queue:
            self._unsent = memoryview(self._queue.popleft())
        return bool(self._unsent)

    def _write(self, data: memoryview) -> int:
        with self._socket_lock:
            if self._closed:
                raise TransportError("the websocket", "closed already")
            try:
                return self._sock.send(data)
            except _NOT_NOW:
                return 0
            except OSError as error:
                raise explain("the websocket", error, maybe_done=True) from error

    def _writable(self, seconds: float) -> bool:
        if seconds <= 0:
            return False
        with selectors.DefaultSelector() as selector:
            try:
                selector.register(self._sock, selectors.EVENT_WRITE)
            except (OSError, ValueError):  # closed meanwhile, as whoever writes will find
                return True
            return bool(selector.select(seconds))

    def _shut_down(self) -> None:
        with self._socket_lock:
            if not self._closed:
                _shut(self._sock)


def read_on(sock: ssl.SSLSocket, came: int) -> bytes:
    """What TLS has decrypted besides, and holds back: no selector sees it. In a flood, also what else has come."""
    pieces: list[bytes] = []
    # A read brings a record at the most, and each turn of a hub costs more than the cutting of its frames.
    while size := sock.pending() or (_RECORD if _RECORD <= came < _CHUNK else 0):
        try:
            piece = sock.recv(size)
        except OSError:  # nothing more, or an end, of which the next read tells
            break
        if not piece:
            break
        pieces.append(piece)
        came += len(piece)
    return b"".join(pieces)


def _shut(sock: socket.socket) -> None:
    """End it for all who wait for it; TLS's own `shutdown` would not let others be in the midst."""
    with suppress(OSError):  # it may have ended by itself
        socket.socket.shutdown(sock, socket.SHUT_RDWR)


_open_websockets = Registry[WebSocket](WebSocket.disown)


@atexit.register
def _close_at_exit() -> None:
    """A process that ends says goodbye: Slack goes on counting connections that vanish."""
    for one in _open_websockets.members():
        one.send_close(1001)
