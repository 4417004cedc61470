"""
From the socket to user code: the threads of one connection.

The *reader* reads and emits in the same breath, which is the fastest way there is (a hand-over
between two threads costs more than reading and decoding a frame). Whatever user code does on the
reader's thread must not cost the connection, though, so a *stand-in* sleeps beside it: it keeps the
clock of pings and silence, and when the reader has been in user code for a while it takes the
socket over, answers pings and keeps the messages, as bytes, until the reader comes back.

    reader  │ receive │ emit │ receive │ emit ............................ │ emit kept │ receive
    stand-in  │ asleep ............................│ receive, keep │ receive, keep │ asleep
"""

from __future__ import annotations

import threading
import time
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from typing import Any, Final, Literal

from rxslack.errors import BufferFull, FrameError
from rxslack.wire.bursts import Burst
from rxslack.wire.websocket import WebSocket

__all__ = ["Overflow", "ReadLoop"]

Overflow = Literal["wait", "fail"]

_STAND_IN_AFTER: Final = (
    0.05  # seconds the reader may be in user code before the stand-in takes over
)
_RETRY_FULL: Final = 0.1  # seconds between looks at a full buffer
_MIN_SIZE: Final = 64  # bytes that a message counts for at least: an object takes memory of its own
_CLOSE_WAIT: Final = 0.5  # seconds to wait for the peer's CLOSE


