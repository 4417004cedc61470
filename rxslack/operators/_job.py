"""A gap that is being filled: what is to be done, and what has come of it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from rxslack.operators._lane import new_message_ts

__all__ = ["Job"]

_CHANGES: Final = "edits, deletions, reactions and everything else that is no message"


@dataclass(eq=False)
class Job:
    """
    A gap, or several that came too soon after each other.

    Args:
        since: unix seconds.
        until: unix seconds.
        floor: a `ts` after which the gap begins in channels of which nothing is known.

    Attributes:
        gaps: how many there are.
        todo: channels whose past is still to come; None: all of them, as far as is known.
        unfinished: channels whose past had not come when there was another gap.
        impatient: channels in which events wait, the one that waits for longest first.
        live_from: the `ts` from which on everything comes live.
        live_upto: the highest `ts` that came live.
        late: messages that were found and will come live as well, with their channels.
        known: the `ts` of the latest message that was found, in channels that are asked again.
    """

    since: float
    until: float
    floor: str
    gaps: int = 1
    todo: dict[str, None] | None = None
    unfinished: dict[str, None] = field(default_factory=dict[str, None])
    impatient: dict[str, None] = field(default_factory=dict[str, None])
    live_from: str | None = None
    live_upto: str = ""
    late: list[tuple[str, dict[str, Any]]] = field(default_factory=list[tuple[str, dict[str, Any]]])
    known: dict[str, str] = field(default_factory=dict[str, str])
    missing: list[dict[str, Any]] = field(default_factory=list[dict[str, Any]])
    messages: int = 0
    calls: int = 0

    @classmethod
    def of(cls, gap: Mapping[str, Any]) -> Job:
        """What an `rxslack.gap` item asks for."""
        since = float(gap["since"])
        return cls(since, float(gap["until"]), gap["last_ts"] or f"{max(since - 1.0, 0.0):.6f}")

    def widen(self, other: Job) -> None:
        """There is another gap: every channel has to be asked again, the unfinished ones first."""
        self.since, self.until = min(self.since, other.since), max(self.until, other.until)
        self.floor = min(self.floor, other.floor)
        self.gaps += 1
        self.unfinished |= self.todo or {}
        self.todo = None
        self.live_from, self.live_upto = None, ""

    def plan(self, channels: Iterable[str]) -> None:
        """From now on the other channels do not wait any more."""
        self.todo = dict.fromkeys(channels)
        self.unfinished = {}

    def waits_for(self, channel: str) -> bool:
        """Whether live events of a channel have to wait."""
        return self.todo is None or channel in self.todo

    def next(self) -> str | None:
        """The channel whose turn it is: where events wait, somebody may wait for an answer."""
        if not self.todo:
            return None
        waiting = (channel for channel in self.impatient if channel in self.todo)
        return next(waiting, next(iter(self.todo)))

    def put_last(self, channel: str) -> None:
        """A channel has to be asked again, when the others have had their turn."""
        for turns in (self.todo or {}, self.impatient):
            if channel in turns:
                turns[channel] = turns.pop(channel)

    def listen(self, event: Mapping[str, Any]) -> None:
        """Know what comes live: everything from the first message on."""
        ts = new_message_ts(event)
        if ts is not None:
            self.live_from = self.live_from or ts
            self.live_upto = max(self.live_upto, ts)

    def miss(self, channel: str | None, whys: Iterable[str]) -> None:
        """Something could not be had."""
        for why in whys:
            part = {"channel": channel, "why": why}
            if part not in self.missing:
                self.missing.append(part)

    def summary(self) -> dict[str, Any]:
        """What became of the gap."""
        return {
            "type": "rxslack.backfilled",
            "since": self.since,
            "until": self.until,
            "messages": self.messages,
            "calls": self.calls,
            "missing": [{"channel": None, "why": _CHANGES}, *self.missing],
        }
