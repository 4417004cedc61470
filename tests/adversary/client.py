"""The client under test: the README's combination, with time going faster."""

from __future__ import annotations

import inspect
import sys
import time
from collections.abc import Callable, Generator, Iterable
from contextlib import contextmanager
from typing import Any, Final, NamedTuple

from reactivex import Observable

import rxslack
from tests.adversary.slack import Slack

__all__ = ["SILENCE", "Clients", "Pipeline", "live", "pipeline", "prompt", "stepping"]

PAUSE: Final = 0.01  # seconds; the ceiling of pauses between attempts
PING_AFTER: Final = 1.6  # seconds; below 1 s, pongs of an old connection would keep it leading
SILENCE: Final = 2.6  # seconds
STABLE: Final = 0.3  # seconds

Pipeline = Callable[[Slack, "Clients", int], Observable[dict[str, Any]]]


class Clients(NamedTuple):
    """Of the Web API: one that may read history, one that opens Socket Mode."""

    web: rxslack.WebClient
    app: rxslack.WebClient

    @classmethod
    def of(cls, slack: Slack) -> Clients:
        """With the tokens that this Slack knows."""
        tokens = (slack.token, slack.app_token)
        return cls(*(rxslack.WebClient(one, base_url=slack.base_url) for one in tokens))

    def close(self) -> None:
        for one in self:
            one.close()


# Of `backfill`; those that it does not have are left out.
OPTIONS: Final[dict[str, Any]] = {
    "per_minute": 1e9,
    "pauses": lambda: [PAUSE] * 8,
    "margin": 3.0,  # seconds: what comes out of order here is within 0.2, what is silent within 2.6
    "lookback": 10.0,  # seconds: where a page has three messages, more would take all the time
    "settle": 0.8,  # seconds: history lags by 0.5 at the most
}


def pipeline(
    slack: Slack, clients: Clients, connections: int = 1, **options: Any
) -> Observable[dict[str, Any]]:
    """Everything that is said, gaps filled; with other options of `backfill`, if need be."""
    known = inspect.signature(rxslack.backfill).parameters
    options = {name: value for name, value in (OPTIONS | options).items() if name in known}
    return live(slack, clients, connections).pipe(rxslack.backfill(clients.web, **options))


def prompt(slack: Slack, clients: Clients, connections: int = 1) -> Observable[dict[str, Any]]:
    """The same, where history does not lag."""
    return pipeline(slack, clients, connections, settle=0.1)


def live(slack: Slack, clients: Clients, connections: int = 1) -> Observable[dict[str, Any]]:
    """Everything that is said while a connection stands."""
    budget = rxslack.UrlBudget(burst=100_000, per_minute=60_000.0)
    again = rxslack.reconnect(pauses, stable=STABLE)
    if slack.mode == "rtm":
        return rxslack.rtm(clients.web, budget=budget, ping_after=PING_AFTER, silence=SILENCE).pipe(
            again
        )
    stream = rxslack.socket_mode(
        clients.app,
        connections=connections,
        pauses=pauses,
        stable=STABLE,
        budget=budget,
        ping_after=PING_AFTER,
        silence=SILENCE,
    )
    return (stream.pipe(again) if connections == 1 else stream).pipe(rxslack.events_api())


def pauses() -> Iterable[float]:
    return rxslack.backoff(PAUSE, PAUSE)


@contextmanager
def stepping() -> Generator[Callable[[float], None]]:
    """
    This machine's wall clock, for the client alone.

    Yields: a function that steps it by so many seconds.
    """
    real, off = time.time, [0.0]

    def stepped() -> float:
        return real() + off[0]

    def step(seconds: float) -> None:
        off[0] += seconds

    # Some have the function by its name, others by its module.
    modules = [one for name, one in [*sys.modules.items()] if name.startswith("rxslack")]
    having = [one for one in modules if vars(one).get("time") is real]
    time.time = stepped
    for module in having:
        vars(module)["time"] = stepped
    try:
        yield step
    finally:
        time.time = real
        for module in having:
            vars(module)["time"] = real
