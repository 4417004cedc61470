"""The sink that says what an assistant is doing."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Unpack

from rxslack.errors import ConfigurationError
from rxslack.sinks.calls import Call, Caller, fields_of, needed
from rxslack.sinks.sending import SinkOptions, make_sink
from rxslack.sinks.sink import Sink

__all__ = ["set_status"]

METHOD = "assistant.threads.setStatus"


def set_status(web: Caller, status: str | None = None, **options: Unpack[SinkOptions]) -> Sink:
    """
    Show under a thread what the app is doing, with `assistant.threads.setStatus`.

    >>> from rxslack.testing import Marbles
    >>> class Web:
    ...     def call(self, method, /, **arguments):
    ...         return {"ok": True, **arguments}
    >>> marbles = Marbles()
    >>> source = marbles.cold("-a-|", a={"type": "message", "channel": "D1", "ts": "7.1"})
    >>> sink = set_status(Web(), "is thinking…", scheduler=marbles.scheduler)
    >>> marbles.run(source.pipe(sink)).items
    [{'ok': True, 'channel_id': 'D1', 'thread_ts': '7.1', 'status': 'is thinking…'}]

    An item is a dict of the method's arguments: `channel_id`, `thread_ts`, `status`; or, where the
    status is given here, an event with `channel`, and `thread_ts` or `ts`. Slack takes the status
    away when the app answers, when it is "", or after two minutes. Saying it twice is the same as
    once, so what was perhaps done is repeated.

    Args:
        web: A `WebClient`, or anything else with its `call`.
        status: What is shown, such as "is thinking…". Default: each item's `status`.
        options: See `rxslack.sinks.sending.SinkOptions`.

    Emits: Slack's replies, and a `FailureEvent` for each item that failed.
    Errors: as an operator the source's own error, after the replies to what came before it.
    Dispose: nothing is emitted any more; what was accepted is still done. `close` drops it.
    Source: docs.slack.dev/reference/methods/assistant.threads.setStatus.
    """

    def read(item: object) -> list[Call]:
        fields = fields_of(item, METHOD)
        arguments = fields if status is None else {**place_of(fields), "status": status}
        channel = needed(arguments, "channel_id", "D0123ABCD")
        needed(arguments, "thread_ts", "1712345678.000200")
        if not isinstance(arguments.get("status"), str):  # "" takes it away
            raise ConfigurationError("the item has no status; add one, or give it to set_status")
        return [Call(METHOD, channel, arguments)]

    return make_sink(web, read, "set_status", **options)


def place_of(event: Mapping[str, Any]) -> dict[str, Any]:
    """The thread that an event belongs to, or begins."""
    return {
        "channel_id": event.get("channel_id") or event.get("channel"),
        "thread_ts": event.get("thread_ts") or event.get("ts"),
    }
