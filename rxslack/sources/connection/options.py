"""What may be chosen about a connection, and what is chosen when nobody does."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from reactivex import Observable

from rxslack.errors import ConfigurationError
from rxslack.sources.budget import UrlBudget
from rxslack.sources.status import Status
from rxslack.wire.read_loop import Overflow

if TYPE_CHECKING:  # or SQLite would be imported for a name
    from rxslack.log.where import Where

__all__ = ["ConnectionOptions"]


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

    Raises: ConfigurationError.
    """

    def __init__(
        self,
        *,
        outgoing: Observable[Any] | None = None,
        ping_after: float = 10.0,
        silence: float = 30.0,
        max_message_size: int = 16 * 1024 * 1024,
        max_waiting_bytes: int = 64 * 1024 * 1024,
        overflow: Overflow = "wait",
        budget: UrlBudget | Where | None = None,
        status: Status | None = None,
        named: bool = False,
    ) -> None:
        if not 0 < ping_after < silence:
            raise ConfigurationError(
                "ping_after must be more than 0 and less than silence (seconds)"
            )
        if max_message_size < 1 or max_waiting_bytes < 1:
            raise ConfigurationError(
                "max_message_size and max_waiting_bytes must be at least 1 byte"
            )
        if overflow not in ("wait", "fail"):
            raise ConfigurationError(f"overflow must be 'wait' or 'fail', not {overflow!r}")
        self.outgoing: Final = outgoing
        self.ping_after: Final = ping_after
        self.silence: Final = silence
        self.max_message_size: Final = max_message_size
        self.max_waiting_bytes: Final = max_waiting_bytes
        self.overflow: Final = overflow
        self.budget: Final = budget
        self.status: Final = status
        self.named: Final = named
