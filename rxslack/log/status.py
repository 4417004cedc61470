"""How a log fares: to be asked, and to be watched."""

from __future__ import annotations

from typing import Any

import reactivex
from reactivex import Observable, operators as ops

from rxslack.errors import ConfigurationError
from rxslack.log.from_log import readings
from rxslack.log.inspection import LogSnapshot
from rxslack.log.to_log import sinks
from rxslack.log.where import Where, inspection_at

__all__ = ["LogStatus", "logs_in_use"]


def logs_in_use() -> tuple[set[Where], set[Where]]:
    """The logs that streams of this process read at the moment, and those that they write."""
    read = {one.where for one in readings.members() if not one.closed}
    return read, {one.where for one in sinks.members() if not one.closed}


class LogStatus:
    """
    The state of a log, as `Status` is that of a stream.

    >>> import tempfile
    >>> from pathlib import Path
    >>> LogStatus(Path(tempfile.mkdtemp(), "events.db")).now
    LogSnapshot(entries=0, groups=())

    Args:
        where: The log; as for `to_log`.
        updates: Seconds between two looks of `changes`.

    Errors: ``ConfigurationError`` for a log that cannot be used.
    """

    def __init__(self, where: Where, *, updates: float = 10.0) -> None:
        if not updates > 0:
            raise ConfigurationError(f"updates is {updates!r}; give seconds above 0")
        self._inspection = inspection_at(where)
        self._updates = updates

    @property
    def now(self) -> LogSnapshot:
        """How it is at this moment; raises an error, retryable, when it cannot be reached."""
        return self._inspection.look()

    @property
    def changes(self) -> Observable[LogSnapshot]:
        """
        The state now, and again after each `updates` seconds.

        Errors: a retryable one when the log cannot be reached.
        """

        def look(_: Any) -> LogSnapshot:
            return self._inspection.look()

        return reactivex.timer(0.0, self._updates).pipe(ops.map(look))
