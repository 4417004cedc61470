"""A command that is started anew when a file changes."""

from __future__ import annotations

import signal
import subprocess
import threading
from collections.abc import Sequence
from pathlib import Path
from types import FrameType
from typing import Final

from rxslack.cli.source import say

__all__ = ["changed_files", "reloading"]

LOOK: Final = 0.3  # seconds between two looks at the files
MOST: Final = 5_000  # files that are looked at
HIDDEN: Final = ("__pycache__", "node_modules", "site-packages")


def reloading(command: Sequence[str], *, seconds: float, here: Path | None = None) -> int:
    """
    Run a command, and anew after each change of a Python file below a folder, until a signal.

    One that ends by an error waits for the next change.

    Args:
        command: What to run.
        seconds: That it gets to end after a signal, and five more.
        here: The folder. Default: the current one.

    Returns: the status of the last one that was run.
    """
    folder = Path() if here is None else here
    over = threading.Event()
    previous = {number: signal.getsignal(number) for number in (signal.SIGINT, signal.SIGTERM)}

    def end(_: int, __: FrameType | None) -> None:
        over.set()

    for number in previous:
        signal.signal(number, end)
    try:
        files, process = times(folder), subprocess.Popen(command)
        while not over.wait(LOOK):
            now = times(folder)
            if names := changed_files(files, now):
                files = now
                say(f"{', '.join(names[:3])} changed; starting anew")
                stop(process, seconds)
                process = subprocess.Popen(command)
            elif process.poll() == 0:
                return 0
        return stop(process, seconds)
    finally:
        for number, handler in previous.items():
            signal.signal(number, signal.SIG_DFL if handler is None else handler)


def stop(process: subprocess.Popen[bytes], seconds: float) -> int:
    """End a process as a signal does."""
    if process.poll() is None:
        process.terminate()
    try:
        return process.wait(seconds + 5.0)
    except subprocess.TimeoutExpired:
        process.kill()
        return process.wait()


def times(folder: Path) -> dict[str, int]:
    """When each Python file below a folder was changed last."""
    found: dict[str, int] = {}
    for path in folder.rglob("*.py"):
        if any(part in HIDDEN or part.startswith(".") for part in path.parts):
            continue
        try:
            found[str(path)] = path.stat().st_mtime_ns
        except FileNotFoundError:  # an editor has just replaced it
            continue
        if len(found) == MOST:
            break
    return found


def changed_files(before: dict[str, int], now: dict[str, int]) -> list[str]:
    """
    The names of the files that are new, gone or changed.

    >>> changed_files({"a.py": 1, "b.py": 1}, {"a.py": 2, "c.py": 1})
    ['a.py', 'b.py', 'c.py']
    """
    return sorted(name for name in before.keys() | now.keys() if before.get(name) != now.get(name))