class ReadLoop:
    """
    Moves messages from one websocket to one callback, serially and in order, until one of them ends it.

    Args:
        websocket: the open websocket; the read loop closes it.
        read: makes of messages' bytes what is emitted, in lists of a few, each emitted before the
            next is asked for; with each, whether it is plain, see `BurstObserver`. What it raises
            ends the read loop.
        emit: called with both, or with one injected item in a sequence, on the reader's thread.
            What it raises ends the read loop.
        watch: called with `time.monotonic()` by the stand-in; returns when it wants to be called
            next, and raises when the connection is to be given up.
        max_waiting_bytes: bytes that may wait while user code holds the reader; a message counts
            for 64 at least.
        overflow: what happens at that bound. "wait": the socket is not read until there is room;
            TCP makes Slack wait, and nothing is lost unless Slack gives up, which is an error.
            "fail": BufferFull, after what waits has been emitted.
        on_receipt: called with messages' bytes as soon as they are read, in order, by whichever
            thread reads. Must not raise.

    Attributes:
        emit_error: what `emit` raised.
        emit: as given; `emit` itself may put another in its place, for what follows.
        read: the same.
    """

    def __init__(
        self,
        websocket: WebSocket,
        *,
        read: Callable[[Sequence[bytes]], Iterator[Burst]],
        emit: Callable[[Sequence[Any], bool], None],
        watch: Callable[[float], float],
        max_waiting_bytes: int,
        overflow: Overflow,
        on_receipt: Callable[[Sequence[bytes]], None] | None = None,
    ) -> None:
        self.emit_error: BaseException | None = None
        self._websocket = websocket
        self.emit = emit
        self.read = read
        self._watch = watch
        self._max_waiting_bytes = max_waiting_bytes
        self._overflow: Overflow = overflow
        self._on_receipt = on_receipt
        # Lists are messages off the websocket; a tuple holds an injected item.
        self._backlog: deque[Sequence[Any]] = deque()
        self._bytes_kept = 0  # bytes ever put into the backlog; written by the stand-in only
        self._bytes_taken = 0  # bytes ever taken out of it; written by the reader only
        self._reading = threading.Lock()  # held by whichever of the two is in `receive`
        self._round = 0  # odd while the reader is in user code
        self._asleep = False
        self._wake_stand_in = threading.Event()
        self._failure: Exception | None = None
        self._stopped = False
        self._stand_in_thread = threading.Thread(
            target=self._run_stand_in, name="rxslack-stand-in", daemon=True
        )

    def run(self) -> None:
        """
        Be the reader. Returns after `stop`; the websocket is closed by then, or the stand-in is at it.

        Raises: what ended the connection, or what `emit` raised.
        """
        try:
            self._stand_in_thread.start()
        except RuntimeError:  # no more threads to be had
            self._websocket.close()
            raise
        code = 1000
        try:
            while not self._stopped:
                self._emit_all(self._next())
        # The peer is told of its own breach, whatever it is that ended the loop.
        except Exception as error:
            code = _close_code(error)
            raise
        finally:
            # After `stop` nobody is told of an end, so nobody has to wait for the other thread's.
            ended_by_itself = not self._stopped
            self.stop(code)
            if ended_by_itself:
                self._stand_in_thread.join()  # so that nothing is left of it when the error is heard of

    def stop(self, code: int = 1000) -> None:
        """
        End it, from any thread, without waiting for user code; nothing is emitted from now on.

        Args:
            code: of the CLOSE frame.
        """
        self._stopped = True
        self._websocket.send_close(code)
        self._wake_stand_in.set()
        self._websocket.wake()

    def watch_now(self) -> None:
        """Make the stand-in call `watch` soon, from any thread."""
        self._wake_stand_in.set()
        self._websocket.wake()

    def waiting(self) -> int:
        """Bytes that wait for user code, as far as this process has read them."""
        return self._bytes_kept - self._bytes_taken

    def fail(self, error: Exception) -> None:
        """Make `run` raise this, from any thread, once what came before has been emitted."""
        self._failure = self._failure or error
        self._websocket.wake()

    def inject(self, item: Any) -> None:
        """Emit something that did not come off the websocket, in its turn, on the reader's thread."""
        self._backlog.append((item,))
        self._websocket.wake()

    def _emit_all(self, batch: Sequence[Any]) -> None:
        # Odd from here on: in user code.
        self._round += 1
        # Waking it costs a system call. In a flood it is hardly ever asleep, so most batches do
        # without.
        if self._asleep:
            self._wake_stand_in.set()
        for items, plain in _injected(batch) if isinstance(batch, tuple) else self.read(batch):
            # Between two lists: after `stop` nothing is emitted, also of what was read together.
            if self._stopped:
                return
            try:
                self.emit(items, plain)
            except BaseException as error:
                self.emit_error = error
                raise
        self._round += 1

    def _next(self) -> Sequence[Any]:
        if self._backlog:
            return self._from_backlog()
        if not self._reading.acquire(blocking=False):
            # The stand-in waits in `receive`; a wake makes it return, and see that the round is
            # over.
            self._websocket.wake()
            self._reading.acquire()
        try:
            if self._backlog:  # the stand-in's last
                return self._from_backlog()
            # Only when the backlog is empty: what came before the failure is emitted first.
            if self._failure is not None:
                raise self._failure
            return () if self._stopped else self._receive()
        finally:
            self._reading.release()

    def _receive(self, timeout: float | None = None) -> list[bytes]:
        batch = self._websocket.receive(timeout)
        if self._on_receipt is not None and batch:
            self._on_receipt(batch)
        return batch

    def _from_backlog(self) -> Sequence[Any]:
        batch = self._backlog.popleft()
        self._bytes_taken += _size(batch)
        return batch

    def _run_stand_in(self) -> None:
        try:
            self._watch_reader()
        except Exception as error:  # noqa: BLE001 whatever ends the stand-in has to reach on_error
            self.fail(error)
        # No thread may be in `receive` when the socket is closed.
        with self._reading:
            failure = self._failure
            self._websocket.close(_close_code(failure), linger=0.0 if failure else _CLOSE_WAIT)

    def _watch_reader(self) -> None:
        before = 0
        while not self._stopped:
            now = time.monotonic()
            due = self._watch(now)
            current = self._round
            if current != before or current % 2:
                before = current
                self._wake_stand_in.wait(_STAND_IN_AFTER)
                # The same odd round as before the wait: user code has not returned in all that
                # time.
                if self._round == current and current % 2:
                    self._read_instead(current)
            else:
                self._sleep_unless_needed(current, due - now)
            if not self._stopped:
                self._wake_stand_in.clear()

    def _sleep_unless_needed(self, current: int, seconds: float) -> None:
        self._asleep = True
        if self._round == current:  # else the reader went into user code without ringing
            self._wake_stand_in.wait(max(seconds, 0.0))
        self._asleep = False

    def _read_instead(self, current: int) -> None:
        """Read in the reader's place while it is in the same piece of user code."""
        # Not to be had: the reader is back. It may wait in `receive` for long, and nobody must wait for it.
        if not self._reading.acquire(blocking=False):
            return
        try:
            while self._round == current and not (self._stopped or self._failure):
                if self._bytes_kept - self._bytes_taken >= self._max_waiting_bytes:
                    self._wait_for_room()
                    continue
                # Pings go out here as well: the peer must not take slow user code for a dead
                # connection.
                now = time.monotonic()
                due = self._watch(now)
                if batch := self._receive(max(due - now, 0.0)):
                    self._bytes_kept += _size(batch)
                    self._backlog.append(batch)
        finally:
            self._reading.release()

    def _wait_for_room(self) -> None:
        if self._overflow == "fail":
            raise BufferFull(self._max_waiting_bytes)
        # Not reading makes TCP tell the peer to wait. The silence that follows is ours.
        self._wake_stand_in.wait(_RETRY_FULL)
        self._websocket.note_pause()


def _close_code(error: Exception | None) -> int:
    """What to tell the peer: its own breach, if that is what it was."""
    return error.code if isinstance(error, FrameError) else 1000


def _size(batch: Sequence[Any]) -> int:
    return sum(max(len(message), _MIN_SIZE) for message in batch if isinstance(message, bytes))


def _injected(items: Sequence[Any]) -> Iterator[Burst]:
    yield items, False
