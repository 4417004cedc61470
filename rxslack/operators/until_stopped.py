"""The operator that ends work when somebody stops the session that it belongs to."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Any, TypeVar

from reactivex import Observable, operators as ops

from rxslack.core.operator import operator
from rxslack.errors import ConfigurationError
from rxslack.events.items import as_mapping
from rxslack.events.messages import CarriesEvent, Event, event_in

__all__ = ["is_stop_of", "stop_in", "until_stopped"]

T = TypeVar("T")

STOP = "agent_session_stopped"


@operator
def until_stopped(
    source: Observable[T], event: Event | CarriesEvent, events: Observable[Any]
) -> Observable[T]:
    """
    End work when somebody presses the stop button in the thread of the event that it is about.

    >>> from rxslack.testing import Marbles
    >>> marbles = Marbles()
    >>> question = {"type": "message", "channel": "C1", "ts": "7.1"}
    >>> stop = {"type": "agent_session_stopped", "channel": "C1", "thread_ts": "7.1"}
    >>> other = {**stop, "thread_ts": "8.1"}
    >>> events = marbles.hot("-o-s", o=other, s=stop)
    >>> marbles.run(marbles.cold("abcdef").pipe(until_stopped(question, events))).marbles
    'abc|'

    It belongs around the work on one event, since others go on:

        messages.pipe(ops.flat_map(lambda e: work(e).pipe(until_stopped(e, events))))

    Args:
        source: The work.
        event: What it is about: its channel and its thread are the session.
        events: Where stops are heard of: the stream from Slack, best `shared`. Envelopes of Socket
            Mode will do.

    Emits: the items of the source.
    Errors: the source's own; ``ConfigurationError`` for an event without channel or ts.
    Dispose: disposes the source, as the stop does, and the subscription to the events.
    Source: docs.slack.dev/reference/events/agent_session_stopped. The session is still shown as busy
        then, until its status is set.
    """
    itself = event_in(event)
    channel, ts = itself.get("channel"), itself.get("thread_ts") or itself.get("ts")
    if not (isinstance(channel, str) and isinstance(ts, str)):
        raise ConfigurationError(
            f"an event of type {itself.get('type')!r} has no channel and ts, so it is in no session"
        )

    def stops(item: Any) -> bool:
        stop = stop_in(item)
        return stop is not None and is_stop_of(stop, channel, ts)

    return source.pipe(ops.take_until(events.pipe(ops.filter(stops))))


def stop_in(item: object) -> Mapping[Any, Any] | None:
    """The `agent_session_stopped` that an item is, or an envelope has in it; else None."""
    event = as_mapping(item)
    if event.get("type") == "events_api":
        event = as_mapping(as_mapping(event.get("payload")).get("event"))
    return event if event.get("type") == STOP else None


def is_stop_of(
    stop: Mapping[Any, Any], channel: str, thread_ts: str, messages: Collection[str] = ()
) -> bool:
    """
    Whether a stop is about a thread, or about one of the messages that are being written.

    >>> stop = {"channel": "C1", "thread_ts": "7.1", "streaming_message_ts": ["9.1"]}
    >>> is_stop_of(stop, "C1", "7.1"), is_stop_of(stop, "C2", "7.1")
    (True, False)
    """
    if stop.get("channel") != channel:
        return False
    streaming: Any = stop.get("streaming_message_ts")
    named: list[Any] = [*streaming] if isinstance(streaming, (list, tuple)) else []
    return stop.get("thread_ts") == thread_ts or any(ts in messages for ts in named)
