"""From envelopes to the events inside."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from reactivex import Observable, abc

from rxslack.bursts import BurstObserver, Bursts, subscribe_in_bursts
from rxslack.envelopes import Envelopes, event_inside, is_envelope
from rxslack.operators._operator import operator
from rxslack.unknown import unknown

__all__ = ["events_api"]


@operator
def events_api(source: Observable[Any]) -> Observable[dict[str, Any]]:
    """
    Take the events out of envelopes, so that a pipeline sees what `rtm` would emit.

    >>> from rxslack.testing import diagram
    >>> event = {"type": "message", "text": "Hello"}
    >>> envelope = {"type": "events_api", "envelope_id": "a-1", "payload": {"event": event}}
    >>> command = {"type": "slash_commands", "envelope_id": "a-2", "payload": {}}
    >>> diagram("h-e-c-|", events_api(), h={"type": "hello"}, e=envelope, c=command, m=event)
    'h-m---|'

    It may stand before `reconnect` or behind it, but it has to stand before `backfill`, which knows
    messages, and not what is around them: ``reconnect(), events_api(), backfill(web)``. There each
    message comes once, from Slack's retries or from the past, though not always in order. Who needs
    what is around an event, as its `event_id` or `authorizations`, takes the envelopes as they are.

    Args:
        source: What `socket_mode` or `http_events` emits.

    Emits: the events, in order; what has no inner event, as `app_rate_limited`, is itself the
        event. What is no envelope (`hello`, `disconnect`, rxslack's own items) goes through
        unchanged; commands and interactions do not.
    Errors: the source's own error, unchanged.
    Dispose: disposes the source.
    Source: docs.slack.dev/apis/events-api/using-socket-mode, "Event payloads".
    """

    def in_bursts(
        observer: BurstObserver, scheduler: abc.SchedulerBase | None
    ) -> abc.DisposableBase:
        return subscribe_in_bursts(source, _Opener(observer), scheduler)

    def subscribe(
        observer: abc.ObserverBase[dict[str, Any]], scheduler: abc.SchedulerBase | None = None
    ) -> abc.DisposableBase:
        def on_next(item: dict[str, Any]) -> None:
            for event in _events_in((item,)):
                observer.on_next(event)

        return source.subscribe(
            on_next, observer.on_error, observer.on_completed, scheduler=scheduler
        )

    return Bursts(in_bursts) if isinstance(source, Bursts) else Observable(subscribe)


class _Opener:
    """Makes bursts of what is in the envelopes of a burst."""

    def __init__(self, observer: BurstObserver) -> None:
        self._observer = observer
        self.on_error = observer.on_error
        self.on_completed = observer.on_completed

    def on_items(self, items: Sequence[Any], plain: bool) -> None:
        """Open all of them."""
        if isinstance(items, Envelopes):
            events, plain = items.events, items.plain
            if not plain:
                for event in events:
                    unknown().look(event)
        else:
            events = items if plain else _events_in(items)
        if events:
            self._observer.on_items(events, plain)


def _events_in(items: Sequence[Any]) -> list[dict[str, Any]]:
    """What is in the envelopes of events, and what is no envelope."""
    events: list[dict[str, Any]] = []
    for item in items:
        if not is_envelope(item):
            events.append(item)
        elif item["type"] == "events_api":
            event = event_inside(item)
            unknown().look(event)
            events.append(event)
    return events
