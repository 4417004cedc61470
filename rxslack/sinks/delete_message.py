"""The sink that deletes messages."""

from __future__ import annotations

from typing import Unpack

from rxslack.sinks.calls import Call, Caller, fields_of, needed
from rxslack.sinks.sending import SinkOptions, make_sink
from rxslack.sinks.sink import Sink

__all__ = ["delete_message"]

METHOD = "chat.delete"


def delete_message(web: Caller, **options: Unpack[SinkOptions]) -> Sink:
    """
    Delete messages with `chat.delete`, in order for each channel.

    >>> from rxslack.testing import Marbles
    >>> class Web:
    ...     def call(self, method, /, **arguments):
    ...         return {"ok": True, "ts": arguments["ts"]}
    >>> marbles = Marbles()
    >>> source = marbles.cold("-a-|", a={"channel": "C1", "ts": "7.1"})
    >>> marbles.run(source.pipe(delete_message(Web(), scheduler=marbles.scheduler))).items
    [{'ok': True, 'ts': '7.1'}]

    An item needs `channel` and `ts`; whatever else it has is not sent, so that Slack's reply to a
    post, or a message event, is an item. What was perhaps deleted is deleted again, and
    `message_not_found` is then the proof that it was.

    Args:
        web: A `WebClient`, or anything else with its `call`.
        options: See `rxslack.sinks.sending.SinkOptions`.

    Emits: Slack's replies, and a `FailureEvent` for each item that failed.
    Errors: as an operator the source's own error, after the replies to what came before it.
    Dispose: nothing is emitted any more; what was accepted is still done. `close` drops it.
    Source: docs.slack.dev/reference/methods/chat.delete.
    """

    def read(item: object) -> list[Call]:
        fields = fields_of(item, METHOD)
        channel = needed(fields, "channel", "C0123ABCD")
        arguments = {"channel": channel, "ts": needed(fields, "ts", "1712345678.000200")}
        return [Call(METHOD, channel, arguments)]

    return make_sink(web, read, "delete_message", **options)
