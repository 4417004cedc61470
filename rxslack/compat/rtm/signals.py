"""Ctrl-C and its like, for a client that runs on an asyncio loop."""

from __future__ import annotations

import asyncio
import os
import signal
import threading
from collections.abc import Callable
from typing import Any

__all__ = ["Signals"]


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
