"""Between the threads of a stream, and signals, and an asyncio loop."""

from __future__ import annotations

import asyncio
import os
import signal
import threading
from collections import deque
from collections.abc import Awaitable, Callable
from contextlib import suppress
from threading import Event, Semaphore
from typing import Any, Final

__all__ = ["Mailbox", "Signals"]

WAITING: Final = 10_000  # letters; then the websocket waits


class Mailbox:
    """
    Letters that threads put in, and the loop reads.

    Args:
        loop: where they are delivered.
    """

    def __init__(self, loop: asyncio.AbstractEventLoop) -> None:
        self._loop = loop
        self._letters: deque[tuple[str | None, Any]] = deque()
        self._room = Semaphore(WAITING)
        self._finished = Event()
        self._error: BaseException | None = None
        self._arrived = asyncio.Event()
        self._read = asyncio.Event()

    def put(self, event: str | None, data: Any, *, urgent: bool = False) -> None:
        """Put a letter in; waits while there are too many, unless it is urgent."""
        while not urgent and not self._room.acquire(timeout=1):
            if self._finished.is_set():
                return
        if not self._finished.is_set():
            self._letters.append((event, data))
            self._wake()

    def finish(self, error: BaseException | None = None) -> None:
        """The last letter is in; the error is raised when all have been delivered."""
        if not self._finished.is_set():
            self._error = error
            self._finished.set()
            self._wake()

    async def deliver(self, to: Callable[[str | None, Any], Awaitable[None]]) -> None:
        """Deliver letters until the last. Raises: the error it was finished with."""
        try:
            while True:
                while self._letters:
                    event, data = self._letters.popleft()
                    self._room.release()
                    await to(event, data)
                if self._finished.is_set() and not self._letters:
                    break
                await self._arrived.wait()
                self._arrived.clear()
        finally:
            self._read.set()
        if self._error is not None:
            raise self._error

    async def read(self) -> None:
        """Wait until all has been delivered."""
        await self._read.wait()

    def _wake(self) -> None:
        with suppress(RuntimeError):  # the loop is closed, and nobody reads
            self._loop.call_soon_threadsafe(self._arrived.set)


class Signals:
    """
    SIGHUP, SIGTERM and SIGINT call a function, on the main thread and where there are signals.

    Args:
        loop: runs the function.
        stop: the function.
    """

    def __init__(self, loop: asyncio.AbstractEventLoop, stop: Callable[[], object]) -> None:
        self._loop = loop
        self._stop = stop
        self._before: dict[signal.Signals, Any] = {}

    def install(self) -> None:
        """Take the signals over."""
        if os.name == "nt" or threading.current_thread() is not threading.main_thread():
            return
        for number in (signal.SIGHUP, signal.SIGTERM, signal.SIGINT):
            self._before[number] = signal.getsignal(number)
            self._loop.add_signal_handler(number, self._stop)

    def restore(self) -> None:
        """Give them back."""
        for number, handler in self._before.items():
            self._loop.remove_signal_handler(number)
            signal.signal(number, signal.SIG_DFL if handler is None else handler)
        self._before.clear()
