"""From an item to the calls that carry it out, and how far each has come."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, TypeAlias

from rxslack.errors import ConfigurationError
from rxslack.events.items import is_mapping
from rxslack.events.types.rxslack_items import FailureEvent
from rxslack.sinks.delivery.receivers import Receiver

__all__ = ["Job", "PendingCall", "Read", "Whole", "fields_of", "needed"]


@dataclass(frozen=True, slots=True)
class PendingCall:
    """
    One call to be made.

    Attributes:
        method: Slack's name for it.
        lane: what it must keep the order of: a channel, mostly.
        arguments: of the call.
        mark: the id in the message's metadata by which it can be found again; "" when none is.
    """

    method: str
    lane: str
    arguments: Mapping[str, Any] = field(default_factory=lambda: dict[str, Any]())
    mark: str = ""


Read: TypeAlias = Callable[[Any], list[PendingCall]]
"""From an item its calls, in order; raises when the item cannot be sent."""


def fields_of(item: object, method: str) -> dict[str, Any]:
    """
    A copy of an item's fields.

    Errors: ``ConfigurationError`` for an item that has none.
    """
    if not is_mapping(item):
        raise ConfigurationError(
            f"an item for {method} is a dict of its arguments, not {type(item).__name__}"
        )
    return dict(item)


def needed(fields: Mapping[str, Any], name: str, example: str) -> str:
    """
    A field that must be there, as a text.

    Errors: ``ConfigurationError`` that names the field.
    """
    value = fields.get(name)
    if not (isinstance(value, str) and value):
        raise ConfigurationError(f"the item has no {name}; add {name}, such as {example}")
    return value


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
        receiver: told what becomes of it.
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
    receiver: Receiver
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
