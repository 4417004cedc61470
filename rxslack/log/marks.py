"""What is known, by all processes, of the posts that were begun."""

from __future__ import annotations

from typing import Any, Final, NamedTuple, Protocol

from rxslack.log.engine import TakenEntry

__all__ = ["REMEMBERED", "EntryFence", "Known", "Marks"]

REMEMBERED: Final = (
    172_800.0  # seconds for which a mark is known: two days, longer than an entry is in a log
)


class EntryFence(NamedTuple):
    """Whose entry a post is about: it may begin only while that is so."""

    group: str
    reader: str
    entry: TakenEntry


class Known(NamedTuple):
    """
    What another process has noted of a mark.

    Attributes:
        began: When it began, in unix seconds.
        note: What it wrote, as it is, for `Marks.undo`.
        reply: What Slack answered; None when that is not known.
    """

    began: float
    note: str
    reply: dict[str, Any] | None


class Marks(Protocol):
    """Keeps them. All methods wait for the engine, and raise `LogUnavailable`."""

    def begin(self, mark: str, note: str, fence: EntryFence | None) -> Known | bool:
        """
        A post is about to begin, unless it has before.

        Args:
            mark: Of the post.
            note: When it begins, in unix seconds, as text.
            fence: Whose entry it is about; None when that is no matter.

        Returns: what is known of an earlier one; True when there is none, so that it begins; False when the
            entry is another reader's by now, so that it must not.
        """
        ...

    def finish(self, mark: str, note: str, reply: dict[str, Any]) -> None:
        """Slack has answered."""
        ...

    def undo(self, mark: str, note: str) -> None:
        """It was surely not carried out: forget what that note says."""
        ...
