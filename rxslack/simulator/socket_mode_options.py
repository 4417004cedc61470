"""What can be chosen about a simulated Slack's Socket Mode and its deliveries."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

__all__ = ["SocketModeOptions"]


@dataclass(frozen=True, kw_only=True)
class SocketModeOptions:
    """
    Habits of Socket Mode. Where the sources on Slack disagree, both ways can be chosen.

    Args:
        ack_deadline: seconds within which an envelope has to be acknowledged.
        retry_pauses: seconds before each further delivery of an event that was not acknowledged,
            or found no socket open. Commands and interactions are delivered once.
        keeps_envelope_id: whether a retry has the `envelope_id` of the first delivery.
        redelivers_every: each so many-th event comes again although it was acknowledged; 0: none.
        acks_anywhere: whether an acknowledgement counts on another socket than its envelope's.
        max_connections: sockets of the app; one more gets `too_many_websockets`.
        max_ack: bytes of JSON that an acknowledgement may have.
        long_ack: what a longer one does: "close" the socket with code 1009, or be "ignore"d.
        ping_every: seconds between the server's pings; None: it sends none.
        answers_pings: whether the client's pings get pongs.
        life: seconds until a socket is to be replaced.
        debug_life: the same for a URL with `debug_reconnects=true`.
        notice: seconds from the `disconnect` to the end of the socket.
        warns: whether the `disconnect` at the end of a life says `warning`, else
            `refresh_requested`.
        tells_start: whether hello's `debug_info` has `started`.
        ticket_life: seconds for which the URL of apps.connections.open is good.

    Source: docs.slack.dev/apis/events-api/using-socket-mode; docs.slack.dev/apis/events-api,
    "Retries"; slackapi/python-slack-sdk#1280 (3 s); slack-go/slack and revelrylabs/slax#614 (long
    acknowledgements); vercel/chat#666 (ids of retries).
    """

    ack_deadline: float = 3.0
    retry_pauses: tuple[float, ...] = (0.0, 60.0, 300.0)
    keeps_envelope_id: bool = False
    redelivers_every: int = 0
    acks_anywhere: bool = True
    max_connections: int = 10
    max_ack: int = 20 * 1024
    long_ack: Literal["close", "ignore"] = "close"
    ping_every: float | None = 10.0
    answers_pings: bool = True
    life: float = 18_060.0
    debug_life: float = 360.0
    notice: float = 10.0
    warns: bool = True
    tells_start: bool = False
    ticket_life: float = 30.0
