"""
What was said, and did we get it: the rules by which `reconnect` says that there is a gap.

A connection covers the time from its hello until the last thing that is known to have come over it.
That two connections stand at the same time does not prove that they overlap: the older one may have
died long ago without a word, and a CLOSE may be read after a later hello. What proves it is an answer
of the older one to a question that was asked *after* the hello of the newer one.

So a connection is *joined* when all that was said before its hello is accounted for: nothing came
before it, a joined connection has answered since its hello, or an `rxslack.gap` item says the rest.
As long as one connection stands, a joined one does. The whole of the rules:

    what happens                          others that stand      then
    ------------------------------------  ---------------------  --------------------------------------
    a hello, the first of all             none                   joined
    a hello after a loss                  none                   joined; gap, from the loss to the hello
    a hello                               some                   not joined yet; the others are asked
    an answer asked for after a hello     the one that answers   joins that hello's connection, if the
                                                                 one that answers is joined
    a connection ends                     a joined one           nothing: what follows came over that
    a connection ends                     only not joined ones   the eldest is joined; gap, from the end
                                                                 to its hello
    a connection ends                     none                   a loss: the next hello ends it
    items of one that is not joined are   whichever              joined; gap, from what is known of the
    to be emitted, waiting is no use                             one before it to its hello
"""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from threading import Lock
from typing import NamedTuple

__all__ = ["Coverage", "Gap", "Span"]

Ask = Callable[[Callable[[], object]], object]


class Gap(NamedTuple):
    """
    What no connection covered.

    Args:
        since: unix seconds at Slack; up to here everything has come.
        until: unix seconds at Slack; from here on everything comes.
        reason: why, in words.
    """

    since: float
    until: float
    reason: str


class Span:
    """
    What is known of a connection that has said hello.

    Args:
        began: unix seconds at Slack of its hello, at the latest.
        complete_to: tells up to when everything has come over it: unix seconds at Slack, at the earliest.
        ask: asks Slack for an answer over it, and calls a function once it has come. None for a
            source that cannot be asked: as long as it has not ended it is believed.

    Attributes:
        number: of its hello, counted from 1.
        joined: whether all that was said before its hello is accounted for.
        answered: the number of the last hello before the latest question that it has answered.
    """

    def __init__(
        self,
        began: float,
        complete_to: Callable[[], float],
        ask: Ask | None = None,
    ) -> None:
        self.began = began
        self.complete_to = complete_to
        self.ask = ask
        self.number = 0
        self.joined = False
        self.answered = 0

    def end(self) -> None:
        """From now on nothing answers over it."""
        self.ask = _nobody


def _nobody(_: Callable[[], object]) -> None:
    """Never answers."""


class _Loss(NamedTuple):
    since: float
    reason: str


class Coverage:
    """
    The connections that bring the same events, of one `reconnect` or of several.

    Safe from any thread; no question is asked while its lock is held, for it may be answered at once.
    """

    def __init__(self) -> None:
        self._lock = Lock()
        self._hellos = 0
        self._standing: list[Span] = []  # the eldest first
        self._loss: _Loss | None = None

    def stands(self, span: Span) -> Gap | None:
        """A connection has said hello."""
        with self._lock:
            self._hellos += 1
            number = span.number = self._hellos
            others = [*self._standing]
            # Beside no other one: what was said before is in a gap item, or before the first hello
            # of all.
            span.joined = not others
            self._standing.append(span)
            # Everything after this hello comes over its connection, so the loss ends here.
            loss, self._loss = self._loss, None
        # Outside the lock: a question may be answered at once, on this thread.
        for other in others:
            answered = partial(self._answered, other, number)
            # It cannot be asked, so it is believed.
            if other.ask is None:
                answered()
            else:
                other.ask(answered)
        return None if loss is None else _gap(loss.since, span, loss.reason)

    def ended(self, span: Span, reason: str) -> Gap | None:
        """A connection has ended, and all that had come over it was emitted or is to be so."""
        with self._lock:
            if span not in self._standing:
                return None
            self._standing.remove(span)
            # What follows has come over that one.
            if any(other.joined for other in self._standing):
                return None
            if not self._standing:
                # Where this gap ends is not known before the next hello.
                self._loss = _Loss(span.complete_to(), reason)
                return None
            # The eldest has had everything since its hello, which makes the shortest gap that is
            # sure.
            eldest = self._standing[0]
            self._join(eldest)
            return _gap(span.complete_to(), eldest, reason)

    def join(self, span: Span, before: Span, reason: str) -> Gap | None:
        """What a connection brought is to be emitted behind what another one did."""
        with self._lock:
            # The overlap was proved in time.
            if span.joined:
                return None
            self._join(span)
            return _gap(before.complete_to(), span, reason)

    def _answered(self, span: Span, number: int) -> None:
        with self._lock:
            # Answers may come late, and in any order.
            span.answered = max(span.answered, number)
            self._follow()

    def _join(self, span: Span) -> None:
        span.joined = True
        self._follow()

    def _follow(self) -> None:
        """Join whom the answers of joined ones prove to overlap with them."""
        covered = 0
        # In the order of their hellos: one that is joined, and has answered after the hello of
        # another, covers the time up to that hello. So the other is joined as well, and may prove
        # the next.
        for span in self._standing:
            span.joined = span.joined or span.number <= covered
            if span.joined:
                covered = max(covered, span.answered)


def _gap(since: float, until: Span, reason: str) -> Gap:
    # Two clocks are compared here; a gap must not end before it begins.
    return Gap(min(since, until.began), until.began, reason)
