"""What a log needs of the engine that keeps it: three methods, and nothing more general."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final, NamedTuple, Protocol

from rxslack.errors import SlackError

__all__ = [
    "LONGEST_WAIT",
    "LOOK",
    "PARTITIONS",
    "PARTITION_BATCH",
    "RETRY",
    "Engine",
    "GroupMissing",
    "LogEntry",
    "LogFull",
    "LogUnavailable",
    "Reader",
    "TakenEntry",
]

PARTITIONS: Final = 64
"""Into so many the channels are divided; it may not change while a log is in use."""

PARTITION_BATCH: Final = 32  # entries of a partition that are taken at once
LOOK: Final = 0.25  # seconds between two looks for readers that are gone
LONGEST_WAIT: Final = (
    0.5  # seconds; nobody tells of a reader that is gone, so it has to be looked for
)
RETRY: Final = 0.25  # seconds until an engine that could not be used is tried again


class LogUnavailable(SlackError):
    """
    The engine cannot be reached, or refuses; what was asked for may have been done.

    Args:
        where: the log, without a password.
        reason: what the engine, or the network, said.
    """

    retryable = True

    def __init__(self, where: str, reason: str) -> None:
        super().__init__(f"the log {where} cannot be used: {reason}")
        self.where = where
        self.reason = reason


class LogFull(LogUnavailable):
    """
    There is no room for more entries that nobody has read: let workers catch up, or make room.

    Args:
        where: the log, without a password.
        reason: the bound that was reached.
    """


class GroupMissing(LogUnavailable):
    """
    The log does not know this group: it is new, or the engine has lost its data.

    Args:
        where: the log, without a password.
        reason: the name of the group.
    """


class LogEntry(NamedTuple):
    """
    An event to be appended.

    Attributes:
        partition: of its channel.
        key: the same for every delivery of the event.
        remember: seconds for which a second one with this key is no new one.
        text: the event as JSON.
    """

    partition: int
    key: str
    remember: float
    text: bytes


@dataclass(frozen=True, slots=True)
class Reader:
    """
    Who takes entries.

    Attributes:
        group: each group gets every entry, and its readers share them.
        name: no other reader has it, nor had.
        lease: seconds after a `take` for which what it holds is its own.
    """

    group: str
    name: str
    lease: float


class TakenEntry(NamedTuple):
    """
    An entry that a reader has taken.

    Attributes:
        partition: of its channel.
        id: its place in the partition; of the engine's own kind, as text.
        attempt: how often it was taken, this time included, and not given back.
        text: the event as JSON.
    """

    partition: int
    id: str
    attempt: int
    text: bytes


class Engine(Protocol):
    """
    Keeps a log. All methods may be called on any thread; they wait for the engine, and raise `LogUnavailable`.

    Entries of a partition are taken in the order in which they were appended. While a reader holds entries of a
    partition, nobody else of its group takes any of it.
    """

    def append(self, entries: Sequence[LogEntry]) -> int:
        """
        Append in order, all or none, each key once; how many are new.

        Once it returns they are as durable as the engine makes them. Cut off, it may be repeated.

        Raises: LogFull.
        """
        ...

    def take(self, reader: Reader, most: int) -> list[TakenEntry]:
        """
        Take up to so many entries, in order for a partition, and renew the lease on all that the reader holds.

        Raises: GroupMissing.
        """
        ...

    def done(
        self,
        reader: Reader,
        done: Sequence[TakenEntry],
        back: Sequence[TakenEntry],
        free: Sequence[int],
    ) -> int:
        """
        Let go of entries; what the reader does not hold any more is passed over.

        Args:
            reader: Who took them.
            done: They are not delivered again.
            back: They are, and this attempt does not count.
            free: The partitions of which the reader holds nothing any more.

        Returns: how many of `done` were the reader's.
        """
        ...

    # Beside the three: what is done once, and what saves asking again and again.

    def join(self, reader: Reader, since: float | None) -> bool:
        """
        Make a group, which begins with what was appended from `since` on, in unix seconds; None: with all.

        Returns: whether it is new.
        """
        ...

    def wait(self, seconds: float) -> None:
        """Wait until something may have been appended, or set free, since the last `take`; or so long."""
        ...

    def tidy(self, keep: float, *, needed: bool = False) -> int:
        """
        Forget entries that every group is through with; how many.

        Args:
            keep: Seconds for which they stay all the same.
            needed: There is no room, so they do not.
        """
        ...

    def bury(self, reader: Reader, entry: TakenEntry, reason: str) -> None:
        """Keep a copy of an entry that could not be dealt with, for whoever looks into it."""
        ...
