"""The paces of several processes as one `Budget`."""

from __future__ import annotations

import math
from collections.abc import Hashable

from rxslack.lanes.paces import Budget
from rxslack.log.engine import LogUnavailable
from rxslack.log.outages import OutageWarnings
from rxslack.log.paces import Limit
from rxslack.log.where import Where, paces_at

__all__ = ["SharedBudget", "account_of"]


def account_of(client: object) -> str:
    """What the clients of one token have in common, and nothing to guess it from."""
    return str(getattr(client, "account", ""))[:16]


class SharedBudget(Budget):
    """
    A budget that keeps its paces in a log, for all processes that are given the same one.

    While the log cannot be reached each process keeps the paces by itself.

    Args:
        where: The log.
        client: Whose budget it is: the clients of one token share it.

    Errors: ``ConfigurationError`` for a log that cannot be used.
    """

    def __init__(self, where: Where, client: object) -> None:
        super().__init__()
        self._paces = paces_at(where)
        self._account = account_of(client)
        self._outage = OutageWarnings("until it can be, this process keeps the pace by itself")

    def reserve(self, *limits: tuple[tuple[Hashable, ...], float, int]) -> float:
        """As `Budget` says."""
        wanted = [self._limit(*limit) for limit in limits if limit[1] < math.inf]
        try:
            return self._paces.reserve(wanted) if wanted else 0.0
        except LogUnavailable as error:
            self._outage.warn(error)
            return 0.0

    def hold_elsewhere(
        self, key: tuple[Hashable, ...], rate: float, burst: int, seconds: float
    ) -> None:
        """As `Budget` says."""
        if rate < math.inf:
            try:
                self._paces.hold(self._limit(key, rate, burst), seconds)
            except LogUnavailable as error:
                self._outage.warn(error)

    def _limit(self, key: tuple[Hashable, ...], rate: float, burst: int) -> Limit:
        return Limit(" ".join((self._account, *map(str, key))), rate, burst)
