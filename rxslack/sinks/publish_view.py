"""The sink that publishes home tabs."""

from __future__ import annotations

from typing import Unpack

from rxslack.sinks.calls import Call, Caller, fields_of, needed
from rxslack.sinks.sending import SinkOptions, make_sink
from rxslack.sinks.sink import Sink

__all__ = ["publish_view"]

METHOD = "views.publish"


def publish_view(web: Caller, **options: Unpack[SinkOptions]) -> Sink:
    """
    Publish the app's home tab for a user with `views.publish`, in order for each user.

    >>> from rxslack.testing import Marbles
    >>> class Web:
    ...     def call(self, method, /, **arguments):
    ...         return {"ok": True, "view": {"id": "V1"}}
    >>> marbles = Marbles()
    >>> source = marbles.cold("-a-|", a={"user_id": "U1", "view": {"type": "home", "blocks": []}})
    >>> marbles.run(source.pipe(publish_view(Web(), scheduler=marbles.scheduler))).items
    [{'ok': True, 'view': {'id': 'V1'}}]

    An item is a dict of the method's arguments: `user_id` and `view`. Publishing the same twice
    is the same as once, so what was perhaps done is repeated.

    Args:
        web: A `WebClient`, or anything else with its `call`.
        options: See `rxslack.sinks.sending.SinkOptions`.

    Emits: Slack's replies, and a `FailureEvent` for each item that failed.
    Errors: as an operator the source's own error, after the replies to what came before it.
    Dispose: nothing is emitted any more; what was accepted is still done. `close` drops it.
    Source: docs.slack.dev/reference/methods/views.publish.
    """

    def read(item: object) -> list[Call]:
        fields = fields_of(item, METHOD)
        return [Call(METHOD, needed(fields, "user_id", "U0123ABCD"), fields)]

    return make_sink(web, read, "publish_view", **options)
