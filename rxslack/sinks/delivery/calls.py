"""From an item to the calls that carry it out."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Protocol, TypeAlias

from rxslack.errors import ConfigurationError
from rxslack.events.failures import is_mapping

__all__ = ["Caller", "PendingCall", "Read", "fields_of", "needed"]


class Caller(Protocol):
    """What a sink needs of a `WebClient`."""

    def call(self, method: str, /, **arguments: Any) -> dict[str, Any]:
        """PendingCall a method of Slack's Web API and return the answer, or raise."""
        ...


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
