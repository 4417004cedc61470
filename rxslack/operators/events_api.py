"""From envelopes to the events inside."""

from __future__ import annotations

from typing import Any

from reactivex import Observable, abc

from rxslack.envelopes import event_inside, is_envelope
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

    def subscribe(
        observer: abc.ObserverBase[dict[str, Any]], scheduler: abc.SchedulerBase | None = None
    ) -> abc.DisposableBase:
        strangers = unknown()

        def on_next(item: dict[str, Any]) -> None:
            if not is_envelope(item):
                observer.on_next(item)
            elif item["type"] == "events_api":
                event = event_inside(item)
                strangers.look(event)
                observer.on_next(event)

        return source.subscribe(
            on_next, observer.on_error, observer.on_completed, scheduler=scheduler
        )

    return Observable(subscribe)
