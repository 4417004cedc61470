"""What a client under test reports to: it counts, keeps an eye on order, and tells the end."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Mapping
from typing import Any

from tests.benchmarks.scenario import Scenario

__all__ = ["Tally"]

_PATIENCE = 5.0  # seconds without an event after which the rest counts as lost


class Tally:
    """
    The events of one connection.

    Attributes:
        look: takes an event dict; what a client's loop calls.
        seen: messages counted.
        disorder: messages that came again, or after one they precede.
        late: nanoseconds from the server's sending to `look`, under the scenario "pace".
        error: what ended the connection, if something did.
    """

    def __init__(self, scenario: Scenario) -> None:
        looks: dict[str, Callable[[Mapping[str, Any]], None]] = {
            "idle": self._greeted,
            "pace": self._timed,
        }
        self.look = looks.get(scenario.kind, self._counted)
        self.seen = 0
        self.disorder = 0
        self.late: list[int] = []
        self.error: Exception | None = None
        self._last = ""
        self._count = 1 if scenario.kind == "idle" else scenario.count
        self._done = threading.Event()

    def see(self, ts: str) -> None:
        """Count the message with this `ts`."""
        self.seen += 1
        if ts <= self._last:
            self.disorder += 1
        self._last = ts
        if self.seen == self._count:
            self._done.set()

    def fail(self, error: Exception) -> None:
        """Note the end of a connection."""
        self.error = error
        self._done.set()

    def wait(self) -> None:
        """Wait for the last event, or until none has come for a while."""
        before, since = -1, time.monotonic()
        while not self._done.wait(1.0):
            if self.seen != before:
                before, since = self.seen, time.monotonic()
            elif time.monotonic() - since > _PATIENCE:
                return

    def _counted(self, event: Mapping[str, Any]) -> None:
        if event["type"] == "message":
            self.see(event["ts"])

    def _timed(self, event: Mapping[str, Any]) -> None:
        if event["type"] == "message":
            self.late.append(time.monotonic_ns() - int(event["sent"]))
            self.see(event["ts"])

    def _greeted(self, event: Mapping[str, Any]) -> None:
        if event["type"] == "hello":
            self.see("hello")
