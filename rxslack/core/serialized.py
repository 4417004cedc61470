"""Steps that call for further steps, done one after the other instead of one inside the other."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable
from threading import Lock

__all__ = ["Serial"]


class Serial:
    """
    Does steps in the order of asking, never two at once, on the thread that asked first.

    A step asked for while another one runs waits for its end, whichever thread asks; so a loop
    of steps needs no recursion, even when each step asks for the next before it returns.

    >>> steps = Serial()
    >>> steps.do(lambda: (steps.do(lambda: print("inner")), print("outer")))
    outer
    inner
    """

    def __init__(self) -> None:
        self._lock = Lock()
        self._waiting: deque[Callable[[], object]] = deque()
        self._busy = False

    def do(self, step: Callable[[], object]) -> None:
        """
        Do a step, now or after those that are being done.

        Errors: what the step raises, to the thread that does it; the steps behind it are kept
            for the next call.
        """
        ready: Callable[[], object] | None = step
        with self._lock:
            if self._busy or self._waiting:
                self._waiting.append(step)
                if self._busy:
                    return
                ready = self._waiting.popleft()
            self._busy = True
        while ready is not None:
            try:
                ready()
            except BaseException:
                self._busy = False
                raise
            ready = self._next()

    def _next(self) -> Callable[[], object] | None:
        with self._lock:
            if self._waiting:
                return self._waiting.popleft()
            self._busy = False
            return None
