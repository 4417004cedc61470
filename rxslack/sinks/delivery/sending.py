"""How a sink is put together, and the options that all of them have."""

from __future__ import annotations

import logging
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TypedDict, Unpack

from reactivex import abc

from rxslack.errors import ConfigurationError
from rxslack.lanes.lanes import Lanes, lanes_on
from rxslack.lanes.pace import Budget, budget_of
from rxslack.sinks.delivery.calls import Caller, Job, PendingCall, Read
from rxslack.sinks.delivery.delivery import Deliverer, Write
from rxslack.sinks.delivery.look_up import LookUp
from rxslack.sinks.delivery.outbox import NoOutbox, Outbox
from rxslack.sinks.delivery.rules import Rule, rule_of
from rxslack.sinks.delivery.sink import MakeLanes, Overflow, Sink, dispose_at_exit

__all__ = ["SinkOptions", "make_sink"]


class SinkOptions(TypedDict, total=False):
    """
    The options of every sink.

    workers: The most calls at once, each on a thread. Default: 8.
    max_waiting: How many calls may wait, those being made included. Default: 10,000.
    overflow: What happens to an item when so many wait. "wait", the default: the thread that
        emits waits for room, so a stream from Slack waits, too. "fail": the item is a failure.
    attempts: How often a call is tried in all, until it is a failure. Default: 10.
    drain: How long `dispose`, and the end of the program, wait for what is left, in seconds.
        Default: 10.
    on_error: As an observer: called with the error that the stream ends with. Default: the error
        is raised where the stream emits it, as reactivex does for any observer without `on_error`,
        so that it does not vanish; `run` hands it to its caller.
    scheduler: Works on this scheduler instead of threads, and by its clock; for tests in virtual
        time. One too many then always fails, and the scheduler must not be one that runs its
        actions at once on the calling thread.
    budget: The paces to keep to, for sinks of several clients of one workspace. Default: the
        client's own, which all its sinks share.
    """

    workers: int
    max_waiting: int
    overflow: Overflow
    attempts: int
    drain: float
    on_error: Callable[[Exception], None] | None
    scheduler: abc.SchedulerBase | None
    budget: Budget | None


def make_sink(
    web: Caller,
    read: Read,
    name: str,
    *,
    write: Write | None = None,
    rule: Callable[[str], Rule] = rule_of,
    looks: Sequence[float] = (),
    reader: Caller | None = None,
    outbox: str | Path | None = None,
    patience: float = 86_400.0,
    **options: Unpack[SinkOptions],
) -> Sink:
    """
    A sink over a client.

    Args:
        web: Makes the calls.
        read: From an item its calls.
        name: Of the sink: goes into the names of its logger and its threads.
        write: Makes one call. Default: `web.call`.
        rule: What Slack allows of a method.
        looks: As for `Deliverer`.
        reader: Searches history. Default: the client itself.
        outbox: The path of the file that keeps the calls.
        patience: As for `Deliverer`.
        options: See `SinkOptions`.
    """
    scheduler = options.get("scheduler")
    budget = options.get("budget") or budget_of(web, scheduler)
    logger = logging.getLogger(f"rxslack.{name}")
    wall = budget.clock.wall if scheduler is None else seconds_of(scheduler)
    safe = NoOutbox() if outbox is None else Outbox(outbox)
    try:
        delivery = Deliverer(
            caller_of(web) if write is None else write,
            rule=rule,
            budget=budget,
            attempts=options.get("attempts", 10),
            patience=patience,
            looks=looks,
            look_up=LookUp(web if reader is None else reader, wall),
            outbox=safe,
            wall=wall,
            logger=logger,
        )
        sink = Sink(
            read,
            delivery,
            lanes_for(delivery, name, budget, options),
            outbox=safe,
            wall=wall,
            overflow="fail" if scheduler else options.get("overflow", "wait"),
            drain=options.get("drain", 10.0),
            on_error=options.get("on_error"),
            logger=logger,
        )
    except ConfigurationError:
        safe.close()
        raise
    if scheduler is None:
        dispose_at_exit(sink)
    return sink


def caller_of(web: Caller) -> Write:
    """A call as the client makes it."""

    def write(call: PendingCall) -> dict[str, object]:
        return web.call(call.method, **call.arguments)

    return write


def seconds_of(scheduler: abc.SchedulerBase) -> Callable[[], float]:
    """The time of a scheduler, in seconds."""
    return lambda: scheduler.to_seconds(scheduler.now)


def lanes_for(delivery: Deliverer, name: str, budget: Budget, options: SinkOptions) -> MakeLanes:
    """Lanes on threads or on a scheduler."""

    def make(work: Callable[[Job, int], float | None]) -> Lanes[str | None, Job]:
        lanes: Lanes[str | None, Job] = lanes_on(
            options.get("scheduler"),
            work,
            workers=options.get("workers", 8),
            name=name,
            paces=delivery.paces,
            dropped=delivery.drop,
            max_waiting=options.get("max_waiting", 10_000),
            budget=budget,
        )
        delivery.hold = lanes.hold
        return lanes

    return make
