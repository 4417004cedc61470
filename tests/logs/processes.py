"""The processes of a storm: those that say, those that answer, and a server, each of which may be killed."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from pathlib import Path

__all__ = ["Fleet", "cpu", "resident"]


class Fleet:
    """
    Child processes by name, started again when they are killed.

    Args:
        folder: Where each writes what it has to say.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._commands: dict[str, list[str]] = {}
        self._processes: dict[str, subprocess.Popen[bytes]] = {}
        self.started = 0

    def start(self, name: str, *words: object) -> subprocess.Popen[bytes]:
        """Start `python -m tests.logs.<the first word> …` under a name."""
        self._commands[name] = [str(word) for word in words]
        return self._start(name)

    def _start(self, name: str) -> subprocess.Popen[bytes]:
        self.started += 1
        first, *words = self._commands[name]
        with (self._folder / f"{name}.log").open("ab") as log:
            process = subprocess.Popen(
                [sys.executable, "-m", f"tests.logs.{first}", *words], stdout=log, stderr=log
            )
        self._processes[name] = process
        return process

    def kill(self, name: str, *, again: bool = True) -> None:
        """SIGKILL, and start it again."""
        process = self._processes.pop(name)
        process.kill()
        process.wait()
        if again:
            self._start(name)

    def send(self, name: str, number: signal.Signals) -> None:
        """Send a signal."""
        self._processes[name].send_signal(number)

    def wait(self, name: str, seconds: float) -> int:
        """Wait for its end; its status."""
        return self._processes[name].wait(seconds)

    def pid(self, name: str) -> int:
        """Its number."""
        return self._processes[name].pid

    def ended(self) -> list[str]:
        """Those that have ended by themselves."""
        return [name for name, process in self._processes.items() if process.poll() is not None]

    def end(self) -> None:
        """Kill all that are left."""
        for name in list(self._processes):
            self.kill(name, again=False)

    def said(self) -> str:
        """What they have written, for whoever looks into a failure."""
        logs = sorted(self._folder.glob("*.log"))
        return "\n".join(f"{log.stem}: {log.read_text()[-3000:]}" for log in logs)


def cpu(pid: int) -> float:
    """CPU seconds of a process."""
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def resident(pid: int) -> int:
    """Bytes of memory that a process has."""
    return int(Path(f"/proc/{pid}/statm").read_text().split()[1]) * os.sysconf("SC_PAGE_SIZE")
