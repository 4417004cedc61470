"""
Where envelopes are acknowledged: on receipt, when they have been dealt with, or by hand.

One acknowledger serves all connections of a stream, because an answer may come when the connection that
brought the envelope is being replaced.
"""

from __future__ import annotations

import logging
import math
import threading
import time
from collections import Counter, OrderedDict
from collections.abc import Callable, Hashable, Mapping, Sequence
from contextlib import suppress
from typing import Any, Final, Literal, NamedTuple, Protocol, TypeAlias, cast

from rxslack.core.printable import printable
from rxslack.errors import ConfigurationError, SlackError
from rxslack.events.items import as_mapping
from rxslack.sources.status import Status
from rxslack.wire.envelopes import (
    ENVELOPE_TYPES,
    acknowledgement_text,
    acknowledgements,
    envelope_id_in,
    read_envelope,
)

__all__ = ["Acknowledge", "Acknowledger", "Sender", "Unanswered", "modes_of"]


Acknowledge: TypeAlias = Literal["on_receipt", "when_done", "by_hand"]
"""When an envelope is acknowledged."""

_MODES: Final = ("on_receipt", "when_done", "by_hand")
_REMEMBERED: Final = 10_000  # envelopes that are remembered as answered
_MOST_OPEN: Final = (
    100_000  # Slack sends no more in three hours, and has sent the oldest again by then
)
_NOT_OPEN: Final = "is not open: it was acknowledged on receipt, or never came"
_NO_KEY: Final = object()  # the key of what was not delivered yet


class Sender(Protocol):
    """What sends texts; safe from any thread."""

    def send(self, *texts: bytes) -> None:
        """Send them, in UTF-8. Raises TransportError when they cannot leave."""
        ...


def modes_of(acknowledge: Acknowledge | Mapping[str, Acknowledge]) -> dict[str, Acknowledge]:
    """
    The mode of each type of envelope.

    >>> modes_of({"interactive": "by_hand"})["events_api"]
    'on_receipt'

    Raises: ConfigurationError.
    """
    given: Mapping[str, Any] = (
        dict.fromkeys(ENVELOPE_TYPES, acknowledge) if isinstance(acknowledge, str) else acknowledge
    )
    for kind, mode in given.items():
        if kind not in ENVELOPE_TYPES or mode not in _MODES:
            raise ConfigurationError(
                f"acknowledge: {kind!r} cannot be {mode!r}; give one of {', '.join(_MODES)}, or a "
                f"dict from {', '.join(sorted(ENVELOPE_TYPES))} to these"
            )
    return {kind: given.get(kind, "on_receipt") for kind in ENVELOPE_TYPES}


class _OpenEnvelope(NamedTuple):
    """An envelope that waits for its acknowledgement."""

    sender: Sender
    kind: str
    mode: Acknowledge
    takes_payload: bool
    due: float
    key: Hashable = _NO_KEY


