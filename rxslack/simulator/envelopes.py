"""One thing on its way to the app, from its making until it is acknowledged or lost."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal

from rxslack.simulator.wire import Json

__all__ = ["Delivery", "EnvelopeType"]

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
