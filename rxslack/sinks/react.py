"""The sink that puts reactions on messages."""

from __future__ import annotations

from typing import Unpack

from rxslack.sinks.calls import Call, Caller, fields_of, needed
from rxslack.sinks.sending import SinkOptions, make_sink
from rxslack.sinks.sink import Sink

__all__ = ["react"]

METHOD = "reactions.add"


def react(web: Caller, name: str | None = None, **options: Unpack[SinkOptions]) -> Sink:
    """
    Put a reaction on messages with `reactions.add`, in order for each channel.

    >>> from rxslack.testing import Marbles
    >>> class Web:
    ...     def call(self, method, /, **arguments):
    ...         return {"ok": True, **arguments}
    >>> marbles = Marbles()
    >>> source = marbles.cold("-a-|", a={"type": "message", "channel": "C1", "ts": "7.1"})
    >>> marbles.run(source.pipe(react(Web(), "eyes", scheduler=marbles.scheduler))).items
    [{'ok': True, 'channel': 'C1', 'timestamp': '7.1', 'name': 'eyes'}]

    An item needs `channel`, and `timestamp` or `ts`: a message event is one, and so is Slack's
    reply to a post. What was perhaps done is repeated, and `already_reacted` is then the proof.

    Args:
        web: A `WebClient`, or anything else with its `call`.
        name: The emoji, such as "thumbsup", with or without colons. Default: each item's `name`.
        options: See `rxslack.sinks.sending.SinkOptions`.

    Emits: Slack's replies, and a `FailureEvent` for each item that failed.
    Errors: as an operator the source's own error, after the replies to what came before it.
    Dispose: nothing is emitted any more; what was accepted is still done. `close` drops it.
    Source: docs.slack.dev/reference/methods/reactions.add.
    """

    def read(item: object) -> list[Call]:
        fields = fields_of(item, METHOD)
        channel = needed(fields, "channel", "C0123ABCD")
        given = fields if name is None else {"name": name}
        where = fields if fields.get("timestamp") else {"timestamp": fields.get("ts")}
        arguments = {
            "channel": channel,
            "timestamp": needed(where, "timestamp", "1712345678.000200"),
            "name": needed(given, "name", "thumbsup").strip(":"),
        }
        return [Call(METHOD, channel, arguments)]

    return make_sink(web, read, "react", **options)
