"""One writer at a time for a file, over all the processes of a machine."""

from __future__ import annotations

import logging
import os
import stat
import sys
from pathlib import Path
from typing import BinaryIO, Final

from rxslack.core.printable import printable
from rxslack.core.private_files import open_private

__all__ = ["Taken", "open_locked"]

_log = logging.getLogger("rxslack.files")

_FAR: Final = 0x7FFF_FFFE  # Windows keeps others from reading what is locked; here nothing is


class Taken(Exception):
    """Another process has the file, or this one has it twice."""


def open_locked(path: Path) -> BinaryIO:
    """
    Open a file at its end, to be the only one who writes into it until it is closed.

    The end of the process, however it comes, ends that too. Nothing is locked that is no ordinary
    file. Where the file system has no locks, a warning is logged. A file that is made is its
    owner's alone.

    Raises: Taken; OSError when the file cannot be opened.

    Source: man7.org/linux/man-pages/man2/flock.2.html.
    """
    while True:
        descriptor = open_private(path, os.O_WRONLY | os.O_APPEND)
        file = open(descriptor, "ab", buffering=0)  # noqa: SIM115 - closed by whoever asked for it
        try:
            _lock(file, path)
            if _is(file, path):
                return file
        except BaseException:
            file.close()
            raise
        file.close()  # another one has taken its place just now


def _lock(file: BinaryIO, path: Path) -> None:
    if not stat.S_ISREG(os.fstat(file.fileno()).st_mode):
        return
    try:
        _lock_descriptor(file.fileno())
    except (BlockingIOError, PermissionError) as error:
        raise Taken(str(path)) from error
    except OSError as error:
        _log.warning(
            "%s cannot be locked here (%s): see to it that no other process writes into it",
            printable(str(path)),
            error.strerror,
        )


def _is(file: BinaryIO, path: Path) -> bool:
    """Whether an open file is still the one of that name."""
    try:
        return os.path.samestat(os.fstat(file.fileno()), path.stat())
    except FileNotFoundError:
        return False


if sys.platform == "win32":
    import msvcrt

    def _lock_descriptor(descriptor: int) -> None:
        os.lseek(descriptor, _FAR, os.SEEK_SET)
        msvcrt.locking(descriptor, msvcrt.LK_NBLCK, 1)

else:
    import fcntl

    def _lock_descriptor(descriptor: int) -> None:
        # Not lockf: its locks end as soon as this process closes any descriptor of the file, as a
        # replay of it does.
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
