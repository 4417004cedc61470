"""Socket Mode's envelopes as they come off the websocket; pure functions over them."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from json.encoder import encode_basestring_ascii
from typing import Any, Final, cast

from rxslack.events.items import message_ts
from rxslack.events.known import KNOWN_TYPES
from rxslack.wire.bursts import Burst
from rxslack.wire.decoding import read_event, read_together
from rxslack.wire.selection import PLAIN, EnvelopeSelection

__all__ = [
    "ENVELOPE_TYPES",
    "MAX_ACK_BYTES",
    "Envelopes",
    "acknowledgement_text",
    "acknowledgements",
    "envelope_id_in",
    "envelope_selection",
    "event_inside",
    "id_of",
    "is_envelope",
    "read_envelope",
    "read_envelopes",
    "unreadable",
]

ENVELOPE_TYPES: Final = frozenset({"events_api", "slash_commands", "interactive"})
"""docs.slack.dev/apis/events-api/using-socket-mode."""

MAX_ACK_BYTES: Final = 20 * 1024
"""Slack ignores a longer frame, or closes with code 1009. revelrylabs/slax#614; slack-go/slack."""

# A quote inside a JSON string has a backslash before it, so that no text can look like this.
_ID = rb'"envelope_id"\s*:\s*"([^"\\]{1,200})"'
_FIRST: Final = re.compile(rb"\s*\{\s*" + _ID)
_ANYWHERE: Final = re.compile(_ID)
# As Slack writes it.
_PLAIN: Final = re.compile(rb'\s*\{\s*"envelope_id"\s*:\s*"(' + PLAIN + rb'{1,200})"')


def envelope_id_in(frame: bytes) -> str | None:
    """
    The id to acknowledge, whether the frame can be understood or not; None: it is no envelope.

    >>> envelope_id_in(b'{"envelope_id":"a-1","payload":{}}'), envelope_id_in(b'{"type":"hello"}')
    ('a-1', None)
    >>> envelope_id_in(b'{"payload":{"envelope_id":"not this"},"envelope_id":"a-2"}')
    'a-2'
    >>> envelope_id_in(b'{"payload": }, "envelope_id": "a-3"')
    'a-3'
    """
    # Slack puts the id first, so the payload need not be parsed to acknowledge it.
    if match := _FIRST.match(frame):
        return match[1].decode("utf-8", "replace")
    if b'"envelope_id"' not in frame:
        return None
    try:
        found: Any = json.loads(frame)
    except (ValueError, RecursionError):
        # Broken JSON is acknowledged, too, or Slack would send it again and again.
        match = _ANYWHERE.search(frame)
        return match[1].decode("utf-8", "replace") if match else None
    envelope = cast("Mapping[str, Any]", found if isinstance(found, dict) else {})
    found = envelope.get("envelope_id")
    return found if isinstance(found, str) else None


def read_envelope(frame: bytes) -> dict[str, Any]:
    """
    The item that a text frame of Socket Mode stands for.

    An envelope without a type, or whose payload is no object, becomes `rxslack.unreadable`, as does
    what is not JSON, and whatever has a type that is no text.

    Raises: FrameError, as `read_event` does.

    >>> read_envelope(b'{"envelope_id": "a-1", "type": "interactive"}')["error"]
    'an envelope without a payload'
    """
    item = read_event(frame)
    kind = item["type"]
    if type(kind) is not str:
        return unreadable(frame.decode(), "a type that is no text")
    if "envelope_id" not in item:
        return item
    if kind == "rxslack.reply":  # what has no type of its own
        return unreadable(frame.decode(), "an envelope without a type")
    if not isinstance(item.get("payload"), dict):
        return unreadable(frame.decode(), "an envelope without a payload")
    return item


class Envelopes(list[dict[str, Any]]):
    """
    A burst of nothing but envelopes of the type "events_api", and what all of them bring.

    Args:
        envelopes: in order.
        events: what each brings, as of `event_inside`.
        plain: whether all the events are plain; see `BurstObserver`.
    """

    def __init__(
        self, envelopes: Sequence[dict[str, Any]], events: Sequence[dict[str, Any]], plain: bool
    ) -> None:
        super().__init__(envelopes)
        self.events = events
        self.plain = plain


