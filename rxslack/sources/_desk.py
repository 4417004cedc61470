"""
Where envelopes are acknowledged: on receipt, when they have been dealt with, or by hand.

One desk serves all connections of a stream, because an answer may come when the connection that
brought the envelope is being replaced.
"""

from __future__ import annotations

import threading
import time
from collections import OrderedDict
from collections.abc import Callable, Hashable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from typing import Any, Final, Literal, Protocol, TypeAlias, cast

from rxslack.envelopes import (
    ENVELOPE_TYPES,
    acknowledgement_text,
    acknowledgements,
    envelope_id_in,
    read_envelope,
)
from rxslack.errors import ConfigurationError, SlackError
from rxslack.failures import as_mapping

__all__ = ["Acknowledge", "Desk", "Sender", "modes_of"]

Acknowledge: TypeAlias = Literal["on_receipt", "when_done", "by_hand"]
"""When an envelope is acknowledged."""

_MODES: Final = ("on_receipt", "when_done", "by_hand")
_SLICE: Final = 0.1  # seconds between looks at the deadlines
_IDLE: Final = 5.0  # seconds without anything due after which their thread ends
_MOST: Final = 10_000  # envelopes that are remembered as open, and as answered


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


@dataclass(frozen=True, slots=True)
class _Open:
    """An envelope that waits for its acknowledgement."""

    sender: Sender
    mode: Acknowledge
    answerable: bool
    due: float
    key: Hashable = ""


class Desk:
    """
    Acknowledges the envelopes of a stream; thread-safe.

    Args:
        modes: when, for each type of envelope.
        deadline: seconds from the arrival after which "when_done" is done in any case.
        answered: called with the key of each envelope that was acknowledged by hand.
    """

    def __init__(
        self,
        modes: Mapping[str, Acknowledge],
        *,
        deadline: float,
        answered: Callable[[Hashable], object] = bool,
    ) -> None:
        self._modes = modes
        later = [kind for kind, mode in modes.items() if mode != "on_receipt"]
        # What is put off holds one of these somewhere: its type, as it is or in escapes.
        self._signs = [*(f'"{kind}"'.encode() for kind in later), b"\\u00"] if later else []
        self._deadline = deadline
        self._answered = answered
        self._lock = threading.Lock()
        self._open: OrderedDict[str, _Open] = OrderedDict()
        self._past: OrderedDict[str, str] = OrderedDict()  # ids, and why they take no answer
        self._present: list[Sender] = []
        self._watching = False

    def mode(self, kind: str) -> Acknowledge:
        """When an envelope of a type is acknowledged."""
        return self._modes.get(kind, "on_receipt")

    # From the connections

    def enter(self, sender: Sender) -> None:
        """A connection stands, and can send."""
        with self._lock:
            self._present.append(sender)

    def leave(self, sender: Sender) -> None:
        """It has ended. What it brought may be acknowledged by another."""
        with self._lock:
            self._present = [other for other in self._present if other is not sender]

    def received(self, sender: Sender, frames: Sequence[bytes]) -> None:
        """
        Messages came; called by the thread that reads, whatever user code does.

        Raises: TransportError when the acknowledgements cannot leave.
        """
        if self._signs:
            frames = [frame for frame in frames if not self._is_put_off(frame, sender)]
        if texts := acknowledgements(frames):
            sender.send(*texts)

    def _is_put_off(self, frame: bytes, sender: Sender) -> bool:
        """Whether it is an envelope for later; it is known as open then, else as answered."""
        envelope_id = envelope_id_in(frame)
        if envelope_id is None:
            return False
        may_wait = any(sign in frame for sign in self._signs)
        envelope = read_envelope(frame) if may_wait else {}  # what is broken waits for nothing
        mode = self.mode(str(envelope.get("type")))
        if mode == "on_receipt":
            self._note_past(envelope_id, "was acknowledged on receipt")
            return False
        answerable = bool(envelope.get("accepts_response_payload"))
        due = time.monotonic() + self._deadline
        with self._lock:
            self._open[envelope_id] = _Open(sender, mode, answerable, due)
            if len(self._open) > _MOST:
                self._open.popitem(last=False)
            self._watch_deadlines()
        return True

    def name(self, envelope_id: str, key: Hashable) -> None:
        """Say what `answered` shall be called with for an envelope."""
        with self._lock:
            if envelope_id in self._open:
                self._open[envelope_id] = replace(self._open[envelope_id], key=key)

    def done(self, envelope_id: str) -> None:
        """The pipeline has dealt with an envelope, or need not."""
        with self._lock:
            found = self._open.get(envelope_id)
            if found is None or found.mode == "by_hand":
                return
            del self._open[envelope_id]
        self._send(envelope_id, found)

    def abandon(self, envelope_id: str) -> None:
        """Never acknowledge it by itself: Slack shall deliver it again."""
        with self._lock:
            found = self._open.get(envelope_id)
            if found is not None and found.mode == "when_done":
                del self._open[envelope_id]

    def dismiss(self, envelope_id: str) -> None:
        """Acknowledge it without an answer, in any mode: it is known already."""
        with self._lock:
            found = self._open.pop(envelope_id, None)
        if found is not None:
            self._send(envelope_id, found)

    # From the user

    def concerns(self, sender: Sender, answer: Any) -> bool:
        """Whether it is this connection that sends an answer, or says why it cannot be sent."""
        envelope_id = as_mapping(answer).get("envelope_id")
        with self._lock:
            found = self._open.get(cast("str", envelope_id))
            owner = None if found is None else found.sender
            if owner not in self._present:
                owner = self._present[0] if self._present else None
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
            why = self._past.get(envelope_id, "is not open")
        if found is None:
            raise ValueError(f"the envelope {why}; answer once, and in the mode by_hand")
        if payload and not found.answerable:
            raise ValueError("the envelope takes no payload (accepts_response_payload is false)")
        text = acknowledgement_text(envelope_id, payload)
        with self._lock:
            self._open.pop(envelope_id, None)
        self._note_past(envelope_id, "was answered already")
        self._answered(found.key)
        return text

    def _note_past(self, envelope_id: str, why: str) -> None:
        with self._lock:
            self._past[envelope_id] = why
            if len(self._past) > _MOST:
                self._past.popitem(last=False)

    def _send(self, envelope_id: str, found: _Open) -> None:
        with self._lock:
            sender = found.sender
            if sender not in self._present and self._present:
                sender = self._present[0]
        with suppress(SlackError):  # the connection is ending; Slack delivers it again
            sender.send(acknowledgement_text(envelope_id).encode())
        self._note_past(envelope_id, "was acknowledged already")

    # Deadlines

    def _watch_deadlines(self) -> None:
        if not self._watching and "when_done" in self._modes.values():
            self._watching = True
            threading.Thread(
                target=self._keep_deadlines, name="rxslack-deadlines", daemon=True
            ).start()

    def _keep_deadlines(self) -> None:
        idle_since = time.monotonic()
        while True:
            now = time.monotonic()
            with self._lock:
                due = [
                    (envelope_id, found)
                    for envelope_id, found in self._open.items()
                    if found.mode == "when_done" and found.due <= now
                ]
                for envelope_id, _ in due:
                    del self._open[envelope_id]
                if self._open:
                    idle_since = now
                elif now - idle_since > _IDLE:
                    self._watching = False
                    return
            for envelope_id, found in due:
                self._send(envelope_id, found)
            time.sleep(_SLICE)
