"""
Files that only their owner may read: recordings, checkpoints and outboxes hold what people wrote.

A file that is made has the mode 0600, whatever the umask; one that is there and is wider is
narrowed. Nothing is made at the other end of a symbolic link, and a link that another user made is not
followed at all: in a folder that all may write to, somebody may have put it there. Windows has no such
modes; its files inherit the rights of their folder.
"""

from __future__ import annotations

import errno
import logging
import os
import stat
import sys
from pathlib import Path
from typing import Final

from rxslack.core.printable import printable

__all__ = ["create", "make_private", "open_private"]

_log = logging.getLogger("rxslack.files")

_OTHERS: Final = 0o077
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


def make_private(path: Path, *companions: str) -> None:
    """
    Make an empty file, or narrow the one that is there, for a library that opens it by its name.

    It is not opened when it is there: closing it again would end SQLite's locks on it.

    Args:
        path: of the file.
        companions: what the names of the files beside it end in, which are narrowed as well.

    Raises: OSError.

    Source: sqlite.org/howtocorrupt.html, section 2.2.
    """
    try:
        os.close(create(path))
    except FileExistsError:
        _refuse_link(path)
        _narrow(path, path.stat().st_mode)
    for ending in companions:
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
