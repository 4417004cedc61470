"""
The client that a hostile peer has to do with, in a process of its own.

    python -m tests.hostile.client CASE BASE_URL [CA_FILE]

Prints what it measured, as JSON.
"""

from __future__ import annotations

import json
import os
import resource
import socket
import stat
import sys
import threading
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from reactivex import Observable

from rxslack.errors import is_retryable
from tests.hostile.case import Case
from tests.hostile.cases import CASES

__all__ = ["Measured"]

_STATUS = Path("/proc/self/status")
_MOST = 4 << 30  # bytes of address space: a client without bounds shall not take the machine along


@dataclass(frozen=True)
class Measured:
    """
    What became of the client.

    Args:
        grown: bytes by which the process had grown at its peak.
        error: the class of the error that came; "" when none did.
        words: what it says.
        retryable: whether it is.
        seconds: until it came.
        freed: seconds from the disposal in the midst of it until threads and sockets were gone;
            None when they stayed, or it was not tried.
    """

    grown: int
    error: str
    words: str
    retryable: bool
    seconds: float
    freed: float | None


def _main(name: str, base_url: str, ca_file: str | None = None) -> None:
    case = CASES[name]
    resource.setrlimit(resource.RLIMIT_AS, (_MOST, _MOST))
    subject = case.subject(base_url, ca_file)
    before = _peak()
    error, seconds = _until_error(case, subject)
    freed = None
    if case.dispose_after is not None:
        freed = _until_free(case, case.subject(base_url, ca_file))
    measured = Measured(
        grown=_peak() - before,
        error="" if error is None else type(error).__name__,
        words="" if error is None else str(error),
        retryable=error is not None and is_retryable(error),
        seconds=seconds,
        freed=freed,
    )
    print(json.dumps(asdict(measured)))  # noqa: T201 it is what it is run for


def _until_error(case: Case, subject: Observable[Any]) -> tuple[Exception | None, float]:
    errors: list[Exception] = []
    ended = threading.Event()

    def on_error(error: Exception) -> None:
        errors.append(error)
        ended.set()

    begun = time.monotonic()
    subscription = subject.subscribe(on_next=_ignore, on_error=on_error, on_completed=ended.set)
    ended.wait(2 * case.within + 5.0)
    seconds = time.monotonic() - begun
    subscription.dispose()
    return errors[0] if errors else None, seconds


def _until_free(case: Case, subject: Observable[Any]) -> float | None:
    _wait(lambda: not _held(), 10.0)  # for what is left of the first one
    subscription = subject.subscribe(on_next=_ignore, on_error=_ignore)
    time.sleep(case.dispose_after or 0.0)
    begun = time.monotonic()
    subscription.dispose()
    return time.monotonic() - begun if _wait(lambda: not _held(), 20.0) else None


def _ignore(_: object) -> None:
    """Whatever comes is not what this is about."""


def _wait(condition: Callable[[], bool], seconds: float) -> bool:
    deadline = time.monotonic() + seconds
    while not condition():
        if time.monotonic() > deadline:
            return False
        time.sleep(0.01)
    return True


def _held() -> list[str]:
    """Threads and sockets that are there because of a subscription."""
    names = [one.name for one in threading.enumerate() if one.name.startswith("rxslack")]
    for entry in os.listdir("/proc/self/fd"):
        with suppress(OSError):
            if stat.S_ISSOCK(os.stat(f"/proc/self/fd/{entry}").st_mode) and _is_connected(entry):
                names.append(f"socket {entry}")
    return names


def _is_connected(entry: str) -> bool:
    with socket.socket(fileno=os.dup(int(entry))) as twin:
        return twin.family == socket.AF_INET


def _peak() -> int:
    """Bytes; of this program alone, unlike `ru_maxrss`, which begins with the parent's."""
    for line in _STATUS.read_text().splitlines():
        if line.startswith("VmHWM:"):
            return int(line.split()[1]) * 1024
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024


if __name__ == "__main__":
    _main(*sys.argv[1:])
