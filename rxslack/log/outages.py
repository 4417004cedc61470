"""What is said, and not too often, while a log cannot be used."""

from __future__ import annotations

import logging
from time import monotonic
from typing import Final

from rxslack.log.engine import LogUnavailable

__all__ = ["OutageWarnings"]

BETWEEN: Final = 30.0  # seconds between two warnings of one outage

_log = logging.getLogger("rxslack.log")


class OutageWarnings:
    """
    Warns at the beginning of an outage, and now and then while it lasts.

    Args:
        consequence: What becomes of the work meanwhile.
    """

    def __init__(self, consequence: str) -> None:
        self._consequence = consequence
        self._warned: float | None = None  # the instant, in this outage

    def warn(self, error: LogUnavailable) -> None:
        """The log could not be used."""
        if self._warned is None or monotonic() - self._warned >= BETWEEN:
            self._warned = monotonic()
            _log.warning("%s; %s", error, self._consequence)

    def end(self) -> None:
        """It could."""
        self._warned = None
