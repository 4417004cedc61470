"""Something that goes wrong, from a call until the end of its `with`; and which of it is on, and where."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from random import Random
from threading import Event, Lock
from typing import Any, Generic, Literal, TypeVar, cast

from rxslack.simulator.team.feed import Changes

__all__ = ["ActiveFaults", "Answer", "Fault", "Hold", "Script", "Switch"]

F = TypeVar("F", bound="Fault")
T = TypeVar("T")


@dataclass(frozen=True)
class Answer:
    """
    An HTTP answer.

    Args:
        body: as sent.
        status: of HTTP.
        headers: beside those that every answer has.
        ending: when given, nothing is sent, and the connection ends like this.
    """

    body: bytes
    status: int = 200
    headers: Mapping[str, str] = field(default_factory=dict[str, str])
    ending: Literal["FIN", "RST"] | None = None


class Fault:
    """
    Something that goes wrong from its making until the end of its `with`, or `release()`.

    Args:
        ended: called once, at the end.
    """

    def __init__(self, ended: Callable[[Fault], None]) -> None:
        self._ended = ended

    def release(self) -> None:
        """End the fault; again does nothing."""
        self._ended(self)

    def __enter__(self: F) -> F:
        return self

    def __exit__(self, *_: object) -> None:
        self.release()


class Hold(Fault):
    """
    Something that waits until it is released.

    Attributes:
        waiting: how many are waiting now.
    """

    def __init__(self, ended: Callable[[Fault], None], changes: Changes) -> None:
        super().__init__(ended)
        self.waiting = 0
        self._changes = changes
        self._lock = Lock()
        self._open = Event()
        self._after: list[Callable[[], None]] = []

    def release(self) -> None:
        """Let everything go on, and nothing wait any more."""
        super().release()
        with self._lock:
            self._open.set()
            after, self._after = self._after, []
            self.waiting -= len(after)
        for go_on in after:
            go_on()

    def wait(self) -> None:
        """Wait on this thread."""
        self._count(1)
        self._open.wait()
        self._count(-1)

    def then(self, go_on: Callable[[], None]) -> None:
        """Call a function at the release; at once when that was before."""
        with self._lock:
            if not self._open.is_set():
                self._after.append(go_on)
                self.waiting += 1
                return
        go_on()

    def _count(self, step: int) -> None:
        with self._lock:
            self.waiting += step
        self._changes.notify()


class Switch(Fault, Generic[T]):
    """
    Something that goes wrong each time its moment comes, or some of the times.

    Args:
        what: goes wrong, for whoever asks.
        ended: as in Fault.
        after: times that nothing goes wrong first.
        times: times that it goes wrong then; the last one ends it. Default: without end.

    Attributes:
        given: how often it has gone wrong.
    """

    def __init__(
        self, what: T, ended: Callable[[Fault], None], *, after: int = 0, times: int | None = None
    ) -> None:
        super().__init__(ended)
        self.given = 0
        self._what = what
        self._left_well = after
        self._times = times
        self._counting = Lock()

    def strike(self) -> T | None:
        """What goes wrong this time; None when nothing does."""
        with self._counting:
            if self._left_well > 0:
                self._left_well -= 1
                return None
            if self._times is not None and self.given >= self._times:
                return None
            self.given += 1
            last = self.given == self._times
        if last:
            self._ended(self)
        return self._what


class Script(Switch[Answer]):
    """
    Answers that were written beforehand.

    Attributes:
        method: whose answers they are; "*" for all methods.
        given: how often they were given.
    """

    def __init__(
        self,
        method: str,
        answer: Answer,
        ended: Callable[[Fault], None],
        *,
        after: int = 0,
        times: int | None = None,
    ) -> None:
        super().__init__(answer, ended, after=after, times=times)
        self.method = method


class ActiveFaults:
    """
    The faults that are on, by the place where they strike; thread-safe.

    Args:
        changes: notified when something begins or ends to wait.
        seed: makes the same choices in every run.

    Attributes:
        chance: the seeded source of every choice that is left to chance.
    """

    def __init__(self, changes: Changes, seed: int | str | None = None) -> None:
        self.chance = Random(seed)  # for variety, not for secrecy
        self._changes = changes
        self._lock = Lock()
        self._on: dict[str, list[Fault]] = {}
        self._closed = False

    def close(self) -> None:
        """Release everything, now and from now on."""
        with self._lock:
            self._closed = True
            left = [fault for several in self._on.values() for fault in several]
        for fault in left:
            fault.release()

    def is_active(self, fault: Fault) -> bool:
        """Whether it has begun and not ended; with `times`, it ends by itself."""
        with self._lock:
            return any(fault is one for several in self._on.values() for one in several)

    def _begin(self, fault: F, *places: str) -> F:
        with self._lock:
            if not self._closed:
                for place in places:
                    self._on.setdefault(place, []).append(fault)
                return fault
        fault.release()
        return fault

    def _end(self, fault: Fault) -> None:
        with self._lock:
            for place, faults in [*self._on.items()]:
                left = [other for other in faults if other is not fault]
                if left:
                    self._on[place] = left
                else:
                    del self._on[place]

    def _at(self, kind: type[F], *places: str) -> list[F]:
        """The faults of a kind at some places, those that began first at the head."""
        with self._lock:
            found = [fault for place in places for fault in self._on.get(place, ())]
        return [fault for fault in found if isinstance(fault, kind)]

    def _switches(self, *places: str) -> list[Switch[Any]]:
        return cast("list[Switch[Any]]", self._at(Switch, *places))

    def _hold(self, *places: str) -> Hold:
        return self._begin(Hold(self._end, self._changes), *places)

    def _switch(
        self, place: str, what: T, *, after: int = 0, times: int | None = None
    ) -> Switch[T]:
        return self._begin(Switch(what, self._end, after=after, times=times), place)

    def _strike(self, *places: str) -> Any:
        """What goes wrong at a place this time, by the first fault that strikes; else None."""
        for fault in self._switches(*places):
            if (what := fault.strike()) is not None:
                return what
        return None
