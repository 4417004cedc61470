"""The sink that `keep_posted` is, and on which others stand."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any, Literal, Unpack

from rxslack.errors import ConfigurationError
from rxslack.events.items import as_mapping
from rxslack.sinks.delivery.calls import PendingCall, fields_of, fitting, needed
from rxslack.sinks.delivery.look_up import parsed
from rxslack.sinks.delivery.rules import TEXT
from rxslack.sinks.delivery.sink import Sink, SinkOptions
from rxslack.sinks.keeping.delivery import POST, UPDATE, KeepingDeliverer
from rxslack.sinks.keeping.places import EVENT_TYPE, KEY, Places, Slot, slot_of
from rxslack.sinks.post_message import CONTENTS
from rxslack.web.client import Caller

__all__ = ["keeping"]


def keeping(
    web: Caller,
    key: str | Callable[[Any], str],
    name: str,
    *,
    reader: Caller | None,
    lookback: float,
    too_long: Literal["truncate", "refuse"],
    places: Places,
    **options: Unpack[SinkOptions],
) -> Sink:
    """
    Make the sink; its arguments are those of `keep_posted`.

    Args:
        web: As there.
        key: As there.
        name: Of the sink.
        reader: As there; None for `web`.
        lookback: As there.
        too_long: As there.
        places: Knows where the messages are.
        options: See `SinkOptions`.
    """

    def read(item: object) -> list[PendingCall]:
        fields = fields_of(item, POST)
        channel = needed(fields, "channel", "C0123ABCD")
        if not any(fields.get(name) for name in CONTENTS):
            raise ConfigurationError("the item to post is empty; add text, blocks or attachments")
        own = key(item) if callable(key) else key
        if not (isinstance(own, str) and own):  # pyright: ignore[reportUnnecessaryIsInstance] - it is the user's
            raise ConfigurationError(f"the key of an item is {own!r}; it has to be a text")
        parts = fitting(UPDATE, with_key(fields, own), longest=TEXT, policy=too_long)
        slot = Slot(channel, fields.get("thread_ts") or "", own)
        return [PendingCall(UPDATE, " ".join(filter(None, slot)), part, own) for part in parts]

    deliver = partial(
        KeepingDeliverer,
        web=web,
        reader=web if reader is None else reader,
        lookback=lookback,
        places=places,
    )
    return Sink(web, read, name, deliver=deliver, thing=slot_of, **options)


def with_key(fields: dict[str, Any], key: str) -> dict[str, Any]:
    """
    The arguments of a message that can be found again by its key.

    >>> with_key({"text": "Hi"}, "greeting")["metadata"]["event_payload"]
    {'rxslack_key': 'greeting'}
    """
    own = parsed(fields.get("metadata"))
    payload = {**as_mapping(own.get("event_payload")), KEY: key}
    metadata = {"event_type": EVENT_TYPE, **own, "event_payload": payload}
    return {**fields, "metadata": metadata}
