"""The sink that changes messages."""

from __future__ import annotations

from typing import Literal, Unpack

from rxslack.sinks.calls import Call, Caller, fields_of, needed
from rxslack.sinks.rules import TEXT
from rxslack.sinks.sending import SinkOptions, make_sink
from rxslack.sinks.sink import Sink
from rxslack.sinks.sizes import checked, fitting

__all__ = ["update_message"]

METHOD = "chat.update"


def update_message(
    web: Caller,
    *,
    too_long: Literal["truncate", "refuse"] = "refuse",
    **options: Unpack[SinkOptions],
) -> Sink:
    """
    Change messages with `chat.update`, in order for each channel.

    >>> from rxslack.testing import Marbles
    >>> class Web:
    ...     def call(self, method, /, **arguments):
    ...         return {"ok": True, "ts": arguments["ts"]}
    >>> marbles = Marbles()
    >>> source = marbles.cold("-a-|", a={"channel": "C1", "ts": "7.1", "text": "Done"})
    >>> marbles.run(source.pipe(update_message(Web(), scheduler=marbles.scheduler))).items
    [{'ok': True, 'ts': '7.1'}]

    An item is a dict of the method's arguments: `channel` and `ts`, as Slack's reply to a post has
    them, and what is to be there. Changing a message twice to the same is the same as once, so
    what was perhaps done is repeated.

    Args:
        web: A `WebClient`, or anything else with its `call`.
        too_long: What becomes of more than 4,000 characters or 50 blocks. "truncate": it is cut
            short. "refuse": a failure, as Slack would have it (`msg_too_long`).
        options: See `rxslack.sinks.sending.SinkOptions`.

    Emits: Slack's replies, and a `FailureEvent` for each item that failed.
    Errors: as an operator the source's own error, after the replies to what came before it.
    Dispose: nothing is emitted any more; what was accepted is still done. `close` drops it.
    Source: docs.slack.dev/reference/methods/chat.update.
    """
    checked(too_long, ("truncate", "refuse"))

    def read(item: object) -> list[Call]:
        fields = fields_of(item, METHOD)
        channel = needed(fields, "channel", "C0123ABCD")
        needed(fields, "ts", "1712345678.000200")
        parts = fitting(METHOD, fields, longest=TEXT, policy=too_long)
        return [Call(METHOD, channel, part) for part in parts]

    return make_sink(web, read, "update_message", **options)
