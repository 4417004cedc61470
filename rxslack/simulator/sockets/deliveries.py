"""Envelopes on their way: spread over the app's sockets, acknowledged in time or sent again."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from random import Random
from typing import Any, Literal, Protocol

from rxslack.simulator.options import SocketModeOptions
from rxslack.simulator.team.clock import Timers
from rxslack.simulator.team.team import Team
from rxslack.simulator.team.text import Json

__all__ = ["Deliveries", "Delivery", "EnvelopeType", "Settled"]

EnvelopeType = Literal["events_api", "slash_commands", "interactive"]


@dataclass(eq=False)
class Delivery:
    """
    What Slack has to tell the app: an event, a command, an interaction.

    Args:
        kind: the envelope's type.
        payload: what is inside.
        answerable: whether the acknowledgement may hold an answer.

    Attributes:
        attempts: how often it was sent, or could not be for want of a socket.
        envelope_ids: of every time it was sent.
        sent_at: when, on the workspace's clock.
        sockets: the number of the socket, of every time.
        acknowledgements: when, on the workspace's clock, by the id of every envelope that was.
        acknowledged_at: when the first was; None: not yet, or never.
        response: the payload of the acknowledgement.
        lost: whether Slack has given up.
    """

    kind: EnvelopeType
    payload: Json = field(repr=False)
    answerable: bool = False
    attempts: int = 0
    envelope_ids: list[str] = field(default_factory=list[str], repr=False)
    sent_at: list[float] = field(default_factory=list[float], repr=False)
    sockets: list[int] = field(default_factory=list[int])
    acknowledgements: dict[str, float] = field(default_factory=dict[str, float], repr=False)
    acknowledged_at: float | None = None
    response: Json | None = field(default=None, repr=False)
    lost: bool = False

    @property
    def event_id(self) -> str:
        """Of an event, "Ev…"; the same in every retry."""
        return str(self.payload.get("event_id", ""))

    @property
    def is_settled(self) -> bool:
        """Whether nothing more will happen to it."""
        return self.lost or self.acknowledged_at is not None

    @property
    def retries(self) -> bool:
        """Whether it comes again when it is not acknowledged."""
        return self.kind == "events_api"


Settled = Callable[[Delivery], object]


class AppConnection(Protocol):
    """What deliveries need of a websocket of the app's."""

    @property
    def number(self) -> int:
        """Which socket it is."""
        ...

    def tell(self, event: Mapping[str, Any]) -> None:
        """Send something."""
        ...


