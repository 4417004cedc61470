"""
From one socket to user code, on the threads of the hub.

What was read is emitted at once where nobody is emitting yet, and else kept as bytes, in order, for whoever is. The
socket is read on meanwhile, pings are answered and the silence is watched, however long user code takes.
"""

from __future__ import annotations

import math
import selectors
import threading
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from contextvars import copy_context
from typing import Any, Final, Literal

from rxslack.errors import BufferFull, FrameError, SlackError
from rxslack.wire.bursts import Burst
from rxslack.wire.hub import Hub, join
from rxslack.wire.websocket import WebSocket

__all__ = ["Overflow", "ReadLoop"]

Overflow = Literal["wait", "fail"]

_RETRY_FULL: Final = 0.1  # seconds between looks at a full buffer
_MIN_SIZE: Final = 64  # bytes that a message counts for at least: an object takes memory of its own
_CLOSE_WAIT: Final = 0.5  # seconds to wait for the peer's CLOSE


class ReadLoop:
    """
    Moves messages from one websocket to one callback, serially and in order, until one of them ends it.

    A `Member` of the hub: all but `emit` is called by the leader.

    Args:
        websocket: the open websocket; the read loop closes it.
        read: makes of messages' bytes what is emitted, in lists of a few, each emitted before the
            next is asked for; with each, whether it is plain, see `BurstObserver`. What it raises
            ends the read loop.
        on_items: called with both, or with one injected item in a sequence; on any of the hub's threads, one
            after the other. What it raises ends the read loop.
        watch: called with `time.monotonic()`, by a thread that runs no user code; returns when it wants to be
            called next, and raises when the connection is to be given up.
        on_end: called last, and once, with what ended it, when the websocket is closed; None after `stop`, at once.
        max_waiting_bytes: bytes that may wait while user code is busy; a message counts
            for 64 at least.
        overflow: what happens at that bound. "wait": the socket is not read until there is room;
            TCP makes Slack wait, and nothing is lost unless Slack gives up, which is an error.
            "fail": BufferFull, after what waits has been emitted.
        on_receipt: called after each read with messages' bytes, in order; there may be none. Must not wait; what it
            raises ends the read loop once they have been emitted.

    Attributes:
        emit_error: what `on_items` raised.
        on_items: as given; `on_items` itself may put another in its place, for what follows.
        read_items: `read`, the same.
    """

    def __init__(
        self,
        websocket: WebSocket,
        *,
        read: Callable[[Sequence[bytes]], Iterator[Burst]],
        on_items: Callable[[Sequence[Any], bool], None],
        watch: Callable[[float], float],
        on_end: Callable[[BaseException | None], object],
        max_waiting_bytes: int,
        overflow: Overflow,
        on_receipt: Callable[[Sequence[bytes]], None] | None = None,
    ) -> None:
        self.emit_error: BaseException | None = None
        self.on_items = on_items
        self.read_items = read
        self.descriptor = websocket.descriptor
        self.registered = 0
        self.due = math.inf
        self.is_slow = False
        self._websocket = websocket
        self._watch = watch
        self._on_end = on_end
        self._max_waiting_bytes = max_waiting_bytes
        self._overflow: Overflow = overflow
        self._on_receipt = on_receipt
        # The context that it is made in: what is logged tells of which connection.
        self._context = copy_context()
        # Lists are messages off the websocket; a tuple holds an injected item.
        self._backlog: deque[Sequence[Any]] = deque()
        self._fresh: Sequence[bytes] = ()  # behind the backlog, which is empty then
        self._bytes_kept = 0  # bytes ever put into the backlog; written by the leader only
        self._bytes_taken = 0  # bytes ever taken out of it; written by whoever emits only
        self._is_paused = False  # not read, for want of room
        self._emitting = threading.Lock()  # held by whoever emits, and for good after the end
        # Two, so that whoever emits never hears of a failure before what was read last.
        self._found: Exception | None = None  # a failure; nothing is read any more
        self._failure: Exception | None = None  # the same, behind all that was read; the leader's
        self._is_broken = False  # there is nothing more to be had of the websocket
        self._stopped = False
        self._error: BaseException | None = None  # what ended it
        self._has_ended = False  # nothing is emitted any more; `_emitting` is held
        self._linger_until: float | None = None  # for the peer's CLOSE
        self._is_closed = False
        self._told = threading.Lock()  # held from the end on
        self.hub: Hub | None = None

    def begin(self) -> None:
        """
        Read, and emit, from now on.

        Raises: RuntimeError when there is no thread to be had; the websocket is closed then.
        """
        # No selector tells of what came with the handshake, or of what TLS has decrypted since.
        if batch := self.read():
            self._keep(batch)
        try:
            join(self)
        except RuntimeError:
            self._websocket.close()
            raise

    def stop(self, code: int = 1000) -> None:
        """
        End it, from any thread, without waiting for user code; nothing is emitted from now on.

        Args:
            code: of the CLOSE frame.
        """
        self._stopped = True
        self._websocket.send_close(code)
        self.watch_now()

    def watch_now(self) -> None:
        """Have `watch` called soon, from any thread."""
        if self.hub is not None:
            self.hub.ask(self)

    def waiting(self) -> int:
        """Bytes that wait for user code, as far as this process has read them."""
        return self._bytes_kept - self._bytes_taken

    def is_emitting(self) -> bool:
        """Whether something that was read is not dealt with yet."""
        return bool(self._backlog) or self._emitting.locked()

    def fail(self, error: Exception) -> None:
        """End it with this, from any thread, once what came before has been emitted."""
        self._found = self._found or error
        self.watch_now()

    def inject(self, item: Any) -> None:
        """Emit something that did not come off the websocket, in its turn."""
        self._backlog.append((item,))
        self.watch_now()

    # The leader's

    def awaited(self) -> int:
        """As of a `Member`."""
        if self._is_broken or self._linger_until == -math.inf:
            return 0
        events = 0 if self._is_paused and not self._is_ending() else selectors.EVENT_READ
        return events | selectors.EVENT_WRITE if self._websocket.has_due() else events

    def read(self) -> Sequence[bytes]:
        """As of a `Member`."""
        if self._is_ending():
            self._throw_away()
            return ()
        if self._found is not None or self._is_paused:
            return ()
        batch: Sequence[bytes] = ()
        try:
            batch = self._websocket.receive()
            if self._on_receipt is not None:
                self._on_receipt(batch)
            if self._websocket.is_over:  # the end has come together with the last messages
                self._websocket.receive()
        except Exception as error:  # noqa: BLE001 whatever ends the reading has to reach on_end
            self._break(error)
        return batch

    def send_due(self) -> None:
        """As of a `Member`."""
        self._websocket.send_due()

    def look(self, now: float) -> float:
        """As of a `Member`."""
        if self._is_ending():
            return self._linger(now)
        if self._found is not None:
            return math.inf
        if self._is_paused:
            # Not reading makes TCP tell the peer to wait. The silence that follows is ours.
            self._websocket.note_pause()
            self._is_paused = self._has_no_room()
            if self._is_paused:
                return now + _RETRY_FULL
        try:
            return self._watch(now)
        except Exception as error:  # noqa: BLE001 whatever ends the watching has to reach on_end
            self._break(error)
            return math.inf

    def close_if_over(self) -> bool:
        """As of a `Member`."""
        if self._linger_until == -math.inf and not self._is_closed:
            self._is_closed = True
            self._websocket.close(_close_code(self._failure))
        return self._is_closed

    def takes_turn(self, batch: Sequence[bytes]) -> bool:
        """As of a `Member`."""
        if batch:
            if not self._backlog and self._emitting.acquire(blocking=False):
                self._fresh = batch
                self._failure = self._found
                return True
            self._keep(batch)
        self._failure = self._found
        if self._has_ended:
            return self._is_closed and not self._told.locked()
        # After all that was put there: whoever emits looks for more once the lock is free.
        return self._has_more() and self._emitting.acquire(blocking=False)

    # User code's

    def emit(self) -> None:
        """As of a `Member`."""
        if self._has_ended:
            self._tell_end()
            return
        try:
            has_been_stopped = self._context.run(self._emit_all)
        except BaseException as error:  # noqa: BLE001 user code may raise anything, and has to hear of it
            self._end(error)
            return
        if has_been_stopped:
            self._tell_end()  # at once: nothing of the stream is left, whatever the peer does
            self._end(None)

    def give_up(self, error: Exception) -> None:
        """As of a `Member`."""
        self.fail(error)
        self._is_broken = True
        if self.takes_turn(()):
            self.emit()
        self._linger_until = -math.inf
        self.close_if_over()
        if self.takes_turn(()):
            self.emit()

    def _emit_all(self) -> bool:
        """Whether it has been stopped; else there is nothing left."""
        while True:
            batch, self._fresh = self._fresh or self._from_backlog(), ()
            if batch:
                self._emit_batch(batch)
            if self._stopped:
                return True
            if batch or self._backlog:
                continue
            # Only when the backlog is empty: what came before the failure is emitted first.
            if self._failure is not None:
                raise self._failure
            self._emitting.release()
            # What came between the look and the release is found by nobody else.
            if not (self._has_more() and self._emitting.acquire(blocking=False)):
                return False

    def _emit_batch(self, batch: Sequence[Any]) -> None:
        for items, plain in (
            _injected(batch) if isinstance(batch, tuple) else self.read_items(batch)
        ):
            # Between two lists: after `stop` nothing is emitted, also of what was read together.
            if self._stopped:
                return
            try:
                self.on_items(items, plain)
            except BaseException as error:
                self.emit_error = error
                raise

    def _from_backlog(self) -> Sequence[Any]:
        if not self._backlog:
            return ()
        batch = self._backlog.popleft()
        self._bytes_taken += _size(batch)
        return batch

    def _has_more(self) -> bool:
        return bool(self._backlog) or self._failure is not None or self._stopped

    def _end(self, error: BaseException | None) -> None:
        self._error = error
        self._has_ended = True
        # The peer is told of its own breach, whatever it is that ended the reading.
        self.stop(_close_code(error))
        # Else the hub closes the websocket first, and has the end told.
        if self._is_closed:
            self._tell_end()

    def _tell_end(self) -> None:
        """Once: both whoever ends it and whoever closes the websocket may be the last."""
        if self._told.acquire(blocking=False):
            self._context.run(self._on_end, self._error)

    # The end

    def _is_ending(self) -> bool:
        return self._stopped or self._is_broken

    def _break(self, error: Exception) -> None:
        """There is nothing more to be had of the websocket, and the peer hears of it at once."""
        self._is_broken = True
        self.fail(error)

    def _linger(self, now: float) -> float:
        """
        Close when the peer has said CLOSE, too, or does not in time.

        What comes until then is thrown away; a socket that is closed with bytes unread would take our CLOSE back.
        """
        if self._linger_until is None:
            self._websocket.send_close(_close_code(self._failure))
            self._linger_until = now + (_CLOSE_WAIT if self._failure is None else 0.0)
        if now >= self._linger_until:
            self._linger_until = -math.inf
        return math.inf if self._linger_until < 0 else self._linger_until

    def _throw_away(self) -> None:
        try:
            self._websocket.receive()
        except SlackError:  # the peer's CLOSE, or its end
            self._linger_until = -math.inf

    def _keep(self, batch: Sequence[bytes]) -> None:
        self._bytes_kept += _size(batch)
        self._backlog.append(batch)
        if not self._has_no_room():
            return
        if self._overflow == "fail":
            self._break(BufferFull(self._max_waiting_bytes))
        else:
            self._is_paused = True
            self.watch_now()

    def _has_no_room(self) -> bool:
        return self.waiting() >= self._max_waiting_bytes


def _close_code(error: BaseException | None) -> int:
    """What to tell the peer: its own breach, if that is what it was."""
    return error.code if isinstance(error, FrameError) else 1000


def _size(batch: Sequence[Any]) -> int:
    """What the messages of a batch count for; what was injected counts for nothing."""
    if isinstance(batch, tuple):
        return 0
    sizes = [*map(len, batch)]
    # Looked at one by one only where there is a reason: in a flood this is asked twice for each.
    if min(sizes) >= _MIN_SIZE:
        return sum(sizes)
    return sum(max(size, _MIN_SIZE) for size in sizes)


def _injected(items: Sequence[Any]) -> Iterator[Burst]:
    yield items, False
