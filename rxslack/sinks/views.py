"""Sinks for views: modals and the Home tab."""

from __future__ import annotations

from typing import Unpack

from rxslack.sinks.delivery.calls import PendingCall, fields_of, needed
from rxslack.sinks.delivery.sink import Sink, SinkOptions
from rxslack.web.client import Caller

__all__ = [
    "open_view",
    "publish_view",
]


def open_view(web: Caller, **options: Unpack[SinkOptions]) -> Sink:
    """
    Open a modal for each item with `views.open`.

    >>> from rxslack.testing import Marbles
    >>> class Web:
    ...     def call(self, method, /, **arguments):
    ...         return {"ok": True, "view": {"id": "V1"}}
    >>> marbles = Marbles()
    >>> source = marbles.cold("-a-|", a={"trigger_id": "1.2.abc", "view": {"type": "modal"}})
    >>> marbles.run(source.pipe(open_view(Web(), scheduler=marbles.scheduler))).items
    [{'ok': True, 'view': {'id': 'V1'}}]

    An item is a dict of the method's arguments: `trigger_id`, from an interaction or a command,
    and `view`. A trigger lives three seconds and opens one view, so a call is tried again only
    while that can help, and what was perhaps done is reported as uncertain.

    Args:
        web: A `WebClient`, or anything else with its `call`.
        options: See `SinkOptions`.

    Emits: as every `Sink`, in any order; a reply has the `view` with its `id`.
    Errors, dispose: as every `Sink`.
    Source: docs.slack.dev/reference/methods/views.open;
        docs.slack.dev/interactivity/handling-user-interaction ("trigger_id", three seconds).
    """

    def read(item: object) -> list[PendingCall]:
        fields = fields_of(item, "views.open")
        return [
            PendingCall(
                "views.open", needed(fields, "trigger_id", "12345.98765.abcd2358fdea"), fields
            )
        ]

    return Sink(web, read, "open_view", **options)


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
        options: See `SinkOptions`.

    Emits, errors, dispose: as every `Sink`.
    Source: docs.slack.dev/reference/methods/views.publish.
    """

    def read(item: object) -> list[PendingCall]:
        fields = fields_of(item, "views.publish")
        return [PendingCall("views.publish", needed(fields, "user_id", "U0123ABCD"), fields)]

    return Sink(web, read, "publish_view", **options)