class Deliveries:
    """
    What the app is told over Socket Mode. Guarded by the team's lock.

    Args:
        team: whose lock it is, and whose ids.
        timers: keep the deadlines.
        options: their lengths.
        seed: of the choice among sockets.
        keep: how many deliveries and envelopes are remembered, the newest.

    Attributes:
        all: those that are remembered, oldest first.
    """

    def __init__(
        self,
        team: Team,
        timers: Timers,
        options: SocketModeOptions,
        *,
        seed: int | str | None,
        keep: int,
    ) -> None:
        self.all = deque[Delivery](maxlen=keep)
        self._sockets: list[AppConnection] = []  # those that said hello and have not ended
        self._team = team
        self._timers = timers
        self._options = options
        self._chance = Random(seed)  # for variety, not for secrecy
        self._sent: dict[str, Delivery] = {}  # by envelope, the newest
        self._keep = keep
        self._settled: dict[Delivery, Settled] = {}
        self._acknowledged = 0

    def add(self, socket: AppConnection) -> None:
        """Deliver over it, too, from now on."""
        self._sockets.append(socket)

    def remove(self, socket: AppConnection) -> None:
        """Deliver over it no more; nothing happens when it was not one of them."""
        self._sockets = [other for other in self._sockets if other is not socket]

    def start(self, delivery: Delivery, settled: Settled | None = None) -> None:
        """
        Send something, for the first time.

        Args:
            delivery: what.
            settled: called once, when it was acknowledged or is lost.
        """
        with self._team.lock:
            self.all.append(delivery)
            if settled is not None:
                self._settled[delivery] = settled
            self._attempt(delivery)

    def acknowledge(self, envelope_id: str, response: Json | None, socket: int) -> None:
        """An acknowledgement came; one for an unknown envelope is ignored, as Slack does."""
        with self._team.lock:
            delivery = self._sent.get(envelope_id)
            if delivery is None:
                return
            if socket not in delivery.sockets and not self._options.acks_anywhere:
                return
            # Every envelope's time is noted, also that of a redelivery: tests ask for each.
            at = delivery.acknowledgements.setdefault(envelope_id, self._team.clock())
            if delivery.is_settled:
                return
            delivery.acknowledged_at = at
            delivery.response = response or None
            self._acknowledged += delivery.retries
        self._settle(delivery)
        self._redeliver_now_and_then(delivery)

    def _attempt(self, delivery: Delivery) -> None:
        number = delivery.attempts
        delivery.attempts += 1
        if self._sockets:
            self._send(delivery, number)
            deadline = self._options.ack_deadline
            self._timers.after(deadline, lambda: self._expire(delivery, number))
        elif delivery.retries:
            self._try_later(delivery)
        else:
            # Not at once: who asked for it has to hold it first.
            self._timers.after(0.0, lambda: self._expire(delivery, number))

    def _send(self, delivery: Delivery, number: int) -> None:
        socket = self._chance.choice(self._sockets)
        same = self._options.keeps_envelope_id and delivery.envelope_ids
        envelope_id = delivery.envelope_ids[0] if same else self._team.identity.uuid()
        self._sent[envelope_id] = delivery
        if len(self._sent) > self._keep:
            del self._sent[next(iter(self._sent))]
        delivery.envelope_ids.append(envelope_id)
        delivery.sent_at.append(self._team.clock())
        delivery.sockets.append(socket.number)
        socket.tell(_envelope(delivery, envelope_id, number))

    def _expire(self, delivery: Delivery, number: int) -> None:
        """The deadline of an attempt has come."""
        with self._team.lock:
            # It may have been acknowledged, or a later attempt is under way with its own deadline.
            if delivery.is_settled or delivery.attempts != number + 1:
                return
            if delivery.retries:
                self._try_later(delivery)
                return
            delivery.lost = True
        self._settle(delivery)

    def _try_later(self, delivery: Delivery) -> None:
        pauses = self._options.retry_pauses
        if delivery.attempts > len(pauses):
            delivery.lost = True
            # On the timers' thread: who settles it is called without the lock, which is held here.
            self._timers.after(0.0, lambda: self._settle(delivery))
            return
        self._timers.after(pauses[delivery.attempts - 1], lambda: self._again(delivery))

    def _again(self, delivery: Delivery) -> None:
        with self._team.lock:
            if not delivery.is_settled:
                self._attempt(delivery)
        self._team.changes.notify()

    def _redeliver_now_and_then(self, delivery: Delivery) -> None:
        """
        Send every so many-th event again, although it was acknowledged.

        Slack promises delivery at least once, not exactly once: a client has to know an event again.
        """
        every = self._options.redelivers_every
        with self._team.lock:
            if every and delivery.retries and self._acknowledged % every == 0 and self._sockets:
                delivery.attempts += 1
                self._send(delivery, delivery.attempts - 1)

    def _settle(self, delivery: Delivery) -> None:
        with self._team.lock:
            settled = self._settled.pop(delivery, None)
            # A redelivery is acknowledged, too, and its envelope has to be known until then.
            if not self._options.redelivers_every:
                for envelope_id in delivery.envelope_ids:
                    self._sent.pop(envelope_id, None)
        if settled is not None:
            settled(delivery)
        self._team.changes.notify()


def _envelope(delivery: Delivery, envelope_id: str, number: int) -> Json:
    """Source: docs.slack.dev/apis/events-api/using-socket-mode; slackapi/bolt-js#2487 (retries)."""
    envelope: Json = {
        "envelope_id": envelope_id,
        "payload": delivery.payload,
        "type": delivery.kind,
        "accepts_response_payload": delivery.answerable,
    }
    if delivery.retries:
        envelope |= {"retry_attempt": number, "retry_reason": "timeout" if number else ""}
    return envelope
