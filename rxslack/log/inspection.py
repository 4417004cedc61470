"""How a log fares, and what may be done about it by hand."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, NamedTuple, Protocol

__all__ = ["DeadEntry", "GroupSnapshot", "Inspection", "LogSnapshot"]


@dataclass(frozen=True, kw_only=True)
class GroupSnapshot:
    """
    A group of readers at one moment.

    Args:
        name: Of the group.
        lag: How many entries nobody of it has taken yet.
        pending: How many are taken, and not done.
        oldest: When the oldest of these was appended, in unix seconds; None when there are none.
        held: From the name of a reader to the number of partitions that it holds.
        dead: How many entries could not be dealt with, and are kept.
    """

    name: str
    lag: int = 0
    pending: int = 0
    oldest: float | None = None
    held: Mapping[str, int] = field(default_factory=dict[str, int])
    dead: int = 0


@dataclass(frozen=True, kw_only=True)
class LogSnapshot:
    """
    A log at one moment.

    Args:
        entries: How many are in it, those that are kept for a replay included.
        groups: Of readers, by name.
    """

    entries: int = 0
    groups: tuple[GroupSnapshot, ...] = ()


class DeadEntry(NamedTuple):
    """
    An entry that could not be dealt with.

    Attributes:
        at: When it was given up, in unix seconds.
        reason: Why.
        item: The event.
    """

    at: float
    reason: str
    item: Any


class Inspection(Protocol):
    """All methods wait for the engine, and raise `LogUnavailable`."""

    def look(self) -> LogSnapshot:
        """How the log fares."""
        ...

    def dead(self, group: str) -> list[DeadEntry]:
        """What could not be dealt with, the oldest first."""
        ...

    def replay(self, group: str, since: float) -> None:
        """Let a group begin again with what was appended from then on, in unix seconds."""
        ...

    def forget(self, group: str) -> None:
        """There is no such group any more, so that nothing is kept for it."""
        ...