class Acknowledger:
    """
    Acknowledges the envelopes of a stream; thread-safe.

    Args:
        modes: when, for each type of envelope.
        deadline: seconds from the arrival after which an envelope is acknowledged in any case; `math.inf`:
            it never is.
        answered: called with the key of each envelope that was acknowledged by hand, or had to be
            acknowledged because nobody did.
        unanswered: called with the types of the latter, by a thread that runs no user code.

    What is open is bounded by what Slack can send within the deadline.
    """

    def __init__(
        self,
        modes: Mapping[str, Acknowledge],
        *,
        deadline: float,
        answered: Callable[[Hashable], object] = bool,
        unanswered: Callable[[Sequence[str]], object] = bool,
    ) -> None:
        self._modes = modes
        later = [kind for kind, mode in modes.items() if mode != "on_receipt"]
        # What is put off holds one of these somewhere: its type, as it is or in escapes.
        self._deferred_marks = (
            [*(f'"{kind}"'.encode() for kind in later), b"\\u00"] if later else []
        )
        self._deadline = deadline
        self._answered = answered
        self._unanswered = unanswered
        self._lock = threading.Lock()
        self._changed = threading.Condition(self._lock)  # for the thread that keeps the deadlines
        self._open: OrderedDict[str, _OpenEnvelope] = OrderedDict()  # the first is due first
        self._closed: OrderedDict[str, str] = OrderedDict()  # ids, and why they take no answer
        self._standing: list[Sender] = []
        self._deadline_thread: threading.Thread | None = None
        self._idle = False  # whether it waits for something to be open

    def mode(self, kind: str) -> Acknowledge:
        """When an envelope of a type is acknowledged."""
        return self._modes.get(kind, "on_receipt")

    # From the connections

    def enter(self, sender: Sender) -> None:
        """A connection stands, and can send."""
        with self._lock:
            # What an earlier connection brought may be due soon.
            self._standing.append(sender)
            self._watch_deadlines()

    def leave(self, sender: Sender) -> None:
        """It has ended. What it brought may be acknowledged by another."""
        with self._lock:
            # The thread finds out: without a connection nothing can be sent, and it ends.
            self._standing = [other for other in self._standing if other is not sender]
            self._changed.notify()

    def received(
        self, sender: Sender, frames: Sequence[bytes], left_out: Sequence[bytes] = ()
    ) -> None:
        """
        Messages came; called by the thread that reads, whatever user code does.

        Args:
            sender: of the connection.
            frames: the messages.
            left_out: ids of envelopes that nobody needs, and that are acknowledged at once.

        Raises: TransportError when the acknowledgements cannot leave.
        """
        # Nearly all envelopes are acknowledged at once. A search for bytes tells which are not,
        # without decoding each twice; one search in all frames of a read, from the end as in
        # `wire.wishes`, tells that none is.
        together = b"\n".join(frames) if self._deferred_marks else b""
        if any(together.rfind(mark) >= 0 for mark in self._deferred_marks):
            frames = [frame for frame in frames if not self._is_deferred(frame, sender)]
        if texts := acknowledgements(frames, left_out):
            sender.send(*texts)

    def _is_deferred(self, frame: bytes, sender: Sender) -> bool:
        """Whether it is an envelope for later; it is known as open then."""
        envelope_id = envelope_id_in(frame)
        if envelope_id is None or not any(mark in frame for mark in self._deferred_marks):
            return False
        envelope = read_envelope(frame)  # what is broken waits for nothing
        kind = str(envelope.get("type"))
        # Slack wants an answer within three seconds, whatever user code does.
        mode = self.mode(kind)
        if mode == "on_receipt":
            return False
        takes_payload = bool(envelope.get("accepts_response_payload"))
        with self._lock:
            due = time.monotonic() + self._deadline
            # The order of arrival is that of the deadlines, so the search for those that are due
            # stops early.
            self._open.pop(envelope_id, None)  # what comes again goes to the end
            self._open[envelope_id] = _OpenEnvelope(sender, kind, mode, takes_payload, due)
            if len(self._open) > _MOST_OPEN:  # those that have no deadline
                self._open.popitem(last=False)
            self._watch_deadlines()
        return True

    def set_key(self, envelope_id: str, key: Hashable) -> bool:
        """
        Say what `answered` shall be called with for an envelope.

        Returns: whether it is open; else it was acknowledged before anybody could have answered.
        """
        with self._lock:
            if envelope_id in self._open:
                self._open[envelope_id] = self._open[envelope_id]._replace(key=key)
            return envelope_id in self._open

    def done(self, envelope_id: str) -> None:
        """The pipeline has dealt with an envelope, or need not."""
        with self._lock:
            found = self._open.get(envelope_id)
            # Dealt with is not answered: by hand means that the user says so.
            if found is None or found.mode == "by_hand":
                return
            self._close(envelope_id, "was acknowledged already")
        self._send(found.sender, envelope_id)

    def abandon(self, envelope_id: str) -> None:
        """Do not acknowledge it: Slack shall deliver it again."""
        with self._lock:
            self._close(envelope_id, "is not open")

    def acknowledge_known(self, envelope_id: str) -> None:
        """Acknowledge it without an answer, in any mode: it is known already."""
        with self._lock:
            found = self._open.get(envelope_id)
            self._close(envelope_id, "was acknowledged already")
        if found is not None:
            self._send(found.sender, envelope_id)

    # From the user

    def concerns(self, sender: Sender, answer: Any) -> bool:
        """Whether it is this connection that sends an answer, or says why it cannot be sent."""
        envelope_id = as_mapping(answer).get("envelope_id")
        with self._lock:
            found = self._open.get(cast("str", envelope_id))
            owner = None if found is None else found.sender
            # Its own connection has ended. Each one that stands hears of the answer, and exactly
            # one may send it.
            if owner not in self._standing:
                owner = self._standing[0] if self._standing else None
            return owner is sender

    def text_for(self, answer: Any) -> str:
        """
        The text that an answer is sent as; it is not open any more from then on.

        Raises: ValueError or TypeError, saying why it cannot be sent.
        """
        fields = as_mapping(answer)
        envelope_id: Any = fields.get("envelope_id")
        payload: Any = fields.get("payload")
        if not isinstance(envelope_id, str):
            raise TypeError("an answer is a dict with an envelope_id, and mostly a payload")
        with self._lock:
            found = self._open.get(envelope_id)
        if found is None:
            raise self._why_not(envelope_id)
        if payload and not found.takes_payload:
            raise ValueError("the envelope takes no payload (accepts_response_payload is false)")
        # Made before it is closed: an answer that cannot be sent must leave the envelope open. And
        # without the lock, for it may be large; so the deadline may come meanwhile.
        text = acknowledgement_text(envelope_id, payload)
        with self._lock:
            found = self._close(envelope_id, "was answered already")
        if found is None:  # its deadline came meanwhile
            raise self._why_not(envelope_id)
        self._answered(found.key)
        return text

    def _why_not(self, envelope_id: str) -> ValueError:
        with self._lock:
            why = self._closed.get(envelope_id, _NOT_OPEN)
        return ValueError(f"the envelope {why}; answer once, and in the mode by_hand")

    def _remember(self, envelope_id: str, why: str) -> None:
        self._closed[envelope_id] = why
        # The oldest go first. This is only for saying why an answer comes too late.
        if len(self._closed) > _REMEMBERED:
            self._closed.popitem(last=False)

    def _close(self, envelope_id: str, why: str) -> _OpenEnvelope | None:
        """Take it from what is open; the lock is held. None: it was not."""
        found = self._open.pop(envelope_id, None)
        if found is not None:
            self._remember(envelope_id, why)
        return found

    def _send(self, sender: Sender, *envelope_ids: str) -> None:
        with self._lock:
            if sender not in self._standing and self._standing:
                sender = self._standing[0]
        # Any connection of the app may acknowledge, so what an ended one brought is not lost.
        with suppress(SlackError):  # the connection is ending; Slack delivers it again
            sender.send(*[acknowledgement_text(one).encode() for one in envelope_ids])

    # Deadlines

    def _watch_deadlines(self) -> None:
        """See to it that somebody does, as long as a connection stands; the lock is held."""
        if not self._open or not self._standing:
            return
        if (
            self._deadline_thread is None or not self._deadline_thread.is_alive()
        ):  # not alive: in a child of `fork()`
            thread = threading.Thread(
                target=self._keep_deadlines, name="rxslack-deadlines", daemon=True
            )
            thread.start()
            self._deadline_thread = thread
        elif self._idle:
            self._idle = False
            self._changed.notify()

    def _keep_deadlines(self) -> None:
        # A thread of its own: readers may be in user code when a deadline comes, which is what the
        # deadline is for. It sends and calls back without the lock.
        while due := self._wait_for_due():
            for sender in dict.fromkeys(found.sender for found in due.values()):
                self._send(sender, *[one for one, found in due.items() if found.sender is sender])
            unanswered = [found for found in due.values() if found.mode == "by_hand"]
            for found in unanswered:
                if found.key is not _NO_KEY:
                    self._answered(found.key)
            if unanswered:
                self._unanswered([found.kind for found in unanswered])

    def _wait_for_due(self) -> dict[str, _OpenEnvelope]:
        """The envelopes whose time is up, as soon as there are some; none: nobody needs this."""
        late = f"was acknowledged without an answer {self._deadline} s after it came"
        with self._lock:
            while self._standing:
                now, due = time.monotonic(), dict[str, _OpenEnvelope]()
                for envelope_id, found in self._open.items():
                    if found.due > now:
                        break
                    due[envelope_id] = found
                for envelope_id, found in due.items():
                    by_hand = found.mode == "by_hand"
                    self._close(envelope_id, late if by_hand else "was acknowledged already")
                if due:
                    return due
                first = next(iter(self._open.values()), None)
                self._idle = first is None
                due_ever = first is not None and first.due < math.inf
                self._changed.wait(first.due - now if first is not None and due_ever else None)
            self._deadline_thread = None
            return {}


