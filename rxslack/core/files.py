"""
Files that only their owner may read, and that one process at a time writes.

Recordings, checkpoints and outboxes hold what people wrote. A file that is made has the mode 0600,
whatever the umask; one that is there and is wider is narrowed. Nothing is made at the other end of a
symbolic link, and a link that another user made is not followed at all: in a folder that all may write to,
somebody may have put it there. Windows has no such modes; its files inherit the rights of their folder.
"""

from __future__ import annotations

import errno
import logging
import os
import stat
import sys
from pathlib import Path
from typing import BinaryIO, Final

from rxslack.core.printable import printable

__all__ = ["Taken", "create", "make_private", "open_locked", "open_private"]

_log = logging.getLogger("rxslack.files")

_OTHERS: Final = 0o077
_BESIDE: Final = ("-wal", "-shm")  # a process that was killed leaves them
_BINARY: Final = getattr(os, "O_BINARY", 0)  # Windows would write \r\n
_NEW: Final = os.O_CREAT | os.O_EXCL | getattr(os, "O_NOFOLLOW", 0) | _BINARY


def create(path: Path, flags: int = os.O_WRONLY) -> int:
    """
    Make a file that is not there yet, and open it.

    Raises: FileExistsError, also when a symbolic link of that name leads nowhere; OSError.

    Source: man7.org/linux/man-pages/man2/open.2.html ("O_EXCL").
    """
    return os.open(path, flags | _NEW, 0o600)


def open_private(path: Path, flags: int) -> int:
    """Open a file, which is made when it is missing, or narrowed. Raises OSError."""
    while True:
        try:
            return create(path, flags)
        except FileExistsError:
            _refuse_link(path)
        try:
            descriptor = os.open(path, flags | _BINARY)
        except FileNotFoundError:
            continue  # it was removed just now
        _narrow(path, os.fstat(descriptor).st_mode)
        return descriptor


def make_private(path: Path) -> None:
    """
    Make an empty file for SQLite, or narrow the one that is there, and what SQLite keeps beside it.

    It is not opened when it is there: closing it again would end SQLite's locks on it.

    Raises: OSError.

    Source: sqlite.org/howtocorrupt.html, section 2.2; sqlite.org/tempfiles.html, section 2.
    """
    try:
        os.close(create(path))
    except FileExistsError:
        _refuse_link(path)
        _narrow(path, path.stat().st_mode)
    for ending in _BESIDE:
        companion = path.with_name(path.name + ending)
        try:
            _narrow(companion, companion.lstat().st_mode)
        except FileNotFoundError:
            continue


def _refuse_link(path: Path) -> None:
    if not path.is_symlink():
        return
    if not path.exists():
        why = "a symbolic link that leads nowhere; remove it, or make the file it names"
        raise OSError(errno.ELOOP, why, str(path))
    if sys.platform != "win32" and path.lstat().st_uid != os.geteuid():
        why = (
            "a symbolic link that another user made; remove it, or give the name of the file itself"
        )
        raise OSError(errno.ELOOP, why, str(path))


def _narrow(path: Path, mode: int) -> None:
    if sys.platform == "win32" or not stat.S_ISREG(mode) or not mode & _OTHERS:
        return
    name = printable(str(path))
    try:
        path.chmod(stat.S_IMODE(mode) & ~_OTHERS)
    except OSError as error:
        _log.warning("%s can be read by others, and stays so: %s", name, error.strerror)
    else:
        _log.info("%s could be read by others; now only by its owner", name)


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
