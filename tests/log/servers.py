"""
A real Redis server on a port of its own, that can be killed and started again.

With Valkey in its place: ``RXSLACK_TEST_SERVER=valkey-server pytest tests/log``.
"""

from __future__ import annotations

import os
import shutil
import signal
import socket
import subprocess
import time
from pathlib import Path
from typing import Any

import redis

__all__ = ["Server", "free_port", "is_there"]

PROGRAM = os.environ.get("RXSLACK_TEST_SERVER", "redis-server")


def is_there() -> bool:
    """Whether this machine has the program."""
    return shutil.which(PROGRAM) is not None


def free_port() -> int:
    """A port that nobody has at this moment."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


class Server:
    """
    A server in a folder.

    Args:
        folder: Where it keeps its data.
        options: More of the command line: ``"--maxmemory", "8mb"``.
    """

    def __init__(self, folder: Path, *options: str) -> None:
        self.port = free_port()
        self.url = f"redis://127.0.0.1:{self.port}/0"
        self._folder = folder
        self._options = options
        self.process: subprocess.Popen[bytes] | None = None

    def start(self) -> Server:
        """Start it, on the data that are there, and wait until it answers."""
        command = [
            *(PROGRAM, "--port", str(self.port), "--bind", "127.0.0.1"),
            *("--dir", str(self._folder), "--save", "", "--appendonly", "yes"),
            *("--appendfsync", "everysec", "--logfile", str(self._folder / "log")),
            *self._options,
        ]
        self.process = subprocess.Popen(command, stdout=subprocess.DEVNULL)
        deadline = time.monotonic() + 60.0
        client: Any = redis.Redis(port=self.port, socket_timeout=1.0)
        with client:
            while True:
                try:
                    client.ping()
                except redis.RedisError:
                    assert time.monotonic() < deadline, (self._folder / "log").read_text()
                    time.sleep(0.02)
                else:
                    return self

    def kill(self) -> None:
        """SIGKILL: what it has not written is gone."""
        if self.process is not None:
            self.process.send_signal(signal.SIGKILL)
            self.process.wait()
            self.process = None
