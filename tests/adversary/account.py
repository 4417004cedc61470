"""
What was said, what arrived, and what a client may be forgiven.

Both tables below are all there is: whatever is not in them counts as lost, or as out of order.
"""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, Final

from tests.adversary.past import Said
from tests.adversary.slack import Slack

__all__ = ["DISORDER", "Account", "Late", "Lost", "Verdict", "covers"]

Key = tuple[str, str]

_UNNOTICED: Final = 4.0  # seconds for which a connection may be dead before that is noticed


@dataclass(frozen=True)
class Heard:
    """A message that was emitted, and when, by the monotonic clock."""

    key: Key
    text: str
    at: float
    backfilled: bool


@dataclass
class Hole:
    """
    A gap.

    since: when a hello was emitted before it, by the monotonic clock.
    begun: when its item was emitted.
    until: when it was dealt with, or reported, where nothing deals with it.
    gap: the item.
    missing: what could not be recovered, in words, with the channel.
    """

    since: float
    begun: float
    gap: dict[str, Any]
    until: float | None = None
    missing: list[tuple[str | None, str]] = field(default_factory=list[tuple[str | None, str]])


@dataclass(frozen=True)
class Lost:
    """A message that did not come, and the circumstances that may excuse it."""

    said: Said
    root: Said | None  # the beginning of its thread
    is_known: bool  # whether anything of its channel came before


Test = Callable[[Lost], bool]


def _is_in_an_old_thread(lost: Lost) -> bool:
    """Whether its thread began, and was last answered, long before the gap."""
    return lost.root is not None and lost.root.at == 0.0


# A part of `missing` names a channel, or none, and says why in words. It covers a lost message when
# the message was said between the hello before the gap and the item, when the part names no channel
# or the message's own, and when a line of this table is true: what the words begin with, and what
# they can be about.
MISSING: Final[list[tuple[str, Test]]] = [
    ("answers in threads", _is_in_an_old_thread),
    ("answers in older threads", _is_in_an_old_thread),
    ("channels never seen", lambda lost: not lost.is_known),
    ("edits, deletions", lambda _: False),  # nobody edits or deletes here
    ("", lambda _: False),  # with a channel, see below: anything said there
]


def covers(part: tuple[str | None, str], lost: Lost) -> bool:
    """Whether a part of `missing` tells of a lost message."""
    channel, why = part
    if channel not in (None, lost.said.channel):
        return False
    found = next(test for words, test in MISSING if why.startswith(words))
    return found(lost) or (channel is not None and found is MISSING[-1][1])


@dataclass(frozen=True)
class Late:
    """
    A message that came behind a later one, and the circumstances that may excuse it.

    asked: whether history may have been asked before it had the message.
    denied: whether the channel could not be read then, or later.
    unnoticed: whether the later one came over Socket Mode before the gap was noticed, because a
        connection that was dead already seemed to bridge it. Envelopes wait for nobody.
    """

    said: Said
    backfilled: bool
    asked: bool
    denied: bool
    unnoticed: bool = False


# A message may come behind a later one of its channel when one of these is true.
DISORDER: Final[list[tuple[str, Callable[[Late], bool]]]] = [
    ("Slack told the websocket late", lambda late: late.said.swapped),
    ("history showed it late", lambda late: late.backfilled and late.asked),
    ("its channel could not be read", lambda late: late.backfilled and late.denied),
    ("Socket Mode had several ways for it", lambda late: late.said.spread),
    ("the gap was noticed late", lambda late: late.backfilled and late.unnoticed),
]


@dataclass(frozen=True)
class Verdict:
    """What is wrong. Each is a list of sentences; empty ones are as it should be."""

    lost: list[str]
    doubled: list[str]
    disordered: list[str]
    invented: list[str]
    said: int
    delivered: int
    by_gap: int
    excused: int

    @property
    def is_clean(self) -> bool:
        return not (self.lost or self.doubled or self.disordered or self.invented)


