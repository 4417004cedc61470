"""What tests of background work share: its threads, and waiting for what it does."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from typing import Any

__all__ = ["ours", "until"]


def ours() -> list[str]:
    """The names of the library's threads that there are now."""
    return [thread.name for thread in threading.enumerate() if thread.name.startswith("rxslack-")]


def until(condition: Callable[[], Any], seconds: float = 10.0) -> None:
    """Wait for what other threads do."""
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline
        time.sleep(0.002)