_EVERY: Final = 60.0  # seconds between two warnings


class Unanswered:
    """
    Counts the envelopes that were acknowledged without the answer that was to come by hand.

    The first are a warning at once, those after it one a minute at the most, and the last ones
    when the stream ends.

    Args:
        deadline: seconds that they waited.
        log: where the warnings go.
        status: counts them, too.
        clock: seconds that only grow.
    """

    def __init__(
        self,
        deadline: float,
        log: logging.Logger,
        *,
        status: Status | None = None,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._deadline = deadline
        self._log = log
        self._status = status
        self._clock = clock
        self._lock = threading.Lock()
        self._unreported: Counter[str] = Counter()
        self._total = 0
        self._next = clock()

    def count(self, kinds: Sequence[str]) -> None:
        """Some more, of these types of envelope."""
        with self._lock:
            self._unreported.update(kinds)
            self._total += len(kinds)
        if self._status is not None:
            self._status.unanswered(len(kinds))
        if self._clock() >= self._next:
            self.report()

    def report(self) -> None:
        """Say what was not said yet."""
        with self._lock:
            # Taken at once, so that two threads never report the same; logged without the lock.
            unreported, self._unreported = self._unreported, Counter()
            self._next = self._clock() + _EVERY
            total = self._total
        if unreported:
            self._log.warning(
                "acknowledged without an answer, because none came by hand within %s s: %s; %d so "
                'far. Answer each, with acknowledgement(), or give the type the mode "on_receipt"',
                self._deadline,
                ", ".join(
                    f"{printable(kind)} ({count})" for kind, count in unreported.most_common()
                ),
                total,
            )
