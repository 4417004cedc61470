"""The body of an upload: a file, which is watched while it leaves."""

from __future__ import annotations

import errno
import os
import stat
from collections.abc import Callable, Iterator
from typing import BinaryIO, Final

__all__ = ["CountedFile", "open_regular"]

BLOCK: Final = 64 * 1024  # bytes
_AT_ONCE: Final = getattr(os, "O_NONBLOCK", 0)  # or else a pipe is waited for until somebody writes


def open_regular(path: str | os.PathLike[str]) -> BinaryIO:
    """
    A file to read, which has an end and never makes anybody wait.

    Raises: OSError, also for a pipe, a device or a folder.
    """
    file = open(path, "rb", opener=_open)  # noqa: SIM115 whoever asked for it closes it
    if not stat.S_ISREG(os.fstat(file.fileno()).st_mode):
        file.close()
        raise OSError(errno.EINVAL, "not a regular file", str(path))
    return file


def _open(path: str, flags: int) -> int:
    return os.open(path, flags | _AT_ONCE)


class CountedFile:
    """
    A file on its way out: reads like one, has a length, and says how much has been read.

    >>> import io
    >>> body = CountedFile(io.BytesIO(b"Hello"), lambda sent: print(sent, "bytes"))
    >>> len(body), body.read(3)
    3 bytes
    (5, b'Hel')

    Args:
        file: Is read from where it stands to its end.
        sent: Called after each block with the number of bytes read so far.
    """

    def __init__(self, file: BinaryIO, sent: Callable[[int], None] | None = None) -> None:
        self._file = file
        self._sent = sent
        self._read = 0
        start = file.tell()
        self._size = file.seek(0, os.SEEK_END) - start
        file.seek(start)

    def __len__(self) -> int:
        return self._size

    def read(self, size: int = -1) -> bytes:
        """The next bytes; none at the end."""
        block = self._file.read(min(size, BLOCK) if size > 0 else size)
        self._read += len(block)
        if block and self._sent is not None:
            self._sent(self._read)
        return block

    def __iter__(self) -> Iterator[bytes]:
        while block := self.read(BLOCK):
            yield block
