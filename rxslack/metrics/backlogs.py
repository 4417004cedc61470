"""The numbers of the logs that a process reads and writes; looked at when somebody asks."""

from __future__ import annotations

import logging
from collections.abc import Callable
from threading import Lock
from time import monotonic, time
from typing import TYPE_CHECKING, Final
from urllib.parse import parse_qs, urlsplit

from rxslack.core.printable import printable
from rxslack.errors import ConfigurationError, SlackError
from rxslack.metrics.table import (
    LOG_DEAD,
    LOG_ENTRIES,
    LOG_LAG,
    LOG_OLDEST,
    LOG_PENDING,
    LOG_UP,
    LOGS,
    Metric,
)

if TYPE_CHECKING:  # few bots have a log
    from rxslack.log.inspection import LogSnapshot
    from rxslack.log.status import LogStatus
    from rxslack.log.where import Where

__all__ = ["Backlogs"]

log = logging.getLogger("rxslack.metrics")

EVERY: Final = 5.0  # seconds between two looks at a log, however often somebody asks

Series = dict[tuple[str, ...], float]


class Backlogs:
    """
    Looks at the logs in use. Safe from any thread.

    While one thread looks, which takes its time where a log does not answer, others get what was seen the last time.

    Args:
        clock: Seconds that only grow.
    """

    def __init__(self, clock: Callable[[], float] = monotonic) -> None:
        self._clock = clock
        self._looking = Lock()
        self._looked = -EVERY
        self._statuses: dict[Where, LogStatus] = {}
        self._series: dict[Metric, Series] = {}
        self._readable = 0

    def series(self) -> list[tuple[Metric, Series]]:
        """The gauges of all logs, by their labels."""
        self._look_when_due()
        return [(metric, dict(series)) for metric, series in self._series.items()]

    def readable(self) -> int:
        """How many of the logs that this process reads can be reached."""
        self._look_when_due()
        return self._readable

    def _look_when_due(self) -> None:
        if self._clock() - self._looked >= EVERY and self._looking.acquire(blocking=False):
            try:
                self._look()
                self._looked = self._clock()
            finally:
                self._looking.release()

    def _look(self) -> None:
        from rxslack.log.status import logs_in_use

        read, written = logs_in_use()
        series: dict[Metric, Series] = {metric: {} for metric in LOGS}
        readable = 0
        for where in read | written:
            found = self._snapshot_of(where)
            readable += found is not None and where in read
            enter(series, label_of(where), found)
        self._statuses = {
            one: self._statuses[one] for one in self._statuses if one in read | written
        }
        self._series = {metric: found for metric, found in series.items() if found}
        self._readable = readable

    def _snapshot_of(self, where: Where) -> LogSnapshot | None:
        """The state of a log; None when it cannot be reached."""
        from rxslack.log.status import LogStatus

        found = None
        try:
            if where not in self._statuses:
                self._statuses[where] = LogStatus(where)
            found = self._statuses[where].now
        except (ConfigurationError, SlackError) as error:
            log.info("no numbers of a log: %s", error)  # whoever reads and writes it warns
        return found


def enter(series: dict[Metric, Series], label: str, found: LogSnapshot | None) -> None:
    """Write down what was seen of a log."""
    series[LOG_UP][label,] = float(found is not None)
    if found is None:
        return
    series[LOG_ENTRIES][label,] = found.entries
    for group in found.groups:
        labels = (label, printable(group.name))
        series[LOG_LAG][labels] = group.lag
        series[LOG_PENDING][labels] = group.pending
        series[LOG_DEAD][labels] = group.dead
        age = 0.0 if group.oldest is None else time() - group.oldest
        series[LOG_OLDEST][labels] = max(age, 0.0)


def label_of(where: Where) -> str:
    """
    A log without its password.

    >>> label_of("redis://user:secret@cache:6379/0?name=bots"), label_of("events.db")
    ('redis://cache:6379/0?name=bots', 'events.db')
    """
    from rxslack.log.where import shown_where

    shown = shown_where(where)
    names = parse_qs(urlsplit(str(where)).query).get("name") if "://" in shown else None
    return f"{shown}?name={printable(names[0])}" if names else shown
