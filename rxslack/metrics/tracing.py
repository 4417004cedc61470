"""Each event followed through all that is done for it."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager, nullcontext
from contextvars import copy_context
from typing import Any, TypeVar

from reactivex import Observable, abc

from rxslack.core import telemetry
from rxslack.core.operator import operator
from rxslack.events.items import as_mapping
from rxslack.events.messages import channel_of, event_in

__all__ = ["SPANS", "traced"]

E = TypeVar("E")

Spans = Callable[[Any], AbstractContextManager[object]]

SPANS: list[Spans] = []
"""What makes a span around what is done at once for an event; those of `to_opentelemetry`."""


class Carrier(telemetry.TelemetryListener):
    """Lets lanes do their jobs in the context in which they came in."""

    carries = True


_carrier = Carrier()


@operator
def traced(source: Observable[E]) -> Observable[E]:
    """
    Follow each event, so that lines of the log and spans that are about it say so.

    >>> from rxslack.core.telemetry import FIELDS
    >>> from rxslack.testing import Marbles
    >>> from reactivex import operators as ops
    >>> marbles, seen = Marbles(), []
    >>> source = marbles.cold("-m-|", m={"type": "message", "channel": "C1", "ts": "7.1"})
    >>> look = ops.do_action(lambda _: seen.append(dict(FIELDS.get())))
    >>> marbles.run(source.pipe(traced(), look)).marbles, seen
    ('-m-|', [{'event': 'message 7.1', 'channel': 'C1'}])

    What is done for an event on the same thread, and by the lanes of sinks and of `concurrent` behind it, is done
    in its context: `log_lines` writes its type, ts and channel, and with `to_opentelemetry` there is a span
    for it, of which those of the calls to Slack are parts.

    Args:
        source: Events, or what carries them.

    Emits: the same, each in a context of its own.
    Errors: the source's own error, unchanged.
    Dispose: disposes the source.
    Source: docs.python.org/3/library/contextvars.html.
    """

    def subscribe(
        observer: abc.ObserverBase[E], scheduler: abc.SchedulerBase | None = None
    ) -> abc.DisposableBase:
        if not telemetry.is_carrying():
            telemetry.add(_carrier)

        def emit(item: E) -> None:
            event = event_in(item)
            name = f"{event.get('type') or 'item'} {event.get('event_ts') or event.get('ts') or ''}"
            telemetry.fields_of_line(event=name.rstrip(), channel=channel_of(event))
            if "rxslack_team" in event:
                telemetry.fields_of_line(team=as_mapping(event)["rxslack_team"])
            with SPANS[0](event) if SPANS else nullcontext():
                observer.on_next(item)

        def on_next(item: E) -> None:
            copy_context().run(emit, item)

        return source.subscribe(
            on_next, observer.on_error, observer.on_completed, scheduler=scheduler
        )

    return Observable(subscribe)
