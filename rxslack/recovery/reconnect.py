"""The retry operator: a lost connection is replaced by a new one."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

from reactivex import Observable, abc

from rxslack.core.operator import composed
from rxslack.errors import ConfigurationError
from rxslack.recovery.backoff import Pauses, backoff, is_seconds
from rxslack.recovery.reconnecting import reconnection as _reconnection
from rxslack.recovery.reconnecting.coverage import Coverage

__all__ = ["reconnect"]

T = TypeVar("T")


@composed
def reconnect(
    pauses: Pauses = backoff,
    *,
    stable: float = 10.0,
    stagger: float = 0.0,
    scheduler: abc.SchedulerBase | None = None,
) -> Callable[[Observable[T]], Observable[T]]:
    """
    Subscribe again after a retryable error.

    >>> from rxslack.errors import ConnectionClosed
    >>> from rxslack.testing import diagram
    >>> diagram("-a-#", reconnect(lambda: [2.0, 3.0]), error=ConnectionClosed(1006))
    '-a----a-----a-#'

    Put it right behind the source: an error that arises between the two counts as a lost
    connection when it is a retryable `SlackError`. One attempt is disposed before the next is
    opened, but for one case: when Slack says that it will close the connection (`goodbye`,
    `team_migration_started`, Socket Mode's `disconnect`), the next one is opened beside it, as
    often as it takes, and the old one is read until Slack closes it, or until 30 s after the new
    one's hello. Events that both deliver are emitted once, in the order of the old one, which goes
    first as long as it delivers anything.

    Where two connections did not overlap, an `rxslack.gap` item comes behind the new one's hello and
    before everything else of it. That they overlapped is proved: by an answer of the old one to a
    question asked after the new one's hello. One that does not answer within two seconds is not
    waited for; then the gap begins when it was last heard of. A gap's times are Slack's own.
    Each change is a line of the logger ``rxslack.reconnect``: a warning when no hello has come
    yet. After 30 s without a connection there is a warning, after five minutes an error, whenever
    the next attempt is; so are the lines that follow, until the one that says how long it took.

    Args:
        pauses: Makes an iterator of seconds to wait, one for each attempt. It is called for the
            first loss, and afresh once a connection has lived `stable` seconds after its hello
            (an item that is a mapping with ``type`` "hello"). Default: `backoff`, full jitter
            under 0.5 s doubling to 30 s, without end.
        stable: Seconds after a hello from which on a connection has proved itself.
        stagger: Seconds within which a replacement is opened, at a random moment: for many
            workspaces in one process, whose connections grow old together.
        scheduler: Measures the pauses. Default: the subscriber's, else the system's.

    Emits: the items of every attempt, unchanged, in order; `rxslack.gap` items between them.
    Errors: a fatal error and whatever is not a `SlackError`, at once and unchanged, or, when it
        came from a replacement, once the connection to be replaced has ended; the last error, when
        the pauses have come to their end; ``ConfigurationError`` when `pauses` raises, or yields
        something else than seconds; what the subscriber's own `on_next` raises, which never looks
        like a lost connection.
    Dispose: ends the attempt, or the wait for the next.
    Source: docs.slack.dev/apis/web-api/rate-limits: ``Retry-After`` is the least that is waited;
        docs.slack.dev/reference/events/goodbye.
    """
    if not callable(pauses):
        raise ConfigurationError("pauses must be a function: reconnect(lambda: [1.0, 5.0])")
    for name, value in (("stable", stable), ("stagger", stagger)):
        if not is_seconds(value):
            raise ConfigurationError(f"{name} must be a number of seconds, not {value!r}")

    return _reconnection.reconnect(
        pauses, Coverage, stable=stable, stagger=stagger, scheduler=scheduler
    )