class Account:
    """
    Keeps the books.

    Args:
        slack: where it is said.
        connections: how many the client keeps open.
        backfilled: whether gaps are dealt with by `rxslack.backfilled` items.

    Attributes:
        said: what should arrive.
        heard: what did.
        holes: the gaps.
    """

    def __init__(self, slack: Slack, *, connections: int = 1, backfilled: bool = True) -> None:
        self.said: dict[Key, Said] = {}
        self.heard: list[Heard] = []
        self.holes: list[Hole] = []
        self._slack = slack
        self._backfilled = backfilled
        # Behind the gap's own hello there may be one of each connection, and one that stood for a
        # while beside a connection of which nobody knew yet that it was dead.
        self._hellos = [0.0] * (connections + 2)

    def expect(self, said: Said) -> None:
        """This is to arrive."""
        self.said[said.key] = said

    def hear(self, item: dict[str, Any]) -> None:
        """An item was emitted."""
        now = time.monotonic()
        kind = item["type"]
        if kind == "message":
            is_backfilled = item.get("rxslack_backfilled", False)
            key = (item["channel"], item["ts"])
            self.heard.append(Heard(key, item["text"], now, is_backfilled))
        elif kind == "hello":
            self._hellos = [*self._hellos[1:], now]
        elif kind == "rxslack.gap":
            since = min(self._hellos[0], now - _UNNOTICED)
            self.holes.append(Hole(since, now, item, None if self._backfilled else now))
        elif kind == "rxslack.backfilled":
            missing = [(part["channel"], part["why"]) for part in item["missing"]]
            for hole in self.holes:
                if hole.until is None:
                    hole.until, hole.missing = now, missing

    def is_open(self) -> bool:
        """Whether a gap is not dealt with yet."""
        return any(hole.until is None for hole in self.holes)

    def verdict(self) -> Verdict:
        """Compare."""
        heard = self.heard.copy()  # it goes on growing
        counts = Counter(one.key for one in heard)
        missed = [said for key, said in [*self.said.items()] if key not in counts]
        lost = [said for said in missed if not self._is_excused(said)]
        return Verdict(
            lost=[self.describe(said) for said in lost],
            doubled=[f"{key} came {count} times" for key, count in counts.items() if count > 1],
            disordered=self._disordered(heard),
            invented=[
                f"{one.key} {one.text!r} was not said"
                for one in heard
                if one.key not in self.said or self.said[one.key].text != one.text
            ],
            said=len(self.said),
            delivered=len(heard),
            by_gap=sum(one.backfilled for one in heard),
            excused=len(missed) - len(lost),
        )

    def _is_excused(self, said: Said) -> bool:
        """Whether a gap tells of it."""
        root = self._slack.past.find(said.channel, said.thread_ts)
        for hole in [*self.holes]:
            if hole.until is None or not hole.since <= said.at <= hole.until:
                continue
            if not self._backfilled:
                return True
            known = any(one.key[0] == said.channel and one.at < hole.until for one in self.heard)
            lost = Lost(said, root, known)
            if any(covers(part, lost) for part in hole.missing):
                return True
        return False

    def _disordered(self, heard: list[Heard]) -> list[str]:
        found: list[str] = []
        highest: dict[str, Heard] = {}
        for one in heard:
            said = self.said.get(one.key)
            if said is None:
                continue
            before = highest.setdefault(said.channel, one)
            if before.key[1] <= said.ts:
                highest[said.channel] = one
            elif not self._may_be_late(said, one, before):
                way = "from history" if one.backfilled else "live"
                found.append(f"{self.describe(said)} came {way} behind {before.key[1]}")
        return found

    def _may_be_late(self, said: Said, heard: Heard, before: Heard) -> bool:
        holes = [hole for hole in self.holes if said.at <= (hole.until or heard.at)]
        circumstances = Late(
            said,
            heard.backfilled,
            asked=any(
                h.begun < said.shown and said.at <= (h.until or heard.at) for h in self.holes
            ),
            denied=said.at < self._slack.past.denied_until.get(said.channel, 0.0),
            unnoticed=self._slack.mode == "socket_mode"
            and any(hole.since <= said.at and before.at < hole.begun for hole in holes),
        )
        return any(test(circumstances) for _, test in DISORDER)

    def describe(self, said: Said) -> str:
        """A message, and between which connections it was said."""
        connections = self._slack.connections
        ended = [one for one in connections if one.ended is not None and one.ended <= said.at]
        coming = [one for one in connections if one.greeted is not None and one.greeted > said.at]
        last = f"after {ended[-1].number} ({ended[-1].end})" if ended else "before any had ended"
        following = f"before the hello of {coming[0].number}" if coming else "no hello came after"
        thread = f" in {said.thread_ts}" if said.thread_ts else ""
        stood = ", ".join(map(str, said.open)) or "none"
        return f"({said.channel}, {said.ts}{thread}; connections that stood: {stood}; {last}, {following})"
