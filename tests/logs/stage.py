"""Where a scene plays: a server, and processes that end with it."""

from __future__ import annotations

import tempfile
import time
from collections.abc import Callable, Generator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, NamedTuple

from tests.log.servers import Server
from tests.logs.processes import Fleet

__all__ = ["SceneResult", "Stage", "stage", "wait_for"]


class SceneResult(NamedTuple):
    """What came of it, and whether that is what was promised."""

    line: str
    held: bool


class Stage(NamedTuple):
    """Where a scene plays."""

    folder: Path
    server: Server
    fleet: Fleet


@contextmanager
def stage() -> Generator[Stage]:
    """A server, and processes that end with the scene."""
    with tempfile.TemporaryDirectory() as temporary:
        folder = Path(temporary)
        for name in ("slack", "logs", "server"):
            (folder / name).mkdir()
        server, fleet = Server(folder / "server").start(), Fleet(folder / "logs")
        try:
            yield Stage(folder, server, fleet)
        finally:
            fleet.end()
            server.kill()


def wait_for(happened: Callable[[], Any], seconds: float) -> bool:
    """Wait for what processes do; whether it has happened."""
    deadline = time.monotonic() + seconds
    while not happened():
        if time.monotonic() > deadline:
            return False
        time.sleep(0.02)
    return True