def read_envelopes(frames: Sequence[bytes]) -> Iterator[Burst]:
    """
    The items of frames, as of `read_envelope`, in order: a few at a time.

    >>> [*read_envelopes([b'{"type": "hello"}', b'{"type": "disconnect"}'])]
    [([{'type': 'hello'}], False), ([{'type': 'disconnect'}], False)]

    Those of a flood, envelopes of events, come as `Envelopes`.

    Raises: FrameError, as `read_event` does, once everything before that frame was yielded.
    """
    for group, values in read_together(frames):
        envelopes = _envelopes(values) if values is not None else None
        if envelopes is not None:
            yield envelopes, False
            continue
        for frame in group:
            item = read_envelope(frame)
            yield _envelopes([item]) or [item], False


def envelope_selection() -> EnvelopeSelection:
    """What of the envelopes of one connection is decoded."""

    def ts_in(frame: bytes) -> str | None:
        return message_ts(read_envelope(frame))

    return EnvelopeSelection(KNOWN_TYPES, ts_in)


def _envelopes(values: list[Any]) -> Envelopes | None:
    """All values as envelopes of events; None when one is something else."""
    try:
        events = [
            one["payload"]["event"]
            for one in values
            if one["type"] == "events_api" and "envelope_id" in one
        ]
        odd = [event for event in events if event["type"] != "message" or "subtype" in event]
        sound = len(events) == len(values) and all(isinstance(one["type"], str) for one in odd)
    except (KeyError, TypeError):
        return None
    return Envelopes(values, events, not odd) if sound else None


def unreadable(data: str, error: str) -> dict[str, Any]:
    """The item for something that could not be understood."""
    return {"type": "rxslack.unreadable", "data": data, "error": error}


def is_envelope(item: Mapping[str, Any]) -> bool:
    """
    Whether an item is an envelope that rxslack knows.

    >>> is_envelope({"type": "hello"})
    False
    """
    return item.get("type") in ENVELOPE_TYPES and isinstance(item.get("payload"), dict)


def event_inside(envelope: Mapping[str, Any]) -> dict[str, Any]:
    """
    The event that an `events_api` envelope brings.

    What has no inner event, as `app_rate_limited`, is itself the event. Source:
    docs.slack.dev/reference/events/app_rate_limited.

    >>> event_inside({"payload": {"type": "event_callback", "event": {"type": "message"}}})
    {'type': 'message'}
    """
    payload: dict[str, Any] = envelope["payload"]
    event: Any = payload.get("event")
    found = cast("dict[str, Any]", event) if isinstance(event, dict) else payload
    if isinstance(found.get("type"), str):
        return found
    return unreadable(json.dumps(payload), "an event without a type")


def id_of(envelope: Mapping[str, Any]) -> dict[str, str]:
    """
    The `envelope_id`, for what is taken out of an envelope; over HTTP there is none.

    >>> id_of({"envelope_id": "a-1", "type": "interactive"}), id_of({"type": "interactive"})
    ({'envelope_id': 'a-1'}, {})
    """
    return {"envelope_id": envelope["envelope_id"]} if "envelope_id" in envelope else {}


def acknowledgements(frames: Sequence[bytes], plain_ids: Sequence[bytes] = ()) -> list[bytes]:
    """
    The texts that acknowledge the envelopes among frames, whether these can be understood or not.

    And those of some ids, which stand for themselves in JSON.

    >>> acknowledgements([b'{"envelope_id":"a-1","payload":{}}', b'{"type":"hello"}'])
    [b'{"envelope_id": "a-1"}']
    """
    texts = [b'{"envelope_id": "%b"}' % one for one in plain_ids]
    for frame, plain in zip(frames, map(_PLAIN.match, frames), strict=True):
        if plain is not None:
            texts.append(b'{"envelope_id": "%b"}' % plain[1])
        elif (found := envelope_id_in(frame)) is not None:
            texts.append(acknowledgement_text(found).encode())
    return texts


def acknowledgement_text(envelope_id: str, payload: Mapping[str, Any] | None = None) -> str:
    """
    The text that acknowledges an envelope.

    Raises: ValueError for a payload that is no JSON, or too large; TypeError likewise.
    Source: docs.slack.dev/apis/events-api/using-socket-mode, "Acknowledge events".

    >>> acknowledgement_text("a-1")
    '{"envelope_id": "a-1"}'
    """
    # Without `json.dumps`, which would do more than is needed, for each envelope of a flood.
    if not payload:
        return f'{{"envelope_id": {encode_basestring_ascii(envelope_id)}}}'
    text = json.dumps({"envelope_id": envelope_id, "payload": payload}, allow_nan=False)
    if len(text) > MAX_ACK_BYTES:  # all ASCII, so characters are bytes
        raise ValueError(
            f"an acknowledgement of {len(text)} bytes; Slack takes {MAX_ACK_BYTES}; acknowledge "
            "it without a payload and answer by response_url or the Web API"
        )
    return text
