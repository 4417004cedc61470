"""What a virtual run leaves behind: what was seen, and when a source was subscribed to."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from string import ascii_uppercase
from typing import Any, Literal

from reactivex.abc import ObserverBase

from rxslack.testing.notation import draw, parse

__all__ = ["Moment", "Seen", "Subscription"]


@dataclass(frozen=True)
class Moment:
    """
    One notification.

    Attributes:
        frame: virtual seconds since the beginning.
        kind: "item", "error" or "end".
        value: the item; the error, or, where it is expected, a class of errors; else None.
    """

    frame: float
    kind: Literal["item", "error", "end"]
    value: Any = None

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, Moment):
            return NotImplemented
        if (self.frame, self.kind) != (other.frame, other.kind):
            return False
        if self.kind == "error":
            return same_error(self.value, other.value)
        return bool(self.value == other.value)

    __hash__ = None  # type: ignore[assignment] # items are dicts mostly, which have no hash

    def accept(self, observer: ObserverBase[Any]) -> None:
        """Notify an observer of this."""
        if self.kind == "item":
            observer.on_next(self.value)
        elif self.kind == "error":
            observer.on_error(self.value)
        else:
            observer.on_completed()


def same_error(one: object, other: object) -> bool:
    """Whether two errors are of one class with the same arguments; a class stands for all of it."""
    if isinstance(one, type):
        return isinstance(other, one)
    if isinstance(other, type):
        return isinstance(one, other)
    return type(one) is type(other) and getattr(one, "args", 1) == getattr(other, "args", 2)


class Seen:
    """
    What an observer saw, comparable and printed as marbles.

    Args:
        moments: in the order in which they came.
        names: what the characters of the marbles stand for.
    """

    def __init__(self, moments: list[Moment], names: Mapping[str, Any]) -> None:
        self.moments = moments
        self.names = names

    @property
    def items(self) -> list[Any]:
        """The items alone, without their times."""
        return [moment.value for moment in self.moments if moment.kind == "item"]

    @property
    def error(self) -> Any:
        """The error at the end; None when there was none."""
        return next((moment.value for moment in self.moments if moment.kind == "error"), None)

    @property
    def marbles(self) -> str:
        """The picture, such as ``-a-b-|``."""
        characters = self._characters()
        return draw([(m.frame, c) for m, c in zip(self.moments, characters, strict=True)])

    @property
    def legend(self) -> dict[str, Any]:
        """What the characters in the picture stand for, where they do not stand for themselves."""
        pairs = zip(self._characters(), self.moments, strict=True)
        return {c: m.value for c, m in pairs if m.kind != "end" and m.value != c}

    def _characters(self) -> list[str]:
        spare = [letter for letter in reversed(ascii_uppercase) if letter not in self.names]
        given: list[tuple[Any, str]] = [(value, name) for name, value in self.names.items()]
        return [character_of(moment, given, spare) for moment in self.moments]

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Seen) and self.moments == other.moments

    __hash__ = None  # type: ignore[assignment] # it grows while time runs

    def __repr__(self) -> str:
        explained = ", ".join(f"{name}={value!r}" for name, value in self.legend.items())
        return f"<seen {self.marbles}{explained and f'  {explained}'}>"


def character_of(moment: Moment, given: list[tuple[Any, str]], spare: list[str]) -> str:
    """The character for a moment; a value without a name takes one of the spare letters."""
    if moment.kind != "item":
        return "#" if moment.kind == "error" else "|"
    for value, name in given:
        if value == moment.value:
            return name
    itself = isinstance(moment.value, str) and len(moment.value) == 1
    name = moment.value if itself else spare.pop() if spare else "?"
    given.append((moment.value, name))
    return str(name)


@dataclass(frozen=True, repr=False)
class Subscription:
    """
    From when to when a source was subscribed to.

    Attributes:
        opened: the frame of the subscription.
        closed: the frame in which it was disposed or ended; None when it still stands.
    """

    opened: float
    closed: float | None = None

    @classmethod
    def parse(cls, marbles: str) -> Subscription:
        """
        Read ``   ^--!``; without ``!`` it still stands; ``(^!)`` ends in the frame it began.

        Errors: ``ValueError`` for anything but one ``^`` and at most one ``!`` behind it.
        """
        found = parse(marbles)
        if [character for _, character in found] not in (["^"], ["^", "!"]):
            raise ValueError(f"{marbles!r}: a subscription is one '^' and at most one '!'")
        return cls(*(frame for frame, _ in found))

    def __repr__(self) -> str:
        ends = [] if self.closed is None else [(self.closed, "!")]
        return repr(draw([(self.opened, "^"), *ends]).replace("-", " ", int(self.opened)))
