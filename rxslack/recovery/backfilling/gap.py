"""A gap that is being filled: what is to be done, and what has come of it."""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass, field
from itertools import chain
from typing import Any, Final

from rxslack.recovery.backfilling.history import Found, GapHistory

__all__ = ["OpenGap", "Turn"]

_CHANGES: Final = "edits, deletions, reactions and everything else that is no message"


@dataclass(eq=False)
class Turn:
    """
    What is known of the past of a channel that is not done.

    Attributes:
        hurried: whether it was asked for early.
        passes: whether live events of the channel pass meanwhile.
        found: all of the gap, and later messages that are expected live.
        again: the instant at which those are not expected any more.
    """

    hurried: bool = False
    passes: bool = False
    found: Found | None = None
    again: float = 0.0


@dataclass(eq=False)
class OpenGap:
    """
    A gap, or several that came too soon after each other.

    Args:
        since: unix seconds.
        until: unix seconds.
        settled: the instant (of `time.monotonic`) from which on history has all of it.
        past: makes the calls.

    Attributes:
        gaps: how many there are.
        turns: channels whose past is still to come; None: all of them, as far as is known.
        unfinished: channels whose past had not come when there was another gap.
        impatient: channels in which events wait, the one that waits for longest first.
        heard: those in which a message waits that came after the last gap.
    """

    since: float
    until: float
    settled: float
    past: GapHistory
    gaps: int = 1
    turns: dict[str, Turn] | None = None
    unfinished: dict[str, None] = field(default_factory=dict[str, None])
    impatient: dict[str, None] = field(default_factory=dict[str, None])
    heard: set[str] = field(default_factory=set[str])
    missing: list[dict[str, Any]] = field(default_factory=list[dict[str, Any]])
    messages: int = 0

    def widen(self, since: float, until: float, settled: float) -> None:
        """There is another gap: every channel has to be asked again, the unfinished ones first."""
        self.since, self.until = min(self.since, since), max(self.until, until)
        self.settled = settled
        self.gaps += 1
        self.past.calls.add_gap()
        self.unfinished |= dict.fromkeys(self.turns or ())
        self.turns = None
        self.heard.clear()

    def plan(self, channels: Iterable[str]) -> None:
        """From now on the other channels do not wait any more."""
        self.turns = {channel: Turn() for channel in channels}
        self.unfinished = {}

    def waits_for(self, channel: str) -> bool:
        """Whether live events of a channel have to wait."""
        if self.turns is None:
            return True
        turn = self.turns.get(channel)
        return turn is not None and not turn.passes

    def next(self, now: float) -> tuple[str, float]:
        """The channel whose turn it is, or comes first, and the instant. There has to be one."""
        turns = self.turns or {}
        first, instant = "", math.inf
        for channel in chain(self.impatient, turns):
            due = self._due(channel, turns[channel]) if channel in turns else math.inf
            if due < instant:
                first, instant = channel, due
            if due <= now:
                break
        return first, instant

    def _due(self, channel: str, turn: Turn) -> float:
        waits = channel in self.impatient
        if turn.found is not None:
            return 0.0 if waits else turn.again
        # What is asked for twice must leave the other channels what they need. And only a message
        # from after the gap tells how far what is found is of the gap, and not yet to come live.
        may = channel in self.heard and self.past.calls.left > 2 * len(self.turns or ())
        hurry = waits and may and not turn.hurried
        return 0.0 if hurry else self.settled

    def put_last(self, channel: str) -> None:
        """Let the others have their turns first."""
        if self.turns and channel in self.turns:
            self.turns[channel] = self.turns.pop(channel)
        if channel in self.impatient:
            self.impatient[channel] = self.impatient.pop(channel)

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
            "calls": self.past.calls.made,
            "missing": [
                {"channel": None, "why": _CHANGES},
                {"channel": None, "why": f"answers in {self.past.too_old()}"},
                *self.missing,
            ],
        }
