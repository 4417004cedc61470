"""What may be chosen about a connection, and what is chosen when nobody does."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from reactivex import Observable

from rxslack.errors import ConfigurationError
from rxslack.sources.budget import UrlBudget
from rxslack.sources.status import Status
from rxslack.wire.read_loop import Overflow

if TYPE_CHECKING:  # or SQLite would be imported for a name
    from rxslack.log.where import Where

__all__ = ["ConnectionOptions"]


@dataclass(frozen=True, kw_only=True)
class ConnectionOptions:
    """
    How a connection behaves, whatever its protocol.

    Args:
        outgoing: what to send over the socket, from hello on; subscribed for each connection.
        ping_after: seconds without a sign of life after which Slack is provoked.
        silence: seconds without a byte after which the connection is taken for dead, counted from
            the handshake; the same for a hello that does not come.
        max_message_size: bytes of the largest message allowed.
        max_waiting_bytes: bytes that may wait for user code that is slow; see `ReadLoop`.
        overflow: what happens at that bound; see `ReadLoop`.
        budget: how often may be asked for a URL. Default: the one of this token and base URL.
        status: is kept up to date.
        named: whether each item gets `rxslack_team` and `rxslack_connection`.
        wall: unix seconds; a jump of it, as when a laptop wakes, is answered with a probe.

    Raises: ConfigurationError.
    """

    outgoing: Observable[Any] | None = None
    ping_after: float = 10.0
    silence: float = 30.0
    max_message_size: int = 16 * 1024 * 1024
    max_waiting_bytes: int = 64 * 1024 * 1024
    overflow: Overflow = "wait"
    budget: UrlBudget | Where | None = None
    status: Status | None = None
    named: bool = False
    wall: Callable[[], float] = time.time

    def __post_init__(self) -> None:
        if not 0 < self.ping_after < self.silence:
            raise ConfigurationError(
                "ping_after must be more than 0 and less than silence (seconds)"
            )
        if self.max_message_size < 1 or self.max_waiting_bytes < 1:
            raise ConfigurationError(
                "max_message_size and max_waiting_bytes must be at least 1 byte"
            )
        if self.overflow not in ("wait", "fail"):
            raise ConfigurationError(f"overflow must be 'wait' or 'fail', not {self.overflow!r}")
