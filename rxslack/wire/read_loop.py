"""
From the socket to user code: the threads of one connection.

The *leader* reads and emits in the same breath, which is the fastest way there is (a hand-over
between two threads costs more than reading and decoding a frame). Whatever user code does on the
leader's thread must not cost the connection, though, so a *deputy* sleeps beside it: it keeps the
clock of pings and silence, and when the leader has been in user code for a while it takes the
socket over, answers pings and keeps the messages, as bytes, until the leader comes back.

    leader  │ receive │ emit │ receive │ emit ............................ │ emit kept │ receive
    deputy  │ asleep ............................│ receive, keep │ receive, keep │ asleep
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

_PATIENCE: Final = 0.05  # seconds the leader may be in user code before the deputy takes over
_RETRY: Final = 0.1  # seconds between looks at a full buffer
_LEAST: Final = 64  # bytes that a message counts for at least: an object takes memory of its own
_LINGER: Final = 0.5  # seconds to wait for the peer's CLOSE


class ReadLoop:
    """
    Moves messages from one wire to one callback, serially and in order, until one of them ends it.

    Args:
        wire: the open websocket; the read loop closes it.
        read: makes of messages' bytes what is emitted, in lists of a few, each emitted before the
            next is asked for; with each, whether it is plain, see `BurstObserver`. What it raises
            ends the read loop.
        emit: called with both, or with one injected item in a sequence, on the leader's thread.
            What it raises ends the read loop.
        watch: called with `time.monotonic()` by the deputy; returns when it wants to be called
            next, and raises when the connection is to be given up.
        max_waiting_bytes: bytes that may wait while user code holds the leader; a message counts
            for 64 at least.
        overflow: what happens at that bound. "wait": the socket is not read until there is room;
            TCP makes Slack wait, and nothing is lost unless Slack gives up, which is an error.
            "fail": BufferFull, after what waits has been emitted.
        on_receipt: called with messages' bytes as soon as they are read, in order, by whichever
            thread reads. Must not raise.

    Attributes:
        escaped: what `emit` raised.
        emit: as given; `emit` itself may put another in its place, for what follows.
        read: the same.
    """

    def __init__(
        self,
        wire: WebSocket,
        *,
        read: Callable[[Sequence[bytes]], Iterator[Burst]],
        emit: Callable[[Sequence[Any], bool], None],
        watch: Callable[[float], float],
        max_waiting_bytes: int,
        overflow: Overflow,
        on_receipt: Callable[[Sequence[bytes]], None] | None = None,
    ) -> None:
        self.escaped: BaseException | None = None
        self._wire = wire
        self.emit = emit
        self.read = read
        self._watch = watch
        self._max_waiting_bytes = max_waiting_bytes
        self._overflow: Overflow = overflow
        self._on_receipt = on_receipt
        # Lists are messages off the wire; a tuple holds an injected item.
        self._backlog: deque[Sequence[Any]] = deque()
        self._kept = 0  # bytes ever put into the backlog; written by the deputy only
        self._taken = 0  # bytes ever taken out of it; written by the leader only
        self._reading = threading.Lock()  # held by whichever of the two is in `receive`
        self._round = 0  # odd while the leader is in user code
        self._asleep = False
        self._alarm = threading.Event()
        self._failure: Exception | None = None
        self._stopped = False
        self._deputy = threading.Thread(target=self._stand_by, name="rxslack-deputy", daemon=True)

    def run(self) -> None:
        """
        Be the leader. Returns after `stop`; the wire is closed by then, or the deputy is at it.

        Raises: what ended the connection, or what `emit` raised.
        """
        try:
            self._deputy.start()
        except RuntimeError:  # no more threads to be had
            self._wire.close()
            raise
        code = 1000
        try:
            while not self._stopped:
                self._emit_all(self._next())
        except Exception as error:
            code = _close_code(error)
            raise
        finally:
            ended_by_itself = not self._stopped
            self.stop(code)
            if ended_by_itself:
                self._deputy.join()  # so that nothing is left of it when the error is heard of

    def stop(self, code: int = 1000) -> None:
        """
        End it, from any thread, without waiting for user code; nothing is emitted from now on.

        Args:
            code: of the CLOSE frame.
        """
        self._stopped = True
        self._wire.say_goodbye(code)
        self._alarm.set()
        self._wire.wake()

    def watch_now(self) -> None:
        """Make the deputy call `watch` soon, from any thread."""
        self._alarm.set()
        self._wire.wake()

    def waiting(self) -> int:
        """Bytes that wait for user code, as far as this process has read them."""
        return self._kept - self._taken

    def fail(self, error: Exception) -> None:
        """Make `run` raise this, from any thread, once what came before has been emitted."""
        self._failure = self._failure or error
        self._wire.wake()

    def inject(self, item: Any) -> None:
        """Emit something that did not come off the wire, in its turn, on the leader's thread."""
        self._backlog.append((item,))
        self._wire.wake()

    def _emit_all(self, batch: Sequence[Any]) -> None:
        self._round += 1
        if self._asleep:
            self._alarm.set()
        for items, plain in _injected(batch) if isinstance(batch, tuple) else self.read(batch):
            if self._stopped:
                return
            try:
                self.emit(items, plain)
            except BaseException as error:
                self.escaped = error
                raise
        self._round += 1

    def _next(self) -> Sequence[Any]:
        if self._backlog:
            return self._from_backlog()
        if not self._reading.acquire(blocking=False):
            self._wire.wake()
            self._reading.acquire()
        try:
            if self._backlog:  # the deputy's last
                return self._from_backlog()
            if self._failure is not None:
                raise self._failure
            return () if self._stopped else self._receive()
        finally:
            self._reading.release()

    def _receive(self, timeout: float | None = None) -> list[bytes]:
        batch = self._wire.receive(timeout)
        if self._on_receipt is not None and batch:
            self._on_receipt(batch)
        return batch

    def _from_backlog(self) -> Sequence[Any]:
        batch = self._backlog.popleft()
        self._taken += _size(batch)
        return batch

    def _stand_by(self) -> None:
        try:
            self._look_after()
        except Exception as error:  # noqa: BLE001 whatever ends the deputy has to reach on_error
            self.fail(error)
        with self._reading:
            failure = self._failure
            self._wire.close(_close_code(failure), linger=0.0 if failure else _LINGER)

    def _look_after(self) -> None:
        before = 0
        while not self._stopped:
            now = time.monotonic()
            due = self._watch(now)
            current = self._round
            if current != before or current % 2:
                before = current
                self._alarm.wait(_PATIENCE)
                if self._round == current and current % 2:
                    self._stand_in(current)
            else:
                self._sleep_unless_needed(current, due - now)
            if not self._stopped:
                self._alarm.clear()

    def _sleep_unless_needed(self, current: int, seconds: float) -> None:
        self._asleep = True
        if self._round == current:  # else the leader went into user code without ringing
            self._alarm.wait(max(seconds, 0.0))
        self._asleep = False

    def _stand_in(self, current: int) -> None:
        """Read in the leader's place while it is in the same piece of user code."""
        with self._reading:
            while self._round == current and not (self._stopped or self._failure):
                if self._kept - self._taken >= self._max_waiting_bytes:
                    self._hold_back()
                    continue
                now = time.monotonic()
                due = self._watch(now)
                if batch := self._receive(max(due - now, 0.0)):
                    self._kept += _size(batch)
                    self._backlog.append(batch)

    def _hold_back(self) -> None:
        if self._overflow == "fail":
            raise BufferFull(self._max_waiting_bytes)
        self._alarm.wait(_RETRY)
        self._wire.hold_back()


def _close_code(error: Exception | None) -> int:
    """What to tell the peer: its own breach, if that is what it was."""
    return error.code if isinstance(error, FrameError) else 1000


def _size(batch: Sequence[Any]) -> int:
    return sum(max(len(message), _LEAST) for message in batch if isinstance(message, bytes))


def _injected(items: Sequence[Any]) -> Iterator[Burst]:
    yield items, False
