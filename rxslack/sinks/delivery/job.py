"""A call on its way, and how far it has come."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from rxslack.events.types.rxslack_items import FailureEvent
from rxslack.sinks.delivery.calls import PendingCall
from rxslack.sinks.delivery.outlets import Outlet

__all__ = ["Job", "Whole"]


@dataclass(slots=True)
class Whole:
    """An item that became several calls: when one of them fails, those behind it are not made."""

    failed: bool = False


@dataclass(slots=True, eq=False)
class Job:
    """
    A call on its way, or a failure that only takes its turn.

    Attributes:
        item: what the user gave.
        call: what is to be called.
        outlet: told what becomes of it.
        accepted: when it came in, in unix seconds.
        failed: a failure to be handed on; then nothing is called.
        whole: the item that it is a part of.
        row: its place in the outbox.
        tries: how many attempts were made.
        began: when the first of those began that were perhaps carried out, in unix seconds.
        doubt: what left it open whether it was carried out.
        looks: how often history was searched since.
    """

    item: Any
    call: PendingCall
    outlet: Outlet
    accepted: float = 0.0
    failed: FailureEvent | None = None
    whole: Whole | None = None
    row: int | None = None
    tries: int = 0
    began: float | None = None
    doubt: Exception | None = None
    looks: int = 0

    @property
    def void(self) -> bool:
        """Whether there is nothing to call any more."""
        return self.failed is not None or (self.whole is not None and self.whole.failed)
