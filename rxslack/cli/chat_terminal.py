"""A terminal into which somebody types while something happens."""

from __future__ import annotations

import sys
from collections.abc import Callable
from contextlib import suppress
from importlib import import_module
from threading import Lock
from time import sleep
from typing import Any, Final

from rxslack.core.printable import printable

__all__ = ["Terminal"]

BETWEEN: Final = 0.1  # seconds after a line of a pipe, so that what it does is seen before the next


class Terminal:
    """Lines in and out: what comes while somebody types goes above what is typed."""

    def __init__(self) -> None:
        self.prompt: Callable[[], str] = str
        self._lock = Lock()
        self._asks = False
        self._is_one = sys.stdin.isatty() and sys.stdout.isatty()
        if self._is_one:
            with suppress(ImportError):  # not on Windows
                import_module("readline")  # lines can be edited, and come again

    def show(self, text: str) -> None:
        """Write lines above what is typed."""
        with self._lock:
            if self._is_one and self._asks:
                sys.stdout.write("\r\x1b[K")
            sys.stdout.write(printable(text.rstrip("\n"), lines=True) + "\n")
            if self._is_one and self._asks:
                sys.stdout.write(self.prompt() + _typed())
            sys.stdout.flush()

    def lines(self) -> Any:
        """Each line that is typed, until the end."""
        while True:
            self._asks = True
            try:
                line = input(self.prompt()) if self._is_one else sys.stdin.readline()
            except EOFError:
                return
            finally:
                self._asks = False
            if not line and not self._is_one:
                return
            yield line
            if not self._is_one:
                sleep(BETWEEN)


def _typed() -> str:
    """What is typed already."""
    readline: Any = sys.modules.get("readline")
    return str(readline.get_line_buffer()) if readline else ""
