"""The sink for any method that has none of its own."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Unpack

from rxslack.errors import ConfigurationError
from rxslack.sinks.delivery.calls import PendingCall, fields_of
from rxslack.sinks.delivery.sink import Sink, SinkOptions
from rxslack.web.client import Caller

__all__ = ["call"]


def call(
    web: Caller,
    method: str,
    *,
    key: str | Callable[[Any], str] = "channel",
    **options: Unpack[SinkOptions],
) -> Sink:
    """
    Call a method with each item as its arguments, in order per lane and at the method's pace.

    >>> from rxslack.testing import Marbles
    >>> class Web:
    ...     def call(self, method, /, **arguments):
    ...         return {"ok": True, "called": method}
    >>> marbles = Marbles()
    >>> source = marbles.cold("-a-|", a={"channel": "C1", "timestamp": "1712345678.000200"})
    >>> sink = call(Web(), "pins.add", scheduler=marbles.scheduler)
    >>> marbles.run(source.pipe(sink)).items
    [{'ok': True, 'called': 'pins.add'}]

    What surely was not done is tried again, what perhaps was done is repeated only where that
    changes nothing (a pin, a reaction), and a refusal is a failure of its item.

    Args:
        web: A `WebClient`, or anything else with its `call`.
        method: Slack's name for it: "pins.add".
        key: What keeps the order: the argument whose value names the lane, or a function of the
            item. Items without it share one lane; lanes go side by side.
        options: See `SinkOptions`.

    Emits, errors, dispose: as every `Sink`.
    Source: docs.slack.dev/apis/web-api/rate-limits (tiers; a method we do not know is of tier 2).
    """
    if "." not in method:
        raise ConfigurationError(f'{method!r} is no method of Slack; give one such as "pins.add"')

    def read(item: object) -> list[PendingCall]:
        fields = fields_of(item, method)
        named = key(item) if callable(key) else str(fields.get(key) or "")
        return [PendingCall(method, named, fields)]

    return Sink(web, read, "call", **options)
